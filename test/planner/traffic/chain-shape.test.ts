/** Requests that are chains: all steps drawn at arrival, each from streams of its own. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { type Distribution, meanOf } from "../../../planner/foundation/distributions";
import { PlannerError } from "../../../planner/foundation/errors";
import type {
  ResolvedModelStep,
  ResolvedStep,
  ResolvedWaitStep,
} from "../../../planner/scenario/resolved-client";
import type { DrawnTokens, ResolvedWorkload } from "../../../planner/scenario/resolved-scenario";
import { createSources } from "../../../planner/traffic/create-sources";
import type { ChainDraw } from "../../../planner/traffic/request-source";
import {
  type DrawnRequest,
  drain,
  OPEN,
  scenarioWith,
  serve,
  traceOf,
  workloadWith,
} from "../../support/traffic-scenario";

const NEVER = Number.POSITIVE_INFINITY;
const uniform = (min: number, max: number): Distribution => ({ kind: "uniform", min, max });
const lengths = (input: Distribution, output: Distribution): DrawnTokens => ({
  kind: "distributions",
  input,
  output,
  rankCorrelation: 0,
});

function modelStep(name: string, over: Partial<ResolvedModelStep> = {}): ResolvedModelStep {
  return {
    kind: "model",
    name,
    model: "llama-3.1-8b-instruct",
    tokens: lengths(uniform(100, 900), uniform(10, 90)),
    prefix: undefined,
    timeoutSeconds: NEVER,
    fallback: undefined,
    contextWindowTokens: 131_072,
    ...over,
  };
}

function waitStep(name: string, over: Partial<ResolvedWaitStep> = {}): ResolvedWaitStep {
  return {
    kind: "wait",
    name,
    what: "tool",
    latencySeconds: { kind: "exponential", mean: 0.3 },
    timeoutSeconds: NEVER,
    failureShare: 0,
    onFailure: "fail",
    ...over,
  };
}

const CHAIN = [waitStep("look-up"), modelStep("draft"), waitStep("tool"), modelStep("answer")];

function workloadOf(chain: readonly ResolvedStep[], over: Partial<ResolvedWorkload> = {}) {
  const first = chain.find((step) => step.kind === "model");
  return workloadWith({
    name: "agent",
    chain,
    tokens: first?.tokens ?? lengths(uniform(1, 2), uniform(1, 2)),
    prefix: first?.prefix,
    contextWindowTokens: first?.contextWindowTokens ?? 1000,
    arrivals: { ...OPEN, requestsMax: 400 },
    ...over,
  });
}

function sourceOf(chain: readonly ResolvedStep[], over: Partial<ResolvedWorkload> = {}, seed = 1) {
  return createSources(scenarioWith([workloadOf(chain, over)]), seed)[0]!;
}

/** What one step drew, request by request. */
function drawsOf(requests: readonly DrawnRequest[], index: number) {
  return requests.map(({ chain }) => stepDraw(chain!, index));
}

function stepDraw(chain: ChainDraw, index: number): string {
  const prefix = chain.prefixes[index];
  return [
    chain.inputTokens[index],
    chain.outputTokens[index],
    chain.waitSeconds[index],
    chain.fails[index],
    prefix?.length,
  ].join(" ");
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a chain", () => {
  it("is drawn whole: lengths of its model steps, times of its waits, and nothing else", () => {
    for (const { chain } of drain(sourceOf(CHAIN))) {
      expect(chain!.inputTokens).toHaveLength(4);
      for (const wait of [0, 2]) {
        expect(chain!.waitSeconds[wait]).toBeGreaterThan(0);
        expect([chain!.inputTokens[wait], chain!.outputTokens[wait]]).toEqual([0, 0]);
        expect(chain!.prefixes[wait]).toBeUndefined();
      }
      for (const model of [1, 3]) {
        expect(chain!.inputTokens[model]).toBeGreaterThanOrEqual(100);
        expect(chain!.outputTokens[model]).toBeGreaterThanOrEqual(10);
        expect([chain!.waitSeconds[model], chain!.fails[model]]).toEqual([0, 0]);
      }
    }
  });

  it("gives its request the lengths and prefix of its first model step", () => {
    const prefix = { sharedTokens: 50, groups: 3, share: 0.5, skew: 0 };
    const chain = [waitStep("look-up"), modelStep("draft", { prefix }), modelStep("answer")];
    const requests = drain(sourceOf(chain));
    for (const request of requests) {
      expect(request.inputTokens).toBe(request.chain!.inputTokens[1]);
      expect(request.outputTokens).toBe(request.chain!.outputTokens[1]);
      expect(request.ids).toEqual([...(request.chain!.prefixes[1]?.ids ?? [])]);
      expect(request.isRefused).toBe(false);
    }
    expect(requests.some(({ ids }) => ids.length > 0)).toBe(true);
    expect(requests.some(({ ids }) => ids.length === 0)).toBe(true);
  });

  it("stays as it was drawn while others are drawn", () => {
    const source = sourceOf(CHAIN);
    const first = drain(source, 1)[0]!;
    const before = [0, 1, 2, 3].map((index) => stepDraw(first.chain!, index));
    drain(source);
    expect([0, 1, 2, 3].map((index) => stepDraw(first.chain!, index))).toEqual(before);
  });

  it("has the means of its steps", () => {
    const chain = [waitStep("tool", { failureShare: 0.2 }), modelStep("answer")];
    const requests = drain(sourceOf(chain, { arrivals: { ...OPEN, requestsMax: 10_000 } }, 4));
    const of = (value: (draw: ChainDraw) => number) =>
      mean(requests.map((one) => value(one.chain!)));
    // Five standard errors: 0.3/√n, √(0.2 · 0.8/n), 800/√12/√n.
    const n = Math.sqrt(requests.length);
    expect(requests.length).toBeGreaterThan(9000);
    expect(Math.abs(of((draw) => draw.waitSeconds[0]!) - 0.3)).toBeLessThan((5 * 0.3) / n);
    expect(Math.abs(of((draw) => draw.fails[0]!) - 0.2)).toBeLessThan((5 * 0.4) / n);
    const input = meanOf(uniform(100, 900));
    expect(Math.abs(of((draw) => draw.inputTokens[1]!) - input)).toBeLessThan((5 * 231) / n);
  });

  it("fails at a higher share where it fails at a lower one", () => {
    const failsAt = (failureShare: number) =>
      drain(sourceOf([waitStep("tool", { failureShare }), modelStep("answer")])).map(
        ({ chain }) => chain!.fails[0]!,
      );
    const [never, some, more, always] = [0, 0.1, 0.3, 1].map(failsAt);
    expect(never!.some(Boolean)).toBe(false);
    expect(always!.every(Boolean)).toBe(true);
    expect(some!.filter((fails, i) => fails > more![i]!)).toEqual([]);
    expect(mean(more!)).toBeGreaterThan(mean(some!));
  });

  it("is cut step by step, each to its own window, and counted", () => {
    const long = lengths({ kind: "constant", value: 500 }, { kind: "constant", value: 50 });
    const chain = [
      modelStep("short", { tokens: long, contextWindowTokens: 400 }),
      modelStep("wide", { tokens: long, contextWindowTokens: 10_000 }),
      modelStep("tight", { tokens: long, contextWindowTokens: 520 }),
    ];
    const source = sourceOf(chain, { arrivals: { ...OPEN, requestsMax: 7 } });
    for (const { chain: drawn } of drain(source)) {
      expect([...drawn!.inputTokens]).toEqual([399, 500, 500]);
      expect([...drawn!.outputTokens]).toEqual([1, 50, 20]);
    }
    expect(source.clipped).toEqual({ inputs: 7, outputs: 14, overflows: 0 });
  });

  it("shares prefixes within a step, and no two steps share one", () => {
    const prefix = { sharedTokens: 600, groups: 2, share: 1, skew: 0 };
    const tokens = lengths({ kind: "constant", value: 700 }, { kind: "constant", value: 5 });
    const chain = ["a", "b"].map((name) => modelStep(name, { prefix, tokens }));
    const ids = drain(sourceOf(chain)).map(({ chain: drawn }) =>
      drawn!.prefixes.map((one) => [...one!.ids].join()),
    );
    const sets = [0, 1].map((step) => new Set(ids.map((row) => row[step])));
    expect(sets.map(({ size }) => size)).toEqual([2, 2]);
    expect(new Set([...sets[0]!, ...sets[1]!]).size).toBe(4);
    // Which group a request is in is drawn for each step by itself.
    expect(new Set(ids.map(String)).size).toBe(4);
  });
});

describe("draws of a chain", () => {
  const seeds = fc.integer({ min: 1, max: 1e6 });

  it("are those of its own step, whatever the other steps are", () => {
    const changed: readonly ResolvedStep[] = [
      waitStep("before"),
      waitStep("look-up", { latencySeconds: uniform(0, 9), failureShare: 0.5 }),
      modelStep("draft", {
        tokens: lengths(uniform(1, 5), uniform(1, 5)),
        prefix: { sharedTokens: 2, groups: 9, share: 0.4, skew: 1 },
      }),
      waitStep("tool"),
      modelStep("between"),
      modelStep("answer"),
    ];
    fc.assert(
      fc.property(seeds, (seed) => {
        const plain = drain(sourceOf(CHAIN, {}, seed));
        const other = drain(sourceOf(changed, {}, seed));
        // The tool and the answer are the same in both, at other places.
        expect(drawsOf(other, 3)).toEqual(drawsOf(plain, 2));
        expect(drawsOf(other, 5)).toEqual(drawsOf(plain, 3));
        expect(drawsOf(other, 1)).not.toEqual(drawsOf(plain, 0));
        const who = (requests: readonly DrawnRequest[]) =>
          requests.map(({ arrivalSeconds, originIndex }) => [arrivalSeconds, originIndex]);
        expect(who(other)).toEqual(who(plain));
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  it("do not depend on other workloads, nor others on them", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isFirst) => {
        const agent = workloadOf(CHAIN);
        const plain = workloadWith({ name: "plain", arrivals: { ...OPEN, requestsMax: 100 } });
        const both = createSources(scenarioWith(isFirst ? [agent, plain] : [plain, agent]), seed);
        const [together, beside] = isFirst ? both : [...both].reverse();
        const alone = drain(createSources(scenarioWith([agent]), seed)[0]!);
        const drawn = drain(together!);
        for (const index of CHAIN.keys())
          expect(drawsOf(drawn, index)).toEqual(drawsOf(alone, index));
        const { requests } = serve(createSources(scenarioWith([plain]), seed)[0]!, () => 1);
        expect(drain(beside!)).toEqual(requests);
      }),
      { seed: 6, numRuns: 20 },
    );
  });

  it("of two steps are not the same, nor of two clients", () => {
    const requests = drain(sourceOf([modelStep("a"), modelStep("b")]));
    expect(drawsOf(requests, 0)).not.toEqual(drawsOf(requests, 1));
    const clients = {
      arrivals: {
        kind: "closed",
        concurrency: 2,
        thinkSeconds: { kind: "constant", value: 0 },
        requestsMax: 40,
      },
    } as const;
    const { requests: closed } = serve(sourceOf(CHAIN, clients), () => 1);
    const of = (client: number) =>
      drawsOf(
        closed.filter((one) => one.client === client),
        1,
      );
    expect(of(0)).toHaveLength(20);
    expect(of(0)).not.toEqual(of(1));
  });

  it("of a client are the same however fast the fleet is", () => {
    const clients = {
      arrivals: {
        kind: "closed",
        concurrency: 3,
        thinkSeconds: { kind: "constant", value: 0 },
        requestsMax: 60,
      },
    } as const;
    const byClient = (seconds: (request: DrawnRequest) => number) => {
      const { requests } = serve(sourceOf(CHAIN, clients), seconds);
      return [0, 1, 2].map((client) =>
        drawsOf(
          requests.filter((one) => one.client === client),
          3,
        ).slice(0, 10),
      );
    };
    expect(byClient((one) => 1 + one.client)).toEqual(byClient((one) => 5 - one.client));
  });

  it("may come at the times of a trace", () => {
    const trace = traceOf([
      [0, 5, 5],
      [2, 6, 6],
    ]);
    const arrivals = { kind: "trace", trace, speed: 1, loop: false, sample: 1 } as const;
    const requests = drain(sourceOf(CHAIN, { arrivals }));
    expect(requests.map(({ arrivalSeconds }) => arrivalSeconds)).toEqual([0, 2]);
    expect(requests.every(({ inputTokens }) => inputTokens >= 100)).toBe(true);
  });
});

describe("chains that no source can draw", () => {
  const problemsOf = (chain: readonly ResolvedStep[], over: Partial<ResolvedWorkload> = {}) => {
    try {
      sourceOf(chain, over);
    } catch (error) {
      if (error instanceof PlannerError) return error.problems.map(({ path }) => path);
      throw error;
    }
    return [];
  };

  it("are refused", () => {
    expect(problemsOf(CHAIN)).toEqual([]);
    expect(problemsOf([waitStep("tool")])).toEqual(["workloads.agent.chain"]);
    const sessions = {
      turns: { kind: "constant", value: 2 },
      thinkSeconds: { kind: "constant", value: 2 },
      overflow: { kind: "end" },
    } as const;
    expect(problemsOf(CHAIN, { sessions })).toEqual(["workloads.agent.sessions"]);
    const arrivals = {
      kind: "trace",
      trace: traceOf([[0, 5, 5]]),
      speed: 1,
      loop: false,
      sample: 1,
    } as const;
    expect(problemsOf(CHAIN, { arrivals, tokens: { kind: "from-arrivals" } })).toEqual([
      "workloads.agent.chain",
    ]);
  });
});

it("requests without a chain say so, of every kind of source", () => {
  const closed = {
    kind: "closed",
    concurrency: 2,
    thinkSeconds: { kind: "constant", value: 1 },
    requestsMax: 10,
  } as const;
  const trace = {
    kind: "trace",
    trace: traceOf([[0, 5, 5]]),
    speed: 1,
    loop: false,
    sample: 1,
  } as const;
  const sessions = {
    turns: { kind: "constant", value: 2 },
    thinkSeconds: { kind: "constant", value: 1 },
    overflow: { kind: "truncate" },
  } as const;
  for (const over of [
    {},
    { arrivals: closed },
    { arrivals: trace, tokens: { kind: "from-arrivals" } },
    { sessions },
  ] as const) {
    const [source] = createSources(scenarioWith([workloadWith(over)], 20), 1);
    const { requests } = serve(source!, () => 0.1);
    expect(requests.length).toBeGreaterThan(0);
    for (const { chain, isRefused } of requests) {
      expect({ chain, isRefused }).toEqual({ chain: undefined, isRefused: false });
    }
  }
});
