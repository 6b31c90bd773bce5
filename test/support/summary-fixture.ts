/**
 * A `SimulationSummary` written by hand: two workloads, two pools, three replications. For tests of reports;
 * its figures come from no run, and each is different so that a mix-up shows.
 */
import type { CostShare, CostSummary } from "../../planner/cost/cost-summary";
import type {
  Availability,
  FaultResilience,
  GroupSummary,
  LatencyBlock,
  LatencyBlocks,
  PoolSummary,
  RequestCounts,
  SimulationSummary,
} from "../../planner/metrics/simulation-summary";

export function latencyBlock(mean: number, hasMargin = true): LatencyBlock {
  const values = {
    mean,
    p50: mean * 0.8,
    p90: mean * 1.5,
    p95: mean * 2,
    p99: mean * 3,
    p999: mean * 4.5,
  };
  const margin = (share: number): number => mean * share;
  return {
    ...values,
    count: 36_000,
    ci95: hasMargin
      ? {
          mean: margin(0.01),
          p50: margin(0.008),
          p90: margin(0.02),
          p95: margin(0.03),
          p99: margin(0.06),
          p999: margin(0.2),
        }
      : null,
  };
}

const NO_LATENCY: LatencyBlocks = {
  ttftMs: null,
  tpotMs: null,
  itlMs: null,
  e2eMs: null,
  queueTimeMs: null,
};

function requestCounts(offered: number, rejected = 0): RequestCounts {
  return {
    offered,
    completed: offered - rejected,
    rejected,
    timedOut: 0,
    failed: 0,
    inFlight: 0,
    retried: 0,
    gatewayRetries: 0,
    hedges: 0,
    touched: rejected,
    fellBack: 0,
    reasons: rejected === 0 ? {} : { "context-too-long": rejected },
    brokenSteps: {},
  };
}

const ALL_COMPLETED: Availability = { value: 1, low: 0.9998, high: 1 };

export function groupSummary(requestsPerSecond: number, scale: number): GroupSummary {
  return {
    requests: requestCounts(requestsPerSecond * 900),
    availability: ALL_COMPLETED,
    latency: {
      ttftMs: latencyBlock(306 * scale),
      tpotMs: latencyBlock(21.4 * scale),
      itlMs: latencyBlock(22.1 * scale),
      e2eMs: latencyBlock(5120 * scale),
      queueTimeMs: latencyBlock(12.6 * scale),
    },
    throughput: {
      requestsPerSecond,
      inputTokensPerSecond: requestsPerSecond * 1155,
      outputTokensPerSecond: requestsPerSecond * 211,
      goodputRps: requestsPerSecond * 0.94,
    },
    sloAttainment: 0.94,
    saturated: false,
  };
}

function poolSummary(region: string, replicas: number, scale: number): PoolSummary {
  return {
    ...groupSummary(40 * scale, scale),
    region,
    model: "llama-3.1-70b-instruct",
    accelerator: "h100-sxm-80gb",
    replicas,
    readyReplicas: replicas,
    paidReplicas: replicas,
    spotShare: 0,
    acceleratorsPerReplica: 4,
    utilization: 0.713,
    kvUtilization: 0.4215,
    batchSize: 18.34,
    preemptions: 3,
    prefixHitRate: 0.382,
    gpuHours: replicas * 4,
    kvCapacity: {
      blocks: 26_412,
      blockTokens: 16,
      tokens: 422_592,
      basis: "computed",
      derivation: [
        "4 × 79.2 GiB × 0.90 = 285.1 GiB usable",
        "− 141.1 GiB weights − 15.0 GiB activations = 129.0 GiB for KV",
        "129.0 GiB / (320 KiB per token × 16) = 26,412 blocks",
      ],
    },
  };
}

/** Three machines of 8 accelerators on demand at $32.7733, a pool without a price, and services of one region. */
const COST: CostSummary = {
  usdPerHour: 98.32,
  usdPerMonth: 71_773.6,
  idleUsdPerHour: 0,
  estimatedUsdPerHour: 0,
  usdPerMillionInputTokens: 0.15,
  usdPerMillionOutputTokens: 1.7683,
  usdPerThousandRequests: 0.54637,
  usageBased: {
    usdPerMillionInputTokens: 0.11,
    usdPerMillionOutputTokens: 1.2608,
    utilization: 0.713,
  },
  byWorkload: {
    "support-chat": costShare(78.32, 0.544),
    "contract-review": costShare(20, 0.556),
  },
  byTenant: { default: costShare(98.32, 0.54637) },
  unallocatedUsdPerHour: 0,
  byPool: {
    "eu-west-1/h100": {
      usdPerHour: null,
      idleUsdPerHour: null,
      parts: [
        {
          purchase: "on-demand",
          replicas: 2,
          instances: 1,
          usdPerHour: null,
          usdPerReplicaHour: null,
          kind: "unknown",
          terms: null,
          source: null,
          date: null,
        },
      ],
    },
    "us-east-1/h100": {
      usdPerHour: 98.32,
      idleUsdPerHour: 0,
      parts: [
        {
          purchase: "on-demand",
          replicas: 6,
          instances: 3,
          usdPerHour: 98.32,
          usdPerReplicaHour: 16.38667,
          kind: "list",
          terms: "on demand",
          source: "a list",
          date: "2026-07-20",
        },
      ],
    },
  },
  services: {
    lines: [
      {
        region: "us-east-1",
        service: "control-plane",
        quantity: 1,
        unit: "hour",
        usdPerMonth: 73,
        kind: "list",
        assumption: "one cluster in the region",
        source: "a list",
        date: "2025-07-07",
      },
      {
        region: "eu-west-1",
        service: "nat-gateway",
        quantity: 3,
        unit: null,
        usdPerMonth: null,
        kind: "unknown",
        assumption: "one in each zone",
        source: null,
        date: null,
      },
    ],
    usdPerMonth: 73,
    estimatedUsdPerMonth: 0,
    unpriced: ["eu-west-1 nat-gateway"],
  },
  total: { usdPerMonth: 71_846.6, isLowerBound: true },
  priceBook: { id: "capplan-list", date: "2026-09-27", digest: "0123456789ab" },
  unpricedPools: ["eu-west-1/h100"],
  isLowerBound: true,
};

function costShare(usdPerHour: number, usdPerThousandRequests: number): CostShare {
  return {
    usdPerHour,
    usdPerMonth: usdPerHour * 730,
    usdPerMillionInputTokens: 0.15,
    usdPerMillionOutputTokens: 1.7683,
    usdPerThousandRequests,
  };
}

/** The cost where no pool has a price. */
export const UNKNOWN_COST: CostSummary = {
  ...COST,
  usdPerHour: null,
  usdPerMonth: null,
  idleUsdPerHour: null,
  estimatedUsdPerHour: null,
  usdPerMillionInputTokens: null,
  usdPerMillionOutputTokens: null,
  usdPerThousandRequests: null,
  usageBased: {
    usdPerMillionInputTokens: null,
    usdPerMillionOutputTokens: null,
    utilization: null,
  },
  byWorkload: {},
  byTenant: {},
  unallocatedUsdPerHour: null,
  byPool: {},
  services: { lines: [], usdPerMonth: 0, estimatedUsdPerMonth: 0, unpriced: [] },
  total: { usdPerMonth: null, isLowerBound: false },
  unpricedPools: ["eu-west-1/h100", "us-east-1/h100"],
  isLowerBound: false,
};

export const SUMMARY: SimulationSummary = {
  schemaVersion: 2,
  scenario: { name: "support-assistant", digest: "3f2a9c01b7de" },
  seed: 7,
  replications: 3,
  horizonStartSeconds: 63_000,
  horizonSeconds: 1200,
  warmUpSeconds: 300,
  verdict: "FAIL",
  interrupted: null,
  requests: requestCounts(45_000, 12),
  availability: { value: 0.99973, low: 0.99953, high: 0.99985 },
  latency: groupSummary(50, 1).latency,
  throughput: {
    requestsPerSecond: 49.987,
    inputTokensPerSecond: 57_734,
    outputTokensPerSecond: 10_547,
    goodputRps: 46.98,
  },
  slo: [
    {
      workload: "support-chat",
      objective: "ttft p95",
      limitMs: 800,
      valueMs: 612,
      lowMs: 590,
      highMs: 634,
      attainment: 0.9731,
      verdict: "PASS",
    },
    {
      workload: "support-chat",
      objective: "tpot p95",
      limitMs: 40,
      valueMs: 42.8,
      lowMs: 41.5,
      highMs: 44.1,
      attainment: 0.9312,
      verdict: "FAIL",
    },
    {
      workload: "contract-review",
      objective: "e2e p99",
      limitMs: 30_000,
      valueMs: 29_400,
      lowMs: 27_900,
      highMs: 30_900,
      attainment: 0.9905,
      verdict: "UNCERTAIN",
    },
  ],
  workloads: { "support-chat": groupSummary(40, 1), "contract-review": groupSummary(10, 1.9) },
  tenants: { default: groupSummary(50, 1) },
  models: { "llama-3.1-70b-instruct": groupSummary(50, 1) },
  regions: { "us-east-1": groupSummary(40, 1), "eu-west-1": groupSummary(10, 0.8) },
  pools: {
    "eu-west-1/h100": poolSummary("eu-west-1", 2, 0.25),
    "us-east-1/h100": poolSummary("us-east-1", 6, 1),
  },
  queues: {},
  control: { counts: {}, first: [] },
  resilience: null,
  cost: COST,
  timeline: null,
  warnings: [
    {
      code: "rejected",
      message:
        "12 requests of contract-review were rejected: input and output exceed the context window of 131,072 tokens",
    },
  ],
  assumptions: { roundTripMs: { min: 11.34, max: 92.1 }, frontEndMs: { min: 30, max: 30 } },
  provenance: [
    {
      what: "step time of h100-sxm-80gb",
      kind: "calibrated",
      source: "https://example.org/benchmarks/vllm-h100 (20 stages)",
      date: "2026-03-14",
    },
    {
      what: "price of us-east-1/h100",
      kind: "given",
      source: "scenario",
      date: "–",
    },
  ],
  sketchRelativeError: 0.005,
};

/** The same fleet with a queue that grows: no latency, and it says so. */
export const SATURATED_SUMMARY: SimulationSummary = {
  ...SUMMARY,
  requests: { ...requestCounts(45_000), completed: 28_200, inFlight: 16_800 },
  latency: NO_LATENCY,
  throughput: { ...SUMMARY.throughput, requestsPerSecond: 31.3, goodputRps: 5.6 },
  workloads: {
    "support-chat": {
      ...groupSummary(31.3, 1),
      requests: { ...requestCounts(45_000), completed: 28_200, inFlight: 16_800 },
      latency: NO_LATENCY,
      saturated: true,
    },
  },
  slo: SUMMARY.slo.slice(0, 1).map((result) => ({
    ...result,
    valueMs: null,
    lowMs: null,
    highMs: null,
    attainment: 0.112,
    verdict: "FAIL",
  })),
  warnings: [],
};

/** A region lost for five minutes, and good answers back after two. */
export const REGION_LOSS: FaultResilience = {
  fault: "region-loss",
  occurrences: 1,
  resolutionSeconds: 20,
  startSeconds: 600,
  endSeconds: 900,
  blastRadius: { requestShare: 0.283, tenantShare: 1, goodputLost: 0.137 },
  availabilityInWindow: 0.9123,
  detectSeconds: 30,
  shiftSeconds: 80,
  recoverySeconds: 120,
  recovered: true,
  metastable: null,
};

/** The same fleet with everything that can fail: retries, hedges, a queue, scaling, and a region that is lost. */
export const FAILING_SUMMARY: SimulationSummary = failingSummary();

function failingSummary(): SimulationSummary {
  const chat = groupSummary(40, 1);
  const failing: RequestCounts = {
    ...chat.requests,
    completed: 35_000,
    rejected: 700,
    timedOut: 250,
    failed: 50,
    retried: 4_100,
    gatewayRetries: 900,
    hedges: 12,
    touched: 5_300,
    fellBack: 350,
    reasons: { overflow: 690, "rate-limited": 10, "client-timeout": 250, "replica-lost": 50 },
    brokenSteps: { retrieve: 20, answer: 30 },
  };
  const availability: Availability = { value: 0.97222, low: 0.9705, high: 0.97391 };
  const pools = Object.entries(SUMMARY.pools).map(([name, pool]) => {
    const scaled = { readyReplicas: pool.replicas + 1.25, paidReplicas: pool.replicas + 1.5 };
    return [name, { ...pool, ...scaled, spotShare: 0.4 }] as const;
  });
  return {
    ...SUMMARY,
    requests: { ...failing, offered: 45_000, completed: 44_000 },
    availability,
    workloads: {
      ...SUMMARY.workloads,
      "support-chat": { ...chat, requests: failing, availability },
    },
    pools: Object.fromEntries(pools),
    queues: {
      "us-east-1": {
        sent: 9_000,
        received: 9_120,
        completed: 8_960,
        deadLettered: 30,
        expired: 0,
        left: 10,
        deepest: 412,
        oldestSeconds: 95.5,
      },
    },
    control: {
      counts: { "fault-start": 1, "fault-end": 1, "region-unhealthy": 1, "region-healthy": 1 },
      first: [
        { seconds: 600, kind: "fault-start", fault: "region-loss", replicas: 6 },
        { seconds: 600, kind: "replica-down", pool: "us-east-1/h100", replica: 0 },
        { seconds: 603, kind: "ejected", pool: "us-east-1/h100", replica: 0 },
        { seconds: 604, kind: "ejected", pool: "us-east-1/h100", replica: 1 },
        {
          seconds: 630,
          kind: "region-unhealthy",
          region: "us-east-1",
          model: "llama-3.1-70b-instruct",
        },
        { seconds: 700, kind: "scaled", pool: "eu-west-1/h100", from: 2, to: 4 },
        { seconds: 900, kind: "fault-end", fault: "region-loss", replicas: 6 },
      ],
    },
    resilience: [REGION_LOSS],
  };
}
