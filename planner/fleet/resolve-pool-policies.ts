/** A pool's circuit breaker and health checks with every default filled in. Their problems: `check-gateway.ts`. */

import type { CircuitBreakerSpec, HealthCheckSpec } from "./policies-spec";
import {
  ACTIVE_DEFAULTS,
  autoLimits,
  CIRCUIT_BREAKER_DEFAULTS,
  limitDefault,
  maxEjectionTimeDefault,
  PANIC_THRESHOLD_DEFAULT,
  PASSIVE_DEFAULTS,
} from "./policy-defaults";
import type { ResolvedEngine } from "./resolved-fleet";
import {
  NO_POOL_POLICIES,
  type ResolvedCircuitBreaker,
  type ResolvedGateway,
  type ResolvedHealthCheck,
} from "./resolved-policies";

/** A pool as far as its concurrency goes. */
export interface ConcurrentPool {
  readonly role: "unified" | "prefill" | "decode";
  readonly modelName: string;
  readonly regionIndex: number;
  readonly replicasMax: number;
  readonly engine: Pick<ResolvedEngine, "maxSequences" | "dataParallel">;
}

/**
 * Requests sent to a pool that engines run at once, with all replicas. A request that a prefill pool was sent is
 * under way until a decode pool has finished it.
 */
export function concurrencyBehind(pool: ConcurrentPool, all: readonly ConcurrentPool[]): number {
  const partners =
    pool.role === "prefill"
      ? all.filter(
          ({ role, modelName, regionIndex }) =>
            role === "decode" && modelName === pool.modelName && regionIndex === pool.regionIndex,
        )
      : [];
  return [pool, ...partners].reduce(
    (sum, { replicasMax, engine }) => sum + replicasMax * engine.maxSequences * engine.dataParallel,
    0,
  );
}

/** @param concurrency of `concurrencyBehind`: what `auto` follows */
export function resolveCircuitBreaker(
  spec: CircuitBreakerSpec,
  gateway: ResolvedGateway,
  concurrency: number,
): ResolvedCircuitBreaker {
  const auto = autoLimits(concurrency, gateway);
  const limit = (key: keyof typeof auto): number => {
    const given = spec[key];
    if (given === undefined) return limitDefault(gateway).value;
    if (given === "auto") return auto[key];
    return given === "unlimited" ? Number.POSITIVE_INFINITY : given;
  };
  const { retryBudget } = spec;
  const { retryBudgetPercent, minRetryConcurrency } = CIRCUIT_BREAKER_DEFAULTS;
  return {
    maxConnections: limit("maxConnections"),
    maxPendingRequests: limit("maxPendingRequests"),
    maxParallelRequests: limit("maxParallelRequests"),
    maxParallelRetries: limit("maxParallelRetries"),
    retryBudget:
      retryBudget === undefined
        ? undefined
        : {
            share: retryBudget.percent ?? retryBudgetPercent.value,
            minRetryConcurrency: retryBudget.minRetryConcurrency ?? minRetryConcurrency.value,
          },
  };
}

export function resolveHealthCheck(spec: HealthCheckSpec | undefined): ResolvedHealthCheck {
  if (spec === undefined) return NO_POOL_POLICIES.healthCheck;
  const { passive, active } = spec;
  const baseEjectionSeconds = passive?.baseEjectionTime ?? PASSIVE_DEFAULTS.baseEjectionTime.value;
  return {
    passive:
      passive === undefined
        ? undefined
        : {
            consecutive5XxErrors:
              passive.consecutive5XxErrors ?? PASSIVE_DEFAULTS.consecutive5XxErrors.value,
            intervalSeconds: passive.interval ?? PASSIVE_DEFAULTS.interval.value,
            baseEjectionSeconds,
            maxEjectionSeconds:
              passive.maxEjectionTime ?? maxEjectionTimeDefault(baseEjectionSeconds).value,
            maxEjectionShare:
              passive.maxEjectionPercent ?? PASSIVE_DEFAULTS.maxEjectionPercent.value,
            alwaysEjectOneEndpoint:
              passive.alwaysEjectOneEndpoint ?? PASSIVE_DEFAULTS.alwaysEjectOneEndpoint.value,
            halfOpenRequests: passive.halfOpenRequests ?? PASSIVE_DEFAULTS.halfOpenRequests.value,
          },
    active:
      active === undefined
        ? undefined
        : {
            intervalSeconds: active.interval ?? ACTIVE_DEFAULTS.interval.value,
            timeoutSeconds: active.timeout ?? ACTIVE_DEFAULTS.timeout.value,
            unhealthyThreshold:
              active.unhealthyThreshold ?? ACTIVE_DEFAULTS.unhealthyThreshold.value,
            healthyThreshold: active.healthyThreshold ?? ACTIVE_DEFAULTS.healthyThreshold.value,
          },
    panicThreshold: spec.panicThreshold ?? PANIC_THRESHOLD_DEFAULT.value,
  };
}
