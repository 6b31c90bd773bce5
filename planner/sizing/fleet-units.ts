/**
 * A fleet of the search: how many units of each offer. From it come the pools that are simulated and deployed. Fleets
 * are compared unit by unit: a fleet that has no less of anything is never worse, which is what the search's proof
 * rests on.
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { PoolSpec } from "../fleet/fleet-spec";
import type { PurchaseSpec } from "../fleet/scaling-spec";
import type { Offer } from "./offer";
import { poolSpecOf } from "./serving-option";

/** Units by offer index. */
export type FleetUnits = readonly number[];

export type PoolsByRegion = Readonly<Record<string, Readonly<Record<string, PoolSpec>>>>;

/** Nodes by offer, part of a unit, and price of the offer. */
export type FleetNodes = readonly (readonly (readonly number[])[])[];

/**
 * The pools of a fleet, by region; regions and offers without units are left out.
 *
 * @param nodes how they are bought; when absent all in the first way that the offer has and that is not taken back
 */
export function poolsOf(
  offers: readonly Offer[],
  units: FleetUnits,
  nodes?: FleetNodes,
): PoolsByRegion {
  const regions: Record<string, Record<string, PoolSpec>> = {};
  for (const offer of offers) {
    const count = units[offer.index]!;
    if (count === 0) continue;
    const pools = regions[offer.region] ?? {};
    regions[offer.region] = pools;
    for (const [place, part] of offer.option.parts.entries()) {
      const replicas = count * part.replicas;
      const spec = poolSpecOf(offer.option, part, replicas);
      const purchase = purchaseOf(offer, replicas, nodes?.[offer.index]?.[place]);
      pools[part.name] = purchase === undefined ? spec : { ...spec, purchase };
    }
  }
  return regions;
}

/** The keys of `purchase` in a scenario, in the order in which replicas are given out. */
const PURCHASE_KEYS = {
  "reserved-3y": "reserved3y",
  "reserved-1y": "reserved1y",
  "capacity-block": "capacityBlock",
  "on-demand": "onDemand",
  spot: "spot",
} as const satisfies Readonly<Record<PurchaseOption, keyof PurchaseSpec>>;

/** How the replicas of a pool are bought; undefined when all are bought on demand. */
function purchaseOf(
  { prices, replicasPerNode }: Offer,
  replicas: number,
  nodes: readonly number[] | undefined,
): PurchaseSpec | undefined {
  if (nodes === undefined) {
    const first = prices.find(({ purchase }) => purchase !== "spot");
    const purchase = first?.purchase ?? "on-demand";
    return purchase === "on-demand" ? undefined : { [PURCHASE_KEYS[purchase]]: replicas };
  }
  const bought: PurchaseSpec = {};
  let left = replicas;
  for (const [purchase, key] of Object.entries(PURCHASE_KEYS)) {
    const place = prices.findIndex((price) => price.purchase === purchase);
    const count = place < 0 ? 0 : Math.min(left, nodes[place]! * replicasPerNode);
    if (count > 0) bought[key] = count;
    left -= count;
  }
  return bought.onDemand === replicas ? undefined : bought;
}

/** Words for a fleet: `3 × us-east-1/qwen3-8b-g6e-xlarge, …`. */
export function describeUnits(offers: readonly Offer[], units: FleetUnits): string {
  const parts = offers.flatMap(({ region, option, index }) =>
    units[index]! > 0 ? [`${units[index]} × ${region}/${option.name}`] : [],
  );
  return parts.length === 0 ? "nothing" : parts.join(", ");
}
