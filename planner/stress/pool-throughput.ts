/**
 * How much a replica of a pool could do with all the work it can hold, from what its pool was seen doing: the same mix
 * of prompts and answers, in batches as full as KV, sequences and token budget allow, at the step times of the
 * engine. What a pool is loaded with, as a share of this, grows with the load in a straight line; the share of time in
 * which a step runs does not, since one request keeps a replica as busy as a hundred.
 *
 * An estimate: batches are taken as always equally full, preemptions as free. It says nothing of latency.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { engineSettings } from "../simulation/engine-settings";
import type { EngineSettings } from "../simulation/pool-run";
import type { PoolRecord } from "../simulation/run-record";
import type { PiecewiseLinear } from "../simulation/step-time-model";

/** In tokens of answers; of prompts where a pool only computes these. */
export interface PoolThroughput {
  /** Of a request, on average. */
  readonly tokensPerRequest: number;
  /** Of a replica that is as full as it gets. */
  readonly possibleTokensPerSecond: number;
}

/**
 * @param served requests that the pool worked off in the measured window
 * @returns undefined when it did nothing that its throughput could be told by
 */
export function poolThroughput(
  pool: ResolvedPool,
  record: PoolRecord,
  { served, seconds }: { readonly served: number; readonly seconds: number },
): PoolThroughput | undefined {
  const replicaSeconds = record.readyReplicas * seconds;
  if (record.steps === 0 || replicaSeconds <= 0 || served <= 0) return undefined;
  const settings = engineSettings(pool);
  const work = workOf(record, served);
  if (settings.role === "prefill" || work.answer === 0) {
    if (work.computed === 0) return undefined;
    const possibleTokensPerSecond = prefillThroughput(settings, work);
    return { tokensPerRequest: work.computed, possibleTokensPerSecond };
  }
  const possibleTokensPerSecond = decodeThroughput(settings, work, kvBatch(record, replicaSeconds));
  return { tokensPerRequest: work.answer, possibleTokensPerSecond };
}

/** Of one request on average, in tokens. */
interface Work {
  /** Prompt tokens that were computed, and those that were found in a cache or came from a prefill pool. */
  readonly computed: number;
  readonly cached: number;
  readonly answer: number;
}

function workOf(record: PoolRecord, requests: number): Work {
  const computed = record.prefillTokens / requests;
  const prompt = Math.max(computed, record.promptTokens / requests);
  return { computed, cached: prompt - computed, answer: record.decodeTokens / requests };
}

/** Requests whose KV a replica can hold, told by how much of it those that were running took. */
function kvBatch(record: PoolRecord, replicaSeconds: number): number {
  const running = (record.requestSteps / record.steps) * (record.busySeconds / replicaSeconds);
  return record.kvUtilization > 0 ? running / record.kvUtilization : Number.POSITIVE_INFINITY;
}

function prefillThroughput(settings: EngineSettings, work: Work): number {
  const tokens = settings.tokenBudget;
  const requests = Math.max(1, Math.round(tokens / Math.max(1, work.computed)));
  return tokens / chunkStepSeconds(settings, 0, { tokens, requests, work });
}

/**
 * Of `batch` decoding requests batch · gained / answer end in a step, and as many prompts begin. Each takes as many
 * steps as the budget cuts it into; the other steps only decode.
 */
function decodeThroughput(settings: EngineSettings, work: Work, kvLimit: number): number {
  const { tokensComputedPerStep: rows, tokensGainedPerStep: gained, tokenBudget } = settings;
  const promptsPerRow = gained / work.answer;
  const budgetLimit = tokenBudget / (rows + work.computed * promptsPerRow);
  const batch = Math.max(1, Math.floor(Math.min(settings.maxSequences, kvLimit, budgetLimit)));
  const context = contextSeconds(settings, batch, work.computed + work.cached + work.answer / 2);
  const decodeStep = settings.stepTime.decodeSeconds(batch) + context;
  const tokensPerStep = batch * promptsPerRow * work.computed;
  if (tokensPerStep === 0) return (batch * gained) / decodeStep;
  const room = Math.max(1, tokenBudget - batch * rows);
  const chunksPerStep = batch * promptsPerRow * Math.ceil(work.computed / room);
  const chunkSteps = Math.min(1, chunksPerStep);
  const chunkStep =
    context +
    chunkStepSeconds(settings, batch, {
      tokens: tokensPerStep / chunkSteps,
      requests: Math.max(1, Math.round(chunksPerStep / chunkSteps)),
      work,
    });
  return (batch * gained) / (chunkSteps * chunkStep + (1 - chunkSteps) * decodeStep);
}

/** A step with prefill chunks, without the context term of the decoding requests. */
function chunkStepSeconds(
  { stepTime }: EngineSettings,
  decodes: number,
  chunks: { readonly tokens: number; readonly requests: number; readonly work: Work },
): number {
  const { tokens, requests, work } = chunks;
  // A token of a prompt attends to what is before it: all that is cached, and half of what is computed.
  const before = work.cached + work.computed / 2;
  const windowBefore = Math.min(before, stepTime.windowTokens);
  return stepTime.mixedSeconds(decodes, requests, tokens, tokens * before, tokens * windowBefore);
}

function contextSeconds({ stepTime }: EngineSettings, batch: number, tokens: number): number {
  const { context, windowSecondsPerToken, windowTokens } = stepTime;
  const window = windowSecondsPerToken * batch * Math.min(tokens, windowTokens);
  return (valueAt(context, batch * tokens) + window) / stepTime.contextWays(batch);
}

function valueAt({ start, intercept, slope }: PiecewiseLinear, x: number): number {
  let segment = 0;
  while (segment + 1 < start.length && start[segment + 1]! <= x) segment++;
  return intercept[segment]! + slope[segment]! * x;
}
