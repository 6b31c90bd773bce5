/** A fleet written out with nothing left to defaults is the same fleet, to the last digit. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { explicitFleet } from "../../planner/fleet/explicit-fleet";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import { readFleet } from "../planner/fleet/small-fleet";
import { builtInFleets } from "../support/built-in-fleets";
import { writtenFleet } from "../support/random-fleet-spec";

const ROOT = path.resolve(__dirname, "../..");
const DRAWN = 250;
/** Of those drawn, the ones of which something good is left; too few would make the law empty. */
const GOOD_MIN = 200;

/** As a plan keeps it: text and back. */
function written(fleet: Parameters<typeof explicitFleet>[0]): object {
  return JSON.parse(JSON.stringify(explicitFleet(fleet))) as object;
}

describe("an explicit fleet", () => {
  it("for all fleets, reads back as the same fleet", () => {
    let good = 0;
    fc.assert(
      fc.property(writtenFleet, (raw) => {
        if (raw === undefined) return;
        const first = readFleet(raw);
        good += 1;
        const second = readFleet(written(first.fleet!));
        expect(second.problems).toEqual([]);
        expect(second.fleet).toEqual(first.fleet);
        // Written again it is the same text: nothing was left to a default.
        expect(written(second.fleet!)).toEqual(written(first.fleet!));
      }),
      { seed: 11, numRuns: DRAWN },
    );
    expect(good).toBeGreaterThan(GOOD_MIN);
  });

  it.each(builtInFleets)("of the scenario $name has the scenario's digest", ({ file }) => {
    const spec = parseScenario(readFileSync(path.join(ROOT, file), "utf8"));
    const { fleet, digest } = resolveScenario(spec, { traces: new Map() });
    const explicit = readFleet(written(fleet), fleet.origins);
    expect(explicit.problems).toEqual([]);
    const again = resolveScenario({ ...spec, fleet: explicit.spec! }, { traces: new Map() });
    expect(again.digest).toBe(digest);
  });
});
