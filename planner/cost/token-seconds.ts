/**
 * How long a replica is busy with one token, by which the cost of a pool is divided: a token of a prompt takes its part
 * of a step full of prompts, a token of an answer its part of a step of the run's mean batch and context.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { tokensGainedPerStep } from "../simulation/engine-settings";
import { kvCapacity } from "../simulation/kv-capacity";
import { windowedPairs } from "../simulation/run-arithmetic";
import type { PoolRecord } from "../simulation/run-record";
import { createStepTimeModel } from "../simulation/step-time";

export interface TokenSeconds {
  readonly prompt: number;
  readonly answer: number;
}

/**
 * Seconds of a replica per token.
 *
 * @param runs what the pool did in each replication
 * @param windowSeconds measured in each of them
 */
export function tokenSeconds(
  pool: ResolvedPool,
  runs: readonly PoolRecord[],
  windowSeconds: number,
): TokenSeconds {
  const { engine } = pool;
  const stepTime = createStepTimeModel(pool);
  const chunk = engine.maxBatchedTokens * engine.pipelineParallel;
  const tokens = chunk * engine.dataParallel;
  const pairs = (window: number): number => engine.dataParallel * windowedPairs(0, chunk, window);
  const promptStep = stepTime.mixedSeconds(
    0,
    engine.dataParallel,
    tokens,
    pairs(Number.POSITIVE_INFINITY),
    pairs(stepTime.windowTokens),
  );
  const { requests, contextTokens } = meanBatch(pool, runs, windowSeconds);
  const { slope } = stepTime.context;
  const answerStep =
    stepTime.decodeSeconds(requests) + (slope[0]! * contextTokens) / stepTime.contextWays(requests);
  return {
    prompt: promptStep / tokens,
    answer: answerStep / (requests * tokensGainedPerStep(engine.speculation)),
  };
}

/** Requests in a step, and their context in tokens while steps run; one request of no context where none ran. */
function meanBatch(
  pool: ResolvedPool,
  runs: readonly PoolRecord[],
  windowSeconds: number,
): { readonly requests: number; readonly contextTokens: number } {
  const sum = (of: (run: PoolRecord) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  const steps = sum((run) => run.steps);
  const busySeconds = sum((run) => run.busySeconds);
  if (steps === 0 || busySeconds === 0) return { requests: 1, contextTokens: 0 };
  const readySeconds = sum((run) => run.readyReplicas) * windowSeconds;
  const held = (sum((run) => run.kvUtilization) / runs.length) * kvCapacity(pool).tokens;
  return {
    requests: Math.max(1, Math.round(sum((run) => run.requestSteps) / steps)),
    // KV is held while steps run: less of the time than it is measured over.
    contextTokens: Math.min(kvCapacity(pool).tokens, (held * readySeconds) / busySeconds),
  };
}
