/**
 * Replicas as textbook queues: steps that all take the same time whatever they compute, so that a request of n output
 * tokens takes n of them; and the comparison of replications with theory.
 */
import { expect } from "@jest/globals";
import type { ResolvedTokens, ResolvedWorkload } from "../../planner/scenario/resolved-scenario";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import { resolvedWorkload } from "./resolved";
import { meanOfSample, varianceOfSample } from "./statistics";

export const STEP_SECONDS = 0.001;
const STANDARD_ERRORS = 5;

/** A replica of `servers` sequences whose steps all take the same time. */
export function constantSteps(servers: number, stepSeconds = STEP_SECONDS): EngineSettings {
  return {
    role: "unified",
    maxSequences: servers,
    tokenBudget: 1 << 20,
    chunkTokensMax: 1 << 20,
    partialPromptsMax: 1,
    isPrefillChunked: true,
    isPrefixCaching: false,
    isPriorityScheduling: false,
    tokensComputedPerStep: 1,
    tokensGainedPerStep: 1,
    stepsPerRunMax: Number.POSITIVE_INFINITY,
    geometry: {
      blockTokens: 16,
      blocks: 1 << 24,
      fullGroups: 1,
      windowGroups: 0,
      windowTokens: Number.POSITIVE_INFINITY,
    },
    stepTime: {
      contextWays: () => 1,
      decodeSeconds: () => stepSeconds,
      mixedSeconds: () => stepSeconds,
      context: { start: [0], intercept: [0], slope: [0] },
      windowSecondsPerToken: 0,
      windowTokens: Number.POSITIVE_INFINITY,
    },
  };
}

/** Prompts of one token, and outputs of an exponential number of mean `mean`, rounded, at least 1. */
export function exponentialTokens(mean: number): ResolvedTokens {
  return {
    kind: "distributions",
    input: { kind: "constant", value: 1 },
    output: { kind: "exponential", mean },
    rankCorrelation: 0,
  };
}

/** Exact mean service of an exponential number of tokens, rounded, at least 1. */
export function meanServiceSeconds(meanTokens: number): number {
  let mean = 0;
  for (let tokens = 1; tokens < 60 * meanTokens; tokens++) {
    const from = tokens === 1 ? 0 : tokens - 0.5;
    mean += tokens * (Math.exp(-from / meanTokens) - Math.exp(-(tokens + 0.5) / meanTokens));
  }
  return mean * STEP_SECONDS;
}

/** Poisson arrivals of so many requests per second. */
export function poissonWorkload(
  requestsPerSecond: number,
  tokens: ResolvedTokens,
  changes: Partial<ResolvedWorkload> = {},
): ResolvedWorkload {
  return resolvedWorkload({
    arrivals: {
      kind: "open",
      requestsPerSecond,
      process: { kind: "poisson" },
      profile: { kind: "constant" },
      requestsMax: Number.POSITIVE_INFINITY,
    },
    tokens,
    contextWindowTokens: 1 << 24,
    ...changes,
  });
}

/**
 * The mean of independent replications is within 5 standard errors of theory, and `allowed` for what the model adds
 * to the textbook. By Student's t with 11 degrees of freedom a correct simulator fails with probability 4e-4 when the
 * seeds are changed; with fixed seeds it passes or fails for good.
 */
export function expectTheory(figures: readonly number[], theory: number, allowed = 0): void {
  const standardError = Math.sqrt(varianceOfSample(figures) / figures.length);
  const difference = Math.abs(meanOfSample(figures) - theory);
  expect(difference).toBeLessThanOrEqual(STANDARD_ERRORS * standardError + allowed);
  // The test could not fail if the figures were all over the place.
  expect(standardError).toBeLessThan(0.05 * theory);
  expect(allowed).toBeLessThan(0.05 * theory);
}
