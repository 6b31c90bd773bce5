/** Pools as written, with where they stand, and which of the fleet's policies each of them follows. */
import type { FleetSpec, PoolSpec } from "./fleet-spec";
import { poolPath } from "./names";
import type { CircuitBreakerSpec, HealthCheckSpec } from "./policies-spec";
import type { AutoscalingSpec, ReplicasSpec } from "./scaling-spec";

export interface PlacedPool {
  readonly path: string;
  /** As written. */
  readonly region: string;
  /** `region/pool`, as written. */
  readonly name: string;
  readonly pool: PoolSpec;
}

/** Every pool, by region and name, whatever the order in the file. */
export function placedPools(spec: FleetSpec): PlacedPool[] {
  return Object.entries(spec.regions)
    .flatMap(([region, { pools }]) =>
      Object.entries(pools).map(([name, pool]) => ({
        path: poolPath(region, name),
        region,
        name: `${region}/${name}`,
        pool,
      })),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fewest and most replicas, and those at the start. */
export interface ReplicaBounds {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
}

export function replicaBounds(spec: ReplicasSpec): ReplicaBounds {
  if (typeof spec === "number") return { min: spec, max: spec, initial: spec };
  return { min: spec.min, max: spec.max, initial: spec.initial ?? spec.min };
}

/** A policy as a pool follows it, and where that stands. */
export interface Followed<Policy> {
  readonly policy: Policy;
  readonly path: string;
}

/** What scales a pool: its own, or the fleet's when its replicas have bounds. */
export function autoscalingOf(
  spec: FleetSpec,
  { path, pool }: PlacedPool,
): Followed<AutoscalingSpec> | undefined {
  const own = pool.autoscaling;
  if (own === "none") return undefined;
  if (own !== undefined) return { policy: own, path: `${path}.autoscaling` };
  const { min, max } = replicaBounds(pool.replicas);
  if (spec.autoscaling === undefined || min >= max) return undefined;
  return { policy: spec.autoscaling, path: "fleet.autoscaling" };
}

/** A pool's circuit breaker: its own whole, or else the fleet's. A decode pool gets nothing from the gateway. */
export function circuitBreakerOf(
  spec: FleetSpec,
  placed: PlacedPool,
): Followed<CircuitBreakerSpec> | undefined {
  return ownOrFleets("circuitBreaker", placed, placed.pool.circuitBreaker, spec.circuitBreaker);
}

/** A pool's health checks: its own whole, or else the fleet's. A decode pool gets nothing from the gateway. */
export function healthCheckOf(
  spec: FleetSpec,
  placed: PlacedPool,
): Followed<HealthCheckSpec> | undefined {
  return ownOrFleets("healthCheck", placed, placed.pool.healthCheck, spec.healthCheck);
}

function ownOrFleets<Policy extends object>(
  key: string,
  { path, pool }: PlacedPool,
  own: Policy | "none" | undefined,
  fleets: Policy | undefined,
): Followed<Policy> | undefined {
  if (own === "none" || pool.role === "decode") return undefined;
  if (own !== undefined) return { policy: own, path: `${path}.${key}` };
  return fleets === undefined ? undefined : { policy: fleets, path: `fleet.${key}` };
}
