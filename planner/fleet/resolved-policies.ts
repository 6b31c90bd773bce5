/**
 * The policies of a fleet after every default is resolved: what the simulator runs and what the Pulumi
 * components provision, in base units. Field names follow what is deployed: Envoy Gateway's BackendTrafficPolicy,
 * SQS and Pub/Sub, KEDA and the HPA, Route 53 and Cloud DNS. How they are written in a scenario is
 * `policies-spec.ts`; an absent policy is `undefined`, an absent limit is Infinity.
 */
import type { Distribution } from "../foundation/distributions";
import type { Priority } from "./priority";

export interface ResolvedPolicies {
  readonly gateway: ResolvedGateway;
  readonly admission: ResolvedAdmission | undefined;
  /** Retries by the gateway, before the first byte of an answer; retries by clients are the workload's. */
  readonly retry: ResolvedGatewayRetry | undefined;
  readonly timeout: ResolvedTimeouts;
  readonly hedging: ResolvedHedging | undefined;
  /** Of workloads that are delivered by queue. */
  readonly queue: ResolvedQueue;
  /** undefined: clients go to the nearest region that has the model, whether it is up or not. */
  readonly failover: ResolvedFailover | undefined;
  readonly draining: ResolvedDraining;
}

/** Envoy processes in front of the pools of one region (of the whole fleet when routing is over `any` region). */
export interface ResolvedGateway {
  /** Processes per region. Each knows only what it has sent itself, and gets its share of every limit. */
  readonly replicas: number;
}

/**
 * Limits of one region's gateway towards one pool, over all its processes (`circuitBreaker` of a
 * BackendTrafficPolicy). A request beyond `maxConnections` is pending; beyond `maxPendingRequests`, or beyond
 * `maxParallelRequests`, it overflows and is answered 503. Infinity = no limit.
 */
export interface ResolvedCircuitBreaker {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxParallelRequests: number;
  /** Retries by the gateway under way at once; ignored when there is a `retryBudget`, as in Envoy. */
  readonly maxParallelRetries: number;
  readonly retryBudget:
    | {
        /** Retries under way as a share of the active and pending requests. */
        readonly share: number;
        readonly minRetryConcurrency: number;
      }
    | undefined;
}

/** Ejection of replicas that answer with errors (`healthCheck.passive`), and checks beside traffic (`.active`). */
export interface ResolvedHealthCheck {
  readonly passive: ResolvedPassiveHealthCheck | undefined;
  readonly active: ResolvedActiveHealthCheck | undefined;
  /** With fewer than this share of a pool's replicas healthy, the gateway uses all of them. 0 = never. */
  readonly panicThreshold: number;
}

export interface ResolvedPassiveHealthCheck {
  /** Errors in a row that eject a replica. */
  readonly consecutive5XxErrors: number;
  /** Between two sweeps; only a sweep ends an ejection. */
  readonly intervalSeconds: number;
  /** The n-th ejection of a replica lasts n times as long, up to `maxEjectionSeconds`. */
  readonly baseEjectionSeconds: number;
  readonly maxEjectionSeconds: number;
  readonly maxEjectionShare: number;
  readonly alwaysEjectOneEndpoint: boolean;
  /**
   * A replica that comes back takes so many requests at once until one succeeds (half-open); Infinity: it comes
   * back whole, as Envoy does.
   */
  readonly halfOpenRequests: number;
}

export interface ResolvedActiveHealthCheck {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

/** Who is let in. Limits are for one region's gateway, over all its processes. */
export interface ResolvedAdmission {
  readonly rateLimit: readonly ResolvedRateLimit[];
  /** Requests let in and not over. */
  readonly maxConcurrency: number;
  /** A priority is refused once so large a share of `maxConcurrency` is in use; 1 = never for this reason. */
  readonly shedAboveShare: Readonly<Record<Priority, number>>;
  /** Refuse a request whose expected wait alone would break its client's patience or its TTFT objective. */
  readonly isDeadlineAware: boolean;
  /** Requests that wait at the gateway for `maxConcurrency`, and for how long at most. */
  readonly queueLimit: number;
  readonly queueTimeoutSeconds: number;
  /** What a refused client is told to wait (`Retry-After`); 0 = nothing. */
  readonly retryAfterSeconds: number;
  readonly admissionControl: ResolvedAdmissionControl | undefined;
}

/** A token bucket: `burst` at the start, filled at `perSecond`. */
export interface ResolvedRateLimit {
  readonly unit: "requests" | "input-tokens";
  readonly per: "tenant" | "all";
  readonly perSecond: number;
  readonly burst: number;
}

/** Envoy's admission control filter: rejects the more, the lower the success rate has been. */
export interface ResolvedAdmissionControl {
  readonly minSuccessRate: number;
  readonly minRequestsPerSecond: number;
  readonly samplingWindowSeconds: number;
  readonly maxRejectionShare: number;
  readonly rejectionAggression: number;
}

/** What a gateway may try again: always before the first byte, so that no half-sent answer is repeated. */
export type RetryTrigger =
  | "connect-failure"
  | "refused-stream"
  | "reset-before-request"
  | "retriable-status-codes";

export interface ResolvedGatewayRetry {
  readonly numRetries: number;
  readonly retryOn: readonly RetryTrigger[];
  readonly perRetryTimeoutSeconds: number;
  readonly baseIntervalSeconds: number;
  readonly maxIntervalSeconds: number;
}

/** Infinity = none. */
export interface ResolvedTimeouts {
  /** To open a connection to what does not answer (partitioned, or a dead region). */
  readonly connectSeconds: number;
  /** From the gateway's receipt to the last token. */
  readonly requestSeconds: number;
  /** Without a token: from the start to the first, and between two. */
  readonly streamIdleSeconds: number;
  /** Longest stream. */
  readonly maxStreamSeconds: number;
}

/** A second attempt on another replica when the first token is late; the first to have a token is kept. */
export interface ResolvedHedging {
  readonly afterSeconds: number;
  /** Hedges under way as a share of a gateway process's active requests. */
  readonly maxShare: number;
}

/** A message queue per region (SQS, or a Pub/Sub subscription) and its consumers. */
export interface ResolvedQueue {
  readonly visibilityTimeoutSeconds: number;
  /** Consumers extend the visibility of what they still work on. */
  readonly heartbeat: boolean;
  readonly maxReceiveCount: number;
  readonly retentionSeconds: number;
  readonly deadLetterRetentionSeconds: number;
  /** Messages under way on one replica, beside its other requests. */
  readonly consumersPerReplica: number;
  /** Consumers leave a replica alone that has this many requests outstanding. */
  readonly maxOutstandingPerReplica: number;
  /** The oldest message may be this old before an alarm. */
  readonly maxAgeSeconds: number;
}

export type ResolvedFailoverPolicy =
  /** The healthy region with the shortest round trip. */
  | { readonly kind: "latency" }
  /** Healthy regions in proportion to their weight; by region index. */
  | { readonly kind: "weighted"; readonly weights: readonly number[] }
  /** The first healthy region; region indexes. */
  | { readonly kind: "primary-backup"; readonly order: readonly number[] }
  /** The region of the client's area, and when it is unhealthy the nearest healthy; by origin index. */
  | { readonly kind: "geo"; readonly regionOfOrigin: readonly number[] };

/** DNS with health checks. When every region is unhealthy, DNS answers as if all were healthy. */
export interface ResolvedFailover {
  readonly policy: ResolvedFailoverPolicy;
  readonly healthCheck: {
    readonly intervalSeconds: number;
    /** Failed checks in a row after which a region is unhealthy. */
    readonly failureThreshold: number;
    /** Passed checks in a row after which it is healthy again. */
    readonly successThreshold: number;
    /** The check passes while at least this share of the region's wanted replicas of the model is ready. */
    readonly minHealthyShare: number;
  };
  readonly ttlSeconds: number;
  /** Resolvers that keep an answer for `holdSeconds`, whatever the TTL says. */
  readonly ignoringTtl: { readonly share: number; readonly holdSeconds: number };
}

/** A replica that is told to go (scale-down, spot notice) takes no new requests and finishes what it has. */
export interface ResolvedDraining {
  readonly timeoutSeconds: number;
  /**
   * What becomes of requests in flight on a replica that goes before they are over: they fail, or go on
   * elsewhere with what they have generated, after a prefill of all of it.
   */
  readonly onLoss: "fail" | "migrate";
}

export type AutoscalingMetric =
  | "kv-utilization"
  | "in-flight"
  | "waiting"
  | "queue-depth"
  | "request-rate";

/** KEDA's ScaledObject and the HPA's behaviour, for one pool. Bounds are the pool's replicas. */
export interface ResolvedAutoscaling {
  readonly metric: AutoscalingMetric;
  /** Per ready replica: a share for kv-utilization, requests or messages, or requests per second. */
  readonly target: number;
  readonly pollingIntervalSeconds: number;
  /** How old a sample is when the autoscaler sees it. */
  readonly metricLagSeconds: number;
  /** No change while the ratio to the target is within 1 ± this. */
  readonly tolerance: number;
  readonly scaleUp: ResolvedScalingRules;
  readonly scaleDown: ResolvedScalingRules;
  /** To zero after this long without load. Only with a minimum of 0. */
  readonly cooldownSeconds: number;
  /** Load, in the unit of the metric over the whole pool, above which a pool at zero gets its first replica. */
  readonly activation: number;
  /** At least so many replicas within these times of the week (KEDA's cron trigger). */
  readonly schedule: readonly ResolvedScalingSchedule[];
  readonly predictive: ResolvedPredictiveScaling | undefined;
}

/** Policies `pods` and `percent` with `selectPolicy: Max`; Infinity = no such policy. */
export interface ResolvedScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly pods: number;
  /** Of the replicas at the start of the period: 1 = double. */
  readonly share: number;
  readonly periodSeconds: number;
}

export interface ResolvedScalingSchedule {
  /** Seconds since Monday 00:00 UTC; an end before its start spans the end of the week. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly replicas: number;
}

export interface ResolvedPredictiveScaling {
  readonly lookaheadSeconds: number;
  /** `profile`: the rates that the workloads' profiles expect; `trend`: the last window, drawn out in a straight line. */
  readonly method: "profile" | "trend";
  readonly windowSeconds: number;
}

/** From the decision to start a replica until it takes requests. */
export interface ResolvedColdStart {
  /** Until the cloud has given the node; not for a replica that restarts where it was. */
  readonly nodeSeconds: Distribution;
  readonly imagePullSeconds: Distribution;
  readonly weightLoadSeconds: Distribution;
}

/**
 * How a pool's replicas are bought, by number: first the committed ones, then those on demand; the rest is spot
 * capacity. `purchase.ts` says which is which.
 */
export interface ResolvedPurchase {
  /** In buying order, at least one replica each. They run like those on demand, and are paid whether they run or not. */
  readonly committed: readonly CommittedReplicas[];
  /** Infinity = all that are not committed, where there is no spot capacity. */
  readonly onDemandReplicas: number;
  readonly spot:
    | {
        readonly interruptionsPerHour: number;
        readonly noticeSeconds: number;
        /** Until the cloud offers the capacity again. */
        readonly unavailableSeconds: Distribution;
      }
    | undefined;
}

export interface CommittedReplicas {
  readonly purchase: "reserved-3y" | "reserved-1y" | "capacity-block";
  readonly replicas: number;
}

/** A pool that is given no policy: each replica on a node of its own, on demand, all ready at the start. */
export const NO_POOL_POLICIES = {
  replicasPerNode: 1,
  purchase: { committed: [], onDemandReplicas: Number.POSITIVE_INFINITY, spot: undefined },
  coldStart: {
    nodeSeconds: { kind: "constant", value: 0 },
    imagePullSeconds: { kind: "constant", value: 0 },
    weightLoadSeconds: { kind: "constant", value: 0 },
  },
  autoscaling: undefined,
  circuitBreaker: undefined,
  healthCheck: { passive: undefined, active: undefined, panicThreshold: 0 },
} as const satisfies {
  readonly replicasPerNode: number;
  readonly purchase: ResolvedPurchase;
  readonly coldStart: ResolvedColdStart;
  readonly autoscaling: ResolvedAutoscaling | undefined;
  readonly circuitBreaker: ResolvedCircuitBreaker | undefined;
  readonly healthCheck: ResolvedHealthCheck;
};

/** A fleet that is given no policy: one gateway process that refuses nothing, no timeouts, no failover. */
export const NO_POLICIES: ResolvedPolicies = {
  gateway: { replicas: 1 },
  admission: undefined,
  retry: undefined,
  timeout: {
    connectSeconds: 5,
    requestSeconds: Number.POSITIVE_INFINITY,
    streamIdleSeconds: Number.POSITIVE_INFINITY,
    maxStreamSeconds: Number.POSITIVE_INFINITY,
  },
  hedging: undefined,
  queue: {
    visibilityTimeoutSeconds: 600,
    heartbeat: true,
    maxReceiveCount: 5,
    retentionSeconds: 345_600,
    deadLetterRetentionSeconds: 1_209_600,
    consumersPerReplica: 32,
    maxOutstandingPerReplica: 64,
    maxAgeSeconds: Number.POSITIVE_INFINITY,
  },
  failover: undefined,
  draining: { timeoutSeconds: 600, onLoss: "fail" },
};
