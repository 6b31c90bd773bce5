/** Arguments of serving that tests of this folder change one at a time. */
import type { GpuPoolPlacement } from "../../../components/cluster";
import type {
  DisaggregatedServiceArgs,
  InferenceServiceArgs,
  KedaScalingArgs,
  ReplicasArgs,
  ServedModelArgs,
} from "../../../components/serving";

const digest = "0123456789abcdef".repeat(4);
const image = (name: string): string => `${name}@sha256:${digest}`;

/** Eight GPUs a node, as many nodes as are said. */
export function poolOf(nodesMax: number, gpusPerNode = 8): GpuPoolPlacement {
  return {
    nodeSelector: { "capplan/pool": "h100" },
    tolerations: [
      { key: "nvidia.com/gpu", operator: "Equal", value: "present", effect: "NoSchedule" },
    ],
    gpuResource: "nvidia.com/gpu",
    gpusPerNode,
    nodesMax,
  };
}

/** A model in S3. */
export const servedModel: ServedModelArgs = {
  namespace: "support",
  modelName: "llama-3.1-70b",
  image: image("docker.io/vllm/vllm-openai"),
  weights: {
    source: {
      kind: "s3",
      bucket: "acme-weights",
      prefix: "models/llama-3.1-70b",
      region: "us-east-1",
      clusterName: "support",
    },
    sizeGib: 141,
    image: image("docker.io/rclone/rclone"),
  },
  longestStreamSeconds: 600,
  terminationGracePeriodSeconds: 660,
  priorityClassName: "serving",
  allocation: { model: "llama-3.1-70b", tenant: "support", pool: "h100" },
};

/** The same in Cloud Storage. */
export const servedFromGcs: ServedModelArgs = {
  ...servedModel,
  weights: {
    ...servedModel.weights,
    source: {
      kind: "gcs",
      bucket: "acme-weights",
      prefix: "models/llama-3.1-70b",
      projectId: "acme-serving",
      projectNumber: "123456789",
    },
  },
};

/** Half a node each. */
export const replicas: ReplicasArgs = {
  engine: {
    tensorParallel: 4,
    maxSequences: 256,
    maxBatchedTokens: 8192,
    maxContextTokens: 32_768,
  },
  pool: poolOf(4),
  resources: { cpus: 90, memoryGib: 900 },
  replicas: 4,
  startupSeconds: 425,
};

/** Autoscaling by KEDA that every part of is given. */
export const kedaScaling: KedaScalingArgs = {
  by: "keda",
  replicasMin: 2,
  replicasMax: 8,
  trigger: {
    metric: "kv-utilization",
    target: 0.7,
    source: {
      kind: "amp",
      workspaceEndpoint: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1",
      region: "us-east-1",
    },
  },
  pollingIntervalSeconds: 15,
  scaleUp: { stabilizationWindowSeconds: 0, podsMax: 2, percentMax: 100, periodSeconds: 60 },
  scaleDown: { stabilizationWindowSeconds: 300, podsMax: 1, periodSeconds: 120 },
  // Monday 08:00 to Friday 18:00.
  schedules: [{ startSeconds: 28_800, endSeconds: 410_400, replicas: 6 }],
};

/** Everything on EKS. */
export const serviceArgs: InferenceServiceArgs = {
  ...servedModel,
  ...replicas,
  scaling: kedaScaling,
};

/** Two nodes a replica, on GKE. */
export const spanningArgs: InferenceServiceArgs = {
  ...servedFromGcs,
  ...replicas,
  engine: { ...replicas.engine, tensorParallel: 8, pipelineParallel: 2 },
  pool: poolOf(6),
  replicas: 2,
};

/** Prefill on one pool, decode on another. */
export const disaggregatedArgs: DisaggregatedServiceArgs = {
  ...servedModel,
  terminationGracePeriodSeconds: 700,
  prefill: { h100: replicas },
  decode: { h200: { ...replicas, pool: poolOf(2), replicas: 2, scaling: kedaDecode() } },
  sidecarImage: image("ghcr.io/llm-d/llm-d-router-disagg-sidecar"),
};

function kedaDecode(): KedaScalingArgs {
  const { schedules: _, ...rest } = kedaScaling;
  return { ...rest, replicasMax: 4 };
}
