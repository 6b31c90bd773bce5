/**
 * What a fleet setting is when the scenario leaves it out, and why. Engine defaults are those of vLLM's V1
 * engine behind its OpenAI server (vllm/engine/arg_utils.py `get_batch_defaults`, vllm/config/cache.py, releases
 * 0.10 to 0.13), so that a scenario that says nothing describes an engine that was told nothing.
 */
import type { AcceleratorSpec, InstanceTypeSpec, ModelSpec, Precision } from "../catalog/specs";
import type { PoolSpec } from "./fleet-spec";

/** A value with the reason for it, which `capplan validate` prints. */
export interface Default<T> {
  readonly value: T;
  readonly reason: string;
}

export const ENGINE_DEFAULTS = {
  tensorParallel: { value: 1, reason: "vLLM" },
  pipelineParallel: { value: 1, reason: "vLLM" },
  dataParallel: { value: 1, reason: "vLLM" },
  expertParallel: { value: false, reason: "vLLM" },
  kvCachePrecision: { value: "bf16", reason: "vLLM: 16 bits, whatever the weights" },
  chunkedPrefill: { value: true, reason: "vLLM V1" },
  prefixCaching: { value: true, reason: "vLLM V1" },
  blockTokens: { value: 16, reason: "vLLM on GPUs" },
  gpuMemoryUtilization: { value: 0.9, reason: "vLLM" },
  scheduling: { value: "fcfs", reason: "vLLM" },
  /** A draft head (EAGLE, MTP) has one layer of some dozens and the output head. */
  draftCost: { value: 0.05, reason: "one draft layer and the output head" },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

export const POOL_DEFAULTS = {
  role: { value: "unified", reason: "no prefill/decode split" },
  /** Posting the transfer and the first completion; the bytes come on top. */
  kvTransferLatency: { value: 0.002, reason: "connection and first completion over RDMA" },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

export const REGION_DEFAULTS = {
  zones: { value: 3, reason: "as most regions have at least" },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

export const ROUTING_DEFAULTS = {
  policy: {
    value: "least-outstanding",
    reason: "needs no knowledge of the engine, and balances well",
  },
  regions: { value: "nearest", reason: "the shortest round trip" },
  spillOutstanding: {
    value: 32,
    reason: "beyond this many per replica, TPOT grows on most hardware",
  },
  affinitySlack: {
    value: 8,
    reason: "a prefix hit saves less than waiting behind this many costs",
  },
} as const satisfies Readonly<Record<string, Default<unknown>>>;

const LARGE_MEMORY_BYTES = 70 * 1024 ** 3;
/** One network card of 400 Gb/s per accelerator, as HGX machines have. */
const NETWORK_BYTES_PER_SECOND = 50e9;

/** vLLM gives large batches to accelerators of 70 GiB and more, except A100, where they were slower. */
function hasLargeBatches(accelerator: AcceleratorSpec): boolean {
  return accelerator.memoryBytes >= LARGE_MEMORY_BYTES && !accelerator.name.includes("a100");
}

/** Most tokens in a step; without chunked prefill the longest prompt must fit in one. */
export function maxBatchedTokensDefault(
  accelerator: AcceleratorSpec,
  chunkedPrefill: boolean,
  maxContextTokens: number,
): Default<number> {
  const isLarge = hasLargeBatches(accelerator);
  const reason = `vLLM serving on ${isLarge ? "70 GiB or more" : "less than 70 GiB, or A100"}`;
  const value = isLarge ? 8192 : 2048;
  if (chunkedPrefill || maxContextTokens <= value) return { value, reason };
  return { value: maxContextTokens, reason: "the longest prompt, which is not cut" };
}

/** Most running requests: 1024 or 256 by memory, and never more than tokens in a step. */
export function maxSequencesDefault(
  accelerator: AcceleratorSpec,
  maxBatchedTokens: number,
): Default<number> {
  const isLarge = hasLargeBatches(accelerator);
  const value = isLarge ? 1024 : 256;
  if (value > maxBatchedTokens)
    return { value: maxBatchedTokens, reason: "no more than maxBatchedTokens" };
  return { value, reason: `vLLM on ${isLarge ? "70 GiB or more" : "less than 70 GiB, or A100"}` };
}

/** Weights as published; 16-bit weights in the 16-bit format that the accelerator has. */
export function quantizationDefault(
  model: ModelSpec,
  accelerator: AcceleratorSpec,
): Default<Precision> {
  const published = model.publishedPrecision;
  const other = published === "bf16" ? "fp16" : "bf16";
  const is16Bit = published === "bf16" || published === "fp16";
  if (
    is16Bit &&
    accelerator.denseFlops[published] === undefined &&
    accelerator.denseFlops[other] !== undefined
  ) {
    return { value: other, reason: `${accelerator.name} has no ${published}` };
  }
  return { value: published, reason: "as published" };
}

/** The replica's share of its machine's network, or one 400 Gb/s card per accelerator where that is not known. */
export function kvTransferBandwidthDefault(
  instanceType: InstanceTypeSpec | undefined,
  acceleratorsPerReplica: number,
): Default<number> {
  if (instanceType?.networkGbps === undefined) {
    const value = NETWORK_BYTES_PER_SECOND * acceleratorsPerReplica;
    return { value, reason: "400 Gb/s per accelerator" };
  }
  const share = Math.min(1, acceleratorsPerReplica / instanceType.acceleratorCount);
  const value = ((instanceType.networkGbps * 1e9) / 8) * share;
  return { value, reason: `the replica's share of the network of ${instanceType.name}` };
}

/** Accelerators of one replica as written, defaults included. */
export function acceleratorsOf(engine: PoolSpec["engine"]): number {
  const { tensorParallel, pipelineParallel, dataParallel } = ENGINE_DEFAULTS;
  return (
    (engine?.tensorParallel ?? tensorParallel.value) *
    (engine?.pipelineParallel ?? pipelineParallel.value) *
    (engine?.dataParallel ?? dataParallel.value)
  );
}
