/**
 * What lies between two plans, as data: what `capplan diff --output json` prints and its tables are made from. Numbers
 * keep their unit in their key; null = not known, or not there.
 */

export interface PlanDiff {
  readonly schemaVersion: 1;
  readonly before: PlanIdentity;
  readonly after: PlanIdentity;
  /** The two plans say the same, to the last digit. */
  readonly isSame: boolean;
  /** In the order of `CHANGE_AREAS`, then of the plans. */
  readonly changes: readonly PlanChange[];
  readonly cost: CostChange;
}

export interface PlanIdentity {
  readonly name: string;
  readonly digest: string;
  /** It is what was verified. */
  readonly isIntact: boolean;
  readonly capplan: string;
}

/** What a change is about; causes before what follows from them. */
export const CHANGE_AREAS = [
  "traffic",
  "promises",
  "faults",
  "scenario",
  "prices",
  "pools",
  "hardware",
  "engine",
  "buying",
  "policies",
  "limits",
  "verdicts",
  "margins",
  "evidence",
] as const;

export type ChangeArea = (typeof CHANGE_AREAS)[number];

export type PlainValue = string | number | boolean | null;

export interface PlanChange {
  readonly area: ChangeArea;
  /** Dotted, as far as it is one value of the plan; else what it is about: `nominal chat ttft p95`. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before: PlainValue;
  readonly after: PlainValue;
  /** What the plans show that explains it; empty where nothing does. */
  readonly why: readonly string[];
}

/**
 * Cost of accelerators per hour. `price + quantity + mix + coverage` is the whole change: price, the same accelerators
 * at other prices; quantity, more or fewer of them at the mean price; mix, dearer or cheaper ones among them; coverage,
 * lines of which a price became known or unknown. Null where the cost of either plan is not known.
 */
export interface CostChange {
  readonly beforeUsdPerHour: number | null;
  readonly afterUsdPerHour: number | null;
  readonly changeUsdPerHour: number | null;
  readonly priceUsdPerHour: number | null;
  readonly quantityUsdPerHour: number | null;
  readonly mixUsdPerHour: number | null;
  readonly coverageUsdPerHour: number | null;
  /** Everything, services included. */
  readonly beforeUsdPerMonth: number | null;
  readonly afterUsdPerMonth: number | null;
  readonly isLowerBound: boolean;
  readonly lines: readonly CostLineChange[];
}

/** One line of the cost; a side that is null is not there. */
export interface CostLineChange {
  readonly pool: string;
  readonly purchase: string;
  readonly beforeAccelerators: number | null;
  readonly afterAccelerators: number | null;
  readonly beforeUsdPerHour: number | null;
  readonly afterUsdPerHour: number | null;
}
