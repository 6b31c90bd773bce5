/** What-ifs, each sized and held against the scenario as it is: what it costs more or less, and what it does to the objectives. */
import type { ObjectiveMargin } from "../sizing-result";
import type { WhatIf } from "./read-what-if";
import {
  fleetChanges,
  type StudiedFleet,
  type StudyOptions,
  type StudyOutcome,
  sizeForStudy,
} from "./study-outcome";

export interface WhatIfStudy {
  /** The scenario as it is. */
  readonly base: StudyOutcome;
  readonly whatIfs: readonly WhatIfResult[];
}

export interface WhatIfResult {
  readonly name: string;
  readonly outcome: StudyOutcome;
  /** Against the base; null where either has no fleet. */
  readonly change: WhatIfChange | null;
}

export interface WhatIfChange {
  readonly usdPerHour: number;
  /** Of the base's cost. */
  readonly share: number;
  /** `us-east-1/l40s 3 → 2` */
  readonly fleet: readonly string[];
  readonly objectives: readonly ObjectiveChange[];
}

/** What an objective has to spare, as a share of its limit, where it is tightest; null = not known, or not there. */
export interface ObjectiveChange {
  readonly workload: string;
  readonly objective: string;
  readonly baseToSpare: number | null;
  readonly toSpare: number | null;
}

/** Sizes every what-if in turn; an interruption leaves the later ones out of work, not out of the list. */
export async function runWhatIfs(
  base: StudyOutcome,
  whatIfs: readonly WhatIf[],
  options: StudyOptions,
): Promise<WhatIfStudy> {
  const results: WhatIfResult[] = [];
  for (const { name, context } of whatIfs) {
    const outcome = await sizeForStudy(context, options);
    const isComparable = base.kind === "sized" && outcome.kind === "sized";
    results.push({ name, outcome, change: isComparable ? changeBetween(base, outcome) : null });
  }
  return { base, whatIfs: results };
}

function changeBetween(base: StudiedFleet, outcome: StudiedFleet): WhatIfChange {
  const usdPerHour = outcome.usdPerHour - base.usdPerHour;
  return {
    usdPerHour,
    share: usdPerHour / base.usdPerHour,
    fleet: fleetChanges(base.pools, outcome.pools),
    objectives: objectiveChanges(base.objectives, outcome.objectives),
  };
}

function objectiveChanges(
  before: readonly ObjectiveMargin[],
  after: readonly ObjectiveMargin[],
): readonly ObjectiveChange[] {
  const find = (
    margins: readonly ObjectiveMargin[],
    { workload, objective }: Pick<ObjectiveMargin, "workload" | "objective">,
  ): number | null =>
    margins.find((one) => one.workload === workload && one.objective === objective)?.toSpare ??
    null;
  const gone = before.filter(
    (one) =>
      !after.some(
        ({ workload, objective }) => workload === one.workload && objective === one.objective,
      ),
  );
  return [...after, ...gone].map(({ workload, objective }) => ({
    workload,
    objective,
    baseToSpare: find(before, { workload, objective }),
    toSpare: find(after, { workload, objective }),
  }));
}
