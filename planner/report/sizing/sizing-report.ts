/**
 * The answer of `capplan size` as it is printed: plain values with their units in their names, null for what is not
 * known. Made from what the search or the verification found (planner/sizing/sizing-result.ts), with what it costs
 * beyond accelerators, and with what a reader should know beside the figures.
 */
import type { PriceBookIdentity } from "../../catalog/prices/price-book";
import { HOURS_PER_MONTH } from "../../cost/hours";
import type { Verdict } from "../../metrics/simulation-summary";
import { SCENARIO_DEFAULTS } from "../../scenario/defaults";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import type { LeftOut } from "../../sizing/serving-option";
import { type SizingNote, sizingAssumptions, sizingWarnings } from "../../sizing/sizing-notes";
import type {
  BrokenQuota,
  Infeasible,
  LowerBound,
  MeasuredOptionRow,
  NextCheaper,
  ObjectiveMargin,
  SearchEffort,
  SizedCase,
  SizedFleet,
  VerifiedFleet,
  VerifiedPool,
} from "../../sizing/sizing-result";

export type SizingReport = FleetReport | InfeasibleReport;

interface Asked {
  readonly schemaVersion: 1;
  readonly scenario: { readonly name: string };
  readonly seed: number;
}

export interface FleetReport extends Asked {
  /** `sized`: found by the search; `verified`: given, and only held against what it must keep. */
  readonly kind: "sized" | "verified";
  readonly verdict: Verdict;
  /** The search was interrupted: the best fleet by then, not verified. */
  readonly isInterrupted: boolean;
  readonly pools: readonly VerifiedPool[];
  readonly cost: FleetCost;
  /** null of a fleet that was given. */
  readonly lowerBound: LowerBound | null;
  /** Every objective in every case, the tightest first. */
  readonly margins: readonly ObjectiveMargin[];
  readonly nextCheaper: NextCheaper | null;
  /** Paths of quotas of which nothing is left, and of those that a given fleet does not keep. */
  readonly quotasUsedUp: readonly string[];
  readonly quotasBroken: readonly BrokenQuota[];
  /** Against the plan that was there before; null when none was given. */
  readonly change: FleetChange | null;
  readonly cases: readonly SizedCase[];
  /** Empty of a fleet that was given. */
  readonly options: readonly MeasuredOptionRow[];
  readonly leftOut: readonly LeftOut[];
  readonly effort: Effort;
  readonly assumptions: readonly string[];
  readonly warnings: readonly SizingNote[];
}

export interface FleetCost {
  /** Accelerators, as billed. */
  readonly usdPerHour: number | null;
  readonly usdPerMonth: number | null;
  /** What surrounds the clusters; null = not known. */
  readonly servicesUsdPerMonth: number | null;
  readonly totalUsdPerMonth: number | null;
  /** Something has no price, so that the total is of the rest. */
  readonly isLowerBound: boolean;
  /** null when nothing was run. */
  readonly priceBook: PriceBookIdentity | null;
}

export interface FleetChange {
  /** Name of the plan. */
  readonly from: string;
  readonly beforeUsdPerHour: number | null;
  /** What the search takes a replica that is added or taken away to cost. */
  readonly usdPerReplicaHour: number;
  /** By `region/pool`; 0 where there is none. */
  readonly pools: readonly {
    readonly pool: string;
    readonly before: number;
    readonly after: number;
  }[];
}

export type Effort = Pick<SearchEffort, "evaluations" | "requests"> & {
  /** null where nothing was chosen from. */
  readonly options: number | null;
  readonly offers: number | null;
};

export interface InfeasibleReport extends Asked {
  readonly kind: "infeasible";
  readonly conflicts: Infeasible["conflicts"];
  readonly leftOut: readonly LeftOut[];
  /** null when it ended before anything was run. */
  readonly effort: SearchEffort | null;
}

export interface ReportedRun {
  /** The scenario as it was asked, and its seed. */
  readonly asked: ScenarioSpec;
  readonly seed: number;
  readonly change: FleetChange | null;
}

export function fleetReport(
  result: SizedFleet | VerifiedFleet,
  { asked, seed, change }: ReportedRun,
): FleetReport {
  const isSized = result.kind === "sized";
  return {
    schemaVersion: 1,
    kind: result.kind,
    scenario: { name: asked.name ?? SCENARIO_DEFAULTS.name.value },
    seed,
    verdict: result.verdict,
    isInterrupted: isSized && result.isInterrupted,
    pools: result.pools,
    cost: fleetCost(result),
    lowerBound: isSized ? result.lowerBound : null,
    margins: result.margins,
    nextCheaper: isSized ? (result.nextCheaper ?? null) : null,
    quotasUsedUp: isSized ? result.quotasUsedUp : [],
    quotasBroken: isSized ? [] : result.quotasBroken,
    change,
    cases: result.cases,
    options: isSized ? result.options : [],
    leftOut: isSized ? result.leftOut : [],
    effort: { options: null, offers: null, ...result.effort },
    assumptions: sizingAssumptions(result, asked),
    warnings: sizingWarnings(result, asked),
  };
}

export function infeasibleReport(
  { conflicts, leftOut, effort }: Infeasible,
  { asked, seed }: Pick<ReportedRun, "asked" | "seed">,
): InfeasibleReport {
  return {
    schemaVersion: 1,
    kind: "infeasible",
    scenario: { name: asked.name ?? SCENARIO_DEFAULTS.name.value },
    seed,
    conflicts,
    leftOut,
    effort: effort ?? null,
  };
}

/** Accelerators as the search bought them; what surrounds them as the run with nothing lost was billed. */
function fleetCost({ usdPerHour, cases }: SizedFleet | VerifiedFleet): FleetCost {
  const cost = cases[0]?.summary.cost;
  const usdPerMonth = usdPerHour === null ? null : usdPerHour * HOURS_PER_MONTH;
  const servicesUsdPerMonth = cost?.services.usdPerMonth ?? null;
  return {
    usdPerHour,
    usdPerMonth,
    servicesUsdPerMonth,
    totalUsdPerMonth: usdPerMonth === null ? null : usdPerMonth + (servicesUsdPerMonth ?? 0),
    isLowerBound: usdPerMonth !== null && (cost === undefined || cost.total.isLowerBound),
    priceBook: cost?.priceBook ?? null,
  };
}
