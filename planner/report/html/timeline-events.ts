/**
 * What happened to the fleet during a run, for charts over time: faults as windows, and what was noticed and done as
 * numbered marks with a table that says what they are. Of the first replication.
 */
import type {
  NamedControlEvent,
  SimulationSummary,
  TimelineBucket,
} from "../../metrics/simulation-summary";
import { formatDuration, plural } from "../format-number";
import { type ReportBlock, table } from "../report";
import type { ChartMark, ChartWindow } from "./chart";

/** More marks than this hide the lines that they are to explain. */
const MARKS_MAX = 30;

/** Several events of one kind at one place within one bucket are one. */
interface NotedEvent {
  readonly seconds: number;
  readonly kind: string;
  readonly place: string;
  readonly text: (count: number) => string;
  count: number;
}

/** Faults from start to end; those of one name that overlap are one window, and one that is not over lasts to the end. */
export function faultWindows(
  { control }: SimulationSummary,
  timeline: readonly TimelineBucket[],
): ChartWindow[] {
  const endSeconds = timeline.at(-1)!.endSeconds;
  const open = new Map<string, { readonly from: number; depth: number }>();
  const windows: ChartWindow[] = [];
  for (const event of control.first) {
    if (event.kind === "fault-start") {
      const window = open.get(event.fault) ?? { from: event.seconds, depth: 0 };
      window.depth++;
      open.set(event.fault, window);
    } else if (event.kind === "fault-end") {
      const window = open.get(event.fault);
      if (window === undefined) continue;
      window.depth--;
      if (window.depth > 0) continue;
      open.delete(event.fault);
      windows.push({ name: event.fault, from: window.from, to: event.seconds });
    }
  }
  for (const [name, { from }] of open) windows.push({ name, from, to: endSeconds });
  return windows
    .filter(({ from }) => from < endSeconds)
    .map((window) => ({ ...window, to: Math.min(window.to, endSeconds) }));
}

/** What the windows of faults and the replicas over time do not show already: at most thirty, the first ones. */
export function noteworthyEvents(
  { control }: SimulationSummary,
  timeline: readonly TimelineBucket[],
): readonly NotedEvent[] {
  const { startSeconds, endSeconds } = timeline[0]!;
  const bucketSeconds = endSeconds - startSeconds;
  const noted: NotedEvent[] = [];
  for (const event of control.first) {
    const described = describe(event);
    if (described === undefined || event.seconds > timeline.at(-1)!.endSeconds) continue;
    const { kind, place, text, count } = described;
    const same = noted.find(
      (one) =>
        one.kind === kind && one.place === place && event.seconds - one.seconds < bucketSeconds,
    );
    if (same === undefined) noted.push({ seconds: event.seconds, kind, place, text, count });
    else same.count += count;
  }
  return noted.slice(0, MARKS_MAX);
}

export function marksOf(events: readonly NotedEvent[]): ChartMark[] {
  return events.map(({ seconds }, index) => ({ label: String(index + 1), x: seconds }));
}

/** No table when there is nothing to list. */
export function eventTable(events: readonly NotedEvent[]): ReportBlock[] {
  if (events.length === 0) return [];
  return [
    table(
      [
        { header: "mark", align: "left" },
        { header: "at", align: "left" },
        { header: "what happened", align: "left", wraps: true },
      ],
      events.map(({ seconds, text, count }, index) => [
        String(index + 1),
        formatDuration(seconds),
        text(count),
      ]),
    ),
  ];
}

function describe(event: NamedControlEvent): Omit<NotedEvent, "seconds"> | undefined {
  const { kind } = event;
  switch (kind) {
    case "region-unhealthy":
    case "region-healthy": {
      const state = kind === "region-unhealthy" ? "unhealthy" : "healthy again";
      const text = `DNS health check: ${event.region} is ${state} for ${event.model}`;
      return { kind, place: `${event.region} ${event.model}`, text: () => text, count: 1 };
    }
    case "ejected":
    case "returned": {
      const what = kind === "ejected" ? "ejected" : "taken back";
      const text = (count: number): string =>
        `${event.pool}: ${plural(count, "replica")} ${what} by a gateway`;
      return { kind, place: event.pool, text, count: 1 };
    }
    case "spot-notice": {
      const text = (count: number): string =>
        `${event.pool}: notice for ${plural(count, "spot replica")}`;
      return { kind, place: event.pool, text, count: event.replicas };
    }
    case "scaled": {
      const text = `${event.pool}: scaled from ${event.from} to ${event.to}`;
      return { kind, place: `${event.pool} ${event.from} ${event.to}`, text: () => text, count: 1 };
    }
    case "fault-start":
    case "fault-end":
    case "replica-down":
    case "replica-ready":
      return undefined;
  }
}
