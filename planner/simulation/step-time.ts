/**
 * The step-time model of a pool: roofline terms with fitted efficiencies,
 *
 *   t = host(B) + linear(B + T) + head(B) + experts(B + T) + attention(pairs) + collective(B + T) + kv(S)
 *
 * Cuts over accelerators: tensor parallel divides weights, heads and FLOPs; data-parallel ranks take
 * equal parts of the requests and the slowest rank sets the pace; a pipeline keeps one micro-batch per
 * stage in flight, so a pass goes through all layers with that part of the batch (weights of every
 * stage are read in turn, work per token is divided). Coefficients: `catalog/step-time-coefficients.ts`.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { attentionLayers, kvBytesPerTokenLayer } from "./kv-bytes";
import { modelWeights } from "./model-weights";
import { expertRanks, linkBytesPerSecond, usableWays } from "./parallelism";
import type { StepTimeModel } from "./step-time-model";
import {
  allReduceSeconds,
  attentionFlops,
  expertExchangeSeconds,
  expertsTouched,
  hostSeconds,
  pipelineSeconds,
  rooflineSeconds,
} from "./step-time-terms";
import {
  expertUnit,
  HALF_BYTES,
  matrixFlops,
  sharedMatrixPrecision,
  storedBytesPerParameter,
} from "./weight-precision";

/** What one pass computes on the busiest rank. Fractions of requests and tokens are means over micro-batches. */
interface RankBatch {
  /** Requests that the rank's scheduler handles, over all micro-batches. */
  readonly requests: number;
  /** Rows that go through the matrices in one pass. */
  readonly tokens: number;
  /** Rows that go through the experts in one pass: those of all data-parallel ranks. */
  readonly tokensOfAllRanks: number;
  /** Rows that go through the output head in one pass. */
  readonly sampled: number;
  readonly attentionPairs: number;
  readonly windowPairs: number;
}

/** Everything a pass costs that does not depend on the batch, computed once per pool. */
type PassConstants = ReturnType<typeof passConstants>;

/** Named parts of a step in seconds: what a report or a fit looks at. Their sum is the step. */
export interface StepTimeTerms {
  readonly host: number;
  readonly linear: number;
  readonly outputHead: number;
  readonly experts: number;
  readonly attention: number;
  readonly collective: number;
}

/**
 * Builds the step-time model that the engine runs a pool with.
 *
 * A replica with data-parallel ranks is one replica to the engine: batch and token counts are sums
 * over its ranks. With speculation a decoding request computes 1 + draftTokens rows, and each drafted
 * token costs `draftCostShare` of a plain decode step.
 */
export function createStepTimeModel(pool: ResolvedPool): StepTimeModel {
  const constants = passConstants(pool);
  const { rowsPerDecode, draftShare } = constants;

  const seconds = (
    decodeRequests: number,
    prefillRequests: number,
    prefillTokens: number,
    attentionPairs: number,
    windowPairs: number,
  ): number => {
    const verify = passSeconds(
      constants,
      rankBatch(pool, decodeRequests, rowsPerDecode, {
        requests: prefillRequests,
        tokens: prefillTokens,
        attentionPairs,
        windowPairs,
      }),
    );
    if (draftShare === 0 || decodeRequests === 0) return verify;
    const plainDecode = passSeconds(constants, rankBatch(pool, decodeRequests, 1, NO_PREFILL));
    return verify + draftShare * plainDecode;
  };

  return {
    decodeSeconds: (decodeRequests) => seconds(decodeRequests, 0, 0, 0, 0),
    mixedSeconds: seconds,
    context: {
      start: [0],
      intercept: [0],
      slope: [(1 + draftShare) * contextSecondsPerToken(pool, constants.layers.full)],
    },
    windowSecondsPerToken: (1 + draftShare) * contextSecondsPerToken(pool, constants.layers.window),
    windowTokens: pool.model.slidingWindow?.tokens ?? Number.POSITIVE_INFINITY,
  };
}

/** The parts of a step without the context term, for reports, fits and tests. Drafting is left out. */
export function stepTimeTerms(
  pool: ResolvedPool,
  decodeRequests: number,
  prefill: PrefillWork = NO_PREFILL,
): StepTimeTerms {
  const constants = passConstants(pool);
  return passTerms(constants, rankBatch(pool, decodeRequests, constants.rowsPerDecode, prefill));
}

/** Prefill chunks of one step, summed over requests: see `StepTimeModel.mixedSeconds`. */
export interface PrefillWork {
  readonly requests: number;
  readonly tokens: number;
  readonly attentionPairs: number;
  readonly windowPairs: number;
}

const NO_PREFILL: PrefillWork = { requests: 0, tokens: 0, attentionPairs: 0, windowPairs: 0 };

/** The busiest data-parallel rank's part of a step, in one pipeline micro-batch. */
function rankBatch(
  pool: ResolvedPool,
  decodeRequests: number,
  rowsPerDecode: number,
  prefill: PrefillWork,
): RankBatch {
  const { dataParallel, pipelineParallel } = pool.engine;
  const decodesOfRank = Math.ceil(decodeRequests / dataParallel);
  const prefillsOfRank = Math.ceil(prefill.requests / dataParallel);
  const decodesOfPass = decodesOfRank / usableWays(pipelineParallel, decodesOfRank);
  const prefillPasses = usableWays(pipelineParallel, prefillsOfRank);
  const prefillWays = usableWays(dataParallel, prefill.requests) * prefillPasses;
  const decodesOfAllRanks = Math.min(decodeRequests, decodesOfPass * dataParallel);
  return {
    requests: decodesOfRank + prefillsOfRank,
    tokens: decodesOfPass * rowsPerDecode + prefill.tokens / prefillWays,
    tokensOfAllRanks: decodesOfAllRanks * rowsPerDecode + prefill.tokens / prefillPasses,
    sampled: decodesOfPass * rowsPerDecode + prefillsOfRank / prefillPasses,
    attentionPairs: prefill.attentionPairs / prefillWays,
    windowPairs: prefill.windowPairs / prefillWays,
  };
}

function passConstants(pool: ResolvedPool) {
  const { model, accelerator, engine, coefficients } = pool;
  const { tensorParallel, dataParallel, pipelineParallel, weightPrecision } = engine;
  const weights = modelWeights(model);
  const moe = model.mixtureOfExperts;
  const isPublished4Bit = model.publishedPrecision === "fp4";
  const sharedPrecision = sharedMatrixPrecision(model, weightPrecision);
  const latent = model.latentAttention;
  // FP4 experts run in kernels made for them; all other formats share the engine's generic fused kernels.
  const hasFourBitKernels = weightPrecision === "fp4";
  const linkSeconds = (width: number) =>
    linkBytesPerSecond(pool, width) * coefficients.linkEfficiency;
  return {
    pool,
    layers: attentionLayers(model),
    expertLayers: moe?.layers ?? 0,
    weightBytesPerSecond: accelerator.memoryBytesPerSecond * coefficients.weightBandwidthEfficiency,
    sharedBytes:
      (weights.shared * storedBytesPerParameter(sharedPrecision, isPublished4Bit)) / tensorParallel,
    sharedFlopsPerToken: (2 * weights.shared) / tensorParallel,
    sharedFlopsPerSecond:
      matrixFlops(accelerator, sharedPrecision) * coefficients.computeEfficiency,
    headBytes: (weights.outputHead * HALF_BYTES) / tensorParallel,
    headFlopsPerToken: (2 * weights.outputHead) / tensorParallel,
    halfFlopsPerSecond: matrixFlops(accelerator, "bf16") * coefficients.computeEfficiency,
    expertBytes:
      ((moe?.parametersPerExpert ?? 0) *
        storedBytesPerParameter(weightPrecision, isPublished4Bit)) /
      expertRanks(pool),
    expertFlopsPerToken:
      (2 * (moe?.parametersPerExpert ?? 0) * (moe?.expertsPerToken ?? 0)) / expertRanks(pool),
    expertBytesPerSecond:
      accelerator.memoryBytesPerSecond *
      (hasFourBitKernels
        ? coefficients.weightBandwidthEfficiency
        : coefficients.expertBandwidthEfficiency),
    expertLayerSeconds: hasFourBitKernels ? 0 : coefficients.hostSecondsPerExpertLayer,
    expertFlopsPerSecond:
      matrixFlops(accelerator, expertUnit(accelerator, weightPrecision, isPublished4Bit)) *
      coefficients.expertComputeEfficiency,
    attentionFlopsPerSecond: matrixFlops(accelerator, "bf16") * coefficients.attentionEfficiency,
    headsOfRank: Math.ceil(model.heads / tensorParallel),
    keyDim: latent === undefined ? model.headDim : latent.nopeHeadDim + latent.ropeHeadDim,
    valueDim: latent === undefined ? model.headDim : latent.valueHeadDim,
    tensorLink: linkSeconds(tensorParallel),
    expertLink: linkSeconds(tensorParallel * dataParallel),
    stageLink: linkSeconds(tensorParallel * pipelineParallel),
    rowsPerDecode: 1 + (engine.speculation?.draftTokens ?? 0),
    draftShare: (engine.speculation?.draftTokens ?? 0) * (engine.speculation?.draftCostShare ?? 0),
  };
}

function passSeconds(constants: PassConstants, batch: RankBatch): number {
  const terms = passTerms(constants, batch);
  return (
    terms.host +
    terms.linear +
    terms.outputHead +
    terms.experts +
    terms.attention +
    terms.collective
  );
}

function passTerms(constants: PassConstants, batch: RankBatch): StepTimeTerms {
  const { model, coefficients } = constants.pool;
  return {
    host: hostSeconds(
      model.layers,
      batch.requests,
      coefficients.hostSecondsPerStep,
      coefficients.hostSecondsPerLayer,
      coefficients.hostSecondsPerRequest,
    ),
    linear: rooflineSeconds(
      constants.sharedFlopsPerToken * batch.tokens,
      constants.sharedFlopsPerSecond,
      constants.sharedBytes,
      constants.weightBytesPerSecond,
    ),
    outputHead: rooflineSeconds(
      constants.headFlopsPerToken * batch.sampled,
      constants.halfFlopsPerSecond,
      constants.headBytes,
      constants.weightBytesPerSecond,
    ),
    experts: expertsSeconds(constants, batch.tokensOfAllRanks),
    attention: attentionSeconds(constants, batch),
    collective: collectiveSeconds(constants, batch),
  };
}

function expertsSeconds(constants: PassConstants, tokens: number): number {
  const moe = constants.pool.model.mixtureOfExperts;
  if (moe === undefined) return 0;
  const matrices = rooflineSeconds(
    constants.expertFlopsPerToken * tokens,
    constants.expertFlopsPerSecond,
    constants.expertBytes * expertsTouched(moe.experts, moe.expertsPerToken, tokens),
    constants.expertBytesPerSecond,
  );
  return moe.layers * (matrices + constants.expertLayerSeconds);
}

function attentionSeconds(constants: PassConstants, batch: RankBatch): number {
  const { layers, headsOfRank, keyDim, valueDim, attentionFlopsPerSecond } = constants;
  const flops =
    attentionFlops(batch.attentionPairs, layers.full, headsOfRank, keyDim, valueDim) +
    attentionFlops(batch.windowPairs, layers.window, headsOfRank, keyDim, valueDim);
  return flops / attentionFlopsPerSecond;
}

/**
 * Two all-reduces per layer under tensor parallel (after attention and after the feed-forward block);
 * with data-parallel attention the expert layers exchange tokens instead of the second one.
 */
function collectiveSeconds(constants: PassConstants, batch: RankBatch): number {
  const { model, engine, coefficients } = constants.pool;
  const { tensorParallel, dataParallel, pipelineParallel } = engine;
  const latency = coefficients.collectiveLatencySeconds;
  const bytes = batch.tokens * model.hiddenSize * HALF_BYTES;
  const exchangeLayers = dataParallel > 1 ? constants.expertLayers : 0;
  const allReduces = 2 * model.layers - exchangeLayers;
  const exchange =
    exchangeLayers === 0
      ? 0
      : exchangeLayers *
        expertExchangeSeconds(
          batch.tokensOfAllRanks * model.hiddenSize * HALF_BYTES,
          tensorParallel * dataParallel,
          latency,
          constants.expertLink,
        );
  return (
    allReduces * allReduceSeconds(bytes, tensorParallel, latency, constants.tensorLink) +
    exchange +
    pipelineSeconds(bytes, pipelineParallel, latency, constants.stageLink)
  );
}

/**
 * Seconds that one token of context adds to a decode step over `layers` layers: its KV is read once,
 * and every row of the request multiplies it; the slower of the two, since nothing else is waited for.
 * Reading limits grouped-query attention; latent attention over few ranks comes close to the FLOP limit
 * (all heads share one latent).
 *
 * The sum of contexts is over the whole replica, so data-parallel ranks and micro-batches divide it;
 * with fewer requests than those the division is optimistic, where the term itself is smallest.
 */
function contextSecondsPerToken(pool: ResolvedPool, layers: number): number {
  const { model, accelerator, engine, coefficients } = pool;
  const latent = model.latentAttention;
  const rows = 1 + (engine.speculation?.draftTokens ?? 0);
  const heads = Math.ceil(model.heads / engine.tensorParallel);
  const keyDim = latent === undefined ? model.headDim : latent.kvRank + latent.ropeHeadDim;
  const valueDim = latent === undefined ? model.headDim : latent.kvRank;
  const compute =
    attentionFlops(rows, layers, heads, keyDim, valueDim) /
    (matrixFlops(accelerator, "bf16") * coefficients.attentionEfficiency);
  const read =
    (kvBytesPerTokenLayer(pool) * layers) /
    (accelerator.memoryBytesPerSecond * coefficients.kvBandwidthEfficiency);
  return Math.max(compute, read) / (engine.dataParallel * engine.pipelineParallel);
}
