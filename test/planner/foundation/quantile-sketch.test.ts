/** The sketch against the sorted data that it stands for: the only oracle a quantile needs. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { QuantileSketch, SKETCH_RELATIVE_ERROR } from "../../../planner/foundation/quantile-sketch";
import { RandomStream } from "../../../planner/foundation/random";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };
const SHARES = [0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
/** Float rounding of a value that lies on the edge of its bucket. */
const ROUNDING = 1e-6;

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

/** The value at rank ⌊q (n − 1)⌋ of the sorted data. */
function exactQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]!;
}

function expectWithinError(sketch: QuantileSketch, values: readonly number[]): void {
  for (const share of SHARES) {
    const exact = exactQuantile(values, share);
    const error = Math.abs(sketch.quantile(share) - exact);
    expect(error).toBeLessThanOrEqual((SKETCH_RELATIVE_ERROR + ROUNDING) * exact + 1e-9);
  }
}

/** Latencies from a nanosecond to a day, of any shape, with zeros. */
const seconds = fc.oneof(
  { arbitrary: fc.double({ min: -9, max: 5, noNaN: true }).map((power) => 10 ** power), weight: 8 },
  { arbitrary: fc.constantFrom(0, 1, 0.001, 2), weight: 1 },
);
const sample = fc.array(seconds, { minLength: 1, maxLength: 300 });

describe("QuantileSketch", () => {
  it("for all samples, every quantile is within 0.5 % of the sorted data", () => {
    fc.assert(
      fc.property(sample, (values) => expectWithinError(sketchOf(values), values)),
      CAMPAIGN,
    );
  });

  it.each([
    ["exponential", (random: RandomStream) => random.exponential()],
    ["lognormal with a heavy tail", (random: RandomStream) => Math.exp(3 * random.normal())],
    ["two far modes", (random: RandomStream) => (random.uniform() < 0.9 ? 1e-3 : 40)],
  ])("is within 0.5 %% over 20,000 draws: %s", (name, draw) => {
    const random = new RandomStream(7, name);
    const values = Array.from({ length: 20_000 }, () => draw(random));
    expectWithinError(sketchOf(values), values);
  });

  it("for all samples, count, sum, minimum and maximum are exact", () => {
    const law = fc.property(sample, (values) => {
      const sketch = sketchOf(values);
      expect(sketch.count).toBe(values.length);
      expect(sketch.sum).toBe(values.reduce((sum, value) => sum + value, 0));
      expect(sketch.min).toBe(Math.min(...values));
      expect(sketch.max).toBe(Math.max(...values));
      expect(sketch.mean).toBe(sketch.sum / sketch.count);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all samples and groupings, the order of merges changes no quantile and no count", () => {
    const law = fc.property(sample, sample, sample, (first, second, third) => {
      const merged = (parts: readonly (readonly number[])[]): QuantileSketch => {
        const all = new QuantileSketch();
        for (const part of parts) all.merge(sketchOf(part));
        return all;
      };
      const forward = merged([first, second, third]);
      const backward = merged([third, second, first]);
      const nested = sketchOf(first);
      const right = sketchOf(third);
      right.merge(sketchOf(second));
      nested.merge(right);
      const whole = sketchOf([...first, ...second, ...third]);
      for (const other of [backward, nested, whole]) {
        expect(other.count).toBe(forward.count);
        for (const share of SHARES) expect(other.quantile(share)).toBe(forward.quantile(share));
        for (const value of first)
          expect(other.shareAtMost(value)).toBe(forward.shareAtMost(value));
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all samples, merging an empty sketch, or into one, changes nothing", () => {
    const law = fc.property(sample, (values) => {
      const plain = sketchOf(values);
      const both = new QuantileSketch();
      both.merge(plain);
      both.merge(new QuantileSketch());
      for (const share of SHARES) expect(both.quantile(share)).toBe(plain.quantile(share));
      expect([both.count, both.sum, both.min, both.max]).toEqual([
        plain.count,
        plain.sum,
        plain.min,
        plain.max,
      ]);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all samples, a weight is as many single values", () => {
    const law = fc.property(sample, fc.integer({ min: 1, max: 9 }), (values, weight) => {
      const weighted = new QuantileSketch();
      for (const value of values) weighted.add(value, weight);
      const repeated = sketchOf(values.flatMap((value) => Array<number>(weight).fill(value)));
      expect(weighted.count).toBe(repeated.count);
      expect(weighted.sum).toBeCloseTo(repeated.sum, 6);
      for (const share of SHARES) expect(weighted.quantile(share)).toBe(repeated.quantile(share));
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all arithmetic sequences, addSequence is the terms one by one", () => {
    const law = fc.property(
      fc.double({ min: -5, max: 1, noNaN: true }).map((power) => 10 ** power),
      fc.oneof(
        fc.constant(0),
        fc.double({ min: -9, max: 1, noNaN: true }).map((power) => 10 ** power),
      ),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 20 }),
      (first, growth, steps, weight) => {
        const sketch = new QuantileSketch();
        sketch.addSequence(first, growth, steps, weight);
        const terms = Array.from({ length: steps }, (_, i) => first + growth * i);
        expect(sketch.count).toBe(steps * weight);
        const sum = weight * terms.reduce((total, term) => total + term, 0);
        expect(Math.abs(sketch.sum - sum)).toBeLessThanOrEqual(1e-9 * sum);
        expect(sketch.min).toBe(terms[0]);
        expect(sketch.max).toBeCloseTo(terms[steps - 1]!, 9);
        expectWithinErrorOfTerms(sketch, terms, weight);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all samples, the share at most a limit is exact a bucket away from it", () => {
    const law = fc.property(sample, seconds, (values, limit) => {
      const share = sketchOf(values).shareAtMost(limit);
      const atMost = (bound: number): number =>
        values.filter((value) => value <= bound).length / values.length;
      const bucket = 1 + 2.1 * SKETCH_RELATIVE_ERROR;
      expect(share).toBeGreaterThanOrEqual(atMost(limit) - 1e-12);
      expect(share).toBeLessThanOrEqual(atMost(Math.max(limit, 1e-9) * bucket) + 1e-12);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("knows nothing when it is empty", () => {
    const empty = new QuantileSketch();
    expect(empty.mean).toBeNaN();
    expect(empty.quantile(0.5)).toBeNaN();
    expect(empty.shareAtMost(1)).toBeNaN();
  });
});

/** The quantile of `terms`, each `weight` times, sorted already. */
function expectWithinErrorOfTerms(
  sketch: QuantileSketch,
  terms: readonly number[],
  weight: number,
): void {
  for (const share of SHARES) {
    const rank = Math.floor(share * (terms.length * weight - 1));
    const exact = terms[Math.floor(rank / weight)]!;
    const error = Math.abs(sketch.quantile(share) - exact);
    expect(error).toBeLessThanOrEqual((SKETCH_RELATIVE_ERROR + ROUNDING) * exact);
  }
}
