/**
 * The examples of the Kubernetes documentation as expected values. "HPA page" is
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/; KEP-853 is kubernetes/enhancements
 * keps/sig-autoscaling/853-configurable-hpa-scale-velocity, whose stories are worked out minute by minute.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedScalingRules } from "../../../../planner/fleet/resolved-policies";
import { autoscaling, FREE, WIDE, wantedBy } from "./autoscaling-cases";

const FROM = (initial: number) => ({ ...WIDE, initial });
const NONE = Number.POSITIVE_INFINITY;

function rules(changes: Partial<ResolvedScalingRules>): ResolvedScalingRules {
  return { ...FREE, ...changes };
}

describe("Autoscaler, as the HPA page says", () => {
  it("doubles the replicas at twice the target and halves them at half of it (Algorithm details)", () => {
    const policy = autoscaling({ target: 100, tolerance: 0.1 });
    expect(wantedBy(policy, FROM(6), [6 * 200])).toEqual([12]);
    expect(wantedBy(policy, FROM(6), [6 * 50])).toEqual([3]);
  });

  it("leaves the replicas alone within the tolerance of 0.1 (Algorithm details)", () => {
    const policy = autoscaling({ target: 100, tolerance: 0.1 });
    expect(wantedBy(policy, FROM(10), [900, 1000, 1100])).toEqual([10, 10, 10]);
    expect(wantedBy(policy, FROM(10), [1101])).toEqual([12]);
    expect(wantedBy(policy, FROM(10), [899])).toEqual([9]);
  });

  it("goes from 50 to 60 replicas at 90 % of a target of 75 % (blog of 2025-04-28, configurable tolerance)", () => {
    expect(wantedBy(autoscaling({ target: 75, tolerance: 0.1 }), FROM(50), [50 * 90])).toEqual([
      60,
    ]);
  });

  it("goes from 80 to 10 replicas by 10 % a minute, and by 4 a minute below 40 (Scaling policies)", () => {
    const policy = autoscaling({ scaleDown: rules({ pods: 4, share: 0.1 }) });
    // 8 of 80; 7.2 of 72 is rounded up to 8; then 6.4, 5.7, 5.1 and 4.5 are; from 40 on it is 4.
    expect(wantedBy(policy, FROM(80), Array(15).fill(10))).toEqual([
      72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10, 10,
    ]);
  });

  it("adds 4 pods or 100 % every 15 s, whichever is more (Default behavior)", () => {
    const policy = autoscaling({
      pollingIntervalSeconds: 15,
      scaleUp: rules({ pods: 4, share: 1, periodSeconds: 15 }),
    });
    expect(wantedBy(policy, FROM(1), Array(6).fill(100))).toEqual([5, 10, 20, 40, 80, 100]);
  });

  it("goes down to the minimum at once after 300 s (Default behavior)", () => {
    const policy = autoscaling({
      scaleDown: rules({ stabilizationWindowSeconds: 300, share: 1, periodSeconds: 15 }),
    });
    expect(wantedBy(policy, FROM(10), [10, 2, 2, 2, 2, 2, 2])).toEqual([10, 10, 10, 10, 10, 2, 2]);
  });

  it("holds the replicas of the start for the window, as if they had been recommended", () => {
    // recordInitialRecommendation of the controller; the recommendation of 0 s is over at 300 s.
    const policy = autoscaling({ scaleDown: rules({ stabilizationWindowSeconds: 300 }) });
    expect(wantedBy(policy, FROM(10), [2, 2, 2, 2, 2])).toEqual([10, 10, 10, 10, 2]);
  });
});

describe("Autoscaler, as KEP-853 says", () => {
  it("story 1: 900 % a minute takes one pod to 10, 100, 1000", () => {
    const policy = autoscaling({ scaleUp: rules({ share: 9 }) });
    expect(wantedBy(policy, FROM(1), Array(3).fill(9000))).toEqual([10, 100, 1000]);
  });

  it("story 2: one pod in 10 minutes takes 1000 pods to 999, and 9 minutes later to 998", () => {
    const policy = autoscaling({ scaleDown: rules({ pods: 1, periodSeconds: 600 }) });
    const minutes = wantedBy(policy, FROM(1000), Array(21).fill(1));
    expect(minutes.slice(0, 10)).toEqual(Array(10).fill(999));
    expect(minutes.slice(10, 20)).toEqual(Array(10).fill(998));
    expect(minutes[20]).toBe(997);
  });

  it("story 3: one pod in 5 minutes goes 1, 2, 3, 4", () => {
    const policy = autoscaling({ scaleUp: rules({ pods: 1, periodSeconds: 300 }) });
    const minutes = wantedBy(policy, FROM(1), Array(15).fill(100));
    expect([0, 4, 5, 9, 10, 14].map((minute) => minutes[minute])).toEqual([2, 2, 3, 3, 4, 4]);
  });

  it("story 5: goes down by the largest of 10 minutes of recommendations", () => {
    const policy = autoscaling({
      scaleDown: rules({ stabilizationWindowSeconds: 600, pods: 5, periodSeconds: 60 }),
    });
    const recommendations = [10, 9, 8, 9, 9, 8, 9, 8, 9, 8, 7];
    expect(wantedBy(policy, FROM(10), recommendations)).toEqual([...Array(10).fill(10), 9]);
  });

  it("story 6: goes up by the smallest of 5 minutes of recommendations", () => {
    const policy = autoscaling({
      scaleUp: rules({ stabilizationWindowSeconds: 300, pods: 20, periodSeconds: 60 }),
      scaleDown: rules({ pods: 0, share: NONE }),
    });
    // The page keeps six recommendations of a minute each in 300 s; the controller, and this, keep five.
    expect(wantedBy(policy, FROM(2), [2, 3, 19, 10, 3, 4, 7])).toEqual([2, 2, 2, 2, 2, 3, 3]);
  });
});
