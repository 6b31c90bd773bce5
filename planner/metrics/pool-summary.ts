/** One row of the report for a pool: what its replicas did, and how many KV blocks each has and why. */

import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { type KvCapacity, kvCapacity } from "../simulation/kv-capacity";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import type { PoolRecord, RunRecord } from "../simulation/run-record";
import { groupCells } from "./cell-group";
import { summarizeGroup } from "./group-summary";
import { mergeSketches } from "./latency";
import type { KvCapacitySummary, PoolSummary } from "./simulation-summary";
import { modelsOf } from "./workload-models";

const SECONDS_PER_HOUR = 3600;

export function summarizePool(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
  poolIndex: number,
): PoolSummary {
  const pool = scenario.fleet.pools[poolIndex]!;
  const runs = records.map((record) => record.pools[poolIndex]!);
  const hasSlo = scenario.workloads.some(
    (workload) => workload.slo.length > 0 && modelsOf(workload).has(pool.model.name),
  );
  const sources = poolsBookedFor(scenario, poolIndex);
  const group = groupCells(records, (cell) => sources.includes(cell.pool), hasSlo);
  const gaps = runs.map((run) => mergeSketches(run.itlSeconds));
  const seconds = group.windowSeconds;
  const sum = (of: (run: PoolRecord) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  const readyReplicas = sum((run) => run.readyReplicas) / runs.length;
  const paidReplicas = sum((run) => run.paidReplicas) / runs.length;
  const readySeconds = seconds * readyReplicas * runs.length;
  const steps = sum((run) => run.steps);
  const promptTokens = sum((run) => run.promptTokens);
  return {
    ...summarizeGroup(scenario, group, gaps, pool.role !== "unified"),
    region: scenario.fleet.regions[pool.regionIndex]!.name,
    model: pool.model.name,
    accelerator: pool.accelerator.name,
    replicas: pool.replicas,
    readyReplicas,
    paidReplicas,
    spotShare: paidReplicas > 0 ? sum(paidSpotReplicas) / runs.length / paidReplicas : null,
    acceleratorsPerReplica: acceleratorsPerReplica(pool),
    // Replicas that drain still compute, and a sum of many steps may pass the whole by a rounding error.
    utilization: readySeconds > 0 ? Math.min(1, sum((run) => run.busySeconds) / readySeconds) : 0,
    kvUtilization: sum((run) => run.kvUtilization) / runs.length,
    batchSize: steps === 0 ? 0 : sum((run) => run.requestSteps) / steps,
    preemptions: sum((run) => run.preemptions) / runs.length,
    prefixHitRate: prefixHitRate(
      pool,
      sum((run) => run.cachedTokens),
      promptTokens,
    ),
    gpuHours: (paidReplicas * acceleratorsPerReplica(pool) * seconds) / SECONDS_PER_HOUR,
    kvCapacity: summarizeCapacity(kvCapacity(pool)),
  };
}

function paidSpotReplicas({ paid }: PoolRecord): number {
  return paid.find(({ purchase }) => purchase === "spot")?.replicas ?? 0;
}

/**
 * Pools under which the requests of a pool are booked: itself, and for a decode pool the prefill pools that
 * hand over to it. Several decode pools behind the same prefill pools each show all of their requests.
 */
function poolsBookedFor({ fleet }: ResolvedScenario, poolIndex: number): number[] {
  const pool = fleet.pools[poolIndex]!;
  if (pool.role !== "decode") return [poolIndex];
  return fleet.pools.flatMap((other, index) =>
    other.role === "prefill" &&
    other.regionIndex === pool.regionIndex &&
    other.model.name === pool.model.name
      ? [index]
      : [],
  );
}

function prefixHitRate(pool: ResolvedPool, cached: number, prompts: number): number | null {
  return pool.engine.prefixCaching && prompts > 0 ? cached / prompts : null;
}

function summarizeCapacity(capacity: KvCapacity): KvCapacitySummary {
  return {
    blocks: capacity.blocks,
    blockTokens: capacity.geometry.blockTokens,
    tokens: capacity.tokens,
    basis: capacity.basis,
    derivation: capacity.derivation,
  };
}
