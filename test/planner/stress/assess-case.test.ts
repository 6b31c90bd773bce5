/** What the run of a case says: faults as metrics/resilience.ts measures them, loads over the peak, both against the baseline. */
import { describe, expect, it } from "@jest/globals";
import type { ControlEvent } from "../../../planner/simulation/control-event";
import type { RunRecord } from "../../../planner/simulation/run-record";
import { assessRun, baselineResult, caseMeasures } from "../../../planner/stress/assess-case";
import type { ApplicableCase } from "../../../planner/stress/stress-case";
import { cellByHand } from "../../support/run-records";
import {
  DOWN,
  fault,
  inOrder,
  MODEL,
  run,
  SCENARIO,
  type Stretch,
} from "../metrics/resilience-fixture";

/** 300 s in buckets of 10 s, 100 requests in each; region `east` is lost from 100 s to 150 s. */
const LOST: ApplicableCase = {
  applies: true,
  kind: "fault",
  name: "region-loss:east",
  title: "Region east lost",
  tests: "?",
  how: ["!"],
  scenario: SCENARIO,
  faultNames: ["east"],
  faultStartSeconds: 100,
  faultEndSeconds: 150,
};
const LOAD: ApplicableCase = { ...LOST, kind: "load", name: "peak-2x", faultNames: [] };

/** A record for each of the two pools. */
function struck(
  stretches: readonly Stretch[],
  control?: readonly ControlEvent[],
  changes?: Partial<RunRecord>,
): RunRecord {
  const one = run(stretches, control, changes);
  return { ...one, pools: [one.pools[0]!, one.pools[0]!] };
}

const calm = assessRun(SCENARIO, struck([], []));

function measured(stressCase: ApplicableCase, record: RunRecord = struck([[10, 18, DOWN]])) {
  return caseMeasures(stressCase, assessRun(SCENARIO, record, calm.record), calm);
}

describe("caseMeasures of a fault", () => {
  it("looks until goodput is back: eight buckets are down, three of them after the fault", () => {
    const down = measured(LOST);
    expect(down).toMatchObject({
      kind: "fault",
      startSeconds: 100,
      endSeconds: 180,
      resolutionSeconds: 10,
      requestShare: 0.6,
      availability: 0.5,
      goodputLost: 0.6,
      goodShare: 0.4,
      recoverySeconds: 80,
      recovered: true,
      metastable: null,
      // 100 requests in 10 s without the fault, 40 of them good with it.
      goodRequestsPerSecond: 4,
      baselineGoodRequestsPerSecond: 10,
      baselineAvailability: 1,
      secondsLeft: 150,
      secondsNeeded: 0,
    });
  });

  it("looks to the end of the run where it never comes back", () => {
    const down = measured(LOST, struck([[10, 30, DOWN]]));
    expect(down).toMatchObject({ endSeconds: 300, recovered: false, recoverySeconds: null });
    expect(down.requestShare).toBeCloseTo(0.6, 12);
  });

  it("is the worst of several faults, and leaves out those of the scenario's own", () => {
    const control = inOrder(
      ...fault("east", 100, 150),
      ...fault("west", 200, 220),
      ...fault("flaky", 270, 280),
    );
    const changed = struck(
      [
        [10, 12, DOWN],
        [20, 24, { answered: 10, good: 10, touched: 90 }],
        [27, 30, { answered: 0, good: 0, touched: 100 }],
      ],
      control,
    );
    const both = { ...LOST, faultNames: ["east", "west"], faultEndSeconds: 220 };
    expect(measured(both, changed)).toMatchObject({
      startSeconds: 100,
      endSeconds: 240,
      requestShare: 0.9,
      availability: 0.1,
      recoverySeconds: 40,
      recovered: true,
    });
  });

  it("knows nothing of a recovery where the fault did not strike", () => {
    const never = measured(LOST, struck([[12, 14, DOWN]], []));
    expect(never).toMatchObject({ recovered: null, recoverySeconds: null, detectSeconds: null });
    // What happened in its time is told all the same: two of five buckets were down.
    expect(never.requestShare).toBeCloseTo((2 * 60) / 500, 12);
    expect(never.availability).toBeCloseTo((3 * 100 + 2 * 50) / 500, 12);
  });

  it("says that traffic moved only where it has somewhere to move to, and something noticed", () => {
    const noticed = { seconds: 110, kind: "region-unhealthy", region: 0, model: MODEL } as const;
    const control = inOrder(...fault("east", 100, 150), noticed);
    const movedAt = (bucket: number, events = control) => {
      const changed = struck([[bucket, 15, { poolAttempts: [0, 100] }]], events);
      return measured(LOST, changed).shiftSeconds;
    };
    expect(movedAt(12)).toBe(20);
    // Nothing gets to a region that is gone: that is no move.
    expect(movedAt(10)).toBeNull();
    expect(movedAt(12, fault("east", 100, 150))).toBeNull();
    const { faults } = SCENARIO.faults;
    const fleet = [{ kind: "fleet" }] as const;
    const everywhere = {
      ...SCENARIO,
      faults: {
        ...SCENARIO.faults,
        faults: faults.map((one) => ({ ...one, targets: fleet })),
      },
    };
    const nowhere = struck([[12, 15, { poolAttempts: [0, 0] }]], control);
    const assessed = assessRun(everywhere, nowhere, calm.record);
    expect(caseMeasures({ ...LOST, scenario: everywhere }, assessed, calm).shiftSeconds).toBeNull();
  });
});

describe("caseMeasures of a load", () => {
  it("looks at its window only, and at shares of what the baseline had", () => {
    const busy = measured(
      LOAD,
      struck(
        [
          [10, 15, { offered: 200, answered: 150, good: 90, touched: 60 }],
          [20, 25, DOWN],
        ],
        [],
      ),
    );
    expect(busy).toMatchObject({
      startSeconds: 100,
      endSeconds: 150,
      requestShare: 0.3,
      availability: 0.75,
      goodShare: 0.45,
      goodRequestsPerSecond: 9,
      baselineGoodRequestsPerSecond: 10,
      detectSeconds: null,
      recovered: null,
    });
    // 1 − 0.45 / 1.
    expect(busy.goodputLost).toBeCloseTo(0.55, 12);
  });

  it("counts tenants by name, of those that asked for anything", () => {
    const cells = [
      { tenant: 0, offered: 10, touched: 1 },
      { tenant: 1, offered: 10, touched: 0 },
      { tenant: 2, offered: 10, touched: 0 },
      { tenant: 3, offered: 0, touched: 0 },
    ].map((counts) => cellByHand({ counts, met: [0] }));
    const busy = measured(LOAD, struck([], [], { cells }));
    expect(busy.tenantShare).toBeCloseTo(1 / 3, 12);
  });

  it("sets the objectives beside those of the baseline", () => {
    const answeredIn = (seconds: number) => {
      const ttftSeconds = Array.from({ length: 100 }, () => seconds);
      const counts = { offered: 100, completed: 100 };
      return [cellByHand({ counts, met: [seconds <= 1 ? 100 : 0], ttftSeconds })];
    };
    const usual = assessRun(SCENARIO, struck([], [], { cells: answeredIn(0.125) }));
    const late = assessRun(SCENARIO, struck([], [], { cells: answeredIn(8) }), usual.record);
    const [objective] = caseMeasures(LOAD, late, usual).slo;
    expect(objective).toMatchObject({
      workload: "chat",
      objective: "ttft p95",
      limitMs: 1000,
      verdict: "FAIL",
      baselineVerdict: "PASS",
    });
    // Within the 0.5 % of the sketch.
    expect(objective!.valueMs! / 8000).toBeCloseTo(1, 2);
    expect(objective!.baselineValueMs! / 125).toBeCloseTo(1, 2);
  });
});

describe("baselineResult", () => {
  it("gives rates over the measured window, and the course of the run", () => {
    const result = baselineResult(calm);
    expect(result).toMatchObject({ offeredRequestsPerSecond: 10, goodRequestsPerSecond: 10 });
    expect(result.series?.goodPerSecond).toEqual(Array.from({ length: 30 }, () => 10));
  });
});
