/**
 * Stretches of a run in which too few of the requests were good: where a fault is felt, and until when.
 */
import type { Expectation } from "./expectation";
import type { RunSeries } from "./run-series";

/** Good requests may fall below what is expected by this share and still be called back. */
export const LEVEL_TOLERANCE = 0.05;
/** Chance explains so many standard deviations of the count of good requests more. */
const STANDARD_DEVIATIONS = 2;
/** A dip is over when so many buckets in a row are back; those in which too little arrives tell nothing. */
export const STEADY_BUCKETS = 3;

/** With a smaller share of good requests before a fault, there is no level to come back to. */
export const LEVEL_MIN = 0.5;

/** From bucket `from` to `to` − 1; `to` is Infinity when it does not end within the run. */
export interface Dip {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether a bucket is below its level: by more than 5 %, and two standard deviations of a binomial count of the good
 * requests expected. Of requests that are always good, nothing is chance.
 */
export function isBelowLevel(series: RunSeries, expected: Expectation, bucket: number): boolean {
  return series.good[bucket]! < fewestGood(series, expected, bucket);
}

/** Good requests below which a bucket is below its level; 0 or less where so few arrive that none need be good. */
function fewestGood({ offered }: RunSeries, expected: Expectation, bucket: number): number {
  const requests = offered[bucket]!;
  const share = expected.shareGood(bucket);
  const chance = STANDARD_DEVIATIONS * Math.sqrt(requests * share * (1 - share));
  return (1 - LEVEL_TOLERANCE) * requests * share - chance;
}

/** Dips that begin in the buckets from … lastBegin. */
export function goodputDips(
  series: RunSeries,
  expected: Expectation,
  from: number,
  lastBegin: number,
): readonly Dip[] {
  const dips: Dip[] = [];
  let bucket = from;
  while (bucket <= lastBegin && bucket < series.buckets) {
    if (!isBelowLevel(series, expected, bucket)) {
      bucket++;
      continue;
    }
    const to = endOfDip(series, expected, bucket);
    dips.push({ from: bucket, to });
    bucket = to;
  }
  return dips;
}

/** First of the buckets in a row that are back. */
function endOfDip(series: RunSeries, expected: Expectation, from: number): number {
  let first = Number.POSITIVE_INFINITY;
  let steady = 0;
  for (let bucket = from; bucket < series.buckets; bucket++) {
    if (!(fewestGood(series, expected, bucket) > 0)) continue;
    if (isBelowLevel(series, expected, bucket)) {
      steady = 0;
      continue;
    }
    if (steady === 0) first = bucket;
    steady++;
    if (steady === STEADY_BUCKETS) return first;
  }
  return Number.POSITIVE_INFINITY;
}
