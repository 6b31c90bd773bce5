/**
 * What one episode of a fault did to one run: how far it reached, who noticed it, where the traffic went, and when
 * all was well again. Counts and times of one run; `resilience.ts` puts those of several together.
 */
import type { ControlEvent } from "../simulation/control-event";
import type { RunRecord } from "../simulation/run-record";
import { type Expectation, sumOver } from "./expectation";
import type { FaultEpisode } from "./fault-episodes";
import { type Dip, goodputDips, LEVEL_MIN, STEADY_BUCKETS } from "./goodput-dips";
import { type RunSeries, sumBetween } from "./run-series";
import type { StruckParts } from "./struck-parts";

/** Traffic has left a place when less than this share of the attempts expected there is sent to it. */
const LEFT_SHARE = 0.05;
/** Over as many buckets as would have had this many attempts: fewer say little. */
const ATTEMPTS_MIN = 20;

export interface EpisodeImpact {
  readonly episode: FaultEpisode;
  /** Buckets from … to − 1 in which it is felt: from its start until it is over and the last of its dips has ended. */
  readonly from: number;
  readonly to: number;
  // Of the requests that arrived in these buckets, and those in flight when it struck
  readonly requests: number;
  readonly completed: number;
  readonly touched: number;
  /** Good ones to be expected, and those that are missing; NaN when it is not known what to expect. */
  readonly expectedGood: number;
  readonly lostGood: number;
  // From the start of the fault; Infinity: not within the run, NaN: there is nothing to tell it by
  readonly detectSeconds: number;
  readonly shiftSeconds: number;
  readonly recoverySeconds: number;
}

export interface RunWithFaults {
  readonly record: RunRecord;
  readonly series: RunSeries;
}

/**
 * @param reached first bucket with requests that were in flight when it struck: that of the strike, or one before
 */
export function episodeImpact(
  { record, series }: RunWithFaults,
  { episode, reached }: { readonly episode: FaultEpisode; readonly reached: number },
  struck: StruckParts,
  expected: Expectation,
): EpisodeImpact {
  const { bucketSeconds, buckets } = series;
  const from = firstBucketOf(series, episode);
  const over = bucketAfter(series, episode.endSeconds, from);
  const isLevelKnown = !Number.isNaN(expected.shareGood(from));
  const dips = isLevelKnown ? goodputDips(series, expected, from, over - 1 + STEADY_BUCKETS) : [];
  const to = Math.min(buckets, Math.max(over, dips.at(-1)?.to ?? 0));
  const sum = (values: Float64Array): number => sumBetween(values, from, to);
  const inFlight = inFlightAtStrike(series, expected, { reached, from });
  const expectedGood = sumExpectedGood(expected, from, to);
  const isMeasurable =
    isLevelKnown &&
    sumBetween(series.offered, from, buckets) > 0 &&
    expectedGood >= LEVEL_MIN * sum(series.offered);
  return {
    episode,
    from,
    to,
    requests: sum(series.offered) + inFlight.requests,
    completed: sum(series.completedOfArrived) + inFlight.requests - inFlight.unanswered,
    touched: sum(series.touched) + inFlight.touched,
    expectedGood: expectedGood + inFlight.expectedGood,
    lostGood: expectedGood - sum(series.good) + inFlight.lostGood,
    detectSeconds: detectSeconds(record.control, episode, struck, to * bucketSeconds),
    shiftSeconds: shiftSeconds(series, episode, struck, expected),
    recoverySeconds: isMeasurable ? recoverySeconds(dips, episode, bucketSeconds) : Number.NaN,
  };
}

/**
 * As many as were in the system, on average, in the bucket before the strike. What befell them shows in the buckets
 * that the strike reached: the touched requests, and the answers and good answers that are missing there. None of them
 * is more than were in flight. Nothing is said of them where it is not known what to expect.
 */
function inFlightAtStrike(
  series: RunSeries,
  expected: Expectation,
  { reached, from }: { readonly reached: number; readonly from: number },
) {
  const inSystem = from > 0 ? series.requestSeconds[from - 1]! / series.bucketSeconds : 0;
  const requests = Number.isNaN(expected.shareGood(from)) ? 0 : inSystem;
  const missing = (of: (bucket: number) => number): number => {
    let sum = 0;
    for (let bucket = reached; bucket < from; bucket++) sum += Math.max(0, of(bucket));
    return Math.min(requests, sum);
  };
  const { offered, completedOfArrived, good, touched } = series;
  const expectedGood = requests === 0 ? 0 : requests * expected.shareGood(from);
  return {
    requests,
    touched: missing((bucket) => touched[bucket]!),
    unanswered: missing(
      (bucket) => offered[bucket]! * expected.shareAnswered(bucket) - completedOfArrived[bucket]!,
    ),
    expectedGood,
    lostGood: Math.min(
      expectedGood,
      missing((bucket) => expected.good(bucket) - good[bucket]!),
    ),
  };
}

/** The bucket in which an episode starts. */
export function firstBucketOf(
  { bucketSeconds, buckets }: RunSeries,
  { startSeconds }: FaultEpisode,
): number {
  return Math.min(buckets - 1, Math.floor(startSeconds / bucketSeconds + 1e-9));
}

/** The first bucket that begins at `seconds` or later, after `from`; the number of buckets when there is none. */
function bucketAfter({ bucketSeconds, buckets }: RunSeries, seconds: number, from: number): number {
  const bucket = Math.ceil(seconds / bucketSeconds - 1e-9);
  return Math.min(buckets, Math.max(from + 1, bucket));
}

function sumExpectedGood(expected: Expectation, from: number, to: number): number {
  let sum = 0;
  for (let bucket = from; bucket < to; bucket++) sum += expected.good(bucket);
  return sum;
}

/** A region or replica that was struck is called unhealthy, or ejected, while the fault is felt. */
function detectSeconds(
  control: readonly ControlEvent[],
  { startSeconds }: FaultEpisode,
  { pools, regions }: StruckParts,
  untilSeconds: number,
): number {
  const first = control.find(
    (event) =>
      event.seconds >= startSeconds &&
      event.seconds < untilSeconds &&
      ((event.kind === "region-unhealthy" && regions.has(event.region)) ||
        (event.kind === "ejected" && pools.has(event.pool))),
  );
  return first === undefined ? Number.POSITIVE_INFINITY : first.seconds - startSeconds;
}

/**
 * Until the start of the first buckets in which less than 5 % of the attempts expected at the pools that are struck
 * as a whole are sent there.
 */
function shiftSeconds(
  series: RunSeries,
  episode: FaultEpisode,
  { wholePools }: StruckParts,
  expected: Expectation,
): number {
  const from = firstBucketOf(series, episode);
  if (wholePools.length === 0 || !(expected.attempts(wholePools, from) > 0)) return Number.NaN;
  // Attempts that end because nothing is left have not moved.
  const others = series.poolAttempts.flatMap((_, pool) =>
    wholePools.includes(pool) ? [] : [pool],
  );
  if (!others.some((pool) => sumBetween(series.poolAttempts[pool]!, from, series.buckets) > 0)) {
    return Number.NaN;
  }
  for (let first = from; first < series.buckets; first++) {
    let attempts = 0;
    let expectedAttempts = 0;
    for (let bucket = first; bucket < series.buckets; bucket++) {
      attempts += sumOver(series.poolAttempts, wholePools, bucket);
      expectedAttempts += expected.attempts(wholePools, bucket);
      if (expectedAttempts >= ATTEMPTS_MIN) break;
    }
    if (expectedAttempts < ATTEMPTS_MIN) break;
    if (attempts < LEFT_SHARE * expectedAttempts) {
      return Math.max(0, first * series.bucketSeconds - episode.startSeconds);
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** Until the first dip is over; never, when one of them is not. */
function recoverySeconds(
  dips: readonly Dip[],
  { startSeconds }: FaultEpisode,
  bucketSeconds: number,
): number {
  const [first] = dips;
  if (first === undefined) return 0;
  const isOpen = dips.some(({ to }) => to === Number.POSITIVE_INFINITY);
  return isOpen ? Number.POSITIVE_INFINITY : first.to * bucketSeconds - startSeconds;
}
