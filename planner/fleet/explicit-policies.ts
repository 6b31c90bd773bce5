/** The policies of a whole fleet as they are written, every default filled in; those that are off are left out. */
import type { z } from "zod";
import { durationText, percentText, rateText } from "./exact-text";
import type { fleetSpec } from "./fleet-spec";
import { TIMEOUT_DEFAULTS } from "./policy-defaults";
import type { ResolvedFleet } from "./resolved-fleet";
import type {
  ResolvedAdmission,
  ResolvedFailover,
  ResolvedFailoverPolicy,
  ResolvedGatewayRetry,
  ResolvedQueue,
  ResolvedRateLimit,
  ResolvedTimeouts,
} from "./resolved-policies";

type Written = z.input<typeof fleetSpec>;

const isUnlimited = (value: number): boolean => value === Number.POSITIVE_INFINITY;
const duration = (seconds: number): string | undefined =>
  isUnlimited(seconds) ? undefined : durationText(seconds);

/** Every policy of the fleet but those of its pools. */
export function explicitPolicies(
  fleet: ResolvedFleet,
): Omit<Written, "regions" | "routing" | "circuitBreaker" | "healthCheck" | "autoscaling"> {
  const { gateway, admission, retry, timeout, hedging, queue, failover, draining } = fleet.policies;
  return {
    gateway: { replicas: gateway.replicas },
    retry: retry === undefined ? undefined : explicitRetry(retry),
    timeout: explicitTimeouts(timeout),
    admission: admission === undefined ? undefined : explicitAdmission(admission),
    hedging:
      hedging === undefined
        ? undefined
        : { after: durationText(hedging.afterSeconds), maxShare: hedging.maxShare },
    queue: explicitQueue(queue),
    failover: failover === undefined ? undefined : explicitFailover(failover, fleet),
    residency: explicitResidency(fleet),
    draining: { timeout: durationText(draining.timeoutSeconds), onLoss: draining.onLoss },
  };
}

function explicitRetry(retry: ResolvedGatewayRetry): NonNullable<Written["retry"]> {
  return {
    numRetries: retry.numRetries,
    retryOn: [...retry.retryOn],
    perRetry: {
      timeout: duration(retry.perRetryTimeoutSeconds),
      backOff: {
        baseInterval: durationText(retry.baseIntervalSeconds),
        maxInterval: durationText(retry.maxIntervalSeconds),
      },
    },
  };
}

/** A connect timeout that another one always comes before is refused where it is written, and then is the default. */
function explicitTimeouts(timeout: ResolvedTimeouts): NonNullable<Written["timeout"]> {
  const { connectSeconds, requestSeconds, maxStreamSeconds } = timeout;
  const neverComes =
    connectSeconds === TIMEOUT_DEFAULTS.connectTimeout.value &&
    connectSeconds >= Math.min(requestSeconds, maxStreamSeconds);
  return {
    connectTimeout: neverComes ? undefined : durationText(connectSeconds),
    requestTimeout: duration(requestSeconds),
    streamIdleTimeout: duration(timeout.streamIdleSeconds),
    maxStreamDuration: duration(maxStreamSeconds),
  };
}

function explicitAdmission(admission: ResolvedAdmission): NonNullable<Written["admission"]> {
  const { rateLimit, maxConcurrency, queueLimit, retryAfterSeconds } = admission;
  const control = admission.admissionControl;
  const hasConcurrency = !isUnlimited(maxConcurrency);
  return {
    rateLimit: rateLimit.length === 0 ? undefined : rateLimit.map(explicitRateLimit),
    concurrency: hasConcurrency ? maxConcurrency : undefined,
    priorityShedding: hasConcurrency ? { ...admission.shedAboveShare } : undefined,
    deadlineAware: admission.isDeadlineAware,
    queue:
      queueLimit === 0
        ? undefined
        : { limit: queueLimit, timeout: durationText(admission.queueTimeoutSeconds) },
    retryAfter: retryAfterSeconds === 0 ? undefined : durationText(retryAfterSeconds),
    admissionControl:
      control === undefined
        ? undefined
        : {
            minSuccessRate: percentText(control.minSuccessRate),
            minRequestRate: rateText(control.minRequestsPerSecond),
            samplingWindow: durationText(control.samplingWindowSeconds),
            maxRejectionPercent: percentText(control.maxRejectionShare),
            rejectionAggression: control.rejectionAggression,
          },
  };
}

function explicitRateLimit({ unit, per, perSecond, burst }: ResolvedRateLimit) {
  const rate = rateText(perSecond);
  return {
    ...(unit === "requests" ? { requests: rate } : { inputTokens: rate }),
    // A product, divided by one factor, gives the product again when it is multiplied by it.
    burst: durationText(burst / perSecond),
    per,
  };
}

function explicitQueue(queue: ResolvedQueue): NonNullable<Written["queue"]> {
  return {
    visibilityTimeout: durationText(queue.visibilityTimeoutSeconds),
    heartbeat: queue.heartbeat,
    maxReceiveCount: queue.maxReceiveCount,
    retention: durationText(queue.retentionSeconds),
    deadLetterRetention: durationText(queue.deadLetterRetentionSeconds),
    consumersPerReplica: queue.consumersPerReplica,
    maxOutstandingPerReplica: queue.maxOutstandingPerReplica,
    maxAge: duration(queue.maxAgeSeconds),
  };
}

function explicitFailover(
  failover: ResolvedFailover,
  fleet: ResolvedFleet,
): NonNullable<Written["failover"]> {
  const { healthCheck, ttlSeconds, ignoringTtl } = failover;
  return {
    policy: explicitFailoverPolicy(failover.policy, fleet),
    healthCheck: {
      interval: durationText(healthCheck.intervalSeconds),
      failureThreshold: healthCheck.failureThreshold,
      successThreshold: healthCheck.successThreshold,
      minHealthyShare: healthCheck.minHealthyShare,
    },
    ttl: durationText(ttlSeconds),
    // A hold that is no longer than the TTL is no such resolver, and is refused where it is written.
    resolversIgnoringTtl:
      ignoringTtl.holdSeconds > ttlSeconds
        ? { share: ignoringTtl.share, hold: durationText(ignoringTtl.holdSeconds) }
        : undefined,
  };
}

/** Every origin with the regions that it may be served in; one that may be served in none is refused where it is read. */
function explicitResidency({ residency, origins, regions }: ResolvedFleet): Written["residency"] {
  if (residency === undefined || origins.length === 0) return undefined;
  return Object.fromEntries(
    origins.map((origin, index) => [
      origin,
      regions.filter((_, region) => residency[index]![region]).map(({ name }) => name),
    ]),
  );
}

function explicitFailoverPolicy(policy: ResolvedFailoverPolicy, fleet: ResolvedFleet): unknown {
  const regionName = (index: number): string => fleet.regions[index]!.name;
  switch (policy.kind) {
    case "latency":
      return "latency";
    case "weighted": {
      const weights = policy.weights.map((weight, index) => [regionName(index), weight] as const);
      return { weighted: Object.fromEntries(weights.filter(([, weight]) => weight > 0)) };
    }
    case "primary-backup":
      return { primaryBackup: policy.order.map(regionName) };
    case "geo": {
      const regions = fleet.origins.map((origin, index) => [
        origin,
        regionName(policy.regionOfOrigin[index]!),
      ]);
      return { geo: Object.fromEntries(regions) };
    }
  }
}
