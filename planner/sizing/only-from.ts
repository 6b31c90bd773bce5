/**
 * What one region of a fleet sees of a scenario's traffic: the requests from some places; or, to measure what a pool
 * can do, requests at a rate that does not change.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { withFewerRequests } from "./run-window";

/** Workloads without clients in these places are left out. */
export function onlyFrom(scenario: ResolvedScenario, places: readonly string[]): ResolvedScenario {
  const { origins: names } = scenario.fleet;
  const workloads = scenario.workloads.flatMap((workload) => {
    const origins = workload.origins.filter(({ originIndex }) =>
      places.includes(names[originIndex]!),
    );
    const kept = origins.reduce((sum, { share }) => sum + share, 0);
    if (kept === 0) return [];
    const within = origins.map((origin) => ({ ...origin, share: origin.share / kept }));
    return [withFewerRequests({ ...workload, origins: within }, kept)];
  });
  return { ...scenario, workloads };
}

/** Workloads with a rate of their own at this one all the time; traces are replayed as they are. */
export function atSteadyRates(
  scenario: ResolvedScenario,
  perSecond: Readonly<Record<string, number>>,
): ResolvedScenario {
  const workloads = scenario.workloads.map((workload) => {
    const { arrivals, name } = workload;
    const requestsPerSecond = perSecond[name];
    if (arrivals.kind !== "open" || requestsPerSecond === undefined) return workload;
    const profile = { kind: "constant" as const };
    return { ...workload, arrivals: { ...arrivals, requestsPerSecond, profile } };
  });
  return { ...scenario, workloads };
}
