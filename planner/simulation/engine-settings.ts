/**
 * From a resolved pool to what its replicas run with: the only place where the engine's settings meet the
 * physics (step-time.ts, kv-capacity.ts). Not measured here, and nothing of a run is kept here.
 */

import type { ResolvedPool, ResolvedSpeculation } from "../fleet/resolved-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { kvCapacity } from "./kv-capacity";
import type { EngineSettings } from "./pool-run";
import { createStepTimeModel } from "./step-time";

/**
 * Settings of one replica of the pool, over all of its data-parallel ranks.
 *
 * @throws PlannerError `does-not-fit` when the model leaves no room for KV, `conflict` when without
 *   chunked prefill a prompt could be longer than a step, or a step's speculation than a block
 */
export function engineSettings(pool: ResolvedPool): EngineSettings {
  const { engine } = pool;
  const drafted = engine.speculation?.draftTokens ?? 0;
  const tokensComputedPerStep = 1 + drafted;
  // A pipeline has one micro-batch per stage in flight, each with a budget of its own.
  const chunkTokensMax = engine.maxBatchedTokens * engine.pipelineParallel;
  const tokenBudget = chunkTokensMax * engine.dataParallel;
  const problems = problemsOf(pool, tokensComputedPerStep);
  if (problems.length > 0) throw new PlannerError(problems);
  return {
    role: pool.role,
    // A step must have room for one step's tokens of every decoding request.
    maxSequences: Math.min(
      engine.maxSequences * engine.dataParallel,
      Math.floor(tokenBudget / tokensComputedPerStep),
    ),
    tokenBudget,
    chunkTokensMax,
    // A rank's scheduler spends its whole budget on one prompt before it begins the next.
    partialPromptsMax: engine.dataParallel,
    isPrefillChunked: engine.chunkedPrefill,
    isPrefixCaching: engine.prefixCaching,
    isPriorityScheduling: engine.scheduling === "priority",
    tokensComputedPerStep,
    tokensGainedPerStep: tokensGainedPerStep(engine.speculation),
    stepsPerRunMax: Number.POSITIVE_INFINITY,
    geometry: kvCapacity(pool).geometry,
    stepTime: createStepTimeModel(pool),
  };
}

function problemsOf(pool: ResolvedPool, tokensPerStep: number): Problem[] {
  const { engine } = pool;
  const path = `fleet.regions.${pool.name.replace("/", ".pools.")}.engine`;
  const problems: Problem[] = [];
  if (!engine.chunkedPrefill && engine.maxContextTokens > engine.maxBatchedTokens) {
    problems.push({
      code: "conflict",
      path: `${path}.maxBatchedTokens`,
      message: `without chunkedPrefill a step must hold the longest prompt: got ${engine.maxBatchedTokens}, the context is ${engine.maxContextTokens}`,
      hint: `set chunkedPrefill: true, or maxBatchedTokens: ${engine.maxContextTokens}`,
    });
  }
  if (tokensPerStep > engine.blockTokens) {
    problems.push({
      code: "conflict",
      path: `${path}.speculation.draftTokens`,
      message: `a step's tokens must fit one KV block: got ${tokensPerStep - 1} drafted and 1 more, a block holds ${engine.blockTokens}`,
      hint: `use draftTokens: ${engine.blockTokens - 1} or less`,
    });
  }
  return problems;
}

/**
 * Expected tokens that a decoding request gains in a step: 1 + Σ αⁱ for i = 1 … k drafted tokens, each
 * accepted with probability α if those before it were (Leviathan, Kalman and Matias 2023, equation 1).
 */
export function tokensGainedPerStep(speculation: ResolvedSpeculation | undefined): number {
  if (speculation === undefined) return 1;
  let gained = 1;
  let accepted = 1;
  for (let i = 0; i < speculation.draftTokens; i++) {
    accepted *= speculation.acceptanceRate;
    gained += accepted;
  }
  return gained;
}
