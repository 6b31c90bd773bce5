/**
 * Replicas that a weekly schedule asks for: KEDA's cron trigger (https://keda.sh/docs/latest/scalers/cron/) with the
 * week in UTC. A window holds its start and not its end; of several at once the largest counts.
 */
import type { ResolvedScalingSchedule } from "../../fleet/resolved-policies";
import { WEEK_SECONDS } from "../../foundation/week-time";

/** 0 outside of every window. `weekSeconds` counts from any Monday 00:00 UTC, ≥ 0. */
export function scheduledReplicas(
  schedule: readonly ResolvedScalingSchedule[],
  weekSeconds: number,
): number {
  const now = weekSeconds % WEEK_SECONDS;
  let replicas = 0;
  for (const window of schedule) {
    if (isWithin(window, now)) replicas = Math.max(replicas, window.replicas);
  }
  return replicas;
}

/** An end before the start is in the next week; an end at the start leaves nothing, which KEDA refuses. */
function isWithin({ startSeconds, endSeconds }: ResolvedScalingSchedule, now: number): boolean {
  if (endSeconds < startSeconds) return now >= startSeconds || now < endSeconds;
  return now >= startSeconds && now < endSeconds;
}
