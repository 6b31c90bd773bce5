/**
 * The most requests per second that a replica can ever work off, from the same step-time model that it is simulated
 * with: a bound, not an estimate. No schedule, batch or routing can beat it, so that a fleet with less of it than the
 * load is too small whatever the simulator would say.
 *
 * A request needs d decode steps, c prompt tokens to be computed, and reads C tokens of context over its steps. A step
 * gives at most B decodes, T prompt tokens and the context that the KV cache holds, and takes g(B, T) and the reading.
 * For any weights α, β, γ ≥ 0 (linear programming duality), requests per second are at most
 *
 *   1 / (seconds of context and attention per request + (α d + β c + γ C) / max (α B + β T + γ S) / g(B, T))
 *
 * The weights that say most are searched for; whatever they are, the bound holds. No convexity is assumed, so that it
 * holds for mixtures of experts, too. Waiting and objectives are left out: they only take away from it.
 */
import type { EngineSettings } from "../simulation/pool-run";

/** What one request asks of a replica, on average. */
export interface RequestWork {
  /** Prompt tokens that are computed here. */
  readonly computedTokens: number;
  /** Output tokens that are decoded here. */
  readonly decodedTokens: number;
  /** Σ over decode steps of the context that is read, in tokens. */
  readonly contextTokens: number;
}

/** Points of the grids over the batch, the prompt tokens of a step, and the weights. */
const BATCH_POINTS = 24;
const PREFILL_POINTS = 16;
const WEIGHT_POINTS = 33;
/** What the grid over (B, T) may miss of the maximum, which lies between two of its points. */
const GRID_SLACK = 1.02;

/** Requests per second of one replica; Infinity for one that has nothing to do. */
export function throughputBound(settings: EngineSettings, work: RequestWork): number {
  const decodeSteps = work.decodedTokens / settings.tokensGainedPerStep;
  const contextTokens = work.contextTokens / settings.tokensGainedPerStep;
  const steps = undominated(stepGrid(settings));
  const linear = contextTokens * secondsPerContextToken(settings);
  const kvTokens = settings.geometry.blocks * settings.geometry.blockTokens;
  let longest = 0;
  for (const { alpha, beta, gamma } of weightsFor(
    decodeSteps,
    work.computedTokens,
    contextTokens,
  )) {
    const asked = alpha * decodeSteps + beta * work.computedTokens + gamma * contextTokens;
    const most = mostPerSecond(steps, { alpha, beta, gamma }, kvTokens);
    if (most > 0) longest = Math.max(longest, asked / (most * GRID_SLACK));
  }
  const secondsPerRequest = longest + linear;
  return secondsPerRequest > 0 ? 1 / secondsPerRequest : Number.POSITIVE_INFINITY;
}

function mostPerSecond(
  steps: readonly GridStep[],
  { alpha, beta, gamma }: Weights,
  kvTokens: number,
): number {
  let most = 0;
  for (const { decodes, prefill, seconds } of steps) {
    const read = decodes > 0 ? gamma * kvTokens : 0;
    most = Math.max(most, (alpha * decodes + beta * prefill + read) / seconds);
  }
  return most;
}

interface GridStep {
  readonly decodes: number;
  readonly prefill: number;
  /** Without context and attention. */
  readonly seconds: number;
}

/** Steps with every size of batch and of prompts that the engine takes. */
function stepGrid(settings: EngineSettings): GridStep[] {
  const { maxSequences, tokenBudget, tokensComputedPerStep, stepTime, partialPromptsMax } =
    settings;
  const batches = [0, ...spread(1, maxSequences, BATCH_POINTS)];
  const steps: GridStep[] = [];
  for (const decodes of batches) {
    const room = tokenBudget - decodes * tokensComputedPerStep;
    if (decodes > 0) steps.push({ decodes, prefill: 0, seconds: stepTime.decodeSeconds(decodes) });
    if (room < 1) continue;
    for (const prefill of spread(1, room, PREFILL_POINTS)) {
      // Prompts spread over all ranks are the fastest way to compute so many tokens.
      const prompts = [1, partialPromptsMax, Math.max(1, Math.floor(prefill / 64))];
      const seconds = Math.min(
        ...prompts.map((count) => stepTime.mixedSeconds(decodes, count, prefill, 0, 0)),
      );
      steps.push({ decodes, prefill, seconds });
    }
  }
  return steps;
}

/** Steps that some weights can make the maximum: no other gives at least as much of everything per second. */
function undominated(steps: readonly GridStep[]): GridStep[] {
  const best: GridStep[] = [];
  for (const step of steps.toSorted((a, b) => b.decodes / b.seconds - a.decodes / a.seconds)) {
    if (!best.some((other) => givesNoLess(other, step))) best.push(step);
  }
  return best;
}

/** Of decodes, of prompt tokens, and of the context that every step with decodes may read. */
function givesNoLess(a: GridStep, b: GridStep): boolean {
  const readsA = a.decodes > 0 ? 1 / a.seconds : 0;
  const readsB = b.decodes > 0 ? 1 / b.seconds : 0;
  return (
    a.decodes / a.seconds >= b.decodes / b.seconds &&
    a.prefill / a.seconds >= b.prefill / b.seconds &&
    readsA >= readsB
  );
}

/** Least seconds that a token of context can take: the flattest part of the model, over the most ways. */
function secondsPerContextToken({ stepTime, maxSequences }: EngineSettings): number {
  const { context } = stepTime;
  const slopes = context.slope.map((slope, segment) => {
    const start = context.start[segment]!;
    return start === 0 ? slope : Math.min(slope, context.intercept[segment]! / start + slope);
  });
  return Math.min(...slopes) / stepTime.contextWays(maxSequences);
}

/** Whole numbers from `from` to `to`, in equal ratios. */
function spread(from: number, to: number, points: number): number[] {
  const ratio = (to / from) ** (1 / (points - 1));
  const values = Array.from({ length: points }, (_, i) => Math.round(from * ratio ** i));
  return [...new Set([...values, to])];
}

interface Weights {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** Weights around the ratio at which each counts as much as decode steps, or as prompt tokens where those are all. */
function weightsFor(decodeSteps: number, computedTokens: number, contextTokens: number): Weights[] {
  const byDecodes = around(decodeSteps, computedTokens).flatMap((beta) =>
    [0, ...around(decodeSteps, contextTokens)].map((gamma) => ({ alpha: 1, beta, gamma })),
  );
  const byPrompts = [0, ...around(computedTokens, contextTokens)].map((gamma) => ({
    alpha: 0,
    beta: 1,
    gamma,
  }));
  return [...(decodeSteps > 0 ? byDecodes : []), ...(computedTokens > 0 ? byPrompts : [])];
}

function around(asked: number, amount: number): number[] {
  if (amount <= 0) return [0];
  const even = asked / amount;
  return Array.from(
    { length: WEIGHT_POINTS },
    (_, i) => even * 10 ** ((i / (WEIGHT_POINTS - 1)) * 8 - 5),
  );
}
