/**
 * Does a fleet hold? Every part of it by itself, under what would reach it at every peak and in every case: where a
 * model is sized alone and requests are sent to regions, a region at a time, so that what is known of one region is
 * known for every fleet that has it; otherwise all regions of a group together.
 */
import {
  type CaseLoss,
  type Demand,
  describeLoss,
  faultTarget,
  isOfferAlive,
  isRegionLost,
} from "./demand";
import type { Evaluation, EvaluationJob } from "./evaluation-job";
import type { Evaluator } from "./evaluator";
import { type FleetUnits, type PoolsByRegion, poolsOf } from "./fleet-units";
import type { ModelGroup } from "./model-group";
import { type FleetSolution, zoneOf } from "./programme/programme-input";
import { originsOf } from "./site-load";
import type { SizingProblem } from "./sizing-problem";

/** Units, and the nodes that they are bought on. */
export type BoughtFleet = Pick<FleetSolution, "units" | "nodes">;

/** One thing that a fleet is held against. */
export interface FleetCheck {
  readonly group: ModelGroup;
  /** undefined: all regions together. */
  readonly region: number | undefined;
  readonly peak: number;
  readonly loss: CaseLoss | null;
  /** Whose requests; all when there is no region. */
  readonly origins: readonly number[];
  /** `us-east-1 in the peak, us-west-2 lost` */
  readonly name: string;
  readonly job: EvaluationJob;
}

export interface CheckedFleet {
  readonly units: FleetUnits;
  readonly holds: boolean;
  readonly failed: readonly { readonly check: FleetCheck; readonly evaluation: Evaluation }[];
}

/** Runs what is not known yet of a fleet's checks. */
export async function checkFleet(
  problem: SizingProblem,
  fleet: BoughtFleet,
  losses: readonly (CaseLoss | null)[],
  evaluator: Evaluator,
): Promise<CheckedFleet> {
  const checks = losses.flatMap((loss) => partChecks(problem, fleet, loss));
  return await runChecks(fleet.units, checks, evaluator);
}

/** The whole of each group at once, with the loss as the fault that it is: clients have to find their way. */
export async function checkWholeFleet(
  problem: SizingProblem,
  fleet: BoughtFleet,
  losses: readonly (CaseLoss | null)[],
  evaluator: Evaluator,
): Promise<CheckedFleet> {
  const checks = losses.flatMap((loss) =>
    problem.demand.groups.flatMap((group, index) =>
      problem.demand.peaks.map((_, peak) =>
        wholeCheck(problem, fleet, { group, index, peak, loss }),
      ),
    ),
  );
  return await runChecks(fleet.units, checks, evaluator);
}

async function runChecks(
  units: FleetUnits,
  checks: readonly FleetCheck[],
  evaluator: Evaluator,
): Promise<CheckedFleet> {
  const evaluations = await evaluator.evaluate(checks.map(({ job }) => job));
  const failed = checks.flatMap((check, place) => {
    const evaluation = evaluations[place]!;
    return evaluation.holds ? [] : [{ check, evaluation }];
  });
  return { units, holds: failed.length === 0, failed };
}

function partChecks(
  problem: SizingProblem,
  fleet: BoughtFleet,
  loss: CaseLoss | null,
): FleetCheck[] {
  const { demand } = problem;
  return demand.groups.flatMap((group, index) =>
    demand.peaks.flatMap((_, peak) =>
      isSizedByRegion(demand, group)
        ? regionChecks(problem, fleet, { group, index, peak, loss })
        : [wholeCheck(problem, fleet, { group, index, peak, loss })],
    ),
  );
}

/** Whether a region can be looked at without the others. */
export function isSizedByRegion({ reach }: Demand, { models }: ModelGroup): boolean {
  return reach.kind === "ordered" && models.length === 1;
}

interface CheckPlace {
  readonly group: ModelGroup;
  readonly index: number;
  readonly peak: number;
  readonly loss: CaseLoss | null;
}

function regionChecks(
  problem: SizingProblem,
  fleet: BoughtFleet,
  { group, index, peak, loss }: CheckPlace,
): FleetCheck[] {
  const { demand, offers, seed } = problem;
  const { regions, scenario, peaks } = demand;
  const alive = unitsOf(problem, fleet.units, group, loss);
  const unitsIn = (region: number): FleetUnits =>
    alive.map((count, i) => (offers[i]!.region === regions[region]!.name ? count : 0));
  const isOpen = (region: number): boolean => unitsIn(region).some((count) => count > 0);
  return regions.flatMap((spec, region) => {
    if (!isOpen(region)) return [];
    const origins = originsOf(demand, region, isOpen);
    if (origins.length === 0) return [];
    const zone = zoneOf(loss, region);
    const job: EvaluationJob = {
      pools: evaluatedPools(problem, unitsIn(region), fleet),
      workloads: group.workloads,
      window: peaks[peak]!.windows[index]!,
      loss: zone === "" ? null : [{ zone: `${spec.name}/${zone}` }],
      loadFactor: 1,
      clients: { from: origins.map((origin) => scenario.fleet.origins[origin]!) },
      seed,
    };
    const name = `${spec.name}, ${describeLoss(demand, offers, loss)}`;
    return [{ group, region, peak, loss, origins, name, job }];
  });
}

function wholeCheck(
  problem: SizingProblem,
  fleet: BoughtFleet,
  { group, index, peak, loss }: CheckPlace,
): FleetCheck {
  const { demand, offers, seed } = problem;
  const own = unitsOf(problem, fleet.units, group, null);
  const isHit = loss !== null && strikes(problem, own, loss);
  const job: EvaluationJob = {
    pools: evaluatedPools(problem, own, fleet),
    workloads: group.workloads,
    window: demand.peaks[peak]!.windows[index]!,
    loss: isHit ? faultTarget(demand, offers, loss) : null,
    loadFactor: 1,
    clients: null,
    seed,
  };
  const origins = demand.scenario.fleet.origins.map((_, origin) => origin);
  const name = `all regions, ${describeLoss(demand, offers, loss)}`;
  return { group, region: undefined, peak, loss, origins, name, job };
}

/** How replicas are bought matters to a run only where some are on spot capacity, which is taken back. */
function evaluatedPools(
  { offers, search }: SizingProblem,
  units: FleetUnits,
  { nodes }: BoughtFleet,
): PoolsByRegion {
  return search.purchase.includes("spot") ? poolsOf(offers, units, nodes) : poolsOf(offers, units);
}

/** Units of a group's models that serve in a case; those of a zone that is gone count, since others of it serve. */
function unitsOf(
  { demand, offers }: SizingProblem,
  units: FleetUnits,
  { models }: ModelGroup,
  loss: CaseLoss | null,
): FleetUnits {
  return units.map((count, index) => {
    const offer = offers[index]!;
    const serves = models.includes(offer.option.model) && isOfferAlive(demand, loss, offer);
    return serves ? count : 0;
  });
}

/** Whether a loss takes anything of a fleet. */
export function strikes(
  { demand, offers }: Pick<SizingProblem, "demand" | "offers">,
  units: FleetUnits,
  loss: CaseLoss,
): boolean {
  return offers.some((offer) => {
    if (units[offer.index] === 0) return false;
    if (loss.kind === "zone") return offer.region === demand.regions[loss.region]!.name;
    if (loss.kind === "pool") return loss.offer === offer.index;
    const region = demand.regions.findIndex(({ name }) => name === offer.region);
    return isRegionLost(demand, loss, region);
  });
}
