/**
 * Fleets that no example has, and that are only planned here: prefill and decode apart on both clouds, and a model too
 * large for one node. The planner holds each against its promises, as `capplan size --verify` does.
 */
import { InlinePool } from "../../planner/execution/inline-pool";
import { JobContext } from "../../planner/execution/job-context";
import { JOB_KINDS_FILE } from "../../planner/execution/job-kinds";
import { LocalExecutor } from "../../planner/execution/local-executor";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { sizedPlan } from "../../planner/plan/sized-plan";
import { checkScenario, readScenario } from "../../planner/scenario/parse-scenario";
import type { SizingContext } from "../../planner/sizing/evaluation-job";
import type { SizingJob, SizingJobResult } from "../../planner/sizing/evaluator";
import { verifyGivenFleet } from "../../planner/sizing/verify-given-fleet";

/** A fleet as a person would write it, and the keys of the person who deploys it. */
export interface PlannedFleet {
  readonly name: string;
  readonly scenario: string;
  readonly keys: Readonly<
    Record<"foundation" | "serving" | "edge", Readonly<Record<string, string>>>
  >;
}

const image = (name: string, digit: string): string => `${name}@sha256:${digit.repeat(64)}`;
const IMAGES = {
  "capplan:engineImage": image("docker.io/vllm/vllm-openai", "1"),
  "capplan:weightsImage": image("docker.io/rclone/rclone", "2"),
};
const ROUTER_IMAGES = {
  "capplan:pickerImage": image("ghcr.io/llm-d/llm-d-router-endpoint-picker", "3"),
  "capplan:sidecarImage": image("ghcr.io/llm-d/llm-d-router-disagg-sidecar", "4"),
};
const AWS_KEYS = {
  foundation: {
    "capplan:administrators": '{"deployer":"arn:aws:iam::123456789012:role/deployer"}',
  },
  serving: {
    "capplan:domain": "planned.example.com",
    "capplan:weightsBucket": "acme-weights",
    ...IMAGES,
  },
  edge: {
    "capplan:domain": "planned.example.com",
    "capplan:route53ZoneId": "Z0123456789ABCDEFGHIJ",
    "capplan:budgetEmails": '["finops@example.com"]',
  },
};
const PROJECT = { "gcp:project": "acme-serving", "capplan:projectNumber": "123456789012" };
const GCP_KEYS = {
  foundation: PROJECT,
  serving: { ...AWS_KEYS.serving, ...PROJECT },
  edge: {
    ...PROJECT,
    "capplan:domain": "planned.example.com",
    "capplan:managedZone": "serving",
    "capplan:sourceRegions": '["us-east4","europe-west4","asia-southeast1"]',
    "capplan:billingAccount": "012345-6789AB-CDEF01",
  },
};

const POLICIES = `
  routing: { policy: prefix-affinity }
  gateway: { replicas: 2 }
  admission: { concurrency: 130, queue: { limit: 60, timeout: 20 s } }
  timeout: { connectTimeout: 3 s, requestTimeout: 10 min, streamIdleTimeout: 2 min }
  draining: { timeout: 5 min }
`;

export const PLANNED_FLEETS: readonly PlannedFleet[] = [
  {
    name: "phases-aws",
    scenario: `version: 1
name: phases-aws
seed: 5
horizon: { duration: 60 s, warmUp: 10 s }
workloads:
  chat:
    model: llama-3.3-70b-instruct
    arrivals: { rate: 2/s }
    tokens: { input: 1500, output: 60 }
    origins: { us-east: 1 }
    slo: { ttft: { p95: 5 s }, tpot: { p95: 100 ms }, queueTime: { p95: 5 s } }
fleet:
  regions:
    us-east-1:
      zones: 1
      pools:
        read:
          model: llama-3.3-70b-instruct
          instanceType: p5.48xlarge
          role: prefill
          replicas: { min: 2, max: 4, initial: 3 }
          autoscaling: { metric: in-flight, target: 8 }
          engine: { tensorParallel: 4, quantization: fp8, maxContext: 16k, maxSequences: 32, maxBatchedTokens: 8192 }
        write:
          model: llama-3.3-70b-instruct
          instanceType: p5en.48xlarge
          role: decode
          replicas: { min: 1, max: 2, initial: 1 }
          autoscaling: { metric: kv-utilization, target: 70% }
          engine: { tensorParallel: 8, quantization: fp8, maxContext: 16k, maxSequences: 128, maxBatchedTokens: 8192 }
${POLICIES}`,
    keys: { ...AWS_KEYS, serving: { ...AWS_KEYS.serving, ...ROUTER_IMAGES } },
  },
  {
    name: "phases-gcp",
    scenario: `version: 1
name: phases-gcp
seed: 6
horizon: { duration: 60 s, warmUp: 10 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 3/s }
    tokens: { input: 800, output: 50 }
    origins: { us-east: 1 }
    slo: { ttft: { p95: 5 s }, e2e: { p99: 60 s } }
fleet:
  regions:
    us-central1:
      pools:
        read: &pool
          model: llama-3.1-8b-instruct
          instanceType: a3-highgpu-1g
          price: $11.06
          role: prefill
          replicas: 2
          engine: { maxContext: 8k, maxSequences: 64 }
          kvTransfer: { bandwidth: 10 Gbps, latency: 2 ms }
        write:
          model: llama-3.1-8b-instruct
          instanceType: a3-highgpu-1g
          price: $11.06
          role: decode
          replicas: 3
          engine: { maxContext: 8k, maxSequences: 64 }
        burst:
          model: llama-3.1-8b-instruct
          instanceType: g2-standard-8
          role: decode
          replicas: 1
          engine: { maxContext: 8k, maxSequences: 16 }
${POLICIES}`,
    keys: { ...GCP_KEYS, serving: { ...GCP_KEYS.serving, ...ROUTER_IMAGES } },
  },
  {
    name: "spanning-aws",
    scenario: `version: 1
name: spanning-aws
seed: 7
horizon: { duration: 60 s, warmUp: 10 s }
workloads:
  chat:
    model: deepseek-v3
    arrivals: { rate: 1/s }
    tokens: { input: 600, output: 40 }
    origins: { us-east: 1 }
    slo: { ttft: { p95: 10 s }, e2e: { p99: 90 s } }
  sums:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s }
    tokens: { input: 300, output: 30 }
    origins: { us-east: 1 }
    slo: { ttft: { p95: 5 s } }
fleet:
  regions:
    us-east-1:
      zones: 1
      pools:
        large:
          model: deepseek-v3
          instanceType: p5.48xlarge
          replicas: { min: 1, max: 3, initial: 2 }
          autoscaling: { metric: in-flight, target: 24 }
          engine: { tensorParallel: 8, pipelineParallel: 2, quantization: fp8, maxContext: 8k, maxSequences: 32 }
        small:
          model: llama-3.1-8b-instruct
          instanceType: g6e.xlarge
          replicas: 2
          autoscaling: none
          engine: { quantization: fp8, maxContext: 8k, maxSequences: 32 }
  routing: { policy: power-of-two }
  gateway: { replicas: 2 }
  circuitBreaker: { maxConnections: unlimited, maxPendingRequests: 64, maxParallelRequests: auto, maxParallelRetries: 8 }
  retry: { numRetries: 1 }
  timeout: { connectTimeout: 3 s, requestTimeout: 10 min, streamIdleTimeout: 2 min }
  draining: { timeout: 5 min }
`,
    keys: AWS_KEYS,
  },
];

const plans = new Map<string, Promise<CapacityPlan>>();

/** The plan of a fleet; once for all who ask. */
export function planOf(fleet: Pick<PlannedFleet, "name" | "scenario">): Promise<CapacityPlan> {
  if (!plans.has(fleet.name)) plans.set(fleet.name, planned(fleet.scenario));
  return plans.get(fleet.name)!;
}

/** The plan of a scenario with a fleet, and of `overrides` as in `--set`. */
export async function planned(
  scenario: string,
  overrides: readonly string[] = [],
): Promise<CapacityPlan> {
  const written = readScenario(scenario, { overrides });
  const spec = checkScenario(written);
  const context: SizingContext = { spec, traces: [] };
  const executor = new LocalExecutor<SizingJob, SizingJobResult>(
    new InlinePool(JOB_KINDS_FILE),
    "sizing",
    JobContext.of(context),
  );
  try {
    const result = await verifyGivenFleet(context, { executor, watch: {} });
    return sizedPlan({
      result,
      asked: spec,
      written,
      traces: new Map(),
      tracePath: (path) => path,
      version: "0.1.0",
    });
  } finally {
    await executor.close();
  }
}
