/** When the trouble strikes: never without time before and after it, and at the peak where it can be. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { spoken, stressTimes, strikeAt } from "../../../planner/stress/stress-times";
import { FAILOVER, fleetScenario, HOUR, MINUTE, profiled } from "./stress-fixture";

const seconds = (value: number) => ({ kind: "constant", value }) as const;
const coldStart = {
  nodeSeconds: { kind: "uniform", min: 100, max: 300 },
  imagePullSeconds: seconds(30),
  weightLoadSeconds: { kind: "exponential", mean: 70 },
} as const;

describe("stressTimes", () => {
  it("derives detection, failover and cold starts from the policies", () => {
    const scenario = fleetScenario({
      pools: [
        { replicas: 2, coldStart },
        { regionIndex: 1, replicas: 2 },
      ],
      policies: { failover: FAILOVER },
    });
    const times = stressTimes(scenario);
    // 10 s × 3; and the TTL of 60 s. Means: (100 + 300) / 2 + 30 + 70.
    expect(times.detectionSeconds).toBe(30);
    expect(times.shiftSeconds).toBe(90);
    expect(times.coldStartSeconds).toBe(300);
    expect(times.comebackSeconds).toBe(90 + 1.5 * 300);
    // At least ten minutes, three shifts, and two of everything that has to happen.
    expect(times.lossSeconds).toBe(2 * (90 + 300));
    const slow = { ...coldStart, weightLoadSeconds: seconds(1000) };
    const slower = stressTimes(
      fleetScenario({
        pools: [{ replicas: 1, coldStart: slow }],
        policies: { failover: FAILOVER },
      }),
    );
    expect(slower.lossSeconds).toBe(2 * (90 + 200 + 30 + 1000));
  });

  it("has nothing to detect without failover", () => {
    const times = stressTimes(fleetScenario());
    expect([times.detectionSeconds, times.shiftSeconds]).toEqual([0, 0]);
  });
});

describe("strikeAt", () => {
  it("leaves an eighth of the window before, takes a quarter at most, and leaves what it can after", () => {
    const numbers = fc.record({
      duration: fc.integer({ min: 60, max: 86_400 * 7 }),
      warmUpShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
      top: fc.double({ min: 0, max: 1, noNaN: true }),
      wanted: fc.integer({ min: 1, max: 100_000 }),
      after: fc.integer({ min: 0, max: 100_000 }),
    });
    fc.assert(
      fc.property(numbers, ({ duration, warmUpShare, top, wanted, after }) => {
        const workload = profiled([
          { atSeconds: 0, factor: 0.1 },
          { atSeconds: top * duration, factor: 5 },
          { atSeconds: duration, factor: 0.1 },
        ]);
        const warmUpSeconds = Math.floor(warmUpShare * duration);
        const times = stressTimes(
          fleetScenario({ workloads: [workload], durationSeconds: duration, warmUpSeconds }),
        );
        const strike = strikeAt(times, wanted, after);
        const window = duration - warmUpSeconds;
        const length = strike.endSeconds - strike.startSeconds;
        // Times are cut to whole seconds.
        expect(strike.startSeconds).toBeGreaterThan(warmUpSeconds + window / 8 - 1 - 1e-9);
        expect(length).toBeLessThanOrEqual(Math.min(wanted, window / 4) + 1e-9);
        expect(length).toBeGreaterThan(0);
        expect(strike.endSeconds).toBeLessThanOrEqual(duration);
        // As much time after it as it wants, or it strikes as early as it may.
        const isEarliest = strike.startSeconds <= warmUpSeconds + window / 8 + 1e-9;
        const left = duration - strike.endSeconds;
        expect(left >= Math.max(300, after) - 1e-6 || isEarliest).toBe(true);
        expect(strike.notes.length > 0 || wanted <= window / 4).toBe(true);
      }),
    );
  });

  it("strikes at the peak when there is room, and says so", () => {
    const workload = profiled([
      { atSeconds: 0, factor: 0 },
      { atSeconds: HOUR / 2, factor: 2 },
      { atSeconds: HOUR, factor: 0 },
    ]);
    const times = stressTimes(fleetScenario({ workloads: [workload] }));
    const strike = strikeAt(times, MINUTE);
    expect(Math.abs(strike.startSeconds - HOUR / 2)).toBeLessThan(HOUR / 100);
    expect(strike.text).toMatch(/^at the expected peak, 30 min into the run, for 60 s$/);
    expect(strike.notes).toEqual([]);
  });

  it("says what was cut short, and that it is not at the peak", () => {
    const workload = profiled([
      { atSeconds: 0, factor: 0 },
      { atSeconds: HOUR, factor: 2 },
    ]);
    const times = stressTimes(fleetScenario({ workloads: [workload] }));
    const { notes, text } = strikeAt(times, 2 * HOUR);
    expect(text).not.toContain("peak");
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain("Shortened from 2 h");
    expect(notes[1]).toContain("The expected peak is at 58.5 min");
  });
});

describe("spoken", () => {
  it("says times in the unit that reads best, to three digits", () => {
    expect([0.5, 90, 1234, 50_400, 400_000].map(spoken)).toEqual([
      "500 ms",
      "90 s",
      "20.6 min",
      "14 h",
      "4.63 d",
    ]);
  });
});
