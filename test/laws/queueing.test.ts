/**
 * Degenerate replicas are textbook queues. With one sequence and steps of d seconds whatever they compute, a
 * request of n output tokens takes exactly n·d (its prompt is the first step), and an idle replica starts at
 * once: M/G/1 with service n·d and nothing to allow for. With c sequences a request also waits for the next
 * step boundary, less than d: M/M/c is met within d.
 *
 * Each figure is the mean of independent replications and is held against theory within 5 standard errors
 * of that mean: by Student's t with 11 degrees of freedom a correct simulator fails an assertion with
 * probability 4e-4 when the seeds are changed; with these seeds it passes or fails for good.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedScenario, ResolvedTokens } from "../../planner/scenario/resolved-scenario";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import type { CellRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../support/resolved";
import { meanOfSample, varianceOfSample } from "../support/statistics";
import { traceOf } from "../support/traffic-scenario";

const STEP_SECONDS = 0.001;
const REPLICATIONS = 12;
const STANDARD_ERRORS = 5;

/** A replica of `servers` sequences whose steps all take the same time. */
function constantSteps(servers: number): EngineSettings {
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
      decodeSeconds: () => STEP_SECONDS,
      mixedSeconds: () => STEP_SECONDS,
      context: { start: [0], intercept: [0], slope: [0] },
      windowSecondsPerToken: 0,
      windowTokens: Number.POSITIVE_INFINITY,
    },
  };
}

interface Queue {
  readonly servers: number;
  readonly requestsPerSecond: number;
  readonly tokens: ResolvedTokens;
  readonly requests: number;
}

function scenarioOf(queue: Queue): ResolvedScenario {
  const seconds = queue.requests / queue.requestsPerSecond;
  return resolvedScenario({
    pools: [resolvedPool()],
    workloads: [
      resolvedWorkload({
        arrivals: {
          kind: "open",
          requestsPerSecond: queue.requestsPerSecond,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: Number.POSITIVE_INFINITY,
        },
        tokens: queue.tokens,
        contextWindowTokens: 1 << 24,
      }),
    ],
    durationSeconds: seconds,
    warmUpSeconds: 0.1 * seconds,
  });
}

/** One figure of each replication. */
function replicate(queue: Queue, figure: (cell: CellRecord) => number): number[] {
  const scenario = scenarioOf(queue);
  return Array.from({ length: REPLICATIONS }, (_, seed) => {
    const record = simulate(scenario, seed + 1, {
      engineSettingsFor: () => constantSteps(queue.servers),
    });
    return figure(record.cells[0]!);
  });
}

function expectTheory(figures: readonly number[], theory: number, allowed = 0): void {
  const standardError = Math.sqrt(varianceOfSample(figures) / figures.length);
  const difference = Math.abs(meanOfSample(figures) - theory);
  expect(difference).toBeLessThanOrEqual(STANDARD_ERRORS * standardError + allowed);
  // The test could not fail if the figures were all over the place.
  expect(standardError).toBeLessThan(0.05 * theory);
}

interface Moments {
  readonly mean: number;
  readonly square: number;
}

/** Mean wait of M/G/1: λ E[S²] / (2 (1 − ρ)) (Pollaczek 1930, Khinchine 1932). */
function pollaczekKhinchine(rate: number, { mean, square }: Moments): number {
  return (rate * square) / (2 * (1 - rate * mean));
}

/** Exact moments of the service of an exponential number of tokens of mean m, rounded, at least 1. */
function roundedExponential(meanTokens: number): Moments {
  let mean = 0;
  let square = 0;
  for (let tokens = 1; tokens < 60 * meanTokens; tokens++) {
    const from = tokens === 1 ? 0 : tokens - 0.5;
    const share = Math.exp(-from / meanTokens) - Math.exp(-(tokens + 0.5) / meanTokens);
    mean += share * tokens;
    square += share * tokens * tokens;
  }
  return { mean: mean * STEP_SECONDS, square: square * STEP_SECONDS * STEP_SECONDS };
}

/** Probability of waiting in M/M/c (Erlang 1917), by the recursion of the loss formula. */
function erlangC(servers: number, offered: number): number {
  let loss = 1;
  for (let n = 1; n <= servers; n++) loss = (offered * loss) / (n + offered * loss);
  return (servers * loss) / (servers - offered * (1 - loss));
}

const ONE_TOKEN_IN = { kind: "constant", value: 1 } as const;

describe("M/M/1", () => {
  const meanTokens = 50;
  const tokens: ResolvedTokens = {
    kind: "distributions",
    input: ONE_TOKEN_IN,
    output: { kind: "exponential", mean: meanTokens },
    rankCorrelation: 0,
  };
  const service = roundedExponential(meanTokens);

  it.each([0.3, 0.7])("at utilisation %d, waits as Pollaczek–Khinchine says", (utilization) => {
    const rate = utilization / service.mean;
    const queue = { servers: 1, requestsPerSecond: rate, tokens, requests: 16_000 };
    const waits = replicate(queue, (cell) => cell.queueTimeSeconds.mean);
    expectTheory(waits, pollaczekKhinchine(rate, service));
  });

  it("has an exponential time in the system: its quantiles are −ln(1 − q) / (μ − λ)", () => {
    const rate = 0.6 / service.mean;
    const queue = { servers: 1, requestsPerSecond: rate, tokens, requests: 16_000 };
    const sojourn = service.mean / (1 - rate * service.mean);
    for (const share of [0.5, 0.9, 0.99]) {
      const times = replicate(queue, (cell) => cell.e2eSeconds.quantile(share));
      const theory = -Math.log(1 - share) * sojourn;
      // Rounding to whole steps, and the relative error of the sketch.
      expectTheory(times, theory, STEP_SECONDS + 0.005 * theory);
    }
  });

  it("holds λ·E[S] of its time busy", () => {
    const rate = 0.6 / service.mean;
    const scenario = scenarioOf({ servers: 1, requestsPerSecond: rate, tokens, requests: 16_000 });
    const window = scenario.horizon.durationSeconds - scenario.horizon.warmUpSeconds;
    const shares = Array.from({ length: REPLICATIONS }, (_, seed) => {
      const record = simulate(scenario, seed + 1, { engineSettingsFor: () => constantSteps(1) });
      return record.pools[0]!.busySeconds / window;
    });
    expectTheory(shares, 0.6);
  });
});

describe("M/D/1", () => {
  it.each([1, 20])("waits ρ/(2(1 − ρ)) services with %d tokens each", (outputTokens) => {
    const service = outputTokens * STEP_SECONDS;
    const rate = 0.8 / service;
    const queue: Queue = {
      servers: 1,
      requestsPerSecond: rate,
      requests: 16_000,
      tokens: {
        kind: "distributions",
        input: ONE_TOKEN_IN,
        output: { kind: "constant", value: outputTokens },
        rankCorrelation: 0,
      },
    };
    const waits = replicate(queue, (cell) => cell.queueTimeSeconds.mean);
    expectTheory(waits, (0.8 / (2 * 0.2)) * service);
  });
});

describe("M/G/1", () => {
  it.each([
    ["two lengths far apart", [2, 2, 2, 2, 2, 2, 2, 2, 2, 120]],
    ["a mixture", [1, 5, 9, 14, 40, 41, 80]],
  ])("waits as Pollaczek–Khinchine says with %s", (_, lengths) => {
    const mean = (lengths.reduce((sum, n) => sum + n, 0) / lengths.length) * STEP_SECONDS;
    const squares = lengths.reduce((sum, n) => sum + n * n, 0) / lengths.length;
    const rate = 0.6 / mean;
    const queue: Queue = {
      servers: 1,
      requestsPerSecond: rate,
      requests: 16_000,
      tokens: { kind: "pairs", trace: traceOf(lengths.map((n) => [0, 1, n] as const)) },
    };
    const waits = replicate(queue, (cell) => cell.queueTimeSeconds.mean);
    expectTheory(waits, pollaczekKhinchine(rate, { mean, square: squares * STEP_SECONDS ** 2 }));
  });
});

describe("M/M/c", () => {
  it.each([2, 5])("with %d sequences, waits as Erlang C says, within one step", (servers) => {
    const meanTokens = 400;
    const service = roundedExponential(meanTokens);
    const rate = (0.75 * servers) / service.mean;
    const offered = rate * service.mean;
    const queue: Queue = {
      servers,
      requestsPerSecond: rate,
      requests: 16_000,
      tokens: {
        kind: "distributions",
        input: ONE_TOKEN_IN,
        output: { kind: "exponential", mean: meanTokens },
        rankCorrelation: 0,
      },
    };
    const theory = erlangC(servers, offered) / (servers / service.mean - rate);
    const waits = replicate(queue, (cell) => cell.queueTimeSeconds.mean);
    expectTheory(waits, theory, STEP_SECONDS);
    const sojourns = replicate(queue, (cell) => cell.e2eSeconds.mean);
    expectTheory(sojourns, theory + service.mean, STEP_SECONDS);
  });
});
