/**
 * Resilience measured on runs made by hand (resilience-fixture.ts). Every expected figure is worked out beside its case.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { assessResilience } from "../../../planner/metrics/resilience";
import type { ControlEvent } from "../../../planner/simulation/control-event";
import type { RunRecord } from "../../../planner/simulation/run-record";
import { cellByHand, timelineByHand } from "../../support/run-records";
import {
  assess,
  BUCKETS,
  CALM,
  DOWN,
  fault,
  inOrder,
  MODEL,
  only,
  run,
  SCENARIO,
  type Stretch,
  scenarioWith,
} from "./resilience-fixture";

describe("assessResilience of a fleet that comes back", () => {
  const noticed: ControlEvent[] = [
    { seconds: 90, kind: "ejected", pool: 0, replica: 0 },
    { seconds: 105, kind: "region-unhealthy", region: 1, model: MODEL },
    { seconds: 115, kind: "region-unhealthy", region: 0, model: MODEL },
  ];
  const record = run(
    [
      [10, 13, DOWN],
      [11, 12, { poolAttempts: [30, 70] }],
      [12, 15, { poolAttempts: [2, 98] }],
    ],
    inOrder(...fault("east", 100, 150), ...noticed),
  );

  it("measures the window from the start of the fault to its end", () => {
    // Buckets 10 … 14: 500 requests, of which 3 × 60 touched, 3 × 50 + 200 answered and 3 × 40 + 200 good.
    expect(only(record)).toEqual({
      fault: "east",
      occurrences: 1,
      resolutionSeconds: 10,
      startSeconds: 100,
      endSeconds: 150,
      blastRadius: { requestShare: 180 / 500, tenantShare: 1, goodputLost: 180 / 500 },
      availabilityInWindow: 350 / 500,
      // The region that was struck, after it was: 115 − 100.
      detectSeconds: 15,
      // Bucket 12 is the first with fewer than 5 % of 60 attempts.
      shiftSeconds: 20,
      // Bucket 13 is the first that is back.
      recoverySeconds: 30,
      recovered: true,
      metastable: null,
    });
  });

  it("counts from the second at which it struck, not from its bucket", () => {
    const late = run([[10, 13, DOWN]], fault("east", 104, 150));
    expect(only(late)).toMatchObject({ startSeconds: 104, recoverySeconds: 26 });
  });

  it("goes on with the window until the last dip has ended", () => {
    // Buckets 10 … 16, as the fault is over at 120 s: 700 requests, 7 × 60 touched.
    const slow = run([[10, 17, DOWN]], fault("east", 100, 120));
    expect(only(slow)).toMatchObject({
      recoverySeconds: 70,
      blastRadius: { requestShare: 0.6, goodputLost: 0.6 },
      availabilityInWindow: 0.5,
    });
  });

  it("is never down when nothing dips", () => {
    expect(only(run([]))).toMatchObject({
      blastRadius: { requestShare: 0, tenantShare: 0, goodputLost: 0 },
      availabilityInWindow: 1,
      detectSeconds: null,
      shiftSeconds: null,
      recoverySeconds: 0,
      recovered: true,
    });
  });

  it("is back only when three buckets in a row are; those without traffic tell nothing", () => {
    const relapse = run([
      [10, 11, DOWN],
      [13, 14, DOWN],
    ]);
    expect(only(relapse).recoverySeconds).toBe(40);
    const quiet = run([
      [10, 11, DOWN],
      [12, 14, { offered: 0 }],
      [15, 16, DOWN],
    ]);
    expect(only(quiet).recoverySeconds).toBe(60);
  });

  it("counts the dip of a fail-back to the fault, but recovers at its first end", () => {
    // Buckets 10, 11 and 16: the window is 10 … 16.
    const failBack = run([
      [10, 12, DOWN],
      [16, 17, DOWN],
    ]);
    expect(only(failBack)).toMatchObject({
      recoverySeconds: 20,
      recovered: true,
      blastRadius: { requestShare: 180 / 700 },
    });
    // Three buckets after the end it still is its dip, four after it is another matter.
    const third = run([
      [10, 12, DOWN],
      [17, 18, DOWN],
    ]);
    expect(only(third).blastRadius.requestShare).toBe(180 / 800);
    const fourth = run([
      [10, 12, DOWN],
      [18, 19, DOWN],
    ]);
    expect(only(fourth).blastRadius.requestShare).toBe(120 / 500);
  });

  it("does not take chance for a dip", () => {
    // 90 of 100 are good as a rule: 0.95 · 90 − 2 · √(100 · 0.9 · 0.1) = 79.5.
    const usual = [0, 30, { good: 90 }] as const;
    expect(only(run([usual, [11, 12, { good: 80 }]])).recoverySeconds).toBe(0);
    expect(only(run([usual, [11, 12, { good: 79 }]])).recoverySeconds).toBe(20);
    // 9,000 of 10,000: 8,550 − 2 · √(10,000 · 0.9 · 0.1) = 8,490.
    const many = [0, 30, { offered: 10_000, good: 9_000 }] as const;
    expect(only(run([many, [11, 12, { good: 8_490 }]])).recoverySeconds).toBe(0);
    expect(only(run([many, [11, 12, { good: 8_489 }]])).recoverySeconds).toBe(20);
    // Where all are good as a rule, 5 % is 5 %.
    expect(only(run([[11, 12, { good: 95 }]])).recoverySeconds).toBe(0);
    expect(only(run([[11, 12, { good: 94 }]])).recoverySeconds).toBe(20);
  });

  it("takes completed for good in workloads without an objective", () => {
    const workloads = SCENARIO.workloads.map((workload) => ({ ...workload, slo: [] }));
    const record = run([[10, 13, { answered: 50, good: 100 }]]);
    const [assessed] = assess([record], undefined, { ...SCENARIO, workloads });
    expect(assessed).toMatchObject({ recoverySeconds: 30, blastRadius: { goodputLost: 0.3 } });
  });

  it("is detected by what concerns it only, while it is felt", () => {
    const detected = (...events: readonly ControlEvent[]) =>
      only(run([[10, 13, DOWN]], inOrder(...fault("east", 100, 150), ...events))).detectSeconds;
    expect(detected({ seconds: 103, kind: "ejected", pool: 0, replica: 0 })).toBe(3);
    expect(detected({ seconds: 103, kind: "ejected", pool: 1, replica: 0 })).toBeNull();
    expect(detected({ seconds: 149, kind: "ejected", pool: 0, replica: 0 })).toBe(49);
    expect(detected({ seconds: 150, kind: "ejected", pool: 0, replica: 0 })).toBeNull();
    expect(detected({ seconds: 103, kind: "returned", pool: 0, replica: 0 })).toBeNull();
  });

  it("leaves the warm-up out of what is normal", () => {
    // Cold until 50 s: with it the level would be 0.7, and 80 of 100 no dip.
    const record = run([
      [0, 5, { good: 40 }],
      [10, 12, { good: 80 }],
    ]);
    expect(assess([record], undefined, scenarioWith(50))[0]!.recoverySeconds).toBe(20);
    expect(assess([record], undefined, scenarioWith(0))[0]!.recoverySeconds).toBe(0);
    // When it strikes during the warm-up, there is nothing else.
    expect(assess([record], undefined, scenarioWith(200))[0]!.recoverySeconds).toBe(0);
  });

  it("tells the share of tenants, by name over all of their cells", () => {
    const cells = [0, 1, 2, 3].map((tenant) =>
      cellByHand({
        counts: { tenant, offered: tenant === 3 ? 0 : 10, touched: tenant === 1 ? 1 : 0 },
      }),
    );
    const record = run([[10, 13, DOWN]], fault("east", 100, 150), { cells });
    expect(only(record).blastRadius.tenantShare).toBeCloseTo(1 / 3, 12);
  });
});

describe("assessResilience of a fleet that does not come back", () => {
  it("knows no time of recovery, and measures to the end of the run", () => {
    // Buckets 10 … 29.
    const record = run([[10, 30, DOWN]]);
    expect(only(record)).toMatchObject({
      blastRadius: { requestShare: 0.6, goodputLost: 0.6 },
      availabilityInWindow: 0.5,
      recoverySeconds: null,
      recovered: false,
      metastable: null,
    });
  });

  it("has not recovered when a later dip of the fault does not end", () => {
    expect(
      only(
        run([
          [10, 12, DOWN],
          [16, 30, DOWN],
        ]),
      ),
    ).toMatchObject({
      recoverySeconds: null,
      recovered: false,
    });
  });

  it("says of a fault that is not over that it has no end", () => {
    const record = run([[10, 13, DOWN]], fault("east", 100));
    expect(only(record)).toMatchObject({ endSeconds: null, recovered: true, recoverySeconds: 30 });
  });
});

describe("assessResilience at the ends of a run", () => {
  it("knows no level for a fault at the very start, but from a baseline", () => {
    const record = run([[0, 4, DOWN]], fault("east", 0, 20));
    expect(only(record)).toMatchObject({
      blastRadius: { requestShare: 0.6, goodputLost: null },
      availabilityInWindow: 0.5,
      shiftSeconds: null,
      recoverySeconds: null,
      recovered: null,
      metastable: null,
    });
    expect(only(record, run([], []))).toMatchObject({
      blastRadius: { requestShare: 0.6, goodputLost: 0.6 },
      recoverySeconds: 40,
      recovered: true,
    });
  });

  it("has no time to come back from a fault in the last bucket", () => {
    const control = fault("east", 295);
    expect(only(run([[29, 30, DOWN]], control))).toMatchObject({
      blastRadius: { requestShare: 0.6 },
      recoverySeconds: null,
      recovered: false,
    });
    expect(only(run([], control))).toMatchObject({ recoverySeconds: 0, recovered: true });
  });

  it("leaves out what strikes after the measured window", () => {
    expect(assess([run([], fault("east", 300, 310))])).toEqual([]);
  });

  it("counts an arrival at the very end to the last bucket", () => {
    const record = run([[29, 30, DOWN]], fault("east", 290));
    const { timeline } = record;
    const extra = timelineByHand([{ offered: 1, answered: 0 }], { bucketSeconds: 10, pools: 2 });
    const longer = {
      ...timeline!,
      buckets: [...timeline!.buckets, ...extra.buckets],
      pools: [...timeline!.pools, ...extra.pools],
    };
    expect(only({ ...record, timeline: longer }).availabilityInWindow).toBe(50 / 101);
  });

  it("says nothing of a run in which nothing arrives", () => {
    const empty = run([[0, 30, { offered: 0, poolAttempts: [0, 0] }]], fault("east", 100, 150), {
      cells: [],
    });
    const nothing = {
      blastRadius: { requestShare: null, tenantShare: null, goodputLost: null },
      availabilityInWindow: null,
      detectSeconds: null,
      shiftSeconds: null,
      recoverySeconds: null,
      recovered: null,
      metastable: null,
    };
    expect(only(empty)).toMatchObject(nothing);
    expect(only(empty, { ...empty, control: [] })).toMatchObject(nothing);
    const timeline = timelineByHand([], { bucketSeconds: 10, pools: 2 });
    expect(only({ ...empty, timeline })).toMatchObject(nothing);
  });

  it("knows nothing of recovery when nothing arrives after the fault", () => {
    const record = run([[10, 30, { offered: 0 }]]);
    expect(only(record)).toMatchObject({ recoverySeconds: null, recovered: null });
  });

  it("is null without a timeline, and empty without a fault", () => {
    const record = run([[10, 13, DOWN]]);
    expect(assessResilience(SCENARIO, [{ ...record, timeline: undefined }])).toBeNull();
    expect(assess([run([], [])])).toEqual([]);
  });
});

describe("assessResilience of several faults", () => {
  it("measures each against the time before the first, not against what that disturbed", () => {
    // Down over buckets 10 … 19. East until 150, west from 120 to 180. Against 2 … 11, 88 would be no dip.
    const record = run(
      [
        [10, 12, DOWN],
        [12, 20, { good: 88 }],
      ],
      inOrder(...fault("east", 100, 150), ...fault("west", 120, 180)),
    );
    expect(assess([record])).toMatchObject([
      { fault: "east", startSeconds: 100, recoverySeconds: 100, recovered: true },
      { fault: "west", startSeconds: 120, recoverySeconds: 80, recovered: true },
    ]);
  });

  it("measures a later one against the time between them", () => {
    // Buckets 15 … 24 come before: a level of 0.82, and 0.95 · 82 − 2 · √(100 · 0.82 · 0.18) = 70.2.
    const withLast = (good: number): RunRecord =>
      run(
        [
          [10, 13, DOWN],
          [16, 25, { good: 80 }],
          [25, 27, { good }],
        ],
        inOrder(...fault("east", 100, 110), ...fault("west", 250, 260)),
      );
    expect(assess([withLast(71)])[1]).toMatchObject({ fault: "west", recoverySeconds: 0 });
    expect(assess([withLast(70)])[1]).toMatchObject({ fault: "west", recoverySeconds: 20 });
  });

  it("groups the occurrences of one name, and takes those that overlap as one", () => {
    // [40, 70] with a dip of 1 bucket and 3 touched; [150, 160] with one of 3 buckets and 180; medians of 10 and 30.
    const control = inOrder(
      ...fault("flaky", 40, 60),
      ...fault("flaky", 50, 70),
      ...fault("flaky", 150, 160),
    );
    const record = run(
      [
        [4, 5, { good: 90, touched: 3 }],
        [15, 18, DOWN],
      ],
      control,
    );
    expect(only(record)).toMatchObject({
      fault: "flaky",
      occurrences: 3,
      startSeconds: 40,
      endSeconds: 160,
      // Windows 4 … 6 and 15 … 17.
      blastRadius: { requestShare: 183 / 600, goodputLost: (10 + 180) / 600 },
      recoverySeconds: 20,
    });
  });

  it("takes medians over replications, in which one that never ends is the longest", () => {
    const lasting = (buckets: number, seed: number): RunRecord => ({
      ...run([[10, 10 + buckets, DOWN]]),
      seed,
    });
    expect(assess([lasting(2, 1), lasting(20, 2), lasting(3, 3)])).toMatchObject([
      { occurrences: 1, recoverySeconds: 30, recovered: false },
    ]);
    expect(assess([lasting(2, 1), lasting(20, 2)])).toMatchObject([{ recoverySeconds: null }]);
    expect(assess([lasting(2, 1), lasting(5, 2)])).toMatchObject([
      { recoverySeconds: 35, recovered: true },
    ]);
  });
});

describe("assessResilience against a baseline", () => {
  it("expects in each bucket what the run of the same seed has there", () => {
    const evening = [10, 30, { offered: 200, answered: 100, good: 100 }] as const;
    const baseline = { ...run([evening], []), seed: 7 };
    const other = { ...run([], []), seed: 8 };
    // Half of the requests are good then anyway, and 40 of 200 are not enough: Σ over buckets 10 … 14.
    const record = { ...run([evening, [10, 12, { good: 40 }]]), seed: 7 };
    expect(assess([record], [other, baseline])[0]).toMatchObject({
      blastRadius: { goodputLost: 120 / 500 },
      recoverySeconds: 20,
    });
    // Of another seed, it is none: the level is that before, where all were good.
    expect(assess([record], [other])[0]).toMatchObject({ recovered: false });
  });

  it("finds nothing wrong with a run that is like its baseline, whatever happens in it", () => {
    const bucket = fc.record({
      offered: fc.integer({ min: 0, max: 500 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(bucket, { minLength: BUCKETS, maxLength: BUCKETS }), (drawn) => {
        const stretches = drawn.map(({ offered, share }, index): Stretch => {
          const good = Math.floor(offered * share);
          return [index, index + 1, { offered, answered: good, good }];
        });
        const record = run(stretches);
        const { blastRadius, recoverySeconds, recovered } = only(record, run(stretches, []));
        expect(blastRadius.goodputLost ?? 0).toBe(0);
        expect(recoverySeconds ?? 0).toBe(0);
        expect(recovered).not.toBe(false);
      }),
      { seed: 20_261_122, numRuns: 200 },
    );
  });

  it("refuses buckets of another width", () => {
    const timeline = timelineByHand([CALM], { bucketSeconds: 20, pools: 2 });
    expect(() => only(run([]), { ...run([], []), timeline })).toThrow(/buckets as wide/);
  });

  it("gives shares that are shares, and recovers exactly when it knows in what time", () => {
    const bucket = fc.record({
      good: fc.integer({ min: 0, max: 100 }),
      touched: fc.integer({ min: 0, max: 100 }),
      inSystem: fc.integer({ min: 0, max: 200 }),
    });
    const times = fc.tuple(fc.integer({ min: 0, max: 299 }), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(
        fc.array(bucket, { minLength: BUCKETS, maxLength: BUCKETS }),
        times,
        (drawn, [start, lasts]) => {
          const stretches = drawn.map(
            (one, index): Stretch => [index, index + 1, { answered: one.good, ...one }],
          );
          const assessed = only(run(stretches, fault("east", start, start + lasts)));
          const { requestShare, goodputLost } = assessed.blastRadius;
          for (const share of [requestShare!, goodputLost ?? 0, assessed.availabilityInWindow!]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          expect(assessed.recovered === true).toBe(assessed.recoverySeconds !== null);
          expect(assessed.recoverySeconds ?? 0).toBeGreaterThanOrEqual(0);
          expect(assessed.recoverySeconds ?? 0).toBeLessThanOrEqual(300 - start);
        },
      ),
      { seed: 20_261_122, numRuns: 300 },
    );
  });
});
