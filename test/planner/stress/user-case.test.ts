/** The user's own cases: what is looked at, and which cannot be compared. */
import { describe, expect, it } from "@jest/globals";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { userStressCases } from "../../../planner/stress/user-case";
import { SMALL_SCENARIO } from "../../support/small-scenario";

function casesOf(stress: string, taken: readonly string[] = []) {
  const spec = parseScenario(`${SMALL_SCENARIO}stress:\n${stress}`, {
    source: "small.yaml",
    overrides: [],
  });
  const traces = new Map();
  return userStressCases(resolveScenario(spec, { traces }), { spec, traces }, taken);
}

describe("userStressCases", () => {
  it("takes a case with faults from the first of them to the end of the last", () => {
    const [lost] = casesOf(`  cases:
    - name: twice
      faults:
        - { name: first, at: 10 s, lose: { pool: us-east-1/h100 }, for: 5 s }
        - { name: second, at: 20 s, lose: { pool: us-east-1/h100 }, for: 6 s }
`);
    expect(lost).toMatchObject({
      applies: true,
      kind: "fault",
      name: "twice",
      faultNames: ["first", "second"],
      faultStartSeconds: 10,
      faultEndSeconds: 26,
    });
  });

  it("clips faults to the measured window", () => {
    const [lost] = casesOf(`  cases:
    - name: long
      faults:
        - { name: all, at: 0 s, lose: { pool: us-east-1/h100 }, for: 1 h }
`);
    // Measured are 4 s to 40 s.
    expect(lost).toMatchObject({ faultStartSeconds: 4, faultEndSeconds: 40 });
  });

  it("takes a case that only changes the scenario for a load", () => {
    const [busy] = casesOf(`  cases:
    - name: black friday
      set: { workloads.chat.arrivals.rate: 9/s }
`);
    expect(busy).toMatchObject({
      kind: "load",
      faultNames: [],
      faultStartSeconds: 4,
      faultEndSeconds: 40,
    });
    expect(busy!.scenario.workloads[0]!.arrivals).toMatchObject({ requestsPerSecond: 9 });
  });

  it("refuses another time and the name of a built-in case, all at once", () => {
    const stress = `  cases:
    - name: longer
      set: { horizon.duration: 80 s }
    - name: peak-2x
      set: { workloads.chat.arrivals.rate: 9/s }
`;
    expect(() => casesOf(stress, ["peak-2x"])).toThrow(
      [
        "stress.cases[0].set: changes the horizon, but a case is compared with the scenario over the same time; leave the horizon to the scenario",
        'stress.cases[1].name: "peak-2x" is the name of a built-in case; choose another',
      ].join("\n"),
    );
  });

  it("has none where the scenario has none", () => {
    expect(casesOf("  failOn: { availability: 99% }\n")).toEqual([]);
  });
});
