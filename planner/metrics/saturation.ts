/**
 * Is the queue growing? A group is saturated when the number of its requests in a waiting queue (new, preempted,
 * or handed over to decode) grew by more than chance explains,
 * - in the second half of the measured window alone: by three standard deviations of a Poisson count of the
 *   requests offered in it; or
 * - all the time: by two over the whole window, and by half of one in each half. An overload of a few percent
 *   adds little in any one half, but never stops.
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
  const secondOffered = total(group, "offeredSecondHalf");
  const firstOffered = total(group, "offered") - secondOffered;
  const middle = total(group, "waitingAtMiddle");
  const first = middle - total(group, "waitingAtStart");
  const second = total(group, "waitingAtEnd") - middle;
  return (
    hasGrown(second, secondOffered, SECOND_HALF_MIN) ||
    (hasGrown(first + second, firstOffered + secondOffered, WHOLE_MIN) &&
      hasGrown(first, firstOffered, EACH_HALF_MIN) &&
      hasGrown(second, secondOffered, EACH_HALF_MIN))
  );
}

function hasGrown(growth: number, offered: number, deviations: number): boolean {
  return growth > Math.max(GROWTH_SHARE_MIN * offered, deviations * Math.sqrt(offered));
}
