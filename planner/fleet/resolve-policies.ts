/**
 * The policies of a whole fleet with every default filled in. Failover, which names regions, is
 * `resolve-failover.ts`; what is wrong with policies is in `check-gateway.ts`, `check-queue.ts` and
 * `check-autoscaling.ts`.
 */
import type { FleetSpec } from "./fleet-spec";
import {
  type AdmissionSpec,
  type DrainingSpec,
  type HedgingSpec,
  type QueueSpec,
  type RateLimitSpec,
  RETRY_TRIGGERS,
  type RetrySpec,
  type TimeoutSpec,
} from "./policies-spec";
import {
  ADMISSION_CONTROL_DEFAULTS,
  ADMISSION_DEFAULTS,
  autoVisibility,
  DRAINING_DEFAULTS,
  HEDGING_MAX_SHARE_DEFAULT,
  maxIntervalDefault,
  QUEUE_DEFAULTS,
  RETRY_DEFAULTS,
  TIMEOUT_DEFAULTS,
} from "./policy-defaults";
import { PRIORITIES, type Priority } from "./priority";
import {
  NO_POLICIES,
  type ResolvedAdmission,
  type ResolvedAdmissionControl,
  type ResolvedDraining,
  type ResolvedFailover,
  type ResolvedGatewayRetry,
  type ResolvedHedging,
  type ResolvedPolicies,
  type ResolvedQueue,
  type ResolvedRateLimit,
  type ResolvedTimeouts,
} from "./resolved-policies";

/** Every policy; those that are not given are as in NO_POLICIES. */
export function resolvePolicies(
  spec: FleetSpec,
  failover: ResolvedFailover | undefined,
): ResolvedPolicies {
  const timeout = resolveTimeouts(spec.timeout);
  return {
    gateway: spec.gateway ?? NO_POLICIES.gateway,
    admission: spec.admission === undefined ? undefined : resolveAdmission(spec.admission),
    retry: spec.retry === undefined ? undefined : resolveRetry(spec.retry),
    timeout,
    hedging: spec.hedging === undefined ? undefined : resolveHedging(spec.hedging),
    queue: resolveQueue(spec.queue ?? {}, timeout),
    failover,
    draining: resolveDraining(spec.draining ?? {}),
  };
}

function resolveTimeouts(spec: TimeoutSpec = {}): ResolvedTimeouts {
  const defaults = TIMEOUT_DEFAULTS;
  return {
    connectSeconds: spec.connectTimeout ?? defaults.connectTimeout.value,
    requestSeconds: spec.requestTimeout ?? defaults.requestTimeout.value,
    streamIdleSeconds: spec.streamIdleTimeout ?? defaults.streamIdleTimeout.value,
    maxStreamSeconds: spec.maxStreamDuration ?? defaults.maxStreamDuration.value,
  };
}

/** The longest that an attempt through the gateway can take; Infinity = no timeout says. */
export function attemptSecondsMax({ requestSeconds, maxStreamSeconds }: ResolvedTimeouts): number {
  return Math.min(requestSeconds, maxStreamSeconds);
}

function resolveAdmission(spec: AdmissionSpec): ResolvedAdmission {
  const defaults = ADMISSION_DEFAULTS;
  const control = spec.admissionControl;
  return {
    rateLimit: resolveRateLimits(rateLimitsOf(spec)),
    maxConcurrency: spec.concurrency ?? defaults.concurrency.value,
    shedAboveShare: Object.fromEntries(
      PRIORITIES.map((priority) => [
        priority,
        spec.priorityShedding?.[priority] ?? defaults.priorityShedding.value,
      ]),
    ) as Record<Priority, number>,
    isDeadlineAware: spec.deadlineAware ?? defaults.deadlineAware.value,
    queueLimit: spec.queue?.limit ?? defaults.queueLimit.value,
    queueTimeoutSeconds: spec.queue?.timeout ?? 0,
    retryAfterSeconds: spec.retryAfter ?? defaults.retryAfter.value,
    admissionControl: control === undefined ? undefined : resolveAdmissionControl(control),
  };
}

/** As a list, with the path of each within the admission policy. */
export function rateLimitsOf({ rateLimit }: AdmissionSpec): readonly RateLimitSpec[] {
  if (rateLimit === undefined) return [];
  return Array.isArray(rateLimit) ? rateLimit : [rateLimit];
}

/** One bucket for each figure, in an order of their own. */
function resolveRateLimits(specs: readonly RateLimitSpec[]): readonly ResolvedRateLimit[] {
  return specs
    .flatMap((spec) => {
      const per = spec.per ?? ADMISSION_DEFAULTS.per.value;
      const burst = spec.burst ?? ADMISSION_DEFAULTS.burst.value;
      const bucket = (unit: ResolvedRateLimit["unit"], perSecond: number | undefined) =>
        perSecond === undefined ? [] : [{ unit, per, perSecond, burst: perSecond * burst }];
      return [...bucket("requests", spec.requests), ...bucket("input-tokens", spec.inputTokens)];
    })
    .toSorted(
      (a, b) =>
        compareWords(a.unit, b.unit) ||
        compareWords(a.per, b.per) ||
        a.perSecond - b.perSecond ||
        a.burst - b.burst,
    );
}

function compareWords(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function resolveAdmissionControl(
  spec: NonNullable<AdmissionSpec["admissionControl"]>,
): ResolvedAdmissionControl {
  const defaults = ADMISSION_CONTROL_DEFAULTS;
  return {
    minSuccessRate: spec.minSuccessRate ?? defaults.minSuccessRate.value,
    minRequestsPerSecond: spec.minRequestRate ?? defaults.minRequestRate.value,
    samplingWindowSeconds: spec.samplingWindow ?? defaults.samplingWindow.value,
    maxRejectionShare: spec.maxRejectionPercent ?? defaults.maxRejectionPercent.value,
    rejectionAggression: spec.rejectionAggression ?? defaults.rejectionAggression.value,
  };
}

function resolveRetry(spec: RetrySpec): ResolvedGatewayRetry {
  const { timeout, backOff } = spec.perRetry ?? {};
  const baseIntervalSeconds = backOff?.baseInterval ?? RETRY_DEFAULTS.baseInterval.value;
  const given = spec.retryOn ?? RETRY_DEFAULTS.retryOn.value;
  return {
    numRetries: spec.numRetries ?? RETRY_DEFAULTS.numRetries.value,
    retryOn: RETRY_TRIGGERS.filter((trigger) => given.includes(trigger)),
    perRetryTimeoutSeconds: timeout ?? RETRY_DEFAULTS.perRetryTimeout.value,
    baseIntervalSeconds,
    maxIntervalSeconds: backOff?.maxInterval ?? maxIntervalDefault(baseIntervalSeconds).value,
  };
}

function resolveHedging(spec: HedgingSpec): ResolvedHedging {
  return {
    afterSeconds: spec.after,
    maxShare: spec.maxShare ?? HEDGING_MAX_SHARE_DEFAULT.value,
  };
}

function resolveQueue(spec: QueueSpec, timeout: ResolvedTimeouts): ResolvedQueue {
  const defaults = QUEUE_DEFAULTS;
  const heartbeat = spec.heartbeat ?? defaults.heartbeat.value;
  const visibility =
    spec.visibilityTimeout === "auto"
      ? autoVisibility(heartbeat, attemptSecondsMax(timeout))?.value
      : spec.visibilityTimeout;
  return {
    visibilityTimeoutSeconds: visibility ?? defaults.visibilityTimeout.value,
    heartbeat,
    maxReceiveCount: spec.maxReceiveCount ?? defaults.maxReceiveCount.value,
    retentionSeconds: spec.retention ?? defaults.retention.value,
    deadLetterRetentionSeconds: spec.deadLetterRetention ?? defaults.deadLetterRetention.value,
    consumersPerReplica: spec.consumersPerReplica ?? defaults.consumersPerReplica.value,
    maxOutstandingPerReplica:
      spec.maxOutstandingPerReplica ?? defaults.maxOutstandingPerReplica.value,
    maxAgeSeconds: spec.maxAge ?? defaults.maxAge.value,
  };
}

function resolveDraining(spec: DrainingSpec): ResolvedDraining {
  return {
    timeoutSeconds: spec.timeout ?? DRAINING_DEFAULTS.timeout.value,
    onLoss: spec.onLoss ?? DRAINING_DEFAULTS.onLoss.value,
  };
}
