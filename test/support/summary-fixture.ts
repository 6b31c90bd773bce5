/**
 * A `SimulationSummary` written by hand: two workloads, two pools, three replications. For tests of reports;
 * its figures come from no run, and each is different so that a mix-up shows.
 */
import type {
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
    retried: 0,
    inFlight: 0,
  };
}

export function groupSummary(requestsPerSecond: number, scale: number): GroupSummary {
  return {
    requests: requestCounts(requestsPerSecond * 900),
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

export const SUMMARY: SimulationSummary = {
  schemaVersion: 1,
  scenario: { name: "support-assistant", digest: "3f2a9c01b7de" },
  seed: 7,
  replications: 3,
  horizonStartSeconds: 63_000,
  horizonSeconds: 1200,
  warmUpSeconds: 300,
  verdict: "FAIL",
  interrupted: null,
  requests: requestCounts(45_000, 12),
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
  cost: {
    usdPerHour: 98.32,
    usdPerMonth: 71_773.6,
    usdPerMillionOutputTokens: 2.5894,
    usdPerThousandRequests: 0.54637,
    unpricedPools: ["eu-west-1/h100"],
    isLowerBound: true,
  },
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
