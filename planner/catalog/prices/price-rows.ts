/**
 * The shapes of price rows: of an instance type, of a service that surrounds a cluster, and of data that leaves
 * a place. Not the figures. Every row names its source and date; what no source showed has no row, never a 0.
 */
import type { Provenance, RegionSpec } from "../specs";

export type Cloud = RegionSpec["cloud"];

/** How an instance is bought. A commitment is for one or three years, paid month by month. */
export const purchaseOptions = [
  "on-demand",
  "spot",
  "reserved-1y",
  "reserved-3y",
  "capacity-block",
] as const;

export type PurchaseOption = (typeof purchaseOptions)[number];

/** How far a source is to be trusted: a provider's own list, a second-hand copy, a single quote. */
export type Confidence = "high" | "medium" | "low";

/** What a price is the price of. */
export interface PricedItem {
  readonly cloud: Cloud;
  readonly region: string;
  readonly instanceType: string;
  readonly purchase: PurchaseOption;
}

/** Price of one instance (all of its accelerators) for one hour. */
export interface InstancePrice extends PricedItem, Provenance {
  readonly usdPerHour: number;
  /** Published list, what a spot market was seen to ask, or what a scenario says. */
  readonly kind: "list" | "spot-observed" | "override";
  /** What is sold at this price: `resource commitment, 1 year`. */
  readonly terms: string;
  readonly confidence: Confidence;
  /** Absent where the source shows one figure only. */
  readonly range?: PriceRange;
}

/** Between which figures a spot price was seen. */
export interface PriceRange {
  readonly lowUsdPerHour: number;
  /** `undefined` where the source gives the low end only. */
  readonly highUsdPerHour: number | undefined;
  /** What the range is over: zones of the region, months. */
  readonly over: string;
}

/** Unit of which a service is priced: while it exists (`hour`, `month`), or by amount. */
export const serviceUnits = [
  "hour",
  "month",
  "GB",
  "GiB",
  "GB-month",
  "GiB-month",
  "MBps-month",
  "capacity-unit-hour",
  "million",
] as const;

export type ServiceUnit = (typeof serviceUnits)[number];

/** What surrounds a cluster. A cloud that sells a thing in another way has another name for it here. */
export const serviceNames = [
  "control-plane",
  "control-plane-extended-support",
  "application-load-balancer",
  "application-load-balancer-capacity",
  "network-load-balancer",
  "network-load-balancer-capacity",
  "forwarding-rules",
  "load-balancer-data",
  "nat-gateway",
  "nat-data",
  "public-ipv4",
  "private-endpoint",
  "private-endpoint-data",
  "queue-requests",
  "queue-fifo-requests",
  "queue-data",
  "disk",
  "disk-throughput",
  "fast-disk",
  "object-storage",
  "object-writes",
  "object-reads",
  "image-registry",
  "logs",
  "log-storage",
  "metrics",
  "alarm",
  "kms-key",
  "kms-requests",
  "dns-zone",
  "dns-queries",
  "dns-policy-queries",
  "dns-health-check",
  "dns-health-check-outside",
  "dns-health-check-option",
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Price of one unit of a service. */
export interface ServicePrice extends Provenance {
  readonly cloud: Cloud;
  /** A region of the catalog, or `global`: the same everywhere. */
  readonly region: string;
  readonly service: ServiceName;
  readonly usd: number;
  readonly unit: ServiceUnit;
  readonly confidence: Confidence;
  readonly note?: string;
}

/** Data that leaves a place, per GB or GiB as the provider writes it. */
export interface EgressPrice extends Provenance {
  readonly cloud: Cloud;
  /** A region of the catalog, or `global`. */
  readonly from: string;
  /** Another region by name, every other region, another zone, or the internet. */
  readonly to: string;
  readonly unit: "GB" | "GiB";
  /** Rising; the first starts at 0. A month's amount is priced step by step. */
  readonly tiers: readonly EgressTier[];
  readonly confidence: Confidence;
}

export interface EgressTier {
  /** Amount per month from which the rate holds. */
  readonly from: number;
  /** `undefined`: the source names the step, not its rate. */
  readonly usd: number | undefined;
}

/**
 * What the spot market of a type was below its on-demand price: the base of an estimate, not a price
 * (`estimate.ts`).
 */
export interface SpotSaving {
  readonly instanceType: string;
  readonly region: string;
  /** Share of the on-demand price, 0 to 1. */
  readonly share: number;
}
