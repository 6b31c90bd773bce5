/**
 * The simulations of `capplan size`: opens what runs them and the solver, shows how far the search is, and keeps a journal
 * beside the plan for as long as it runs, so that a search that was stopped goes on where it was.
 */
import fs from "node:fs";
import { formatShare, formatUsd, plural } from "../planner/report/format-number";
import type { SizingContext } from "../planner/sizing/evaluation-job";
import type { SearchProgress, SizingExecutor } from "../planner/sizing/evaluator";
import type { SearchStep } from "../planner/sizing/fleet-search";
import type { SizingOptions, SizingStage } from "../planner/sizing/size-fleet";
import type { SizingResult, VerifiedFleet } from "../planner/sizing/sizing-result";
import type { AskedStudies, SizingStudies } from "../planner/sizing/studies/sizing-studies";
import { runStudyFlags } from "./commands/size-studies";
import type { Interrupts } from "./interrupts";
import { type Io, resolvePath } from "./io";
import { loadSolver } from "./load-solver";
import { type ExecutorChoice, openExecutor } from "./open-executor";
import type { Progress } from "./progress";

export interface SizingAsked {
  readonly context: SizingContext;
  /** The fleet of the scenario is held against its promises; otherwise one is searched. */
  readonly verifies: boolean;
  readonly existing: SizingOptions["existing"];
  /** What is asked beside the fleet itself. */
  readonly studied: AskedStudies | undefined;
}

export interface SizingSurroundings {
  readonly io: Io;
  readonly progress: Progress;
  readonly interrupts: Interrupts;
  readonly executor: ExecutorChoice;
  /** File of the plan that is made: a journal stands beside it when none is asked for. */
  readonly planFile: string | undefined;
  readonly onNote: (note: string) => void;
}

export interface SizingOutcome {
  /** undefined when it was interrupted before any fleet was found. */
  readonly result: SizingResult | VerifiedFleet | undefined;
  readonly studies: SizingStudies | undefined;
  /** Where what is finished is kept; undefined when it is not. */
  readonly journal: string | undefined;
}

/** @throws PlannerError for a scenario that cannot be sized, a journal that cannot be used, or a Redis that fails */
export async function runSizing(
  asked: SizingAsked,
  surroundings: SizingSurroundings,
): Promise<SizingOutcome> {
  const { io, planFile, onNote } = surroundings;
  const isOwnJournal = surroundings.executor.journal === undefined;
  const journal = surroundings.executor.journal ?? journalBeside(planFile);
  const choice = journal === undefined ? {} : { journal };
  const executor = await openExecutor(io, "sizing", asked.context, {
    ...surroundings.executor,
    ...choice,
    onNote,
  });
  let isUnfinished = true;
  let outcome: Omit<SizingOutcome, "journal">;
  try {
    const result = await search(asked, executor, surroundings);
    const studies = await study(asked, result, surroundings);
    isUnfinished = surroundings.interrupts.isInterrupted();
    outcome = { result, studies };
  } finally {
    await executor.close();
    if (isOwnJournal && journal !== undefined) {
      tidyJournal(resolvePath(io, journal), isUnfinished);
    }
  }
  const isKept = journal !== undefined && fs.existsSync(resolvePath(io, journal));
  return { ...outcome, journal: isKept ? journal : undefined };
}

/** Changed scenarios are other contexts: each has an executor of its own, and no journal. */
async function study(
  { context, studied }: SizingAsked,
  base: SizingResult | VerifiedFleet | undefined,
  { io, progress, interrupts, executor, onNote }: SizingSurroundings,
): Promise<SizingStudies | undefined> {
  if (studied === undefined || base === undefined || base.kind === "verified") return undefined;
  const { SharedEvaluations } = await import("../planner/sizing/studies/shared-evaluations");
  const { journal: _, ...choice } = executor;
  const evaluations = new SharedEvaluations(
    async (own) => await openExecutor(io, "sizing", own, { ...choice, onNote }),
  );
  const solver = await loadSolver();
  try {
    const input = { context, base, solver, evaluations, progress, interrupts };
    return await runStudyFlags(studied, input);
  } finally {
    await evaluations.close();
  }
}

function journalBeside(planFile: string | undefined): string | undefined {
  return planFile === undefined || planFile === "-" ? undefined : `${planFile}.journal`;
}

/** A journal is of use as long as a search is unfinished, and something of it is in there: its first line is a heading. */
function tidyJournal(file: string, isUnfinished: boolean): void {
  const hasResults = isUnfinished && fs.readFileSync(file, "utf8").split("\n").length > 2;
  if (!hasResults) fs.rmSync(file, { force: true });
}

async function search(
  { context, verifies, existing }: SizingAsked,
  executor: SizingExecutor,
  { progress, interrupts }: SizingSurroundings,
): Promise<SizingResult | VerifiedFleet | undefined> {
  const { SearchInterrupted } = await import("../planner/sizing/evaluator");
  const watch = {
    ...searchWatch(progress, verifies ? "verifying" : "measuring"),
    isInterrupted: interrupts.isInterrupted,
  };
  try {
    if (verifies) {
      const { verifyGivenFleet } = await import("../planner/sizing/verify-given-fleet");
      return await verifyGivenFleet(context, { executor, watch });
    }
    const { sizeFleet } = await import("../planner/sizing/size-fleet");
    const solver = await loadSolver();
    return await sizeFleet(context, {
      solver,
      executor,
      watch,
      ...(existing === undefined ? {} : { existing }),
    });
  } catch (error) {
    if (error instanceof SearchInterrupted) return undefined;
    throw error;
  } finally {
    progress.clear();
  }
}

const STAGES: Readonly<Record<SizingStage, string>> = {
  measuring: "measuring options",
  searching: "searching",
  proving: "proving the bound",
  verifying: "verifying",
};

/** Only of the verification is it known how many runs there are: only then is a time left shown. */
function searchWatch(progress: Progress, first: SizingStage) {
  let stage = first;
  let step: SearchStep = { bestUsdPerHour: undefined, lowerBoundUsdPerHour: undefined };
  return {
    onStage(next: SizingStage): void {
      if (next === "verifying") progress.clear();
      stage = next;
    },
    onStep(next: SearchStep): void {
      step = next;
    },
    onProgress({ evaluations, requests, batchFraction }: SearchProgress): void {
      progress.update({
        fractionDone: stage === "verifying" ? batchFraction : undefined,
        requestsDone: requests,
        label: [STAGES[stage], plural(evaluations, "run"), ...stepTexts(step)].join(", "),
      });
    },
  };
}

function stepTexts({ bestUsdPerHour: best, lowerBoundUsdPerHour: bound }: SearchStep): string[] {
  const gap = best === undefined || bound === undefined ? undefined : Math.max(0, 1 - bound / best);
  return [
    ...(best === undefined ? [] : [`best ${formatUsd(best)}/h`]),
    ...(bound === undefined ? [] : [`at least ${formatUsd(bound)}/h`]),
    ...(gap === undefined ? [] : [`gap ${formatShare(gap)}`]),
  ];
}
