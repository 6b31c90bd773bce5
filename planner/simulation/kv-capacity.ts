/**
 * How many KV blocks a replica has, computed the way vLLM v1 computes `num_gpu_blocks`, or taken from
 * the scenario, with the derivation as lines a person can check. How blocks are laid out is in
 * kv-geometry.ts, where the memory goes before KV in rank-memory.ts.
 */

import { accelerators } from "../catalog/accelerators";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { groupThousands } from "../foundation/format-units";
import { kvBytesPerTokenLayer } from "./kv-bytes";
import { blocksOfRequest, kvBlockBytes, kvGeometry, kvGroups, longestContext } from "./kv-geometry";
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
    throw contextDoesNotFit(pool, {
      blocksNeeded: perRequest,
      blocks: blocksOfRank,
      longestTokens: longestContext(geometry, blocksOfRank),
    });
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

function capacityTokens(pool: ResolvedPool, geometry: KvGeometry, perRequest: number): number {
  if (geometry.windowGroups === 0) return geometry.blocks * geometry.blockTokens;
  return Math.floor((geometry.blocks / perRequest) * pool.engine.maxContextTokens);
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
    `− ${gib(memory.activationBytes)} activations (${count(engine.maxBatchedTokens)} tokens, ${count(engine.maxSequences)} sequences)`,
    `− ${gib(memory.outsideTorchBytes)} CUDA context and communication buffers`,
    `= ${gib(memory.kvBytes)} for KV`,
    `÷ ${blockLine(pool)} = ${count(blocksOfRank)} blocks`,
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
    `${count(blocksOfRank)} blocks given (kvBlocks); computed from memory it would be ${count(computed)}`,
    `1 block = ${blockLine(pool)}`,
    ...closingLines(pool, tokens),
  ];
}

function blockLine(pool: ResolvedPool): string {
  const { layersOfGroup } = kvGroups(pool);
  const perToken = kvBytesPerTokenLayer(pool);
  return `${kib(kvBlockBytes(pool))} per block (${pool.engine.blockTokens} tokens × ${layersOfGroup} layers × ${count(perToken)} B)`;
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
  return [...groups, ...replicas, `= ${count(tokens)} tokens of context per replica`];
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

function count(whole: number): string {
  return groupThousands(String(whole));
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

function kib(bytes: number): string {
  const [whole = "", tenths] = (bytes / 1024).toFixed(1).split(".");
  return `${groupThousands(whole)}.${tenths} KiB`;
}
