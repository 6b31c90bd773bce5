/**
 * Every policy that a fleet can have, switched on and never binding: what the engine pays for having them, when
 * nothing goes wrong. Limits are wide, so that the same requests take the same steps as without.
 */

import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import { NO_POLICIES, type ResolvedPolicies } from "../../planner/fleet/resolved-policies";
import type { ResolvedClient } from "../../planner/scenario/resolved-client";

const WIDE = 1e6;

export const policies: ResolvedPolicies = {
  ...NO_POLICIES,
  gateway: { replicas: 3 },
  admission: {
    rateLimit: [
      { unit: "requests", per: "tenant", perSecond: WIDE, burst: WIDE },
      { unit: "input-tokens", per: "all", perSecond: WIDE * 1000, burst: WIDE * 1000 },
    ],
    maxConcurrency: WIDE,
    shedAboveShare: { interactive: 1, standard: 0.9, batch: 0.7 },
    isDeadlineAware: true,
    queueLimit: 1000,
    queueTimeoutSeconds: 5,
    retryAfterSeconds: 1,
    admissionControl: {
      minSuccessRate: 0.95,
      minRequestsPerSecond: 1,
      samplingWindowSeconds: 60,
      maxRejectionShare: 0.8,
      rejectionAggression: 1,
    },
  },
  retry: {
    numRetries: 2,
    retryOn: ["connect-failure", "refused-stream"],
    perRetryTimeoutSeconds: 300,
    baseIntervalSeconds: 0.025,
    maxIntervalSeconds: 0.25,
  },
  timeout: {
    connectSeconds: 5,
    requestSeconds: 600,
    streamIdleSeconds: 120,
    maxStreamSeconds: 600,
  },
  hedging: { afterSeconds: 60, maxShare: 0.05 },
  failover: {
    policy: { kind: "latency" },
    healthCheck: {
      intervalSeconds: 10,
      failureThreshold: 3,
      successThreshold: 3,
      minHealthyShare: 0.5,
    },
    ttlSeconds: 60,
    ignoringTtl: { share: 0.05, holdSeconds: 1800 },
  },
};

export const client: ResolvedClient = {
  timeoutSeconds: { kind: "constant", value: 300 },
  firstTokenTimeoutSeconds: { kind: "constant", value: 60 },
  giveUpSeconds: 900,
  retries: {
    max: 2,
    on: ["rejected", "timed-out", "failed"],
    backoff: "exponential",
    baseSeconds: 0.5,
    maxSeconds: 8,
    jitter: "full",
    honoursRetryAfter: true,
    budget: { share: 0.2, minPerSecond: 10 },
  },
};

/** Of a pool of `replicas`: autoscaling polls, and finds that nothing needs to change. */
export function poolPolicies(replicas: number): Partial<ResolvedPool> {
  const rules = { stabilizationWindowSeconds: 300, pods: 4, share: 1, periodSeconds: 15 };
  return {
    circuitBreaker: {
      maxConnections: WIDE,
      maxPendingRequests: WIDE,
      maxParallelRequests: WIDE,
      maxParallelRetries: WIDE,
      retryBudget: { share: 0.2, minRetryConcurrency: 3 },
    },
    healthCheck: {
      passive: {
        consecutive5XxErrors: 5,
        intervalSeconds: 3,
        baseEjectionSeconds: 30,
        maxEjectionSeconds: 300,
        maxEjectionShare: 0.5,
        alwaysEjectOneEndpoint: true,
        halfOpenRequests: Number.POSITIVE_INFINITY,
      },
      active: {
        intervalSeconds: 5,
        timeoutSeconds: 1,
        unhealthyThreshold: 2,
        healthyThreshold: 1,
      },
      panicThreshold: 0.5,
    },
    autoscaling: {
      metric: "kv-utilization",
      target: 0.9,
      pollingIntervalSeconds: 15,
      metricLagSeconds: 15,
      tolerance: 0.1,
      scaleUp: rules,
      scaleDown: rules,
      cooldownSeconds: 300,
      activation: 0,
      schedule: [],
      predictive: undefined,
    },
    replicasMin: replicas,
  };
}
