/**
 * The BackendTrafficPolicy of Envoy Gateway that does what a traffic policy says, as plain data. Names are those of its
 * CRD, version 1.9. What is not there is left to Envoy; timeouts that would cut streams are switched off.
 */
import { gatewayDuration } from "./gateway-duration";
import type { ManifestPart } from "./manifest-part";
import { type RateLimitContext, rateLimitSpec } from "./rate-limits";
import type {
  ActiveHealthCheckArgs,
  AdmissionControlArgs,
  CircuitBreakerArgs,
  LoadBalancing,
  PassiveHealthCheckArgs,
  RetryArgs,
  StreamTimeoutsArgs,
  TrafficPolicyArgs,
} from "./traffic-policy-args";

/** What stands for no limit: the largest that a threshold can be. */
const UNLIMITED = 4_294_967_295;
/** Idle connections to a replica are worth keeping; its own server closes them sooner if it must. */
const CONNECTION_IDLE_SECONDS = 3600;
const CONNECT_SECONDS = 5;

const BALANCERS: Readonly<Record<LoadBalancing, string>> = {
  "least-request": "LeastRequest",
  "round-robin": "RoundRobin",
  random: "Random",
};

/** The `spec` for one route. */
export function backendTrafficPolicySpec(
  routeName: string,
  policy: TrafficPolicyArgs,
  limits: RateLimitContext,
): ManifestPart {
  const { circuitBreaker, retry, admissionControl, timeouts = {} } = policy;
  const rateLimit = rateLimitSpec(limits);
  const healthCheck = healthCheckSpec(policy);
  return {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: routeName }],
    ...(circuitBreaker === undefined ? {} : { circuitBreaker: breakerSpec(circuitBreaker) }),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ...(retry === undefined ? {} : { retry: retrySpec(retry) }),
    ...(admissionControl === undefined
      ? {}
      : { admissionControl: admissionSpec(admissionControl) }),
    ...(circuitBreaker === undefined ? {} : { loadBalancer: balancerSpec(policy) }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    timeout: timeoutSpec(timeouts),
  };
}

const limit = (value: number): number => (value === Number.POSITIVE_INFINITY ? UNLIMITED : value);

function breakerSpec(breaker: CircuitBreakerArgs): ManifestPart {
  const { retryBudget, maxParallelRetries } = breaker;
  return {
    maxConnections: limit(breaker.maxConnections),
    maxPendingRequests: limit(breaker.maxPendingRequests),
    maxParallelRequests: limit(breaker.maxParallelRequests),
    ...(maxParallelRetries === undefined ? {} : { maxParallelRetries: limit(maxParallelRetries) }),
    ...(retryBudget === undefined
      ? {}
      : {
          retryBudget: {
            percent: fraction(retryBudget.percent),
            minRetryConcurrency: retryBudget.minRetryConcurrency,
          },
        }),
  };
}

/** Percent as a fraction of whole numbers. */
function fraction(percent: number): ManifestPart {
  return Number.isInteger(percent)
    ? { numerator: percent, denominator: 100 }
    : { numerator: Math.round(percent * 100), denominator: 10_000 };
}

function healthCheckSpec({
  passiveHealthCheck,
  activeHealthCheck,
  panicThresholdPercent,
}: TrafficPolicyArgs): ManifestPart | undefined {
  const spec = {
    ...(passiveHealthCheck === undefined ? {} : { passive: passiveSpec(passiveHealthCheck) }),
    ...(activeHealthCheck === undefined ? {} : { active: activeSpec(activeHealthCheck) }),
    ...(panicThresholdPercent === undefined ? {} : { panicThreshold: panicThresholdPercent }),
  };
  return Object.keys(spec).length === 0 ? undefined : spec;
}

function passiveSpec(passive: PassiveHealthCheckArgs): ManifestPart {
  return {
    consecutive5XxErrors: passive.consecutive5XxErrors,
    interval: gatewayDuration(passive.intervalSeconds),
    baseEjectionTime: gatewayDuration(passive.baseEjectionSeconds),
    maxEjectionPercent: passive.maxEjectionPercent,
    alwaysEjectOneEndpoint: passive.alwaysEjectOneEndpoint ?? false,
    // A refused connection counts like an error that was answered.
    splitExternalLocalOriginErrors: false,
  };
}

function activeSpec(active: ActiveHealthCheckArgs): ManifestPart {
  return {
    type: "HTTP",
    http: { path: active.path, expectedStatuses: [200] },
    interval: gatewayDuration(active.intervalSeconds),
    timeout: gatewayDuration(active.timeoutSeconds),
    unhealthyThreshold: active.unhealthyThreshold,
    healthyThreshold: active.healthyThreshold,
  };
}

function retrySpec(retry: RetryArgs): ManifestPart {
  const { perRetryTimeoutSeconds = Number.POSITIVE_INFINITY } = retry;
  const hasCodes = retry.retryOn.includes("retriable-status-codes");
  return {
    numRetries: retry.numRetries,
    retryOn: { triggers: [...retry.retryOn], ...(hasCodes ? { httpStatusCodes: [503] } : {}) },
    perRetry: {
      ...(perRetryTimeoutSeconds === Number.POSITIVE_INFINITY
        ? {}
        : { timeout: gatewayDuration(perRetryTimeoutSeconds) }),
      backOff: {
        baseInterval: gatewayDuration(retry.baseIntervalSeconds),
        maxInterval: gatewayDuration(retry.maxIntervalSeconds),
      },
    },
  };
}

function admissionSpec(control: AdmissionControlArgs): ManifestPart {
  return {
    minSuccessRate: control.minSuccessPercent,
    minRequestRate: control.minRequestsPerSecond,
    samplingWindow: gatewayDuration(control.samplingWindowSeconds),
    maxRejectionPercent: control.maxRejectionPercent,
    rejectionAggression: control.rejectionAggression,
  };
}

function balancerSpec({
  loadBalancing = "least-request",
  slowStartSeconds,
}: TrafficPolicyArgs): ManifestPart {
  return {
    type: BALANCERS[loadBalancing],
    ...(slowStartSeconds === undefined
      ? {}
      : { slowStart: { window: gatewayDuration(slowStartSeconds) } }),
  };
}

/** What Envoy would otherwise end after 15 s without an answer, or 5 minutes without a byte, has no such end here. */
function timeoutSpec(timeouts: StreamTimeoutsArgs): ManifestPart {
  const { maxStreamSeconds = Number.POSITIVE_INFINITY } = timeouts;
  return {
    tcp: { connectTimeout: gatewayDuration(timeouts.connectSeconds ?? CONNECT_SECONDS) },
    http: {
      requestTimeout: streamTimeout(timeouts.requestSeconds),
      streamIdleTimeout: streamTimeout(timeouts.streamIdleSeconds),
      connectionIdleTimeout: gatewayDuration(CONNECTION_IDLE_SECONDS),
      ...(maxStreamSeconds === Number.POSITIVE_INFINITY
        ? {}
        : { maxStreamDuration: gatewayDuration(maxStreamSeconds) }),
    },
  };
}

/** 0 s switches a timeout off. */
export function streamTimeout(seconds: number = Number.POSITIVE_INFINITY): string {
  return gatewayDuration(seconds === Number.POSITIVE_INFINITY ? 0 : seconds);
}
