/**
 * What a setting of a policy is when the policy is given and the setting is left out, and why. A policy that is not
 * given stays off: see NO_POLICIES and NO_POOL_POLICIES.
 *
 * Sources: Envoy Gateway 1.9's API (api/v1alpha1, the defaults of its CRDs) and the Envoy API where Envoy Gateway
 * leaves a value to Envoy; Amazon SQS and Google Pub/Sub quotas; KEDA 2.20 (ScaledObject) and the Kubernetes HPA
 * (kube-controller-manager flags, autoscaling/v2 behaviour); Amazon Route 53 developer guide.
 */
import type { Default } from "./defaults";
import { NO_POLICIES, type ResolvedGateway, type RetryTrigger } from "./resolved-policies";

type Defaults = Readonly<Record<string, Default<unknown>>>;

export const CIRCUIT_BREAKER_DEFAULTS = {
  retryBudgetPercent: { value: 0.2, reason: "Envoy" },
  minRetryConcurrency: { value: 3, reason: "Envoy" },
} as const satisfies Defaults;

const ENVOY_GATEWAY_LIMIT = 1024;

/** Envoy Gateway's limit on anything, which counts per process. */
export function limitDefault({ replicas }: ResolvedGateway): Default<number> {
  const value = ENVOY_GATEWAY_LIMIT * replicas;
  return replicas === 1
    ? { value, reason: "Envoy Gateway" }
    : { value, reason: `Envoy Gateway: ${ENVOY_GATEWAY_LIMIT} in each of ${replicas} processes` };
}

/** Pending requests and retries that `auto` allows, as shares of the parallel requests that it allows. */
const AUTO_PENDING_SHARE = 0.1;
const AUTO_RETRY_SHARE = CIRCUIT_BREAKER_DEFAULTS.retryBudgetPercent.value;

/** What each limit of a circuit breaker follows when it is `auto`. */
export const AUTO_LIMIT_REASONS = {
  maxConnections: "auto: one for each parallel request (HTTP/1.1)",
  maxPendingRequests:
    "auto: a tenth of maxParallelRequests, so that overload is refused and does not wait",
  maxParallelRequests:
    "auto: what the engines of all replicas run at once (maxSequences × dataParallel)",
  maxParallelRetries: "auto: a fifth of maxParallelRequests, as Envoy's retry budget",
} as const;

/**
 * What `auto` is for each limit of a circuit breaker.
 *
 * @param concurrency requests that the engines behind the pool run at once with all replicas
 * @param gateway each process must get at least one of everything
 */
export function autoLimits(
  concurrency: number,
  { replicas }: ResolvedGateway,
): Readonly<Record<keyof typeof AUTO_LIMIT_REASONS, number>> {
  const atLeast = (value: number, least: number) => Math.max(Math.ceil(value), least, replicas);
  const { minRetryConcurrency } = CIRCUIT_BREAKER_DEFAULTS;
  return {
    maxConnections: atLeast(concurrency, 1),
    maxPendingRequests: atLeast(concurrency * AUTO_PENDING_SHARE, 1),
    maxParallelRequests: atLeast(concurrency, 1),
    maxParallelRetries: atLeast(concurrency * AUTO_RETRY_SHARE, minRetryConcurrency.value),
  };
}

export const PASSIVE_DEFAULTS = {
  consecutive5XxErrors: { value: 5, reason: "Envoy Gateway" },
  interval: { value: 3, reason: "Envoy Gateway" },
  baseEjectionTime: { value: 30, reason: "Envoy Gateway" },
  maxEjectionPercent: { value: 0.1, reason: "Envoy Gateway" },
  alwaysEjectOneEndpoint: { value: false, reason: "Envoy Gateway" },
  halfOpenRequests: {
    value: Number.POSITIVE_INFINITY,
    reason: "a replica comes back whole, as in Envoy",
  },
} as const satisfies Defaults;

const MAX_EJECTION_SECONDS = 300;

/** Envoy's max_ejection_time: 300 s, or the base when that is longer. */
export function maxEjectionTimeDefault(baseEjectionSeconds: number): Default<number> {
  return baseEjectionSeconds > MAX_EJECTION_SECONDS
    ? { value: baseEjectionSeconds, reason: "Envoy: baseEjectionTime, since that is longer" }
    : { value: MAX_EJECTION_SECONDS, reason: "Envoy" };
}

export const ACTIVE_DEFAULTS = {
  interval: { value: 3, reason: "Envoy Gateway" },
  timeout: { value: 1, reason: "Envoy Gateway" },
  unhealthyThreshold: { value: 3, reason: "Envoy Gateway" },
  healthyThreshold: { value: 1, reason: "Envoy Gateway" },
} as const satisfies Defaults;

export const PANIC_THRESHOLD_DEFAULT: Default<number> = { value: 0.5, reason: "Envoy Gateway" };

const DEFAULT_TRIGGERS: readonly RetryTrigger[] = [
  "connect-failure",
  "refused-stream",
  "retriable-status-codes",
];
/** Envoy: the longest wait, as a multiple of the base. */
const MAX_BACKOFF_FACTOR = 10;

export const RETRY_DEFAULTS = {
  numRetries: { value: 2, reason: "Envoy Gateway" },
  retryOn: { value: DEFAULT_TRIGGERS, reason: "Envoy Gateway, of its triggers for HTTP" },
  perRetryTimeout: { value: Number.POSITIVE_INFINITY, reason: "Envoy: none" },
  baseInterval: { value: 0.025, reason: "Envoy" },
} as const satisfies Defaults;

/** Envoy: ten times the base interval. */
export function maxIntervalDefault(baseIntervalSeconds: number): Default<number> {
  return { value: baseIntervalSeconds * MAX_BACKOFF_FACTOR, reason: "Envoy: 10 × baseInterval" };
}

export const TIMEOUT_DEFAULTS = {
  connectTimeout: { value: NO_POLICIES.timeout.connectSeconds, reason: "Envoy" },
  requestTimeout: {
    value: Number.POSITIVE_INFINITY,
    reason: "a limit on the whole answer cuts long streams",
  },
  streamIdleTimeout: { value: Number.POSITIVE_INFINITY, reason: "first tokens may be late" },
  maxStreamDuration: { value: Number.POSITIVE_INFINITY, reason: "Envoy: none" },
} as const satisfies Defaults;

export const ADMISSION_DEFAULTS = {
  burst: { value: 1, reason: "one second's worth, as a limit per second in Envoy Gateway" },
  per: { value: "all", reason: "one bucket" },
  concurrency: { value: Number.POSITIVE_INFINITY, reason: "no limit" },
  priorityShedding: { value: 1, reason: "not shed before concurrency is used up" },
  deadlineAware: { value: false, reason: "waits are not foreseen" },
  queueLimit: { value: 0, reason: "nothing waits at the gateway" },
  retryAfter: { value: 0, reason: "clients are told nothing" },
} as const satisfies Defaults;

export const ADMISSION_CONTROL_DEFAULTS = {
  minSuccessRate: { value: 0.95, reason: "Envoy Gateway" },
  minRequestRate: { value: 0, reason: "Envoy Gateway" },
  samplingWindow: { value: 30, reason: "Envoy Gateway" },
  maxRejectionPercent: { value: 0.8, reason: "Envoy Gateway" },
  rejectionAggression: { value: 1, reason: "Envoy Gateway" },
} as const satisfies Defaults;

export const HEDGING_MAX_SHARE_DEFAULT: Default<number> = {
  value: 0.05,
  reason: "hedging the slowest 5% keeps the extra load at 5% (Dean and Barroso, 2013)",
};

export const QUEUE_DEFAULTS = {
  visibilityTimeout: {
    value: NO_POLICIES.queue.visibilityTimeoutSeconds,
    reason: "Pub/Sub's longest; SQS's own 30 s are shorter than many answers",
  },
  heartbeat: {
    value: NO_POLICIES.queue.heartbeat,
    reason: "Pub/Sub's clients extend by themselves",
  },
  maxReceiveCount: {
    value: NO_POLICIES.queue.maxReceiveCount,
    reason: "Pub/Sub's default and smallest",
  },
  retention: { value: NO_POLICIES.queue.retentionSeconds, reason: "SQS" },
  deadLetterRetention: {
    value: NO_POLICIES.queue.deadLetterRetentionSeconds,
    reason: "SQS's longest: its clock starts when the message was first sent",
  },
  consumersPerReplica: {
    value: NO_POLICIES.queue.consumersPerReplica,
    reason: "beyond this many per replica, TPOT grows on most hardware",
  },
  maxOutstandingPerReplica: {
    value: NO_POLICIES.queue.maxOutstandingPerReplica,
    reason: "as many direct requests again",
  },
  maxAge: { value: NO_POLICIES.queue.maxAgeSeconds, reason: "no alarm" },
} as const satisfies Defaults;

const HEARTBEAT_SECONDS = 30;
const HEARTBEATS_MISSED = 3;
/** Above the longest attempt, for what a consumer does before and after it. */
const AUTO_VISIBILITY_MARGIN = 1.2;

/**
 * What `auto` is for the visibility timeout: undefined when nothing bounds how long a message is worked on.
 *
 * @param attemptSecondsMax longest attempt that the timeouts allow; Infinity = none
 */
export function autoVisibility(
  heartbeat: boolean,
  attemptSecondsMax: number,
): Default<number> | undefined {
  if (heartbeat) {
    const value = HEARTBEAT_SECONDS * HEARTBEATS_MISSED;
    return { value, reason: `auto: three heartbeats of ${HEARTBEAT_SECONDS} s missed` };
  }
  if (attemptSecondsMax === Number.POSITIVE_INFINITY) return undefined;
  const value = attemptSecondsMax * AUTO_VISIBILITY_MARGIN;
  return { value, reason: "auto: 1.2 × the longest attempt that the timeouts allow" };
}

export const FAILOVER_DEFAULTS = {
  policy: { value: "latency", reason: "the shortest round trip" },
  interval: { value: 30, reason: "Route 53's standard health check" },
  failureThreshold: { value: 3, reason: "Route 53" },
  minHealthyShare: {
    value: 0.01,
    reason: "one ready replica is enough, as for the DNS failover of a load balancer",
  },
  ttl: { value: 60, reason: "Route 53's for aliases of load balancers" },
  resolversIgnoringTtl: { value: 0, reason: "every resolver keeps to the TTL" },
} as const satisfies Defaults;

/** Route 53 has one threshold for both directions. */
export function successThresholdDefault(failureThreshold: number): Default<number> {
  return { value: failureThreshold, reason: "Route 53: as failureThreshold" };
}

export const DRAINING_DEFAULTS = {
  timeout: {
    value: NO_POLICIES.draining.timeoutSeconds,
    reason: "longer than nearly every answer",
  },
  onLoss: {
    value: NO_POLICIES.draining.onLoss,
    reason: "gateways do not carry on half an answer",
  },
} as const satisfies Defaults;

export const AUTOSCALING_DEFAULTS = {
  pollingInterval: { value: 30, reason: "KEDA" },
  metricLag: { value: 30, reason: "one scrape interval of kube-prometheus-stack" },
  tolerance: { value: 0.1, reason: "HPA" },
  cooldownPeriod: { value: 300, reason: "KEDA" },
  activation: { value: 0, reason: "KEDA" },
  schedule: { value: [], reason: "the same bounds at all times" },
  predictiveMethod: { value: "trend", reason: "needs no knowledge of the workloads" },
  predictiveWindow: { value: 600, reason: "long enough to see through single bursts" },
} as const satisfies Defaults;

interface ScalingRulesDefaults {
  readonly stabilizationWindow: Default<number>;
  readonly pods: Default<number>;
  readonly percent: Default<number>;
  readonly period: Default<number>;
}

/** Kubernetes' behaviour when a ScaledObject says nothing. */
export const SCALING_RULES_DEFAULTS: Readonly<
  Record<"scaleUp" | "scaleDown", ScalingRulesDefaults>
> = {
  scaleUp: {
    stabilizationWindow: { value: 0, reason: "HPA" },
    pods: { value: 4, reason: "HPA" },
    percent: { value: 1, reason: "HPA" },
    period: { value: 15, reason: "HPA" },
  },
  scaleDown: {
    stabilizationWindow: { value: 300, reason: "HPA" },
    pods: { value: Number.POSITIVE_INFINITY, reason: "HPA: no such policy" },
    percent: { value: 1, reason: "HPA" },
    period: { value: 15, reason: "HPA" },
  },
};
