import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { Highs, HighsSolution } from "highs";
import { loadSolver } from "../../../../bin/load-solver";
import { LinearProgramme, type Term } from "../../../../planner/sizing/programme/linear-programme";

describe("a linear programme", () => {
  let solver: Highs;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it("has the least value that trying every point finds", () => {
    const row = fc.record({
      coefficients: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }),
      relation: fc.constantFrom(">=" as const, "<=" as const, "=" as const),
      right: fc.integer({ min: -6, max: 12 }),
    });
    const cases = fc.record({
      costs: fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 3, maxLength: 3 }),
      rows: fc.array(row, { maxLength: 4 }),
      scale: fc.constantFrom(1, 1e-7, 1e6),
    });
    let none = 0;
    fc.assert(
      fc.property(cases, ({ costs, rows, scale }) => {
        const programme = new LinearProgramme();
        const variables = costs.map((cost) => programme.variable("integer", 3, cost * scale));
        for (const { coefficients, relation, right } of rows) {
          const terms = coefficients.map((n, i): Term => [n, variables[i]!]);
          programme.row(terms, relation, right);
        }
        const solution = programme.solve(solver);
        const values = points(3, 3)
          .filter((point) =>
            rows.every(({ coefficients, relation, right }) => {
              const left = coefficients.reduce((sum, n, i) => sum + n * point[i]!, 0);
              if (relation === "=") return left === right;
              return relation === ">=" ? left >= right : left <= right;
            }),
          )
          .map((point) => costs.reduce((sum, cost, i) => sum + cost * scale * point[i]!, 0));
        if (values.length === 0) {
          none++;
          expect(solution).toBeUndefined();
          return;
        }
        const least = Math.min(...values);
        expect(Math.abs(solution!.objective - least)).toBeLessThan(1e-6 * Math.max(1, scale));
        const own = variables.map((variable) => solution!.valueOf(variable));
        const cost = costs.reduce((sum, one, i) => sum + one * scale * own[i]!, 0);
        expect(Math.abs(cost - least)).toBeLessThan(1e-6 * Math.max(1, scale));
      }),
      { seed: 20_261_130, numRuns: 150 },
    );
    expect(none).toBeGreaterThan(10);
  });

  it("writes very small and large numbers, negative zero, and empty rows", () => {
    const programme = new LinearProgramme();
    const x = programme.variable("continuous", 1e12, 1e-7);
    const y = programme.variable("integer", Number.MAX_SAFE_INTEGER / 1e3, 1e6);
    programme.row(
      [
        [1e-7, x],
        [-0, y],
      ],
      ">=",
      1e-6,
    );
    programme.row([], ">=", -0);
    programme.row(
      [
        [1, x],
        [1, x],
        [-2, x],
      ],
      "<=",
      0,
    );
    expect(programme.solve(solver)!.valueOf(x)).toBeCloseTo(10, 6);
    programme.row([], ">=", 1);
    expect(programme.solve(solver)).toBeUndefined();
  });

  it("refuses what is no number, and what the solver's reader does not take", () => {
    const programme = new LinearProgramme();
    const x = programme.variable("integer", 3);
    const refused = (make: () => unknown) => expect(make).toThrow(/a programme of finite numbers/);
    refused(() => programme.variable("integer", Number.POSITIVE_INFINITY));
    refused(() => programme.variable("continuous", 3, Number.NaN));
    refused(() => programme.row([[Number.NaN, x]], ">=", 0));
    refused(() => programme.row([[1, x]], ">=", Number.NEGATIVE_INFINITY));
    refused(() => programme.row([[1e21, x]], ">=", 0));
  });

  it("says so when the solver ends in any other way", () => {
    for (const status of ["Unbounded", "Time limit reached", "Solve error"] as const) {
      const solve = () => ({ Status: status, Columns: {}, ObjectiveValue: 0 }) as HighsSolution;
      const broken = { ...solver, solve } as Highs;
      const programme = new LinearProgramme();
      programme.variable("integer", 3, 1);
      expect(() => programme.solve(broken)).toThrow(`the solver ended with "${status}"`);
    }
  });
});

function points(dimensions: number, most: number): number[][] {
  if (dimensions === 0) return [[]];
  return points(dimensions - 1, most).flatMap((rest) =>
    Array.from({ length: most + 1 }, (_, value) => [...rest, value]),
  );
}
