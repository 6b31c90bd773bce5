/**
 * The answer of `capplan size`: the fleet, what it costs, how far from the least it can be, and the runs that show that
 * it holds; or why there is none. Plain data: printed as JSON, and what the plan and the report are made from.
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { SimulationSummary, Verdict } from "../metrics/simulation-summary";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import type { LeftOut } from "./serving-option";

export type SizingResult = SizedFleet | Infeasible;

export interface SizedFleet {
  readonly kind: "sized";
  /** Of all cases: PASS when each keeps every objective beyond its margin of error. */
  readonly verdict: Verdict;
  /** The scenario with the pools that were found: what `capplan simulate` runs and what is deployed. */
  readonly spec: ScenarioSpec;
  readonly pools: readonly SizedPool[];
  readonly usdPerHour: number;
  readonly lowerBound: LowerBound;
  /** What the objectives, in every case, have to spare; the tightest first. */
  readonly margins: readonly ObjectiveMargin[];
  /** The dearest fleet that was simulated, costs less, and does not hold. */
  readonly nextCheaper: NextCheaper | undefined;
  /** Quotas of which nothing is left. */
  readonly quotasUsedUp: readonly string[];
  readonly cases: readonly SizedCase[];
  readonly options: readonly MeasuredOptionRow[];
  readonly leftOut: readonly LeftOut[];
  readonly effort: SearchEffort;
  /** The search was interrupted: the best fleet by then, not verified. */
  readonly isInterrupted: boolean;
}

export interface SizedPool {
  readonly region: string;
  readonly name: string;
  readonly model: string;
  readonly instanceType: string;
  readonly role: "unified" | "prefill" | "decode";
  readonly acceleratorsPerReplica: number;
  readonly replicas: number;
  readonly purchases: readonly {
    readonly purchase: PurchaseOption;
    readonly nodes: number;
    readonly usdPerHour: number;
  }[];
  readonly usdPerHour: number;
}

/** A fleet that was given and held against the promises as it is. */
export interface VerifiedFleet {
  readonly kind: "verified";
  readonly verdict: Verdict;
  /** The scenario with the fleet, as it was given. */
  readonly spec: ScenarioSpec;
  readonly pools: readonly VerifiedPool[];
  /** Of what has a price; null when nothing has. */
  readonly usdPerHour: number | null;
  readonly margins: readonly ObjectiveMargin[];
  readonly quotasBroken: readonly BrokenQuota[];
  /** The first one with nothing lost. */
  readonly cases: readonly SizedCase[];
  readonly effort: Pick<SearchEffort, "evaluations" | "requests">;
}

/** As a pool of the search, but that it may have an accelerator without an instance type, and no price. */
export interface VerifiedPool extends Omit<SizedPool, "instanceType" | "purchases" | "usdPerHour"> {
  readonly instanceType: string | null;
  readonly purchases: readonly {
    readonly purchase: PurchaseOption;
    /** On average, where the pool scales. */
    readonly nodes: number;
    readonly usdPerHour: number | null;
  }[];
  readonly usdPerHour: number | null;
}

export interface BrokenQuota {
  /** `search.quotas.us-east-1.p5.48xlarge` */
  readonly path: string;
  readonly used: number;
  readonly max: number;
}

export interface LowerBound {
  /**
   * US dollars per hour that no fleet of the search can be cheaper than: proven with measured options, or by the step-time
   * model alone where the search was interrupted before; null when it is not known.
   */
  readonly usdPerHour: number | null;
  /** (cost − bound) / cost; null when the bound is not known. */
  readonly gap: number | null;
  /** The same with what changes against an existing fleet cost on both sides; null without one. */
  readonly gapWithChanges: number | null;
}

export interface ObjectiveMargin {
  readonly case: string;
  readonly workload: string;
  readonly objective: string;
  readonly limitMs: number;
  readonly valueMs: number | null;
  /** Upper end of the margin of error. */
  readonly highMs: number | null;
  /** (limit − high) / limit: below 0 the objective may be broken; null when there is no upper end. */
  readonly toSpare: number | null;
  readonly verdict: Verdict;
}

export interface NextCheaper {
  readonly usdPerHour: number;
  /** What it has less of and more of: `us-east-1/h100 3 → 2 replicas`. */
  readonly changes: readonly string[];
  /** Where it fails, and which promise: `us-east-1, us-west-2 lost: chat ttft p95 912 ms, 800 ms allowed`. */
  readonly breaks: readonly string[];
}

export interface SizedCase {
  /** `whole scenario`, `peak`, `peak, us-east-1 lost`. */
  readonly name: string;
  readonly summary: SimulationSummary;
}

export interface MeasuredOptionRow {
  readonly option: string;
  readonly model: string;
  readonly instanceType: string;
  readonly acceleratorsPerReplica: number;
  /** Calls per second of a unit: it keeps the objectives at `holds` and breaks one at `breaks`, and can never exceed `bound`. */
  readonly holds: number;
  readonly breaks: number;
  readonly bound: number;
  /** Dollars per 1,000 calls at `holds`, by region where it is sold; null where it never holds. */
  readonly usdPerThousandCalls: Readonly<Record<string, number | null>>;
  readonly isUsed: boolean;
}

export interface SearchEffort {
  readonly options: number;
  readonly offers: number;
  readonly evaluations: number;
  readonly requests: number;
}

export interface Infeasible {
  readonly kind: "infeasible";
  /** What cannot all be had at once: take one of them back. */
  readonly conflicts: readonly Conflict[];
  readonly leftOut: readonly LeftOut[];
  readonly effort: SearchEffort | undefined;
}

export interface Conflict {
  /** Where it is asked for: `search.quotas.us-east-1.p5.48xlarge`. */
  readonly path: string;
  /** What is asked for, in words. */
  readonly message: string;
  /** What would do: `use 4 or more`. */
  readonly relax: string;
}
