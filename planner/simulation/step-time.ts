/**
 * The step-time model of a pool: roofline terms with fitted efficiencies,
 *
 *   t = host(B) + linear(B + T) + head(B) + experts(B + T) + attention(pairs) + collective(B + T) + kv(S)
 *
 * Cuts over accelerators: tensor parallel divides weights, heads and FLOPs; data-parallel ranks take
 * equal parts of the requests and the slowest rank sets the pace; a pipeline keeps one micro-batch per
 * stage in flight, so a pass goes through all layers with that part of the batch (weights of every
 * stage are read in turn, work per token is divided). Costs per unit are in pass-costs.ts.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { attentionLayers, kvBytesPerTokenLayer } from "./kv-bytes";
import { usableWays } from "./parallelism";
import { type PassCosts, passCosts } from "./pass-costs";
import type { StepTimeModel } from "./step-time-model";
import { attentionFlops, expertsTouched, rooflineSeconds } from "./step-time-terms";
import { matrixFlops } from "./weight-precision";

/** Named parts of a step in seconds, for reports and tests. Their sum is the step without the context term. */
export interface StepTimeTerms {
  readonly host: number;
  readonly linear: number;
  readonly outputHead: number;
  readonly experts: number;
  readonly attention: number;
  readonly collective: number;
}

/** Prefill chunks of one step, summed over requests: see `StepTimeModel.mixedSeconds`. */
export interface PrefillWork {
  readonly requests: number;
  readonly tokens: number;
  readonly attentionPairs: number;
  readonly windowPairs: number;
}

const NO_PREFILL: PrefillWork = { requests: 0, tokens: 0, attentionPairs: 0, windowPairs: 0 };

/**
 * Builds the step-time model that the engine runs a pool with.
 *
 * A replica with data-parallel ranks is one replica to the engine: batch and token counts are sums
 * over its ranks. With speculation a decoding request computes 1 + draftTokens rows, and each drafted
 * token costs `draftCostShare` of a plain decode step.
 */
export function createStepTimeModel(pool: ResolvedPool): StepTimeModel {
  const pass = new ForwardPass(pool);
  const { draftTokens, draftCostShare } = pool.engine.speculation ?? {
    draftTokens: 0,
    draftCostShare: 0,
  };
  const rows = 1 + draftTokens;
  const draftShare = draftTokens * draftCostShare;
  const layers = attentionLayers(pool.model);

  const seconds = (
    decodeRequests: number,
    prefillRequests: number,
    prefillTokens: number,
    attentionPairs: number,
    windowPairs: number,
  ): number => {
    pass.load(decodeRequests, rows, prefillRequests, prefillTokens, attentionPairs, windowPairs);
    const verify = pass.seconds();
    if (draftShare === 0 || decodeRequests === 0) return verify;
    pass.load(decodeRequests, 1, 0, 0, 0, 0);
    return verify + draftShare * pass.seconds();
  };

  return {
    decodeSeconds: (decodeRequests) => seconds(decodeRequests, 0, 0, 0, 0),
    mixedSeconds: seconds,
    contextWays: (decodeRequests) => contextWays(pool, decodeRequests),
    context: {
      start: [0],
      intercept: [0],
      slope: [(1 + draftShare) * contextSecondsPerToken(pool, layers.full)],
    },
    windowSecondsPerToken: (1 + draftShare) * contextSecondsPerToken(pool, layers.window),
    windowTokens: pool.model.slidingWindow?.tokens ?? Number.POSITIVE_INFINITY,
  };
}

/** Data-parallel ranks, and pipeline micro-batches of each, that have a request to read the context of. */
function contextWays(pool: ResolvedPool, decodeRequests: number): number {
  const { dataParallel, pipelineParallel } = pool.engine;
  const ranks = usableWays(dataParallel, decodeRequests);
  return ranks * usableWays(pipelineParallel, Math.ceil(decodeRequests / ranks));
}

/** The parts of a step without the context term. Verifying drafts is counted, drafting is not. */
export function stepTimeTerms(
  pool: ResolvedPool,
  decodeRequests: number,
  prefill: PrefillWork = NO_PREFILL,
): StepTimeTerms {
  const pass = new ForwardPass(pool);
  const rows = 1 + (pool.engine.speculation?.draftTokens ?? 0);
  const { requests, tokens, attentionPairs, windowPairs } = prefill;
  pass.load(decodeRequests, rows, requests, tokens, attentionPairs, windowPairs);
  return {
    host: pass.hostSeconds(),
    linear: pass.linearSeconds(),
    outputHead: pass.outputHeadSeconds(),
    experts: pass.expertsSeconds(),
    attention: pass.attentionSeconds(),
    collective: pass.collectiveSeconds(),
  };
}

/**
 * One forward pass of the busiest data-parallel rank, in one pipeline micro-batch. A class to keep the
 * batch in fields: a pass is costed for every mixed step of a run, and allocates nothing.
 */
class ForwardPass {
  private readonly costs: PassCosts;
  private readonly dataParallel: number;
  private readonly pipelineParallel: number;
  private readonly maxBatchedTokens: number;
  /** Requests that the rank's scheduler handles, over all micro-batches. */
  private requests = 0;
  /** Rows through the matrices, through the experts (those of all ranks), and through the output head. */
  private tokens = 0;
  private tokensOfAllRanks = 0;
  private sampled = 0;
  private attentionPairs = 0;
  private windowPairs = 0;

  constructor(pool: ResolvedPool) {
    this.costs = passCosts(pool);
    this.dataParallel = pool.engine.dataParallel;
    this.pipelineParallel = pool.engine.pipelineParallel;
    this.maxBatchedTokens = pool.engine.maxBatchedTokens;
  }

  /**
   * Sets the batch of a step of the whole replica. A prompt is on one rank; what it computes beyond the
   * token budget of a micro-batch follows in the next ones through the stages of the pipeline.
   */
  load(
    decodeRequests: number,
    rowsPerDecode: number,
    prefillRequests: number,
    prefillTokens: number,
    attentionPairs: number,
    windowPairs: number,
  ): void {
    const { dataParallel, pipelineParallel } = this;
    const decodesOfRank = Math.ceil(decodeRequests / dataParallel);
    const prefillsOfRank = Math.ceil(prefillRequests / dataParallel);
    const decodesOfPass = decodesOfRank / usableWays(pipelineParallel, decodesOfRank);
    const prefillRanks = usableWays(dataParallel, prefillRequests);
    const chunksOfRank = Math.ceil(prefillTokens / prefillRanks / this.maxBatchedTokens);
    const prefillPasses = usableWays(pipelineParallel, Math.max(prefillsOfRank, chunksOfRank));
    const prefillWays = prefillRanks * prefillPasses;
    const decodesOfAllRanks = Math.min(decodeRequests, decodesOfPass * dataParallel);
    this.requests = decodesOfRank + prefillsOfRank;
    this.tokens = decodesOfPass * rowsPerDecode + prefillTokens / prefillWays;
    this.tokensOfAllRanks = decodesOfAllRanks * rowsPerDecode + prefillTokens / prefillPasses;
    this.sampled = decodesOfPass * rowsPerDecode + prefillsOfRank / prefillPasses;
    this.attentionPairs = attentionPairs / prefillWays;
    this.windowPairs = windowPairs / prefillWays;
  }

  seconds(): number {
    return (
      this.hostSeconds() +
      this.linearSeconds() +
      this.outputHeadSeconds() +
      this.expertsSeconds() +
      this.attentionSeconds() +
      this.collectiveSeconds()
    );
  }

  hostSeconds(): number {
    return this.costs.hostFixed + this.costs.hostPerRequest * this.requests;
  }

  linearSeconds(): number {
    return rooflineSeconds(this.costs.linearPerToken * this.tokens, this.costs.linearRead);
  }

  outputHeadSeconds(): number {
    return rooflineSeconds(this.costs.headPerRow * this.sampled, this.costs.headRead);
  }

  expertsSeconds(): number {
    const { costs, tokensOfAllRanks } = this;
    if (costs.expertLayers === 0) return 0;
    const touched = expertsTouched(costs.experts, costs.expertsPerToken, tokensOfAllRanks);
    const matrices = rooflineSeconds(
      costs.expertPerToken * tokensOfAllRanks,
      costs.expertRead * touched,
    );
    return costs.expertLayers * (matrices + costs.expertLayerFixed);
  }

  attentionSeconds(): number {
    const { attentionPerPair, windowPerPair } = this.costs;
    return attentionPerPair * this.attentionPairs + windowPerPair * this.windowPairs;
  }

  collectiveSeconds(): number {
    const { collectiveFixed, collectivePerToken, exchangePerToken } = this.costs;
    return (
      collectiveFixed + collectivePerToken * this.tokens + exchangePerToken * this.tokensOfAllRanks
    );
  }
}

/**
 * Seconds that one token of context adds to a decode step over `layers` layers: its KV is read once,
 * and every row of the request multiplies it; the slower of the two, since nothing else is waited for.
 * Reading limits grouped-query attention; latent attention over few ranks comes close to the FLOP limit
 * (all heads share one latent).
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
  return Math.max(compute, read);
}
