/**
 * The cheapest fleet that holds, found by trying every fleet in the order of its cost. Shares with the search the
 * simulator's verdict on a fleet (`fleet-check.ts`) and the list of what is for sale; what a fleet costs, what it may
 * be and which fleets there are is written again here, without a programme and without assuming that more is better.
 */
import { type CaseLoss, isRegionLost, poolLosses } from "../../planner/sizing/demand";
import type { Evaluator } from "../../planner/sizing/evaluator";
import { type BoughtFleet, checkFleet, checkWholeFleet } from "../../planner/sizing/fleet-check";
import type { Offer } from "../../planner/sizing/offer";
import type { SizingProblem } from "../../planner/sizing/sizing-problem";

export interface PricedFleet extends BoughtFleet {
  readonly usdPerHour: number;
}

/** More fleets than this are too many to try. */
export class TooManyFleets extends Error {}

/** Cheapest first; of equal cost, in the order of units. */
export function fleetsBelow(
  problem: SizingProblem,
  limits: { readonly usdPerHour: number; readonly unitsEach: number; readonly fleets: number },
): PricedFleet[] {
  const { offers } = problem;
  const found: PricedFleet[] = [];
  const units = offers.map(() => 0);
  let seen = 0;
  const visit = (place: number, leastUsd: number): void => {
    if (place === offers.length) {
      if (++seen > limits.fleets * 20) throw new TooManyFleets();
      if (!isAllowed(problem, units)) return;
      const priced = cheapestPurchase(problem, units);
      if (priced === undefined || priced.usdPerHour >= limits.usdPerHour) return;
      found.push(priced);
      if (found.length > limits.fleets) throw new TooManyFleets();
      return;
    }
    const offer = offers[place]!;
    for (let count = 0; count <= limits.unitsEach; count++) {
      const usd = leastUsd + nodesFor(offer, count) * leastUsdPerNode(offer);
      if (usd >= limits.usdPerHour) break;
      units[place] = count;
      visit(place + 1, usd);
    }
    units[place] = 0;
  };
  visit(0, 0);
  return found.toSorted((a, b) => a.usdPerHour - b.usdPerHour);
}

/** The first of these fleets that holds. */
export async function firstThatHolds(
  problem: SizingProblem,
  fleets: readonly PricedFleet[],
  evaluator: Evaluator,
): Promise<PricedFleet | undefined> {
  for (const fleet of fleets) if (await fleetHolds(problem, fleet, evaluator)) return fleet;
  return undefined;
}

/** The simulator's word on a fleet, in every case that must be survived. */
export async function fleetHolds(
  problem: SizingProblem,
  fleet: BoughtFleet,
  evaluator: Evaluator,
): Promise<boolean> {
  const losses = lossesOf(problem, fleet.units);
  for (const check of [checkFleet, checkWholeFleet]) {
    for (const loss of losses) {
      const { holds } = await check(problem, fleet, [loss], evaluator);
      if (!holds) return false;
    }
  }
  return true;
}

function lossesOf(
  { demand, offers, search }: SizingProblem,
  units: readonly number[],
): readonly (CaseLoss | null)[] {
  const isAnyPool = search.survive.some(({ kind }) => kind === "any-pool");
  return [...demand.losses, ...(isAnyPool ? poolLosses(offers, units) : [])];
}

/** Quotas, minimums, and that in every case each request has a region to go to. */
function isAllowed(problem: SizingProblem, units: readonly number[]): boolean {
  const { offers, search, demand } = problem;
  for (const { region, of, name, max } of search.quotas) {
    let used = 0;
    for (const offer of offers) {
      const { instanceType } = offer.option;
      if (offer.region !== region) continue;
      const instances = nodesFor(offer, units[offer.index]!) * offer.instancesPerNode;
      if (of === "instance-type" && instanceType.name === name) used += instances;
      if (of === "accelerator" && instanceType.accelerator === name)
        used += instances * instanceType.acceleratorCount;
    }
    if (used > max) return false;
  }
  const models = new Set(demand.groups.flatMap((group) => group.models));
  return [...models].every((model) => {
    const own = offers.filter(({ option }) => option.model === model);
    const serving = demand.regions.map(({ name }) => own.filter(({ region }) => region === name));
    const replicas = serving.map((some) => some.reduce((n, { index }) => n + units[index]!, 0));
    const open = replicas.filter((count) => count > 0);
    if (open.length < search.regionsMin || open.some((count) => count < search.replicasMin)) {
      return false;
    }
    return lossesOf(problem, units).every((loss) => hasWayOut(problem, { model, units, loss }));
  });
}

function hasWayOut(
  { demand, offers }: SizingProblem,
  of: {
    readonly model: string;
    readonly units: readonly number[];
    readonly loss: CaseLoss | null;
  },
): boolean {
  const { model, units, loss } = of;
  const { fleet } = demand.scenario;
  const serves = demand.regions.map(
    ({ name }, region) =>
      !isRegionLost(demand, loss, region) &&
      offers.some(
        (offer) =>
          offer.region === name &&
          offer.option.model === model &&
          units[offer.index]! > 0 &&
          !(loss?.kind === "pool" && loss.offer === offer.index),
      ),
  );
  return fleet.origins.every((_, origin) => {
    const asks = demand.peaks.some(({ rates }) => (rates.get(model)?.[origin] ?? 0) > 0);
    return (
      !asks || serves.some((is, region) => is && (fleet.residency?.[origin]?.[region] ?? true))
    );
  });
}

function nodesFor({ replicasPerNode }: Offer, units: number): number {
  return Math.ceil(units / replicasPerNode);
}

function leastUsdPerNode({ prices }: Offer): number {
  return Math.min(...prices.map(({ usdPerNodeHour }) => usdPerNodeHour));
}

/** The cheapest way to buy these units; undefined where there is none. Options of one part only. */
function cheapestPurchase(
  { offers, search, demand }: SizingProblem,
  units: readonly number[],
): PricedFleet | undefined {
  const nodes = offers.map(({ prices }) => [prices.map(() => 0)]);
  let usdPerHour = 0;
  const models = new Set(offers.map(({ option }) => option.model));
  for (const model of models) {
    for (const { name } of demand.regions) {
      const own = offers.filter(
        (offer) => offer.region === name && offer.option.model === model && units[offer.index]! > 0,
      );
      const accelerators = own.reduce(
        (sum, { option, index }) => sum + units[index]! * option.acceleratorsPerReplica,
        0,
      );
      const best = splitsOf(own, units)
        .filter(({ onSpot }) => onSpot <= search.spotShareMax * accelerators + 1e-9)
        .toSorted((a, b) => a.usd - b.usd)[0];
      if (best === undefined) return undefined;
      usdPerHour += best.usd;
      for (const [place, counts] of best.counts.entries()) nodes[own[place]!.index] = [counts];
    }
  }
  return { units: [...units], nodes, usdPerHour };
}

interface Split {
  readonly counts: readonly number[][];
  readonly usd: number;
  /** Accelerators. */
  readonly onSpot: number;
}

/** Every way to buy the nodes of some offers. */
function splitsOf(own: readonly Offer[], units: readonly number[]): Split[] {
  let splits: Split[] = [{ counts: [], usd: 0, onSpot: 0 }];
  for (const offer of own) {
    const { prices, option, replicasPerNode } = offer;
    const ways = compositions(nodesFor(offer, units[offer.index]!), prices.length);
    splits = splits.flatMap(({ counts, usd, onSpot }) =>
      ways.map((way) => ({
        counts: [...counts, way],
        usd: way.reduce((sum, n, i) => sum + n * prices[i]!.usdPerNodeHour, usd),
        onSpot: way.reduce(
          (sum, n, i) =>
            prices[i]!.purchase === "spot"
              ? sum + n * replicasPerNode * option.acceleratorsPerReplica
              : sum,
          onSpot,
        ),
      })),
    );
  }
  return splits;
}

/** Every way to write a number as a sum of so many. */
function compositions(total: number, parts: number): number[][] {
  if (parts === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, first) =>
    compositions(total - first, parts - 1).map((rest) => [first, ...rest]),
  ).flat();
}
