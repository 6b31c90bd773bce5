/** What TTFT and E2E hold beside the replica's own time: the network to the client, and the engine's front end. */
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { SimulationSummary, ValueRange } from "./simulation-summary";
import { modelsOf } from "./workload-models";

/** Smallest and largest value over the origins of the workloads and the pools that their requests may go to. */
export function networkAssumptions({
  workloads,
  fleet,
}: ResolvedScenario): SimulationSummary["assumptions"] {
  const roundTripsMs: number[] = [];
  const frontEndsMs: number[] = [];
  for (const workload of workloads) {
    for (const { originIndex } of workload.origins) {
      const roundTripMs = fleet.roundTripSeconds[originIndex]!.map((seconds) => seconds * 1e3);
      const pools = [...modelsOf(workload)].flatMap((model) =>
        reachablePools(fleet, model, roundTripMs),
      );
      for (const { regionIndex, coefficients } of pools) {
        roundTripsMs.push(roundTripMs[regionIndex]!);
        frontEndsMs.push(coefficients.frontEndSeconds * 1e3);
      }
    }
  }
  return { roundTripMs: rangeOf(roundTripsMs), frontEndMs: rangeOf(frontEndsMs) };
}

/** Pools of the model in the regions that requests from there may go to: by routing, or by failover. */
function reachablePools(
  { pools, routing, policies }: ResolvedFleet,
  model: string,
  roundTripMs: readonly number[],
): readonly ResolvedPool[] {
  const serving = pools.filter((pool) => pool.model.name === model && pool.replicasMax > 0);
  if (routing.regions === "any" || policies.failover !== undefined) return serving;
  const nearestMs = Math.min(...serving.map((pool) => roundTripMs[pool.regionIndex]!));
  return serving.filter((pool) => roundTripMs[pool.regionIndex] === nearestMs);
}

function rangeOf(values: readonly number[]): ValueRange {
  return { min: Math.min(...values), max: Math.max(...values) };
}
