/**
 * The next cheaper fleet where the search came by none that is as near: as much less of one thing as saves something. It is simulated to
 * say what a little less money would break.
 */
import type { CaseLoss } from "./demand";
import type { Evaluator } from "./evaluator";
import { checkFleet, checkWholeFleet } from "./fleet-check";
import type { RefusedFleet } from "./fleet-search";
import type { FleetNodes } from "./fleet-units";
import { nodesOf, type Offer } from "./offer";
import type { FleetSolution } from "./programme/programme-input";
import type { SizingProblem } from "./sizing-problem";

type SmallerFleet = Pick<FleetSolution, "units" | "nodes" | "usdPerHour">;

export interface OneLessContext {
  readonly problem: SizingProblem;
  /** US dollars per hour: of a fleet that costs no more it is known already what it breaks. */
  readonly above: number;
  readonly losses: readonly (CaseLoss | null)[];
  readonly evaluator: Evaluator;
}

/** @returns undefined when nothing less is a fleet, when one that is nearer is known, or when it holds */
export async function refusedOneLess(
  { problem, above, losses, evaluator }: OneLessContext,
  fleet: FleetSolution,
): Promise<RefusedFleet | undefined> {
  const dearest = problem.offers
    .flatMap((offer) => smaller(problem, fleet, offer) ?? [])
    .toSorted((a, b) => b.usdPerHour - a.usdPerHour)[0];
  if (dearest === undefined || dearest.usdPerHour <= above) return undefined;
  const parts = await checkFleet(problem, dearest, losses, evaluator);
  const { holds, failed } = parts.holds
    ? await checkWholeFleet(problem, dearest, losses, evaluator)
    : parts;
  return holds ? undefined : { units: dearest.units, usdPerHour: dearest.usdPerHour, failed };
}

/** With so much less of an offer that a node is saved, and some of it still there. */
function smaller(
  { search }: SizingProblem,
  fleet: FleetSolution,
  offer: Offer,
): SmallerFleet | undefined {
  const { index, option } = offer;
  for (let units = fleet.units[index]! - 1; units > 0; units--) {
    const isTooFew = option.parts.some((part) => units * part.replicas < search.replicasMin);
    if (isTooFew) return undefined;
    const own = fleet.nodes[index]!.map((byPrice, place) =>
      withoutDearest(offer, byPrice, nodesOf(offer, units * option.parts[place]!.replicas)),
    );
    const saved = usdOf(offer, fleet.nodes[index]!) - usdOf(offer, own);
    if (saved <= 0) continue;
    return {
      units: fleet.units.map((count, place) => (place === index ? units : count)),
      nodes: fleet.nodes.map((nodes, place) => (place === index ? own : nodes)),
      usdPerHour: fleet.usdPerHour - saved,
    };
  }
  return undefined;
}

/** So many nodes as are needed, the dearest given back first. */
function withoutDearest(
  { prices }: Offer,
  nodes: readonly number[],
  needed: number,
): readonly number[] {
  const left = [...nodes];
  let over = nodes.reduce((sum, count) => sum + count, 0) - needed;
  const dearestFirst = prices
    .map(({ usdPerNodeHour }, place) => ({ usdPerNodeHour, place }))
    .toSorted((a, b) => b.usdPerNodeHour - a.usdPerNodeHour);
  for (const { place } of dearestFirst) {
    const back = Math.max(0, Math.min(over, left[place]!));
    left[place]! -= back;
    over -= back;
  }
  return left;
}

function usdOf({ prices }: Offer, nodes: FleetNodes[number]): number {
  return nodes.reduce(
    (sum, byPrice) =>
      sum + byPrice.reduce((part, count, place) => part + count * prices[place]!.usdPerNodeHour, 0),
    0,
  );
}
