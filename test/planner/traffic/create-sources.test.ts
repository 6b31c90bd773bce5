import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sampleRankCorrelation } from "simple-statistics";
import { PlannerError } from "../../../planner/foundation/errors";
import type { ResolvedWorkload } from "../../../planner/scenario/resolved-scenario";
import { createSources } from "../../../planner/traffic/create-sources";
import type { RequestSource } from "../../../planner/traffic/request-source";
import { hourlyFactor } from "../../support/daily-factor";
import { chiSquare, chiSquareLimit, KS_LIMIT, kolmogorovSmirnov } from "../../support/statistics";
import {
  type DrawnRequest,
  drain,
  emptyDraw,
  OPEN,
  scenarioWith,
  traceOf,
  workloadWith,
} from "../../support/traffic-scenario";

const NEVER = Number.POSITIVE_INFINITY;
const HOUR = 3600;

function sourceOf(
  over: Partial<ResolvedWorkload>,
  durationSeconds = 1000,
  seed = 1,
): RequestSource {
  return createSources(scenarioWith([workloadWith(over)], durationSeconds), seed)[0]!;
}

function problemsOf(over: Partial<ResolvedWorkload>): string[] {
  try {
    sourceOf(over);
  } catch (error) {
    if (error instanceof PlannerError) return error.problems.map((problem) => problem.path);
    throw error;
  }
  return [];
}

const column = <K extends keyof DrawnRequest>(
  requests: readonly DrawnRequest[],
  key: K,
): DrawnRequest[K][] => requests.map((request) => request[key]);

describe("createSources", () => {
  it("gives the same requests for the same seed, and others for another", () => {
    const over = { prefix: { sharedTokens: 100, groups: 8, share: 0.5, skew: 1 } };
    const first = drain(sourceOf(over));
    expect(first.length).toBeGreaterThan(9000);
    expect(drain(sourceOf(over))).toEqual(first);
    expect(drain(sourceOf(over, 1000, 2))).not.toEqual(first);
  });

  it("another output distribution leaves arrivals, inputs, owners and prefixes as they are", () => {
    const over: Partial<ResolvedWorkload> = {
      prefix: { sharedTokens: 100, groups: 8, share: 0.5, skew: 1 },
      tenants: [
        { name: "a", share: 0.5 },
        { name: "b", share: 0.5 },
      ],
    };
    const input = { kind: "lognormal", median: 400, sigma: 1, max: 1e5 } as const;
    const one = drain(
      sourceOf({
        ...over,
        tokens: {
          kind: "distributions",
          input,
          output: { kind: "constant", value: 9 },
          rankCorrelation: 0,
        },
      }),
    );
    const other = drain(
      sourceOf({
        ...over,
        tokens: {
          kind: "distributions",
          input,
          output: { kind: "gamma", mean: 200, cv: 1.4, max: NEVER },
          rankCorrelation: 0,
        },
      }),
    );
    for (const key of ["arrivalSeconds", "inputTokens", "tenantIndex", "ids"] as const) {
      expect(column(other, key)).toEqual(column(one, key));
    }
    expect(column(other, "outputTokens")).not.toEqual(column(one, "outputTokens"));
  });

  it("a workload's requests do not depend on its place or on the others", () => {
    const chat = workloadWith({});
    const code = workloadWith({ name: "code", arrivals: { ...OPEN, requestsPerSecond: 3 } });
    const [alone] = createSources(scenarioWith([chat]), 5);
    const [, second] = createSources(scenarioWith([code, chat]), 5);
    expect(drain(second!)).toEqual(drain(alone!));
  });

  it("workloads never share a prefix segment", () => {
    const prefix = { sharedTokens: 10, groups: 5, share: 1, skew: 0 };
    const sources = createSources(
      scenarioWith([workloadWith({ prefix }), workloadWith({ name: "code", prefix })], 100),
      1,
    );
    const [first, second] = sources.map((source) => new Set(column(drain(source), "ids").flat()));
    expect(first!.size).toBe(5);
    expect(second!.size).toBe(5);
    for (const id of first!) expect(second!.has(id)).toBe(false);
  });

  it("stops after requestsMax, and at the horizon", () => {
    expect(drain(sourceOf({ arrivals: { ...OPEN, requestsMax: 17 } }))).toHaveLength(17);
    const times = column(drain(sourceOf({}, 50)), "arrivalSeconds");
    expect(Math.max(...times)).toBeLessThan(50);
    // An event at the horizon itself is beyond it.
    const regular = { ...OPEN, requestsPerSecond: 1, process: { kind: "deterministic" } } as const;
    expect(column(drain(sourceOf({ arrivals: regular }, 3)), "arrivalSeconds")).toEqual([1, 2]);
  });

  it("for all rates and processes, arrivals do not go back and peek tells the next", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          { kind: "poisson" } as const,
          { kind: "gamma", cv: 2 } as const,
          { kind: "weibull", cv: 0.4 } as const,
          {
            kind: "mmpp",
            states: [
              { relativeRate: 1, meanSeconds: 2 },
              { relativeRate: 0, meanSeconds: 3 },
            ],
          } as const,
        ),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.integer(),
        (process, requestsPerSecond, seed) => {
          const source = sourceOf({ arrivals: { ...OPEN, process, requestsPerSecond } }, 60, seed);
          const draw = emptyDraw();
          let previous = 0;
          while (source.peekSeconds() < NEVER) {
            const expected = source.peekSeconds();
            source.take(draw);
            if (draw.arrivalSeconds !== expected || draw.arrivalSeconds < previous) {
              throw new Error(`${draw.arrivalSeconds} after ${previous}, expected ${expected}`);
            }
            previous = draw.arrivalSeconds;
          }
        },
      ),
      { seed: 31, numRuns: 60 },
    );
  });

  it("fails when arrivals and lengths do not go together, with all problems at once", () => {
    const empty = traceOf([]);
    const replay = { kind: "trace", speed: 1, loop: false, sample: 1 } as const;
    expect(problemsOf({ tokens: { kind: "from-arrivals" } })).toEqual(["workloads.chat.tokens"]);
    expect(problemsOf({ tokens: { kind: "pairs", trace: empty } })).toEqual([
      "workloads.chat.tokens",
    ]);
    expect(problemsOf({ arrivals: { ...replay, trace: empty } })).toEqual([
      "workloads.chat.arrivals",
    ]);
    const lengthsOnly = { ...traceOf([[0, 5, 5]]), hasArrivals: false };
    expect(problemsOf({ arrivals: { ...replay, trace: lengthsOnly } })).toEqual([
      "workloads.chat.arrivals",
    ]);
    const instant = traceOf([
      [0, 5, 5],
      [0, 6, 6],
    ]);
    expect(problemsOf({ arrivals: { ...replay, trace: instant, loop: true } })).toEqual([
      "workloads.chat.arrivals.loop",
    ]);
    expect(
      problemsOf({
        tokens: { kind: "from-arrivals" },
        sessions: {
          turns: { kind: "constant", value: 2 },
          thinkSeconds: { kind: "constant", value: 2 },
          overflow: { kind: "end" },
        },
      }),
    ).toEqual(["workloads.chat.tokens", "workloads.chat.sessions"]);
  });
});

describe("arrivals of a source", () => {
  it("by hour follow the integral of a daily curve", () => {
    const profile = { kind: "diurnal", peakHour: 14, peakToMean: 2.4, weekendFactor: 1 } as const;
    const arrivals = { ...OPEN, requestsPerSecond: 0.5, profile };
    const counts = new Array<number>(48).fill(0);
    for (const { arrivalSeconds } of drain(sourceOf({ arrivals }, 48 * HOUR))) {
      counts[Math.floor(arrivalSeconds / HOUR)]!++;
    }
    // Independent expectation: the von Mises curve with κ from peak/mean = e^κ / I₀(κ), by the midpoint rule.
    const shape = (kappa: number, hour: number): number =>
      Math.exp(kappa * (Math.cos((2 * Math.PI * (hour - 14)) / 24) - 1));
    const meanShape = (kappa: number): number => {
      let sum = 0;
      for (let i = 0; i < 200; i++) sum += shape(kappa, (24 * i) / 200) / 200;
      return sum;
    };
    let [low, high] = [0, 50];
    while (high - low > 1e-9) {
      const middle = (low + high) / 2;
      if (1 / meanShape(middle) < 2.4) low = middle;
      else high = middle;
    }
    const expected = counts.map((_, hour) => {
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += shape(low, hour + (i + 0.5) / 100) / 100;
      return (0.5 * HOUR * sum) / meanShape(low);
    });
    // Rate of false failure with another seed: 1e-6.
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(48));
  });

  it("are as many as the hour of the week at which the run starts says", () => {
    const profile = { kind: "diurnal", peakHour: 14, peakToMean: 2.1, weekendFactor: 1 } as const;
    // Evenly spaced in operational time: the count is the integral, but for the last gap.
    const arrivals = {
      ...OPEN,
      requestsPerSecond: 10,
      process: { kind: "deterministic" },
      profile,
    } as const;
    const scenario = scenarioWith([workloadWith({ arrivals })], HOUR);
    const countFrom = (startHour: number): number => {
      const horizon = { ...scenario.horizon, startSeconds: startHour * HOUR };
      return drain(createSources({ ...scenario, horizon }, 1)[0]!).length;
    };
    const [peak, trough] = [countFrom(14), countFrom(2)];
    expect(peak / (10 * HOUR * hourlyFactor(2.1, 0))).toBeCloseTo(1, 3);
    expect(trough / (10 * HOUR * hourlyFactor(2.1, 12))).toBeCloseTo(1, 3);
    expect(countFrom(24 + 14)).toBe(peak);
  });

  it("come from the origins in the shares of the hour", () => {
    const profile = { kind: "diurnal", peakHour: 12, peakToMean: 3, weekendFactor: 1 } as const;
    const origins = [
      { originIndex: 1, share: 0.7, utcOffsetHours: 0 },
      { originIndex: 0, share: 0.3, utcOffsetHours: 12 },
    ];
    const arrivals = { ...OPEN, requestsPerSecond: 0.2, profile };
    const requests = drain(sourceOf({ arrivals, origins }, 24 * HOUR));
    const noon = requests.filter(
      ({ arrivalSeconds }) => Math.abs(arrivalSeconds - 12 * HOUR) < HOUR,
    );
    const night = requests.filter(({ arrivalSeconds }) => arrivalSeconds < HOUR);
    const shareOfFirst = (list: readonly DrawnRequest[]): number =>
      list.filter((request) => request.originIndex === 1).length / list.length;
    // At noon the first origin is at its peak and the second at its low, at midnight the reverse.
    expect(shareOfFirst(noon)).toBeGreaterThan(0.95);
    expect(shareOfFirst(night)).toBeLessThan(0.25);
    expect(Math.abs(shareOfFirst(requests) - 0.7)).toBeLessThan(
      5 * Math.sqrt(0.21 / requests.length),
    );
  });
});

describe("lengths of a source", () => {
  it("reproduce the rank correlation and both marginals", () => {
    for (const rankCorrelation of [0.6, -0.35]) {
      const arrivals = { ...OPEN, requestsMax: 20_000 };
      const tokens = {
        kind: "distributions",
        input: { kind: "lognormal", median: 4000, sigma: 0.9, max: NEVER },
        output: { kind: "gamma", mean: 3000, cv: 1, max: NEVER },
        rankCorrelation,
      } as const;
      const requests = drain(sourceOf({ arrivals, tokens, contextWindowTokens: 1e9 }, NEVER));
      const inputs = column(requests, "inputTokens");
      const outputs = column(requests, "outputTokens");
      // Standard error 1/√20,000 = 0.007 or less; five of them.
      expect(Math.abs(sampleRankCorrelation(inputs, outputs) - rankCorrelation)).toBeLessThan(
        0.035,
      );
      // A gamma with cv 1 is exponential; half a token is the rounding.
      const outputCdf = (x: number): number => 1 - Math.exp(-x / 3000);
      expect(kolmogorovSmirnov(outputs, outputCdf)).toBeLessThan(KS_LIMIT);
      const below = inputs.filter((input) => input < 4000 * Math.exp(0.9)).length / 20_000;
      // Φ(1) = 0.8413.
      expect(Math.abs(below - 0.8413)).toBeLessThan(5 * Math.sqrt(0.1335 / 20_000));
    }
  });

  it("are pairs of one row when drawn from a trace", () => {
    const trace = traceOf([
      [0, 10, 1],
      [1, 20, 2],
      [2, 30, 3],
    ]);
    const requests = drain(sourceOf({ tokens: { kind: "pairs", trace } }));
    for (const { inputTokens, outputTokens } of requests)
      expect(inputTokens).toBe(10 * outputTokens);
    const counts = [1, 2, 3].map(
      (output) => requests.filter((request) => request.outputTokens === output).length,
    );
    expect(
      chiSquare(
        counts,
        counts.map(() => requests.length / 3),
      ),
    ).toBeLessThan(chiSquareLimit(2));
  });

  it("for all distributions and windows, fit the window, and what was cut is counted", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 600 }),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 900 }),
        (contextWindowTokens, input, output) => {
          const tokens = {
            kind: "distributions",
            input: { kind: "constant", value: input },
            output: { kind: "constant", value: output },
            rankCorrelation: 0,
          } as const;
          const source = sourceOf({
            tokens,
            contextWindowTokens,
            arrivals: { ...OPEN, requestsMax: 3 },
          });
          const wantedInput = Math.max(1, input);
          const wantedOutput = Math.max(1, output);
          for (const request of drain(source)) {
            expect(request.inputTokens).toBe(Math.min(wantedInput, contextWindowTokens - 1));
            expect(request.outputTokens).toBe(
              Math.min(wantedOutput, contextWindowTokens - request.inputTokens),
            );
          }
          const keptInput = Math.min(wantedInput, contextWindowTokens - 1);
          expect(source.clipped).toEqual({
            inputs: wantedInput > contextWindowTokens - 1 ? 3 : 0,
            outputs: wantedOutput > contextWindowTokens - keptInput ? 3 : 0,
            overflows: 0,
          });
        },
      ),
      { seed: 32, numRuns: 200 },
    );
  });
});

describe("owners and prefix groups of a source", () => {
  it("tenants and origins have their shares", () => {
    const over: Partial<ResolvedWorkload> = {
      tenants: [
        { name: "a", share: 0.6 },
        { name: "b", share: 0.3 },
        { name: "c", share: 0.1 },
      ],
      origins: [
        { originIndex: 1, share: 0.8, utcOffsetHours: 0 },
        { originIndex: 0, share: 0.2, utcOffsetHours: 5 },
      ],
    };
    const requests = drain(sourceOf(over));
    const n = requests.length;
    const tenants = [0, 1, 2].map((t) => requests.filter((r) => r.tenantIndex === t).length);
    const origins = [1, 0].map((o) => requests.filter((r) => r.originIndex === o).length);
    expect(chiSquare(tenants, [0.6 * n, 0.3 * n, 0.1 * n])).toBeLessThan(chiSquareLimit(2));
    expect(chiSquare(origins, [0.8 * n, 0.2 * n])).toBeLessThan(chiSquareLimit(1));
  });

  it("groups follow Zipf's law, in the share of the requests that have one", () => {
    const prefix = { sharedTokens: 1, groups: 10, share: 0.7, skew: 1.2 };
    const tokens = {
      kind: "distributions",
      input: { kind: "constant", value: 500 },
      output: { kind: "constant", value: 5 },
      rankCorrelation: 0,
    } as const;
    const requests = drain(sourceOf({ prefix, tokens }, 3000));
    const counts = new Array<number>(11).fill(0);
    for (const { ids } of requests) counts[ids.length === 0 ? 10 : ids[0]!]!++;
    const weights = Array.from({ length: 10 }, (_, rank) => 1 / (rank + 1) ** 1.2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = [...weights.map((weight) => (0.7 * weight) / total), 0.3].map(
      (share) => share * requests.length,
    );
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(10));
  });

  it("an input that does not go on past the shared prefix has no chain", () => {
    const prefix = { sharedTokens: 500, groups: 3, share: 1, skew: 0 };
    for (const request of drain(sourceOf({ prefix }))) {
      expect(request.endTokens).toEqual(request.inputTokens > 500 ? [500] : []);
    }
  });
});
