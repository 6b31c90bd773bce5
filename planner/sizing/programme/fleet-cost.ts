/** What a fleet of the programme costs in US dollars per hour: its nodes, its changes, and what decides among equals. */
import type { FleetUnits } from "../fleet-units";
import type { Offer } from "../offer";
import type { FleetProgrammeInput, FleetSolution } from "./programme-input";

export function usdOfNodes(offers: readonly Offer[], nodes: FleetSolution["nodes"]): number {
  return offers.reduce(
    (sum, { prices, index }) =>
      nodes[index]!.reduce(
        (inner, byPrice) =>
          inner + byPrice.reduce((cost, n, i) => cost + n * prices[i]!.usdPerNodeHour, 0),
        sum,
      ),
    0,
  );
}

/** For each unit more or less than in the fleet that is there. */
export function usdOfChanges(units: FleetUnits, change: FleetProgrammeInput["change"]): number {
  if (change === undefined) return 0;
  const changed = units.map((count, index) => Math.abs(count - change.units[index]!));
  return change.usdPerHour * changed.reduce((sum, count) => sum + count, 0);
}

/** What a pool, and room on a node for a replica that none takes, count for. */
export interface Untidiness {
  readonly poolUsd: number;
  readonly roomUsd: number;
}

/** Far below the price of anything, so that it decides among fleets of one cost. */
export function untidiness({ isTidy = false }: FleetProgrammeInput): Untidiness {
  return isTidy ? { poolUsd: 1e-3, roomUsd: 1e-4 } : { poolUsd: 0, roomUsd: 0 };
}
