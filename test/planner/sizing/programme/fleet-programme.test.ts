/**
 * The programme of the cheapest fleet against trying every fleet, on small made-up demands. What a fleet may be is
 * written again here, from the words of the scenario reference: nothing of the programme is shared.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { Highs } from "highs";
import { loadSolver } from "../../../../bin/load-solver";
import { solveFleet } from "../../../../planner/sizing/programme/fleet-programme";
import type { FleetProgrammeInput } from "../../../../planner/sizing/programme/programme-input";
import { bruteFleet } from "../../../support/brute-force-programme";
import { programmeCases } from "../../../support/random-programme";

describe("the programme of the cheapest fleet", () => {
  let solver: Highs;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it("costs what the cheapest fleet costs, and has none where there is none", () => {
    let none = 0;
    let some = 0;
    fc.assert(
      fc.property(programmeCases, (input: FleetProgrammeInput) => {
        const solution = solveFleet(input, solver);
        const least = bruteFleet(input);
        if (least === undefined) none++;
        else some++;
        expect(solution === undefined).toBe(least === undefined);
        if (least !== undefined) expect(solution!.objective).toBeCloseTo(least, 5);
      }),
      { seed: 20_261_130, numRuns: Number(process.env["LAW_CASES"] ?? 150) },
    );
    expect(none).toBeGreaterThan(10);
    expect(some).toBeGreaterThan(40);
  });
});
