/**
 * The policies of a fleet as written: gateway, circuit breaker, health checks, retries, timeouts, admission, hedging,
 * queue, failover and draining. Names are those of what is deployed: Envoy Gateway 1.9's BackendTrafficPolicy, SQS
 * and Pub/Sub, Route 53 and Cloud DNS. What is scaled and bought is `scaling-spec.ts`; nothing is filled in here:
 * that is `resolve-policies.ts` with `policy-defaults.ts`.
 */
import { z } from "zod";
import { oneOrMore, orMap, orWord } from "./alternatives";
import { oneForm } from "./one-form";
import { PRIORITIES, type Priority } from "./priority";
import type { RetryTrigger } from "./resolved-policies";
import {
  checked,
  count,
  duration,
  flag,
  namedMap,
  percent,
  plainNumber,
  type Reading,
  rate,
  share,
  strict,
  text,
  unknownName,
  word,
} from "./schema-kit";

/** Processes of one gateway: more than this is a typing error. */
const GATEWAY_REPLICAS_MAX = 1000;

export const gatewaySpec = strict(
  {
    replicas: count("Envoy processes per region; each gets its share of every limit", {
      min: 1,
      max: GATEWAY_REPLICAS_MAX,
    }),
  },
  "The gateway in front of the pools of a region",
);

const limit = (description: string, min: number) =>
  orWord(["auto", "unlimited"], "a number", count(description, { min }), description).optional();

const circuitBreakerFields = strict(
  {
    maxConnections: limit("Connections to the pool; requests beyond it are pending", 1),
    maxPendingRequests: limit(
      "Requests that wait for a connection; those beyond it are answered 503",
      0,
    ),
    maxParallelRequests: limit("Requests under way; those beyond it are answered 503", 1),
    maxParallelRetries: limit("Retries by the gateway under way", 0),
    retryBudget: strict(
      {
        percent: percent("Retries under way as a share of active and pending requests", {
          above: 0,
          max: 1,
        }).optional(),
        minRetryConcurrency: count("Retries under way that are always allowed", {
          min: 0,
        }).optional(),
      },
      "Limit on retries that follows the load; takes the place of maxParallelRetries",
    ).optional(),
  },
  "Limits of one region's gateway towards one pool, over all its processes",
);

const none = (what: string) => word(what, ["none"], `none: the fleet's is not used here`);

/** The circuit breaker of the fleet. */
export const circuitBreakerSpec = circuitBreakerFields;
/** The circuit breaker of one pool, in place of the fleet's. */
export const poolCircuitBreakerSpec = orMap(
  none("circuitBreaker"),
  circuitBreakerFields,
  "Limits of the gateway towards this pool, in place of the fleet's; none = no limits",
);

const healthCheckFields = strict(
  {
    passive: strict(
      {
        consecutive5XxErrors: count("Errors in a row that eject a replica").optional(),
        interval: duration("Time between two sweeps; only a sweep ends an ejection", {
          above: 0,
        }).optional(),
        baseEjectionTime: duration("The n-th ejection of a replica lasts n times as long", {
          above: 0,
        }).optional(),
        maxEjectionTime: duration("Longest ejection (Envoy's max_ejection_time)", {
          above: 0,
        }).optional(),
        maxEjectionPercent: percent("Share of a pool's replicas that may be ejected at once", {
          max: 1,
        }).optional(),
        alwaysEjectOneEndpoint: flag(
          "One replica may be ejected whatever maxEjectionPercent says",
        ).optional(),
        halfOpenRequests: count(
          "Requests at once to a replica that comes back, until one succeeds; without it the replica comes back whole, as in Envoy",
        ).optional(),
      },
      "Ejection of replicas that answer with errors (Envoy's outlier detection)",
    ).optional(),
    active: strict(
      {
        interval: duration("Time between two checks of a replica", { above: 0 }).optional(),
        timeout: duration("A check that takes longer has failed", { above: 0 }).optional(),
        unhealthyThreshold: count(
          "Failed checks in a row after which a replica is left out",
        ).optional(),
        healthyThreshold: count("Passed checks in a row after which it is used again").optional(),
      },
      "Checks of replicas beside their traffic",
    ).optional(),
    panicThreshold: percent(
      "With a smaller share of its replicas healthy, a pool is used whole; 0% = never",
      { max: 1 },
    ).optional(),
  },
  "Which replicas the gateway leaves out",
);

/** The health checks of the fleet's pools. */
export const healthCheckSpec = healthCheckFields;
/** The health checks of one pool, in place of the fleet's. */
export const poolHealthCheckSpec = orMap(
  none("healthCheck"),
  healthCheckFields,
  "Which replicas of this pool the gateway leaves out, in place of the fleet's; none = none",
);

/** In the order in which they are listed. */
export const RETRY_TRIGGERS = [
  "connect-failure",
  "refused-stream",
  "reset-before-request",
  "retriable-status-codes",
] as const satisfies readonly RetryTrigger[];

/** Envoy's triggers that may strike after the first token. */
const UNSAFE_TRIGGERS: ReadonlySet<unknown> = new Set(["5xx", "gateway-error", "reset"]);

const retryTrigger = checked<RetryTrigger>(
  (value): Reading<RetryTrigger> => {
    const found = RETRY_TRIGGERS.find((one) => one === value);
    if (found !== undefined) return { ok: true, value: found };
    const { message, hint } = unknownName("trigger", value, RETRY_TRIGGERS);
    if (!UNSAFE_TRIGGERS.has(value)) return { ok: false, problem: "unknown-name", message, hint };
    return {
      ok: false,
      message: `${value} would repeat an answer that is half sent`,
      hint: "use retriable-status-codes (503) or reset-before-request",
    };
  },
  { enum: [...RETRY_TRIGGERS], description: "A trigger" },
);

export const retrySpec = strict(
  {
    numRetries: count("Attempts after the first", { min: 1, max: 10 }).optional(),
    retryOn: z
      .array(retryTrigger)
      .min(1)
      .meta({
        description:
          "What is tried again: only what fails before the first token; retriable-status-codes is 503",
      })
      .optional(),
    perRetry: strict(
      {
        timeout: duration("Longest attempt, the first included", { above: 0 }).optional(),
        backOff: strict(
          {
            baseInterval: duration(
              "Longest wait before the first retry, doubled for each further one; a wait is drawn below it",
              {
                above: 0,
              },
            ).optional(),
            maxInterval: duration("Longest wait, however many retries", { above: 0 }).optional(),
          },
          "Waits between attempts: exponential, with full jitter",
        ).optional(),
      },
      "Of each attempt",
    ).optional(),
  },
  "Retries by the gateway, on another replica of the region",
);

export const timeoutSpec = strict(
  {
    connectTimeout: duration("To open a connection", { above: 0 }).optional(),
    requestTimeout: duration("From the gateway's receipt to the last token", {
      above: 0,
    }).optional(),
    streamIdleTimeout: duration("Without a token: to the first, and between two", {
      above: 0,
    }).optional(),
    maxStreamDuration: duration("Longest stream", { above: 0 }).optional(),
  },
  "Timeouts of the gateway; those left out are none",
);

const rateLimit = strict(
  {
    requests: rate("Requests let in", { above: 0 }).optional(),
    inputTokens: rate("Input tokens let in, such as 200k/s", { above: 0 }).optional(),
    burst: duration("Depth of the bucket, as time at this rate", { above: 0 }).optional(),
    per: word(
      "per",
      ["tenant", "all"],
      "Whether each tenant has a bucket, or all share one",
    ).optional(),
  },
  "A token bucket",
);

const priorityShares = Object.fromEntries(
  PRIORITIES.map((priority) => [
    priority,
    share(`${priority} requests are refused above this share of concurrency in use`, {
      above: 0,
    }).optional(),
  ]),
) as Record<Priority, z.ZodOptional<ReturnType<typeof share>>>;

export const admissionSpec = strict(
  {
    rateLimit: oneOrMore(
      rateLimit,
      "Rates at which requests are let in: one, or a list",
    ).optional(),
    concurrency: count("Requests let in and not over").optional(),
    priorityShedding: strict(
      priorityShares,
      "Priority → share of concurrency in use above which its requests are refused",
    ).optional(),
    deadlineAware: flag(
      "Refuse requests whose expected wait is longer than their client's patience or TTFT objective",
    ).optional(),
    queue: strict(
      {
        limit: count("Requests that wait at the gateway for concurrency"),
        timeout: duration("Longest wait, however many retries", { above: 0 }),
      },
      "Requests beyond concurrency wait instead of being refused",
    ).optional(),
    retryAfter: duration("What a refused client is told to wait (Retry-After)", {
      above: 0,
    }).optional(),
    admissionControl: strict(
      {
        minSuccessRate: percent("Success rate below which requests are rejected", {
          min: 0.01,
          max: 1,
        }).optional(),
        minRequestRate: rate("Below this rate nothing is rejected").optional(),
        samplingWindow: duration("Window of the success rate", { min: 1 }).optional(),
        maxRejectionPercent: percent("Highest probability of a rejection", {
          above: 0,
          max: 1,
        }).optional(),
        rejectionAggression: plainNumber("1 = linear; more rejects sooner", {
          min: 1,
        }).optional(),
      },
      "Rejects the more, the lower the success rate has been (Envoy's admission control)",
    ).optional(),
  },
  "Who is let in, per region's gateway over all its processes",
);

export const hedgingSpec = strict(
  {
    after: duration("A second attempt starts when the first token is this late", { above: 0 }),
    maxShare: share("Hedges under way as a share of a gateway process's active requests", {
      above: 0,
    }).optional(),
  },
  "A second attempt on another replica; the first to have a token is kept",
);

/** SQS takes 0 to 12 hours; Pub/Sub's 10 minutes are checked where there is a GCP region. */
const VISIBILITY_SECONDS_MAX = 43_200;

export const queueSpec = strict(
  {
    visibilityTimeout: orWord(
      ["auto"],
      "a duration",
      duration("Time for which a received message is hidden from other consumers", {
        above: 0,
        max: VISIBILITY_SECONDS_MAX,
      }),
      "Time for which a received message is hidden from other consumers (SQS: up to 12 h)",
    ).optional(),
    heartbeat: flag("Consumers extend the visibility of what they still work on").optional(),
    maxReceiveCount: count("Receives after which a message is dead-lettered", {
      min: 1,
      max: 1000,
    }).optional(),
    retention: duration("Time after which a message that nobody handled is dropped", {
      above: 0,
    }).optional(),
    deadLetterRetention: duration("Retention of dead letters, from when a message was first sent", {
      above: 0,
    }).optional(),
    consumersPerReplica: count("Messages under way on one replica").optional(),
    maxOutstandingPerReplica: count(
      "Consumers leave a replica alone that has this many requests outstanding",
    ).optional(),
    maxAge: duration("Age of the oldest message at which the alarm sounds", {
      above: 0,
    }).optional(),
  },
  "The message queue of each region (SQS or Pub/Sub), for workloads delivered by queue",
);

const failoverPolicy = oneForm({
  what: "policy",
  description: "How DNS chooses among healthy regions",
  style: "tag",
  bare: word("policy", ["latency"], "The region with the shortest round trip"),
  words: ["latency"],
  forms: {
    weighted: strict({
      weighted: namedMap(
        "region",
        plainNumber("Weight", { min: 0 }),
        "Region → weight; a region left out has none",
      ),
    }),
    primaryBackup: strict({
      primaryBackup: z
        .array(text("A region"))
        .min(2)
        .meta({ description: "Regions in order: the first that is healthy is used" }),
    }),
    geo: strict({
      geo: namedMap(
        "origin",
        text("A region"),
        "Origin → region of its clients; `default` for the other origins",
      ),
    }),
  },
});

export const failoverSpec = strict(
  {
    policy: failoverPolicy.optional(),
    healthCheck: strict(
      {
        interval: duration("Time between two checks of a region", { above: 0 }).optional(),
        failureThreshold: count("Failed checks in a row after which a region is unhealthy", {
          min: 1,
          max: 10,
        }).optional(),
        successThreshold: count("Passed checks in a row after which it is healthy again", {
          min: 1,
          max: 10,
        }).optional(),
        minHealthyShare: share(
          "The check passes while this share of the replicas wanted in the region is ready",
          { above: 0 },
        ).optional(),
      },
      "Health checks of regions",
    ).optional(),
    ttl: duration("How long resolvers keep an answer", { min: 1 }).optional(),
    resolversIgnoringTtl: strict(
      {
        share: share("Share of the clients behind such resolvers"),
        hold: duration("How long these keep an answer", { above: 0 }),
      },
      "Resolvers that keep answers for longer than the TTL",
    ).optional(),
  },
  "DNS failover between regions (Route 53, Cloud DNS)",
);

/** ELB's deregistration delay and Google's connection draining end at an hour. */
const DRAINING_SECONDS_MAX = 3600;

export const drainingSpec = strict(
  {
    timeout: duration("Time for a replica that must go to finish what it has", {
      max: DRAINING_SECONDS_MAX,
    }).optional(),
    onLoss: word(
      "onLoss",
      ["fail", "migrate"],
      "What becomes of requests in flight on a replica that is lost: they fail, or go on elsewhere after a prefill of all they have",
    ).optional(),
  },
  "What becomes of the work of a replica that goes",
);

export type CircuitBreakerSpec = z.output<typeof circuitBreakerSpec>;
export type HealthCheckSpec = z.output<typeof healthCheckSpec>;
export type RetrySpec = z.output<typeof retrySpec>;
export type TimeoutSpec = z.output<typeof timeoutSpec>;
export type RateLimitSpec = z.output<typeof rateLimit>;
export type AdmissionSpec = z.output<typeof admissionSpec>;
export type HedgingSpec = z.output<typeof hedgingSpec>;
export type QueueSpec = z.output<typeof queueSpec>;
export type FailoverSpec = z.output<typeof failoverSpec>;
export type DrainingSpec = z.output<typeof drainingSpec>;
