/**
 * Bytes of KV cache that one token of context takes on one rank, split into layers that see the whole
 * context and layers with a sliding window. Multi-head and grouped-query attention store
 * 2 · kvHeads · headDim values per layer; multi-head latent attention stores one latent of
 * kvRank + ropeHeadDim values (DeepSeek-V2, arXiv 2405.04434, section 2.1).
 */
import type { ModelSpec } from "../catalog/specs";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { kvShareOfRank } from "./parallelism";

/** Bytes of one KV element. */
function kvElementBytes(precision: "bf16" | "fp8"): number {
  return precision === "fp8" ? 1 : 2;
}

/** Bytes that one token of context takes in one layer on one tensor-parallel rank. */
export function kvBytesPerTokenLayer(pool: ResolvedPool): number {
  const { model, engine } = pool;
  const wholeModelLayer =
    (model.kvBytesPerToken16 / 2 / model.layers) * kvElementBytes(engine.kvPrecision);
  return wholeModelLayer * kvShareOfRank(model, engine.tensorParallel);
}

/** Layers by how far they look back. */
export function attentionLayers(model: ModelSpec): {
  readonly full: number;
  readonly window: number;
} {
  const window = model.slidingWindow?.layers ?? 0;
  return { full: model.layers - window, window };
}

/** Bytes that one token of context takes in all layers on all tensor-parallel ranks: what a KV transfer moves. */
export function kvBytesPerToken(pool: ResolvedPool): number {
  const copies = pool.model.latentAttention === undefined ? pool.engine.tensorParallel : 1;
  return kvBytesPerTokenLayer(pool) * pool.model.layers * copies;
}
