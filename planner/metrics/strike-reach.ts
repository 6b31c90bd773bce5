/**
 * Requests that were in flight when a fault struck: they arrived before it, and are counted in the buckets of their
 * arrival. Which buckets these are shows in the attempts that got no answer.
 */
import type { RunSeries } from "./run-series";

/** Chance explains so many standard deviations of the count of touched requests. */
const STANDARD_DEVIATIONS = 2;

/**
 * The first of the buckets, without a gap up to the one in which the fault strikes, that have more touched requests
 * than is usual and than chance explains. Usual is the share in the same bucket of the baseline, or the median share
 * of the undisturbed buckets before.
 *
 * @param struck bucket in which the fault strikes; returned when it reaches no further back
 * @param isDisturbed by bucket: what an earlier fault touched is not this one's
 */
export function firstReachedBucket(
  series: RunSeries,
  struck: number,
  isDisturbed: Uint8Array,
  baseline: RunSeries | undefined,
): number {
  const median = baseline === undefined ? medianTouchedShare(series, struck, isDisturbed) : 0;
  const usualShare = (bucket: number): number =>
    baseline === undefined ? median : (touchedShare(baseline, bucket) ?? 0);
  let first = struck;
  while (first > 0 && isDisturbed[first - 1] === 0) {
    const requests = series.offered[first - 1]!;
    const share = usualShare(first - 1);
    const chance = STANDARD_DEVIATIONS * Math.sqrt(requests * share * (1 - share));
    if (!(series.touched[first - 1]! > requests * share + chance)) break;
    first--;
  }
  return first;
}

function medianTouchedShare(series: RunSeries, before: number, isDisturbed: Uint8Array): number {
  const shares: number[] = [];
  for (let bucket = 0; bucket < before; bucket++) {
    const share = touchedShare(series, bucket);
    if (share !== undefined && isDisturbed[bucket] === 0) shares.push(share);
  }
  return shares.sort((a, b) => a - b)[Math.floor((shares.length - 1) / 2)] ?? 0;
}

/** undefined when nothing arrived in the bucket. */
function touchedShare({ offered, touched }: RunSeries, bucket: number): number | undefined {
  const requests = offered[bucket] ?? 0;
  return requests > 0 ? touched[bucket]! / requests : undefined;
}
