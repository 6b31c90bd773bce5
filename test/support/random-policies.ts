/**
 * Policies of a fleet, of its pools and of clients, each on or off at random. Times are of the order of the requests
 * of random-fleet.ts (half a second), so that timeouts, ejections and cold starts come and go within a run.
 */
import * as fc from "fast-check";
import type {
  ResolvedAdmission,
  ResolvedAutoscaling,
  ResolvedCircuitBreaker,
  ResolvedColdStart,
  ResolvedFailover,
  ResolvedFailoverPolicy,
  ResolvedHealthCheck,
  ResolvedPolicies,
  ResolvedPurchase,
} from "../../planner/fleet/resolved-policies";
import { NO_POLICIES } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT, type ResolvedClient } from "../../planner/scenario/resolved-client";

const NEVER = Number.POSITIVE_INFINITY;

/** A failover of which the regions are not known yet. */
export interface DrawnFailover extends Omit<ResolvedFailover, "policy"> {
  readonly kind: ResolvedFailoverPolicy["kind"];
}

export interface DrawnPolicies extends Omit<ResolvedPolicies, "failover"> {
  readonly failover: DrawnFailover | undefined;
}

export interface DrawnPool {
  readonly extraReplicas: number;
  readonly fewerReplicas: number;
  readonly replicasPerNode: number;
  readonly purchase: ResolvedPurchase;
  readonly coldStart: ResolvedColdStart;
  readonly autoscaling: ResolvedAutoscaling | undefined;
  readonly circuitBreaker: ResolvedCircuitBreaker | undefined;
  readonly healthCheck: ResolvedHealthCheck;
}

/** Off as often as on. */
function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

const limit = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: 1, max }), fc.constant(NEVER));

const admission: fc.Arbitrary<ResolvedAdmission> = fc.record({
  rateLimit: fc.array(
    fc.record({
      unit: fc.constantFrom("requests", "input-tokens"),
      per: fc.constantFrom("tenant", "all"),
      perSecond: fc.constantFrom(5, 300, 4000),
      burst: fc.constantFrom(10, 1000),
    }),
    { maxLength: 2 },
  ),
  maxConcurrency: limit(40),
  shedAboveShare: fc.record({
    interactive: fc.constant(1),
    standard: fc.constantFrom(0.8, 1),
    batch: fc.constantFrom(0.4, 1),
  }),
  isDeadlineAware: fc.boolean(),
  queueLimit: fc.constantFrom(0, 5, 50),
  queueTimeoutSeconds: fc.constantFrom(0.3, 3, NEVER),
  retryAfterSeconds: fc.constantFrom(0, 1),
  admissionControl: maybe(
    fc.record({
      minSuccessRate: fc.constantFrom(0.5, 0.95),
      minRequestsPerSecond: fc.constantFrom(0, 2),
      samplingWindowSeconds: fc.constantFrom(2, 10),
      maxRejectionShare: fc.constantFrom(0.5, 0.9),
      rejectionAggression: fc.constantFrom(1, 2),
    }),
  ),
});

const failover: fc.Arbitrary<DrawnFailover> = fc.record({
  kind: fc.constantFrom("latency", "weighted", "primary-backup", "geo"),
  healthCheck: fc.record({
    intervalSeconds: fc.constantFrom(0.4, 1.3),
    failureThreshold: fc.integer({ min: 1, max: 3 }),
    successThreshold: fc.integer({ min: 1, max: 2 }),
    minHealthyShare: fc.constantFrom(0, 0.5, 1),
  }),
  ttlSeconds: fc.constantFrom(0.5, 3),
  ignoringTtl: fc.record({ share: fc.constantFrom(0, 0.2), holdSeconds: fc.constant(9) }),
});

export const drawnPolicies: fc.Arbitrary<DrawnPolicies> = fc.record({
  gateway: fc.record({ replicas: fc.integer({ min: 1, max: 3 }) }),
  admission: maybe(admission),
  retry: maybe(
    fc.record({
      numRetries: fc.integer({ min: 1, max: 3 }),
      retryOn: fc.uniqueArray(
        fc.constantFrom(
          "connect-failure",
          "refused-stream",
          "reset-before-request",
          "retriable-status-codes",
        ),
        { minLength: 1, maxLength: 4 },
      ),
      perRetryTimeoutSeconds: fc.constantFrom(0.5, NEVER, NEVER),
      baseIntervalSeconds: fc.constantFrom(0.025, 0.5),
      maxIntervalSeconds: fc.constant(1),
    }),
  ),
  timeout: fc.record({
    connectSeconds: fc.constantFrom(0.2, 1),
    requestSeconds: fc.constantFrom(2.5, 15, NEVER, NEVER),
    streamIdleSeconds: fc.constantFrom(1.1, NEVER, NEVER),
    maxStreamSeconds: fc.constantFrom(7, NEVER, NEVER),
  }),
  hedging: maybe(
    fc.record({
      afterSeconds: fc.constantFrom(0.05, 0.4),
      maxShare: fc.constantFrom(0.1, 0.5, 1),
    }),
  ),
  queue: fc.record({
    visibilityTimeoutSeconds: fc.constantFrom(0.35, 2, 20),
    heartbeat: fc.boolean(),
    maxReceiveCount: fc.integer({ min: 1, max: 5 }),
    retentionSeconds: fc.constantFrom(4, 60),
    deadLetterRetentionSeconds: fc.constant(1000),
    consumersPerReplica: fc.integer({ min: 1, max: 8 }),
    maxOutstandingPerReplica: fc.integer({ min: 1, max: 20 }),
    maxAgeSeconds: fc.constant(NEVER),
  }),
  failover: maybe(failover),
  draining: fc.record({
    timeoutSeconds: fc.constantFrom(0.3, 5, 600),
    onLoss: fc.constantFrom("fail", "migrate"),
  }),
});

const circuitBreaker: fc.Arbitrary<ResolvedCircuitBreaker> = fc.record({
  maxConnections: limit(20),
  maxPendingRequests: fc.constantFrom(0, 4, 30, NEVER),
  maxParallelRequests: limit(30),
  maxParallelRetries: fc.constantFrom(0, 2, 10),
  retryBudget: maybe(
    fc.record({
      share: fc.constantFrom(0.1, 0.3, 1),
      minRetryConcurrency: fc.constantFrom(0, 2),
    }),
  ),
});

const healthCheck: fc.Arbitrary<ResolvedHealthCheck> = fc.record({
  passive: maybe(
    fc.record({
      consecutive5XxErrors: fc.integer({ min: 1, max: 3 }),
      intervalSeconds: fc.constantFrom(0.5, 1.7),
      baseEjectionSeconds: fc.constantFrom(0.6, 3),
      maxEjectionSeconds: fc.constantFrom(3, 20),
      maxEjectionShare: fc.constantFrom(0.1, 0.5, 1),
      alwaysEjectOneEndpoint: fc.boolean(),
      halfOpenRequests: fc.constantFrom(1, 2, NEVER),
    }),
  ),
  active: maybe(
    fc.record({
      intervalSeconds: fc.constantFrom(0.7, 2.1),
      timeoutSeconds: fc.constant(0.5),
      unhealthyThreshold: fc.integer({ min: 1, max: 3 }),
      healthyThreshold: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  panicThreshold: fc.constantFrom(0, 0, 0.5),
});

const autoscaling: fc.Arbitrary<ResolvedAutoscaling> = fc
  .constantFrom(
    { metric: "in-flight", target: 3 } as const,
    { metric: "waiting", target: 1 } as const,
    { metric: "kv-utilization", target: 0.3 } as const,
    { metric: "request-rate", target: 2 } as const,
    { metric: "queue-depth", target: 4 } as const,
  )
  .chain((measured) =>
    fc.record({
      metric: fc.constant(measured.metric),
      target: fc.constant(measured.target),
      pollingIntervalSeconds: fc.constantFrom(0.5, 1.5),
      metricLagSeconds: fc.constantFrom(0, 0.6),
      tolerance: fc.constantFrom(0, 0.1),
      scaleUp: fc.constant({
        stabilizationWindowSeconds: 0,
        pods: 4,
        share: 1,
        periodSeconds: 1.5,
      }),
      scaleDown: fc.record({
        stabilizationWindowSeconds: fc.constantFrom(0, 5),
        pods: fc.constantFrom(1, NEVER),
        share: fc.constant(1),
        periodSeconds: fc.constant(1.5),
      }),
      cooldownSeconds: fc.constantFrom(2, 300),
      activation: fc.constant(0),
      schedule: fc.constantFrom([], [{ startSeconds: 3, endSeconds: 9, replicas: 3 }]),
      predictive: fc.constantFrom(
        undefined,
        { lookaheadSeconds: 3, method: "trend", windowSeconds: 6 } as const,
        { lookaheadSeconds: 3, method: "profile", windowSeconds: 6 } as const,
      ),
    }),
  );

/** The chance that a start takes no time at all is of interest too. */
const coldStart: fc.Arbitrary<ResolvedColdStart> = fc.constantFrom(
  seconds(0, 0, 0),
  seconds(0.4, 0.3, 0.8),
  seconds(2, 0.1, 0.2),
);

function seconds(node: number, pull: number, load: number): ResolvedColdStart {
  const of = (mean: number) =>
    mean === 0
      ? ({ kind: "constant", value: 0 } as const)
      : ({ kind: "exponential", mean } as const);
  return { nodeSeconds: of(node), imagePullSeconds: of(pull), weightLoadSeconds: of(load) };
}

/** What of a pool is not spot: without commitments, or with some. */
const STEADY: readonly Omit<ResolvedPurchase, "spot">[] = [0, 1, NEVER].flatMap(
  (onDemandReplicas) => [
    { committed: [], onDemandReplicas },
    { committed: [{ purchase: "reserved-1y", replicas: 1 }], onDemandReplicas },
    {
      committed: [
        { purchase: "reserved-3y", replicas: 2 },
        { purchase: "capacity-block", replicas: 2 },
      ],
      onDemandReplicas,
    },
  ],
);

export const drawnPool: fc.Arbitrary<DrawnPool> = fc.record({
  extraReplicas: fc.integer({ min: 0, max: 3 }),
  fewerReplicas: fc.integer({ min: 0, max: 4 }),
  replicasPerNode: fc.integer({ min: 1, max: 2 }),
  purchase: fc
    .record({
      steady: fc.constantFrom(...STEADY),
      spot: maybe(
        fc.record({
          interruptionsPerHour: fc.constantFrom(60, 400),
          noticeSeconds: fc.constantFrom(0, 0.7, 4),
          unavailableSeconds: fc.constant({ kind: "exponential", mean: 3 } as const),
        }),
      ),
    })
    .map(({ steady, spot }) => ({ ...steady, spot })),
  coldStart,
  autoscaling: maybe(autoscaling),
  circuitBreaker: maybe(circuitBreaker),
  healthCheck,
});

const retries = fc.record({
  max: fc.constantFrom(1, 3, NEVER),
  on: fc.uniqueArray(fc.constantFrom("rejected", "timed-out", "failed"), {
    minLength: 1,
    maxLength: 3,
  }),
  backoff: fc.constantFrom("fixed", "exponential"),
  baseSeconds: fc.constantFrom(0.1, 0.7),
  maxSeconds: fc.constant(4),
  jitter: fc.constantFrom("none", "full", "equal"),
  honoursRetryAfter: fc.boolean(),
  budget: maybe(
    fc.record({ share: fc.constantFrom(0, 0.1, 0.5), minPerSecond: fc.constantFrom(0, 0.5) }),
  ),
});

const patience = maybe(
  fc.constantFrom(
    { kind: "constant", value: 2.3 } as const,
    { kind: "exponential", mean: 3 } as const,
  ),
);

const impatientClient: fc.Arbitrary<ResolvedClient> = fc.record({
  timeoutSeconds: patience,
  firstTokenTimeoutSeconds: patience,
  giveUpSeconds: fc.constantFrom(3, 17),
  retries: maybe(retries),
});

export const drawnClient: fc.Arbitrary<ResolvedClient> = fc.oneof(
  { arbitrary: impatientClient, weight: 4 },
  { arbitrary: fc.constant(PATIENT_CLIENT), weight: 1 },
);

/** Senders of messages ask again while the queue cannot be reached, and wait for ever for the work. */
export const QUEUE_CLIENT: ResolvedClient = {
  ...PATIENT_CLIENT,
  retries: {
    max: 3,
    on: ["failed"],
    backoff: "fixed",
    baseSeconds: 1,
    maxSeconds: 1,
    jitter: "none",
    honoursRetryAfter: false,
    budget: undefined,
  },
};

/** Every policy there is, and nothing that it ever limits in a run of seconds. */
export const BOUNDLESS_POLICIES: ResolvedPolicies = {
  ...NO_POLICIES,
  admission: {
    rateLimit: [{ unit: "requests", per: "all", perSecond: 1e9, burst: 1e9 }],
    maxConcurrency: 1e6,
    shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
    isDeadlineAware: false,
    queueLimit: 10,
    queueTimeoutSeconds: 1e6,
    retryAfterSeconds: 1,
    admissionControl: {
      minSuccessRate: 0.1,
      minRequestsPerSecond: 0,
      samplingWindowSeconds: 10,
      maxRejectionShare: 0.5,
      rejectionAggression: 1,
    },
  },
  retry: {
    numRetries: 3,
    retryOn: ["connect-failure", "refused-stream"],
    perRetryTimeoutSeconds: 1e6,
    baseIntervalSeconds: 0.1,
    maxIntervalSeconds: 1,
  },
  timeout: {
    connectSeconds: 1e6,
    requestSeconds: 1e6,
    streamIdleSeconds: 1e6,
    maxStreamSeconds: 1e6,
  },
  hedging: { afterSeconds: 1e6, maxShare: 1 },
};

/** The same for a pool. */
export const BOUNDLESS_POOL_POLICIES = {
  circuitBreaker: {
    maxConnections: 1e6,
    maxPendingRequests: 1e6,
    maxParallelRequests: 1e6,
    maxParallelRetries: 1e6,
    retryBudget: { share: 1, minRetryConcurrency: 1e6 },
  },
  healthCheck: {
    passive: {
      consecutive5XxErrors: 5,
      intervalSeconds: 3,
      baseEjectionSeconds: 30,
      maxEjectionSeconds: 300,
      maxEjectionShare: 1,
      alwaysEjectOneEndpoint: true,
      halfOpenRequests: 1,
    },
    active: { intervalSeconds: 1, timeoutSeconds: 1, unhealthyThreshold: 2, healthyThreshold: 1 },
    panicThreshold: 0,
  },
} as const satisfies Pick<DrawnPool, "circuitBreaker" | "healthCheck">;
