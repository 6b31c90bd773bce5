/** Where the measured window of a run ends. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";

/**
 * The horizon; or, when all arrivals are counted out before it, the end of the last request: a benchmark's
 * throughput is its requests over the time they took, not over the time that was set aside for them.
 */
export function windowEndSeconds(
  { horizon, workloads }: ResolvedScenario,
  endSeconds: number,
): number {
  const isCountedOut = workloads.every(({ arrivals }) =>
    arrivals.kind === "trace" ? !arrivals.loop : Number.isFinite(arrivals.requestsMax),
  );
  const isEarly = isCountedOut && endSeconds > horizon.warmUpSeconds;
  return isEarly ? Math.min(endSeconds, horizon.durationSeconds) : horizon.durationSeconds;
}
