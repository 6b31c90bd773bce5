/** Whether a scenario's traffic depends on when in the week its run starts. */
import type { ResolvedScenario } from "./resolved-scenario";

/** True when a workload has a daily or weekly profile; ramps, spikes and schedules count from the start of the run. */
export function followsClock({ workloads }: Pick<ResolvedScenario, "workloads">): boolean {
  return workloads.some(({ arrivals }) => {
    if (arrivals.kind !== "open") return false;
    const { profile } = arrivals;
    const isWeekly = profile.kind === "points" && profile.repeatSeconds !== undefined;
    return profile.kind === "diurnal" || isWeekly;
  });
}

/** Seconds from Monday 00:00 UTC to the start of a run; null when nothing follows the clock and no start was chosen. */
export function runStartSeconds(scenario: ResolvedScenario): number | null {
  const { startSeconds } = scenario.horizon;
  return startSeconds > 0 || followsClock(scenario) ? startSeconds : null;
}
