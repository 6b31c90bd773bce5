/**
 * Prices of a pool's replicas: what the scenario gives, else what the price book has for the instance type, region and
 * each purchase option that is used. What has no price stays out; it is not 0, and not that of the region next door.
 */
import { type Estimate, estimatedSpotPrice } from "../catalog/prices/estimate";
import { instancePrice } from "../catalog/prices/instance-price";
import type { PriceBook } from "../catalog/prices/price-book";
import type { InstancePrice, PurchaseOption } from "../catalog/prices/price-rows";
import type { InstanceTypeSpec, RegionSpec } from "../catalog/specs";
import { instancesPerNode } from "./capacity-defaults";
import type { ResolvedPrice } from "./resolved-price";

/** The prices that a fleet is resolved with. */
export interface FleetPrices {
  readonly book: PriceBook;
  /** Estimate spot prices where the book has none. */
  readonly estimateSpot: boolean;
}

/** What is priced: replicas of so many accelerators on one instance type in one region. */
export interface PricedHardware {
  readonly region: RegionSpec;
  /** `undefined` where only an accelerator is named: the book has no price of that. */
  readonly instanceType: InstanceTypeSpec | undefined;
  readonly acceleratorsPerReplica: number;
}

/** Prices of these purchase options, in their order; those that the book lacks are left out. */
export function bookPrices(
  { book, estimateSpot }: FleetPrices,
  hardware: PricedHardware,
  purchases: readonly PurchaseOption[],
): ResolvedPrice[] {
  const { region, instanceType } = hardware;
  if (instanceType === undefined) return [];
  const place = { cloud: region.cloud, region: region.name, instanceType: instanceType.name };
  return purchases.flatMap((purchase) => {
    const row = instancePrice(book, { ...place, purchase });
    if (row !== undefined) return resolvedPrice(purchase, row, row.usdPerHour, hardware);
    const estimate =
      estimateSpot && purchase === "spot" ? estimatedSpotPrice(book, place) : undefined;
    return estimate === undefined ? [] : resolvedPrice(purchase, estimate, estimate.usd, hardware);
  });
}

/** The same price for every option, as the scenario gives it. */
export function givenPrices(
  usdPerReplicaHour: number,
  purchases: readonly PurchaseOption[],
): ResolvedPrice[] {
  return purchases.map((purchase) => ({
    purchase,
    kind: "given",
    usdPerReplicaHour,
    usdPerNodeHour: undefined,
    terms: "price of a replica",
    source: "scenario",
    date: undefined,
  }));
}

function resolvedPrice(
  purchase: PurchaseOption,
  row: InstancePrice | Estimate,
  usdPerInstanceHour: number,
  { instanceType, acceleratorsPerReplica }: PricedHardware,
): ResolvedPrice {
  const { acceleratorCount } = instanceType!;
  return {
    purchase,
    kind: row.kind,
    usdPerReplicaHour: (usdPerInstanceHour * acceleratorsPerReplica) / acceleratorCount,
    usdPerNodeHour: usdPerInstanceHour * instancesPerNode(instanceType, acceleratorsPerReplica),
    terms: row.kind === "estimated" ? row.method : row.terms,
    source: row.source,
    date: row.date,
  };
}
