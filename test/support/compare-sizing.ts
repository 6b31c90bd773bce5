/** The search and brute force on the same instance, with the same verdicts of the simulator. */
import type { Highs } from "highs";
import { localExecutor } from "../../planner/execution/local-executor";
import { analyticBound } from "../../planner/sizing/analytic-bound";
import { chooseOffers, offersWithoutQuota } from "../../planner/sizing/choose-offers";
import { Evaluator } from "../../planner/sizing/evaluator";
import { FleetSearch } from "../../planner/sizing/fleet-search";
import { sizingProblem, Unsold } from "../../planner/sizing/sizing-problem";
import { firstThatHolds, fleetHolds, fleetsBelow } from "./brute-force-sizing";
import type { SizingInstance } from "./random-sizing";

export interface Comparison {
  /** US dollars per hour of the search's fleet; undefined where it has none. */
  readonly found: number | undefined;
  readonly lowerBound: number | undefined;
  readonly analyticBound: number | undefined;
  /** Of the cheapest fleet that holds; undefined where none of those that were tried does. */
  readonly optimum: number | undefined;
  /** Whether the search's own fleet holds. */
  readonly isHeld: boolean;
  /** The gap that was asked for. */
  readonly gap: number;
  /** Whether the search stopped because it had run so many evaluations. */
  readonly isSpent: boolean;
  readonly fleetsTried: number;
  readonly evaluations: { readonly search: number; readonly all: number };
}

/** Without a quota, an infeasible instance is tried with up to so many units of each offer. */
const UNITS_WHEN_INFEASIBLE = 3;
const FLEETS_MAX = 1500;

/** @throws TooManyFleets when the space is not small after all */
export async function compare({ spec }: SizingInstance, solver: Highs): Promise<Comparison> {
  let problem: ReturnType<typeof sizingProblem>;
  try {
    problem = sizingProblem({ spec, traces: new Map() });
  } catch (error) {
    if (error instanceof Unsold) throw new Error("every instance has something for sale");
    throw error;
  }
  const executor = localExecutor("sizing", problem.context, 1);
  const evaluator = new Evaluator(executor, {});
  const withoutQuota = offersWithoutQuota(problem);
  const isObtainable = (offer: number): boolean => !withoutQuota.has(offer);
  const chosen = await chooseOffers(problem, withoutQuota, evaluator);
  const search = new FleetSearch({
    problem,
    measured: chosen.measured,
    isCandidate: (offer) => chosen.candidates.has(offer),
    isObtainable,
    evaluator,
    solver,
  });
  const proposal = chosen.impossible.length > 0 ? undefined : await search.propose();
  if (proposal !== undefined) await search.prove(problem.search.evaluationsMax);
  const { best, lowerBound } = search;
  const asked = evaluator.evaluations;
  const fleets = fleetsBelow(problem, {
    usdPerHour: best === undefined ? Number.POSITIVE_INFINITY : best.usdPerHour - 1e-6,
    unitsEach: best === undefined ? UNITS_WHEN_INFEASIBLE : Number.POSITIVE_INFINITY,
    fleets: FLEETS_MAX,
  });
  const cheaper = await firstThatHolds(problem, fleets, evaluator);
  const isHeld = best === undefined || (await fleetHolds(problem, best, evaluator));
  await executor.close();
  return {
    found: best?.usdPerHour,
    lowerBound,
    analyticBound: analyticBound(problem, isObtainable, solver),
    optimum: cheaper?.usdPerHour ?? best?.usdPerHour,
    isHeld,
    gap: problem.search.gap,
    isSpent: asked >= problem.search.evaluationsMax,
    fleetsTried: fleets.length,
    evaluations: { search: asked, all: evaluator.evaluations },
  };
}
