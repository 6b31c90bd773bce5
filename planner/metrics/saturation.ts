/**
 * Is the queue growing? A group is saturated when, over the second half of the measured window, the number
 * of requests in a waiting queue (new, preempted, or handed over to decode) grew by more than chance
 * explains: by 0.3 % of the requests offered in that half, and by three standard deviations of a Poisson
 * count of them.
 *
 * A bounded queue cannot do this for long, so a stable system is flagged rarely; a peak that is over before
 * the window ends is not saturation. The latencies of a saturated group depend on how long one looks.
 */
import { type CellGroup, total } from "./cell-group";

const GROWTH_SHARE_MIN = 0.003;
const STANDARD_DEVIATIONS = 3;

/** Whether the group's queue grew without bound until the end of the window. */
export function isSaturated(group: CellGroup): boolean {
  const offered = total(group, "offeredSecondHalf");
  const growth = total(group, "waitingAtEnd") - total(group, "waitingAtMiddle");
  return growth > Math.max(GROWTH_SHARE_MIN * offered, STANDARD_DEVIATIONS * Math.sqrt(offered));
}
