/**
 * For every failure domain of the fleet: what is inside, what share of the traffic it carries, and what is left at the
 * peak without it. Read off the baseline; nothing fails here, so it is told for every node and replica at once.
 *
 * Where the traffic of a domain goes: to the replicas of the same model in the same region while there are any (or
 * in the fleet, when the gateway routes to any region), otherwise to the other regions that have the model, if DNS fails
 * over. What is left is loaded with demand / capacity left. That it gets there in time, and keeps its latency, is for
 * the cases to show.
 */
import { type FailureDomain, failureDomains } from "../fleet/failure-domains";
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import { type LoadOfPool, type PeakLoads, utilizationOf } from "./pool-loads";
import type { BlastRadiusMap, DomainImpact } from "./stress-report";

/** Less than this of a replica is none. */
const REPLICA_MIN = 1e-9;

export function blastRadiusMap(fleet: ResolvedFleet, loads: PeakLoads): BlastRadiusMap {
  const attempts = loads.pools.reduce((sum, { attemptsPerSecond }) => sum + attemptsPerSecond, 0);
  const places = servingPlaces(fleet, loads.pools);
  return {
    fromSeconds: loads.fromSeconds,
    toSeconds: loads.toSeconds,
    isPeak: loads.isPeak,
    pools: fleet.pools.map(({ name }, index) => {
      const load = loads.pools[index]!;
      return {
        pool: name,
        readyReplicas: load.readyReplicas,
        paidReplicas: load.paidReplicas,
        attemptsPerSecond: load.attemptsPerSecond,
        trafficShare: attempts > 0 ? load.attemptsPerSecond / attempts : null,
        utilization: utilizationOf(load),
      };
    }),
    domains: failureDomains(fleet).map((domain) => impactOf(fleet, loads.pools, places, domain)),
  };
}

/** The pools of one region (or of the fleet) that can take each other's requests: one model, one stage of its work. */
interface Place {
  readonly model: string;
  /** Places of one kind of work: where traffic can go when this one is empty. */
  readonly work: string;
  readonly pools: readonly number[];
  readonly demand: number;
  /** By pool of the fleet: what a replica can do, in the unit of the demand. */
  readonly perReplica: ReadonlyMap<number, number>;
}

function servingPlaces(fleet: ResolvedFleet, loads: readonly LoadOfPool[]): Place[] {
  const workOf = ({ model, role }: ResolvedPool): string =>
    `${model.name} ${role === "prefill" ? "prefill" : "answer"}`;
  const groups = new Map<string, number[]>();
  for (const [index, pool] of fleet.pools.entries()) {
    const where = fleet.routing.regions === "any" ? "" : pool.regionIndex;
    const key = `${workOf(pool)} ${where}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  const known = (indexes: readonly number[]): number[] =>
    indexes.flatMap((index) => loads[index]!.possiblePerReplica ?? []);
  return [...groups.values()].map((pools) => {
    const first = fleet.pools[pools[0]!]!;
    const work = workOf(first);
    const alike = fleet.pools.flatMap((pool, index) => (workOf(pool) === work ? [index] : []));
    // A pool that did nothing is taken for an average one of its model; with none to compare, replicas are counted.
    const usual = meanOf(known(pools)) ?? meanOf(known(alike)) ?? 1;
    return {
      model: first.model.name,
      work,
      pools,
      demand: pools.reduce((sum, pool) => sum + (loads[pool]!.demand ?? 0), 0),
      perReplica: new Map(pools.map((pool) => [pool, loads[pool]!.possiblePerReplica ?? usual])),
    };
  });
}

function impactOf(
  fleet: ResolvedFleet,
  loads: readonly LoadOfPool[],
  places: readonly Place[],
  domain: FailureDomain,
): DomainImpact {
  const held = heldReplicas(loads, domain);
  const attempts = loads.reduce((sum, { attemptsPerSecond }) => sum + attemptsPerSecond, 0);
  let carried = 0;
  for (const [pool, replicas] of held) {
    const { attemptsPerSecond, readyReplicas } = loads[pool]!;
    carried += (attemptsPerSecond * replicas) / readyReplicas;
  }
  const left = (place: Place): number => capacityOf(place, loads, held);
  const struck = places.filter(({ pools }) => pools.some((pool) => held.has(pool)));
  const outcomes = struck.map((place) => outcomeOf(fleet, loads, places, { place, left }));
  const utilizations = outcomes.flatMap(({ utilization }) => utilization ?? []);
  const unserved = outcomes.flatMap(({ isServed, model }) => (isServed ? [] : [model]));
  const highest = utilizations.length === 0 ? null : Math.max(...utilizations);
  return {
    kind: domain.kind,
    name: domain.name,
    replicas: [...held.values()].reduce((sum, replicas) => sum + replicas, 0),
    trafficShare: attempts > 0 ? carried / attempts : null,
    capacityLeftShare: Math.min(1, ...outcomes.map(({ leftShare }) => leftShare)),
    utilizationAfter: unserved.length > 0 ? null : highest,
    isOverloaded: unserved.length > 0 || (highest ?? 0) > 1,
    unserved: [...new Set(unserved)].sort(),
  };
}

interface Outcome {
  readonly model: string;
  readonly leftShare: number;
  readonly utilization: number | null;
  readonly isServed: boolean;
}

/** What becomes of the traffic of one place that lost some of its replicas, or all of them. */
function outcomeOf(
  fleet: ResolvedFleet,
  loads: readonly LoadOfPool[],
  places: readonly Place[],
  { place, left }: { readonly place: Place; readonly left: (place: Place) => number },
): Outcome {
  const { model, demand, work } = place;
  const whole = capacityOf(place, loads, new Map());
  const here = left(place);
  if (here > 0) {
    return { model, leftShare: here / whole, utilization: demand / here, isServed: true };
  }
  const alike = places.filter((other) => other.work === work);
  const total = (of: (place: Place) => number): number =>
    alike.reduce((sum, other) => sum + of(other), 0);
  const canMove = fleet.policies.failover !== undefined;
  const elsewhere = canMove ? total(left) : 0;
  if (elsewhere > 0) {
    return {
      model,
      leftShare: elsewhere / total((other) => capacityOf(other, loads, new Map())),
      utilization: total((other) => other.demand) / elsewhere,
      isServed: true,
    };
  }
  return { model, leftShare: 0, utilization: null, isServed: demand === 0 };
}

/** Replicas that run at the peak, by pool: slots are filled from the first, the last one perhaps for part of the time. */
function heldReplicas(
  loads: readonly LoadOfPool[],
  domain: FailureDomain,
): ReadonlyMap<number, number> {
  const held = new Map<number, number>();
  for (const { pool, replica } of domain.replicas) {
    const running = Math.min(1, Math.max(0, loads[pool]!.readyReplicas - replica));
    if (running > REPLICA_MIN) held.set(pool, (held.get(pool) ?? 0) + running);
  }
  return held;
}

function capacityOf(
  { pools, perReplica }: Place,
  loads: readonly LoadOfPool[],
  without: ReadonlyMap<number, number>,
): number {
  return pools.reduce((sum, pool) => {
    const replicas = loads[pool]!.readyReplicas - (without.get(pool) ?? 0);
    return replicas > REPLICA_MIN ? sum + replicas * perReplica.get(pool)! : sum;
  }, 0);
}

function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
