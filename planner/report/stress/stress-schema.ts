/**
 * The schema of `capplan stress --output json`, for readers of it. The types of planner/stress/stress-report.ts are
 * the contract; the compiler checks that this says the same.
 */
import { z } from "zod";
import type { StressReport } from "../../stress/stress-report";

const verdict = z.enum(["PASS", "FAIL", "UNCERTAIN", "NONE"]);
const caseVerdict = z.enum(["PASS", "FAIL", "UNCERTAIN", "NOT APPLICABLE"]);
const share = z.number().min(0).max(1).nullable();
const optional = z.number().nullable();
const texts = z.array(z.string()).readonly();

const thresholds = z
  .strictObject({
    availability: share.describe("Least share of the window's requests that is completed"),
    goodput: share.describe("Least share of the window's requests that is good"),
    blastRadius: share.describe("Largest share of the window's requests that is touched"),
    tenants: share.describe("Largest share of the tenants that is touched"),
    detectionSeconds: optional,
    shiftSeconds: optional,
    recoverySeconds: optional,
    recovers: z.boolean(),
    metastable: z.boolean(),
    slo: z.boolean(),
  })
  .describe("What a case is judged by; null and false: not asked for");

const series = z
  .strictObject({
    bucketSeconds: z.number(),
    offeredPerSecond: z.array(z.number()).readonly(),
    goodPerSecond: z.array(z.number()).readonly(),
  })
  .describe(
    "By bucket from the start of the run. Good: met every objective; without any, completed",
  );

const sloResult = z.strictObject({
  workload: z.string(),
  objective: z.string(),
  limitMs: z.number(),
  valueMs: optional,
  lowMs: optional,
  highMs: optional,
  attainment: share,
  verdict,
});

const baseline = z
  .strictObject({
    verdict,
    availability: share,
    offeredRequestsPerSecond: z.number(),
    goodRequestsPerSecond: z.number(),
    slo: z.array(sloResult).readonly(),
    series: series.nullable(),
  })
  .describe("The scenario without any case, with the same random numbers");

const metastability = z
  .strictObject({
    explanation: z.string(),
    offeredRequestsPerSecond: z.number(),
    attemptsPerSecond: z.number(),
    capacityRequestsPerSecond: z.number(),
  })
  .describe("Load that keeps itself up: the fault is over, and its retries keep the fleet down");

const measured = z
  .strictObject({
    kind: z.enum(["fault", "load"]),
    startSeconds: z.number(),
    endSeconds: z.number(),
    resolutionSeconds: z.number().describe("Width of the buckets that times are measured in"),
    requestShare: share.describe("Requests of which an attempt ended without an answer"),
    tenantShare: share.describe("Tenants with such a request"),
    goodputLost: share,
    availability: share,
    goodShare: share,
    baselineAvailability: share.describe("Of the baseline, over the same time"),
    goodRequestsPerSecond: optional,
    baselineGoodRequestsPerSecond: optional,
    detectSeconds: optional,
    shiftSeconds: optional,
    recoverySeconds: optional,
    recovered: z.boolean().nullable(),
    secondsLeft: z.number().describe("From the end of the fault to the end of the run"),
    secondsNeeded: z.number().describe("What cold starts and failover alone may take of it"),
    metastable: metastability.nullable(),
    saturated: texts.describe("Workloads whose queue grew to the end, and did not in the baseline"),
    slo: z
      .array(
        z.strictObject({
          workload: z.string(),
          objective: z.string(),
          limitMs: z.number(),
          valueMs: optional,
          verdict,
          baselineValueMs: optional,
          baselineVerdict: verdict,
        }),
      )
      .readonly(),
    series,
  })
  .describe("Over the window: a fault until its end or recovery; of a load, the peak");

const caseResult = z.strictObject({
  name: z.string(),
  title: z.string(),
  tests: z.string(),
  verdict: caseVerdict,
  reasons: texts.describe("Why it failed, is uncertain or does not apply"),
  how: texts.describe("What was done, when, and what was assumed"),
  measured: measured.nullable(),
});

const poolLoad = z.strictObject({
  pool: z.string(),
  readyReplicas: z.number(),
  paidReplicas: z.number(),
  attemptsPerSecond: z.number(),
  trafficShare: share,
  utilization: optional.describe("Demand as a share of what its ready replicas can do"),
});

const domainImpact = z.strictObject({
  kind: z.enum(["cloud", "region", "zone", "pool", "node", "replica"]),
  name: z.string(),
  replicas: z.number(),
  trafficShare: share,
  capacityLeftShare: z.number().min(0).max(1),
  utilizationAfter: optional.describe("Of what is left, when the traffic moves there"),
  isOverloaded: z.boolean(),
  unserved: texts.describe("Models of which nothing is left that the traffic can go to"),
});

const blastRadius = z
  .strictObject({
    fromSeconds: z.number(),
    toSeconds: z.number(),
    isPeak: z.boolean(),
    pools: z.array(poolLoad).readonly(),
    domains: z.array(domainImpact).readonly(),
  })
  .describe("What the fleet loses with each part of it, by the baseline at the peak");

const headroom = z
  .strictObject({
    idleShare: share,
    usdPerHour: optional,
    idleUsdPerHour: optional,
    leftOut: texts.describe("Pools left out of the dollars"),
  })
  .describe("What is paid at the peak for capacity that is not needed then");

export const stressReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    scenario: z.strictObject({ name: z.string(), digest: z.string() }),
    seed: z.number(),
    horizonSeconds: z.number(),
    warmUpSeconds: z.number(),
    verdict: caseVerdict,
    interrupted: z.strictObject({ finished: z.number(), asked: z.number() }).nullable(),
    thresholds,
    thresholdsFrom: z.enum(["default", "given"]),
    baseline,
    cases: z.array(caseResult).readonly(),
    blastRadius,
    headroom,
  })
  .describe("Result of capplan stress") satisfies z.ZodType<StressReport>;

/** Fails to compile when the schema allows more, or less, than the contract. */
type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : never) : never;
const isContract: Same<z.output<typeof stressReportSchema>, StressReport> = true;
void isContract;
