/**
 * Figures over time, one table for each workload, with a bar for the requests in the system: a queue that
 * builds up is seen at a glance.
 */
import type {
  RequestCounts,
  SimulationSummary,
  TimelineBucket,
} from "../../metrics/simulation-summary";
import { formatNumber, formatTime } from "../format-number";
import { type Cell, type ReportSection, table } from "../report";
import { hasFailures } from "./failures";

const BAR_CELLS = 8;
/** Starts of longer buckets are shown to the second. */
const FINE_BUCKET_SECONDS = 10;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

export function timelineSections(summary: SimulationSummary): ReportSection[] {
  const { timeline } = summary;
  if (timeline === null || timeline.length === 0) return [];
  const workloads = Object.entries(summary.workloads);
  return workloads.map(([name, { requests }]) => ({
    heading: workloads.length === 1 ? "Timeline" : `Timeline of ${name}`,
    blocks: [
      table(
        [
          { header: "from", align: "right" },
          { header: "offered/s", align: "right" },
          ...failureColumns(requests).map(({ header }) => ({ header, align: "right" as const })),
          { header: "done/s", align: "right" },
          { header: "tok/s", align: "right" },
          { header: "TTFT p50", align: "right" },
          { header: "TTFT p95", align: "right" },
          { header: "in system", align: "right" },
          { header: "", align: "left" },
        ],
        workloadRows(name, timeline, failureColumns(requests)),
      ),
    ],
  }));
}

type Figures = TimelineBucket["workloads"][string];

interface FailureColumn {
  readonly header: string;
  readonly of: (figures: Figures) => number;
}

const FAILURE_COLUMNS: readonly FailureColumn[] = [
  { header: "attempts/s", of: ({ attempts }) => attempts },
  { header: "lost/s", of: ({ rejected, timedOut, failed }) => rejected + timedOut + failed },
];

function failureColumns(requests: RequestCounts): readonly FailureColumn[] {
  return hasFailures(requests) ? FAILURE_COLUMNS : [];
}

function workloadRows(
  name: string,
  timeline: readonly TimelineBucket[],
  further: readonly FailureColumn[],
): Cell[][] {
  const most = Math.max(...timeline.map((bucket) => bucket.workloads[name]?.meanInSystem ?? 0));
  const endSeconds = timeline[timeline.length - 1]!.endSeconds;
  return timeline.map((bucket) => {
    const figures = bucket.workloads[name];
    const seconds = bucket.endSeconds - bucket.startSeconds;
    const isFine = seconds < FINE_BUCKET_SECONDS;
    const start = isFine ? bucket.startSeconds : Math.round(bucket.startSeconds);
    const from = formatClock(start, endSeconds);
    if (figures === undefined) return [from];
    return [
      from,
      formatNumber(figures.offered / seconds),
      ...further.map((column) => formatNumber(column.of(figures) / seconds)),
      formatNumber(figures.completed / seconds),
      formatNumber(figures.outputTokens / seconds),
      formatTime(figures.ttftMsP50),
      formatTime(figures.ttftMsP95),
      formatNumber(figures.meanInSystem),
      bar(figures.meanInSystem, most),
    ];
  });
}

/** `1:05:00` in long runs, `5:30` in shorter ones; with a fraction when the buckets are that fine. */
function formatClock(seconds: number, endSeconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds - hours * 3600 - minutes * 60;
  const fraction = Number.isInteger(Number(rest.toFixed(3))) ? 0 : 1;
  const shownSeconds = rest.toFixed(fraction).padStart(fraction === 0 ? 2 : 4, "0");
  if (endSeconds <= 3600) return `${minutes}:${shownSeconds}`;
  return `${hours}:${String(minutes).padStart(2, "0")}:${shownSeconds}`;
}

/** A bar of up to `BAR_CELLS` cells, in steps of an eighth; anything above 0 shows at least a sliver. */
function bar(value: number, most: number): string {
  if (!(value > 0) || !(most > 0)) return "";
  const eighths = Math.max(1, Math.round((value / most) * BAR_CELLS * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
