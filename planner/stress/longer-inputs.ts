/**
 * A workload whose prompts are longer by a factor: every kind of distribution by its scale, traces row by row, all
 * model steps of a chain. What is shared (prefix groups, prefix blocks) stays as long as it was, so that nothing of
 * what is added can be in a prefix cache. The context window stays too: what no longer fits is cut to it and counted.
 */
import type { Distribution } from "../foundation/distributions";
import type { ResolvedStep } from "../scenario/resolved-client";
import type {
  DrawnTokens,
  ResolvedArrivals,
  ResolvedWorkload,
} from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";

export function withLongerInputs(workload: ResolvedWorkload, factor: number): ResolvedWorkload {
  const { tokens, arrivals, chain } = workload;
  const longerChain = chain?.map((step) => longerStep(step, factor));
  if (tokens.kind === "from-arrivals") {
    return { ...workload, arrivals: longerArrivals(arrivals, factor), chain: longerChain };
  }
  return { ...workload, tokens: longerTokens(tokens, factor), chain: longerChain };
}

function longerStep(step: ResolvedStep, factor: number): ResolvedStep {
  return step.kind === "model" ? { ...step, tokens: longerTokens(step.tokens, factor) } : step;
}

function longerTokens(tokens: DrawnTokens, factor: number): DrawnTokens {
  switch (tokens.kind) {
    case "distributions":
      return { ...tokens, input: scaled(tokens.input, factor) };
    case "pairs":
      return { ...tokens, trace: longerRows(tokens.trace, factor) };
  }
}

function longerArrivals(arrivals: ResolvedArrivals, factor: number): ResolvedArrivals {
  if (arrivals.kind !== "trace") return arrivals;
  return { ...arrivals, trace: longerRows(arrivals.trace, factor) };
}

function longerRows(trace: TraceTable, factor: number): TraceTable {
  const inputTokens = trace.inputTokens.map((tokens) => Math.round(tokens * factor));
  return { ...trace, inputTokens };
}

/** The distribution of `factor` times the quantity: every quantile is `factor` times what it was, clips included. */
export function scaled(distribution: Distribution, factor: number): Distribution {
  switch (distribution.kind) {
    case "constant":
      return { ...distribution, value: distribution.value * factor };
    case "uniform":
      return { ...distribution, min: distribution.min * factor, max: distribution.max * factor };
    case "exponential":
      return { ...distribution, mean: distribution.mean * factor };
    case "normal":
      return {
        ...distribution,
        mean: distribution.mean * factor,
        sd: distribution.sd * factor,
        min: distribution.min * factor,
        max: distribution.max * factor,
      };
    case "lognormal":
      return {
        ...distribution,
        median: distribution.median * factor,
        max: distribution.max * factor,
      };
    case "gamma":
      return { ...distribution, mean: distribution.mean * factor, max: distribution.max * factor };
    case "quantiles":
      return { ...distribution, values: distribution.values.map((value) => value * factor) };
  }
}
