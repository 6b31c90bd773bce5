/**
 * What a planned fleet costs, line by line: the replicas that were paid for in a run, by the way they are bought, at the
 * prices that are known. A line without a price stays, with nothing in its place, and the totals read "at least".
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import { HOURS_PER_MONTH } from "../cost/services-price";
import type { PlanCost } from "./cost-spec";

/** Replicas of a pool that are bought in one way, and the price of one. */
export interface BoughtReplicas {
  readonly pool: string;
  readonly purchase: PurchaseOption;
  /** Mean number that is paid for. */
  readonly replicas: number;
  /** null: not known. */
  readonly usdPerReplicaHour: number | null;
  /** `of` of the row of `prices` that it rests on; null where there is none. */
  readonly price: string | null;
}

/** The cost of these replicas, in the order of pools and ways of buying. */
export function plannedCost(bought: readonly BoughtReplicas[]): PlanCost {
  const lines = bought
    .filter(({ replicas }) => replicas > 0)
    .map((one) => ({
      pool: one.pool,
      purchase: one.purchase,
      replicas: one.replicas,
      usdPerReplicaHour: one.usdPerReplicaHour,
      usdPerHour: one.usdPerReplicaHour === null ? null : one.replicas * one.usdPerReplicaHour,
      price: one.price,
    }))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const known = lines.flatMap(({ usdPerHour }) => usdPerHour ?? []);
  const isUnknown = known.length === 0 && lines.length > 0;
  const usdPerHour = isUnknown ? null : known.reduce((sum, usd) => sum + usd, 0);
  return {
    usdPerHour,
    usdPerMonth: usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH,
    isLowerBound: known.length < lines.length && !isUnknown,
    lines,
  };
}

function keyOf({ pool, purchase }: { readonly pool: string; readonly purchase: string }): string {
  return `${pool} ${purchase}`;
}
