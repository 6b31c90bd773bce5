/**
 * The cheapest fleet as a mixed-integer programme: units of every offer, nodes of every way to buy them, which
 * regions are open for a model, and where each place's requests then go, in every case that must be survived. How much
 * a unit can do is given; with what it can do at most, the least cost is a lower bound of every fleet.
 */
import type { Highs } from "highs";
import { type CaseLoss, FIRST_ZONE, isOfferAlive, isRegionLost, regionIndexOf } from "../demand";
import { totalRate } from "../expected-arrivals";
import type { Offer } from "../offer";
import { acceleratorsOfUnit, replicasOfUnit } from "../serving-option";
import { type Untidiness, untidiness, usdOfChanges, usdOfNodes } from "./fleet-cost";
import { LinearProgramme, type Term, type Variable } from "./linear-programme";
import {
  type FleetCut,
  type FleetProgrammeInput,
  type FleetSolution,
  isAlike,
  SPOT_WORTH,
  spotPlace,
  unitsPerSpotNode,
} from "./programme-input";
import { Thresholds } from "./thresholds";

/** The cheapest fleet; undefined when there is none. */
export function solveFleet(input: FleetProgrammeInput, solver: Highs): FleetSolution | undefined {
  return new FleetProgramme(input).solve(solver);
}

class FleetProgramme {
  private readonly programme = new LinearProgramme();
  private readonly units: readonly Variable[];
  private readonly isUsed: readonly Variable[];
  private readonly nodes: readonly (readonly (readonly Variable[])[])[];
  private readonly models: readonly string[];
  /** By model and region: whether requests may be sent there, as long as nothing is gone. */
  private readonly isOpen: ReadonlyMap<string, Variable>;
  /** The same without a pool. */
  private readonly isOpenWithout = new Map<string, Variable>();
  /** By offer. */
  private readonly outsideFirstZone = new Map<number, Variable>();
  private readonly thresholds: Thresholds;
  private readonly untidiness: Untidiness;

  constructor(private readonly input: FleetProgrammeInput) {
    const { offers, unitsMax } = input;
    const { programme } = this;
    this.untidiness = untidiness(input);
    const { poolUsd, roomUsd } = this.untidiness;
    this.units = offers.map(({ index, option }) =>
      programme.variable("integer", unitsMax[index]!, -roomUsd * replicasOfUnit(option)),
    );
    this.isUsed = offers.map(({ index }) => {
      const used = programme.variable("binary", 1, poolUsd);
      programme.compare(this.units[index]!, ">=", 1, used);
      programme.compare(this.units[index]!, "<=", unitsMax[index]!, used);
      return used;
    });
    this.nodes = offers.map((offer) => this.addNodes(offer));
    this.thresholds = new Thresholds(programme, {
      units: this.units,
      unitsMax,
      spotNodes: (offer) => this.spotNodes(offer),
      nodesMax: (offer) =>
        offer.option.parts.reduce((sum, part) => sum + this.nodesMax(offer, part.replicas), 0),
    });
    this.models = [...new Set(offers.map(({ option }) => option.model))].toSorted();
    this.isOpen = this.addOpenRegions();
    this.addQuotas();
    this.addSpotLimit();
    this.addMinimums();
    this.addChanges();
    for (const loss of input.losses) this.addCase(loss);
  }

  solve(solver: Highs): FleetSolution | undefined {
    const solution = this.programme.solve(solver);
    if (solution === undefined) return undefined;
    const { offers, change } = this.input;
    const nodes = this.nodes.map((parts) =>
      parts.map((byPrice) => byPrice.map((variable) => solution.valueOf(variable))),
    );
    const units = this.units.map((variable) => solution.valueOf(variable));
    const usdPerHour = usdOfNodes(offers, nodes);
    return { units, nodes, usdPerHour, objective: usdPerHour + usdOfChanges(units, change) };
  }

  /** Nodes of each part and price hold the part's replicas; a pool has no node that holds none. */
  private addNodes(offer: Offer): readonly Variable[][] {
    const { option, prices, index, replicasPerNode } = offer;
    const { programme } = this;
    return option.parts.map((part) => {
      const most = this.nodesMax(offer, part.replicas);
      const variables = prices.map(({ usdPerNodeHour }) =>
        programme.variable(
          "integer",
          most,
          usdPerNodeHour + this.untidiness.roomUsd * replicasPerNode,
        ),
      );
      const replicas = variables.map((variable): Term => [replicasPerNode, variable]);
      const spare: Term[] = [...replicas, [-part.replicas, this.units[index]!]];
      programme.row(spare, ">=", 0);
      if (replicasPerNode > 1) programme.row(spare, "<=", replicasPerNode - 1);
      return variables;
    });
  }

  /** Of a part of which a unit has so many replicas. */
  private nodesMax({ index, replicasPerNode }: Offer, replicas: number): number {
    return Math.ceil((this.input.unitsMax[index]! * replicas) / replicasPerNode);
  }

  private addOpenRegions(): ReadonlyMap<string, Variable> {
    const open = new Map<string, Variable>();
    for (const model of this.models) {
      for (const [region] of this.input.demand.regions.entries()) {
        open.set(`${model} ${region}`, this.openWhereUsed(this.offersAt(model, region)));
      }
    }
    return open;
  }

  /** 1 exactly where one of the offers is used. */
  private openWhereUsed(offers: readonly Offer[]): Variable {
    const { programme, isUsed } = this;
    const open = programme.variable("binary", 1);
    programme.row([[1, open], ...offers.map(({ index }): Term => [-1, isUsed[index]!])], "<=", 0);
    for (const { index } of offers) programme.compare(open, ">=", 1, isUsed[index]!);
    return open;
  }

  private offersAt(model: string, region: number): readonly Offer[] {
    const { name } = this.input.demand.regions[region]!;
    return this.input.offers.filter(
      (offer) => offer.region === name && offer.option.model === model,
    );
  }

  private addQuotas(): void {
    for (const { region, of, name, max } of this.input.search.quotas) {
      const terms = this.input.offers.flatMap((offer): Term[] => {
        const { instanceType } = offer.option;
        const isOfIt = of === "accelerator" ? instanceType.accelerator : instanceType.name;
        if (offer.region !== region || isOfIt !== name) return [];
        const perInstance = of === "accelerator" ? instanceType.acceleratorCount : 1;
        const each = perInstance * offer.instancesPerNode;
        return this.nodes[offer.index]!.flat().map((variable): Term => [each, variable]);
      });
      if (terms.length > 0) this.programme.row(terms, "<=", max);
    }
  }

  /** Nodes on spot capacity, of each part; none where an offer cannot be bought so. */
  private spotNodes(offer: Offer): readonly Variable[] {
    const place = spotPlace(offer);
    return place === undefined ? [] : this.nodes[offer.index]!.map((byPrice) => byPrice[place]!);
  }

  /** Of a model's accelerators in a region, spot capacity is at most a share. */
  private addSpotLimit(): void {
    const { search, demand } = this.input;
    if (!search.purchase.includes("spot")) return;
    for (const model of this.models) {
      for (const [region] of demand.regions.entries()) {
        const terms = this.offersAt(model, region).flatMap((offer): Term[] => {
          const { option, index, replicasPerNode } = offer;
          const bought = this.spotNodes(offer);
          const perNode = replicasPerNode * option.acceleratorsPerReplica;
          return [
            ...bought.map((variable): Term => [perNode, variable]),
            [-search.spotShareMax * acceleratorsOfUnit(option), this.units[index]!],
          ];
        });
        if (terms.length > 0) this.programme.row(terms, "<=", 0);
      }
    }
  }

  private addMinimums(): void {
    const { search, demand } = this.input;
    for (const model of this.models) {
      const open = demand.regions.map((_, region) => this.isOpen.get(`${model} ${region}`)!);
      this.programme.row(
        open.map((variable): Term => [1, variable]),
        ">=",
        search.regionsMin,
      );
      if (search.replicasMin <= 1) continue;
      for (const [region] of demand.regions.entries()) {
        const replicas = this.offersAt(model, region).map(({ option, index }): Term => {
          const answering = option.parts.filter(({ role }) => role !== "prefill");
          return [answering.reduce((sum, part) => sum + part.replicas, 0), this.units[index]!];
        });
        this.programme.row([...replicas, [-search.replicasMin, open[region]!]], ">=", 0);
      }
    }
  }

  private addChanges(): void {
    const { change, offers, unitsMax } = this.input;
    if (change === undefined) return;
    for (const { index } of offers) {
      const before = change.units[index]!;
      const most = Math.max(before, unitsMax[index]!);
      const changed = this.programme.variable("continuous", most, change.usdPerHour);
      this.programme.row(
        [
          [1, changed],
          [-1, this.units[index]!],
        ],
        ">=",
        -before,
      );
      this.programme.row(
        [
          [1, changed],
          [1, this.units[index]!],
        ],
        ">=",
        before,
      );
    }
  }

  private addCase(loss: CaseLoss | null): void {
    const flows = new Map<string, Variable>();
    for (const model of this.models) {
      if (this.input.demand.reach.kind === "pooled") this.addPooledCapacity(model, loss);
      else this.addRegionalCapacity(model, loss, flows);
    }
    for (const cut of this.input.cuts) this.addCut(cut, loss, flows);
  }

  private addPooledCapacity(model: string, loss: CaseLoss | null): void {
    const { demand, offers, corrections } = this.input;
    const own = offers.filter(({ option }) => option.model === model);
    const capacity = this.aliveCapacity(own, loss);
    for (const [peak, { rates }] of demand.peaks.entries()) {
      const load = totalRate(rates.get(model));
      if (load === 0) continue;
      const seen = corrections.filter(
        (one) =>
          one.model === model &&
          one.region === undefined &&
          one.peak === peak &&
          isAlike(one.loss, loss, undefined),
      );
      this.programme.row(capacity, ">=", load);
      if (seen.length === 0) continue;
      const needed = Math.max(...seen.map(({ callsPerSecond }) => callsPerSecond));
      this.programme.row([...capacity, ...this.spotDiscount(own, loss)], ">=", needed);
    }
  }

  /** Requests of each place go to the first open region of its order, which must have the capacity. */
  private addRegionalCapacity(
    model: string,
    loss: CaseLoss | null,
    flows: Map<string, Variable>,
  ): void {
    const { demand, corrections } = this.input;
    const { reach, peaks, regions } = demand;
    if (reach.kind === "pooled") return;
    const open = regions.map((_, region) => this.openInCase(model, region, loss));
    for (const [origin, order] of reach.orders.entries()) {
      if (peaks.every(({ rates }) => (rates.get(model)?.[origin] ?? 0) === 0)) continue;
      this.addFlow({ model, origin, order, open }, flows);
    }
    for (const [region] of regions.entries()) {
      const own = this.offersAt(model, region);
      const capacity = this.aliveCapacity(own, loss);
      const discounted = [...capacity, ...this.spotDiscount(own, loss)];
      for (const [peak, { rates }] of peaks.entries()) {
        const load = (rates.get(model) ?? []).flatMap((rate, origin): Term[] => {
          const flow = flows.get(`${model} ${origin} ${region}`);
          return flow === undefined || rate === 0 ? [] : [[-rate, flow]];
        });
        if (load.length === 0) continue;
        this.programme.row([...capacity, ...load], ">=", 0);
        for (const one of corrections) {
          if (one.model !== model || one.region !== region || one.peak !== peak) continue;
          if (!isAlike(one.loss, loss, region)) continue;
          const going = this.allGoTo(model, region, one.origins, flows);
          if (going === undefined) continue;
          const needed = one.callsPerSecond;
          this.programme.row(
            [...discounted, ...going.map(([n, flow]): Term => [-needed * n, flow])],
            ">=",
            needed * (1 - going.length),
          );
        }
      }
    }
  }

  /** Σ flow over the origins: as many as there are only where all go there; undefined when one never does. */
  private allGoTo(
    model: string,
    region: number,
    origins: readonly number[],
    flows: ReadonlyMap<string, Variable>,
  ): readonly Term[] | undefined {
    const terms = origins.map((origin) => flows.get(`${model} ${origin} ${region}`));
    return terms.some((flow) => flow === undefined)
      ? undefined
      : terms.map((flow): Term => [1, flow!]);
  }

  private addFlow(
    from: {
      readonly model: string;
      readonly origin: number;
      readonly order: readonly number[];
      readonly open: readonly (Variable | undefined)[];
    },
    flows: Map<string, Variable>,
  ): void {
    const { programme } = this;
    const { model, origin, order, open } = from;
    const all: Term[] = [];
    const before: Term[] = [];
    for (const region of order) {
      const isOpen = open[region];
      if (isOpen === undefined) continue;
      const flow = programme.variable("continuous", 1);
      flows.set(`${model} ${origin} ${region}`, flow);
      programme.compare(flow, "<=", 1, isOpen);
      programme.row([[1, flow], [-1, isOpen], ...before], ">=", 0);
      all.push([1, flow]);
      before.push([1, isOpen]);
    }
    // Without a region that may serve them the requests have nowhere to go, and there is no such fleet.
    if (all.length === 0) all.push([1, programme.variable("continuous", 0)]);
    programme.row(all, "=", 1);
  }

  /** Whether a region is open in a case; undefined when it cannot be. */
  private openInCase(model: string, region: number, loss: CaseLoss | null): Variable | undefined {
    const { demand, offers } = this.input;
    if (isRegionLost(demand, loss, region)) return undefined;
    const own = this.offersAt(model, region);
    if (own.length === 0) return undefined;
    if (loss?.kind !== "pool" || !own.includes(offers[loss.offer]!)) {
      return this.isOpen.get(`${model} ${region}`);
    }
    const others = own.filter((offer) => isOfferAlive(demand, loss, offer));
    if (others.length === 0) return undefined;
    const key = `${model} ${region} ${loss.offer}`;
    const open = this.isOpenWithout.get(key) ?? this.openWhereUsed(others);
    this.isOpenWithout.set(key, open);
    return open;
  }

  private aliveCapacity(offers: readonly Offer[], loss: CaseLoss | null): Term[] {
    const { demand, capacity } = this.input;
    return offers.flatMap((offer): Term[] =>
      isOfferAlive(demand, loss, offer)
        ? [[capacity[offer.index]!, this.aliveUnits(offer, loss)]]
        : [],
    );
  }

  /** What units on spot capacity count for less in a correction. */
  private spotDiscount(offers: readonly Offer[], loss: CaseLoss | null): Term[] {
    const { demand, capacity } = this.input;
    return offers.flatMap((offer): Term[] => {
      if (!isOfferAlive(demand, loss, offer)) return [];
      const less = (1 - SPOT_WORTH) * capacity[offer.index]! * unitsPerSpotNode(offer);
      return this.spotNodes(offer).map((variable): Term => [-less, variable]);
    });
  }

  /**
   * Units that serve in a case. Nodes of a pool are in the zones in turn, from the first on (`failure-domains.ts`): of
   * N nodes the first of z zones has N / z, rounded up. Of the other zones less is known: they may have none.
   */
  private aliveUnits(offer: Offer, loss: CaseLoss | null): Variable {
    const { demand, unitsMax } = this.input;
    const { index, option, replicasPerNode } = offer;
    const region = regionIndexOf(demand, offer);
    const units = this.units[index]!;
    if (loss?.kind !== "zone" || loss.region !== region || loss.zone !== FIRST_ZONE) return units;
    const known = this.outsideFirstZone.get(index);
    if (known !== undefined) return known;
    const { programme } = this;
    const zones = demand.zones[region]!;
    const alive = programme.variable("integer", unitsMax[index]!);
    const rows: Term[] = [
      [zones, alive],
      [1 - zones, units],
    ];
    programme.row(rows, "<=", 0);
    for (const [part, { replicas }] of option.parts.entries()) {
      const nodes = this.nodes[index]![part]!.map((variable): Term => [1, variable]);
      const gone = programme.variable("integer", unitsMax[index]! * replicas);
      programme.row([[zones, gone], ...scaled(nodes, -1)], ">=", 0);
      programme.row(
        [[replicas, alive], [replicasPerNode, gone], ...scaled(nodes, -replicasPerNode)],
        "<=",
        0,
      );
    }
    this.outsideFirstZone.set(index, alive);
    return alive;
  }

  /** More of something than was too little, less of it on spot capacity, or less load. */
  private addCut(cut: FleetCut, loss: CaseLoss | null, flows: ReadonlyMap<string, Variable>): void {
    const { demand, offers } = this.input;
    const { region, models, origins } = cut;
    if (!isAlike(cut.loss, loss, region)) return;
    const place = region === undefined ? undefined : demand.regions[region]!.name;
    const more = offers.flatMap((offer): Term[] => {
      if (!models.has(offer.option.model) || !isOfferAlive(demand, loss, offer)) return [];
      if (place !== undefined && offer.region !== place) return [];
      const { index } = offer;
      const better = [
        this.thresholds.moreThan(index, cut.units[index]!),
        this.thresholds.lessSpotThan(offer, cut.spotNodes[index]!),
      ];
      return better.flatMap((variable): Term[] => (variable === undefined ? [] : [[1, variable]]));
    });
    if (region === undefined) {
      const closed = cut.open.flatMap((one): Term[] => {
        const isOpen = this.openInCase(one.model, one.region, loss);
        return isOpen === undefined ? [] : [[-1, isOpen]];
      });
      const terms = [...more, ...closed];
      this.programme.row(terms.length > 0 ? terms : [[1, this.never()]], ">=", 1 - closed.length);
      return;
    }
    for (const model of models) {
      const going = this.allGoTo(model, region, origins, flows);
      if (going === undefined) continue;
      const less = going.map(([n, flow]): Term => [-n, flow]);
      this.programme.row([...more, ...less], ">=", 1 - going.length);
    }
  }

  private never(): Variable {
    return this.programme.variable("continuous", 0);
  }
}

function scaled(terms: readonly Term[], by: number): Term[] {
  return terms.map(([coefficient, variable]) => [coefficient * by, variable]);
}
