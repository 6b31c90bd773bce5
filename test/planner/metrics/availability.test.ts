/** Availability and its interval, against Wilson's formula as printed in textbooks. */
import { describe, expect, it } from "@jest/globals";
import { summarizeAvailability } from "../../../planner/metrics/availability";
import { groupCells } from "../../../planner/metrics/cell-group";
import { halfWidth95, wilson95 } from "../../../planner/metrics/confidence";
import { cellByHand, recordByHand } from "../../support/run-records";

/** Offered, completed and in flight of each replication. */
function availabilityOf(...runs: readonly (readonly [number, number, number])[]) {
  const records = runs.map(([offered, completed, inFlight]) =>
    recordByHand([cellByHand({ counts: { offered, completed, inFlight } })]),
  );
  return summarizeAvailability(groupCells(records, () => true, false));
}

describe("wilson95", () => {
  it.each([
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %d in %d is %d to %d", (successes, trials, low, high) => {
    expect(wilson95(successes, trials).low).toBeCloseTo(low, 4);
    expect(wilson95(successes, trials).high).toBeCloseTo(high, 4);
  });
});

describe("summarizeAvailability", () => {
  it("is the completed share of what is over: one in flight is neither", () => {
    expect(availabilityOf([100, 90, 0]).value).toBe(0.9);
    expect(availabilityOf([100, 81, 10]).value).toBe(0.9);
    expect(availabilityOf([100, 90, 0], [300, 300, 0]).value).toBe(390 / 400);
  });

  it("is unknown while nothing is over", () => {
    const unknown = { value: null, low: null, high: null };
    expect(availabilityOf([0, 0, 0])).toEqual(unknown);
    expect(availabilityOf([5, 0, 5])).toEqual(unknown);
  });

  it("takes Wilson's interval for a single run, and never a share of 1 for certain", () => {
    expect(availabilityOf([1000, 990, 0])).toEqual({ value: 0.99, ...wilson95(990, 1000) });
    // z² = 3.8416: n / (n + z²).
    const { low, high } = availabilityOf([1000, 1000, 0]);
    expect(low).toBeCloseTo(1000 / 1003.8416, 9);
    expect(high).toBe(1);
  });

  it("is wider where replications differ by more than chance", () => {
    const { value, low, high } = availabilityOf([1000, 1000, 0], [1000, 900, 0], [1000, 950, 0]);
    const halfWidth = halfWidth95([1, 0.9, 0.95])!;
    expect(halfWidth).toBeGreaterThan(0.05);
    expect([value, low, high]).toEqual([0.95, 0.95 - halfWidth, 1]);
    // Equal ones say no more than all of their requests together.
    expect(availabilityOf([1000, 900, 0], [1000, 900, 0])).toEqual({
      value: 0.9,
      ...wilson95(1800, 2000),
    });
  });
});
