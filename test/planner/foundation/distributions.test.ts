import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  createCopulaMarginal,
  pearsonOfSpearman,
} from "../../../planner/foundation/copula-marginal";
import { type Distribution, meanOf, quantile } from "../../../planner/foundation/distributions";
import { QuantileCurve } from "../../../planner/foundation/quantile-curve";
import { RandomStream } from "../../../planner/foundation/random";
import { createSampler } from "../../../planner/foundation/sampler";
import { gammaCdf, normalCdf } from "../../../planner/foundation/special-functions";
import {
  KS_LIMIT,
  kolmogorovSmirnov,
  meanOfSample,
  varianceOfSample,
} from "../../support/statistics";

const NONE = Number.POSITIVE_INFINITY;
const CONTINUOUS: readonly Distribution[] = [
  { kind: "uniform", min: 10, max: 400 },
  { kind: "exponential", mean: 250 },
  { kind: "normal", mean: 1024, sd: 512, min: -NONE, max: NONE },
  { kind: "lognormal", median: 600, sigma: 1.2, max: NONE },
  { kind: "gamma", mean: 300, cv: 0.6, max: NONE },
  { kind: "gamma", mean: 300, cv: 4, max: NONE },
  { kind: "quantiles", probabilities: [0, 0.25, 0.9, 1], values: [1, 50, 300, 4000] },
];
const CLIPPED: readonly Distribution[] = [
  { kind: "normal", mean: 1024, sd: 512, min: 1, max: 1500 },
  { kind: "lognormal", median: 600, sigma: 1.2, max: 2000 },
  { kind: "gamma", mean: 300, cv: 1.5, max: 500 },
  { kind: "quantiles", probabilities: [0.1, 0.5, 0.95], values: [5, 50, 300] },
];
const DEGENERATE: readonly [Distribution, number][] = [
  [{ kind: "constant", value: 42 }, 42],
  [{ kind: "normal", mean: 42, sd: 0, min: 1, max: NONE }, 42],
  [{ kind: "normal", mean: 42, sd: 0, min: 1, max: 40 }, 40],
  [{ kind: "lognormal", median: 42, sigma: 0, max: NONE }, 42],
  [{ kind: "gamma", mean: 42, cv: 0, max: NONE }, 42],
  [{ kind: "gamma", mean: 42, cv: 0, max: 40 }, 40],
];
const named = (list: readonly Distribution[]): [string, Distribution][] =>
  list.map((distribution) => [JSON.stringify(distribution), distribution]);

function cdfOf(distribution: Distribution): (x: number) => number {
  if (distribution.kind === "gamma") {
    const shape = 1 / distribution.cv ** 2;
    return (x) => gammaCdf(shape, (x * shape) / distribution.mean);
  }
  // Inverts `quantile` by bisection, so the sampler is checked against the other implementation.
  return (x) => {
    let low = 0;
    let high = 1;
    for (let i = 0; i < 24; i++) {
      const middle = (low + high) / 2;
      if (quantile(distribution, middle) < x) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
}

describe("createSampler", () => {
  // Rate of false failure with another seed: 1e-6 for each distribution.
  it.each(named(CONTINUOUS))("draws %s as its quantile function says", (_, distribution) => {
    const random = new RandomStream(3, "sampler");
    const sampler = createSampler(distribution);
    const sample = Array.from({ length: 2000 }, () => sampler.sample(random));
    expect(kolmogorovSmirnov(sample, cdfOf(distribution))).toBeLessThan(KS_LIMIT);
  });

  // Five standard errors: 6e-7 for each.
  it.each(named([...CONTINUOUS, ...CLIPPED]))(
    "draws %s with the mean of meanOf",
    (_, distribution) => {
      const random = new RandomStream(4, "sampler");
      const sampler = createSampler(distribution);
      const sample = Array.from({ length: 50_000 }, () => sampler.sample(random));
      const error = Math.sqrt(varianceOfSample(sample) / sample.length);
      expect(Math.abs(meanOfSample(sample) - meanOf(distribution))).toBeLessThan(5 * error);
    },
  );

  it("clips to the bounds, and never goes beyond them", () => {
    const distribution: Distribution = { kind: "normal", mean: 100, sd: 50, min: 60, max: 120 };
    const random = new RandomStream(5, "sampler");
    const sampler = createSampler(distribution);
    const sample = Array.from({ length: 20_000 }, () => sampler.sample(random));
    expect(Math.min(...sample)).toBe(60);
    expect(Math.max(...sample)).toBe(120);
    // The mass at the bounds: Φ(−0.8) = 0.2119 and 1 − Φ(0.4) = 0.3446 (table of the normal distribution).
    expect(sample.filter((x) => x === 60).length / 20_000).toBeCloseTo(0.2119, 1);
    expect(sample.filter((x) => x === 120).length / 20_000).toBeCloseTo(0.3446, 1);
  });

  it.each(DEGENERATE)(
    "draws a distribution without spread as its value: %j",
    (distribution, value) => {
      const random = new RandomStream(6, "sampler");
      expect(createSampler(distribution).sample(random)).toBe(value);
      expect(createCopulaMarginal({ ...distribution }).at(1.3)).toBe(value);
      expect(quantile(distribution, 0.3)).toBe(value);
      expect(meanOf(distribution)).toBe(value);
    },
  );
});

describe("meanOf", () => {
  it.each(named([...CONTINUOUS, ...CLIPPED]))(
    "is the integral of the inverse CDF: %s",
    (_, distribution) => {
      // Midpoint rule, after a substitution u = v²(3 − 2v) that flattens the ends of unbounded tails.
      const steps = 4000;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const v = (i + 0.5) / steps;
        sum += (quantile(distribution, v * v * (3 - 2 * v)) * 6 * v * (1 - v)) / steps;
      }
      expect(Math.abs(sum / meanOf(distribution) - 1)).toBeLessThan(2e-4);
    },
  );

  it("knows what clipping does to a benchmark's normal lengths", () => {
    // E[max(X, 1)] for 1024 ± 512: 1·Φ(a) + 1024·(1 − Φ(a)) + 512·φ(a) with a = −1.998 from tables.
    const mean = meanOf({ kind: "normal", mean: 1024, sd: 512, min: 1, max: NONE });
    expect(mean).toBeCloseTo(1 * 0.02286 + 1024 * 0.97714 + 512 * 0.0542, 1);
  });
});

describe("CopulaMarginal", () => {
  it.each(named([...CONTINUOUS, ...CLIPPED]))("is F⁻¹(Φ(z)) within 4e-4: %s", (_, distribution) => {
    const marginal = createCopulaMarginal(distribution);
    const mean = meanOf(distribution);
    for (let z = -5; z <= 4; z += 0.0637) {
      const exact = quantile(distribution, normalCdf(z));
      // Relative to the value in the tail, where values are many times the mean.
      const scale = Math.max(mean, exact);
      expect(Math.abs(marginal.at(z) - exact) / scale).toBeLessThan(4e-4);
    }
  });

  it("never falls as the score grows, also beyond the table", () => {
    for (const distribution of [...CONTINUOUS, ...CLIPPED]) {
      const marginal = createCopulaMarginal(distribution);
      let previous = marginal.at(-9);
      for (let z = -9; z <= 9; z += 0.03) {
        expect(marginal.at(z)).toBeGreaterThanOrEqual(previous);
        previous = marginal.at(z);
      }
    }
  });

  it("keeps the ends of the Spearman scale", () => {
    expect(pearsonOfSpearman(1)).toBeCloseTo(1, 15);
    expect(pearsonOfSpearman(-1)).toBeCloseTo(-1, 15);
    expect(pearsonOfSpearman(0)).toBe(0);
  });
});

describe("QuantileCurve", () => {
  const curvePoints = fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1e6 })), {
      minLength: 1,
      maxLength: 60,
    })
    .map((points) => ({
      probabilities: points.map((point) => point[0]).sort((x, y) => x - y),
      values: points.map((point) => point[1]).sort((x, y) => x - y),
    }));

  it("for all points, goes through every point and gives what quantile gives", () => {
    fc.assert(
      fc.property(curvePoints, fc.double({ min: 0, max: 1, noNaN: true }), (points, u) => {
        const curve = new QuantileCurve(points.probabilities, points.values);
        const exact = quantile({ kind: "quantiles", ...points }, u);
        expect(Math.abs(curve.at(u) - exact)).toBeLessThanOrEqual(1e-6 * exact);
        points.probabilities.forEach((probability, i) => {
          // Points at one probability are a jump: the value there is one of theirs.
          const sameProbability = points.values.filter(
            (_, j) => points.probabilities[j] === probability,
          );
          const value = curve.at(probability);
          expect(value).toBeGreaterThanOrEqual(Math.min(...sameProbability) * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(Math.max(...sameProbability) * (1 + 1e-9));
          expect(i).toBeLessThan(points.values.length);
        });
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
