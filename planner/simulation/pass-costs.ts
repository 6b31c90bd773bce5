/**
 * What one forward pass of a pool costs per token, row, pair, layer and request: every quotient of work
 * and rate, taken once per pool so that a step is a handful of multiplications. Rates are the
 * accelerator's peaks times the efficiencies of `catalog/step-time-coefficients.ts`.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { attentionLayers } from "./kv-bytes";
import { modelWeights } from "./model-weights";
import { expertRanks, linkBytesPerSecond } from "./parallelism";
import {
  allReduceSeconds,
  attentionFlops,
  expertExchangeSeconds,
  hostSeconds,
  pipelineSeconds,
} from "./step-time-terms";
import {
  expertUnit,
  HALF_BYTES,
  matrixFlops,
  sharedMatrixPrecision,
  storedBytesPerParameter,
} from "./weight-precision";

/** Costs on one rank, in seconds. */
export interface PassCosts {
  readonly hostFixed: number;
  readonly hostPerRequest: number;
  /** Matrices that every token passes through: read once, multiplied per row. */
  readonly linearRead: number;
  readonly linearPerToken: number;
  readonly headRead: number;
  readonly headPerRow: number;
  /** Experts of one layer; `expertLayers` is 0 for a dense model. */
  readonly expertLayers: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  readonly expertRead: number;
  readonly expertPerToken: number;
  readonly expertLayerFixed: number;
  readonly attentionPerPair: number;
  readonly windowPerPair: number;
  readonly collectiveFixed: number;
  /** Per token of the rank, and per token of all data-parallel ranks. */
  readonly collectivePerToken: number;
  readonly exchangePerToken: number;
}

export function passCosts(pool: ResolvedPool): PassCosts {
  return {
    ...hostCosts(pool),
    ...matrixCosts(pool),
    ...expertCosts(pool),
    ...attentionCosts(pool),
    ...collectiveCosts(pool),
  };
}

function hostCosts({ model, coefficients }: ResolvedPool) {
  const { hostSecondsPerStep, hostSecondsPerLayer, hostSecondsPerRequest } = coefficients;
  return {
    hostFixed: hostSeconds(
      model.layers,
      0,
      hostSecondsPerStep,
      hostSecondsPerLayer,
      hostSecondsPerRequest,
    ),
    hostPerRequest: hostSecondsPerRequest,
  };
}

/** Shared matrices in the precision of the weights; the output head stays at 16 bits. */
function matrixCosts({ model, accelerator, engine, coefficients }: ResolvedPool) {
  const weights = modelWeights(model);
  const ranks = engine.tensorParallel;
  const precision = sharedMatrixPrecision(model, engine.weightPrecision);
  const bytes = storedBytesPerParameter(precision, model.publishedPrecision === "fp4");
  const bytesPerSecond = accelerator.memoryBytesPerSecond * coefficients.weightBandwidthEfficiency;
  const flops = (unit: typeof precision) =>
    matrixFlops(accelerator, unit) * coefficients.computeEfficiency;
  return {
    linearRead: (weights.shared * bytes) / ranks / bytesPerSecond,
    linearPerToken: (2 * weights.shared) / ranks / flops(precision),
    headRead: (weights.outputHead * HALF_BYTES) / ranks / bytesPerSecond,
    headPerRow: (2 * weights.outputHead) / ranks / flops("bf16"),
  };
}

/**
 * 16-bit experts are read as fast as other matrices, and FP4 ones run in kernels made for them; formats in
 * between are unpacked inside the engine's generic fused kernels, which read slower.
 */
function expertCosts(pool: ResolvedPool) {
  const { model, accelerator, engine, coefficients } = pool;
  const { layers, experts, expertsPerToken, parametersPerExpert } = model.mixtureOfExperts ?? {
    layers: 0,
    experts: 1,
    expertsPerToken: 0,
    parametersPerExpert: 0,
  };
  const precision = engine.weightPrecision;
  const isPublished4Bit = model.publishedPrecision === "fp4";
  const hasOwnKernels = precision === "fp4";
  const parametersOfRank = parametersPerExpert / expertRanks(pool);
  const bytes = parametersOfRank * storedBytesPerParameter(precision, isPublished4Bit);
  const isUnpacked = precision === "fp8" || precision === "int8" || precision === "int4";
  const bandwidthShare = isUnpacked
    ? coefficients.expertBandwidthEfficiency
    : coefficients.weightBandwidthEfficiency;
  const unit = expertUnit(accelerator, precision, isPublished4Bit);
  return {
    expertLayers: layers,
    experts,
    expertsPerToken,
    expertRead: bytes / (accelerator.memoryBytesPerSecond * bandwidthShare),
    expertPerToken:
      (2 * parametersOfRank * expertsPerToken) /
      (matrixFlops(accelerator, unit) * coefficients.expertComputeEfficiency),
    expertLayerFixed: hasOwnKernels ? 0 : coefficients.hostSecondsPerExpertLayer,
  };
}

/** Prefill attention; latent attention is expanded to full heads here, and absorbed when it decodes. */
function attentionCosts({ model, accelerator, engine, coefficients }: ResolvedPool) {
  const latent = model.latentAttention;
  const heads = Math.ceil(model.heads / engine.tensorParallel);
  const keyDim = latent === undefined ? model.headDim : latent.nopeHeadDim + latent.ropeHeadDim;
  const valueDim = latent === undefined ? model.headDim : latent.valueHeadDim;
  const flopsPerSecond = matrixFlops(accelerator, "bf16") * coefficients.attentionEfficiency;
  const layers = attentionLayers(model);
  return {
    attentionPerPair: attentionFlops(1, layers.full, heads, keyDim, valueDim) / flopsPerSecond,
    windowPerPair: attentionFlops(1, layers.window, heads, keyDim, valueDim) / flopsPerSecond,
  };
}

/**
 * Two all-reduces per layer under tensor parallel (after attention and after the feed-forward block);
 * with data-parallel attention the expert layers exchange tokens instead of the second one. All are
 * affine in the bytes, so a fixed part and a part per token say everything.
 */
function collectiveCosts(pool: ResolvedPool) {
  const { model, engine, coefficients } = pool;
  const { tensorParallel, dataParallel, pipelineParallel } = engine;
  const { collectiveLatencySeconds: latency, linkEfficiency } = coefficients;
  const link = (width: number) => linkBytesPerSecond(pool, width) * linkEfficiency;
  const expertWidth = tensorParallel * dataParallel;
  const exchanges = dataParallel > 1 ? (model.mixtureOfExperts?.layers ?? 0) : 0;
  const reduces = 2 * model.layers - exchanges;
  const reduce = (bytes: number) =>
    reduces * allReduceSeconds(bytes, tensorParallel, latency, link(tensorParallel));
  const exchange = (bytes: number) =>
    exchanges * expertExchangeSeconds(bytes, expertWidth, latency, link(expertWidth));
  const hand = (bytes: number) =>
    pipelineSeconds(bytes, pipelineParallel, latency, link(tensorParallel * pipelineParallel));
  const bytesPerToken = model.hiddenSize * HALF_BYTES;
  return {
    collectiveFixed: reduce(0) + exchange(0) + hand(0),
    collectivePerToken: reduce(bytesPerToken) - reduce(0) + hand(bytesPerToken) - hand(0),
    exchangePerToken: exchange(bytesPerToken) - exchange(0),
  };
}
