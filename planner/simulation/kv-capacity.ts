/**
 * How many KV blocks a replica has, computed the way vLLM v1 computes `num_gpu_blocks`, or taken from
 * the scenario, with the derivation as lines a person can check. Layers with a sliding window form
 * their own groups, as in vLLM's hybrid KV cache manager (vllm/v1/core/kv_cache_utils.py): groups of
 * equal size share one pool of blocks, and a block holds `blockTokens` tokens of one group.
 */

import { accelerators } from "../catalog/accelerators";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { attentionLayers, kvBytesPerTokenLayer } from "./kv-bytes";
import { contextDoesNotFit, weightsDoNotFit } from "./kv-shortage";
import { type RankMemory, rankMemory } from "./rank-memory";
import type { KvGeometry } from "./step-time-model";

export interface KvCapacity {
  /** `geometry.blocks` is of the replica: blocks of a rank × data-parallel ranks. */
  readonly geometry: KvGeometry;
  readonly blocks: number;
  /** Context tokens of the replica when every request is as long as `maxContextTokens`, as vLLM's log says it. */
  readonly tokens: number;
  readonly basis: "given" | "computed";
  readonly derivation: readonly string[];
  /** Per accelerator. */
  readonly weightsBytes: number;
  readonly activationBytes: number;
  readonly kvBytes: number;
}

/** Cut of layers into groups of equal size. */
export interface KvGroups {
  readonly layersOfGroup: number;
  readonly fullGroups: number;
  readonly windowGroups: number;
}

/**
 * KV capacity of one replica of a pool.
 *
 * @throws PlannerError `does-not-fit` when the weights leave no room, or when not even one request of
 *   `maxContextTokens` has room
 */
export function kvCapacity(pool: ResolvedPool): KvCapacity {
  const memory = rankMemory(pool);
  const given = pool.engine.kvBlocks;
  const blockBytes = kvBlockBytes(pool);
  if (given === undefined && memory.kvBytes < blockBytes) {
    throw weightsDoNotFit(pool, memory, accelerators);
  }
  const blocksOfRank = given ?? Math.floor(memory.kvBytes / blockBytes);
  const geometry = kvGeometry(pool, blocksOfRank * pool.engine.dataParallel);
  const perRequest = blocksOfRequest(geometry, pool.engine.maxContextTokens);
  if (perRequest > blocksOfRank) {
    throw contextDoesNotFit(pool, perRequest, blocksOfRank, longestContext(geometry, blocksOfRank));
  }
  const tokens = capacityTokens(pool, geometry, perRequest);
  return {
    geometry,
    blocks: geometry.blocks,
    tokens,
    basis: given === undefined ? "computed" : "given",
    derivation:
      given === undefined
        ? computedDerivation(pool, memory, blocksOfRank, tokens)
        : givenDerivation(pool, memory, blocksOfRank, tokens),
    weightsBytes: memory.weightsBytes,
    activationBytes: memory.activationBytes,
    kvBytes: blocksOfRank * blockBytes,
  };
}

/** KV blocks that `contextTokens` of one request take. */
export function blocksOfRequest(geometry: KvGeometry, contextTokens: number): number {
  const blocks = Math.ceil(contextTokens / geometry.blockTokens);
  const window = Math.ceil(Math.min(contextTokens, geometry.windowTokens) / geometry.blockTokens);
  return geometry.fullGroups * blocks + geometry.windowGroups * window;
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

function kvGeometry(pool: ResolvedPool, blocks: number): KvGeometry {
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

function capacityTokens(pool: ResolvedPool, geometry: KvGeometry, perRequest: number): number {
  if (geometry.windowGroups === 0) return geometry.blocks * geometry.blockTokens;
  return Math.floor((geometry.blocks / perRequest) * pool.engine.maxContextTokens);
}

/** Most context tokens that one request can have with `blocks` blocks. */
function longestContext(geometry: KvGeometry, blocks: number): number {
  const windowBlocks = geometry.windowTokens / geometry.blockTokens;
  const bothKinds = geometry.fullGroups + geometry.windowGroups;
  const withinWindow = Math.floor(blocks / bothKinds);
  if (withinWindow <= windowBlocks || geometry.fullGroups === 0) {
    return withinWindow * geometry.blockTokens;
  }
  const left = blocks - geometry.windowGroups * windowBlocks;
  return Math.floor(left / geometry.fullGroups) * geometry.blockTokens;
}

function computedDerivation(
  pool: ResolvedPool,
  memory: RankMemory,
  blocksOfRank: number,
  tokens: number,
): string[] {
  const { accelerator, engine } = pool;
  return [
    `${gib(accelerator.memoryBytes)} × ${engine.gpuMemoryUtilization} = ${gib(memory.usableBytes)} usable on each ${accelerator.name}`,
    `− ${gib(memory.weightsBytes)} weights (${engine.weightPrecision}${cutOf(pool)})`,
    `− ${gib(memory.activationBytes)} activations (${engine.maxBatchedTokens} tokens, ${engine.maxSequences} sequences)`,
    `− ${gib(memory.outsideTorchBytes)} CUDA context and communication buffers`,
    `= ${gib(memory.kvBytes)} for KV`,
    `÷ ${blockLine(pool)} = ${blocksOfRank} blocks`,
    ...closingLines(pool, tokens),
  ];
}

function givenDerivation(
  pool: ResolvedPool,
  memory: RankMemory,
  blocksOfRank: number,
  tokens: number,
): string[] {
  const computed = Math.max(0, Math.floor(memory.kvBytes / kvBlockBytes(pool)));
  return [
    `${blocksOfRank} blocks given (kvBlocks); computed from memory it would be ${computed}`,
    `1 block = ${blockLine(pool)}`,
    ...closingLines(pool, tokens),
  ];
}

function blockLine(pool: ResolvedPool): string {
  const { layersOfGroup } = kvGroups(pool);
  const perToken = kvBytesPerTokenLayer(pool);
  return `${kib(kvBlockBytes(pool))} per block (${pool.engine.blockTokens} tokens × ${layersOfGroup} layers × ${perToken} B)`;
}

function closingLines(pool: ResolvedPool, tokens: number): string[] {
  const { fullGroups, windowGroups } = kvGroups(pool);
  const ranks = pool.engine.dataParallel;
  const groups =
    windowGroups === 0
      ? []
      : [
          `${fullGroups} group(s) of full-attention layers and ${windowGroups} of sliding-window layers share the blocks`,
        ];
  const replicas = ranks === 1 ? [] : [`× ${ranks} data-parallel ranks`];
  return [...groups, ...replicas, `= ${tokens} tokens of context per replica`];
}

/** `, tensor parallel 4, pipeline 2`, or nothing on one accelerator. */
function cutOf(pool: ResolvedPool): string {
  const { tensorParallel, pipelineParallel, dataParallel } = pool.engine;
  const cuts = [
    tensorParallel > 1 ? `tensor parallel ${tensorParallel}` : "",
    pipelineParallel > 1 ? `pipeline ${pipelineParallel}` : "",
    dataParallel > 1 ? `data parallel ${dataParallel}` : "",
  ].filter((cut) => cut !== "");
  return cuts.length === 0 ? "" : `, ${cuts.join(", ")}`;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
