/**
 * What `capplan validate` prints of how one pool's replicas are bought, what a replica costs in each way, and how spot
 * capacity behaves.
 */
import { formatDollars, formatDuration, formatNumber } from "../foundation/format-units";
import {
  interruptionsPerHourDefault,
  SPOT_UNAVAILABLE_DEFAULT,
  spotNoticeDefault,
} from "./capacity-defaults";
import type { FleetSpec } from "./fleet-spec";
import { formatDistribution } from "./format-distribution";
import type { PlacedPool } from "./placed-pools";
import { purchaseParts } from "./purchase";
import type { ResolvedFleet, ResolvedPool } from "./resolved-fleet";
import { priceOf } from "./resolved-price";
import { derived, given, ownOrFleets, type ResolvedRow, row } from "./resolved-row";

const KEY_OF_PURCHASE = {
  "reserved-3y": "reserved3y",
  "reserved-1y": "reserved1y",
  "capacity-block": "capacityBlock",
  "on-demand": "onDemand",
  spot: "spot",
} as const;

/** The replicas bought in each way, and what spot capacity does. */
export function describePurchase(
  { spot: fleets }: FleetSpec,
  { path, pool: written }: PlacedPool,
  { purchase, replicasMax, instanceType, regionIndex }: ResolvedPool,
  { regions }: ResolvedFleet,
): ResolvedRow[] {
  const { spot } = purchase;
  const at = `${path}.purchase`;
  if (written.purchase === undefined)
    return [row(at, "on demand", undefined, "nothing else unless it is asked for")];
  const counts = purchaseParts(purchase, replicasMax).map(({ purchase: option, from, to }) => {
    const key = KEY_OF_PURCHASE[option];
    return typeof written.purchase?.[key] === "number"
      ? given(`${at}.${key}`, String(to - from))
      : derived(`${at}.${key}`, String(to - from), `the rest of ${replicasMax}`);
  });
  if (spot === undefined) return counts;
  const region = regions[regionIndex]!.spec;
  const figure = (
    key: "interruptionsPerHour" | "notice" | "unavailable",
    value: string,
    reason: string,
  ) =>
    ownOrFleets(
      `${path}.spot.${key}`,
      value,
      written.spot?.[key],
      { value: fleets?.[key], path: "fleet.spot" },
      reason,
    );
  return [
    ...counts,
    figure(
      "interruptionsPerHour",
      formatNumber(spot.interruptionsPerHour, 3),
      interruptionsPerHourDefault(instanceType, region).reason,
    ),
    figure("notice", formatDuration(spot.noticeSeconds), spotNoticeDefault(region).reason),
    figure(
      "unavailable",
      formatDistribution(spot.unavailableSeconds, formatDuration),
      SPOT_UNAVAILABLE_DEFAULT.reason,
    ),
  ];
}

/** What a replica costs: as given, else for each way in which replicas are bought, and from where that is known. */
export function describePrices(
  { path, pool: { price: written } }: PlacedPool,
  pool: ResolvedPool,
): ResolvedRow[] {
  if (written !== undefined) return [given(`${path}.price`, `${formatDollars(written)}/h`)];
  return purchaseParts(pool.purchase, pool.replicasMax).map(({ purchase }) => {
    const price = priceOf(pool, purchase);
    const at = `${path}.price.${KEY_OF_PURCHASE[purchase]}`;
    if (price === undefined) {
      const reason = "not given, and not in the price book: costs are then unknown, not zero";
      return row(at, "unknown", undefined, reason);
    }
    const { kind, usdPerReplicaHour, terms, source, date } = price;
    const value = `${formatDollars(usdPerReplicaHour)}/h`;
    return derived(at, value, `${kind}: ${terms} (${source}, ${date})`);
  });
}
