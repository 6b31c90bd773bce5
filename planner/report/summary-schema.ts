/**
 * The schema of `capplan simulate --output json`, for readers of it: `capplan schema summary` prints it as JSON
 * Schema. The types of planner/metrics/simulation-summary.ts are the contract; the compiler checks that this
 * says the same.
 */
import { z } from "zod";
import type { SimulationSummary } from "../metrics/simulation-summary";
import { END_REASONS } from "../simulation/end-reasons";
import { costSchema } from "./cost-schema";

const verdict = z.enum(["PASS", "FAIL", "UNCERTAIN", "NONE"]);
const share = z.number().min(0).max(1);

const requestCounts = z
  .strictObject({
    offered: z.number(),
    completed: z.number(),
    rejected: z.number(),
    timedOut: z.number(),
    failed: z.number(),
    inFlight: z.number(),
    retried: z.number().describe("Attempts after the first, by clients"),
    gatewayRetries: z.number(),
    hedges: z.number(),
    touched: z.number().describe("At least one attempt ended without an answer"),
    fellBack: z.number().describe("Answered by a fallback model"),
    reasons: z
      .partialRecord(z.enum(END_REASONS), z.number())
      .describe("Requests that ended without an answer, by reason; only reasons that occurred"),
    brokenSteps: z
      .record(z.string(), z.number())
      .describe("Requests of chains that ended without an answer, by the step that broke"),
  })
  .describe("Requests that arrived in the measured window, mean per replication");

const availability = z
  .strictObject({
    value: share.nullable(),
    low: share.nullable(),
    high: share.nullable(),
  })
  .describe(
    "Completed / (offered - in flight), and its 95 % interval; null where no request is over",
  );

const quantiles = {
  mean: z.number(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  p999: z.number(),
};

const halfWidths = {
  mean: z.number().nullable(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
};

const latencyBlock = z
  .strictObject({
    ...quantiles,
    count: z.number(),
    ci95: z
      .strictObject(halfWidths)
      .nullable()
      .describe(
        "Half-width of the 95 % confidence interval; null with one replication, and for a quantile with fewer than ten requests beyond it",
      ),
  })
  .nullable()
  .describe("Milliseconds; null where nothing was measured or the group is saturated");

const latency = z.strictObject({
  ttftMs: latencyBlock,
  tpotMs: latencyBlock,
  itlMs: latencyBlock,
  e2eMs: latencyBlock,
  queueTimeMs: latencyBlock,
});

const throughput = z.strictObject({
  requestsPerSecond: z.number(),
  inputTokensPerSecond: z.number(),
  outputTokensPerSecond: z.number(),
  goodputRps: z
    .number()
    .nullable()
    .describe("Requests per second that met every SLO of their workload"),
});

const group = {
  requests: requestCounts,
  availability,
  latency,
  throughput,
  sloAttainment: share
    .nullable()
    .describe("Share of offered requests that met every SLO of their workload"),
  saturated: z.boolean(),
};

const pool = z.strictObject({
  ...group,
  region: z.string(),
  model: z.string(),
  accelerator: z.string(),
  replicas: z.number().describe("At the start of the run"),
  readyReplicas: z.number().describe("Mean over the measured window"),
  paidReplicas: z.number().describe("Those that start or drain included, mean over the window"),
  spotShare: share.nullable().describe("Of the paid replicas; null when none was paid for"),
  acceleratorsPerReplica: z.number(),
  utilization: z
    .number()
    .describe("Share of time that a step was running, mean over ready replicas"),
  kvUtilization: z.number().describe("Time-weighted mean share of KV blocks in use"),
  batchSize: z.number().describe("Mean requests in a step"),
  preemptions: z.number(),
  prefixHitRate: z
    .number()
    .nullable()
    .describe("Input tokens served from the prefix cache as a share of all; null when it is off"),
  gpuHours: z.number(),
  kvCapacity: z.strictObject({
    blocks: z.number(),
    blockTokens: z.number(),
    tokens: z.number(),
    basis: z.enum(["given", "computed"]),
    derivation: z.array(z.string()).readonly(),
  }),
});

const sloResult = z.strictObject({
  workload: z.string(),
  objective: z.string(),
  limitMs: z.number(),
  valueMs: z.number().nullable(),
  lowMs: z.number().nullable(),
  highMs: z.number().nullable(),
  attainment: share.nullable().describe("Share of offered requests within the limit"),
  verdict,
});

const timelineBucket = z.strictObject({
  startSeconds: z.number(),
  endSeconds: z.number(),
  workloads: z.record(
    z.string(),
    z.strictObject({
      offered: z.number(),
      completedOfArrived: z.number().describe("Of the requests that arrived in the bucket"),
      goodOfArrived: z
        .number()
        .nullable()
        .describe("Of those that arrived, those that met every SLO; null without one"),
      touchedOfArrived: z.number(),
      attempts: z.number().describe("Sent by clients and gateways in the bucket"),
      completed: z.number().describe("In the bucket, whenever they arrived"),
      rejected: z.number(),
      timedOut: z.number(),
      failed: z.number(),
      outputTokens: z.number(),
      ttftMsP50: z.number().nullable(),
      ttftMsP95: z.number().nullable(),
      meanInSystem: z.number().describe("Mean number of requests waiting or running"),
    }),
  ),
  pools: z.record(
    z.string(),
    z.strictObject({
      readyReplicas: z.number(),
      paidReplicas: z.number(),
      attempts: z.number().describe("Sent to the pool"),
    }),
  ),
});

const queue = z
  .strictObject({
    sent: z.number(),
    received: z.number().describe("Deliveries to consumers"),
    completed: z.number(),
    deadLettered: z.number(),
    expired: z.number(),
    left: z.number(),
    deepest: z.number(),
    oldestSeconds: z.number(),
  })
  .describe("Over the whole run, mean per replication; deepest and oldest: the worst of all");

const seconds = z.number();
const controlEvent = z.union([
  z.strictObject({
    seconds,
    kind: z.enum(["fault-start", "fault-end"]),
    fault: z.string(),
    replicas: z.number(),
  }),
  z.strictObject({
    seconds,
    kind: z.literal("spot-notice"),
    pool: z.string(),
    replicas: z.number(),
  }),
  z.strictObject({
    seconds,
    kind: z.enum(["region-unhealthy", "region-healthy"]),
    region: z.string(),
    model: z.string(),
  }),
  z.strictObject({
    seconds,
    kind: z.enum(["ejected", "returned", "replica-down", "replica-ready"]),
    pool: z.string(),
    replica: z.number(),
  }),
  z.strictObject({
    seconds,
    kind: z.literal("scaled"),
    pool: z.string(),
    from: z.number(),
    to: z.number(),
  }),
]);

const control = z.strictObject({
  counts: z
    .partialRecord(
      z.enum([
        "fault-start",
        "fault-end",
        "spot-notice",
        "region-unhealthy",
        "region-healthy",
        "ejected",
        "returned",
        "replica-down",
        "replica-ready",
        "scaled",
      ]),
      z.number(),
    )
    .describe("Mean per replication"),
  first: z.array(controlEvent).readonly().describe("Of the first replication"),
});

const sinceStart = z
  .number()
  .nullable()
  .describe(
    "From the start of the fault, median over its occurrences; null: never, or nothing to tell it by",
  );

const faultResilience = z.strictObject({
  fault: z.string(),
  occurrences: z.number().describe("Mean per replication"),
  resolutionSeconds: z.number().describe("Width of the buckets over which all is measured"),
  startSeconds: z.number(),
  endSeconds: z.number().nullable().describe("null: not over in the run"),
  blastRadius: z.strictObject({
    requestShare: share
      .nullable()
      .describe(
        "Requests of which an attempt got no answer, of those in flight when it struck and all that arrived while it was felt",
      ),
    tenantShare: share.nullable().describe("Tenants with such a request, over the whole run"),
    goodputLost: share
      .nullable()
      .describe("Good requests missing while the fault was felt, of those expected without it"),
  }),
  availabilityInWindow: share.nullable(),
  detectSeconds: sinceStart,
  shiftSeconds: sinceStart,
  recoverySeconds: sinceStart,
  recovered: z.boolean().nullable(),
  metastable: z
    .strictObject({
      explanation: z.string(),
      offeredRequestsPerSecond: z.number(),
      attemptsPerSecond: z.number(),
      capacityRequestsPerSecond: z.number(),
    })
    .nullable()
    .describe("Set when the fault is over and retries keep the fleet down"),
});

export const warningCode = z.enum([
  "saturated",
  "few-requests",
  "clipped-inputs",
  "clipped-outputs",
  "rejected",
  "refused",
  "timed-out",
  "failed",
  "dead-lettered",
  "expired",
  "retries-amplify",
  "session-overflows",
  "faults-not-assessed",
  "preemptions",
  "uncalibrated",
  "warm-up-short",
  "single-replication",
  "two-replications",
  "same-replications",
  "nothing-measured",
  "in-flight",
  "skipped-rows",
  "estimated-lengths",
  "interrupted",
]);

const range = z.strictObject({ min: z.number(), max: z.number() });

const groups = z.record(z.string(), z.strictObject(group));

/** What `capplan simulate --output json` prints. */
export const summarySchema = z
  .strictObject({
    schemaVersion: z.literal(2),
    scenario: z.strictObject({ name: z.string(), digest: z.string() }),
    seed: z.number(),
    replications: z.number(),
    horizonStartSeconds: z
      .number()
      .nullable()
      .describe(
        "From Monday 00:00 UTC to the start of the run; null when nothing follows the clock and no start was chosen",
      ),
    horizonSeconds: z.number(),
    warmUpSeconds: z.number(),
    verdict,
    interrupted: z.strictObject({ finished: z.number(), asked: z.number() }).nullable(),
    requests: requestCounts,
    availability,
    latency,
    throughput,
    slo: z.array(sloResult).readonly(),
    workloads: groups,
    tenants: groups,
    models: groups,
    regions: groups,
    pools: z.record(z.string(), pool),
    queues: z.record(z.string(), queue).describe("By region"),
    control,
    resilience: z
      .array(faultResilience)
      .readonly()
      .nullable()
      .describe("One entry for each fault that struck; only with --timeline"),
    cost: costSchema,
    timeline: z.array(timelineBucket).readonly().nullable().describe("Only with --timeline"),
    warnings: z.array(z.strictObject({ code: warningCode, message: z.string() })).readonly(),
    assumptions: z.strictObject({
      roundTripMs: range.describe(
        "Network between client and region, there and back, over origins and the pools they may reach",
      ),
      frontEndMs: range.describe("HTTP server and tokeniser of the engine"),
    }),
    provenance: z
      .array(
        z.strictObject({
          what: z.string(),
          kind: z.enum(["measured", "calibrated", "modelled", "given"]),
          source: z.string(),
          date: z.string(),
        }),
      )
      .readonly(),
    sketchRelativeError: z.number(),
  })
  .describe("Result of capplan simulate") satisfies z.ZodType<SimulationSummary>;

/** JSON Schema (draft 2020-12) of the result of `capplan simulate`. */
export function summaryJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(summarySchema), title: "capplan simulation summary" };
}

/** Fails to compile when the schema allows more, or less, than the contract. */
type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : never) : never;
const isContract: Same<z.output<typeof summarySchema>, SimulationSummary> = true;
void isContract;
