/**
 * What a run cost, as it is printed: plain values, in which null means "not known" and never 0. Hourly figures are means
 * over the measured window, monthly ones the same for 730 hours. How a cost is divided is `allocate-cost.ts`.
 */
import type { PriceBookIdentity } from "../catalog/prices/price-book";
import type { PurchaseOption, ServiceName, ServiceUnit } from "../catalog/prices/price-rows";
import type { ResolvedPrice } from "../fleet/resolved-price";

export interface CostSummary extends UnitCosts {
  /** Of all accelerators, as billed: whole instances, commitments whether used or not. */
  readonly usdPerHour: number | null;
  readonly usdPerMonth: number | null;
  /** Of `usdPerHour`: accelerators of paid instances that no paid replica has. */
  readonly idleUsdPerHour: number | null;
  /** Of `usdPerHour`: at prices that are estimated. */
  readonly estimatedUsdPerHour: number | null;
  /** The same unit costs of the time only that accelerators compute. */
  readonly usageBased: UsageBasedCosts;
  /** Parts of `usdPerHour`; together with `unallocatedUsdPerHour` they are the whole. */
  readonly byWorkload: Readonly<Record<string, CostShare>>;
  readonly byTenant: Readonly<Record<string, CostShare>>;
  /** Of pools whose model nobody was answered with. */
  readonly unallocatedUsdPerHour: number | null;
  readonly byPool: Readonly<Record<string, PoolCostSummary>>;
  /** Around the clusters; not in the figures above. */
  readonly services: ServicesSummary;
  /** Accelerators and services together; null where the accelerators have no price. */
  readonly total: { readonly usdPerMonth: number | null; readonly isLowerBound: boolean };
  readonly priceBook: PriceBookIdentity;
  /** Pools of which something that is paid has no price: the totals then say "at least". */
  readonly unpricedPools: readonly string[];
  /** Some of what is paid has no price, so that the totals are of the rest; false beside totals of null. */
  readonly isLowerBound: boolean;
}

/** Cost by what it buys; null without a price, or where nothing was bought. */
export interface UnitCosts {
  /**
   * Allocation-based: the whole cost, idle time and all, divided between prompts and answers by the time that
   * accelerators spend on each, so that both times their tokens are the cost.
   */
  readonly usdPerMillionInputTokens: number | null;
  readonly usdPerMillionOutputTokens: number | null;
  /** Of requests that were finished. */
  readonly usdPerThousandRequests: number | null;
}

export interface UsageBasedCosts {
  readonly usdPerMillionInputTokens: number | null;
  readonly usdPerMillionOutputTokens: number | null;
  /** Usage-based over allocation-based: the share of the cost for time in which accelerators computed. */
  readonly utilization: number | null;
}

/** The part of one workload or tenant. */
export interface CostShare extends UnitCosts {
  readonly usdPerHour: number | null;
  readonly usdPerMonth: number | null;
}

export interface PoolCostSummary {
  readonly usdPerHour: number | null;
  readonly idleUsdPerHour: number | null;
  readonly parts: readonly PoolPartSummary[];
}

/** Replicas of a pool that are bought in one way. */
export interface PoolPartSummary {
  readonly purchase: PurchaseOption;
  /** Paid, on average; and the instances that are billed for them. */
  readonly replicas: number;
  readonly instances: number;
  readonly usdPerHour: number | null;
  /** A replica's share of its instance. */
  readonly usdPerReplicaHour: number | null;
  readonly kind: ResolvedPrice["kind"] | "unknown";
  readonly terms: string | null;
  readonly source: string | null;
  readonly date: string | null;
}

export interface ServicesSummary {
  readonly lines: readonly ServiceSummary[];
  /** null when no line has a price. */
  readonly usdPerMonth: number | null;
  /** Of it, at prices that are estimated. */
  readonly estimatedUsdPerMonth: number | null;
  /** `region service` of each line without a price: the total then says "at least". */
  readonly unpriced: readonly string[];
}

/** One service in one region. */
export interface ServiceSummary {
  readonly region: string;
  readonly service: ServiceName | "egress";
  /** Of what is priced by the hour, the number that exists; else the amount of a month in `unit`. */
  readonly quantity: number;
  readonly unit: ServiceUnit | null;
  readonly usdPerMonth: number | null;
  readonly kind: "list" | "estimated" | "unknown";
  /** How the quantity was come by. */
  readonly assumption: string;
  readonly source: string | null;
  readonly date: string | null;
}
