/** The HPA's calculation against the cases that Kubernetes itself tests it by, and its own laws. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { recommendReplicas } from "../../../../planner/simulation/autoscaling/recommend-replicas";

const CAMPAIGN = { seed: 20_261_204, numRuns: 500 };

/** Of the controller's own tests (defaultTestingTolerance). */
const TOLERANCE = 0.1;

describe("recommendReplicas", () => {
  // Loads, ready and wanted pods and results of kubernetes/kubernetes
  // pkg/controller/podautoscaler/replica_calculator_test.go, by the name of the case.
  it.each([
    ["ScaleUp", [300, 500, 700], 3, 300, 5],
    ["ScaleUpUnreadyLessScale", [500, 700], 3, 300, 4],
    ["ScaleUpUnreadyNoScale", [400], 3, 300, 3],
    ["TolerancePerPodCMExternal", [8600 / 3, 8600 / 3, 8600 / 3], 3, 2900, 3],
    ["MissingMetrics", [400, 95], 4, 1000, 3],
    ["MissingMetricsNoChangeEq", [1000], 2, 1000, 2],
    ["MissingMetricsNoChangeGt", [1900], 2, 1000, 2],
    ["MissingMetricsNoChangeLt", [600], 2, 1000, 2],
    ["MissingMetricsUnreadyScaleUp", [2000], 3, 500, 4],
    ["PlainMetric MissingMetricsNoChangeEq", [20_000, 19_000, 21_000], 5, 20_000, 5],
  ])("gives what the controller gives: %s", (_name, levels, wanted, target, expected) => {
    const load = levels.reduce((sum, level) => sum + level, 0);
    expect(recommendReplicas(load, levels.length, wanted, target, TOLERANCE)).toBe(expected);
  });

  it("is the load over the target, rounded up, when all are ready and the tolerance is exceeded", () => {
    const law = fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 100 }), (load, target) => {
      const needed = Math.ceil(load / target);
      const wanted = needed * 2 + 1;
      expect(recommendReplicas(load, wanted, wanted, target, TOLERANCE)).toBe(needed);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("does not add a replica for what float64 adds: 2.1 / 0.7 is 3", () => {
    expect(2.1 / 0.7).toBeGreaterThan(3);
    expect(recommendReplicas(2.1, 2, 2, 0.7, 0)).toBe(3);
    expect(recommendReplicas(7.7, 7, 7, 1, TOLERANCE)).toBe(7);
  });

  it("keeps what is wanted while none is ready and nothing is measured, and answers a queue's depth in full", () => {
    expect(recommendReplicas(0, 0, 4, 10, TOLERANCE)).toBe(4);
    expect(recommendReplicas(30, 0, 4, 10, TOLERANCE)).toBe(4);
    expect(recommendReplicas(200, 0, 4, 10, TOLERANCE)).toBe(20);
  });

  it("counts a load in full that was measured over more replicas than are wanted now", () => {
    expect(recommendReplicas(8, 8, 1, 1, TOLERANCE)).toBe(8);
    expect(recommendReplicas(4, 8, 6, 1, TOLERANCE)).toBe(4);
  });

  it("for all states, grows with the load, and changes nothing for a pool at its target", () => {
    const law = fc.property(
      fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 2, maxLength: 10 }),
      fc.nat(20),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(0, TOLERANCE, 0.5),
      (loads, ready, wanted, tolerance) => {
        const at = (load: number): number => recommendReplicas(load, ready, wanted, 1, tolerance);
        const replicas = [...loads].sort((a, b) => a - b).map(at);
        expect(replicas).toEqual([...replicas].sort((a, b) => a - b));
        expect(at(Math.min(ready, wanted))).toBe(wanted);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all states, replicas that start never make it recommend more than the load needs", () => {
    const law = fc.property(
      fc.double({ min: 0, max: 60, noNaN: true }),
      fc.nat(20),
      fc.nat(20),
      (load, ready, unready) => {
        const wanted = Math.max(1, ready + unready);
        const replicas = recommendReplicas(load, ready, wanted, 1, TOLERANCE);
        expect(replicas).toBeLessThanOrEqual(Math.max(wanted, Math.ceil(load)));
        expect(replicas).toBeGreaterThanOrEqual(Math.min(wanted, unready));
      },
    );
    fc.assert(law, CAMPAIGN);
  });
});
