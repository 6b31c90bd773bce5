/**
 * From a resolved pool to what its replicas run with: the only place where the engine's settings meet the
 * physics (step-time.ts, kv-capacity.ts). Not measured here, and nothing of a run is kept here.
 */

import type { ResolvedPool, ResolvedSpeculation } from "../fleet/resolved-fleet";
import { PlannerError } from "../foundation/errors";
import { kvCapacity } from "./kv-capacity";
import type { EngineSettings } from "./pool-run";
import { createStepTimeModel } from "./step-time";

/**
 * Settings of one replica of the pool, over all of its data-parallel ranks.
 *
 * @throws PlannerError `does-not-fit` when the model leaves no room for KV, `conflict` when without
 *   chunked prefill a prompt could be longer than a step
 */
export function engineSettings(pool: ResolvedPool): EngineSettings {
  const { engine } = pool;
  const drafted = engine.speculation?.draftTokens ?? 0;
  const tokensComputedPerStep = 1 + drafted;
  const tokenBudget = engine.maxBatchedTokens * engine.dataParallel;
  if (!engine.chunkedPrefill && engine.maxContextTokens > tokenBudget) {
    throw new PlannerError([
      {
        code: "conflict",
        path: `fleet.regions.${pool.name.replace("/", ".pools.")}.engine.maxBatchedTokens`,
        message: `without chunkedPrefill a step must hold the longest prompt: got ${engine.maxBatchedTokens}, the context is ${engine.maxContextTokens}`,
        hint: `set chunkedPrefill: true, or maxBatchedTokens: ${engine.maxContextTokens}`,
      },
    ]);
  }
  return {
    role: pool.role,
    // A step must have room for one step's tokens of every decoding request.
    maxSequences: Math.min(
      engine.maxSequences * engine.dataParallel,
      Math.floor(tokenBudget / tokensComputedPerStep),
    ),
    tokenBudget,
    isPrefillChunked: engine.chunkedPrefill,
    isPrefixCaching: engine.prefixCaching,
    isPriorityScheduling: engine.scheduling === "priority",
    tokensComputedPerStep,
    tokensGainedPerStep: tokensGainedPerStep(engine.speculation),
    geometry: kvCapacity(pool).geometry,
    stepTime: createStepTimeModel(pool),
  };
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
