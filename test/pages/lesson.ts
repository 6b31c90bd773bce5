/**
 * What a page of docs/scenarios teaches, as data: a built-in scenario, what is changed in its variants, what is drawn
 * and tabled of them, and what there is to learn. A sentence that teaches carries the condition under which it is
 * true, so that no page says what its own runs do not show.
 */
import type { SimulationSummary, TimelineBucket } from "../../planner/metrics/simulation-summary";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";

export interface Lesson {
  /** Name of the built-in scenario, of the page and of its pictures. */
  readonly scenario: string;
  readonly title: string;
  /** One line for the index. */
  readonly question: string;
  /** What happens and what is compared; a paragraph each. */
  readonly story: readonly string[];
  readonly timelineBuckets: number;
  /** The file as it is comes first. */
  readonly variants: readonly Variant[];
  readonly pictures: readonly Picture[];
  /** Shaded in the pictures beside the faults of the scenario; in seconds. */
  readonly windows?: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
  }[];
  readonly columns: readonly Column[];
  /** Under the table: what its columns mean. */
  readonly legend: string;
  readonly claims: readonly Claim[];
}

export interface Variant {
  readonly name: string;
  /** Values of `--set`, in order. */
  readonly set: readonly string[];
}

export interface Run {
  readonly variant: Variant;
  readonly scenario: ResolvedScenario;
  readonly summary: SimulationSummary;
}

/** The run of a variant, by its name. */
export type RunOf = (variant: string) => Run;

export interface Column {
  readonly header: string;
  readonly of: (run: Run) => string;
}

/** Lines over time; the x axis is in minutes. */
export interface Picture {
  /** Last part of the file's name. */
  readonly name: string;
  readonly title: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  readonly variant: string;
  readonly of: (bucket: TimelineBucket) => number;
}

export interface Claim {
  readonly says: (run: RunOf) => string;
  readonly holds: (run: RunOf) => boolean;
}
