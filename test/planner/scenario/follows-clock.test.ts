import { describe, expect, it } from "@jest/globals";
import { followsClock, runStartSeconds } from "../../../planner/scenario/follows-clock";
import { resolveSmall } from "../../support/scenario-text";

const PROFILE = "workloads.chat.arrivals.profile";
const DIURNAL = `${PROFILE}={diurnal: {peakHour: 15, peakToMean: 2}}`;

describe("followsClock", () => {
  it.each([
    [DIURNAL, true],
    [`${PROFILE}={weekly: [1, 1, 1, 1, 1, 0.5, 0.5]}`, true],
    [`${PROFILE}={ramp: {from: 1, to: 2, over: 5min}}`, false],
    [`${PROFILE}={schedule: [{at: 1min, factor: 2}]}`, false],
    ["workloads.chat.arrivals={closed: {concurrency: 2}}", false],
    ["workloads.chat.arrivals={trace: small.csv}", false],
  ])("with %s is %s", (override, expected) => {
    expect(followsClock(resolveSmall([override]))).toBe(expected);
  });
});

describe("runStartSeconds", () => {
  it("is known where a profile follows the clock or a start was chosen, and nowhere else", () => {
    expect(runStartSeconds(resolveSmall())).toBeNull();
    expect(runStartSeconds(resolveSmall([DIURNAL]))).toBe(0);
    // A day and an hour after Monday 00:00.
    expect(runStartSeconds(resolveSmall(["horizon.start=tue 01:00"]))).toBe(90_000);
  });
});
