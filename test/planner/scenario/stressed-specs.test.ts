/** The user's cases of a game day: the scenario with a case's changes and faults, and nothing else changed. */
import { describe, expect, it } from "@jest/globals";
import { describeResolved } from "../../../planner/scenario/describe-resolved";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { stressedSpecs } from "../../../planner/scenario/stressed-specs";
import { traceFilesOf } from "../../../planner/scenario/trace-files";
import { SMALL_SCENARIO } from "../../support/scenario-text";
import { parseTroubled, resolveTroubled } from "./troubled-scenario";

function parseWith(cases: string, ...more: string[]) {
  return parseScenario(SMALL_SCENARIO, { overrides: [`stress={cases: ${cases}}`, ...more] });
}

describe("stressedSpecs", () => {
  it("gives none without cases", () => {
    expect(stressedSpecs(parseScenario(SMALL_SCENARIO))).toEqual([]);
    const limits = parseScenario(SMALL_SCENARIO, {
      overrides: ["stress={failOn: {availability: 99%}}"],
    });
    expect(stressedSpecs(limits)).toEqual([]);
    expect(limits.stress).toEqual({ failOn: { availability: 0.99 } });
  });

  it("changes what a case sets, as --set does", () => {
    const [one] = stressedSpecs(
      parseWith("[{name: double, set: {workloads.chat.arrivals.rate: 10/s, seed: 7}}]"),
    );
    expect(one).toMatchObject({ name: "double", path: "stress.cases[0]", faultNames: [] });
    const set = parseScenario(SMALL_SCENARIO, {
      overrides: ["workloads.chat.arrivals.rate=10/s", "seed=7"],
    });
    expect(one!.spec).toEqual(set);
  });

  it("applies a case on top of --set", () => {
    const [one] = stressedSpecs(
      parseWith("[{name: more, set: {seed: 7}}]", "workloads.chat.arrivals.rate=10/s", "seed=5"),
    );
    expect(one!.spec).toEqual(
      parseScenario(SMALL_SCENARIO, { overrides: ["workloads.chat.arrivals.rate=10/s", "seed=7"] }),
    );
  });

  it("adds a case's faults to those of the scenario, unless it takes these out", () => {
    const own = "{ at: 2 min, lose: fleet }";
    const base = "faults=[{ at: 1 min, coldCache: fleet }]";
    const [both, alone] = stressedSpecs(
      parseWith(
        `[{name: both, faults: [${own}]}, {name: alone, faults: [${own}], set: {faults: null}}]`,
        base,
      ),
    );
    expect(both!.spec.faults).toHaveLength(2);
    expect(both!.faultNames).toEqual(["2-lose-fleet"]);
    expect(alone!.spec.faults).toEqual([both!.spec.faults![1]]);
    expect(alone!.faultNames).toEqual(["1-lose-fleet"]);
    const resolved = resolveScenario(both!.spec, { traces: new Map() });
    expect(resolved.faults.faults.map(({ name }) => name)).toEqual([
      "1-cold-cache-fleet",
      "2-lose-fleet",
    ]);
  });

  it("leaves the scenario itself as it is", () => {
    expect(resolveTroubled().digest).toBe(resolveTroubled(["stress=null"]).digest);
    expect(stressedSpecs(parseTroubled()).map(({ spec }) => spec.stress)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("reads the limits in base units", () => {
    expect(parseTroubled().stress?.failOn).toEqual({
      availability: 0.99,
      goodput: 0.95,
      blastRadius: 0.3,
      tenants: 0.5,
      detection: 60,
      shift: 120,
      recovery: 600,
      recovers: true,
    });
  });

  it("names the traces of its cases among the files to read", () => {
    const spec = parseWith("[{name: replay, set: {workloads.chat.arrivals: {trace: small.csv}}}]");
    expect(traceFilesOf(spec).map(({ path, namedAt }) => [path, namedAt])).toEqual([
      ["small.csv", ["stress.cases[0].set: workloads.chat.arrivals.trace"]],
    ]);
  });

  it("is listed by validate", () => {
    const spec = parseTroubled();
    const rows = describeResolved(spec, resolveTroubled()).filter(({ path }) =>
      path.startsWith("stress"),
    );
    expect(rows.map(({ path, value }) => `${path}: ${value}`)).toEqual([
      "stress.cases[0]: double, 11 faults in all",
      "stress.cases[1]: no aws, 1 fault in all",
    ]);
  });
});
