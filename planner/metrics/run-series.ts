/** A run's timeline as one series per figure, all workloads together: what resilience is measured on. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord, TimelineCell, TimelinePool } from "../simulation/run-record";

/** By bucket: bucket i spans i · bucketSeconds … (i + 1) · bucketSeconds, from the start of the run. */
export interface RunSeries {
  readonly bucketSeconds: number;
  readonly buckets: number;
  // Of the requests that arrived in the bucket
  readonly offered: Float64Array;
  /** Met every objective; of workloads that have none: completed. */
  readonly good: Float64Array;
  readonly completedOfArrived: Float64Array;
  readonly touched: Float64Array;
  // Of what happened in it
  readonly attempts: Float64Array;
  readonly completed: Float64Array;
  /** ∫ requests in the system dt. */
  readonly requestSeconds: Float64Array;
  /** By pool, then bucket. */
  readonly poolAttempts: readonly Float64Array[];
  readonly poolReadySeconds: readonly Float64Array[];
}

/** undefined when the run recorded no timeline. */
export function seriesOf(
  { workloads, fleet }: Pick<ResolvedScenario, "workloads" | "fleet">,
  { timeline, windowEndSeconds }: RunRecord,
): RunSeries | undefined {
  if (timeline === undefined) return undefined;
  const { bucketSeconds } = timeline;
  // Buckets exist only as far as something happened; an arrival at the very end opens one that has no width.
  const buckets = Math.max(1, Math.round(windowEndSeconds / bucketSeconds));
  const sum = (of: (cell: TimelineCell, workload: number) => number): Float64Array => {
    const series = new Float64Array(buckets);
    for (const [bucket, cells] of timeline.buckets.entries()) {
      const place = Math.min(bucket, buckets - 1);
      for (const [workload, cell] of cells.entries()) series[place]! += of(cell, workload);
    }
    return series;
  };
  const poolSeries = (pool: number, of: (cell: TimelinePool) => number): Float64Array => {
    const series = new Float64Array(buckets);
    for (const [bucket, cells] of timeline.pools.entries()) {
      series[Math.min(bucket, buckets - 1)]! += of(cells[pool]!);
    }
    return series;
  };
  const hasSlo = workloads.map((workload) => workload.slo.length > 0);
  return {
    bucketSeconds,
    buckets,
    offered: sum((cell) => cell.offered),
    good: sum((cell, workload) =>
      hasSlo[workload] === true ? cell.goodOfArrived : cell.completedOfArrived,
    ),
    completedOfArrived: sum((cell) => cell.completedOfArrived),
    touched: sum((cell) => cell.touchedOfArrived),
    attempts: sum((cell) => cell.attempts),
    completed: sum((cell) => cell.completed),
    requestSeconds: sum((cell) => cell.requestSeconds),
    poolAttempts: fleet.pools.map((_, pool) => poolSeries(pool, (cell) => cell.attempts)),
    poolReadySeconds: fleet.pools.map((_, pool) => poolSeries(pool, (cell) => cell.readySeconds)),
  };
}

/** Σ of a series over buckets from … to − 1. */
export function sumBetween(series: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let bucket = from; bucket < to; bucket++) sum += series[bucket]!;
  return sum;
}
