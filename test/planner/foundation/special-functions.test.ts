import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  gammaCdf,
  gammaQuantile,
  gammaTail,
  logGamma,
  normalCdf,
  normalQuantile,
} from "../../../planner/foundation/special-functions";

describe("special functions", () => {
  // CPython's math.lgamma, math.erfc and statistics.NormalDist.
  it.each([
    [0.01, 4.599479878042022],
    [0.3, 1.0957979948180752],
    [7.7, 7.926541356269004],
  ])("ln Γ(%d) is %d", (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 12);
  });

  it.each([
    [-6, 9.865876450377012e-10],
    [-3, 0.0013498980316300957],
    [-1, 0.15865525393145707],
    [0.5, 0.6914624612740131],
    [2.5, 0.9937903346742238],
  ])("Φ(%d) is %d", (z, expected) => {
    expect(normalCdf(z) / expected).toBeCloseTo(1, 12);
  });

  it.each([
    [0.975, 1.9599639845400536],
    [0.75, 0.6744897501960817],
    [0.03, -1.8807936081512509],
    [1e-10, -6.361340902404056],
  ])("Φ⁻¹(%d) is %d", (u, expected) => {
    expect(normalQuantile(u)).toBeCloseTo(expected, 12);
  });

  it("the gamma quantile gives the χ² table", () => {
    // χ² with k degrees of freedom is twice a gamma with shape k/2; NIST/SEMATECH handbook, 1.3.6.7.4.
    expect(2 * gammaQuantile(0.5, 0.95)).toBeCloseTo(3.841, 3);
    expect(2 * gammaQuantile(5, 0.95)).toBeCloseTo(18.307, 3);
    expect(2 * gammaQuantile(50, 0.01)).toBeCloseTo(70.065, 3);
  });

  it("for all shapes and probabilities, the gamma quantile inverts the CDF", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 400, noNaN: true }),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (shape, u) => {
          const x = gammaQuantile(shape, u);
          // A tiny shape puts small probabilities below the smallest double.
          if (x > 1e-290) expect(gammaCdf(shape, x)).toBeCloseTo(u, 9);
          expect(gammaCdf(shape, x) + gammaTail(shape, x)).toBeCloseTo(1, 12);
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});
