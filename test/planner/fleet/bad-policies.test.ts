import { describe, expect, it } from "@jest/globals";
import { shownProblems } from "./small-fleet";

type Case = readonly [what: string, changes: Readonly<Record<string, string>>, shown: string];

const POOL = "fleet.regions.us-east-1.pools.h100";
const EUROPE = "regions.eu-west-1.pools.h100";
const MODEL = "model: llama-3.1-8b-instruct, instanceType: p5.48xlarge";
const GCP = "{ model: llama-3.1-8b-instruct, instanceType: a3-highgpu-8g, replicas: 1 }";

/** Changes to a good fleet → the one problem that they make, as it is shown. */
const gateway: readonly Case[] = [
  [
    "no gateway",
    { gateway: "{ replicas: 0 }" },
    "fleet.gateway.replicas: must be at least 1, got 0",
  ],
  [
    "a gateway without a number",
    { gateway: "{}" },
    "fleet.gateway.replicas: is missing; envoy processes per region; each gets its share of every limit",
  ],
  [
    "a limit fewer than processes",
    { gateway: "{ replicas: 3 }", circuitBreaker: "{ maxPendingRequests: 2 }" },
    "fleet.circuitBreaker.maxPendingRequests: 2 cannot be shared by 3 gateway replicas, each of which counts for itself; use 3 or more, or fewer gateway replicas",
  ],
  [
    "a concurrency fewer than processes",
    { gateway: "{ replicas: 3 }", admission: "{ concurrency: 1 }" },
    "fleet.admission.concurrency: 1 cannot be shared by 3 gateway replicas, each of which counts for itself; use 3 or more, or fewer gateway replicas",
  ],
  [
    "a misspelt limit",
    { circuitBreaker: "{ maxConections: 3 }" },
    'fleet.circuitBreaker.maxConections: unknown key; did you mean "maxConnections"?',
  ],
  [
    "a misspelt word for a limit",
    { circuitBreaker: "{ maxConnections: unlimitd }" },
    'fleet.circuitBreaker.maxConnections: unknown value "unlimitd"; did you mean "unlimited"?',
  ],
  [
    "no parallel requests",
    { circuitBreaker: "{ maxParallelRequests: 0 }" },
    "fleet.circuitBreaker.maxParallelRequests: must be at least 1, got 0",
  ],
  [
    "half a connection",
    { circuitBreaker: "{ maxConnections: 0.5 }" },
    "fleet.circuitBreaker.maxConnections: must be a whole number, got 0.5",
  ],
  [
    "two limits on retries",
    { retry: "{}", circuitBreaker: "{ maxParallelRetries: 3, retryBudget: {} }" },
    "fleet.circuitBreaker.maxParallelRetries: does nothing beside a retryBudget, which takes its place; leave one of the two out",
  ],
  [
    "a budget without retries",
    { circuitBreaker: "{ retryBudget: { percent: 20% } }" },
    "fleet.circuitBreaker.retryBudget: limits retries by the gateway, which makes none; add fleet.retry, or leave retryBudget out; budgets of clients are in their workload",
  ],
  [
    "a limit on retries without retries, of one pool",
    { "h100.circuitBreaker": "{ maxParallelRetries: 3 }" },
    `${POOL}.circuitBreaker.maxParallelRetries: limits retries by the gateway, which makes none; add fleet.retry, or leave maxParallelRetries out; budgets of clients are in their workload`,
  ],
  [
    "a percentage without its sign",
    { retry: "{}", circuitBreaker: "{ retryBudget: { percent: 20 } }" },
    "fleet.circuitBreaker.retryBudget.percent: expected a percentage with its sign, such as 20%, got 20; did you mean 20%?",
  ],
  [
    "a percentage that looks like a share",
    { healthCheck: "{ active: {}, panicThreshold: 0.5 }" },
    "fleet.healthCheck.panicThreshold: expected a percentage with its sign, such as 20%, got 0.5; did you mean 50%?",
  ],
  [
    "a word for a pool's circuit breaker",
    { "h100.circuitBreaker": "off" },
    `${POOL}.circuitBreaker: unknown circuitBreaker "off"; use none`,
  ],
  [
    "a circuit breaker of a decode pool",
    {
      "h100.role": "prefill",
      "regions.us-east-1.pools.d": `{ ${MODEL}, replicas: 1, role: decode, circuitBreaker: {} }`,
    },
    "fleet.regions.us-east-1.pools.d.circuitBreaker: a decode pool gets its requests from prefill pools, not from the gateway; give it to the prefill pool",
  ],
  [
    "health checks without one",
    { healthCheck: "{ panicThreshold: 20% }" },
    "fleet.healthCheck: needs at least one of passive, active",
  ],
  [
    "a share that ejects nobody",
    { healthCheck: "{ passive: { maxEjectionPercent: 20% } }" },
    "fleet.healthCheck.passive.maxEjectionPercent: 20% of the replicas is less than one, so that none is ever ejected from eu-west-1/h100 (4) and us-east-1/h100 (4); use 25% or more, or alwaysEjectOneEndpoint: true",
  ],
  [
    "the default share in a small pool",
    { "h100.healthCheck": "{ passive: {} }" },
    `${POOL}.healthCheck.passive.maxEjectionPercent: 10% of the replicas is less than one, so that none is ever ejected from us-east-1/h100 (4); use 25% or more, or alwaysEjectOneEndpoint: true`,
  ],
  [
    "a longest ejection below the first",
    {
      healthCheck:
        "{ passive: { alwaysEjectOneEndpoint: true, baseEjectionTime: 1 min, maxEjectionTime: 30 s } }",
    },
    "fleet.healthCheck.passive.maxEjectionTime: 30 s is shorter than baseEjectionTime (60 s); use 60 s or more",
  ],
  [
    "more than all ejected",
    { healthCheck: "{ passive: { maxEjectionPercent: 120% } }" },
    'fleet.healthCheck.passive.maxEjectionPercent: must be at most 100%, got "120%"',
  ],
  [
    "Envoy's spelling of 5xx",
    { healthCheck: "{ passive: { consecutive5xxErrors: 3, alwaysEjectOneEndpoint: true } }" },
    'fleet.healthCheck.passive.consecutive5xxErrors: unknown key; did you mean "consecutive5XxErrors"?',
  ],
  [
    "no time between checks",
    { healthCheck: "{ active: { interval: 0 s } }" },
    'fleet.healthCheck.active.interval: must be greater than 0, got "0 s"',
  ],
  [
    "retries of half an answer",
    { retry: "{ retryOn: [connect-failure, 5xx] }" },
    "fleet.retry.retryOn[1]: 5xx would repeat an answer that is half sent; use retriable-status-codes (503) or reset-before-request",
  ],
  [
    "an unknown trigger",
    { retry: "{ retryOn: [conect-failure] }" },
    'fleet.retry.retryOn[0]: unknown trigger "conect-failure"; did you mean "connect-failure"?',
  ],
  [
    "no triggers",
    { retry: "{ retryOn: [] }" },
    "fleet.retry.retryOn: needs at least 1 entries, got 0",
  ],
  [
    "no retries",
    { retry: "{ numRetries: 0 }" },
    "fleet.retry.numRetries: must be at least 1, got 0",
  ],
  [
    "a longest wait below the first",
    { retry: "{ perRetry: { backOff: { baseInterval: 1 s, maxInterval: 500 ms } } }" },
    "fleet.retry.perRetry.backOff.maxInterval: 500 ms is shorter than baseInterval (1 s); use 1 s or more",
  ],
  [
    "attempts as long as the whole",
    { retry: "{ perRetry: { timeout: 60 s } }", timeout: "{ requestTimeout: 30 s }" },
    "fleet.retry.perRetry.timeout: 60 s never comes before fleet.timeout.requestTimeout (30 s), so that nothing is tried again for it; use a shorter one, or leave it out",
  ],
  [
    "a whole shorter than a silence",
    { timeout: "{ requestTimeout: 20 s, streamIdleTimeout: 30 s }" },
    "fleet.timeout.streamIdleTimeout: 30 s never comes before requestTimeout (20 s); use less than 20 s, or a longer requestTimeout",
  ],
  [
    "a stream shorter than connecting",
    { timeout: "{ connectTimeout: 10 s, maxStreamDuration: 10 s }" },
    "fleet.timeout.connectTimeout: 10 s never comes before maxStreamDuration (10 s); use less than 10 s, or a longer maxStreamDuration",
  ],
  [
    "a timeout of nothing",
    { timeout: "{ requestTimeout: 0 s }" },
    'fleet.timeout.requestTimeout: must be greater than 0, got "0 s"',
  ],
  [
    "a number for a timeout",
    { timeout: "{ requestTimeout: 30 }" },
    "fleet.timeout.requestTimeout: a duration needs a unit (ms, s, min, h, d), got 30",
  ],
  [
    "hedges after the silence that ends an attempt",
    { hedging: "{ after: 5 s }", timeout: "{ streamIdleTimeout: 5 s }" },
    "fleet.hedging.after: 5 s never comes before fleet.timeout.streamIdleTimeout (5 s); use a shorter one, or leave hedging out",
  ],
  [
    "hedges without a second replica",
    { hedging: "{ after: 1 s }", "h100.replicas": "1", [`${EUROPE}.replicas`]: "1" },
    "fleet.hedging: no model has a second replica for its gateway to hedge with; add replicas, or leave hedging out",
  ],
  [
    "hedges without a time",
    { hedging: "{ maxShare: 5% }" },
    "fleet.hedging.after: is missing; a second attempt starts when the first token is this late",
  ],
  [
    "draining for longer than load balancers do",
    { draining: "{ timeout: 2 h }" },
    'fleet.draining.timeout: must be at most 60 min, got "2 h"',
  ],
  [
    "an unknown fate",
    { draining: "{ onLoss: move }" },
    'fleet.draining.onLoss: unknown onLoss "move"; use fail or migrate',
  ],
];

const admission: readonly Case[] = [
  [
    "admission that refuses nothing",
    { admission: "{ retryAfter: 5 s }" },
    "fleet.admission: needs at least one of rateLimit, concurrency, deadlineAware: true, admissionControl",
  ],
  [
    "shedding without a concurrency",
    { admission: "{ priorityShedding: { batch: 70% } }" },
    "fleet.admission.priorityShedding: needs a concurrency that can be used up, and there is none; add concurrency: …",
  ],
  [
    "a queue without a concurrency",
    { admission: "{ queue: { limit: 5, timeout: 1 s } }" },
    "fleet.admission.queue: needs a concurrency that can be used up, and there is none; add concurrency: …",
  ],
  [
    "urgent requests refused first",
    {
      admission:
        "{ concurrency: 9, priorityShedding: { interactive: 50%, standard: 50%, batch: 60% } }",
    },
    "fleet.admission.priorityShedding.standard: standard would be refused above 50%, before batch (60%), which is less urgent; use 50% or less for batch",
  ],
  [
    "an unknown priority",
    { admission: "{ concurrency: 9, priorityShedding: { urgent: 50% } }" },
    "fleet.admission.priorityShedding.urgent: unknown key; allowed here: interactive, standard or batch",
  ],
  [
    "a rate limit without a rate",
    { admission: "{ rateLimit: [{ requests: 5/s }, { per: tenant }] }" },
    "fleet.admission.rateLimit[1]: needs at least one of requests, inputTokens",
  ],
  [
    "a bucket for less than one request",
    { admission: "{ rateLimit: { requests: 6/min } }" },
    "fleet.admission.rateLimit.burst: a bucket of 1 s at 0.1/s holds 0.1 requests, so that none is ever let in; use a burst of 10 s or more",
  ],
  [
    "a rate without a unit",
    { admission: "{ rateLimit: { requests: 5 } }" },
    "fleet.admission.rateLimit.requests: a rate needs a unit (/s, /min, /h, /d), got 5",
  ],
  [
    "rate limits for nobody",
    { admission: "{ rateLimit: { requests: 5/s, per: user } }" },
    'fleet.admission.rateLimit.per: unknown per "user"; use tenant or all',
  ],
  [
    "waiting past the end of a request",
    {
      admission: "{ concurrency: 9, queue: { limit: 5, timeout: 60 s } }",
      timeout: "{ requestTimeout: 30 s }",
    },
    "fleet.admission.queue.timeout: 60 s never comes before fleet.timeout.requestTimeout (30 s); use a shorter one",
  ],
  [
    "a window without a whole second",
    { admission: "{ admissionControl: { samplingWindow: 500 ms } }" },
    'fleet.admission.admissionControl.samplingWindow: must be at least 1 s, got "500 ms"',
  ],
];

const queue: readonly Case[] = [
  [
    "dead letters dropped at once",
    { queue: "{ retention: 14 d }" },
    "fleet.queue.deadLetterRetention: 14 d is no longer than retention (14 d): the clock starts when a message is first sent, so that a late dead letter is dropped at once; use more than 14 d, or a shorter retention",
  ],
  [
    "a day of invisibility",
    { queue: "{ visibilityTimeout: 1 d }" },
    'fleet.queue.visibilityTimeout: must be at most 12 h, got "1 d"',
  ],
  [
    "auto without a bound",
    { queue: "{ visibilityTimeout: auto, heartbeat: false }" },
    "fleet.queue.visibilityTimeout: auto needs to know how long a message may be worked on, and no timeout says so; add timeout.maxStreamDuration, use heartbeat: true, or give a duration",
  ],
  [
    "messages that expire before they are dead",
    { queue: "{ visibilityTimeout: 1 h, maxReceiveCount: 10, retention: 5 h }" },
    "fleet.queue.retention: 5 h is over before 10 receives of 60 min are, so that a failing message is dropped and never a dead letter; use 10 h or more",
  ],
  [
    "an alarm that never sounds",
    { queue: "{ maxAge: 5 d }" },
    "fleet.queue.maxAge: 5 d is no shorter than retention (4 d), so that the alarm never sounds; use less than 4 d",
  ],
  [
    "consumers that never all work",
    { queue: "{ consumersPerReplica: 100 }" },
    "fleet.queue.maxOutstandingPerReplica: 64 is less than consumersPerReplica (100), which is then never reached; use 100 or more, or fewer consumers",
  ],
  [
    "more retention than SQS has",
    { queue: "{ deadLetterRetention: 20 d }" },
    "fleet.queue.deadLetterRetention: SQS takes 60 s to 14 d, got 20 d; use 14 d or less",
  ],
  [
    "fewer deliveries than Pub/Sub has",
    { queue: "{ maxReceiveCount: 3 }", "regions.us-central1": `{ pools: { a: ${GCP} } }` },
    "fleet.queue.maxReceiveCount: Pub/Sub takes 5 to 100, got 3; use 5 or more",
  ],
  [
    "a longer visibility than Pub/Sub has",
    {
      queue: "{ visibilityTimeout: 20 min, heartbeat: false }",
      "regions.us-central1": `{ pools: { a: ${GCP} } }`,
    },
    "fleet.queue.visibilityTimeout: Pub/Sub takes 10 s to 10 min, got 20 min; use 10 min or less, with heartbeat: true to extend it",
  ],
];

describe.each([
  ["the gateway", gateway],
  ["admission", admission],
  ["the queue", queue],
])("a fleet with a mistake in %s", (_, cases) => {
  it.each(cases)("%s", (_what, changes, expected) => {
    expect(shownProblems(changes)).toEqual([expected]);
  });
});
