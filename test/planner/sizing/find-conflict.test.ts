/** Why there is no fleet: every demand that is named is needed for the conflict, and what would do does. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { Highs } from "highs";
import { loadSolver } from "../../../bin/load-solver";
import { findConflict } from "../../../planner/sizing/find-conflict";
import { solveFleet } from "../../../planner/sizing/programme/fleet-programme";
import type { FleetProgrammeInput } from "../../../planner/sizing/programme/programme-input";
import type { SizingProblem } from "../../../planner/sizing/sizing-problem";
import { programmeCases } from "../../support/random-programme";

describe("why there is no fleet", () => {
  let solver: Highs;
  beforeAll(async () => {
    solver = await loadSolver();
  });

  it("is a set of demands of which each is needed, and what would do does, and no less", () => {
    const seen = { impossible: 0, overload: 0, quotas: 0, several: 0 };
    const isPossible = (input: FleetProgrammeInput): boolean =>
      solveFleet(input, solver) !== undefined;
    fc.assert(
      fc.property(programmeCases, (drawn) => {
        const input = withSurvival(drawn);
        const { demand, offers, search, ...asked } = input;
        const context = { spec: { fleet: { regions: {} } } };
        const problem = { context, demand, offers, search } as unknown as SizingProblem;
        const conflicts = findConflict(problem, asked, solver);
        if (isPossible(input)) {
          expect(conflicts).toEqual([]);
          return;
        }
        seen.impossible++;
        const paths = conflicts.map(({ path }) => path);
        if (paths.includes("search.hardware")) {
          seen.overload++;
          expect(isPossible(withOnly(input, []))).toBe(false);
          return;
        }
        if (paths.length > 1) seen.several++;
        expect(isPossible(withOnly(input, paths))).toBe(false);
        for (const path of paths) {
          expect(
            isPossible(
              withOnly(
                input,
                paths.filter((one) => one !== path),
              ),
            ),
          ).toBe(true);
        }
        for (const { path, relax } of conflicts) {
          const enough = /^at least (\d+) needed$/.exec(relax)?.[1];
          if (enough === undefined) continue;
          seen.quotas++;
          const limit = (max: number) => {
            const only = withOnly(input, paths);
            const quotas = only.search.quotas.map((one) =>
              one.path === path ? { ...one, max } : one,
            );
            return { ...only, search: { ...only.search, quotas } };
          };
          expect(isPossible(limit(Number(enough)))).toBe(true);
          expect(isPossible(limit(Number(enough) - 1))).toBe(false);
        }
      }),
      { seed: 20_261_201, numRuns: Number(process.env["LAW_CASES"] ?? 250) },
    );
    expect(seen.impossible).toBeGreaterThan(20);
    expect(seen.overload).toBeGreaterThan(0);
    expect(seen.quotas).toBeGreaterThan(3);
    expect(seen.several).toBeGreaterThan(2);
  });
});

/** The losses of a programme as rules of `survive`, one each; those of pools have none. */
function withSurvival(input: FleetProgrammeInput): FleetProgrammeInput {
  const { demand } = input;
  const losses = input.losses.filter((loss) => loss === null || loss.kind !== "pool");
  const distinct = [...new Map(losses.map((loss) => [JSON.stringify(loss), loss])).values()];
  const survive = distinct.flatMap((loss) => {
    if (loss?.kind === "region")
      return [{ kind: "region", name: demand.regions[loss.region]!.name }];
    if (loss?.kind === "zone") {
      return [{ kind: "zone", name: `${demand.regions[loss.region]!.name}/${loss.zone}` }];
    }
    return [];
  });
  return {
    ...input,
    losses: distinct,
    // Facts are not demands: nobody can take them back.
    cuts: [],
    corrections: [],
    demand: { ...demand, scenario: { fleet: {} } } as unknown as FleetProgrammeInput["demand"],
    search: { ...input.search, survive } as unknown as FleetProgrammeInput["search"],
  };
}

/** The programme with these demands and no others. */
function withOnly(input: FleetProgrammeInput, paths: readonly string[]): FleetProgrammeInput {
  const { search, losses } = input;
  const real = losses.filter((loss) => loss !== null);
  return {
    ...input,
    losses: [null, ...real.filter((_, index) => paths.includes(`survive[${index}]`))],
    search: {
      ...search,
      quotas: search.quotas.filter(({ path }) => paths.includes(path)),
      regionsMin: paths.includes("search.regionsMin") ? search.regionsMin : 1,
      replicasMin: paths.includes("search.replicasMin") ? search.replicasMin : 1,
    },
  };
}
