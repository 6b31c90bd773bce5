/**
 * What a run would have done without a fault: taken from the run of the same seed without faults, bucket by bucket,
 * or, where there is none, from the buckets before the fault.
 */
import { InvariantViolation } from "../foundation/errors";
import { type RunSeries, sumBetween } from "./run-series";

/** Buckets before a fault that show what was normal: enough for a mean, few enough to be like the time of the fault. */
const BUCKETS_BEFORE = 10;

export interface Expectation {
  /** Share of the requests that arrive in the bucket that would be good; NaN when it is not known. */
  shareGood(bucket: number): number;
  /** Share that would be answered; NaN when it is not known. */
  shareAnswered(bucket: number): number;
  /** Good requests among those that arrive in it; NaN when it is not known. */
  good(bucket: number): number;
  /** Attempts that the pools would be sent in it, together; NaN when it is not known. */
  attempts(pools: readonly number[], bucket: number): number;
  /** ∫ ready replicas of the pools dt over the bucket; NaN when it is not known. */
  readySeconds(pools: readonly number[], bucket: number): number;
  /** Attempts that a request takes: 1, or as many as a chain has calls. NaN when it is not known. */
  readonly attemptsPerRequest: number;
}

/**
 * The last buckets before `before` in which something arrived, at most ten: those that no fault has disturbed, and
 * that are behind the warm-up unless the fault strikes during it.
 *
 * @param before the first bucket that the fault has touched
 * @param isDisturbed by bucket
 */
export function undisturbedBuckets(
  { offered }: RunSeries,
  before: number,
  warmUpBuckets: number,
  isDisturbed: Uint8Array,
): readonly number[] {
  const calm = Array.from({ length: before }, (_, bucket) => bucket).filter(
    (bucket) => offered[bucket]! > 0 && isDisturbed[bucket] === 0,
  );
  const measured = calm.filter((bucket) => bucket >= warmUpBuckets);
  return (measured.length > 0 ? measured : calm).slice(-BUCKETS_BEFORE);
}

/** The level of some buckets of the run itself, for all buckets alike. */
export function expectedFromBefore(series: RunSeries, buckets: readonly number[]): Expectation {
  const mean = (of: (bucket: number) => number): number =>
    buckets.reduce((sum, bucket) => sum + of(bucket), 0) / buckets.length;
  const offered = mean((bucket) => series.offered[bucket]!);
  const shareGood = mean((bucket) => series.good[bucket]!) / offered;
  const shareAnswered = mean((bucket) => series.completedOfArrived[bucket]!) / offered;
  return {
    shareGood: () => shareGood,
    shareAnswered: () => shareAnswered,
    good: (bucket) => shareGood * series.offered[bucket]!,
    attempts: (pools) => mean((bucket) => sumOver(series.poolAttempts, pools, bucket)),
    readySeconds: (pools) => mean((bucket) => sumOver(series.poolReadySeconds, pools, bucket)),
    attemptsPerRequest: Math.max(1, mean((bucket) => series.attempts[bucket]!) / offered),
  };
}

/** @throws InvariantViolation when the two have buckets of different widths */
export function expectedFromBaseline(series: RunSeries, baseline: RunSeries): Expectation {
  const { bucketSeconds } = baseline;
  if (Math.abs(bucketSeconds - series.bucketSeconds) > 1e-9 * series.bucketSeconds) {
    throw new InvariantViolation("a baseline has buckets as wide as those of its run", {
      baselineSeconds: bucketSeconds,
      runSeconds: series.bucketSeconds,
    });
  }
  const all = sumBetween(baseline.offered, 0, baseline.buckets);
  const at = (values: Float64Array, bucket: number): number => values[bucket] ?? 0;
  // Clients that wait for answers may send at other times than in the baseline.
  const share = (part: Float64Array, bucket: number): number =>
    at(baseline.offered, bucket) > 0
      ? at(part, bucket) / at(baseline.offered, bucket)
      : sumBetween(part, 0, baseline.buckets) / all;
  return {
    shareGood: (bucket) => share(baseline.good, bucket),
    shareAnswered: (bucket) => share(baseline.completedOfArrived, bucket),
    good: (bucket) => at(baseline.good, bucket),
    attempts: (pools, bucket) => sumOver(baseline.poolAttempts, pools, bucket),
    readySeconds: (pools, bucket) => sumOver(baseline.poolReadySeconds, pools, bucket),
    attemptsPerRequest: Math.max(1, sumBetween(baseline.attempts, 0, baseline.buckets) / all),
  };
}

/** Σ over pools of a series in one bucket. */
export function sumOver(
  series: readonly Float64Array[],
  pools: readonly number[],
  bucket: number,
): number {
  return pools.reduce((sum, pool) => sum + (series[pool]![bucket] ?? 0), 0);
}
