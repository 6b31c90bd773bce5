/** Half-widths against intervals worked out by hand from a printed t table, and by their coverage. */
import { describe, expect, it } from "@jest/globals";
import { RandomStream } from "../../../planner/foundation/random";
import { halfWidth95 } from "../../../planner/metrics/confidence";

describe("halfWidth95", () => {
  it.each([
    // s = √2.5, t(4) = 2.776: 2.776 · √(2.5 / 5)
    [[1, 2, 3, 4, 5], 1.9629],
    // s² = 2, t(1) = 12.706: 12.706 · √(2 / 2)
    [[1, 3], 12.706],
    // s² = 32/3, t(3) = 3.182: 3.182 · √(32 / 12)
    [[0, 4, 4, 8], 5.1962],
    [[7, 7, 7], 0],
  ])("of %j is %d", (values, halfWidth) => {
    expect(halfWidth95(values)).toBeCloseTo(halfWidth, 3);
  });

  it("takes t of 9 degrees of freedom for ten values, and nearly the normal beyond the table", () => {
    const alternating = (n: number): number[] => Array.from({ length: n }, (_, i) => (i % 2) * 2);
    // s² = n / (n − 1), so s / √n = 1 / √(n − 1).
    expect(halfWidth95(alternating(10))).toBeCloseTo(2.262 / 3, 6);
    expect(halfWidth95(alternating(30))).toBeCloseTo(2.045 / Math.sqrt(29), 6);
    // t(60) = 2.000 and t(999) = 1.962 in the usual tables.
    expect(halfWidth95(alternating(61))! * Math.sqrt(60)).toBeCloseTo(2.0, 2);
    expect(halfWidth95(alternating(1000))! * Math.sqrt(999)).toBeCloseTo(1.962, 3);
  });

  it("is unknown for fewer than two values, or where one is not a number", () => {
    expect(halfWidth95([])).toBeNull();
    expect(halfWidth95([3])).toBeNull();
    expect(halfWidth95([3, Number.NaN, 4])).toBeNull();
    expect(halfWidth95([3, Number.POSITIVE_INFINITY])).toBeNull();
  });

  it("covers the mean of normal samples in 95 % of the cases", () => {
    const random = new RandomStream(3, "coverage");
    const trials = 8000;
    for (const n of [2, 5, 20]) {
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const values = Array.from({ length: n }, () => 10 + random.normal());
        const mean = values.reduce((sum, value) => sum + value, 0) / n;
        if (Math.abs(mean - 10) <= halfWidth95(values)!) covered++;
      }
      // Five standard errors of a share of 8,000: fails by chance with probability 6e-7.
      expect(Math.abs(covered / trials - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / trials));
    }
  });
});
