/**
 * Where a model's parameters are: embedding table, output head, experts, and the rest, because a step
 * reads them differently (the embedding table is looked up, not multiplied; only touched experts are
 * read). Counts only; bytes on a rank are in `rank-weights.ts`.
 */
import type { ModelSpec } from "../catalog/specs";

export interface ModelWeights {
  /** Rows of the embedding table, V · H. Looked up per token, never multiplied. */
  readonly embedding: number;
  /** Output head, V · H: multiplied once per request that samples a token. */
  readonly outputHead: number;
  /** Parameters stored for the head: 0 when it is the embedding table. */
  readonly outputHeadStored: number;
  /** All experts of all layers. */
  readonly experts: number;
  /** Attention, dense feed-forward, shared experts, routers, norms: every token passes through them. */
  readonly shared: number;
}

export function modelWeights(model: ModelSpec): ModelWeights {
  const table = model.vocabularySize * model.hiddenSize;
  const outputHeadStored = model.tiedEmbeddings === true ? 0 : table;
  const moe = model.mixtureOfExperts;
  const experts = moe === undefined ? 0 : moe.experts * moe.layers * moe.parametersPerExpert;
  return {
    embedding: table,
    outputHead: table,
    outputHeadStored,
    experts,
    shared: Math.max(0, model.parameters - experts - table - outputHeadStored),
  };
}

/**
 * Width of the dense feed-forward block, from the parameters of a layer without attention and three
 * matrices of H × F. Only used to size activations, where the exact width does not matter.
 */
export function feedForwardWidth(model: ModelSpec): number {
  const perLayer = modelWeights(model).shared / model.layers;
  const attention =
    model.latentAttention === undefined
      ? 2 * model.hiddenSize * model.headDim * (model.heads + model.kvHeads)
      : model.hiddenSize * model.heads * model.latentAttention.valueHeadDim;
  return Math.max(0, perLayer - attention) / (3 * model.hiddenSize);
}
