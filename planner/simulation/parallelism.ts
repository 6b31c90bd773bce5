/**
 * How one replica is cut over its accelerators: which share of weights, KV heads, requests and tokens
 * a rank has, and what links the ranks. Layout as in vLLM: tensor parallel inside a pipeline stage,
 * data-parallel ranks side by side, experts over tensor × data parallel ranks.
 *
 * Assumptions: requests spread evenly over data-parallel ranks, tokens evenly over experts (no hot
 * expert), layers evenly over stages.
 */
import type { ModelSpec } from "../catalog/specs";
import type { ResolvedPool } from "../fleet/resolved-fleet";

/** Accelerators of one replica. */
export function acceleratorsPerReplica(pool: ResolvedPool): number {
  const { tensorParallel, pipelineParallel, dataParallel } = pool.engine;
  return tensorParallel * pipelineParallel * dataParallel;
}

/**
 * Share of one token's KV that a tensor-parallel rank holds. KV heads are split until each rank has
 * one and replicated beyond that; a latent (MLA) has no heads and is whole on every rank.
 */
export function kvShareOfRank(model: ModelSpec, tensorParallel: number): number {
  if (model.latentAttention !== undefined) return 1;
  return Math.max(1, Math.ceil(model.kvHeads / tensorParallel)) / model.kvHeads;
}

/** Ranks that the experts of a layer are spread over, sharded or placed whole: the share is the same. */
export function expertRanks(pool: ResolvedPool): number {
  return pool.engine.tensorParallel * pool.engine.dataParallel;
}

/** Layers of the fullest pipeline stage. */
export function layersOfStage(model: ModelSpec, pipelineParallel: number): number {
  return Math.ceil(model.layers / pipelineParallel);
}

/**
 * Parts that work can be cut into when it consists of `pieces` that cannot be cut: one prompt's chunk
 * keeps one rank (or one micro-batch) busy while the others idle.
 */
export function usableWays(ways: number, pieces: number): number {
  return Math.max(1, Math.min(ways, pieces));
}

/** Where no source gives the network of the instance: one 400 Gb/s card per accelerator. */
const NETWORK_BYTES_PER_SECOND_DEFAULT = 50e9;

/**
 * Bytes per second, one direction, between neighbours of a group of `width` accelerators: the scale-up
 * link while the group fits in one domain or machine, else the accelerator's share of the network.
 */
export function linkBytesPerSecond(pool: ResolvedPool, width: number): number {
  const { scaleUp } = pool.accelerator;
  const machine = pool.instanceType?.acceleratorCount ?? 8;
  if (width <= Math.max(scaleUp.domainSize, machine)) return scaleUp.bytesPerSecond;
  const gbps = pool.instanceType?.networkGbps;
  return gbps === undefined ? NETWORK_BYTES_PER_SECOND_DEFAULT : (gbps * 1e9) / 8 / machine;
}
