/** Autoscaling policies and the polls of an autoscaler, for tests. */
import * as fc from "fast-check";
import type {
  ResolvedAutoscaling,
  ResolvedScalingRules,
} from "../../../../planner/fleet/resolved-policies";
import {
  Autoscaler,
  type LoadSample,
  type ReplicaBounds,
} from "../../../../planner/simulation/autoscaling/autoscaler";

const NONE = Number.POSITIVE_INFINITY;

/** Neither a window nor a policy. */
export const FREE: ResolvedScalingRules = {
  stabilizationWindowSeconds: 0,
  pods: NONE,
  share: NONE,
  periodSeconds: 60,
};

/** One load unit per replica, a decision a minute, nothing that holds it back; `changes` on top. */
export function autoscaling(changes: Partial<ResolvedAutoscaling> = {}): ResolvedAutoscaling {
  return {
    metric: "in-flight",
    target: 1,
    pollingIntervalSeconds: 60,
    metricLagSeconds: 0,
    tolerance: 0,
    scaleUp: FREE,
    scaleDown: FREE,
    cooldownSeconds: 300,
    activation: 0,
    schedule: [],
    predictive: undefined,
    ...changes,
  };
}

export const WIDE: ReplicaBounds = { min: 1, max: 10_000, initial: 1 };

export interface Decision {
  readonly seconds: number;
  readonly load: number;
  readonly before: number;
  readonly wanted: number;
}

/** One decision per load; by default every wanted replica is ready. */
export function decide(
  autoscaler: Autoscaler,
  loads: readonly number[],
  readyOf: (wanted: number) => number = (wanted) => wanted,
): Decision[] {
  return loads.map((load) => {
    const seconds = autoscaler.nextSeconds;
    const before = autoscaler.wanted;
    const wanted = autoscaler.poll(seconds, { load, ready: readyOf(before) }, 1);
    return { seconds, load, before, wanted };
  });
}

/** The replicas wanted after each load. */
export function wantedBy(
  policy: ResolvedAutoscaling,
  bounds: ReplicaBounds,
  loads: readonly number[],
): number[] {
  return decide(new Autoscaler(bounds, policy, 0), loads).map(({ wanted }) => wanted);
}

/** Calls the autoscaler whenever it asks for it until the end; the replicas wanted after each decision, by time. */
export function runUntil(
  autoscaler: Autoscaler,
  endSeconds: number,
  sampleAt: (seconds: number) => LoadSample,
): Map<number, number> {
  const wanted = new Map<number, number>();
  for (
    let seconds = autoscaler.nextSeconds;
    seconds <= endSeconds;
    seconds = autoscaler.nextSeconds
  ) {
    wanted.set(seconds, autoscaler.poll(seconds, sampleAt(seconds), 1));
  }
  return wanted;
}

/** Rules in whole percents and multiples of 15 s, so that the tests' own arithmetic is exact. */
export const anyRules: fc.Arbitrary<ResolvedScalingRules> = fc.record({
  stabilizationWindowSeconds: fc.constantFrom(0, 15, 60, 100, 300),
  pods: fc.constantFrom(0, 1, 2, 4, NONE),
  share: fc.constantFrom(0, 0.1, 0.5, 1, 9, NONE),
  periodSeconds: fc.constantFrom(15, 60, 100, 300),
});

export const anyAutoscaling: fc.Arbitrary<ResolvedAutoscaling> = fc
  .record({
    pollingIntervalSeconds: fc.constantFrom(15, 30, 60),
    tolerance: fc.constantFrom(0, 0.1),
    scaleUp: anyRules,
    scaleDown: anyRules.map((rules) => ({ ...rules, share: Math.min(rules.share, 1) })),
    cooldownSeconds: fc.constantFrom(0, 60, 300),
    activation: fc.constantFrom(0, 2),
    schedule: fc.constantFrom([], [{ startSeconds: 300, endSeconds: 900, replicas: 6 }]),
    predictive: fc.constantFrom(
      undefined,
      { method: "trend" as const, windowSeconds: 300, lookaheadSeconds: 120 },
      { method: "profile" as const, windowSeconds: 300, lookaheadSeconds: 120 },
    ),
  })
  .map(autoscaling);

export const anyLoads = fc.array(
  fc.integer({ min: 0, max: 300 }).map((tenths) => tenths / 10),
  {
    minLength: 1,
    maxLength: 60,
  },
);
