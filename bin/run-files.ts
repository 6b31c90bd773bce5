/**
 * The files that a run writes while it runs: a row for each request (`--requests`) and the first replication as
 * Chrome trace events (`--trace-events`). What they look like is the library's; here they meet the disk.
 */
import { formatCount, formatDuration } from "../planner/report/format-number";
import { type RequestRowFormat, requestRowWriter } from "../planner/report/request-rows";
import { type TraceEventWriter, traceEventWriter } from "../planner/report/trace-events";
import type { ResolvedScenario } from "../planner/scenario/resolved-scenario";
import type { RunObserver } from "../planner/simulation/observer";
import { formatByName } from "./format-by-name";
import type { Io } from "./io";
import { type OutputFile, openOutputFile } from "./output-file";

/** About 100 MB of JSON: more makes Perfetto slow. */
const TRACE_EVENTS_MAX = 600_000;

export interface RunFilesOptions {
  readonly requests?: string;
  readonly traceEvents?: string;
  readonly traceEventsSeconds: number;
}

export interface RunFiles {
  readonly files: readonly OutputFile[];
  /** What listens to a replication (from 0); undefined when nothing does, which costs nothing. */
  observerFor(replication: number): RunObserver | undefined;
  /** Writes the ends of the files; call it once, before they are committed. */
  finish(end: { readonly isInterrupted: boolean }): void;
  /** What a reader of the files should know: what was cut off. */
  notes(): readonly string[];
}

/** @throws PlannerError or UsageError when a file cannot be written or its name says no known format */
export function openRunFiles(
  io: Io,
  scenario: ResolvedScenario,
  options: RunFilesOptions,
): RunFiles {
  const requests =
    options.requests === undefined ? undefined : openRequests(io, scenario, options.requests);
  const events =
    options.traceEvents === undefined
      ? undefined
      : openTraceEvents(io, scenario, options.traceEvents, options.traceEventsSeconds);
  return {
    files: [requests, events].flatMap((sink) => (sink === undefined ? [] : [sink.file])),
    observerFor: (replication) =>
      both(requests?.observerFor(replication), replication === 0 ? events?.writer : undefined),
    finish({ isInterrupted }) {
      if (isInterrupted) requests?.dropUnfinished();
      events?.writer.end();
    },
    notes: () => [
      ...(requests?.notes() ?? []),
      ...(events === undefined ? [] : cutNotes(events.writer, options)),
    ],
  };
}

function openRequests(io: Io, scenario: ResolvedScenario, name: string) {
  const format = name === "-" ? "csv" : formatByName("--requests", name, ROW_FORMATS);
  const file = openOutputFile(io, name);
  const writer = requestRowWriter(scenario, format);
  file.write(writer.header);
  let replicationNow = 0;
  let isUnfinishedKept = false;
  return {
    file,
    observerFor(replication: number): RunObserver {
      file.mark();
      replicationNow = replication + 1;
      return {
        onStep: () => {},
        onRequest: (row) => file.write(writer.row(replication + 1, row)),
      };
    },
    /** The summary is made from whole replications: so are the rows. */
    dropUnfinished() {
      isUnfinishedKept = !file.rewind();
    },
    notes: () =>
      isUnfinishedKept
        ? [`${name} also holds requests of replication ${replicationNow}, which was interrupted`]
        : [],
  };
}

const ROW_FORMATS: Readonly<Record<string, RequestRowFormat>> = {
  ".csv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
};

function openTraceEvents(io: Io, scenario: ResolvedScenario, name: string, secondsMax: number) {
  const file = openOutputFile(io, name);
  const limits = { secondsMax, eventsMax: TRACE_EVENTS_MAX };
  return { file, writer: traceEventWriter(scenario, limits, (text) => file.write(text)) };
}

function both(
  first: RunObserver | undefined,
  second: RunObserver | undefined,
): RunObserver | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return {
    onStep: (...step) => {
      first.onStep(...step);
      second.onStep(...step);
    },
    onRequest: (row) => {
      first.onRequest(row);
      second.onRequest(row);
    },
  };
}

function cutNotes({ cut }: TraceEventWriter, options: RunFilesOptions): string[] {
  if (cut.steps === 0 && cut.requests === 0) return [];
  return [
    `${options.traceEvents} holds the first ${formatDuration(options.traceEventsSeconds)} of replication 1, ${formatCount(TRACE_EVENTS_MAX)} events at most; ${formatCount(cut.steps)} runs of steps and ${formatCount(cut.requests)} requests were left out (--trace-events-seconds takes more)`,
  ];
}
