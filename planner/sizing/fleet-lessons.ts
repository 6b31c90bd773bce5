/**
 * What fleets that do not hold teach about others. A cut is certain: no more of the same, and as much load, is too little.
 * A correction is a guess: somewhat more capacity there may do. Both go into the programme of the search.
 */
import { type CaseLoss, FIRST_ZONE, isOfferAlive, regionIndexOf } from "./demand";
import type { Evaluation } from "./evaluation-job";
import type { BoughtFleet, CheckedFleet, FleetCheck } from "./fleet-check";
import type { FleetNodes, FleetUnits } from "./fleet-units";
import type { Offer } from "./offer";
import {
  type Correction,
  type FleetCut,
  SPOT_WORTH,
  spotPlace,
  unitsPerSpotNode,
} from "./programme/programme-input";
import { originsOf as originsGoing } from "./site-load";
import type { SizingProblem } from "./sizing-problem";

/** Where a fleet was found wanting: a model, at a peak, in a case. */
export interface BrokenPlace {
  readonly model: string;
  readonly peak: number;
  readonly loss: CaseLoss | null;
}

/** More capacity than failed, by so much at least: units are whole, so that this means one more of something. */
const CORRECTION = 1.015;
/** When the queue grew without bound, a little more will not do. */
const CORRECTION_SATURATED = 1.06;

export class FleetLessons {
  readonly cuts: FleetCut[] = [];
  private readonly byPlace = new Map<string, Correction>();

  /** @param expected calls per second of a unit of each offer, as proposals are made */
  constructor(
    private readonly problem: SizingProblem,
    private readonly expected: () => readonly number[],
  ) {}

  get corrections(): readonly Correction[] {
    return [...this.byPlace.values()];
  }

  /** Of a fleet that the simulator refused. */
  learn(fleet: BoughtFleet, failed: CheckedFleet["failed"]): void {
    for (const { check, evaluation } of failed) {
      const isGrowing = evaluation.runs.some(({ workloads }) =>
        workloads.some(({ isSaturated }) => isSaturated),
      );
      this.cuts.push(this.cutOf(fleet, check));
      for (const model of check.group.models) {
        this.correct(fleet, model, check, {
          factor: isGrowing ? CORRECTION_SATURATED : CORRECTION,
          regions: regionsThatFail(evaluation),
        });
      }
    }
  }

  /** Of a fleet that held part by part, and not in the end: more where it has the least to spare. */
  askWhereBusiest(fleet: BoughtFleet, broken: readonly BrokenPlace[]): void {
    for (const place of broken) this.correctBusiest(fleet, place);
  }

  private cutOf({ units, nodes }: BoughtFleet, check: FleetCheck): FleetCut {
    const { demand, offers } = this.problem;
    const { region, loss, group } = check;
    const alive = units.map((count, index) =>
      isOfferAlive(demand, loss, offers[index]!) ? count : 0,
    );
    const isWhole = region === undefined && demand.reach.kind === "ordered";
    const open = !isWhole
      ? []
      : group.models.flatMap((model) =>
          demand.regions.flatMap(({ name }, place) =>
            offers.some(
              (offer) =>
                offer.region === name && offer.option.model === model && alive[offer.index]! > 0,
            )
              ? [{ model, region: place }]
              : [],
          ),
        );
    return {
      models: new Set(group.models),
      region,
      origins: check.origins.filter((origin) => this.sends(check, origin)),
      open,
      loss,
      units: alive,
      spotNodes: offers.map((offer) => (alive[offer.index]! > 0 ? spotNodesOf(offer, nodes) : 0)),
    };
  }

  private sends({ group, peak }: Pick<FleetCheck, "group" | "peak">, origin: number): boolean {
    const { rates } = this.problem.demand.peaks[peak]!;
    return group.models.some((model) => (rates.get(model)?.[origin] ?? 0) > 0);
  }

  private correct(
    fleet: BoughtFleet,
    model: string,
    check: FleetCheck,
    { factor, regions }: { readonly factor: number; readonly regions: ReadonlySet<string> },
  ): void {
    const { demand } = this.problem;
    for (const place of this.placesOf(fleet.units, model, check)) {
      const name = place.region === undefined ? undefined : demand.regions[place.region]!.name;
      // Of a fleet that was looked at as a whole, those regions that failed, where that is known.
      if (name !== undefined && regions.size > 0 && !regions.has(name)) continue;
      this.askForMore(fleet, { model, peak: check.peak, loss: check.loss, ...place }, factor);
    }
  }

  private correctBusiest(fleet: BoughtFleet, at: BrokenPlace): void {
    const { demand } = this.problem;
    const group = demand.groups.find(({ models }) => models.includes(at.model))!;
    const origins = demand.scenario.fleet.origins.map((_, origin) => origin);
    const whole = { group, region: undefined, origins, ...at };
    const rates = demand.peaks[at.peak]!.rates.get(at.model) ?? [];
    const busiest = this.placesOf(fleet.units, at.model, whole)
      .map((place) => {
        const load = place.origins.reduce((sum, origin) => sum + (rates[origin] ?? 0), 0);
        return { place, busy: load / this.capacityAt(fleet, { ...at, ...place }) };
      })
      .toSorted((a, b) => b.busy - a.busy)[0];
    if (busiest !== undefined) this.askForMore(fleet, { ...at, ...busiest.place }, CORRECTION);
  }

  /** From now on more capacity is asked for than the fleet had there. */
  private askForMore(
    fleet: BoughtFleet,
    place: Omit<Correction, "callsPerSecond">,
    factor: number,
  ): void {
    const { model, region, peak, origins, loss } = place;
    const key = JSON.stringify([model, region, peak, origins, loss]);
    const known = this.byPlace.get(key)?.callsPerSecond ?? 0;
    const callsPerSecond = Math.max(this.capacityAt(fleet, place) * factor, known);
    this.byPlace.set(key, { ...place, callsPerSecond });
  }

  /** As corrections count it. */
  private capacityAt(
    { units, nodes }: BoughtFleet,
    { model, region, loss }: Pick<Correction, "model" | "region" | "loss">,
  ): number {
    const { demand, offers } = this.problem;
    const expected = this.expected();
    const name = region === undefined ? undefined : demand.regions[region]!.name;
    return offers.reduce((sum, offer) => {
      const isThere = name === undefined || offer.region === name;
      if (!isThere || offer.option.model !== model || !isOfferAlive(demand, loss, offer)) {
        return sum;
      }
      const onSpot = spotNodesOf(offer, nodes) * unitsPerSpotNode(offer);
      const alive = this.unitsAlive(offer, { units, nodes }, loss);
      const counted = alive - (1 - SPOT_WORTH) * onSpot;
      return sum + counted * expected[offer.index]!;
    }, 0);
  }

  /** Those that are left of an offer, as the programme counts them: of the first zone of its region there is the most. */
  private unitsAlive(offer: Offer, { units, nodes }: BoughtFleet, loss: CaseLoss | null): number {
    const { demand } = this.problem;
    const all = units[offer.index]!;
    const region = regionIndexOf(demand, offer);
    if (loss?.kind !== "zone" || loss.region !== region || loss.zone !== FIRST_ZONE) return all;
    const zones = demand.zones[region]!;
    const byPart = offer.option.parts.map(({ replicas }, part) => {
      const bought = nodes[offer.index]![part]!.reduce((sum, count) => sum + count, 0);
      const left = bought - Math.ceil(bought / zones);
      return Math.floor((left * offer.replicasPerNode) / replicas);
    });
    return Math.min(Math.floor((all * (zones - 1)) / zones), ...byPart);
  }

  /** The region that was looked at; all open regions where the fleet was looked at as a whole. */
  private placesOf(
    units: FleetUnits,
    model: string,
    check: Pick<FleetCheck, "group" | "region" | "origins" | "peak" | "loss">,
  ): readonly { readonly region: number | undefined; readonly origins: readonly number[] }[] {
    const { demand, offers } = this.problem;
    const sending = (origins: readonly number[]): readonly number[] =>
      origins.filter((origin) => this.sends(check, origin));
    if (check.region !== undefined) {
      return [{ region: check.region, origins: sending(check.origins) }];
    }
    if (demand.reach.kind === "pooled") return [{ region: undefined, origins: [] }];
    const isOpen = (region: number): boolean =>
      offers.some(
        (offer) =>
          offer.region === demand.regions[region]!.name &&
          offer.option.model === model &&
          units[offer.index]! > 0 &&
          isOfferAlive(demand, check.loss, offer),
      );
    return demand.regions.flatMap((_, region) => {
      if (!isOpen(region)) return [];
      const origins = sending(originsGoing(demand, region, isOpen));
      return origins.length === 0 ? [] : [{ region, origins }];
    });
  }
}

/** Nodes of an offer on spot capacity, of all its parts. */
function spotNodesOf(offer: Offer, nodes: FleetNodes): number {
  const place = spotPlace(offer);
  if (place === undefined) return 0;
  return nodes[offer.index]!.reduce((sum, byPrice) => sum + byPrice[place]!, 0);
}

/** Regions in which an objective is broken; none when it is not known by region. */
function regionsThatFail({ runs }: Evaluation): ReadonlySet<string> {
  const names = runs.flatMap(({ workloads }) =>
    workloads.flatMap(({ objectives }) =>
      objectives.flatMap(({ regions }) =>
        regions.flatMap(({ region, holds }) => (holds || region === null ? [] : [region])),
      ),
    ),
  );
  return new Set(names);
}
