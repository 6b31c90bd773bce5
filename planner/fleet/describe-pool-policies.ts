/**
 * What `capplan validate` prints of one pool's replicas, capacity, circuit breaker and health checks: every value,
 * and whether the pool or the fleet gave it, or why it is a default. Autoscaling is `describe-autoscaling.ts`.
 */
import type { Distribution } from "../foundation/distributions";
import { formatDuration, formatNumber, formatShare } from "../foundation/format-units";
import { COLD_START_DEFAULTS, replicasPerNode, weightLoadDefault } from "./capacity-defaults";
import { acceleratorsOf } from "./defaults";
import { describeAutoscaling } from "./describe-autoscaling";
import { describePrices, describePurchase } from "./describe-purchase";
import type { FleetSpec, PoolSpec } from "./fleet-spec";
import { formatDistribution } from "./format-distribution";
import { circuitBreakerOf, healthCheckOf, type PlacedPool } from "./placed-pools";
import {
  ACTIVE_DEFAULTS,
  AUTO_LIMIT_REASONS,
  CIRCUIT_BREAKER_DEFAULTS,
  limitDefault,
  maxEjectionTimeDefault,
  PANIC_THRESHOLD_DEFAULT,
  PASSIVE_DEFAULTS,
} from "./policy-defaults";
import type { ResolvedFleet, ResolvedPool } from "./resolved-fleet";
import { derived, given, ownOrFleets, policyRows, type ResolvedRow, row } from "./resolved-row";

/** A number of replicas, or the bounds of autoscaling. */
export function describeReplicas(path: string, spec: PoolSpec, pool: ResolvedPool): ResolvedRow[] {
  const at = `${path}.replicas`;
  const { replicas } = spec;
  const node = replicasPerNode(pool.instanceType, acceleratorsOf(spec.engine));
  const perNode = derived(`${path}.replicasPerNode`, String(node.value), node.reason);
  if (typeof replicas === "number") return [given(at, String(replicas)), perNode];
  return [
    given(`${at}.min`, String(pool.replicasMin)),
    given(`${at}.max`, String(pool.replicasMax)),
    row(`${at}.initial`, String(pool.replicas), replicas.initial, "min"),
    perNode,
  ];
}

/** Everything else that a pool has of policies. */
export function describePoolPolicies(
  spec: FleetSpec,
  placed: PlacedPool,
  pool: ResolvedPool,
  fleet: ResolvedFleet,
): ResolvedRow[] {
  return [
    ...describePurchase(spec, placed, pool, fleet),
    ...describePrices(placed, pool),
    ...describeColdStart(spec, placed, pool),
    ...describeAutoscaling(spec, placed, pool),
    ...describeCircuitBreaker(spec, placed, pool, fleet),
    ...describeHealthCheck(spec, placed, pool),
  ];
}

const durations = (distribution: Distribution) => formatDistribution(distribution, formatDuration);

function describeColdStart(
  { coldStart: fleets }: FleetSpec,
  { path, pool: written }: PlacedPool,
  { coldStart, model, engine }: ResolvedPool,
): ResolvedRow[] {
  const part = (key: "node" | "imagePull" | "weights", value: Distribution, reason: string) =>
    ownOrFleets(
      `${path}.coldStart.${key}`,
      durations(value),
      written.coldStart?.[key],
      { value: fleets?.[key], path: "fleet.coldStart" },
      reason,
    );
  const { node, imagePull } = COLD_START_DEFAULTS;
  const weights = weightLoadDefault(model, engine.weightPrecision);
  return [
    part("node", coldStart.nodeSeconds, node.reason),
    part("imagePull", coldStart.imagePullSeconds, imagePull.reason),
    part("weights", coldStart.weightLoadSeconds, weights.reason),
  ];
}

function describeCircuitBreaker(
  spec: FleetSpec,
  placed: PlacedPool,
  { circuitBreaker }: ResolvedPool,
  fleet: ResolvedFleet,
): ResolvedRow[] {
  const at = `${placed.path}.circuitBreaker`;
  const followed = circuitBreakerOf(spec, placed);
  if (followed === undefined || circuitBreaker === undefined)
    return [row(at, "none", placed.pool.circuitBreaker, notGiven(placed, "no limits"))];
  const { policy } = followed;
  const { gateway } = fleet.policies;
  const put = policyRows(at, followed.path);
  const limit = (key: keyof typeof AUTO_LIMIT_REASONS): ResolvedRow => {
    const value = formatNumber(circuitBreaker[key]);
    if (policy[key] === "auto") return derived(`${at}.${key}`, value, AUTO_LIMIT_REASONS[key]);
    return put(key, value, policy[key], limitDefault(gateway).reason);
  };
  const limits = [
    limit("maxConnections"),
    limit("maxPendingRequests"),
    limit("maxParallelRequests"),
  ];
  const budget = circuitBreaker.retryBudget;
  if (budget === undefined) return [...limits, limit("maxParallelRetries")];
  const defaults = CIRCUIT_BREAKER_DEFAULTS;
  const written = policy.retryBudget;
  return [
    ...limits,
    put(
      "retryBudget.percent",
      formatShare(budget.share),
      written?.percent,
      defaults.retryBudgetPercent.reason,
    ),
    put(
      "retryBudget.minRetryConcurrency",
      String(budget.minRetryConcurrency),
      written?.minRetryConcurrency,
      defaults.minRetryConcurrency.reason,
    ),
  ];
}

function notGiven({ pool }: PlacedPool, otherwise: string): string {
  return pool.role === "decode" ? "its requests come from prefill pools" : otherwise;
}

function describeHealthCheck(
  spec: FleetSpec,
  placed: PlacedPool,
  { healthCheck }: ResolvedPool,
): ResolvedRow[] {
  const at = `${placed.path}.healthCheck`;
  const followed = healthCheckOf(spec, placed);
  if (followed === undefined)
    return [row(at, "none", placed.pool.healthCheck, notGiven(placed, "no replica is left out"))];
  const put = policyRows(at, followed.path);
  const { passive: writtenPassive, active: writtenActive, panicThreshold } = followed.policy;
  const { passive, active } = healthCheck;
  const rows: ResolvedRow[] = [];
  if (passive !== undefined) {
    const part = <Key extends keyof typeof PASSIVE_DEFAULTS>(key: Key, value: string) =>
      put(`passive.${key}`, value, writtenPassive?.[key], PASSIVE_DEFAULTS[key].reason);
    rows.push(
      part("consecutive5XxErrors", String(passive.consecutive5XxErrors)),
      part("interval", formatDuration(passive.intervalSeconds)),
      part("baseEjectionTime", formatDuration(passive.baseEjectionSeconds)),
      put(
        "passive.maxEjectionTime",
        formatDuration(passive.maxEjectionSeconds),
        writtenPassive?.maxEjectionTime,
        maxEjectionTimeDefault(passive.baseEjectionSeconds).reason,
      ),
      part("maxEjectionPercent", formatShare(passive.maxEjectionShare)),
      part("alwaysEjectOneEndpoint", String(passive.alwaysEjectOneEndpoint)),
      part("halfOpenRequests", formatNumber(passive.halfOpenRequests)),
    );
  }
  if (active !== undefined) {
    const part = <Key extends keyof typeof ACTIVE_DEFAULTS>(key: Key, value: string) =>
      put(`active.${key}`, value, writtenActive?.[key], ACTIVE_DEFAULTS[key].reason);
    rows.push(
      part("interval", formatDuration(active.intervalSeconds)),
      part("timeout", formatDuration(active.timeoutSeconds)),
      part("unhealthyThreshold", String(active.unhealthyThreshold)),
      part("healthyThreshold", String(active.healthyThreshold)),
    );
  }
  const panic = formatShare(healthCheck.panicThreshold);
  return [...rows, put("panicThreshold", panic, panicThreshold, PANIC_THRESHOLD_DEFAULT.reason)];
}
