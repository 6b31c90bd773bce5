/** When the peak is expected: by rate profiles, by traces, and where there is none. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { expectedPeak, expectedRequests } from "../../../planner/stress/expected-load";
import { resolvedWorkload } from "../../support/resolved";
import { fleetScenario, HOUR, profiled, traceOf } from "./stress-fixture";

/** A slice is a 240th of the window. */
const SLICE = HOUR / 240;

const constant = { kind: "constant", value: 1 } as const;
const closed = resolvedWorkload({
  arrivals: { kind: "closed", concurrency: 50, thinkSeconds: constant, requestsMax: 1e9 },
});

describe("expectedPeak", () => {
  it("finds the top of a triangle, wherever it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), (share) => {
        const top = share * HOUR;
        const workload = profiled([
          { atSeconds: 0, factor: 0 },
          { atSeconds: top, factor: 2 },
          { atSeconds: HOUR, factor: 0 },
        ]);
        const peak = expectedPeak(fleetScenario({ workloads: [workload] }));
        expect(peak.isPeak).toBe(true);
        // A stretch of 12 slices leans to the gentler side: never further than it is wide.
        expect(Math.abs(peak.seconds - top)).toBeLessThan(12 * SLICE);
        expect(peak.fromSeconds).toBeLessThanOrEqual(peak.seconds);
        expect(peak.toSeconds).toBeGreaterThanOrEqual(peak.seconds);
      }),
      { numRuns: 50 },
    );
  });

  it("takes the whole plateau for the peak", () => {
    const workload = profiled([
      { atSeconds: 0, factor: 0.5 },
      { atSeconds: 1200, factor: 0.5 },
      { atSeconds: 1200, factor: 2 },
      { atSeconds: 2400, factor: 2 },
      { atSeconds: 2400, factor: 0.5 },
      { atSeconds: HOUR, factor: 0.5 },
    ]);
    const peak = expectedPeak(fleetScenario({ workloads: [workload] }));
    expect(peak.fromSeconds).toBeGreaterThan(1200 - 2 * SLICE);
    expect(peak.fromSeconds).toBeLessThanOrEqual(1200);
    expect(peak.toSeconds).toBeGreaterThanOrEqual(2400);
    expect(peak.toSeconds).toBeLessThan(2400 + 2 * SLICE);
  });

  it("takes the middle of the window where the load is flat, or not known before a run", () => {
    for (const workloads of [[resolvedWorkload()], [closed]]) {
      const scenario = fleetScenario({ workloads, durationSeconds: 1000, warmUpSeconds: 200 });
      expect(expectedPeak(scenario)).toEqual({
        isPeak: false,
        seconds: 600,
        fromSeconds: 200,
        toSeconds: 1000,
      });
    }
  });

  it("weighs requests by their tokens: few long ones outweigh many short ones", () => {
    const tokens = (value: number) => ({
      kind: "distributions" as const,
      input: { kind: "constant" as const, value },
      output: { kind: "constant" as const, value: 1 },
      rankCorrelation: 0,
    });
    const early = profiled([
      { atSeconds: 0, factor: 2 },
      { atSeconds: HOUR, factor: 0 },
    ]);
    const late = profiled([
      { atSeconds: 0, factor: 0 },
      { atSeconds: HOUR, factor: 1 },
    ]);
    const workloads = [
      { ...early, tokens: tokens(99) },
      { ...late, name: "long", tokens: tokens(9999) },
    ];
    expect(expectedPeak(fleetScenario({ workloads })).seconds).toBeGreaterThan(0.9 * HOUR);
  });

  it("counts the rows of a trace, at its speed, pass after pass", () => {
    // Ten rows in the first minute of a trace of ten minutes, and one at its end.
    const rows = [...Array(10).keys()].map((row) => [row, 100, 10] as const);
    const trace = traceOf([...rows, [600, 100, 10]]);
    const arrivals = { kind: "trace", trace, speed: 1, loop: false, sample: 1 } as const;
    const workload = resolvedWorkload({ arrivals, tokens: { kind: "from-arrivals" } });
    const scenario = fleetScenario({ workloads: [workload], durationSeconds: 700 });
    expect(expectedPeak(scenario).seconds).toBeLessThan(60);
    expect(expectedRequests(scenario, workload, [0, 700])).toBe(11);
    expect(expectedRequests(scenario, workload, [5, 600])).toBe(5);
    // A pass of a loop lasts 600 s and a mean gap of 60 s.
    const looped = { ...workload, arrivals: { ...arrivals, loop: true, speed: 2, sample: 0.5 } };
    expect(expectedRequests(scenario, looped, [0, 330])).toBe(11 / 2);
    expect(expectedRequests(scenario, looped, [0, 660])).toBe(11);
  });
});

describe("expectedRequests", () => {
  it("is the integral of the rate, cut at the most that are sent", () => {
    const scenario = fleetScenario();
    const workload = resolvedWorkload();
    expect(expectedRequests(scenario, workload, [100, 200])).toBeCloseTo(1000, 6);
    const few = { ...workload, arrivals: { ...workload.arrivals, requestsMax: 1500 } } as const;
    expect(expectedRequests(scenario, few as typeof workload, [100, 200])).toBeCloseTo(500, 6);
  });

  it("counts the turns of a session where it starts", () => {
    const turns = { kind: "constant", value: 4 } as const;
    const sessions = { turns, thinkSeconds: constant, overflow: { kind: "end" } } as const;
    const workload = resolvedWorkload({ sessions });
    expect(expectedRequests(fleetScenario(), workload, [0, 10])).toBeCloseTo(400, 6);
  });

  it("does not know the rate of clients that wait for their answers", () => {
    expect(expectedRequests(fleetScenario(), closed, [0, 10])).toBeUndefined();
  });
});
