/**
 * Token lengths of a scenario as written, times a factor: every form of them, and the rows of traces. A profile of the
 * catalog becomes the distributions that it stands for. What is shared (prefixes, blocks of a trace) stays as long as it
 * was, and the context window, too: what no longer fits is cut to it, and counted by the simulator.
 */
import type { DistributionSpec } from "../../fleet/distribution-spec";
import type { Distribution } from "../../foundation/distributions";
import { PlannerError, type Problem } from "../../foundation/errors";
import { resolveTokens } from "../../scenario/resolve-tokens";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import type { TokensSpec } from "../../scenario/tokens-spec";
import type { TraceTable } from "../../scenario/trace-table";
import { scaled } from "../../stress/longer-inputs";

/** Times what the lengths are. */
export interface LengthFactors {
  readonly input: number;
  readonly output: number;
}

type WorkloadSpec = ScenarioSpec["workloads"][string];

/**
 * A workload with lengths times the factors; those that come from a trace stay, for `scaledRows`.
 *
 * @param path of the workload, for problems
 * @throws PlannerError when a profile or a distribution is not one
 */
export function withScaledTokens(
  workload: WorkloadSpec,
  factors: LengthFactors,
  path: string,
): WorkloadSpec {
  const { tokens, chain } = workload;
  return {
    ...workload,
    ...(tokens === undefined ? {} : { tokens: scaledTokens(tokens, factors, `${path}.tokens`) }),
    ...(chain === undefined
      ? {}
      : {
          chain: chain.map((step, index) =>
            "model" in step && step.tokens !== undefined
              ? {
                  ...step,
                  tokens: scaledTokens(step.tokens, factors, `${path}.chain[${index}].tokens`),
                }
              : step,
          ),
        }),
  };
}

/** The rows of a trace with lengths times the factors, in whole tokens, at least one. */
export function scaledRows(trace: TraceTable, { input, output }: LengthFactors): TraceTable {
  const times = (tokens: Int32Array, factor: number): Int32Array =>
    factor === 1 ? tokens : tokens.map((count) => Math.max(1, Math.round(count * factor)));
  return {
    ...trace,
    inputTokens: times(trace.inputTokens, input),
    outputTokens: times(trace.outputTokens, output),
  };
}

function scaledTokens(tokens: TokensSpec, factors: LengthFactors, path: string): TokensSpec {
  if ("trace" in tokens) return tokens;
  const problems: Problem[] = [];
  const drawn = resolveTokens(tokens, path, new Map(), problems);
  if (drawn?.kind !== "distributions") throw new PlannerError(problems);
  return {
    input: written(scaled(drawn.input, factors.input)),
    output: written(scaled(drawn.output, factors.output)),
    correlation: drawn.rankCorrelation,
  };
}

/** A distribution as a scenario file has it. */
function written(distribution: Distribution): DistributionSpec {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "uniform":
      return { uniform: { min: distribution.min, max: distribution.max } };
    case "exponential":
      return { exponential: { mean: distribution.mean } };
    case "normal": {
      const { mean, sd, min, max } = distribution;
      return { normal: { mean, sd, min, ...bounded(max) } };
    }
    case "lognormal": {
      const { median, sigma, max } = distribution;
      return { lognormal: { median, sigma, ...bounded(max) } };
    }
    case "gamma": {
      const { mean, cv, max } = distribution;
      return { gamma: { mean, cv, ...bounded(max) } };
    }
    case "quantiles": {
      const { probabilities, values } = distribution;
      return {
        quantiles: Object.fromEntries(
          probabilities.map((probability, place) => [`p${probability * 100}`, values[place]!]),
        ),
      };
    }
  }
}

function bounded(max: number): { readonly max?: number } {
  return Number.isFinite(max) ? { max } : {};
}
