/**
 * The parts of a fleet that fail as one (clouds, regions, zones, pools, nodes, replicas), and the replica slots
 * that each holds. A slot is a place for a replica, whether one runs there or not: `replicasMax` per pool. What
 * strikes a part, and when, is a scenario's `faults`.
 *
 * Placement is the plainest that a node pool over several zones gives: replica r of a pool is on node
 * floor(r / replicasPerNode), and node n is in zone n mod zones. Every pool begins in the first zone.
 */
import type { FaultTarget } from "./fault-target";
import type { ResolvedFleet, ResolvedPool } from "./resolved-fleet";

/** A place for a replica: pool index, and 0 … replicasMax − 1 within the pool. */
export interface ReplicaSlot {
  readonly pool: number;
  readonly replica: number;
}

export interface FailureDomain {
  readonly kind: "cloud" | "region" | "zone" | "pool" | "node" | "replica";
  /** `aws`, `us-east-1`, `us-east-1/zone-a`, `us-east-1/h100`, `us-east-1/h100/node-2`, `us-east-1/h100/replica-5`. */
  readonly name: string;
  /** What a fault strikes to take exactly this domain. */
  readonly target: FaultTarget;
  /** At least one. */
  readonly replicas: readonly ReplicaSlot[];
}

type DomainTarget = Extract<FaultTarget, { readonly kind: FailureDomain["kind"] }>;

/**
 * Every part of the fleet that has a replica slot, from the widest kind to the narrowest; each kind holds every
 * slot exactly once. Parts without a slot (a zone beyond a pool's nodes) are left out: nothing fails with them.
 */
export function failureDomains(fleet: ResolvedFleet): FailureDomain[] {
  return domainTargets(fleet)
    .map((target) => ({
      kind: target.kind,
      name: nameOfTarget(fleet, target),
      target,
      replicas: replicasOf(fleet, target),
    }))
    .filter((domain) => domain.replicas.length > 0);
}

/**
 * The replica slots that a target holds, by pool and then number. Gateways, health checkers and queues hold none.
 */
export function replicasOf(fleet: ResolvedFleet, target: FaultTarget): readonly ReplicaSlot[] {
  const slots: ReplicaSlot[] = [];
  for (const [index, pool] of fleet.pools.entries()) {
    if (!holdsOfPool(fleet, target, index)) continue;
    for (let replica = 0; replica < pool.replicasMax; replica++) {
      if (holdsReplica(fleet, target, pool, replica)) slots.push({ pool: index, replica });
    }
  }
  return slots;
}

/** Zone within its region, from 0, of a pool's replica. */
export function zoneOf(fleet: ResolvedFleet, pool: number, replica: number): number {
  return zoneOfReplica(fleet, fleet.pools[pool]!, replica);
}

/** Node within its pool, from 0, of a replica. */
export function nodeOf(pool: ResolvedPool, replica: number): number {
  return Math.floor(replica / pool.replicasPerNode);
}

/** Nodes that a pool has when all of its replicas run. */
export function nodesOf(pool: ResolvedPool): number {
  return Math.ceil(pool.replicasMax / pool.replicasPerNode);
}

/** A target in words that stay the same when other parts are added: names of regions and pools, never indexes. */
export function nameOfTarget(fleet: ResolvedFleet, target: FaultTarget): string {
  const region = (index: number): string => fleet.regions[index]!.name;
  const pool = (index: number): string => fleet.pools[index]!.name;
  switch (target.kind) {
    case "fleet":
      return "fleet";
    case "cloud":
      return target.cloud;
    case "region":
      return region(target.region);
    case "zone":
      return `${region(target.region)}/zone-${zoneLetters(target.zone)}`;
    case "pool":
      return pool(target.pool);
    case "node":
      return `${pool(target.pool)}/node-${target.node}`;
    case "replica":
      return `${pool(target.pool)}/replica-${target.replica}`;
    case "gateway":
      return `${region(target.region)}/gateway-${target.process}`;
    case "health-checker":
      return `${region(target.region)}/health-checker`;
    case "queue":
      return `${region(target.region)}/queue`;
  }
}

function domainTargets(fleet: ResolvedFleet): DomainTarget[] {
  const clouds = [...new Set(fleet.regions.map((region) => region.spec.cloud))].sort();
  return [
    ...clouds.map((cloud) => ({ kind: "cloud" as const, cloud })),
    ...fleet.regions.map((_, region) => ({ kind: "region" as const, region })),
    ...fleet.regions.flatMap(({ zones }, region) =>
      numbersBelow(zones).map((zone) => ({ kind: "zone" as const, region, zone })),
    ),
    ...fleet.pools.map((_, pool) => ({ kind: "pool" as const, pool })),
    ...fleet.pools.flatMap((spec, pool) =>
      numbersBelow(nodesOf(spec)).map((node) => ({ kind: "node" as const, pool, node })),
    ),
    ...fleet.pools.flatMap((spec, pool) =>
      numbersBelow(spec.replicasMax).map((replica) => ({
        kind: "replica" as const,
        pool,
        replica,
      })),
    ),
  ];
}

/** Whether a target can hold replicas of a pool at all. */
function holdsOfPool(fleet: ResolvedFleet, target: FaultTarget, pool: number): boolean {
  const { regionIndex } = fleet.pools[pool]!;
  switch (target.kind) {
    case "fleet":
      return true;
    case "cloud":
      return fleet.regions[regionIndex]!.spec.cloud === target.cloud;
    case "region":
    case "zone":
      return regionIndex === target.region;
    case "pool":
    case "node":
    case "replica":
      return pool === target.pool;
    case "gateway":
    case "health-checker":
    case "queue":
      return false;
  }
}

/** Whether a target that holds replicas of the pool holds this one. */
function holdsReplica(
  fleet: ResolvedFleet,
  target: FaultTarget,
  pool: ResolvedPool,
  replica: number,
): boolean {
  switch (target.kind) {
    case "zone":
      return zoneOfReplica(fleet, pool, replica) === target.zone;
    case "node":
      return nodeOf(pool, replica) === target.node;
    case "replica":
      return replica === target.replica;
    default:
      return true;
  }
}

function zoneOfReplica(fleet: ResolvedFleet, pool: ResolvedPool, replica: number): number {
  return nodeOf(pool, replica) % fleet.regions[pool.regionIndex]!.zones;
}

/** a … z, aa, ab …: as clouds letter their zones, and on. */
function zoneLetters(zone: number): string {
  const last = String.fromCharCode("a".charCodeAt(0) + (zone % 26));
  return zone < 26 ? last : zoneLetters(Math.floor(zone / 26) - 1) + last;
}

function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
