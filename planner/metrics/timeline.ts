/** The run over time, pooled over replications: one bucket after the other, by workload. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord, TimelineCell } from "../simulation/run-record";
import { mergeSketches } from "./latency";
import type { TimelineBucket } from "./simulation-summary";

/** Counts are means per replication; null when no timeline was recorded. */
export function summarizeTimeline(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): readonly TimelineBucket[] | null {
  const timelines = records.flatMap((record) => record.timeline ?? []);
  if (timelines.length === 0) return null;
  const seconds = timelines[0]!.bucketSeconds;
  const buckets = Math.max(...timelines.map((timeline) => timeline.buckets.length));
  return Array.from({ length: buckets }, (_, index) => ({
    startSeconds: index * seconds,
    endSeconds: (index + 1) * seconds,
    workloads: Object.fromEntries(
      scenario.workloads.map((workload, workloadIndex) => [
        workload.name,
        summarizeCells(
          timelines.flatMap((timeline) => timeline.buckets[index]?.[workloadIndex] ?? []),
          timelines.length,
          seconds,
        ),
      ]),
    ),
  }));
}

function summarizeCells(
  cells: readonly TimelineCell[],
  replications: number,
  seconds: number,
): TimelineBucket["workloads"][string] {
  const mean = (of: (cell: TimelineCell) => number): number =>
    cells.reduce((sum, cell) => sum + of(cell), 0) / replications;
  const ttft = mergeSketches(cells.map((cell) => cell.ttftSeconds));
  return {
    offered: mean((cell) => cell.offered),
    completed: mean((cell) => cell.completed),
    outputTokens: mean((cell) => cell.outputTokens),
    ttftMsP50: ttft.count === 0 ? null : ttft.quantile(0.5) * 1e3,
    ttftMsP95: ttft.count === 0 ? null : ttft.quantile(0.95) * 1e3,
    meanInSystem: mean((cell) => cell.requestSeconds) / seconds,
  };
}
