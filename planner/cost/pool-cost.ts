/**
 * What a pool costs per hour: for each way in which its replicas are bought, the nodes that are billed for them, whole.
 * What has no price stays out and is named, so that a total reads "at least".
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import { instancesPerNode } from "../fleet/capacity-defaults";
import { isCommitment, purchaseParts } from "../fleet/purchase";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { priceOf, type ResolvedPrice } from "../fleet/resolved-price";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import type { PaidPart } from "../simulation/run-record";

/** Paid replicas of a pool that are bought in one way, with what they cost. */
export interface PoolCostPart {
  readonly purchase: PurchaseOption;
  readonly replicas: number;
  /** Instances that are billed for them. */
  readonly instances: number;
  /** `undefined` = the price is not known. */
  readonly price: ResolvedPrice | undefined;
  /** Billed: instances × the price of one; where a price was given for a replica, replicas × that. */
  readonly usdPerHour: number | undefined;
  /** Of it, the accelerators of these instances that no paid replica has. */
  readonly idleUsdPerHour: number | undefined;
}

export interface PoolCost {
  /** In buying order; ways in which nothing was paid are left out. */
  readonly parts: readonly PoolCostPart[];
  /** `undefined` when nothing of what is paid has a price; 0 for a pool of which nothing is paid. */
  readonly usdPerHour: number | undefined;
  readonly idleUsdPerHour: number | undefined;
  /** Of `usdPerHour`, the part at estimated prices. */
  readonly estimatedUsdPerHour: number;
  /** Options with paid replicas and no price. */
  readonly unpriced: readonly PurchaseOption[];
  /** The totals leave some of what is paid out; false beside totals of `undefined`. */
  readonly isLowerBound: boolean;
}

/** Cost of a pool of which so much is paid: means over time may be fractions. */
export function poolCost(pool: ResolvedPool, paid: readonly PaidPart[]): PoolCost {
  const parts = paid
    .filter(({ replicas }) => replicas > 0)
    .map((part): PoolCostPart => partCost(pool, part));
  const priced = parts.filter((part) => part.usdPerHour !== undefined);
  const unpriced = parts.filter(({ price }) => price === undefined);
  const isUnknown = priced.length === 0 && unpriced.length > 0;
  return {
    parts,
    usdPerHour: isUnknown ? undefined : sumOf(priced, "usdPerHour"),
    idleUsdPerHour: isUnknown ? undefined : sumOf(priced, "idleUsdPerHour"),
    estimatedUsdPerHour: sumOf(
      priced.filter(({ price }) => price?.kind === "estimated"),
      "usdPerHour",
    ),
    unpriced: unpriced.map(({ purchase }) => purchase),
    isLowerBound: unpriced.length > 0 && !isUnknown,
  };
}

/** What is paid of a pool while a constant number of its replicas run, the first ones: those, and all commitments. */
export function paidWhile(pool: ResolvedPool, replicas: number): PaidPart[] {
  return purchaseParts(pool.purchase, pool.replicasMax).map(({ purchase, from, to }) => {
    const until = isCommitment(purchase) ? to : Math.min(to, Math.max(from, replicas));
    const firstNode = Math.floor(from / pool.replicasPerNode);
    const nodes = until > from ? Math.ceil(until / pool.replicasPerNode) - firstNode : 0;
    return { purchase, replicas: until - from, nodes };
  });
}

function partCost(pool: ResolvedPool, { purchase, replicas, nodes }: PaidPart): PoolCostPart {
  const price = priceOf(pool, purchase);
  const instances = nodes * instancesPerNode(pool.instanceType, acceleratorsPerReplica(pool));
  const part = { purchase, replicas, instances, price };
  if (price === undefined) return { ...part, usdPerHour: undefined, idleUsdPerHour: undefined };
  const used = replicas * price.usdPerReplicaHour;
  if (price.usdPerNodeHour === undefined) return { ...part, usdPerHour: used, idleUsdPerHour: 0 };
  const usdPerHour = nodes * price.usdPerNodeHour;
  // Shares of nodes that are all in use may add up to a little more than the nodes.
  return { ...part, usdPerHour, idleUsdPerHour: Math.max(0, usdPerHour - used) };
}

function sumOf(parts: readonly PoolCostPart[], column: "usdPerHour" | "idleUsdPerHour"): number {
  return parts.reduce((sum, part) => sum + (part[column] ?? 0), 0);
}
