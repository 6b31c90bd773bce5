/**
 * What of a traffic policy cannot be provisioned, or would do something other than it says: limits that Envoy does not
 * have, health checks that never act, retries that repeat half an answer, timeouts that cut streams.
 */
import { checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkTimeouts } from "./check-timeouts";
import {
  type CircuitBreakerArgs,
  type PassiveHealthCheckArgs,
  type RetryArgs,
  retryTriggers,
  type StreamLengths,
  type TrafficPolicyArgs,
} from "./traffic-policy-args";

/** The type of Envoy's thresholds: 32 bits. */
const LIMIT_MAX = 4_294_967_295;
/** Envoy's `max_ejection_time` (config.cluster.v3.OutlierDetection). */
const MAX_EJECTION_SECONDS = 300;

const PERCENT = { min: 0, max: 100 };
const COUNT = { min: 1, max: LIMIT_MAX };

/** What is checked, and what it is checked against. */
export interface TrafficPolicyContext {
  /** Path of the policy inside the arguments. */
  readonly path: string;
  readonly lengths: StreamLengths;
  /** Fewest replicas of the backend, where it is known. */
  readonly replicasMin: number | undefined;
}

/** What is wrong with a policy. */
export function checkTrafficPolicy(
  policy: TrafficPolicyArgs,
  { path, lengths, replicasMin }: TrafficPolicyContext,
): readonly InputProblem[] {
  const { circuitBreaker, passiveHealthCheck, activeHealthCheck, retry, admissionControl } = policy;
  const at = (key: string): string => `${path}.${key}`;
  return [
    ...(circuitBreaker === undefined ? [] : checkBreaker(circuitBreaker, at("circuitBreaker"))),
    ...(passiveHealthCheck === undefined
      ? []
      : checkPassive(passiveHealthCheck, at("passiveHealthCheck"), replicasMin)),
    ...checkWhole(
      at("activeHealthCheck.unhealthyThreshold"),
      activeHealthCheck?.unhealthyThreshold,
      COUNT,
    ),
    ...checkWhole(
      at("activeHealthCheck.healthyThreshold"),
      activeHealthCheck?.healthyThreshold,
      COUNT,
    ),
    ...checkWhole(at("panicThresholdPercent"), policy.panicThresholdPercent, PERCENT),
    ...checkOneOf(at("loadBalancing"), policy.loadBalancing, [
      "least-request",
      "round-robin",
      "random",
    ]),
    ...checkSlowStart(policy, at("slowStartSeconds")),
    ...(retry === undefined ? [] : checkRetry(retry, circuitBreaker, path, lengths)),
    ...checkWhole(at("admissionControl.minSuccessPercent"), admissionControl?.minSuccessPercent, {
      min: 1,
      max: 100,
    }),
    ...checkWhole(
      at("admissionControl.maxRejectionPercent"),
      admissionControl?.maxRejectionPercent,
      PERCENT,
    ),
    ...checkWhole(
      at("admissionControl.minRequestsPerSecond"),
      admissionControl?.minRequestsPerSecond,
      { min: 0, max: LIMIT_MAX },
    ),
    ...checkWhole(
      at("admissionControl.rejectionAggression"),
      admissionControl?.rejectionAggression,
      COUNT,
    ),
    ...checkTimeouts(policy, path, lengths),
  ];
}

function checkBreaker(breaker: CircuitBreakerArgs, path: string): readonly InputProblem[] {
  const { retryBudget } = breaker;
  const limits = [
    ["maxConnections", breaker.maxConnections, 1],
    ["maxPendingRequests", breaker.maxPendingRequests, 0],
    ["maxParallelRequests", breaker.maxParallelRequests, 1],
    ["maxParallelRetries", breaker.maxParallelRetries, 0],
    ["retryBudget.minRetryConcurrency", retryBudget?.minRetryConcurrency, 0],
  ] as const;
  const problems: InputProblem[] = limits.flatMap(([key, value, min]) =>
    value === Number.POSITIVE_INFINITY
      ? []
      : checkWhole(`${path}.${key}`, value, { min, max: LIMIT_MAX }),
  );
  if (retryBudget !== undefined && !(retryBudget.percent > 0 && retryBudget.percent <= 100)) {
    const must = "be above 0 and at most 100";
    problems.push({ path: `${path}.retryBudget.percent`, must, got: retryBudget.percent });
  }
  if (retryBudget !== undefined && breaker.maxParallelRetries !== undefined) {
    problems.push({
      path: `${path}.maxParallelRetries`,
      must: "be left out where there is a retryBudget, because Envoy ignores it then",
      got: breaker.maxParallelRetries,
      fix: "leave out one of the two",
    });
  }
  return problems;
}

function checkPassive(
  passive: PassiveHealthCheckArgs,
  path: string,
  replicasMin: number | undefined,
): readonly InputProblem[] {
  const { maxEjectionPercent, maxEjectionSeconds, halfOpenRequests } = passive;
  const problems: InputProblem[] = [
    ...checkWhole(`${path}.consecutive5XxErrors`, passive.consecutive5XxErrors, COUNT),
    ...checkWhole(`${path}.maxEjectionPercent`, maxEjectionPercent, PERCENT),
  ];
  const envoySeconds = Math.max(MAX_EJECTION_SECONDS, passive.baseEjectionSeconds);
  if (maxEjectionSeconds !== undefined && maxEjectionSeconds !== envoySeconds) {
    problems.push({
      path: `${path}.maxEjectionSeconds`,
      must: `be ${envoySeconds}, because Envoy Gateway leaves it to Envoy`,
      got: maxEjectionSeconds,
    });
  }
  if (halfOpenRequests !== undefined && halfOpenRequests !== Number.POSITIVE_INFINITY) {
    problems.push({
      path: `${path}.halfOpenRequests`,
      must: "be left out, because Envoy brings a replica back whole",
      got: halfOpenRequests,
      fix: "plan without it; slowStartSeconds lets a replica that comes back begin slowly",
    });
  }
  const ejectable = ((replicasMin ?? Number.POSITIVE_INFINITY) * maxEjectionPercent) / 100;
  if (passive.alwaysEjectOneEndpoint !== true && ejectable < 1) {
    problems.push({
      path: `${path}.maxEjectionPercent`,
      must: `be at least ${Math.ceil(100 / (replicasMin ?? 1))} for ${replicasMin} replicas, or none is ever ejected`,
      got: maxEjectionPercent,
      fix: "raise it, or set alwaysEjectOneEndpoint",
    });
  }
  return problems;
}

/** Envoy has no slow start for a balancer that does not weigh. */
function checkSlowStart(
  { slowStartSeconds, loadBalancing }: TrafficPolicyArgs,
  path: string,
): readonly InputProblem[] {
  if (slowStartSeconds === undefined || loadBalancing !== "random") return [];
  return [
    {
      path,
      must: 'be left out for loadBalancing "random"',
      got: slowStartSeconds,
      fix: 'use "least-request" or "round-robin"',
    },
  ];
}

/** Envoy's triggers that may strike after the first byte. */
const UNSAFE_TRIGGERS: readonly string[] = ["5xx", "gateway-error", "reset", "retriable-4xx"];

function checkRetry(
  retry: RetryArgs,
  breaker: CircuitBreakerArgs | undefined,
  policyPath: string,
  { longestStreamSeconds }: StreamLengths,
): readonly InputProblem[] {
  const path = `${policyPath}.retry`;
  const problems: InputProblem[] = [...checkWhole(`${path}.numRetries`, retry.numRetries, COUNT)];
  if (retry.retryOn.length === 0) {
    problems.push({ path: `${path}.retryOn`, must: "name a trigger", got: retry.retryOn });
  }
  retry.retryOn.forEach((trigger, index) => {
    const at = `${path}.retryOn[${index}]`;
    if (!UNSAFE_TRIGGERS.includes(trigger)) {
      problems.push(...checkOneOf(at, trigger, retryTriggers));
      return;
    }
    problems.push({
      path: at,
      must: `be one of ${retryTriggers.join(", ")}, because an answer that is half sent would be repeated`,
      got: trigger,
      fix: "use retriable-status-codes, which is 503, or reset-before-request",
    });
  });
  const { perRetryTimeoutSeconds = Number.POSITIVE_INFINITY } = retry;
  if (perRetryTimeoutSeconds < longestStreamSeconds) {
    problems.push({
      path: `${path}.perRetryTimeoutSeconds`,
      must: `be at least longestStreamSeconds (${longestStreamSeconds}), because an attempt lasts until the last byte`,
      got: perRetryTimeoutSeconds,
      fix: "raise it, or leave it out",
    });
  }
  if (retry.maxIntervalSeconds < retry.baseIntervalSeconds) {
    problems.push({
      path: `${path}.maxIntervalSeconds`,
      must: `be at least baseIntervalSeconds (${retry.baseIntervalSeconds})`,
      got: retry.maxIntervalSeconds,
    });
  }
  const { retryBudget, maxParallelRetries } = breaker ?? {};
  if (breaker !== undefined && retryBudget === undefined && maxParallelRetries === undefined) {
    problems.push({
      path: `${policyPath}.circuitBreaker.retryBudget`,
      must: "be given where there are retries, which would otherwise be up to 1024 at once",
      got: undefined,
      fix: "give it, or maxParallelRetries",
    });
  }
  return problems;
}
