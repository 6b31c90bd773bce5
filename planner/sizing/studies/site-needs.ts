/**
 * How much of a sized fleet is needed when: the load of each model at each site over the scenario, with everything there
 * and with each part gone that must be survived, against what the fleet's units can take. A site is a region, or all of
 * them where requests go anywhere.
 *
 * Measured capacities do not say exactly what a fleet can take: simulations of whole fleets made the search buy more or
 * less than they ask for. A unit's capacity is therefore scaled, for each model and site, so that it asks for this very
 * fleet at the peak.
 */
import {
  type CaseLoss,
  type Demand,
  describeLoss,
  isOfferAlive,
  poolLosses,
  regionIndexOf,
} from "../demand";
import { type ModelRates, rateReader } from "../expected-arrivals";
import type { FleetUnits } from "../fleet-units";
import type { Offer } from "../offer";
import { kinOf } from "../serving-option";
import { originsOf } from "../site-load";
import type { SizingProblem } from "../sizing-problem";
import type { SizedFleet } from "../sizing-result";

/** Short against an hour, and long against a request. */
const SLICE_SECONDS = 300;
/** What sums of floating-point numbers are off by. */
const TOLERANCE = 1e-9;

/** Loads and capacities of one model at one site. */
export interface SiteNeed {
  readonly model: string;
  /** Offers of the model there of which the fleet has units. */
  readonly offers: readonly Offer[];
  /** Calls per second that a unit takes, by offer index. */
  readonly capacity: ReadonlyMap<number, number>;
  readonly cases: readonly SiteCase[];
}

export interface SiteCase {
  readonly loss: CaseLoss | null;
  /** `us-east-1 lost` */
  readonly name: string;
  /** Of so many units of an offer, those that are there; units may be a mean over time. */
  readonly unitsLeft: (offer: Offer, units: number) => number;
  /** Calls per second, by slice. */
  readonly loads: readonly number[];
}

export interface FleetNeeds {
  readonly units: FleetUnits;
  /** Seconds of the scenario; slice n is from `edges[n]` to `edges[n + 1]`. */
  readonly edges: readonly number[];
  readonly sites: readonly SiteNeed[];
}

/** @param problem of the scenario that the fleet was sized for */
export function fleetNeeds(problem: SizingProblem, sized: SizedFleet): FleetNeeds {
  const { demand, offers, search } = problem;
  const units = unitsOf(offers, sized);
  const edges = sliceEdges(demand.scenario.horizon.durationSeconds);
  const losses = [
    ...demand.losses,
    ...(search.survive.some(({ kind }) => kind === "any-pool") ? poolLosses(offers, units) : []),
  ];
  const holds = measuredCapacities(problem, sized);
  const sites = demand.groups.flatMap((group) => {
    const ratesIn = rateReader(demand.scenario, group.workloads);
    const slices = edges.slice(1).map((to, slice) => ratesIn([edges[slice]!, to]));
    return group.models.flatMap((model) =>
      siteOffers(problem, units, model).map((own) => {
        const cases = losses.flatMap((loss) =>
          siteCase(problem, units, { model, offers: own, loss, slices }),
        );
        return { model, offers: own, cases, capacity: scaledCapacity(own, units, holds, cases) };
      }),
    );
  });
  return { units, edges, sites };
}

/**
 * The share of a site's units that is needed in a slice: in the worst case that must be survived, or in one of them.
 *
 * @param units what there is of each offer, by index
 * @returns above 1 where there is too little
 */
export function shareNeeded(
  { offers, capacity }: SiteNeed,
  units: FleetUnits,
  { unitsLeft, loads }: SiteCase,
  slice: number,
): number {
  const load = loads[slice]!;
  if (load === 0) return 0;
  const there = offers.reduce(
    (sum, offer) => sum + unitsLeft(offer, units[offer.index]!) * capacity.get(offer.index)!,
    0,
  );
  return load / there;
}

/** Slices of five minutes from the start of the scenario on; the last may be shorter. */
function sliceEdges(durationSeconds: number): number[] {
  const edges = [0];
  while (edges.at(-1)! + SLICE_SECONDS < durationSeconds - TOLERANCE) {
    edges.push(edges.at(-1)! + SLICE_SECONDS);
  }
  return [...edges, durationSeconds];
}

function unitsOf(offers: readonly Offer[], { pools }: SizedFleet): FleetUnits {
  return offers.map(({ region, option }) => {
    const part = option.parts[0]!;
    const pool = pools.find((one) => one.region === region && one.name === part.name);
    return pool === undefined ? 0 : pool.replicas / part.replicas;
  });
}

/** Calls per second of a unit, by offer index; what was not measured counts with its bound, as in the search. */
function measuredCapacities({ offers, bounds }: SizingProblem, { options }: SizedFleet): number[] {
  const byKin = new Map(
    options.flatMap(({ option: name, holds }) => {
      const offer = offers.find(({ option }) => option.name === name);
      return offer === undefined ? [] : [[kinOf(offer.option), holds] as const];
    }),
  );
  return offers.map(({ option, index }) => byKin.get(kinOf(option)) ?? bounds[index]!);
}

/** The fleet's offers of a model, those of each site together. */
function siteOffers(
  { demand, offers }: SizingProblem,
  units: FleetUnits,
  model: string,
): Offer[][] {
  const own = offers.filter(({ option, index }) => option.model === model && units[index]! > 0);
  if (demand.reach.kind === "pooled") return own.length === 0 ? [] : [own];
  return [...new Set(own.map(({ region }) => region))].map((region) =>
    own.filter((offer) => offer.region === region),
  );
}

/** None where the case leaves the site nothing: its requests are then another one's. */
function siteCase(
  problem: SizingProblem,
  units: FleetUnits,
  {
    model,
    offers: own,
    loss,
    slices,
  }: {
    readonly model: string;
    readonly offers: readonly Offer[];
    readonly loss: CaseLoss | null;
    readonly slices: readonly ModelRates[];
  },
): SiteCase[] {
  const { demand, offers } = problem;
  if (!own.some((offer) => isOfferAlive(demand, loss, offer))) return [];
  const isOpen = (region: number): boolean =>
    offers.some(
      (offer) =>
        units[offer.index]! > 0 &&
        offer.option.model === model &&
        regionIndexOf(demand, offer) === region &&
        isOfferAlive(demand, loss, offer),
    );
  const origins = originsOf(demand, regionIndexOf(demand, own[0]!), isOpen);
  return [
    {
      loss,
      name: describeLoss(demand, offers, loss),
      unitsLeft: (offer, count) => unitsLeft(demand, loss, offer, count),
      loads: slices.map((rates) =>
        origins.reduce((sum, origin) => sum + (rates.get(model)?.[origin] ?? 0), 0),
      ),
    },
  ];
}

/** Nodes are placed in the zones of their region in turn; a unit serves where every part of it is left. */
function unitsLeft(demand: Demand, loss: CaseLoss | null, offer: Offer, units: number): number {
  if (units === 0 || !isOfferAlive(demand, loss, offer)) return 0;
  const region = regionIndexOf(demand, offer);
  if (loss?.kind !== "zone" || loss.region !== region) return units;
  const zones = demand.zones[region]!;
  const zone = loss.zone.charCodeAt(0) - "a".charCodeAt(0);
  const whole = Math.ceil(units - TOLERANCE);
  const left = offer.option.parts.map(({ replicas: each }) => {
    const replicas = whole * each;
    let lost = 0;
    for (let replica = 0; replica < replicas; replica++) {
      if (Math.floor(replica / offer.replicasPerNode) % zones === zone) lost++;
    }
    return (replicas - lost) / each;
  });
  return (units * Math.min(...left)) / whole;
}

/** Measured capacities times what makes the site's units just as many as its worst slice needs. */
function scaledCapacity(
  own: readonly Offer[],
  units: FleetUnits,
  holds: readonly number[],
  cases: readonly SiteCase[],
): ReadonlyMap<number, number> {
  const capacity = new Map(own.map(({ index }) => [index, holds[index]!]));
  const worstWith = (fleet: FleetUnits): number =>
    Math.max(
      0,
      ...cases.flatMap((one) =>
        one.loads.map((_, slice) =>
          shareNeeded({ model: "", offers: own, capacity, cases }, fleet, one, slice),
        ),
      ),
    );
  const worst = worstWith(units);
  const smallest = own.toSorted((a, b) => holds[a.index]! - holds[b.index]!)[0]!.index;
  const fewer = worstWith(units.map((count, index) => (index === smallest ? count - 1 : count)));
  // More than measured, as the fleet holds; or less, as the search would not do with one unit fewer.
  const factor = worst > 1 ? worst : Math.min(1, fewer);
  return new Map(own.map(({ index }) => [index, holds[index]! * (factor || 1)]));
}
