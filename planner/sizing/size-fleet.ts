/**
 * `capplan size`: from a scenario to the cheapest fleet that keeps its promises, with proof. The order of the search:
 * what each option can do, the cheapest fleet that this makes likely, the simulator's word on it, the bound, and the
 * verification of all of it. Results depend on the scenario and its seed alone, never on who ran which job when.
 */
import type { Highs } from "highs";
import { analyticBound } from "./analytic-bound";
import { type ChosenOffers, chooseOffers, offersWithoutQuota } from "./choose-offers";
import {
  type CheaperFleet,
  cheaperFleet,
  isCheaper,
  measuredRows,
  nextCheaper,
  objectiveMargins,
  quotasUsedUp,
  sizedPools,
  unverifiedFleet,
} from "./describe-sizing";
import { fleetWith } from "./evaluated-scenario";
import type { SizingContext } from "./evaluation-job";
import {
  Evaluator,
  type EvaluatorWatch,
  SearchInterrupted,
  type SizingExecutor,
} from "./evaluator";
import type { ExistingPool } from "./existing-fleet";
import { findConflict, NOTHING_CARRIES } from "./find-conflict";
import { FleetSearch, type SearchStep } from "./fleet-search";
import { type FleetUnits, poolsOf } from "./fleet-units";
import { refusedOneLess } from "./one-less";
import { impossibleObjectives, nearestMiss } from "./out-of-reach";
import type { FleetSolution } from "./programme/programme-input";
import type { LeftOut } from "./serving-option";
import { type SizingProblem, sizingProblem, Unsold } from "./sizing-problem";
import type { Conflict, Infeasible, SearchEffort, SizedFleet, SizingResult } from "./sizing-result";
import {
  modelsToStrengthen,
  passes,
  type VerifiedCase,
  verdictOf,
  verifyFleet,
} from "./verify-fleet";

export interface SizingOptions {
  readonly solver: Highs;
  /** Runs the jobs of this scenario: `sizing` of `execution/job-kinds.ts`, with the context. */
  readonly executor: SizingExecutor;
  readonly watch: SizingWatch;
  /** An existing fleet, and what each replica that is added or taken away costs in US dollars per hour. */
  readonly existing?: { readonly pools: readonly ExistingPool[]; readonly usdPerHour: number };
  /** Without it the first fleet that holds is the answer, and no bound is given. @default true */
  readonly proves?: boolean;
}

export interface SizingWatch extends EvaluatorWatch {
  readonly onStage?: (stage: SizingStage) => void;
  readonly onStep?: (step: SearchStep) => void;
}

export type SizingStage = "measuring" | "searching" | "proving" | "verifying";

const VERIFICATIONS_MAX = 12;

/**
 * @throws PlannerError with every problem of the scenario
 */
export async function sizeFleet(
  context: SizingContext,
  options: SizingOptions,
): Promise<SizingResult> {
  let problem: SizingProblem;
  try {
    const { existing } = options;
    problem = sizingProblem({
      spec: context.spec,
      traces: new Map(context.traces),
      ...(existing === undefined ? {} : { existing: existing.pools }),
    });
  } catch (error) {
    if (error instanceof Unsold) return infeasible(error.conflicts, error.leftOut, undefined);
    throw error;
  }
  const evaluator = new Evaluator(options.executor, options.watch);
  return await new Sizing(problem, evaluator, options).run();
}

class Sizing {
  private readonly withoutQuota: ReadonlyMap<number, LeftOut>;
  private search: FleetSearch | undefined;
  private chosen: ChosenOffers | undefined;
  /** Fleets that the search took for good and the verification did not. */
  private readonly unverified: CheaperFleet[] = [];
  /** Holds in the search, but not in the verification: still better than nothing while it is made stronger. */
  private found: FleetSolution | undefined;

  constructor(
    private readonly problem: SizingProblem,
    private readonly evaluator: Evaluator,
    private readonly options: SizingOptions,
  ) {
    this.withoutQuota = offersWithoutQuota(problem);
  }

  async run(): Promise<SizingResult> {
    try {
      return await this.uninterrupted();
    } catch (error) {
      if (!(error instanceof SearchInterrupted)) throw error;
      const best = this.search?.best ?? this.found;
      if (best === undefined) throw error;
      return this.sized(best, []);
    }
  }

  private async uninterrupted(): Promise<SizingResult> {
    const { problem, evaluator, options } = this;
    const { watch, solver } = options;
    watch.onStage?.("measuring");
    const proves = options.proves !== false;
    const change = this.existingUnits();
    const choosing = chooseOffers(problem, this.withoutQuota, evaluator);
    const chosen = await choosing;
    this.chosen = chosen;
    if (chosen.impossible.length > 0) return this.refused(impossibleObjectives(chosen));
    const search = new FleetSearch({
      problem,
      measured: chosen.measured,
      isCandidate: (offer) => chosen.candidates.has(offer),
      isObtainable: this.isObtainable,
      ...(change === undefined ? {} : { change }),
      evaluator,
      solver,
      ...(watch.onStep === undefined ? {} : { onStep: watch.onStep }),
    });
    this.search = search;
    watch.onStage?.("searching");
    if ((await search.propose(proves)) === undefined) {
      return this.refused(this.conflicts(search));
    }
    if (proves) {
      watch.onStage?.("proving");
      await search.prove(problem.search.evaluationsMax);
    }
    await this.tryOneLess(search);
    watch.onStage?.("verifying");
    return await this.verified(search);
  }

  /** For saying what a little less would break, where the search has not come by it. */
  private async tryOneLess(search: FleetSearch): Promise<void> {
    const { problem, evaluator } = this;
    const best = search.best!;
    const cheaper = search.refused.filter(({ usdPerHour }) => isCheaper(usdPerHour, best));
    const above = Math.max(0, ...cheaper.map(({ usdPerHour }) => usdPerHour));
    const refused = await refusedOneLess(
      { problem, above, losses: search.losses, evaluator },
      best,
    );
    if (refused !== undefined) search.refused.push(refused);
  }

  /** Verifies the best fleet, and strengthens it where it does not pass. */
  private async verified(search: FleetSearch): Promise<SizingResult> {
    const { problem, evaluator } = this;
    let last: { readonly solution: FleetSolution; readonly cases: readonly VerifiedCase[] };
    for (let round = 1; ; round++) {
      const solution = search.best!;
      const cases = await verifyFleet(problem, solution, search.losses, evaluator);
      last = { solution, cases };
      const failing = cases.filter((one) => !passes(one));
      if (failing.length === 0 || round === VERIFICATIONS_MAX) break;
      this.unverified.push(unverifiedFleet(solution, failing));
      this.found = solution;
      search.demandMore(
        solution,
        failing.flatMap((one) =>
          modelsToStrengthen(problem, one).map((model) => ({
            model,
            peak: one.peak ?? 0,
            loss: one.loss,
          })),
        ),
      );
      // Objectives that no larger fleet could keep any better are left as they are.
      if ((await search.propose()) === undefined) break;
    }
    return this.sized(last.solution, last.cases);
  }

  private sized(solution: FleetSolution, cases: readonly VerifiedCase[]): SizedFleet {
    const { problem, search } = this;
    const { offers, context } = problem;
    const pools = poolsOf(offers, solution.units, solution.nodes);
    const { objectiveBound } = search!;
    const bound = search!.lowerBound ?? this.boundWithoutProof();
    // What was passed over at first may have turned out to be the better last unit.
    const bought = new Set(
      offers.flatMap(({ region, option, index }) =>
        solution.units[index]! > 0 ? [`${region}/${option.name}`] : [],
      ),
    );
    return {
      kind: "sized",
      verdict: verdictOf(cases),
      spec: { ...context.spec, fleet: fleetWith(context.spec.fleet, pools, false) },
      pools: sizedPools(problem, solution),
      usdPerHour: solution.usdPerHour,
      lowerBound: {
        usdPerHour: bound ?? null,
        gap: bound === undefined ? null : Math.max(0, 1 - bound / solution.usdPerHour),
        gapWithChanges:
          objectiveBound === undefined || this.options.existing === undefined
            ? null
            : Math.max(0, 1 - objectiveBound / solution.objective),
      },
      margins: objectiveMargins(cases),
      nextCheaper: nextCheaper(problem, solution, [
        ...search!.refused.map(cheaperFleet),
        ...this.unverified,
      ]),
      quotasUsedUp: quotasUsedUp(problem, solution),
      cases: cases.map(({ name, summary }) => ({ name, summary })),
      options: measuredRows(problem, search!.measured, solution.units),
      leftOut: this.allLeftOut().filter(({ option }) => !bought.has(option)),
      effort: this.effort(),
      isInterrupted: cases.length === 0,
    };
  }

  private readonly isObtainable = (offer: number): boolean => !this.withoutQuota.has(offer);

  /** Of a search that was interrupted before its proof. */
  private boundWithoutProof(): number | undefined {
    const { problem, options, isObtainable } = this;
    if (options.proves === false) return undefined;
    return analyticBound(problem, isObtainable, options.solver);
  }

  private existingUnits(): { units: FleetUnits; usdPerHour: number } | undefined {
    const { existing } = this.options;
    const { existingUnits: units } = this.problem;
    if (existing === undefined || units === undefined) return undefined;
    return { units, usdPerHour: existing.usdPerHour };
  }

  /** Demands that contradict each other; where none do, how near to its objectives any fleet came. */
  private conflicts(search: FleetSearch): readonly Conflict[] {
    const conflicts = findConflict(this.problem, search.asked(), this.options.solver);
    const isExplained = conflicts.some(({ path }) => path !== NOTHING_CARRIES);
    const misses = isExplained ? [] : nearestMiss(this.problem, search.refused);
    return misses.length > 0 ? misses : conflicts;
  }

  private refused(conflicts: readonly Conflict[]): Infeasible {
    return infeasible(conflicts, this.allLeftOut(), this.effort());
  }

  private allLeftOut(): LeftOut[] {
    const { problem, withoutQuota, chosen } = this;
    return [...problem.leftOut, ...withoutQuota.values(), ...(chosen?.leftOut ?? [])];
  }

  private effort(): SearchEffort {
    const { offers } = this.problem;
    const { evaluations, requests } = this.evaluator;
    const options = new Set(offers.map(({ option }) => option.name)).size;
    return { options, offers: offers.length, evaluations, requests };
  }
}

function infeasible(
  conflicts: readonly Conflict[],
  leftOut: Infeasible["leftOut"],
  effort: SearchEffort | undefined,
): Infeasible {
  return { kind: "infeasible", conflicts, leftOut, effort };
}
