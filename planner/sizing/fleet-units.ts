/**
 * A fleet of the search: how many units of each offer. From it come the pools that are simulated and deployed. Fleets
 * are compared unit by unit: a fleet that has no less of anything is never worse, which is what the search's proof
 * rests on.
 */
import type { PoolSpec } from "../fleet/fleet-spec";
import type { Offer } from "./offer";
import { poolSpecOf } from "./serving-option";

/** Units by offer index. */
export type FleetUnits = readonly number[];

export type PoolsByRegion = Readonly<Record<string, Readonly<Record<string, PoolSpec>>>>;

/** The pools of a fleet, by region; regions and offers without units are left out. */
export function poolsOf(offers: readonly Offer[], units: FleetUnits): PoolsByRegion {
  const regions: Record<string, Record<string, PoolSpec>> = {};
  for (const offer of offers) {
    const count = units[offer.index]!;
    if (count === 0) continue;
    const pools = regions[offer.region] ?? {};
    regions[offer.region] = pools;
    for (const part of offer.option.parts) {
      pools[part.name] = poolSpecOf(offer.option, part, count * part.replicas);
    }
  }
  return regions;
}

/** Only the units of some models; none of the others. */
export function unitsOfModels(
  offers: readonly Offer[],
  units: FleetUnits,
  models: ReadonlySet<string>,
): FleetUnits {
  return units.map((count, index) => (models.has(offers[index]!.option.model) ? count : 0));
}

/** One unit more or less of one offer. */
export function withUnits(units: FleetUnits, index: number, change: number): FleetUnits {
  return units.map((count, i) => (i === index ? count + change : count));
}

/** Words for a fleet: `us-east-1: 3 × qwen3-8b-g6e-xlarge, …`. */
export function describeUnits(offers: readonly Offer[], units: FleetUnits): string {
  const parts = offers.flatMap(({ region, option, index }) =>
    units[index]! > 0 ? [`${units[index]} × ${region}/${option.name}`] : [],
  );
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
