/**
 * What one Envoy process does with the traffic to one backend, in base units. Counts are per process, because each
 * knows only what it has sent itself: whoever has a limit for all processes divides it. Every field is known early.
 */

/** Limits on what is under way. Infinity is no limit. */
export interface CircuitBreakerArgs {
  /** Connections; a request beyond them waits for one. */
  readonly maxConnections: number;
  /** Requests that wait for a connection; those beyond are answered 503. */
  readonly maxPendingRequests: number;
  /** Requests under way; those beyond are answered 503. */
  readonly maxParallelRequests: number;
  /** Retries under way. @default - `retryBudget` */
  readonly maxParallelRetries?: number;
  /** A limit on retries that follows the load, in place of `maxParallelRetries`. @default - `maxParallelRetries` */
  readonly retryBudget?: {
    /** Retries under way, as percent of active and pending requests; two decimals count. */
    readonly percent: number;
    /** Retries under way that are always allowed. */
    readonly minRetryConcurrency: number;
  };
}

/** Ejection of replicas that answer with errors. */
export interface PassiveHealthCheckArgs {
  /** Errors in a row that eject a replica. */
  readonly consecutive5XxErrors: number;
  /** Between two sweeps; only a sweep ends an ejection. */
  readonly intervalSeconds: number;
  /** The n-th ejection of a replica lasts n times as long. */
  readonly baseEjectionSeconds: number;
  /**
   * Longest ejection. Envoy Gateway cannot set it: only what Envoy does by itself is accepted.
   * @default - 300, or `baseEjectionSeconds` when that is longer
   */
  readonly maxEjectionSeconds?: number;
  /** Replicas that may be ejected at once, whole percent. */
  readonly maxEjectionPercent: number;
  /** Whether one may be ejected whatever `maxEjectionPercent` says. @default false */
  readonly alwaysEjectOneEndpoint?: boolean;
  /**
   * Requests to a replica that comes back, until one succeeds. Envoy has no half-open state: only Infinity is accepted.
   * @default - Infinity
   */
  readonly halfOpenRequests?: number;
}

/** Checks beside the traffic. */
export interface ActiveHealthCheckArgs {
  readonly path: string;
  readonly intervalSeconds: number;
  /** A check that takes longer has failed. */
  readonly timeoutSeconds: number;
  /** Failed checks in a row after which a replica is left out. */
  readonly unhealthyThreshold: number;
  /** Passed checks in a row after which it is used again. */
  readonly healthyThreshold: number;
}

/** What may be tried again: only what fails before the first byte of an answer. */
export const retryTriggers = [
  "connect-failure",
  "refused-stream",
  "reset-before-request",
  "retriable-status-codes",
] as const;

/** A reason to try again. */
export type RetryTrigger = (typeof retryTriggers)[number];

/** Attempts after the first, on another replica. */
export interface RetryArgs {
  readonly numRetries: number;
  /** `retriable-status-codes` is 503, which a replica answers when it has not begun. */
  readonly retryOn: readonly RetryTrigger[];
  /** Longest attempt, the answer included. @default - none */
  readonly perRetryTimeoutSeconds?: number;
  readonly baseIntervalSeconds: number;
  readonly maxIntervalSeconds: number;
}

/** Refuses the more, the lower the success rate has been: a breaker that opens by degrees. */
export interface AdmissionControlArgs {
  /** Success rate below which requests are refused, whole percent. */
  readonly minSuccessPercent: number;
  /** Requests per second below which nothing is refused, a whole number. */
  readonly minRequestsPerSecond: number;
  readonly samplingWindowSeconds: number;
  /** Highest probability of a refusal, whole percent. */
  readonly maxRejectionPercent: number;
  /** 1 is linear; more refuses sooner. A whole number. */
  readonly rejectionAggression: number;
}

/** Infinity, and what is left out, is none. */
export interface StreamTimeoutsArgs {
  /** To open a connection. @default 5 */
  readonly connectSeconds?: number;
  /** From the receipt of the request to the last byte of the answer. @default - none */
  readonly requestSeconds?: number;
  /** Without a byte: to the first, and between two. @default - none */
  readonly streamIdleSeconds?: number;
  /** Longest stream. @default - none */
  readonly maxStreamSeconds?: number;
}

/** The longest that streams are expected to be; what cuts them earlier is refused. */
export interface StreamLengths {
  /** Longest stream, seconds from the request to the last byte. Known early. */
  readonly longestStreamSeconds: number;
  /** Longest time without a byte, which is that to the first token. Known early. */
  readonly longestSilenceSeconds: number;
}

/** How replicas are chosen. */
export type LoadBalancing = "least-request" | "round-robin" | "random";

/** Everything that is done with the traffic to one backend. */
export interface TrafficPolicyArgs {
  /** @default - none, with `routing: "inference"` */
  readonly circuitBreaker?: CircuitBreakerArgs;
  /** @default - none */
  readonly passiveHealthCheck?: PassiveHealthCheckArgs;
  /** @default - none; Kubernetes' readiness decides */
  readonly activeHealthCheck?: ActiveHealthCheckArgs;
  /** With fewer percent of its replicas healthy, all are used; 0 is never. @default - 50, Envoy's */
  readonly panicThresholdPercent?: number;
  /** @default - none */
  readonly retry?: RetryArgs;
  /** @default - none */
  readonly admissionControl?: AdmissionControlArgs;
  /** @default - only that to open a connection */
  readonly timeouts?: StreamTimeoutsArgs;
  /** @default "least-request" */
  readonly loadBalancing?: LoadBalancing;
  /** Time over which a replica that is new gets more and more, seconds. @default - all at once */
  readonly slowStartSeconds?: number;
}
