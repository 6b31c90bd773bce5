import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { findTrafficProfile } from "../../../../planner/catalog";
import type { DistributionSpec } from "../../../../planner/fleet/distribution-spec";
import { meanOf, quantile } from "../../../../planner/foundation/distributions";
import { resolveTokens } from "../../../../planner/scenario/resolve-tokens";
import type { EngineChoices } from "../../../../planner/scenario/search-spec";
import type { TokensSpec } from "../../../../planner/scenario/tokens-spec";
import type { TraceTable } from "../../../../planner/scenario/trace-table";
import type { SizingContext } from "../../../../planner/sizing/evaluation-job";
import { totalRate } from "../../../../planner/sizing/expected-arrivals";
import { sizingProblem } from "../../../../planner/sizing/sizing-problem";
import { withChange } from "../../../../planner/sizing/studies/scenario-change";
import { problemsIn } from "../../../support/scenario-text";
import { SMALL_SIZING, sizingContext } from "../../../support/small-sizing";

const SMALL = sizingContext(SMALL_SIZING);

/** Every form in which lengths can be written. */
const lengths: fc.Arbitrary<DistributionSpec> = fc.oneof(
  fc.integer({ min: 1, max: 5000 }),
  fc.record({ constant: fc.integer({ min: 1, max: 5000 }) }),
  fc.record({
    uniform: fc.record({ min: fc.constant(10), max: fc.integer({ min: 10, max: 900 }) }),
  }),
  fc.record({ exponential: fc.record({ mean: fc.integer({ min: 10, max: 900 }) }) }),
  fc.record({
    normal: fc.record({
      mean: fc.integer({ min: 100, max: 900 }),
      sd: fc.integer({ min: 1, max: 300 }),
    }),
  }),
  fc.record({
    lognormal: fc.oneof(
      fc.record({
        median: fc.integer({ min: 10, max: 900 }),
        sigma: fc.constantFrom(0.3, 1),
        max: fc.constant(2000),
      }),
      fc.record({ mean: fc.integer({ min: 10, max: 900 }), cv: fc.constantFrom(0.5, 2) }),
      fc.record({ p50: fc.constant(100), p99: fc.integer({ min: 100, max: 3000 }) }),
    ),
  }),
  fc.record({
    gamma: fc.record({ mean: fc.integer({ min: 10, max: 900 }), cv: fc.constantFrom(0.5, 2) }),
  }),
  fc.constant({ quantiles: { p0: 1, p50: 120, "p99.9": 3000, p100: 4000 } }),
);

function drawn(tokens: TokensSpec | undefined) {
  const resolved = resolveTokens(tokens!, "tokens", new Map(), []);
  if (resolved?.kind !== "distributions") throw new Error("expected distributions");
  return resolved;
}

function withTokens(tokens: TokensSpec): SizingContext {
  const { chat } = SMALL.spec.workloads;
  return { ...SMALL, spec: { ...SMALL.spec, workloads: { chat: { ...chat!, tokens } } } };
}

describe("longer answers and prompts", () => {
  it("for all lengths, multiply every quantile of one side and leave the other", () => {
    fc.assert(
      fc.property(
        lengths,
        lengths,
        fc.constantFrom("inputs", "outputs"),
        fc.constantFrom(0.5, 2, 3),
        (input, output, kind, factor) => {
          const context = withTokens({ input, output, correlation: 0.3 });
          const before = drawn(context.spec.workloads["chat"]!.tokens);
          const after = drawn(withChange(context, { kind, factor }).spec.workloads["chat"]!.tokens);
          const [scaled, kept] =
            kind === "inputs" ? (["input", "output"] as const) : (["output", "input"] as const);
          for (const u of [0.05, 0.5, 0.95]) {
            expect(quantile(after[scaled], u)).toBeCloseTo(factor * quantile(before[scaled], u), 6);
            expect(quantile(after[kept], u)).toBeCloseTo(quantile(before[kept], u), 6);
          }
          expect(meanOf(after[scaled]) / meanOf(before[scaled])).toBeCloseTo(factor, 9);
          expect(after.rankCorrelation).toBe(0.3);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it("make of a profile of the catalog its lengths times the factor", () => {
    const name = "azure-conversation-2023";
    const profile = findTrafficProfile(name);
    if (!profile.found) throw new Error("no such profile");
    const after = drawn(
      withChange(withTokens({ profile: name }), { kind: "outputs", factor: 2 }).spec.workloads[
        "chat"
      ]!.tokens,
    );
    const { outputTokens, inputTokens, rankCorrelation } = profile.row;
    expect(after.output).toMatchObject({ values: outputTokens.map((tokens) => tokens * 2) });
    expect(after.input).toMatchObject({ values: inputTokens });
    expect(after.rankCorrelation).toBe(rankCorrelation);
  });

  it("multiply the rows of traces, and leave their arrivals", () => {
    const { traces } = withChange(TRACED, { kind: "outputs", factor: 2 });
    const [, table] = traces[0]!;
    expect([...table.outputTokens]).toEqual([20, 40, 60, 80]);
    expect([...table.inputTokens]).toEqual([100, 100, 100, 100]);
    expect([...table.arrivalSeconds]).toEqual([0, 60, 120, 240]);
    expect([...TRACED.traces[0]![1].outputTokens]).toEqual([10, 20, 30, 40]);
  });

  it("reach the model steps of chains", () => {
    const { chat } = SMALL.spec.workloads;
    const { model, tokens, slo: _, ...rest } = chat!;
    const chain = [{ model: model!, tokens: tokens! }];
    const spec = { ...SMALL.spec, workloads: { chat: { ...rest, chain } } };
    const after = withChange({ ...SMALL, spec }, { kind: "outputs", factor: 2 });
    const [step] = after.spec.workloads["chat"]!.chain!;
    expect(step).toMatchObject({ tokens: { input: 800, output: 300 } });
  });
});

const TABLE: TraceTable = {
  source: "four.csv",
  requests: 4,
  hasArrivals: true,
  arrivalSeconds: Float64Array.from([0, 60, 120, 240]),
  inputTokens: new Int32Array(4).fill(100),
  outputTokens: Int32Array.from([10, 20, 30, 40]),
};
const TRACED: SizingContext = {
  spec: sizingContext(
    SMALL_SIZING.replace("{ rate: 12/s }", "{ trace: four.csv }").replace(/ {4}tokens: .*\n/, ""),
  ).spec,
  traces: [["four.csv", TABLE]],
};

/** Calls per second of all models over the whole scenario, and by model. */
function load({ spec, traces }: SizingContext): {
  readonly all: number;
  readonly by: Record<string, number>;
} {
  const { demand } = sizingProblem({ spec, traces: new Map(traces) });
  const rates = demand.peaks.map(({ rates: own }) => own);
  const by = Object.fromEntries([...rates[0]!].map(([model, own]) => [model, totalRate(own)]));
  return { all: Object.values(by).reduce((sum, rate) => sum + rate, 0), by };
}

describe("a lighter model for a share of the requests", () => {
  const change = { kind: "lighter", workload: "chat", model: "qwen3-8b", share: 0.3 } as const;

  it("conserves the load, and divides it as asked", () => {
    const before = load(SMALL);
    const after = load(withChange(SMALL, change));
    expect(after.all).toBeCloseTo(before.all, 9);
    expect(after.by["qwen3-8b"]! / after.all).toBeCloseTo(0.3, 9);
  });

  it("keeps what clients ask, from where, and what they are promised", () => {
    const { chat, "chat-light": light } = withChange(SMALL, change).spec.workloads;
    const { model: _, arrivals: __, ...own } = chat!;
    expect(light).toMatchObject(own);
    expect(light!.model).toBe("qwen3-8b");
  });

  it("conserves the requests of a trace", () => {
    const { chat, "chat-light": light } = withChange(TRACED, change).spec.workloads;
    const sample = (one: typeof chat): number => (one!.arrivals as { sample: number }).sample;
    expect(sample(chat) + sample(light)).toBeCloseTo(1, 12);
  });

  it("takes a name that is free", () => {
    const once = withChange(SMALL, change);
    const twice = withChange(once, { ...change, model: "qwen3-14b" });
    expect(Object.keys(twice.spec.workloads)).toEqual(["chat", "chat-light-2", "chat-light"]);
  });

  it("fails when the workload asks that model already", () => {
    const problems = problemsIn(() =>
      withChange(SMALL, { ...change, model: "llama-3.1-8b-instruct" }),
    );
    expect(problems[0]?.message).toBe("asks llama-3.1-8b-instruct already");
  });
});

describe("more or fewer requests", () => {
  it("multiply rates", () => {
    expect(load(withChange(SMALL, { kind: "rate", factor: 2.5 })).all).toBeCloseTo(30, 9);
  });

  it("multiply the rows of a trace, or draw a part of them", () => {
    const more = withChange(TRACED, { kind: "rate", factor: 3 });
    expect(more.traces[0]![1].requests).toBe(12);
    const fewer = withChange(TRACED, { kind: "rate", factor: 0.5 });
    expect(fewer.traces[0]![1]).toBe(TABLE);
    expect(fewer.spec.workloads["chat"]!.arrivals).toMatchObject({ sample: 0.5 });
  });

  it("fail for clients that wait for an answer", () => {
    const closed = sizingContext(
      SMALL_SIZING.replace("{ rate: 12/s }", "{ closed: { concurrency: 8 } }"),
    );
    const [problem] = problemsIn(() => withChange(closed, { kind: "rate", factor: 2 }));
    expect(problem?.path).toBe("workloads.chat.arrivals.closed");
  });
});

describe("another model, engine, region or way to buy", () => {
  const set = (...overrides: string[]): SizingContext => sizingContext(SMALL_SIZING, overrides);
  const withEngine = (choices: EngineChoices): SizingContext => {
    const search = { ...SMALL.spec.search, models: { "llama-3.1-8b-instruct": choices } };
    return { ...SMALL, spec: { ...SMALL.spec, search } };
  };

  it("asks the other model everywhere, with the engines of the one that goes", () => {
    const context = withEngine({ tensorParallel: [2] });
    const { spec } = withChange(context, {
      kind: "model",
      from: "llama-3.1-8b-instruct",
      to: "qwen3-8b",
    });
    expect(spec.workloads["chat"]!.model).toBe("qwen3-8b");
    expect(spec.search?.models).toEqual({ "qwen3-8b": { tensorParallel: [2] } });
  });

  it("drops a fallback to the model that is asked anyway", () => {
    const context = set("workloads.chat.fallback={ model: qwen3-8b }");
    const { spec } = withChange(context, {
      kind: "model",
      from: "llama-3.1-8b-instruct",
      to: "qwen3-8b",
    });
    expect(spec.workloads["chat"]).not.toHaveProperty("fallback");
  });

  it("changes the engines of every model", () => {
    const context = withEngine({ prefixCaching: [true] });
    const { search } = withChange(context, { kind: "no-prefix-cache" }).spec;
    expect(search?.engine?.prefixCaching).toEqual([false]);
    expect(search?.models?.["llama-3.1-8b-instruct"]?.prefixCaching).toEqual([false]);
  });

  it("limits every rule that names a region to those that there are", () => {
    const context = set(
      "search.quotas={ us-east-1: { l4: 4 }, us-west-2: { l4: 2 } }",
      "fleet.residency={ us-west: [us-west-2, us-east-1] }",
    );
    const { fleet, search } = withChange(context, { kind: "regions", names: ["us-east-1"] }).spec;
    expect(Object.keys(fleet.regions)).toEqual(["us-east-1"]);
    expect(search?.quotas).toEqual({ "us-east-1": { l4: 4 } });
    expect(fleet.residency).toEqual({ "us-west": ["us-east-1"] });
    expect(fleet).not.toHaveProperty("failover");
  });

  it("fails when clients could be served nowhere", () => {
    const context = set("fleet.residency={ us-west: [us-west-2] }");
    const [problem] = problemsIn(() =>
      withChange(context, { kind: "regions", names: ["us-east-1"] }),
    );
    expect(problem).toMatchObject({ code: "conflict", path: "fleet.residency.us-west" });
  });

  it("drops a limit on spot capacity that nothing is bought of", () => {
    const context = set("search.purchase=[on-demand, spot]", "search.spotShareMax=50%");
    const to = (options: readonly ("on-demand" | "spot")[]) =>
      withChange(context, { kind: "purchase", options }).spec.search;
    expect(to(["on-demand"])).not.toHaveProperty("spotShareMax");
    expect(to(["spot"])?.spotShareMax).toBe(0.5);
  });
});
