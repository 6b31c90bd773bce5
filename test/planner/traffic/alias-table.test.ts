import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { AliasTable } from "../../../planner/traffic/alias-table";

describe("AliasTable", () => {
  it("for all weights, gives every index its share of [0, 1) and nothing to a weight of 0", () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 })
          .filter((weights) => weights.some((weight) => weight > 0)),
        (weights) => {
          const table = new AliasTable(weights);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const steps = 24_000;
          const counts = weights.map(() => 0);
          for (let i = 0; i < steps; i++) counts[table.pick((i + 0.5) / steps)]!++;
          weights.forEach((weight, i) => {
            // Each of the table's cells has one border, which may cut a step in two.
            const tolerance = (weights.length + 1) / steps;
            expect(Math.abs(counts[i]! / steps - weight / total)).toBeLessThan(tolerance);
            if (weight === 0) expect(counts[i]).toBe(0);
          });
        },
      ),
      { seed: 61, numRuns: 100 },
    );
  });
});
