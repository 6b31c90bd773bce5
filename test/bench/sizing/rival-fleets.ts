/**
 * What people do today when they size a fleet, on a problem of the search: three rules, each of which looks at the
 * throughput of hardware and at the peak of each region's own traffic. None knows waiting, bursts or failures.
 */
import type { Highs } from "highs";
import { engineSettings } from "../../../planner/simulation/engine-settings";
import { simulate } from "../../../planner/simulation/simulate";
import { scenarioOf } from "../../../planner/sizing/evaluation-job";
import { totalRate } from "../../../planner/sizing/expected-arrivals";
import { type FleetUnits, poolsOf } from "../../../planner/sizing/fleet-units";
import type { Offer } from "../../../planner/sizing/offer";
import { LinearProgramme } from "../../../planner/sizing/programme/linear-programme";
import { type CallWork, callWork, workOfRole } from "../../../planner/sizing/request-work";
import { withinWindow } from "../../../planner/sizing/run-window";
import { kinOf, poolsOfUnit } from "../../../planner/sizing/serving-option";
import { originsOf } from "../../../planner/sizing/site-load";
import type { SizingProblem } from "../../../planner/sizing/sizing-problem";
import { throughputBound } from "../../../planner/sizing/throughput-bound";

export interface Rival {
  readonly name: string;
  readonly units: FleetUnits;
}

/** Planners add this to what they have worked out. */
const HEADROOM = 1.3;
/** Slices of a bucket that may go to different hardware (Griggs et al. 2024, slice factor 8). */
const SLICES = 8;
const BUCKETS = 4;

export function rivalFleets(problem: SizingProblem, solver: Highs): readonly Rival[] {
  const loads = peakLoads(problem);
  const most = maximumThroughput(problem);
  return [
    { name: "peak ÷ benchmark × 1.3", units: ruleOfThumb(problem, loads, most) },
    { name: "one GPU type × 1.3", units: oneHardware(problem, loads, most) },
    { name: "throughput ILP (Mélange)", units: bucketProgramme(problem, loads, most, solver) },
  ];
}

interface RegionLoad {
  readonly region: number;
  readonly model: string;
  readonly callsPerSecond: number;
}

/** The highest rate of each model that each region gets, with every region there. */
function peakLoads({ demand }: SizingProblem): RegionLoad[] {
  const models = demand.groups.flatMap((group) => group.models);
  return demand.regions.flatMap((_, region) =>
    models.map((model) => {
      const origins = originsOf(demand, region, () => true);
      const rates = demand.peaks.map((peak) => {
        const all = peak.rates.get(model);
        return origins.reduce((sum, origin) => sum + (all?.[origin] ?? 0), 0);
      });
      return { region, model, callsPerSecond: Math.max(...rates) };
    }),
  );
}

/** Calls per second of a unit under more load than it can take, by offer: what benchmarks publish. */
function maximumThroughput(problem: SizingProblem): readonly number[] {
  const byKin = new Map<string, number>();
  return problem.offers.map((offer) => {
    const kin = kinOf(offer.option);
    const known = byKin.get(kin) ?? pressed(problem, offer);
    byKin.set(kin, known);
    return known;
  });
}

function pressed(problem: SizingProblem, offer: Offer): number {
  const { demand, offers, bounds, seed } = problem;
  const group = demand.groups.findIndex(({ models }) => models.includes(offer.option.model));
  const { workloads, models } = demand.groups[group]!;
  const window = demand.peaks[0]!.windows[group]!;
  const own = totalRate(demand.peaks[0]!.rates.get(offer.option.model));
  const units = offers.map(({ index }): number => (index === offer.index ? 1 : 0));
  for (const other of models) {
    if (other === offer.option.model) continue;
    const helper = offers.find(
      ({ region, option }) => region === offer.region && option.model === other,
    );
    if (helper !== undefined) units[helper.index] = 64;
  }
  const scenario = scenarioOf(problem.context, {
    pools: poolsOf(offers, units),
    workloads,
    window: { ...window, durationSeconds: 300, warmUpSeconds: 120 },
    loss: null,
    loadFactor: (1.5 * bounds[offer.index]!) / own,
    clients: { beside: offer.region, perSecond: {} },
    seed,
  });
  const work = callWork(scenario, seed).get(offer.option.model)!;
  const record = simulate({ ...scenario, horizon: { ...scenario.horizon, drain: false } }, seed);
  const seconds = record.windowEndSeconds - record.windowStartSeconds;
  const rates = scenario.fleet.pools.flatMap((pool, index) => {
    if (pool.model.name !== offer.option.model) return [];
    const asked = workOfRole(work, pool.role, engineSettings(pool).isPrefixCaching);
    const { decodeTokens, prefillTokens } = record.pools[index]!;
    return [
      ...(asked.decodedTokens > 0 ? [decodeTokens / asked.decodedTokens / seconds] : []),
      ...(asked.computedTokens > 0 ? [prefillTokens / asked.computedTokens / seconds] : []),
    ];
  });
  return Math.min(...rates);
}

function usdPerUnit({ option, prices, replicasPerNode }: Offer): number {
  const replicas = option.parts.reduce((sum, part) => sum + part.replicas, 0);
  return (replicas * prices[0]!.usdPerNodeHour) / replicasPerNode;
}

function offersAt(problem: SizingProblem, { region, model }: RegionLoad): Offer[] {
  const { name } = problem.demand.regions[region]!;
  return problem.offers.filter((offer) => offer.region === name && offer.option.model === model);
}

/** In each region the hardware with the cheapest token at its benchmark's throughput. */
function ruleOfThumb(
  problem: SizingProblem,
  loads: readonly RegionLoad[],
  most: readonly number[],
): FleetUnits {
  const units = problem.offers.map(() => 0);
  for (const load of loads) {
    if (load.callsPerSecond === 0) continue;
    const best = cheapestPerCall(offersAt(problem, load), most);
    units[best.index] = Math.ceil((HEADROOM * load.callsPerSecond) / most[best.index]!);
  }
  return units;
}

function cheapestPerCall(offers: readonly Offer[], most: readonly number[]): Offer {
  const usdPerCall = (offer: Offer): number => usdPerUnit(offer) / most[offer.index]!;
  return offers.toSorted((a, b) => usdPerCall(a) - usdPerCall(b))[0]!;
}

/** The same, with one accelerator for everything: the one that makes it cheapest. */
function oneHardware(
  problem: SizingProblem,
  loads: readonly RegionLoad[],
  most: readonly number[],
): FleetUnits {
  const names = new Set(problem.offers.map(({ option }) => option.instanceType.accelerator));
  const fleets = [...names].flatMap((accelerator) => {
    const units = problem.offers.map(() => 0);
    for (const load of loads) {
      if (load.callsPerSecond === 0) continue;
      const own = offersAt(problem, load).filter(
        ({ option }) => option.instanceType.accelerator === accelerator,
      );
      if (own.length === 0) return [];
      const best = cheapestPerCall(own, most);
      units[best.index] = Math.ceil((HEADROOM * load.callsPerSecond) / most[best.index]!);
    }
    const usd = problem.offers.reduce(
      (sum, offer) => sum + units[offer.index]! * usdPerUnit(offer),
      0,
    );
    return [{ units, usd }];
  });
  return fleets.toSorted((a, b) => a.usd - b.usd)[0]!.units;
}

/**
 * Buckets of request sizes, each in slices that go to one kind of hardware, and the throughput of each kind for each
 * bucket by itself: the cheapest numbers that add up. No headroom: the programme is thought to be exact.
 */
function bucketProgramme(
  problem: SizingProblem,
  loads: readonly RegionLoad[],
  most: readonly number[],
  solver: Highs,
): FleetUnits {
  const units = problem.offers.map(() => 0);
  for (const load of loads) {
    if (load.callsPerSecond === 0) continue;
    const offers = offersAt(problem, load);
    const group = problem.demand.groups.findIndex(({ models }) => models.includes(load.model));
    const window = problem.demand.peaks[0]!.windows[group]!;
    const mean = callWork(withinWindow(problem.demand.scenario, window), problem.seed).get(
      load.model,
    )!;
    const programme = new LinearProgramme();
    const bought = offers.map((offer) => programme.variable("integer", 1000, usdPerUnit(offer)));
    const used = offers.map((): [number, number][] => []);
    for (const bucket of bucketsAround(mean)) {
      const perSlice = (load.callsPerSecond * bucket.share) / SLICES;
      for (let slice = 0; slice < SLICES; slice++) {
        const goes = offers.map((offer, place) => {
          const variable = programme.variable("binary", 1);
          // Benchmarks by bucket: the bound's shape, at the share of it that the unit reaches as a whole.
          const reached = most[offer.index]! / problem.bounds[offer.index]!;
          used[place]!.push([perSlice / (reached * boundOf(offer, bucket.work)), variable]);
          return variable;
        });
        programme.row(
          goes.map((variable) => [1, variable]),
          "=",
          1,
        );
      }
    }
    for (const [place, terms] of used.entries()) {
      programme.row([...terms, [-1, bought[place]!]], "<=", 0);
    }
    const solution = programme.solve(solver)!;
    for (const [place, offer] of offers.entries()) {
      units[offer.index] = solution.valueOf(bought[place]!);
    }
  }
  return units;
}

/** Shares of requests around the mean work, from a quarter to more than twice of it: prompts and answers alike. */
function bucketsAround(mean: CallWork): { readonly share: number; readonly work: CallWork }[] {
  const sizes = [0.25, 0.6, 1.1, 2.05];
  return sizes.slice(0, BUCKETS).map((size) => ({
    share: 1 / BUCKETS,
    work: {
      inputTokens: mean.inputTokens * size,
      ownTokens: mean.ownTokens * size,
      decodedTokens: mean.decodedTokens * size,
      contextTokens: mean.contextTokens * size * size,
    },
  }));
}

function boundOf({ option }: Offer, work: CallWork): number {
  return Math.min(
    ...poolsOfUnit(option, []).map((pool) => {
      const settings = engineSettings(pool);
      const own = workOfRole(work, pool.role, settings.isPrefixCaching);
      return pool.replicas * throughputBound(settings, own);
    }),
  );
}
