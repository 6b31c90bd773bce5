/**
 * What to say when a model, or its longest request, does not fit: by how much, and what would fit.
 * Not a search for the best hardware: the smallest single change to the pool that works.
 */
import type { AcceleratorSpec, Precision } from "../catalog/specs";
import { ENGINE_DEFAULTS } from "../fleet/defaults";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { PlannerError } from "../foundation/errors";
import { formatShare } from "../foundation/format-units";
import { blocksOfRequest, kvBlockBytes, kvGeometry } from "./kv-geometry";
import { type RankMemory, rankMemory } from "./rank-memory";

const GIB = 2 ** 30;

/** Tensor-parallel widths that engines are run with. */
const TENSOR_WIDTHS: readonly number[] = [2, 4, 8, 16];

/** The weights, activations and buffers together need more than the accelerator has. */
export function weightsDoNotFit(
  pool: ResolvedPool,
  memory: RankMemory,
  accelerators: readonly AcceleratorSpec[],
): PlannerError {
  const needed = memory.weightsBytes + memory.activationBytes + memory.outsideTorchBytes;
  const { engine, model, accelerator } = pool;
  return new PlannerError([
    {
      code: "does-not-fit",
      path: pathOfPool(pool),
      message:
        `${model.name} in ${engine.weightPrecision} with tensorParallel ${engine.tensorParallel} needs ` +
        `${gib(needed)} on each ${accelerator.name} before any KV cache, ` +
        `${gib(needed - memory.usableBytes)} more than the ${gib(memory.usableBytes)} usable`,
      hint: hintOf(pool, accelerators),
    },
  ]);
}

/** There is room for KV, but not for one request of the longest context. */
export function contextDoesNotFit(
  pool: ResolvedPool,
  shortage: {
    readonly blocksNeeded: number;
    readonly blocks: number;
    readonly longestTokens: number;
  },
): PlannerError {
  const { blocksNeeded, blocks, longestTokens } = shortage;
  const ways = [
    longestTokens > 0 ? `maxContext: ${longestTokens} or less` : undefined,
    ...(pool.engine.kvBlocks === undefined
      ? [moreUtilization(pool), widerTensorParallel(pool)]
      : []),
  ].filter((way) => way !== undefined);
  return new PlannerError([
    {
      code: "does-not-fit",
      path: `${pathOfPool(pool)}.engine.maxContext`,
      message:
        `one request of ${pool.engine.maxContextTokens} tokens needs ${blocksNeeded} KV blocks, ` +
        `got room for ${blocks}`,
      hint: ways.length > 0 ? `use ${ways.join(", or ")}` : "use an accelerator with more memory",
    },
  ]);
}

function hintOf(pool: ResolvedPool, accelerators: readonly AcceleratorSpec[]): string {
  const ways = [
    moreUtilization(pool),
    widerTensorParallel(pool),
    smallerPrecision(pool),
    fewerSequences(pool),
    largerAccelerator(pool, accelerators),
  ].filter((way) => way !== undefined);
  if (ways.length === 0) return "no single change of width, precision or accelerator makes it fit";
  return `use ${ways.join(", or ")}`;
}

/** The least utilization, in whole percent, that is enough; above the default, CUDA graphs would lack memory. */
function moreUtilization(pool: ResolvedPool): string | undefined {
  const most = Math.round(ENGINE_DEFAULTS.gpuMemoryUtilization.value * 100);
  for (let percent = 1; percent <= most; percent++) {
    const gpuMemoryUtilization = percent / 100;
    if (
      gpuMemoryUtilization > pool.engine.gpuMemoryUtilization &&
      fits(pool, { gpuMemoryUtilization })
    )
      return `gpuMemoryUtilization: ${formatShare(gpuMemoryUtilization)} or more`;
  }
  return undefined;
}

function widerTensorParallel(pool: ResolvedPool): string | undefined {
  const machine = pool.instanceType?.acceleratorCount ?? 8;
  const width = TENSOR_WIDTHS.find(
    (candidate) =>
      candidate > pool.engine.tensorParallel &&
      candidate * pool.engine.pipelineParallel * pool.engine.dataParallel <= machine &&
      pool.model.heads % candidate === 0 &&
      fits(pool, { tensorParallel: candidate }),
  );
  return width === undefined ? undefined : `tensorParallel: ${width}`;
}

function smallerPrecision(pool: ResolvedPool): string | undefined {
  const candidates: readonly Precision[] = ["fp8", "int4"];
  const precision = candidates.find(
    (candidate) =>
      candidate !== pool.engine.weightPrecision && fits(pool, { weightPrecision: candidate }),
  );
  return precision === undefined ? undefined : `quantization: ${precision}`;
}

/** Activations of the sampler grow with the sequences of a step, by gigabytes at vLLM's larger default. */
function fewerSequences(pool: ResolvedPool): string | undefined {
  const maxSequences = 256;
  if (pool.engine.maxSequences <= maxSequences || !fits(pool, { maxSequences })) return undefined;
  return `maxSequences: ${maxSequences}`;
}

/** The accelerator with the least memory that the pool fits on as it is. */
function largerAccelerator(
  pool: ResolvedPool,
  accelerators: readonly AcceleratorSpec[],
): string | undefined {
  const larger = accelerators
    .filter((candidate) => candidate.memoryBytes > pool.accelerator.memoryBytes)
    .filter((candidate) => hasRoom({ ...pool, accelerator: candidate }))
    .toSorted((a, b) => a.memoryBytes - b.memoryBytes || (a.name < b.name ? -1 : 1));
  return larger[0] === undefined ? undefined : `a larger accelerator such as ${larger[0].name}`;
}

function fits(pool: ResolvedPool, change: Partial<ResolvedPool["engine"]>): boolean {
  return hasRoom({ ...pool, engine: { ...pool.engine, ...change } });
}

/** Room for the KV of one request of the longest context. */
function hasRoom(pool: ResolvedPool): boolean {
  const blocks = Math.floor(rankMemory(pool).kvBytes / kvBlockBytes(pool));
  return blocks >= blocksOfRequest(kvGeometry(pool, blocks), pool.engine.maxContextTokens);
}

/** `fleet.regions.REGION.pools.POOL` of a pool named `REGION/POOL`. */
function pathOfPool(pool: ResolvedPool): string {
  const slash = pool.name.indexOf("/");
  if (slash < 0) return `fleet.pools.${pool.name}`;
  return `fleet.regions.${pool.name.slice(0, slash)}.pools.${pool.name.slice(slash + 1)}`;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
