/**
 * The schema of `capplan simulate --output json`, for readers of it: `capplan schema summary` prints it as JSON
 * Schema. The types of planner/metrics/simulation-summary.ts are the contract; the compiler checks that this
 * says the same.
 */
import { z } from "zod";
import type { SimulationSummary } from "../metrics/simulation-summary";

const verdict = z.enum(["PASS", "FAIL", "UNCERTAIN", "NONE"]);
const share = z.number().min(0).max(1);

const requestCounts = z
  .strictObject({
    offered: z.number(),
    completed: z.number(),
    rejected: z.number(),
    timedOut: z.number(),
    failed: z.number(),
    retried: z.number(),
    inFlight: z.number(),
  })
  .describe("Requests that arrived in the measured window, mean per replication");

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
  replicas: z.number(),
  acceleratorsPerReplica: z.number(),
  utilization: z.number().describe("Share of time that a step was running, mean over replicas"),
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

const usd = z.number().nullable().describe("US dollars; null when no price is known");

const cost = z.strictObject({
  usdPerHour: usd,
  usdPerMonth: usd,
  usdPerMillionOutputTokens: usd,
  usdPerThousandRequests: usd,
  unpricedPools: z
    .array(z.string())
    .readonly()
    .describe("Pools without a price: the totals are then lower bounds"),
  isLowerBound: z
    .boolean()
    .describe("The totals leave pools without a price out; false beside totals that are null"),
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
      completed: z.number(),
      outputTokens: z.number(),
      ttftMsP50: z.number().nullable(),
      ttftMsP95: z.number().nullable(),
      meanInSystem: z.number().describe("Mean number of requests waiting or running"),
    }),
  ),
});

const warningCode = z.enum([
  "saturated",
  "few-requests",
  "clipped-inputs",
  "clipped-outputs",
  "rejected",
  "preemptions",
  "uncalibrated",
  "warm-up-short",
  "single-replication",
  "two-replications",
  "nothing-measured",
  "in-flight",
  "skipped-rows",
  "interrupted",
]);

const range = z.strictObject({ min: z.number(), max: z.number() });

const groups = z.record(z.string(), z.strictObject(group));

/** What `capplan simulate --output json` prints. */
export const summarySchema = z
  .strictObject({
    schemaVersion: z.literal(1),
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
    latency,
    throughput,
    slo: z.array(sloResult).readonly(),
    workloads: groups,
    tenants: groups,
    models: groups,
    regions: groups,
    pools: z.record(z.string(), pool),
    cost,
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
