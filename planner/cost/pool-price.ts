/**
 * What a pool costs per hour: its replicas by purchase option, at the price of their share of a node and of the whole
 * nodes that have to be rented for them. What has no price stays out and is named, so that a total reads "at least".
 */
import { findInstanceType } from "../catalog/lookup";
import { instancePrice } from "../catalog/prices/instance-price";
import type { PriceBook } from "../catalog/prices/price-book";
import {
  type Cloud,
  type InstancePrice,
  type PurchaseOption,
  purchaseOptions,
} from "../catalog/prices/price-rows";
import { replicaPrice } from "../catalog/prices/replica-price";
import type { ResolvedPurchase } from "../fleet/resolved-policies";

/** A pool as far as its price goes. */
export interface PricedPool {
  readonly cloud: Cloud;
  readonly region: string;
  readonly instanceType: string;
  /** Tensor × pipeline × data parallel. */
  readonly acceleratorsPerReplica: number;
  /** Replicas bought in each way; means over time may be fractions. Absent: none. */
  readonly replicas: Readonly<Partial<Record<PurchaseOption, number>>>;
}

/** Replicas of a pool that are bought in one way. */
export interface PoolPart {
  readonly purchase: PurchaseOption;
  readonly replicas: number;
  /** Whole instances that so many replicas need at once; replicas of one option share none with another's. */
  readonly instances: number;
  readonly price: InstancePrice;
  readonly usdPerReplicaHour: number;
  /** Replicas × the price of one. */
  readonly usdPerHour: number;
  /** Instances × the price of one: with the accelerators that no replica uses. */
  readonly instancesUsdPerHour: number;
}

export interface PoolPrice {
  /** In the order of `purchaseOptions`. */
  readonly parts: readonly PoolPart[];
  /** Options with replicas that the book has no price of. */
  readonly unpriced: readonly PurchaseOption[];
  /** `undefined` when nothing is priced; 0 for a pool without replicas. */
  readonly usdPerHour: number | undefined;
  readonly instancesUsdPerHour: number | undefined;
  /** Some replicas have no price, so that the totals are of the others; false beside totals of `undefined`. */
  readonly isLowerBound: boolean;
}

/** Price of a pool for one hour. */
export function poolPrice(book: PriceBook, pool: PricedPool): PoolPrice {
  const parts: PoolPart[] = [];
  const unpriced: PurchaseOption[] = [];
  for (const purchase of purchaseOptions) {
    const replicas = pool.replicas[purchase] ?? 0;
    if (replicas === 0) continue;
    const price = instancePrice(book, { ...pool, purchase });
    if (price === undefined) unpriced.push(purchase);
    else parts.push(partOf(pool, price, replicas));
  }
  const isUnknown = parts.length === 0 && unpriced.length > 0;
  return {
    parts,
    unpriced,
    usdPerHour: isUnknown ? undefined : sum(parts.map((part) => part.usdPerHour)),
    instancesUsdPerHour: isUnknown ? undefined : sum(parts.map((part) => part.instancesUsdPerHour)),
    isLowerBound: unpriced.length > 0 && !isUnknown,
  };
}

function partOf(pool: PricedPool, price: InstancePrice, replicas: number): PoolPart {
  const { usdPerHour } = replicaPrice(price, pool.acceleratorsPerReplica);
  const instances = instancesFor(pool.instanceType, pool.acceleratorsPerReplica, replicas);
  return {
    purchase: price.purchase,
    replicas,
    instances,
    price,
    usdPerReplicaHour: usdPerHour,
    usdPerHour: replicas * usdPerHour,
    instancesUsdPerHour: instances * price.usdPerHour,
  };
}

/**
 * Whole instances that hold so many replicas. A replica that fits on an instance is not split over two: three replicas of 5
 * accelerators need three instances of 8. One that does not fit has instances of its own.
 */
export function instancesFor(
  instanceType: string,
  acceleratorsPerReplica: number,
  replicas: number,
): number {
  const type = findInstanceType(instanceType);
  const perInstance = type.found ? type.row.acceleratorCount : acceleratorsPerReplica;
  const fitting = Math.floor(perInstance / acceleratorsPerReplica);
  if (fitting >= 1) return Math.ceil(replicas / fitting);
  return Math.ceil(replicas) * Math.ceil(acceleratorsPerReplica / perInstance);
}

/** How a pool's replicas are bought when so many of them run: the first ones on demand, the rest as spot capacity. */
export function replicasByPurchase(
  purchase: ResolvedPurchase,
  replicas: number,
): { readonly "on-demand": number; readonly spot: number } {
  const isOnDemand = purchase.spot === undefined;
  const onDemand = isOnDemand ? replicas : Math.min(replicas, purchase.onDemandReplicas);
  return { "on-demand": onDemand, spot: replicas - onDemand };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
