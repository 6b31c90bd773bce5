/**
 * Metastable failure: load that was set off by a fault and keeps itself up when the fault is over, because what
 * fails is tried again (N. Bronson et al., "Metastable failures in distributed systems", HotOS 2021). Told by the
 * figures of one run.
 */
import type { EpisodeImpact, RunWithFaults } from "./episode-impact";
import { type Expectation, sumOver } from "./expectation";
import { LEVEL_TOLERANCE, STEADY_BUCKETS } from "./goodput-dips";
import { type RunSeries, sumBetween } from "./run-series";

/** Rates over the time in which nothing is broken any more and the run stays down all the same. */
export interface MetastableLoad {
  /** From here to the end of the run. */
  readonly sinceSeconds: number;
  readonly offeredRequestsPerSecond: number;
  readonly attemptsPerSecond: number;
  readonly goodRequestsPerSecond: number;
  readonly capacityRequestsPerSecond: number;
}

/**
 * undefined unless all of this holds: the run does not come back from the episode; every fault of the run is over, and
 * the pools that were struck have as many ready replicas as before, for at least three buckets; over these, good
 * requests stay more than 5 % below what is expected; the requests that arrive are no more than the fleet has shown it
 * can complete; and the attempts that are made for them are more, beyond what a chain of calls takes.
 *
 * The capacity is the highest rate of completion in any bucket of the run or of its baseline: a lower bound of
 * what the fleet can do.
 */
export function metastableLoad(
  { series, episodes }: RunWithFaults & { readonly episodes: readonly EpisodeImpact["episode"][] },
  baseline: RunSeries | undefined,
  impact: EpisodeImpact,
  { struckPools, expected }: { struckPools: readonly number[]; expected: Expectation },
): MetastableLoad | undefined {
  if (impact.recoverySeconds !== Number.POSITIVE_INFINITY) return undefined;
  const { bucketSeconds, buckets } = series;
  const overSeconds = Math.max(...episodes.map(({ endSeconds }) => endSeconds));
  const from = firstReadyBucket(series, overSeconds, struckPools, expected);
  if (buckets - from < STEADY_BUCKETS) return undefined;
  const seconds = (buckets - from) * bucketSeconds;
  const rate = (values: Float64Array): number => sumBetween(values, from, buckets) / seconds;
  const load: MetastableLoad = {
    sinceSeconds: from * bucketSeconds,
    offeredRequestsPerSecond: rate(series.offered),
    attemptsPerSecond: rate(series.attempts),
    goodRequestsPerSecond: rate(series.good),
    capacityRequestsPerSecond:
      Math.max(...series.completed, ...(baseline?.completed ?? [])) / bucketSeconds,
  };
  let expectedGood = 0;
  for (let bucket = from; bucket < buckets; bucket++) expectedGood += expected.good(bucket);
  const isDown = load.goodRequestsPerSecond < ((1 - LEVEL_TOLERANCE) * expectedGood) / seconds;
  const capacityAttempts = load.capacityRequestsPerSecond * expected.attemptsPerRequest;
  const isKeptDown =
    load.offeredRequestsPerSecond <= load.capacityRequestsPerSecond &&
    load.attemptsPerSecond > capacityAttempts;
  return isDown && isKeptDown ? load : undefined;
}

/** The first whole bucket after the faults from which the struck pools have their replicas ready again. */
function firstReadyBucket(
  series: RunSeries,
  overSeconds: number,
  struckPools: readonly number[],
  expected: Expectation,
): number {
  const { bucketSeconds, buckets } = series;
  for (let bucket = Math.ceil(overSeconds / bucketSeconds - 1e-9); bucket < buckets; bucket++) {
    const ready = sumOver(series.poolReadySeconds, struckPools, bucket);
    const wanted = expected.readySeconds(struckPools, bucket);
    if (ready >= (1 - LEVEL_TOLERANCE) * wanted) return bucket;
  }
  return buckets;
}
