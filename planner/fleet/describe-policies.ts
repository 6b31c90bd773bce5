/**
 * What `capplan validate` prints of the policies of a whole fleet: gateway, retries, timeouts, admission, hedging,
 * queue, failover and draining. Those of pools are `describe-pool-policies.ts`.
 */
import { formatDuration, formatNumber, formatRate, formatShare } from "../foundation/format-units";
import type { FleetSpec } from "./fleet-spec";
import {
  ADMISSION_CONTROL_DEFAULTS,
  ADMISSION_DEFAULTS,
  autoVisibility,
  DRAINING_DEFAULTS,
  FAILOVER_DEFAULTS,
  HEDGING_MAX_SHARE_DEFAULT,
  maxIntervalDefault,
  QUEUE_DEFAULTS,
  RETRY_DEFAULTS,
  successThresholdDefault,
  TIMEOUT_DEFAULTS,
} from "./policy-defaults";
import { PRIORITIES } from "./priority";
import { attemptSecondsMax } from "./resolve-policies";
import type { ResolvedFleet } from "./resolved-fleet";
import type {
  ResolvedAdmission,
  ResolvedFailover,
  ResolvedGatewayRetry,
  ResolvedPolicies,
} from "./resolved-policies";
import { derived, policyRows, type ResolvedRow, row } from "./resolved-row";

/** Every policy; one that is not given is one row, unless something holds without it. */
export function describePolicies(spec: FleetSpec, fleet: ResolvedFleet): ResolvedRow[] {
  const { policies } = fleet;
  return [
    row(
      "fleet.gateway.replicas",
      String(policies.gateway.replicas),
      spec.gateway,
      "one process, which counts for all",
    ),
    ...describeRetry(spec, policies.retry),
    ...describeTimeouts(spec, policies),
    ...describeAdmission(spec, policies.admission),
    ...describeHedging(spec, policies),
    ...describeQueue(spec, policies),
    ...describeFailover(spec, fleet),
    ...describeResidency(spec),
    ...describeDraining(spec, policies),
  ];
}

/** Rows of a policy of the fleet. */
const rowsAt = (at: string) => policyRows(at, at);

function describeRetry(
  { retry: written }: FleetSpec,
  retry: ResolvedGatewayRetry | undefined,
): ResolvedRow[] {
  const at = "fleet.retry";
  if (retry === undefined)
    return [row(at, "none", undefined, "the gateway tries nothing a second time")];
  const put = rowsAt(at);
  const { timeout, backOff } = written?.perRetry ?? {};
  const { numRetries, retryOn, perRetryTimeout, baseInterval } = RETRY_DEFAULTS;
  const longest = maxIntervalDefault(retry.baseIntervalSeconds).reason;
  return [
    put("numRetries", String(retry.numRetries), written?.numRetries, numRetries.reason),
    put("retryOn", retry.retryOn.join(", "), written?.retryOn, retryOn.reason),
    put(
      "perRetry.timeout",
      formatDuration(retry.perRetryTimeoutSeconds),
      timeout,
      perRetryTimeout.reason,
    ),
    put(
      "perRetry.backOff.baseInterval",
      formatDuration(retry.baseIntervalSeconds),
      backOff?.baseInterval,
      baseInterval.reason,
    ),
    put(
      "perRetry.backOff.maxInterval",
      formatDuration(retry.maxIntervalSeconds),
      backOff?.maxInterval,
      longest,
    ),
  ];
}

function describeTimeouts({ timeout: written }: FleetSpec, { timeout }: ResolvedPolicies) {
  const put = rowsAt("fleet.timeout");
  const part = (key: keyof typeof TIMEOUT_DEFAULTS, seconds: number) =>
    put(key, formatDuration(seconds), written?.[key], TIMEOUT_DEFAULTS[key].reason);
  return [
    part("connectTimeout", timeout.connectSeconds),
    part("requestTimeout", timeout.requestSeconds),
    part("streamIdleTimeout", timeout.streamIdleSeconds),
    part("maxStreamDuration", timeout.maxStreamSeconds),
  ];
}

function describeAdmission(
  { admission: written }: FleetSpec,
  admission: ResolvedAdmission | undefined,
): ResolvedRow[] {
  const at = "fleet.admission";
  if (admission === undefined) return [row(at, "none", undefined, "every request is let in")];
  const put = rowsAt(at);
  const defaults = ADMISSION_DEFAULTS;
  const shares = PRIORITIES.map(
    (priority) => `${priority} ${formatShare(admission.shedAboveShare[priority])}`,
  );
  const rows = [
    put("rateLimit", formatRateLimits(admission), written?.rateLimit, "no limit"),
    put(
      "concurrency",
      formatNumber(admission.maxConcurrency),
      written?.concurrency,
      defaults.concurrency.reason,
    ),
    put(
      "priorityShedding",
      shares.join(", "),
      written?.priorityShedding,
      defaults.priorityShedding.reason,
    ),
    put(
      "deadlineAware",
      String(admission.isDeadlineAware),
      written?.deadlineAware,
      defaults.deadlineAware.reason,
    ),
    put(
      "queue",
      admission.queueLimit === 0
        ? "none"
        : `${admission.queueLimit} for at most ${formatDuration(admission.queueTimeoutSeconds)}`,
      written?.queue,
      defaults.queueLimit.reason,
    ),
    put(
      "retryAfter",
      admission.retryAfterSeconds === 0 ? "none" : formatDuration(admission.retryAfterSeconds),
      written?.retryAfter,
      defaults.retryAfter.reason,
    ),
  ];
  return [...rows, ...describeAdmissionControl(written?.admissionControl, admission)];
}

/** `50/s requests in all (burst 500), 200000/s input tokens per tenant (burst 200000)` */
function formatRateLimits({ rateLimit }: ResolvedAdmission): string {
  if (rateLimit.length === 0) return "none";
  return rateLimit
    .map(({ unit, per, perSecond, burst }) => {
      const what = unit === "requests" ? "requests" : "input tokens";
      const whose = per === "all" ? "in all" : "per tenant";
      return `${formatRate(perSecond)} ${what} ${whose} (burst ${formatNumber(burst)})`;
    })
    .join(", ");
}

function describeAdmissionControl(
  written: NonNullable<FleetSpec["admission"]>["admissionControl"],
  { admissionControl: control }: ResolvedAdmission,
): ResolvedRow[] {
  const at = "fleet.admission.admissionControl";
  if (control === undefined) return [row(at, "none", undefined, "success rates are not watched")];
  const put = rowsAt(at);
  const part = (key: keyof typeof ADMISSION_CONTROL_DEFAULTS, value: string) =>
    put(key, value, written?.[key], ADMISSION_CONTROL_DEFAULTS[key].reason);
  return [
    part("minSuccessRate", formatShare(control.minSuccessRate)),
    part("minRequestRate", formatRate(control.minRequestsPerSecond)),
    part("samplingWindow", formatDuration(control.samplingWindowSeconds)),
    part("maxRejectionPercent", formatShare(control.maxRejectionShare)),
    part("rejectionAggression", formatNumber(control.rejectionAggression)),
  ];
}

function describeHedging({ hedging: written }: FleetSpec, { hedging }: ResolvedPolicies) {
  const at = "fleet.hedging";
  if (hedging === undefined) return [row(at, "none", undefined, "one attempt at a time")];
  const put = rowsAt(at);
  return [
    put("after", formatDuration(hedging.afterSeconds), written?.after, ""),
    put(
      "maxShare",
      formatShare(hedging.maxShare),
      written?.maxShare,
      HEDGING_MAX_SHARE_DEFAULT.reason,
    ),
  ];
}

function describeQueue({ queue: written }: FleetSpec, policies: ResolvedPolicies): ResolvedRow[] {
  const at = "fleet.queue";
  const { queue } = policies;
  const put = rowsAt(at);
  const part = (key: keyof typeof QUEUE_DEFAULTS, value: string) =>
    put(key, value, written?.[key], QUEUE_DEFAULTS[key].reason);
  const visibility = formatDuration(queue.visibilityTimeoutSeconds);
  const auto = autoVisibility(queue.heartbeat, attemptSecondsMax(policies.timeout));
  return [
    written?.visibilityTimeout === "auto"
      ? derived(`${at}.visibilityTimeout`, visibility, auto?.reason ?? "auto")
      : part("visibilityTimeout", visibility),
    part("heartbeat", String(queue.heartbeat)),
    part("maxReceiveCount", String(queue.maxReceiveCount)),
    part("retention", formatDuration(queue.retentionSeconds)),
    part("deadLetterRetention", formatDuration(queue.deadLetterRetentionSeconds)),
    part("consumersPerReplica", String(queue.consumersPerReplica)),
    part("maxOutstandingPerReplica", String(queue.maxOutstandingPerReplica)),
    part("maxAge", formatDuration(queue.maxAgeSeconds)),
  ];
}

function describeResidency({ residency }: FleetSpec): ResolvedRow[] {
  const at = "fleet.residency";
  if (residency === undefined)
    return [row(at, "none", undefined, "requests may be served anywhere")];
  return Object.entries(residency).map(([origin, regions]) =>
    row(`${at}.${origin}`, regions.join(", "), regions, ""),
  );
}

function describeFailover({ failover: written }: FleetSpec, fleet: ResolvedFleet): ResolvedRow[] {
  const at = "fleet.failover";
  const { failover } = fleet.policies;
  if (failover === undefined)
    return [row(at, "none", undefined, "clients stay with the nearest region, up or down")];
  const put = rowsAt(at);
  const defaults = FAILOVER_DEFAULTS;
  const { intervalSeconds, failureThreshold, successThreshold, minHealthyShare } =
    failover.healthCheck;
  const check = written?.healthCheck;
  const ignoring = failover.ignoringTtl;
  return [
    put("policy", formatFailoverPolicy(failover, fleet), written?.policy, defaults.policy.reason),
    put(
      "healthCheck.interval",
      formatDuration(intervalSeconds),
      check?.interval,
      defaults.interval.reason,
    ),
    put(
      "healthCheck.failureThreshold",
      String(failureThreshold),
      check?.failureThreshold,
      defaults.failureThreshold.reason,
    ),
    put(
      "healthCheck.successThreshold",
      String(successThreshold),
      check?.successThreshold,
      successThresholdDefault(failureThreshold).reason,
    ),
    put(
      "healthCheck.minHealthyShare",
      formatShare(minHealthyShare),
      check?.minHealthyShare,
      defaults.minHealthyShare.reason,
    ),
    derived(
      `${at}.detection`,
      formatDuration(intervalSeconds * failureThreshold),
      "at most: interval × failureThreshold",
    ),
    put("ttl", formatDuration(failover.ttlSeconds), written?.ttl, defaults.ttl.reason),
    put(
      "resolversIgnoringTtl",
      ignoring.share === 0
        ? "none"
        : `${formatShare(ignoring.share)} for ${formatDuration(ignoring.holdSeconds)}`,
      written?.resolversIgnoringTtl,
      defaults.resolversIgnoringTtl.reason,
    ),
  ];
}

function formatFailoverPolicy(
  { policy }: ResolvedFailover,
  { regions, origins }: ResolvedFleet,
): string {
  const name = (index: number) => regions[index]?.name ?? "";
  switch (policy.kind) {
    case "latency":
      return "latency";
    case "weighted":
      return `weighted: ${policy.weights.map((weight, i) => `${name(i)} ${formatNumber(weight)}`).join(", ")}`;
    case "primary-backup":
      return policy.order.map(name).join(", then ");
    case "geo":
      return policy.regionOfOrigin
        .map((region, i) => `${origins[i] ?? ""} to ${name(region)}`)
        .join(", ");
  }
}

function describeDraining({ draining: written }: FleetSpec, { draining }: ResolvedPolicies) {
  const put = rowsAt("fleet.draining");
  const { timeout, onLoss } = DRAINING_DEFAULTS;
  return [
    put("timeout", formatDuration(draining.timeoutSeconds), written?.timeout, timeout.reason),
    put("onLoss", draining.onLoss, written?.onLoss, onLoss.reason),
  ];
}
