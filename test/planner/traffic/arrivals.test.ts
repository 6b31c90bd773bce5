import { describe, expect, it } from "@jest/globals";
import { errorFunction } from "simple-statistics";
import { RandomStream } from "../../../planner/foundation/random";
import type { ArrivalProcess } from "../../../planner/scenario/resolved-scenario";
import {
  createArrivalClock,
  createGapSampler,
  weibullShape,
} from "../../../planner/traffic/arrivals";
import { RateCurve } from "../../../planner/traffic/rate-profile";
import {
  cvOfSample,
  KS_LIMIT,
  kolmogorovSmirnov,
  meanOfSample,
  varianceOfSample,
} from "../../support/statistics";

const NEVER = Number.POSITIVE_INFINITY;
const constantRate = (rate: number): RateCurve => new RateCurve([0], [rate], false);

function arrivalsOf(
  process: ArrivalProcess,
  curve: RateCurve,
  horizonSeconds: number,
  seed = 1,
): number[] {
  const clock = createArrivalClock(process, curve, new RandomStream(seed, "x"), horizonSeconds);
  const times: number[] = [];
  for (let time = clock.next(); time < horizonSeconds; time = clock.next()) times.push(time);
  return times;
}

const gapsOf = (times: readonly number[]): number[] =>
  times.map((time, i) => time - (i === 0 ? 0 : times[i - 1]!));

describe("gap processes", () => {
  // CDFs of gaps with mean 1 in closed form; rate of false failure with another seed: 1e-6 for each.
  const cases: [string, Exclude<ArrivalProcess, { kind: "mmpp" }>, (x: number) => number][] = [
    ["poisson", { kind: "poisson" }, (x) => 1 - Math.exp(-x)],
    [
      "gamma with cv 0.5 (Erlang-4)",
      { kind: "gamma", cv: 0.5 },
      (x) => 1 - Math.exp(-4 * x) * (1 + 4 * x + 8 * x * x + (32 / 3) * x ** 3),
    ],
    [
      "gamma with cv √2 (χ² with one degree of freedom)",
      { kind: "gamma", cv: Math.SQRT2 },
      (x) => errorFunction(Math.sqrt(x / 2)),
    ],
    [
      "weibull with shape 2 (Rayleigh)",
      { kind: "weibull", cv: Math.sqrt(4 / Math.PI - 1) },
      (x) => 1 - Math.exp((-Math.PI / 4) * x * x),
    ],
    [
      "weibull with shape 1/2",
      { kind: "weibull", cv: Math.sqrt(5) },
      (x) => 1 - Math.exp(-Math.sqrt(2 * x)),
    ],
  ];
  it.each(cases)("%s follows its CDF", (_, process, cdf) => {
    const random = new RandomStream(2, "gaps");
    const sampler = createGapSampler(process);
    const gaps = Array.from({ length: 20_000 }, () => sampler.sample(random));
    expect(kolmogorovSmirnov(gaps, cdf)).toBeLessThan(KS_LIMIT);
  });

  // The sample cv of 50,000 gaps has a standard error about 1 %; the tolerance is five of them.
  it.each([0.3, 1, 1.6, 2.5])("reproduces a cv of %d for gamma and Weibull, with mean 1", (cv) => {
    for (const kind of ["gamma", "weibull"] as const) {
      const random = new RandomStream(3, kind);
      const sampler = createGapSampler({ kind, cv });
      const gaps = Array.from({ length: 50_000 }, () => sampler.sample(random));
      expect(Math.abs(meanOfSample(gaps) - 1)).toBeLessThan((5 * cv) / Math.sqrt(50_000));
      expect(Math.abs(cvOfSample(gaps) / cv - 1)).toBeLessThan(0.05);
    }
  });

  it("solves the Weibull shape of a cv", () => {
    expect(weibullShape(1)).toBeCloseTo(1, 10);
    expect(weibullShape(Math.sqrt(5))).toBeCloseTo(0.5, 10);
    expect(weibullShape(Math.sqrt(4 / Math.PI - 1))).toBeCloseTo(2, 10);
  });

  it("a deterministic process, or a cv of 0, arrives at every multiple of the gap", () => {
    for (const process of [
      { kind: "deterministic" },
      { kind: "gamma", cv: 0 },
      { kind: "weibull", cv: 0 },
    ] as const) {
      expect(arrivalsOf(process, constantRate(4), 1.3)).toEqual([0.25, 0.5, 0.75, 1, 1.25]);
    }
  });

  it("keeps the cv in operational time under a changing rate", () => {
    const curve = new RateCurve([0, 3000, 6000], [1, 30, 2], true);
    const times = arrivalsOf({ kind: "gamma", cv: 1.8 }, curve, 6000);
    const gaps = gapsOf(times.map((time) => curve.countUntil(time)));
    expect(Math.abs(meanOfSample(gaps) - 1)).toBeLessThan((5 * 1.8) / Math.sqrt(gaps.length));
    expect(Math.abs(cvOfSample(gaps) / 1.8 - 1)).toBeLessThan(0.06);
  });

  it("comes to an end with a rate that falls to 0 for good", () => {
    const curve = new RateCurve([0, 100], [10, 0], false);
    const times = arrivalsOf({ kind: "poisson" }, curve, NEVER);
    // 500 are expected; five standard deviations.
    expect(Math.abs(times.length - 500)).toBeLessThan(5 * Math.sqrt(500));
    expect(times.every((time) => time <= 100)).toBe(true);
  });
});

describe("Markov-modulated Poisson process", () => {
  const states = [
    { relativeRate: 1, meanSeconds: 4 },
    { relativeRate: 9, meanSeconds: 1 },
  ];
  const counts = (times: readonly number[], windowSeconds: number, windows: number): number[] => {
    const result = new Array<number>(windows).fill(0);
    for (const time of times) result[Math.floor(time / windowSeconds)]!++;
    return result;
  };

  // Heffes and Lucantoni (1986): rates λ₁ λ₂, switching rates σ₁ σ₂, σ = σ₁ + σ₂ and window t give the index of
  // dispersion 1 + A (1 − (1 − e^{−σt}) / (σt)) with A = 2 σ₁σ₂ (λ₁ − λ₂)² / (σ² (λ₁σ₂ + λ₂σ₁)).
  // Standard error of the index over 8,000 windows is about 2 % (6 % over 1,000); the tolerance is four of them.
  it.each([0.5, 3, 20])(
    "has the rate and the index of dispersion of the closed form, window %d s",
    (t) => {
      const windows = t > 1 ? 1000 : 8000;
      const horizon = windows * t;
      const times = arrivalsOf({ kind: "mmpp", states }, constantRate(26), horizon);
      // Mean relative rate 13/5, so the states have 10 and 90 requests/s.
      const [rate1, rate2, switch1, switch2] = [10, 90, 1 / 4, 1];
      const sum = switch1 + switch2;
      const factor =
        (2 * switch1 * switch2 * (rate1 - rate2) ** 2) /
        (sum ** 2 * (rate1 * switch2 + rate2 * switch1));
      const index = 1 + factor * (1 - (1 - Math.exp(-sum * t)) / (sum * t));
      const observed = counts(times, t, windows);
      const standardError = Math.sqrt((26 * (1 + factor)) / horizon);
      expect(Math.abs(times.length / horizon - 26)).toBeLessThan(5 * standardError);
      expect(
        Math.abs(varianceOfSample(observed) / meanOfSample(observed) / index - 1),
      ).toBeLessThan(t > 1 ? 0.25 : 0.1);
    },
  );

  it("starts in a state drawn from the long-run shares", () => {
    // With long states, the first window tells the state; the busy one has share 1/5.
    const slow = states.map((state) => ({ ...state, meanSeconds: state.meanSeconds * 1e6 }));
    let busy = 0;
    for (let seed = 0; seed < 2000; seed++) {
      if (arrivalsOf({ kind: "mmpp", states: slow }, constantRate(26), 1, seed).length > 40) busy++;
    }
    expect(Math.abs(busy - 400)).toBeLessThan(5 * Math.sqrt(2000 * 0.2 * 0.8));
  });

  it("is Poisson with one state, and silent in an off state", () => {
    const one = arrivalsOf(
      { kind: "mmpp", states: [{ relativeRate: 3, meanSeconds: 5 }] },
      constantRate(20),
      1000,
    );
    expect(kolmogorovSmirnov(gapsOf(one), (x) => 1 - Math.exp(-20 * x))).toBeLessThan(KS_LIMIT);
    const onOff = [
      { relativeRate: 1, meanSeconds: 10 },
      { relativeRate: 0, meanSeconds: 10 },
    ];
    const times = arrivalsOf({ kind: "mmpp", states: onOff }, constantRate(50), 8000);
    const standardError = Math.sqrt((50 * (1 + 500)) / 8000);
    expect(Math.abs(times.length / 8000 - 50)).toBeLessThan(5 * standardError);
    // On at 100/s, a gap over 1 s is an off period: one per 20 s on average.
    const pauses = gapsOf(times).filter((gap) => gap > 1).length;
    expect(Math.abs(pauses / (400 * Math.exp(-0.1)) - 1)).toBeLessThan(0.25);
  });

  it("follows a profile on top of its states", () => {
    const curve = new RateCurve([0, 1000, 1000, 2000], [5, 5, 25, 25], true);
    const fast = states.map((state) => ({ ...state, meanSeconds: state.meanSeconds / 50 }));
    const times = arrivalsOf({ kind: "mmpp", states: fast }, curve, 6000);
    const late = times.filter((time) => time % 2000 >= 1000).length;
    expect(late / times.length).toBeCloseTo(25 / 30, 1);
    expect(times.length / 90_000).toBeCloseTo(1, 1);
  });
});
