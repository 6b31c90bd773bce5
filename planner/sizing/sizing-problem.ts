/**
 * A scenario made ready for the search: what may be bought, what it is held against, and what each unit can do at
 * most. Everything here follows from the scenario alone; nothing has been simulated yet.
 */
import { findModel, findRegion } from "../catalog";
import type { RegionSpec } from "../catalog/specs";
import { unknown } from "../fleet/names";
import { PlannerError, type Problem } from "../foundation/errors";
import { placeOf } from "../scenario/fleet-places";
import { resolvePrices } from "../scenario/resolve-prices";
import { resolveScenario } from "../scenario/resolve-scenario";
import { resolveSearch, servedModels } from "../scenario/resolve-search";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ResolvedSearch } from "../scenario/resolved-search";
import type { TracesRead } from "../scenario/trace-files";
import { engineSettings } from "../simulation/engine-settings";
import { type Demand, knownLosses, type Peak } from "./demand";
import { evaluatedScenario } from "./evaluated-scenario";
import type { SizingContext } from "./evaluation-job";
import { type ExistingPool, offersAsTheyAre } from "./existing-fleet";
import { expectedArrivals, rateReader, totalRate } from "./expected-arrivals";
import type { FleetUnits } from "./fleet-units";
import { type ModelGroup, modelGroups } from "./model-group";
import { type Offer, offersOf } from "./offer";
import { peakMoments, windowAround } from "./peak-windows";
import { refuseNamedPools } from "./refuse-named-pools";
import { type RegionReach, regionReach } from "./region-reach";
import { callWork, workOfRole } from "./request-work";
import { withinWindow } from "./run-window";
import {
  type LeftOut,
  poolSpecOf,
  poolsOfUnit,
  type ServingOption,
  servingOptions,
} from "./serving-option";
import type { Conflict } from "./sizing-result";
import { throughputBound } from "./throughput-bound";

export interface SizingProblem {
  readonly context: SizingContext;
  readonly search: ResolvedSearch;
  readonly offers: readonly Offer[];
  readonly demand: Demand;
  /** Calls per second that a unit of each offer can never exceed. */
  readonly bounds: readonly number[];
  readonly leftOut: readonly LeftOut[];
  /** Requests per second of each open-loop workload at the first peak. */
  readonly workloadRates: ReadonlyMap<string, number>;
  readonly seed: number;
  /** Of a fleet that is there already; undefined when none was given. */
  readonly existingUnits: FleetUnits | undefined;
}

/**
 * @throws PlannerError with every problem of the scenario and its search, and when nothing is for sale
 */
export function sizingProblem({
  spec,
  traces,
  existing,
}: {
  readonly spec: SizingContext["spec"];
  readonly traces: TracesRead;
  readonly existing?: readonly ExistingPool[];
}): SizingProblem {
  const problems: Problem[] = [];
  const search = resolveSearch(spec, problems);
  const { book, prices } = resolvePrices(spec.prices, problems);
  const places = placesOf(spec, problems);
  refuseUnknownModels(spec, problems);
  refuseUnknownResidency(spec, problems);
  refuseClosedLoops(spec, problems);
  refuseWeights(spec, problems);
  refuseNamedPools(spec, problems);
  const models = [...servedModels(spec)];
  const chosen = models.map((model) => servingOptions(model, search));
  const options = chosen.flatMap((one) => one.options);
  const fleetPrices = { book, estimateSpot: prices.estimateSpot };
  const sold = offersOf(options, places, search, fleetPrices, existing);
  const leftOut = [...chosen.flatMap((one) => one.leftOut), ...sold.leftOut];
  if (problems.length > 0) throw new PlannerError(problems);
  const conflicts = unsold(models, sold.offers, leftOut);
  if (conflicts.length > 0) throw new Unsold(conflicts, leftOut);
  const there = existing === undefined ? undefined : offersAsTheyAre(sold.offers, existing);
  const { offers } = there ?? sold;
  const scenario = widestScenario(spec, offers, traces);
  const demand = demandOf(scenario, search);
  const { seed } = scenario;
  const context = { spec, traces: [...traces] };
  return {
    context,
    search,
    offers,
    demand,
    leftOut,
    seed,
    bounds: boundsOf(demand, offers, seed),
    workloadRates: workloadRates(demand),
    existingUnits: there?.units,
  };
}

/** What the fleets of a scenario are held against. */
export function demandOf(scenario: ResolvedScenario, search: ResolvedSearch): Demand {
  const groups = modelGroups(scenario.workloads);
  const reach = regionReach(scenario);
  const regions = scenario.fleet.regions.map((region) => region.spec);
  const zones = scenario.fleet.regions.map((region) => region.zones);
  const peaks = peaksOf(scenario, groups, reach, search);
  const losses = knownLosses(search, regions, zones);
  return { scenario, groups, regions, zones, reach, peaks, losses };
}

function placesOf(spec: SizingContext["spec"], problems: Problem[]): RegionSpec[] {
  return Object.keys(spec.fleet.regions)
    .flatMap((name) => {
      const lookup = findRegion(name);
      if (lookup.found) return [lookup.row];
      const { hint } = lookup;
      problems.push({
        code: "unknown-name",
        path: `fleet.regions.${name}`,
        message: `unknown region "${name}"`,
        ...(hint === undefined ? {} : { hint }),
      });
      return [];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What nobody knows is a slip of the pen, not something that is not for sale. */
function refuseUnknownModels({ workloads }: SizingContext["spec"], problems: Problem[]): void {
  const check = (path: string, model: string | undefined): void => {
    if (model === undefined) return;
    const lookup = findModel(model);
    if (!lookup.found) problems.push(unknown(path, "model", model, lookup.hint, "models"));
  };
  for (const [name, { model, fallback, chain = [] }] of Object.entries(workloads)) {
    check(`workloads.${name}.model`, model);
    check(`workloads.${name}.fallback.model`, fallback?.model);
    for (const [index, step] of chain.entries()) {
      if (!("model" in step)) continue;
      check(`workloads.${name}.chain[${index}].model`, step.model);
      check(`workloads.${name}.chain[${index}].fallback.model`, step.fallback?.model);
    }
  }
}

/** Fleets of the search have some of the regions: what is allowed in the others is left out there, not here. */
function refuseUnknownResidency({ fleet }: SizingContext["spec"], problems: Problem[]): void {
  for (const [origin, regions] of Object.entries(fleet.residency ?? {})) {
    for (const [index, region] of regions.entries()) {
      placeOf(region, `fleet.residency.${origin}[${index}]`, fleet, problems);
    }
  }
}

/** Clients that wait for an answer before they ask again are served by any fleet, only more slowly. */
export function refuseClosedLoops({ workloads }: SizingContext["spec"], problems: Problem[]): void {
  for (const [name, { arrivals }] of Object.entries(workloads)) {
    if (!("closed" in arrivals)) continue;
    problems.push({
      code: "conflict",
      path: `workloads.${name}.arrivals.closed`,
      message:
        "a fixed number of clients sends as much as the fleet answers, so that no fleet is too small",
      hint: "give a rate or a trace",
    });
  }
}

/** Weights say how much goes where whatever the fleet is: there would be nothing to choose. */
function refuseWeights({ fleet }: SizingContext["spec"], problems: Problem[]): void {
  const { policy } = fleet.failover ?? {};
  if (typeof policy !== "object" || !("weighted" in policy)) return;
  problems.push({
    code: "conflict",
    path: "fleet.failover.policy.weighted",
    message: "weights belong to a fleet that is already there",
    hint: "use latency, geo or primaryBackup, or leave the policy out",
  });
}

/** There is no fleet, because some model has no place to run that is for sale. */
export class Unsold extends Error {
  constructor(
    readonly conflicts: readonly Conflict[],
    readonly leftOut: readonly LeftOut[],
  ) {
    super(conflicts.map(({ message }) => message).join("; "));
  }
}

/** Models that nobody sells a place to run, with what came nearest. */
function unsold(
  models: readonly string[],
  offers: readonly Offer[],
  leftOut: readonly LeftOut[],
): Conflict[] {
  return models.flatMap((model) => {
    if (offers.some(({ option }) => option.model === model)) return [];
    const reasons = leftOut.filter((one) => one.model === model).map(({ reason }) => reason);
    const shown = [...new Set(reasons)].slice(0, 3).join("; ");
    return [
      {
        path: "search.hardware",
        message: `nothing that is for sale can serve ${model}: ${shown === "" ? "no hardware is left to choose from" : shown}`,
        relax:
          "allow other hardware, engines, regions or ways to buy, or give a price in prices.overrides",
      },
    ];
  });
}

/** The scenario on a fleet with one unit of the first offer of each model in each region: for its traffic. */
function widestScenario(
  spec: SizingContext["spec"],
  offers: readonly Offer[],
  traces: TracesRead,
): ResolvedScenario {
  const pools: Record<string, Record<string, ReturnType<typeof poolSpecOf>>> = {};
  const seen = new Set<string>();
  for (const { region, option } of offers) {
    const key = `${region} ${option.model}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const own = pools[region] ?? {};
    pools[region] = own;
    for (const part of option.parts) own[part.name] = poolSpecOf(option, part, part.replicas);
  }
  return resolveScenario(evaluatedScenario(spec, { pools }), { traces });
}

function peaksOf(
  scenario: ResolvedScenario,
  groups: readonly ModelGroup[],
  reach: RegionReach,
  search: ResolvedSearch,
): Peak[] {
  const settleSeconds = settlingSeconds(scenario);
  const readers = groups.map((group) => rateReader(scenario, group.workloads));
  return peakMoments(scenario, groups, reach).map((moment) => {
    const windows = readers.map((ratesIn) => {
      const around = ratesIn([Math.max(0, moment - 60), moment + 60]);
      const perSecond = Math.max(...[...around.values()].map(totalRate));
      const requests = search.requestsPerRun;
      return windowAround(scenario, moment, { requests, perSecond, settleSeconds });
    });
    const rates = readers.flatMap((ratesIn, group) => {
      const { fromSeconds, durationSeconds } = windows[group]!;
      return [...ratesIn([fromSeconds, fromSeconds + durationSeconds])];
    });
    return { moment, windows, rates: new Map(rates) };
  });
}

function workloadRates({ scenario, groups, peaks }: Demand): ReadonlyMap<string, number> {
  return new Map(
    groups.flatMap(({ workloads }, group) => {
      const { fromSeconds, durationSeconds } = peaks[0]!.windows[group]!;
      return workloads.map((name) => {
        const requests = expectedArrivals(scenario, name, [
          fromSeconds,
          fromSeconds + durationSeconds,
        ]);
        return [name, requests / durationSeconds] as const;
      });
    }),
  );
}

/** Until clients have left what is gone: detection, and the longest that an answer of DNS is kept. */
function settlingSeconds({ fleet }: ResolvedScenario): number {
  const { failover } = fleet.policies;
  if (failover === undefined) return 0;
  const { healthCheck, ttlSeconds, ignoringTtl } = failover;
  const detection = healthCheck.intervalSeconds * (healthCheck.failureThreshold + 1);
  const held = ignoringTtl.share > 0 ? Math.max(ttlSeconds, ignoringTtl.holdSeconds) : ttlSeconds;
  return Number.isFinite(held) ? detection + held : detection;
}

function boundsOf(demand: Demand, offers: readonly Offer[], seed: number): number[] {
  const works = demand.groups.map((_, group) =>
    callWork(withinWindow(demand.scenario, demand.peaks[0]!.windows[group]!), seed),
  );
  const byOption = new Map<ServingOption, number>();
  return offers.map(({ option }) => {
    const known = byOption.get(option);
    if (known !== undefined) return known;
    const group = demand.groups.findIndex(({ models }) => models.includes(option.model));
    const work = works[group]?.get(option.model);
    const bound = work === undefined ? Number.POSITIVE_INFINITY : boundOfUnit(option, work);
    byOption.set(option, bound);
    return bound;
  });
}

/** Of the parts of a unit the weakest decides. */
function boundOfUnit(option: ServingOption, work: Parameters<typeof workOfRole>[0]): number {
  return Math.min(
    ...poolsOfUnit(option, []).map((pool) => {
      const settings = engineSettings(pool);
      const own = workOfRole(work, pool.role, settings.isPrefixCaching);
      return pool.replicas * throughputBound(settings, own);
    }),
  );
}
