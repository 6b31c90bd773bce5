/**
 * Is the queue growing? A group is saturated when the number of its requests in a waiting queue (new, preempted,
 * or handed over to decode) grew by more than chance explains,
 * - in the second half of the measured window alone: by three standard deviations of a Poisson count of the
 *   requests offered in it; or
 * - all the time: by two over the whole window, and by half of one in each half. An overload of a few percent
 *   adds little in any one half, but never stops. These are deviations of counts that vary as much as those of
 *   the parts of the window did, where that is more than Poisson: bursts fill a queue for a while, too.
 * In both cases by 0.3 % of the requests that were offered meanwhile, too.
 *
 * A bounded queue cannot do this for long, so a stable system is flagged rarely; a peak that is over before
 * the window ends is not saturation. The latencies of a saturated group depend on how long one looks.
 */
import { type CellGroup, total } from "./cell-group";

const GROWTH_SHARE_MIN = 0.003;
/** Standard deviations of the requests offered meanwhile. */
const SECOND_HALF_MIN = 3;
const WHOLE_MIN = 2;
const EACH_HALF_MIN = 0.5;

/** Whether the group's queue grew without bound until the end of the window. */
export function isSaturated(group: CellGroup): boolean {
  const offered = offeredByPart(group);
  const firstOffered = sumOf(offered.slice(0, offered.length / 2));
  const secondOffered = sumOf(offered) - firstOffered;
  const middle = total(group, "waitingAtMiddle");
  const first = middle - total(group, "waitingAtStart");
  const second = total(group, "waitingAtEnd") - middle;
  if (hasGrown(second, secondOffered, SECOND_HALF_MIN)) return true;
  const spread = Math.sqrt(dispersionOf(offered));
  return (
    hasGrown(first + second, firstOffered + secondOffered, WHOLE_MIN * spread) &&
    hasGrown(first, firstOffered, EACH_HALF_MIN * spread) &&
    hasGrown(second, secondOffered, EACH_HALF_MIN * spread)
  );
}

function hasGrown(growth: number, offered: number, deviations: number): boolean {
  return growth > Math.max(GROWTH_SHARE_MIN * offered, deviations * Math.sqrt(offered));
}

/** Σ over replications. */
function offeredByPart({ runs }: CellGroup): readonly number[] {
  const parts = runs.map((run) => run.offeredByPart);
  return Array.from(parts[0]!, (_, part) => sumOf(parts.map((counts) => counts[part]!)));
}

/** Variance of the counts over their mean: 1 for Poisson arrivals, the least that is reckoned with. */
function dispersionOf(counts: readonly number[]): number {
  const mean = sumOf(counts) / counts.length;
  if (mean === 0) return 1;
  const squares = sumOf(counts.map((count) => (count - mean) ** 2));
  return Math.max(1, squares / (counts.length - 1) / mean);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
