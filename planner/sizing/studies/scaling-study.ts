/** What is known of the variants of a fleet under a load that varies. Plain data: printed as JSON, and what reports are made from. */
import type { AutoscalingSpec } from "../../fleet/scaling-spec";
import type { SloResult, Verdict } from "../../metrics/simulation-summary";
import type { ScenarioSpec } from "../../scenario/scenario-spec";

export interface ScalingStudy {
  readonly simulated: SimulatedStretch;
  /** Load, and the replicas that it needs, hour by hour of the scenario. */
  readonly hours: readonly LoadHour[];
  /** What the hours of the simulated stretch would cost with just the replicas that each needs. */
  readonly hourlyUsdPerHour: number | null;
  /** The static one first; it alone where no hour needs less than all of the fleet. */
  readonly variants: readonly ScalingVariant[];
  readonly choice: VariantChoice;
}

export interface SimulatedStretch {
  /** Seconds of the scenario. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly isWhole: boolean;
  readonly replications: number;
  /** Of the scenario, from Monday 00:00 UTC. */
  readonly startSeconds: number;
  /** False where the load counts from the start of the scenario: a schedule then holds for this start only. */
  readonly followsClock: boolean;
}

export interface LoadHour {
  /** Seconds of the scenario. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Calls per second of all models. */
  readonly callsPerSecond: number;
  /** Replicas of the fleet that are needed. */
  readonly replicas: number;
}

export interface ScalingVariant {
  readonly name: "static" | "scheduled" | "autoscaled";
  readonly pools: readonly ScaledPool[];
  /** The scenario on this variant's pools: what `capplan simulate` runs and what is deployed. */
  readonly spec: ScenarioSpec;
  /** As billed, mean over the stretch; null where nothing has a price. */
  readonly usdPerHour: number | null;
  readonly verdict: Verdict;
  readonly objectives: readonly SloResult[];
  readonly damage: readonly Damage[];
  /** null where nothing is asked to be survived. */
  readonly survival: SurvivalOverTime | null;
  /** Replicas of all pools over time, in seconds of the scenario. */
  readonly replicas: readonly {
    readonly fromSeconds: number;
    readonly toSeconds: number;
    readonly ready: number;
    readonly paid: number;
  }[];
}

/** `autoscaling` is null where the replicas stay. */
export interface ScaledPool {
  readonly region: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly autoscaling: AutoscalingSpec | null;
}

export interface Damage {
  readonly workload: string;
  /** Requests outside of at least one objective, as a share of all; null without an objective. */
  readonly outsideShare: number | null;
  /** The same less that of the static fleet. */
  readonly addedShare: number | null;
  /** Where more are outside than the objectives allow, as far as the static fleet does better; the worst first. */
  readonly stretches: readonly DamagedStretch[];
}

export interface DamagedStretch {
  /** Seconds of the scenario. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly outsideShare: number;
}

export interface SurvivalOverTime {
  /** Share of the time at which no loss would be too much. */
  readonly keptShare: number;
  readonly isKept: boolean;
  /** The worst moment and loss; null when every one is survived. */
  readonly worst: {
    readonly loss: string;
    readonly model: string;
    /** Seconds of the scenario. */
    readonly atSeconds: number;
    /** What is left, as a share of what is asked. */
    readonly leftShare: number;
  } | null;
}

export interface VariantChoice {
  readonly chosen: ScalingVariant["name"];
  /** Of every other variant, in the order in which they were given: what speaks against it. */
  readonly against: readonly {
    readonly name: ScalingVariant["name"];
    readonly reasons: readonly ("objectives" | "survival" | "cost")[];
  }[];
}
