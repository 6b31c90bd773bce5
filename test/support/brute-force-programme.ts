/** Least cost of a fleet programme's input, by trying every number of units of each offer. Pools of one part only. */
import type { CaseLoss } from "../../planner/sizing/demand";
import type { Offer } from "../../planner/sizing/offer";
import type { FleetProgrammeInput } from "../../planner/sizing/programme/programme-input";

/** undefined: no fleet is allowed. */
export function bruteFleet(input: FleetProgrammeInput): number | undefined {
  let least: number | undefined;
  for (const units of everyFleet(input.unitsMax)) {
    for (const { usd, spot } of waysToBuy(input, units)) {
      if (least !== undefined && usd >= least) continue;
      if (isAllowed(input, units, spot)) least = usd;
    }
  }
  return least;
}

function everyFleet(unitsMax: readonly number[]): number[][] {
  return unitsMax.reduce<number[][]>(
    (fleets, most) =>
      fleets.flatMap((fleet) => Array.from({ length: most + 1 }, (_, n) => [...fleet, n])),
    [[]],
  );
}

interface Bought {
  /** With what it costs to change. */
  readonly usd: number;
  /** Nodes on spot capacity, by offer. */
  readonly spot: readonly number[];
}

/** Every way to buy whole nodes with no more of them on spot capacity than allowed. */
function waysToBuy(
  { offers, search, change }: FleetProgrammeInput,
  units: readonly number[],
): readonly Bought[] {
  const changed = units.map((n, index) => Math.abs(n - (change?.units[index] ?? n)));
  const usdOfChange = changed.reduce((total, n) => total + n, 0) * (change?.usdPerHour ?? 0);
  let ways: Bought[] = [{ usd: usdOfChange, spot: [] }];
  for (const { index, prices, replicasPerNode } of offers) {
    const nodes = Math.ceil(units[index]! / replicasPerNode);
    const [onDemand, spot] = prices;
    const counts = spot === undefined ? [0] : Array.from({ length: nodes + 1 }, (_, n) => n);
    ways = ways.flatMap((way) =>
      counts.map((n) => ({
        usd: way.usd + (nodes - n) * onDemand!.usdPerNodeHour + n * (spot?.usdPerNodeHour ?? 0),
        spot: [...way.spot, n],
      })),
    );
  }
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = `${offer.region} ${offer.option.model}`;
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  return ways.filter(({ spot }) =>
    [...groups.values()].every((own) => {
      const onSpot = own.reduce((n, one) => n + spot[one.index]! * one.replicasPerNode, 0);
      const all = own.reduce((n, { index }) => n + units[index]!, 0);
      return onSpot <= search.spotShareMax * all;
    }),
  );
}

/** @param spot nodes on spot capacity, by offer */
export function isAllowed(
  input: FleetProgrammeInput,
  units: readonly number[],
  spot: readonly number[],
): boolean {
  const { offers, search, demand, losses, capacity } = input;
  for (const { region, of, name, max } of search.quotas) {
    const used = offers
      .filter(({ option: { instanceType }, ...offer }) => {
        const own = of === "accelerator" ? instanceType.accelerator : instanceType.name;
        return offer.region === region && own === name;
      })
      .reduce((sum, { index, replicasPerNode, option }) => {
        const each = of === "accelerator" ? option.instanceType.acceleratorCount : 1;
        return sum + Math.ceil(units[index]! / replicasPerNode) * each;
      }, 0);
    if (used > max) return false;
  }
  const models = [...new Set(offers.map(({ option }) => option.model))];
  return models.every((model) => {
    const own = offers.filter(({ option }) => option.model === model);
    const inRegion = demand.regions.map(({ name }) =>
      own.reduce((sum, { region, index }) => sum + (region === name ? units[index]! : 0), 0),
    );
    const open = inRegion.filter((count) => count > 0);
    if (open.length < search.regionsMin || open.some((n) => n < search.replicasMin)) return false;
    return losses.every((loss) => {
      const alive = offers.map((offer) => aliveUnits(input, units, offer, loss));
      const where = openRegions(input, { model, units, loss });
      const flows = flowsOf(input, model, where);
      if (flows === undefined) return false;
      const can = (region: number | undefined): number =>
        own.reduce((sum, offer) => {
          const isThere = region === undefined || offer.region === demand.regions[region]!.name;
          return isThere ? sum + alive[offer.index]! * capacity[offer.index]! : sum;
        }, 0);
      // Of what is on spot capacity a third.
      const counted = (region: number | undefined): number =>
        can(region) -
        own.reduce((sum, { index, region: name, replicasPerNode }) => {
          const isThere = region === undefined || name === demand.regions[region]!.name;
          const isGone = isLost(input, loss, index);
          if (!isThere || isGone) return sum;
          return sum + (2 / 3) * spot[index]! * replicasPerNode * capacity[index]!;
        }, 0);
      return (
        demand.peaks.every(({ rates }) => {
          const load = (region: number): number =>
            rates
              .get(model)!
              .reduce((sum, n, origin) => sum + (flows[origin] === region ? n : 0), 0);
          if (flows.includes(undefined) && demand.reach.kind === "pooled") {
            return can(undefined) >= rates.get(model)!.reduce((sum, n) => sum + n, 0);
          }
          return demand.regions.every((_, region) => can(region) >= load(region));
        }) &&
        keepsCorrections(input, { model, flows, loss, can: counted }) &&
        keepsCuts(input, { model, flows, loss, units, spot, where })
      );
    });
  });
}

function isLost({ offers, demand }: FleetProgrammeInput, loss: CaseLoss | null, index: number) {
  if (loss?.kind === "pool") return loss.offer === index;
  return loss?.kind === "region" && demand.regions[loss.region]!.name === offers[index]!.region;
}

/** Nodes of a pool are in the zones in turn, the first of them in the first. */
function aliveUnits(
  { demand }: FleetProgrammeInput,
  units: readonly number[],
  { index, region, replicasPerNode }: Offer,
  loss: CaseLoss | null,
): number {
  const place = demand.regions.findIndex(({ name }) => name === region);
  if (loss?.kind === "pool" && loss.offer === index) return 0;
  if (loss?.kind === "region" && loss.region === place) return 0;
  if (loss?.kind !== "zone" || loss.region !== place) return units[index]!;
  const zones = demand.zones[place]!;
  const nodes = Math.ceil(units[index]! / replicasPerNode);
  const left = nodes - Math.ceil(nodes / zones);
  // As the programme has it: never more than are left, and never more than the share of the other zones.
  return Math.min(left * replicasPerNode, Math.floor(units[index]! * (1 - 1 / zones) + 1e-9));
}

function openRegions(
  { demand, offers }: FleetProgrammeInput,
  at: {
    readonly model: string;
    readonly units: readonly number[];
    readonly loss: CaseLoss | null;
  },
): boolean[] {
  const { model, units, loss } = at;
  return demand.regions.map(({ name }, region) =>
    offers.some(
      (offer) =>
        offer.region === name &&
        offer.option.model === model &&
        units[offer.index]! > 0 &&
        !(loss?.kind === "region" && loss.region === region) &&
        !(loss?.kind === "pool" && loss.offer === offer.index),
    ),
  );
}

/** Region of each origin; undefined entries: anywhere, or nothing is sent. undefined: some have nowhere to go. */
function flowsOf(
  { demand }: FleetProgrammeInput,
  model: string,
  open: readonly boolean[],
): (number | undefined)[] | undefined {
  const { reach, peaks } = demand;
  if (reach.kind === "pooled") return [undefined, undefined];
  const flows = reach.orders.map((order, origin) => {
    const asks = peaks.some(({ rates }) => rates.get(model)![origin]! > 0);
    return asks ? (order.find((region) => open[region]) ?? null) : undefined;
  });
  return flows.includes(null) ? undefined : (flows as (number | undefined)[]);
}

interface At {
  readonly model: string;
  readonly flows: readonly (number | undefined)[];
  readonly loss: CaseLoss | null;
}

/** In the same case; of a region also in others in which its zones are all there. */
function isAlike(loss: CaseLoss | null, region: number | undefined): boolean {
  if (loss === null) return true;
  return region !== undefined && !(loss.kind === "zone" && loss.region === region);
}

function keepsCorrections(
  { corrections, demand }: FleetProgrammeInput,
  { model, flows, loss, can }: At & { can(region: number | undefined): number },
): boolean {
  return corrections.every((one) => {
    if (one.model !== model || !isAlike(loss, one.region)) return true;
    const { rates } = demand.peaks[one.peak]!;
    // Without load at that peak nothing is asked of the region.
    if (one.region === undefined) {
      const load = rates.get(model)!.reduce((sum, n) => sum + n, 0);
      return load === 0 || can(undefined) >= one.callsPerSecond;
    }
    return (
      !one.origins.every((origin) => flows[origin] === one.region) ||
      can(one.region) >= one.callsPerSecond
    );
  });
}

function keepsCuts(
  { cuts, offers, demand }: FleetProgrammeInput,
  at: At & {
    readonly units: readonly number[];
    readonly spot: readonly number[];
    readonly where: readonly boolean[];
  },
): boolean {
  const { model, flows, loss, units, spot, where } = at;
  return cuts.every((cut) => {
    if (!cut.models.has(model) || !isAlike(loss, cut.region)) return true;
    const place = cut.region === undefined ? undefined : demand.regions[cut.region]!.name;
    const hasBetter = offers.some(
      ({ index, region, option }) =>
        option.model === model &&
        (place === undefined || region === place) &&
        !(loss?.kind === "region" && demand.regions[loss.region]!.name === region) &&
        !(loss?.kind === "pool" && loss.offer === index) &&
        (units[index]! > cut.units[index]! || spot[index]! < cut.spotNodes[index]!),
    );
    if (hasBetter) return true;
    if (cut.region === undefined) return cut.open.some(({ region }) => !where[region]);
    return !cut.origins.every((origin) => flows[origin] === cut.region);
  });
}
