/** Availability of a group: its value, and between which limits it may lie. What it is: `Availability`. */
import { type CellGroup, total } from "./cell-group";
import { halfWidth95, wilson95 } from "./confidence";
import type { Availability } from "./simulation-summary";

export function summarizeAvailability(group: CellGroup): Availability {
  const completed = total(group, "completed");
  const over = total(group, "offered") - total(group, "inFlight");
  if (over <= 0) return { value: null, low: null, high: null };
  const value = completed / over;
  const independent = wilson95(completed, over);
  const shares = group.runs.map((run) => run.completed / (run.offered - run.inFlight));
  // A replication without a request that is over has no share, and leaves no interval over replications.
  const halfWidth = halfWidth95(shares) ?? 0;
  return {
    value,
    low: Math.max(0, Math.min(independent.low, value - halfWidth)),
    high: Math.min(1, Math.max(independent.high, value + halfWidth)),
  };
}
