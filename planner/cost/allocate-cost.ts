/**
 * Divides the cost of pools between workloads and tenants, by the accelerator time that their answers took:
 *
 *   part of p's cost = p's cost · time(prompts and answers on p) / Σ time(all prompts and answers on p)
 *   time(tokens)     = prompt tokens · secondsPerPromptToken(p) + answer tokens · secondsPerAnswerToken(p)
 *
 * (`token-seconds.ts`). Idle time, instances that stand half empty, unused commitments and work that led to no answer are
 * thereby spread in proportion. A pool that answered nobody is spread like the other pools of its model together; if they
 * answered nobody either, its cost is nobody's.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { WorkRecord } from "../simulation/run-record";
import type { TokenSeconds } from "./token-seconds";

/** What one tenant of one workload bears of the pools, in US dollars per hour. */
export interface AllocatedCost {
  readonly workload: number;
  readonly tenant: number;
  readonly promptUsdPerHour: number;
  readonly answerUsdPerHour: number;
}

export interface Allocation {
  readonly parts: readonly AllocatedCost[];
  readonly unallocatedUsdPerHour: number;
}

/** A pool with what is to be divided. */
export interface PoolToAllocate {
  readonly pool: Pick<ResolvedPool, "model">;
  readonly usdPerHour: number;
  readonly seconds: TokenSeconds;
}

/** @param work of all replications; `pool` is an index into `pools` */
export function allocateCost(
  pools: readonly PoolToAllocate[],
  work: readonly WorkRecord[],
): Allocation {
  const times = work.map((record) => timeOf(record, pools[record.pool]!.seconds));
  const totals = pools.map((_, index) => totalOf(times.filter(({ pool }) => pool === index)));
  const parts: AllocatedCost[] = [];
  let unallocatedUsdPerHour = 0;
  for (const [index, { pool, usdPerHour }] of pools.entries()) {
    const isServing = totals[index]! > 0;
    const spread = times.filter((time) =>
      isServing ? time.pool === index : pools[time.pool]!.pool.model.name === pool.model.name,
    );
    const total = totalOf(spread);
    if (total === 0) unallocatedUsdPerHour += usdPerHour;
    else
      parts.push(
        ...spread.map(({ workload, tenant, prompt, answer }) => ({
          workload,
          tenant,
          promptUsdPerHour: (usdPerHour * prompt) / total,
          answerUsdPerHour: (usdPerHour * answer) / total,
        })),
      );
  }
  return { parts, unallocatedUsdPerHour };
}

interface WorkTime {
  readonly workload: number;
  readonly tenant: number;
  readonly pool: number;
  /** Seconds. */
  readonly prompt: number;
  readonly answer: number;
}

function timeOf(record: WorkRecord, seconds: TokenSeconds): WorkTime {
  const { workload, tenant, pool, promptTokens, answerTokens } = record;
  const prompt = promptTokens * seconds.prompt;
  return { workload, tenant, pool, prompt, answer: answerTokens * seconds.answer };
}

function totalOf(times: readonly WorkTime[]): number {
  return times.reduce((sum, { prompt, answer }) => sum + prompt + answer, 0);
}
