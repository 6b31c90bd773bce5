/**
 * Which replicas of a pool are bought in which way: by number, the committed ones first and spot capacity last. What
 * they cost is `resolved-price.ts`.
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { ResolvedPurchase } from "./resolved-policies";

/** The options in the order in which a pool's replicas are bought: what is paid anyway is used first. */
export const BUYING_ORDER = [
  "reserved-3y",
  "reserved-1y",
  "capacity-block",
  "on-demand",
  "spot",
] as const satisfies readonly PurchaseOption[];

/** Replicas `from` to `to` − 1 of a pool, which are bought in one way. */
export interface PurchasePart {
  readonly purchase: PurchaseOption;
  readonly from: number;
  readonly to: number;
}

/** A commitment is paid whether it is used or not. */
export function isCommitment(purchase: PurchaseOption): boolean {
  return purchase !== "on-demand" && purchase !== "spot";
}

/** The parts of a pool of at most so many replicas, in buying order; those without a replica are left out. */
export function purchaseParts(purchase: ResolvedPurchase, replicasMax: number): PurchasePart[] {
  const parts: PurchasePart[] = [];
  let from = 0;
  const add = (option: PurchaseOption, replicas: number): void => {
    const to = Math.min(replicasMax, from + replicas);
    if (to > from) parts.push({ purchase: option, from, to });
    from = to;
  };
  for (const { purchase: option, replicas } of purchase.committed) add(option, replicas);
  add("on-demand", purchase.spot === undefined ? replicasMax : purchase.onDemandReplicas);
  add("spot", replicasMax);
  return parts;
}

/** Number of the first replica that is spot capacity; Infinity where none is. */
export function firstSpotReplica({ committed, onDemandReplicas, spot }: ResolvedPurchase): number {
  if (spot === undefined) return Number.POSITIVE_INFINITY;
  return committed.reduce((sum, { replicas }) => sum + replicas, onDemandReplicas);
}
