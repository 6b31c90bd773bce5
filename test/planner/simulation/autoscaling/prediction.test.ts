/** The trend against another implementation of least squares, and what predictions do to decisions. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { linearRegression, linearRegressionLine } from "simple-statistics";
import { Autoscaler } from "../../../../planner/simulation/autoscaling/autoscaler";
import { LoadTrend } from "../../../../planner/simulation/autoscaling/load-trend";
import { anyLoads, autoscaling, decide, FREE, WIDE, wantedBy } from "./autoscaling-cases";

const CAMPAIGN = { seed: 20_261_205, numRuns: 300 };

function trendOf(points: readonly (readonly [number, number])[], windowSeconds: number): LoadTrend {
  const trend = new LoadTrend(windowSeconds);
  for (const [seconds, load] of points) trend.observe(seconds, load);
  return trend;
}

describe("LoadTrend", () => {
  it("for all samples, gives the least-squares line of those in the window, cut off at 0", () => {
    const law = fc.property(
      anyLoads,
      fc.integer({ min: 1, max: 80 }),
      fc.nat(2_000_000),
      (loads, inWindow, start) => {
        const points = loads.map((load, i) => [start + 15 * i, load] as const);
        const last = points.at(-1)![0];
        const kept = points.slice(-inWindow).map(([seconds, load]) => [seconds - last, load]);
        const line = linearRegressionLine(linearRegression(kept));
        const expected = Math.max(0, kept.length === 1 ? loads.at(-1)! : line(300));
        const trend = trendOf(points, 15 * inWindow);
        expect(Math.abs(trend.loadAt(last + 300) - expected)).toBeLessThan(1e-7 * (1 + expected));
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("draws a straight line out exactly, and repeats a single sample", () => {
    const line = [0, 30, 60, 90].map((seconds) => [seconds, 5 + seconds / 10] as const);
    expect(trendOf(line, 300).loadAt(290)).toBeCloseTo(34, 10);
    expect(trendOf([[90, 7]], 300).loadAt(1000)).toBe(7);
  });
});

describe("Autoscaler with prediction", () => {
  const trend = { method: "trend", windowSeconds: 600, lookaheadSeconds: 180 } as const;
  const profile = { method: "profile", windowSeconds: 600, lookaheadSeconds: 180 } as const;

  it("wants now what a rising line needs after the lookahead", () => {
    // 2 more a minute: in 3 minutes 6 more than now. The first sample alone has no trend.
    const policy = autoscaling({ predictive: trend });
    const loads = [10, 12, 14, 16];
    expect(wantedBy(policy, { ...WIDE, initial: 10 }, loads)).toEqual([10, 18, 20, 22]);
  });

  it("takes the lag into account: the line is drawn from when the samples were taken", () => {
    const policy = autoscaling({ predictive: trend, metricLagSeconds: 60 });
    // Decisions see 10, 12 and 14 a minute late; 3 minutes ahead of now is 4 ahead of the sample.
    const autoscaler = new Autoscaler({ ...WIDE, initial: 10 }, policy, 0);
    const wanted = [10, 12, 14, 16].map((load) =>
      autoscaler.poll(autoscaler.nextSeconds, { load, ready: autoscaler.wanted }, 1),
    );
    expect(wanted).toEqual([10, 10, 20, 22]);
  });

  it("keeps to the load when it falls or when less is expected", () => {
    const loads = [20, 16, 12, 8];
    const bounds = { ...WIDE, initial: 20 };
    expect(wantedBy(autoscaling({ predictive: trend }), bounds, loads)).toEqual(loads);
    const autoscaler = new Autoscaler(bounds, autoscaling({ predictive: profile }), 0);
    expect(autoscaler.poll(60, { load: 18, ready: 20 }, 0.5)).toBe(18);
  });

  it("multiplies the load by the growth that the profile expects", () => {
    const autoscaler = new Autoscaler(WIDE, autoscaling({ predictive: profile }), 0);
    expect(autoscaler.poll(60, { load: 8, ready: 8 }, 1.5)).toBe(12);
    const reactive = new Autoscaler(WIDE, autoscaling(), 0);
    expect(reactive.poll(60, { load: 8, ready: 8 }, 1.5)).toBe(8);
  });

  it("for all loads, never wants less than without prediction", () => {
    const law = fc.property(anyLoads, fc.constantFrom(trend, profile), (loads, predictive) => {
      const wanted = (policy: Parameters<typeof autoscaling>[0]): number[] =>
        decide(new Autoscaler(WIDE, autoscaling(policy), 0), loads).map((one) => one.wanted);
      const held = { scaleDown: { ...FREE, stabilizationWindowSeconds: 300 } };
      const reactive = wanted(held);
      const predicted = wanted({ ...held, predictive });
      for (const [i, replicas] of predicted.entries())
        expect(replicas).toBeGreaterThanOrEqual(reactive[i]!);
    });
    fc.assert(law, CAMPAIGN);
  });
});
