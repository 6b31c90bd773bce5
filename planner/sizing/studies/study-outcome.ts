/**
 * The answer of one sizing among several, in what a comparison needs of it: the fleet, what it costs, and what each
 * objective has to spare where it is tightest; or why there is none.
 */
import type { Highs } from "highs";
import { describeProblem, PlannerError } from "../../foundation/errors";
import type { Verdict, WarningCode } from "../../metrics/simulation-summary";
import type { SizingContext } from "../evaluation-job";
import { SearchInterrupted } from "../evaluator";
import { type SizingWatch, sizeFleet } from "../size-fleet";
import type { ObjectiveMargin, SizedFleet, SizingResult } from "../sizing-result";
import type { SharedEvaluations } from "./shared-evaluations";

export type StudyOutcome =
  | StudiedFleet
  /** No fleet does, and why, in words. */
  | { readonly kind: "infeasible"; readonly reasons: readonly string[] }
  /** The search was ended before its fleet was verified. */
  | { readonly kind: "interrupted" };

export interface StudiedFleet {
  readonly kind: "sized";
  readonly verdict: Verdict;
  readonly usdPerHour: number;
  readonly pools: readonly StudiedPool[];
  /** Of each objective the case that leaves it the least; the tightest objective first. */
  readonly objectives: readonly ObjectiveMargin[];
  /** What the simulator warns of, in any case, that it is no matter of the objectives. */
  readonly notes: readonly string[];
}

export interface StudiedPool {
  readonly region: string;
  readonly name: string;
  readonly model: string;
  readonly instanceType: string;
  readonly replicas: number;
}

export interface StudyOptions {
  readonly solver: Highs;
  readonly evaluations: SharedEvaluations;
  readonly watch: SizingWatch;
}

/** Sizes a scenario of a study: the first fleet that holds, without a bound. */
export async function sizeForStudy(
  context: SizingContext,
  { solver, evaluations, watch }: StudyOptions,
): Promise<StudyOutcome> {
  const executor = evaluations.executorFor(context);
  try {
    return studyOutcome(await sizeFleet(context, { solver, executor, watch, proves: false }));
  } catch (error) {
    if (error instanceof SearchInterrupted) return { kind: "interrupted" };
    if (!(error instanceof PlannerError)) throw error;
    return { kind: "infeasible", reasons: error.problems.map(describeProblem) };
  }
}

export function studyOutcome(result: SizingResult): StudyOutcome {
  if (result.kind === "infeasible") {
    const reasons = result.conflicts.map(
      ({ path, message, relax }) => `${path}: ${message}; ${relax}`,
    );
    return { kind: "infeasible", reasons };
  }
  if (result.isInterrupted) return { kind: "interrupted" };
  const { verdict, usdPerHour, pools, margins } = result;
  return {
    kind: "sized",
    verdict,
    usdPerHour,
    pools: pools.map(({ region, name, model, instanceType, replicas }) => ({
      region,
      name,
      model,
      instanceType,
      replicas,
    })),
    objectives: tightestOfEach(margins),
    notes: notesOf(result),
  };
}

/** Margins are given with the tightest first. */
function tightestOfEach(margins: readonly ObjectiveMargin[]): readonly ObjectiveMargin[] {
  const tightest = new Map<string, ObjectiveMargin>();
  for (const margin of margins) {
    const key = `${margin.workload} ${margin.objective}`;
    if (!tightest.has(key)) tightest.set(key, margin);
  }
  return [...tightest.values()];
}

/** Warnings that change what the figures mean. */
const NOTED: ReadonlySet<WarningCode> = new Set([
  "clipped-inputs",
  "clipped-outputs",
  "session-overflows",
  "skipped-rows",
  "estimated-lengths",
]);

function notesOf({ cases }: SizedFleet): readonly string[] {
  const notes = cases.flatMap(({ summary }) =>
    summary.warnings.filter(({ code }) => NOTED.has(code)),
  );
  const byCode = new Map(notes.toReversed().map(({ code, message }) => [code, message]));
  return [...byCode.values()].toReversed();
}

/** `us-east-1/l40s 3 → 2` for each pool of which there is more or less; pools are the same by region and name. */
export function fleetChanges(
  before: readonly StudiedPool[],
  after: readonly StudiedPool[],
): readonly string[] {
  const key = ({ region, name }: StudiedPool): string => `${region}/${name}`;
  const old = new Map(before.map((pool) => [key(pool), pool.replicas]));
  const fresh = new Map(after.map((pool) => [key(pool), pool.replicas]));
  return [...new Set([...old.keys(), ...fresh.keys()])].toSorted().flatMap((name) => {
    const from = old.get(name) ?? 0;
    const to = fresh.get(name) ?? 0;
    return from === to ? [] : [`${name} ${from} → ${to}`];
  });
}
