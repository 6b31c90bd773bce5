/** The run over time, pooled over replications: one bucket after the other, by workload. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord, TimelineCell, TimelinePool } from "../simulation/run-record";
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
          { replications: timelines.length, seconds, hasSlo: workload.slo.length > 0 },
        ),
      ]),
    ),
    pools: Object.fromEntries(
      scenario.fleet.pools.map((pool, poolIndex) => [
        pool.name,
        summarizePoolCells(
          timelines.flatMap((timeline) => timeline.pools[index]?.[poolIndex] ?? []),
          { replications: timelines.length, seconds },
        ),
      ]),
    ),
  }));
}

function summarizePoolCells(
  cells: readonly TimelinePool[],
  { replications, seconds }: { readonly replications: number; readonly seconds: number },
): TimelineBucket["pools"][string] {
  const mean = (of: (cell: TimelinePool) => number): number =>
    cells.reduce((sum, cell) => sum + of(cell), 0) / replications;
  return {
    readyReplicas: mean((cell) => cell.readySeconds) / seconds,
    paidReplicas: mean((cell) => cell.paidSeconds) / seconds,
    attempts: mean((cell) => cell.attempts),
  };
}

function summarizeCells(
  cells: readonly TimelineCell[],
  {
    replications,
    seconds,
    hasSlo,
  }: { readonly replications: number; readonly seconds: number; readonly hasSlo: boolean },
): TimelineBucket["workloads"][string] {
  const mean = (of: (cell: TimelineCell) => number): number =>
    cells.reduce((sum, cell) => sum + of(cell), 0) / replications;
  const ttft = mergeSketches(cells.map((cell) => cell.ttftSeconds));
  return {
    offered: mean((cell) => cell.offered),
    completedOfArrived: mean((cell) => cell.completedOfArrived),
    goodOfArrived: hasSlo ? mean((cell) => cell.goodOfArrived) : null,
    touchedOfArrived: mean((cell) => cell.touchedOfArrived),
    attempts: mean((cell) => cell.attempts),
    completed: mean((cell) => cell.completed),
    rejected: mean((cell) => cell.rejected),
    timedOut: mean((cell) => cell.timedOut),
    failed: mean((cell) => cell.failed),
    outputTokens: mean((cell) => cell.outputTokens),
    ttftMsP50: ttft.count === 0 ? null : ttft.quantile(0.5) * 1e3,
    ttftMsP95: ttft.count === 0 ? null : ttft.quantile(0.95) * 1e3,
    meanInSystem: mean((cell) => cell.requestSeconds) / seconds,
  };
}
