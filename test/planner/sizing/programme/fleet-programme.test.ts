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
import { bruteFleet, isAllowed } from "../../../support/brute-force-programme";
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

  it("is among those of one cost one whose nodes are full", () => {
    let filled = 0;
    fc.assert(
      fc.property(programmeCases, (drawn: FleetProgrammeInput) => {
        const offers = drawn.offers.map((offer) => ({ ...offer, replicasPerNode: 4 }));
        const unitsMax = offers.map(() => 8);
        const input = { ...drawn, offers, unitsMax, change: undefined };
        const plain = solveFleet(input, solver);
        const tidy = solveFleet({ ...input, isTidy: true }, solver);
        expect(tidy === undefined).toBe(plain === undefined);
        if (tidy === undefined) return;
        const nodes = offers.map(({ index }) => tidy.nodes[index]![0]!);
        const spot = nodes.map(([, onSpot = 0]) => onSpot);
        expect(isAllowed(input, tidy.units, spot)).toBe(true);
        // A tenth of a cent for each pool, a hundredth for each place for a replica, of which there are few here.
        expect(tidy.objective).toBeLessThanOrEqual(plain!.objective + 0.02);
        for (const { index, replicasPerNode } of offers) {
          const places = replicasPerNode * nodes[index]!.reduce((sum, n) => sum + n, 0);
          if (places === tidy.units[index] && places > plain!.units[index]!) filled++;
          if (tidy.units[index]! >= Math.min(places, unitsMax[index]!)) continue;
          const more = tidy.units.map((n, i) => (i === index ? n + 1 : n));
          expect(isAllowed(input, more, spot)).toBe(false);
        }
      }),
      { seed: 20_261_201, numRuns: Number(process.env["LAW_CASES"] ?? 150) },
    );
    expect(filled).toBeGreaterThan(20);
  });
});
