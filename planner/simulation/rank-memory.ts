/**
 * Where the memory of one accelerator goes before any KV cache, as vLLM v1 measures it in its profiling
 * run (vllm/v1/worker/gpu_worker.py, `determine_available_memory`): weights, the peak of activations
 * in a step of `maxBatchedTokens`, and what lies outside PyTorch. CUDA graphs are captured afterwards,
 * in the share that `gpuMemoryUtilization` leaves free, so they are not subtracted.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { feedForwardWidth, modelWeights } from "./model-weights";
import { acceleratorsPerReplica, expertRanks, layersOfStage } from "./parallelism";
import { HALF_BYTES, sharedMatrixPrecision, storedBytesPerParameter } from "./weight-precision";

const GIB = 2 ** 30;

/**
 * Copies of the FP32 logits alive at the sampler's peak (values, sorted values, 64-bit indices,
 * probabilities, cumulative sums, masks). vLLM 0.11 on five models of 1024 sequences: 9.5 to 9.6.
 */
const SAMPLER_LOGIT_COPIES = 9.56;

/** CUDA context and libraries on one accelerator, and with NCCL's buffers (vLLM 0.11 on H100: 0.13 and 0.55 GiB). */
const OUTSIDE_TORCH_BYTES_SINGLE = 0.13 * GIB;
const OUTSIDE_TORCH_BYTES_LINKED = 0.55 * GIB;

/** Kernels for 4-bit experts pad the hidden dimension to a multiple of this many elements. */
const FOUR_BIT_TILE = 256;

export interface RankMemory {
  /** Memory that vLLM may use: total × gpuMemoryUtilization. */
  readonly usableBytes: number;
  readonly weightsBytes: number;
  readonly activationBytes: number;
  readonly outsideTorchBytes: number;
  /** What is left for KV; negative when the model does not fit. */
  readonly kvBytes: number;
}

/** Memory of the fullest accelerator of a replica. */
export function rankMemory(pool: ResolvedPool): RankMemory {
  const usableBytes = pool.accelerator.memoryBytes * pool.engine.gpuMemoryUtilization;
  const weightsBytes = rankWeightsBytes(pool);
  const activationBytes = Math.max(samplerBytes(pool), forwardBytes(pool));
  const outsideTorchBytes =
    acceleratorsPerReplica(pool) > 1 ? OUTSIDE_TORCH_BYTES_LINKED : OUTSIDE_TORCH_BYTES_SINGLE;
  return {
    usableBytes,
    weightsBytes,
    activationBytes,
    outsideTorchBytes,
    kvBytes: usableBytes - weightsBytes - activationBytes - outsideTorchBytes,
  };
}

/**
 * Bytes of weights on one accelerator. Embeddings and output head stay at 16 bits and are split over
 * tensor-parallel ranks; with a pipeline the first stage holds one and the last stage the other.
 */
function rankWeightsBytes(pool: ResolvedPool): number {
  const { model, engine } = pool;
  const weights = modelWeights(model);
  const isPublished4Bit = model.publishedPrecision === "fp4";
  const precision = engine.weightPrecision;
  const stageShare = layersOfStage(model, engine.pipelineParallel) / model.layers;
  const shared =
    (weights.shared *
      storedBytesPerParameter(sharedMatrixPrecision(model, precision), isPublished4Bit)) /
    engine.tensorParallel;
  const experts =
    (weights.experts *
      storedBytesPerParameter(precision, isPublished4Bit) *
      expertPadding(model.hiddenSize, precision === "fp4")) /
    expertRanks(pool);
  const tables =
    engine.pipelineParallel > 1
      ? Math.max(weights.embedding, weights.outputHead)
      : weights.embedding + weights.outputHeadStored;
  return (shared + experts) * stageShare + (tables * HALF_BYTES) / engine.tensorParallel;
}

function expertPadding(hiddenSize: number, isPadded: boolean): number {
  return isPadded ? (Math.ceil(hiddenSize / FOUR_BIT_TILE) * FOUR_BIT_TILE) / hiddenSize : 1;
}

/** Peak while `maxSequences` rows are sampled; every tensor-parallel rank gathers the whole vocabulary. */
function samplerBytes(pool: ResolvedPool): number {
  const { model, engine } = pool;
  const logits = engine.maxSequences * model.vocabularySize * 4;
  const hidden = engine.maxBatchedTokens * model.hiddenSize * HALF_BYTES;
  return SAMPLER_LOGIT_COPIES * logits + hidden;
}

/**
 * Peak inside a layer: residual and hidden state, and the feed-forward block's three intermediates
 * (gate and up together, their product), or the same for every expert a token is sent to.
 */
function forwardBytes(pool: ResolvedPool): number {
  const { model, engine } = pool;
  const moe = model.mixtureOfExperts;
  const tokens = engine.maxBatchedTokens;
  const dense = 2 * model.hiddenSize + (3 * feedForwardWidth(model)) / engine.tensorParallel;
  if (moe === undefined) return tokens * dense * HALF_BYTES;
  const expertWidth = moe.parametersPerExpert / (3 * model.hiddenSize);
  const perChoice = model.hiddenSize + (3 * expertWidth) / engine.tensorParallel;
  return tokens * (2 * model.hiddenSize + moe.expertsPerToken * perChoice) * HALF_BYTES;
}
