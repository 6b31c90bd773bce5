/**
 * What a fleet costs at least by the step-time model alone, before anything is simulated: the programme of the search,
 * where every unit takes all that its throughput bound allows.
 */
import type { Highs } from "highs";
import { totalRate } from "./expected-arrivals";
import { solveFleet } from "./programme/fleet-programme";
import type { SizingProblem } from "./sizing-problem";

/** Twice for one of two zones that is gone, and half as much again. */
const UNITS_MARGIN = 3;

/**
 * @param isObtainable by index of the offer
 * @returns US dollars per hour; undefined when no fleet could do it
 */
export function analyticBound(
  problem: SizingProblem,
  isObtainable: (offer: number) => boolean,
  solver: Highs,
): number | undefined {
  const { demand, offers, search, bounds } = problem;
  const unitsMax = bounds.map((one, index) =>
    isObtainable(index) ? mostUnits(problem, index, one) : 0,
  );
  const { losses } = demand;
  return solveFleet(
    {
      demand,
      offers,
      search,
      losses,
      capacity: bounds,
      unitsMax,
      corrections: [],
      cuts: [],
      change: undefined,
    },
    solver,
  )?.objective;
}

/**
 * Units of an offer that no fleet needs more of: enough for the whole load of the model in the worst case, and more for
 * what simulations teach.
 *
 * @param capacity calls per second that a unit takes
 */
export function mostUnits(
  { demand, offers, search }: SizingProblem,
  index: number,
  capacity: number,
): number {
  const { model } = offers[index]!.option;
  const load = Math.max(0, ...demand.peaks.map(({ rates }) => totalRate(rates.get(model))));
  return capacity > 0 ? Math.ceil((UNITS_MARGIN * load) / capacity) + search.replicasMin + 1 : 0;
}
