/** What TTFT and E2E hold beside the replica's own time: the network to the client, and the engine's front end. */
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { SimulationSummary, ValueRange } from "./simulation-summary";

/** Smallest and largest value over the origins of the workloads and the pools that their requests may go to. */
export function networkAssumptions({
  workloads,
  fleet,
}: ResolvedScenario): SimulationSummary["assumptions"] {
  const roundTripsMs: number[] = [];
  const frontEndsMs: number[] = [];
  for (const { model, origins } of workloads) {
    for (const { originIndex } of origins) {
      const roundTripMs = fleet.roundTripSeconds[originIndex]!.map((seconds) => seconds * 1e3);
      for (const { regionIndex, coefficients } of reachablePools(fleet, model, roundTripMs)) {
        roundTripsMs.push(roundTripMs[regionIndex]!);
        frontEndsMs.push(coefficients.frontEndSeconds * 1e3);
      }
    }
  }
  return { roundTripMs: rangeOf(roundTripsMs), frontEndMs: rangeOf(frontEndsMs) };
}

/** Pools of the model in the regions that requests from there may go to (`fleet.routing.regions`). */
function reachablePools(
  { pools, routing }: ResolvedFleet,
  model: string,
  roundTripMs: readonly number[],
): readonly ResolvedPool[] {
  const serving = pools.filter((pool) => pool.model.name === model && pool.replicas > 0);
  if (routing.regions === "any") return serving;
  const nearestMs = Math.min(...serving.map((pool) => roundTripMs[pool.regionIndex]!));
  return serving.filter((pool) => roundTripMs[pool.regionIndex] === nearestMs);
}

function rangeOf(values: readonly number[]): ValueRange {
  return { min: Math.min(...values), max: Math.max(...values) };
}
