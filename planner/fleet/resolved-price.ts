/**
 * What the replicas of a pool cost, as resolved from the price book or from the scenario. How many are paid for is not
 * known here (planner/cost).
 */
import type { InstancePrice, PurchaseOption } from "../catalog/prices/price-rows";
import { type PurchasePart, purchaseParts } from "./purchase";
import type { ResolvedPurchase } from "./resolved-policies";

/** Price of the replicas of a pool that are bought in one way. */
export interface ResolvedPrice {
  readonly purchase: PurchaseOption;
  /** Of a row of the price book; `estimated` where it has none; `given` by the scenario. */
  readonly kind: InstancePrice["kind"] | "estimated" | "given";
  /** A replica's share of its node: accelerators of the one over accelerators of the other. */
  readonly usdPerReplicaHour: number;
  /**
   * A node (the instances that a replica needs, or on which several are), which is billed whole; `undefined` where each
   * replica is billed for itself, because the price was given for a replica.
   */
  readonly usdPerNodeHour: number | undefined;
  /** What is sold at this price. */
  readonly terms: string;
  readonly source: string;
  /** ISO date; `undefined` of a price that was given. */
  readonly date: string | undefined;
}

/** What of a pool says how its replicas are bought and at which prices. */
interface PricedPool {
  readonly prices: readonly ResolvedPrice[];
  readonly purchase: ResolvedPurchase;
  readonly replicasMax: number;
}

/** The price of one option; `undefined` = not known. */
export function priceOf(
  { prices }: Pick<PricedPool, "prices">,
  purchase: PurchaseOption,
): ResolvedPrice | undefined {
  return prices.find((price) => price.purchase === purchase);
}

/** The parts of the pool that have no price. */
export function unpricedParts(pool: PricedPool): PurchasePart[] {
  return purchaseParts(pool.purchase, pool.replicasMax).filter(
    ({ purchase }) => priceOf(pool, purchase) === undefined,
  );
}

/** Mean price of a replica and hour when all of the pool run; `undefined` when that of any is not known. */
export function meanUsdPerReplicaHour(pool: PricedPool): number | undefined {
  let usd = 0;
  for (const { purchase, from, to } of purchaseParts(pool.purchase, pool.replicasMax)) {
    const price = priceOf(pool, purchase);
    if (price === undefined) return undefined;
    usd += (price.usdPerReplicaHour * (to - from)) / pool.replicasMax;
  }
  return usd;
}
