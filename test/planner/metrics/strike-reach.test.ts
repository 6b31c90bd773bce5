/**
 * What a fault does to the requests that are in flight when it strikes, which arrived before: runs made by hand
 * (resilience-fixture.ts), with every expected figure worked out beside its case. The fault lasts from 100 to 150 s.
 */
import { describe, expect, it } from "@jest/globals";
import { assess, DOWN, fault, inOrder, only, run, type Stretch } from "./resilience-fixture";

/** On average 50 in the system; of those that arrive in buckets 8 and 9, some are lost when it strikes. */
const IN_FLIGHT: readonly Stretch[] = [
  [0, 30, { inSystem: 50 }],
  [8, 9, { touched: 10, answered: 95, good: 94 }],
  [9, 10, { touched: 20, answered: 85, good: 80 }],
  [10, 13, DOWN],
];

describe("requests in flight when a fault strikes", () => {
  it("belong to what it reaches", () => {
    // 500 in buckets 10 … 14 and 50 in flight. Touched 180 + 30; unanswered 150 + 20; not good 180 + 26.
    expect(only(run(IN_FLIGHT))).toMatchObject({
      blastRadius: { requestShare: 210 / 550, goodputLost: 206 / 550 },
      availabilityInWindow: 380 / 550,
      recoverySeconds: 30,
    });
    // Against a baseline they are the same.
    const baseline = run([[0, 30, { inSystem: 50 }]], []);
    expect(only(run(IN_FLIGHT), baseline)).toMatchObject({
      blastRadius: { requestShare: 210 / 550, goodputLost: 206 / 550 },
      availabilityInWindow: 380 / 550,
    });
  });

  it("are no more than there were", () => {
    const few = run([...IN_FLIGHT, [0, 30, { inSystem: 12 }]]);
    expect(only(few)).toMatchObject({
      blastRadius: { requestShare: 192 / 512, goodputLost: 192 / 512 },
      availabilityInWindow: 350 / 512,
    });
  });

  it("do not make worse what is taken for normal", () => {
    // The level is that of buckets 0 … 4, where all were good; over 0 … 9 it would be 0.75, and 90 no dip.
    const record = run([
      [5, 10, { touched: 50, good: 50 }],
      [10, 12, { good: 90 }],
    ]);
    expect(only(record).recoverySeconds).toBe(20);
  });

  it("reach back to the first bucket without more touched than usual", () => {
    // 10 in bucket 6 are another matter, as bucket 7 has none.
    const record = run([...IN_FLIGHT, [6, 7, { touched: 10, answered: 90, good: 90 }]]);
    expect(only(record).blastRadius.requestShare).toBe(210 / 550);
  });

  it("are told from those that are touched as a rule, and from chance", () => {
    // 5 of 100 as a rule: up to 5 + 2 · √(100 · 0.05 · 0.95) = 9.36 is chance.
    const usual = [0, 30, { touched: 5, inSystem: 50 }] as const;
    const withTouched = (touched: number) => only(run([usual, [9, 10, { touched }]]));
    // Five buckets with 5 of 100 each, and 50 in flight.
    expect(withTouched(9).blastRadius.requestShare).toBe(25 / 550);
    expect(withTouched(10).blastRadius.requestShare).toBe(35 / 550);
    // The baseline knows that this bucket has more as a rule.
    const record = run([usual, [9, 10, { touched: 10 }]]);
    const baseline = run([usual, [9, 10, { touched: 6 }]], []);
    expect(only(record, baseline).blastRadius.requestShare).toBe(25 / 550);
  });

  it("are not those that an earlier fault has touched", () => {
    const record = run(
      [
        [0, 30, { inSystem: 50 }],
        [7, 10, DOWN],
      ],
      inOrder(...fault("west", 70, 80), ...fault("east", 100, 150)),
    );
    // West: buckets 7 … 9 and 50 in flight; east: 500 in buckets 10 … 14 and 50 in flight, none of them touched.
    expect(assess([record]).map(({ blastRadius }) => blastRadius.requestShare)).toEqual([
      180 / 350,
      0,
    ]);
  });

  it("show no later fault what is normal", () => {
    // West reaches back to bucket 5 and is over in 11; east is measured against 0 … 4 and 11, where all were good.
    const record = run(
      [
        [5, 10, { touched: 50, good: 50 }],
        [12, 14, { good: 90 }],
      ],
      inOrder(...fault("west", 100, 110), ...fault("east", 120, 150)),
    );
    expect(assess([record])[1]).toMatchObject({ fault: "east", recoverySeconds: 20 });
  });

  it("are left out where it is not known what to expect, and at the very start", () => {
    const usual = [0, 30, { inSystem: 50 }] as const;
    const early = run([usual, [0, 4, DOWN]], fault("east", 0, 20));
    expect(only(early).blastRadius.requestShare).toBe(0.6);
    // Nothing before east is undisturbed.
    const second = run(
      [usual, [2, 4, DOWN]],
      inOrder(...fault("west", 0, 20), ...fault("east", 20, 40)),
    );
    expect(assess([second])[1]).toMatchObject({
      blastRadius: { requestShare: 0.6, goodputLost: null },
      availabilityInWindow: 0.5,
      recovered: null,
    });
  });
});
