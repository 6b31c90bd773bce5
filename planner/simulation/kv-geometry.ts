/**
 * How KV blocks are laid out: which layers share a block, how large it is, and how many a request takes.
 * Layers with a sliding window form their own groups, as in vLLM's hybrid KV cache manager
 * (vllm/v1/core/kv_cache_utils.py): groups of equal size share one pool of blocks, and a block holds
 * `blockTokens` tokens of one group.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { attentionLayers, kvBytesPerTokenLayer } from "./kv-bytes";
import type { KvGeometry } from "./step-time-model";

/** Cut of layers into groups of equal size. */
export interface KvGroups {
  readonly layersOfGroup: number;
  readonly fullGroups: number;
  readonly windowGroups: number;
}

/**
 * Groups of layers. A group is as large as the smaller of the two kinds, or as the larger when they
 * differ by less than a quarter; the last group of a kind may be padded.
 */
export function kvGroups(pool: ResolvedPool): KvGroups {
  const layers = attentionLayers(pool.model);
  const full = Math.ceil(layers.full / pool.engine.pipelineParallel);
  const window = Math.ceil(layers.window / pool.engine.pipelineParallel);
  if (window === 0) return { layersOfGroup: full, fullGroups: 1, windowGroups: 0 };
  if (full === 0) return { layersOfGroup: window, fullGroups: 0, windowGroups: 1 };
  const smaller = Math.min(full, window);
  const larger = Math.max(full, window);
  const layersOfGroup = larger < 1.25 * smaller ? larger : smaller;
  return {
    layersOfGroup,
    fullGroups: Math.ceil(full / layersOfGroup),
    windowGroups: Math.ceil(window / layersOfGroup),
  };
}

/** Bytes of one KV block on one accelerator. */
export function kvBlockBytes(pool: ResolvedPool): number {
  return kvGroups(pool).layersOfGroup * kvBytesPerTokenLayer(pool) * pool.engine.blockTokens;
}

/** Geometry of a replica with `blocks` blocks over its data-parallel ranks. */
export function kvGeometry(pool: ResolvedPool, blocks: number): KvGeometry {
  const { fullGroups, windowGroups } = kvGroups(pool);
  const { blockTokens } = pool.engine;
  const window = pool.model.slidingWindow?.tokens;
  return {
    blockTokens,
    blocks,
    fullGroups,
    windowGroups,
    windowTokens:
      window === undefined
        ? Number.POSITIVE_INFINITY
        : (Math.ceil(window / blockTokens) + 1) * blockTokens,
  };
}

/** KV blocks that `contextTokens` of one request take. */
export function blocksOfRequest(geometry: KvGeometry, contextTokens: number): number {
  const blocks = Math.ceil(contextTokens / geometry.blockTokens);
  const window = Math.ceil(Math.min(contextTokens, geometry.windowTokens) / geometry.blockTokens);
  return geometry.fullGroups * blocks + geometry.windowGroups * window;
}

/** Most context tokens that one request can have with `blocks` blocks. */
export function longestContext(geometry: KvGeometry, blocks: number): number {
  const windowBlocks = geometry.windowTokens / geometry.blockTokens;
  const bothKinds = geometry.fullGroups + geometry.windowGroups;
  const withinWindow = Math.floor(blocks / bothKinds);
  if (withinWindow <= windowBlocks || geometry.fullGroups === 0) {
    return withinWindow * geometry.blockTokens;
  }
  const left = blocks - geometry.windowGroups * windowBlocks;
  return Math.floor(left / geometry.fullGroups) * geometry.blockTokens;
}
