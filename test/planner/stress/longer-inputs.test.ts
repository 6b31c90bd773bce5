/** Prompts of twice the length: the law of a scaled quantity for every kind of distribution, and every place lengths are. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { type Distribution, meanOf, quantile } from "../../../planner/foundation/distributions";
import { scaled, withLongerInputs } from "../../../planner/stress/longer-inputs";
import { resolvedWorkload } from "../../support/resolved";
import { traceOf } from "./stress-fixture";

const distributions: readonly Distribution[] = [
  { kind: "constant", value: 7 },
  { kind: "uniform", min: 2, max: 9 },
  { kind: "exponential", mean: 40 },
  { kind: "normal", mean: 1000, sd: 600, min: 1, max: 1800 },
  { kind: "normal", mean: 1000, sd: 0, min: 1, max: Number.POSITIVE_INFINITY },
  { kind: "lognormal", median: 300, sigma: 0.9, max: 4000 },
  { kind: "lognormal", median: 300, sigma: 0.9, max: Number.POSITIVE_INFINITY },
  { kind: "gamma", mean: 250, cv: 1.4, max: 3000 },
  { kind: "quantiles", probabilities: [0.1, 0.5, 0.99], values: [10, 80, 4000] },
];

describe("scaled", () => {
  it("is the distribution of the quantity times the factor: Q(u) and the mean are multiplied", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...distributions),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        (distribution, u, factor) => {
          const longer = scaled(distribution, factor);
          const expected = factor * quantile(distribution, u);
          expect(quantile(longer, u) / expected).toBeCloseTo(1, 9);
          expect(meanOf(longer) / (factor * meanOf(distribution))).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});

describe("withLongerInputs", () => {
  const constant = (value: number) => ({
    kind: "distributions" as const,
    input: { kind: "constant" as const, value },
    output: { kind: "constant" as const, value: 5 },
    rankCorrelation: 0.3,
  });

  it("changes inputs and nothing else", () => {
    const workload = resolvedWorkload({ tokens: constant(100) });
    const longer = withLongerInputs(workload, 2);
    expect(longer).toEqual({ ...workload, tokens: constant(200) });
    expect(workload.tokens).toEqual(constant(100));
  });

  it("changes pairs, replayed rows, and every model step of a chain", () => {
    const trace = traceOf([
      [0, 10, 3],
      [1, 15, 4],
    ]);
    const pairs = withLongerInputs(resolvedWorkload({ tokens: { kind: "pairs", trace } }), 2);
    expect(pairs.tokens).toMatchObject({
      kind: "pairs",
      trace: { inputTokens: Int32Array.from([20, 30]), outputTokens: Int32Array.from([3, 4]) },
    });
    const arrivals = { kind: "trace", trace, speed: 1, loop: false, sample: 1 } as const;
    const replayed = withLongerInputs(
      resolvedWorkload({ arrivals, tokens: { kind: "from-arrivals" } }),
      3,
    );
    expect(replayed.arrivals).toMatchObject({ trace: { inputTokens: Int32Array.from([30, 45]) } });
    const step = {
      kind: "model" as const,
      name: "answer",
      model: "llama-3.1-8b-instruct",
      tokens: constant(50),
      prefix: undefined,
      timeoutSeconds: Number.POSITIVE_INFINITY,
      fallback: undefined,
      contextWindowTokens: 8192,
    };
    const wait = {
      kind: "wait" as const,
      name: "retrieve",
      what: "retrieve" as const,
      latencySeconds: { kind: "constant" as const, value: 0.1 },
      timeoutSeconds: Number.POSITIVE_INFINITY,
      failureShare: 0,
      onFailure: "fail" as const,
    };
    const chain = withLongerInputs(resolvedWorkload({ chain: [wait, step] }), 2).chain;
    expect(chain).toEqual([wait, { ...step, tokens: constant(100) }]);
  });
});
