/** What fails a case: how thresholds are written, which of them is broken by what, and what is unknown. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PlannerError } from "../../../planner/foundation/errors";
import { DEFAULT_THRESHOLDS, givenThresholds, judgeCase } from "../../../planner/stress/thresholds";
import { METASTABLE, measures } from "./case-fixture";

const read = (text: string) => givenThresholds(undefined, text)!;
const NOTHING = {
  availability: null,
  goodput: null,
  blastRadius: null,
  tenants: null,
  detectionSeconds: null,
  shiftSeconds: null,
  recoverySeconds: null,
  recovers: false,
  metastable: false,
  slo: false,
};

function problemsOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof PlannerError) return error.message;
    throw error;
  }
  return "no problem";
}

describe("givenThresholds", () => {
  it("reads shares, times and flags", () => {
    expect(read("availability=99%, recovery=10m,blast-radius=0.4,metastable")).toEqual({
      ...NOTHING,
      availability: 0.99,
      recoverySeconds: 600,
      blastRadius: 0.4,
      metastable: true,
    });
    expect(read("goodput=90%,tenants=1,detection=45s,shift=2 min,recovers,slo")).toEqual({
      ...NOTHING,
      goodput: 0.9,
      tenants: 1,
      detectionSeconds: 45,
      shiftSeconds: 120,
      recovers: true,
      slo: true,
    });
  });

  it("takes the scenario's, and lets the command line win key by key", () => {
    const spec = { availability: 0.9, recovery: 300, recovers: true };
    const scenario = { ...NOTHING, availability: 0.9, recoverySeconds: 300, recovers: true };
    expect(givenThresholds(spec, undefined)).toEqual(scenario);
    expect(givenThresholds(spec, "availability=99%,slo")).toEqual({
      ...scenario,
      availability: 0.99,
      slo: true,
    });
    expect(givenThresholds(undefined, undefined)).toBeUndefined();
    expect(givenThresholds({}, undefined)).toEqual(NOTHING);
  });

  it("refuses what it cannot read, all at once, with what is meant", () => {
    expect(problemsOf("availabilty=99%,recovery=10,metastable=yes,tenants")).toBe(
      [
        '--fail-on: unknown threshold "availabilty"; did you mean "availability"?',
        '--fail-on: recovery: a duration needs a unit (ms, s, min, h, d), got "10"',
        '--fail-on: metastable takes no value, got "yes"; write metastable alone',
        "--fail-on: tenants needs a value; write tenants=99%, say",
      ].join("\n"),
    );
    expect(problemsOf("xyz")).toContain("the names are availability, goodput, blast-radius");
    expect(problemsOf("constructor=1")).toContain("unknown threshold");
  });
});

describe("judgeCase", () => {
  it("passes what keeps every limit, and fails what breaks one: shares at least or at most, times at most", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (value, limit) => {
        const verdict = (thresholds: object, measured: object): string =>
          judgeCase(measures(measured), { ...NOTHING, ...thresholds }).verdict;
        expect(verdict({ availability: limit }, { availability: value })).toBe(
          value >= limit ? "PASS" : "FAIL",
        );
        expect(verdict({ goodput: limit }, { goodShare: value })).toBe(
          value >= limit ? "PASS" : "FAIL",
        );
        const atMost = value <= limit ? "PASS" : "FAIL";
        expect(verdict({ blastRadius: limit }, { requestShare: value })).toBe(atMost);
        expect(verdict({ tenants: limit }, { tenantShare: value })).toBe(atMost);
        expect(verdict({ detectionSeconds: limit }, { detectSeconds: value })).toBe(atMost);
        expect(verdict({ shiftSeconds: limit }, { shiftSeconds: value })).toBe(atMost);
        expect(verdict({ recoverySeconds: limit }, { recoverySeconds: value })).toBe(atMost);
      }),
    );
  });

  it("says what is broken, with the limit", () => {
    const { reasons } = judgeCase(measures({ requestShare: 0.5, recoverySeconds: 900 }), {
      ...NOTHING,
      availability: 0.99,
      blastRadius: 0.4,
      recoverySeconds: 600,
    });
    expect(reasons).toEqual([
      "availability 95%, at least 99% is asked for",
      "requests touched 50%, at most 40% is asked for",
      "recovered after 15 min, at most 10 min is asked for",
    ]);
  });

  it("never says 100% of what is less", () => {
    const thresholds = { ...NOTHING, availability: 1 };
    const { reasons } = judgeCase(measures({ availability: 0.99999 }), thresholds);
    expect(reasons).toEqual(["availability > 99.9%, at least 100% is asked for"]);
  });

  it("fails a fleet that does not come back, whatever time it was given", () => {
    const down = measures({ recovered: false, recoverySeconds: null });
    const reason = "goodput did not come back before the end of the run";
    for (const thresholds of [{ recovers: true }, { recoverySeconds: 1e9 }]) {
      expect(judgeCase(down, { ...NOTHING, ...thresholds }).reasons).toEqual([reason]);
    }
    expect(judgeCase(down, NOTHING).verdict).toBe("PASS");
  });

  it("blames no fleet for a run that is too short for it to come back", () => {
    const down = measures({ recovered: false, recoverySeconds: null, secondsLeft: 100 });
    const judged = judgeCase(down, DEFAULT_THRESHOLDS);
    expect(judged.verdict).toBe("UNCERTAIN");
    expect(judged.reasons[0]).toContain("the run ends 100 s after the fault");
    expect(judged.reasons[0]).toContain("may take 5 min");
    // Its own retries keep it down: no longer run would help.
    const kept = judgeCase({ ...down, metastable: METASTABLE }, DEFAULT_THRESHOLDS);
    expect(kept.verdict).toBe("FAIL");
  });

  it("says once that a fleet is metastable, and only where it is asked about", () => {
    const down = measures({ recovered: false, recoverySeconds: null, metastable: METASTABLE });
    expect(judgeCase(down, DEFAULT_THRESHOLDS).reasons).toEqual([
      "metastable: retries keep it down",
    ]);
    expect(judgeCase(down, { ...NOTHING, recovers: true }).reasons).toHaveLength(1);
  });

  it("fails detection where nothing noticed what touched requests", () => {
    const thresholds = { ...NOTHING, detectionSeconds: 60 };
    const unseen = measures({ detectSeconds: null });
    expect(judgeCase(unseen, thresholds).reasons).toEqual(["nothing noticed the fault"]);
    const harmless = measures({ detectSeconds: null, requestShare: 0 });
    expect(judgeCase(harmless, thresholds).verdict).toBe("PASS");
  });

  it("is uncertain about what is not known, unless something else is broken", () => {
    const unknown = measures({ availability: null, recovered: null, recoverySeconds: null });
    const thresholds = { ...NOTHING, availability: 0.99, recovers: true };
    const judged = judgeCase(unknown, thresholds);
    expect(judged.verdict).toBe("UNCERTAIN");
    expect(judged.reasons).toHaveLength(2);
    const broken = judgeCase(unknown, { ...thresholds, tenants: 0.1 });
    expect(broken).toEqual({
      verdict: "FAIL",
      reasons: ["tenants touched 25%, at most 10% is asked for"],
    });
  });

  it("asks of a load that it breaks no objective that was kept, and saturates nothing", () => {
    const objective = {
      workload: "chat",
      objective: "ttft p95",
      limitMs: 1000,
      valueMs: 2500,
      verdict: "FAIL",
      baselineValueMs: 100,
      baselineVerdict: "PASS",
    } as const;
    const load = (changes: object) =>
      judgeCase(measures({ kind: "load", availability: 1, ...changes }), DEFAULT_THRESHOLDS);
    expect(load({ slo: [objective] }).reasons).toEqual(["chat ttft p95 2.5 s, the limit is 1 s"]);
    expect(load({ slo: [{ ...objective, baselineVerdict: "FAIL" }] }).verdict).toBe("PASS");
    expect(load({ slo: [{ ...objective, verdict: "UNCERTAIN" }] }).verdict).toBe("PASS");
    // A queue that grows breaks the objective too: that is said once.
    expect(load({ slo: [{ ...objective, valueMs: null }], saturated: ["chat"] }).reasons).toEqual([
      "saturated: the queue of chat grows as long as this lasts",
    ]);
    expect(load({ availability: 0.9 }).reasons).toEqual([
      "availability 90%, without the load 100%",
    ]);
    expect(load({ availability: 0.995 }).verdict).toBe("PASS");
    // A fault may break objectives while it lasts.
    expect(judgeCase(measures({ slo: [objective] }), DEFAULT_THRESHOLDS).verdict).toBe("PASS");
    // A load has nothing to recover from.
    expect(load({ recovered: null, recoverySeconds: null }).verdict).toBe("PASS");
  });
});
