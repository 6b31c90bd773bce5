/** When the autoscaler samples and decides, zero and the way there and back, schedules. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedScalingSchedule } from "../../../../planner/fleet/resolved-policies";
import { Autoscaler } from "../../../../planner/simulation/autoscaling/autoscaler";
import { scheduledReplicas } from "../../../../planner/simulation/autoscaling/scheduled-replicas";
import { autoscaling, decide, FREE, runUntil, WIDE, wantedBy } from "./autoscaling-cases";

const CAMPAIGN = { seed: 20_261_206, numRuns: 200 };
const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

describe("Autoscaler, sampling", () => {
  it("decides at multiples of the polling interval", () => {
    const autoscaler = new Autoscaler(WIDE, autoscaling({ pollingIntervalSeconds: 15 }), 0);
    const times = [...runUntil(autoscaler, 60, () => ({ load: 1, ready: 1 })).keys()];
    expect(times).toEqual([15, 30, 45, 60]);
  });

  it("for all lags, decides by the load of so long ago", () => {
    const law = fc.property(
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(10, 15, 60),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 601, maxLength: 601 }),
      (metricLagSeconds, pollingIntervalSeconds, loads) => {
        const policy = autoscaling({ metricLagSeconds, pollingIntervalSeconds });
        const autoscaler = new Autoscaler({ ...WIDE, initial: 7 }, policy, 0);
        // As if all replicas were ready at once: what starts holds decisions down, which is not the subject here.
        const wanted = runUntil(autoscaler, 600, (seconds) => ({
          load: loads[seconds]!,
          ready: WIDE.max,
        }));
        for (let at = pollingIntervalSeconds; at <= 600; at += pollingIntervalSeconds) {
          // Nothing is taken as a sample of the moment at which the run starts, or before.
          const expected = at > metricLagSeconds ? loads[at - metricLagSeconds] : 7;
          expect(wanted.get(at)).toBe(expected);
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("sees a step of the load after the lag, at the next decision", () => {
    const load = (seconds: number): number => (seconds >= 100 ? 12 : 4);
    const firstAt = (metricLagSeconds: number): number => {
      const policy = autoscaling({ pollingIntervalSeconds: 30, metricLagSeconds });
      const autoscaler = new Autoscaler({ ...WIDE, initial: 4 }, policy, 0);
      const wanted = runUntil(autoscaler, 600, (seconds) => ({ load: load(seconds), ready: 4 }));
      return [...wanted].find(([, replicas]) => replicas === 12)![0];
    };
    // The sample of the decision at 120 s is of 120, 105 and 90 s; that of 150 s of 120 and 100 s.
    expect([0, 15, 20, 30, 50, 51].map(firstAt)).toEqual([120, 120, 120, 150, 150, 180]);
  });
});

describe("Autoscaler, from and to zero", () => {
  const bounds = { min: 0, max: 20, initial: 0 };
  const policy = autoscaling({ activation: 5, cooldownSeconds: 300 });

  it("gets the first replica above the activation, and the rest from the next decision on", () => {
    const autoscaler = new Autoscaler(bounds, policy, 0);
    const wanted = decide(autoscaler, [0, 5, 6, 6], () => 0).map((one) => one.wanted);
    expect(wanted).toEqual([0, 0, 1, 6]);
  });

  it("goes to zero at once when there was no load above the activation for the cooldown", () => {
    const slow = autoscaling({
      activation: 5,
      cooldownSeconds: 300,
      scaleDown: { ...FREE, pods: 0 },
    });
    const busyUntil = (minutes: number): number[] => [
      ...Array<number>(minutes).fill(8),
      ...Array<number>(8).fill(5),
    ];
    // Load until minute 3: minutes 4 to 7 are not long enough, minute 8 is 300 s after the last load.
    expect(wantedBy(slow, { ...bounds, initial: 8 }, busyUntil(3))).toEqual([
      8, 8, 8, 8, 8, 8, 8, 0, 0, 0, 0,
    ]);
  });

  it("counts the start of the run as activity", () => {
    expect(wantedBy(policy, { ...bounds, initial: 3 }, [0, 0, 0, 0, 0, 0])).toEqual([
      1, 1, 1, 1, 0, 0,
    ]);
  });

  it("never goes to zero with a minimum", () => {
    const wanted = wantedBy(policy, { min: 1, max: 20, initial: 3 }, Array(20).fill(0));
    expect(wanted.at(-1)).toBe(1);
  });

  it("does not go to zero while no sample is old enough to know", () => {
    const late = autoscaling({ cooldownSeconds: 60, metricLagSeconds: 180 });
    const autoscaler = new Autoscaler({ ...bounds, initial: 3 }, late, 0);
    const wanted = runUntil(autoscaler, 300, () => ({ load: 0, ready: 3 }));
    expect([60, 120, 180, 240].map((at) => wanted.get(at))).toEqual([3, 3, 3, 0]);
  });

  it("is not held back by step limits or windows on the way from zero", () => {
    const strict = autoscaling({
      scaleUp: { ...FREE, stabilizationWindowSeconds: 600, pods: 0 },
    });
    expect(wantedBy(strict, bounds, [3, 3, 3])).toEqual([1, 1, 1]);
  });
});

describe("scheduledReplicas", () => {
  const nights: ResolvedScalingSchedule = {
    startSeconds: 22 * HOUR,
    endSeconds: DAY + 6 * HOUR,
    replicas: 4,
  };
  /** Sunday 20:00 to Monday 08:00. */
  const wrapped: ResolvedScalingSchedule = {
    startSeconds: 6 * DAY + 20 * HOUR,
    endSeconds: 8 * HOUR,
    replicas: 9,
  };

  it("holds the start of a window and not its end", () => {
    const at = (seconds: number): number => scheduledReplicas([nights], seconds);
    expect([22 * HOUR - 0.001, 22 * HOUR, DAY + 6 * HOUR - 0.001, DAY + 6 * HOUR].map(at)).toEqual([
      0, 4, 4, 0,
    ]);
  });

  it("wraps around the end of the week, in every week", () => {
    const at = (seconds: number): number => scheduledReplicas([wrapped], seconds);
    const times = [
      0,
      8 * HOUR - 1,
      8 * HOUR,
      wrapped.startSeconds - 1,
      wrapped.startSeconds,
      WEEK - 1,
    ];
    for (const week of [0, 1, 52]) {
      expect(times.map((seconds) => at(week * WEEK + seconds))).toEqual([9, 9, 0, 0, 9, 9]);
    }
  });

  it("takes the largest of windows that overlap", () => {
    const inner: ResolvedScalingSchedule = {
      ...nights,
      startSeconds: 23 * HOUR,
      endSeconds: DAY,
      replicas: 2,
    };
    expect(scheduledReplicas([inner, nights], 23.5 * HOUR)).toBe(4);
    expect(scheduledReplicas([nights, { ...inner, replicas: 7 }], 23.5 * HOUR)).toBe(7);
    expect(scheduledReplicas([], 0)).toBe(0);
  });

  it("for all windows, covers as much of a week as it is long", () => {
    const law = fc.property(fc.nat(167), fc.nat(167), (start, end) => {
      const window = { startSeconds: start * HOUR, endSeconds: end * HOUR, replicas: 1 };
      let hours = 0;
      for (let hour = 0; hour < 168; hour++) hours += scheduledReplicas([window], hour * HOUR);
      expect(hours).toBe((end - start + 168) % 168);
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("Autoscaler with a schedule", () => {
  /** Monday 00:10 to 00:20. */
  const schedule = [{ startSeconds: 600, endSeconds: 1200, replicas: 6 }];

  it("wants at least the schedule's replicas in its window, and what the load needs beside it", () => {
    const policy = autoscaling({ pollingIntervalSeconds: 300, schedule, tolerance: 0.1 });
    const autoscaler = new Autoscaler({ ...WIDE, initial: 2 }, policy, 0);
    const loads = [2, 2, 9, 2, 2];
    expect(decide(autoscaler, loads).map(({ seconds, wanted }) => [seconds, wanted])).toEqual([
      [300, 2],
      [600, 6],
      [900, 9],
      [1200, 2],
      [1500, 2],
    ]);
  });

  it("is in the week's time, not in the run's", () => {
    const policy = autoscaling({ pollingIntervalSeconds: 300, schedule });
    const autoscaler = new Autoscaler(WIDE, policy, WEEK - 300);
    expect(decide(autoscaler, [1, 1, 1, 1, 1]).map(({ wanted }) => wanted)).toEqual([
      1, 1, 6, 6, 1,
    ]);
  });

  it("wakes a pool at zero and keeps it awake; the cooldown begins with the window's end", () => {
    const policy = autoscaling({ pollingIntervalSeconds: 300, schedule, cooldownSeconds: 600 });
    const autoscaler = new Autoscaler({ min: 0, max: 10, initial: 0 }, policy, 0);
    const wanted = decide(autoscaler, Array(6).fill(0)).map((one) => one.wanted);
    // Awake at 600 s, whole at 900; the last decision within the window is that of 900 s, so zero comes at 1500 s.
    expect(wanted).toEqual([0, 1, 6, 1, 0, 0]);
  });

  it("goes beyond neither the maximum nor the step limits, and no tolerance swallows it", () => {
    const policy = autoscaling({
      pollingIntervalSeconds: 300,
      schedule: [{ ...schedule[0]!, endSeconds: 3000, replicas: 11 }],
      tolerance: 0.5,
      scaleUp: { ...FREE, pods: 1, periodSeconds: 300 },
    });
    const bounds = { min: 1, max: 10, initial: 8 };
    expect(wantedBy(policy, bounds, [8, 8, 8, 8, 8])).toEqual([8, 9, 10, 10, 10]);
  });

  it("starts on time even when no sample is old enough yet", () => {
    const policy = autoscaling({ pollingIntervalSeconds: 300, schedule, metricLagSeconds: 3000 });
    const autoscaler = new Autoscaler({ ...WIDE, initial: 3 }, policy, 0);
    const wanted = runUntil(autoscaler, 1500, () => ({ load: 1, ready: 3 }));
    expect([300, 600, 900, 1200, 1500].map((at) => wanted.get(at))).toEqual([3, 6, 6, 6, 6]);
  });
});
