import { describe, expect, it } from "@jest/globals";
import { WEEK_SECONDS } from "../../../planner/foundation/week-time";
import { goodFleet, goodPool } from "./small-fleet";

const HOUR = 3600;
const DAY = 24 * HOUR;
const BOUNDS = { "h100.replicas": "{ min: 2, max: 12 }" };

const scaled = (autoscaling: string, replicas = "{ min: 2, max: 12 }") =>
  goodPool({ "h100.replicas": replicas, "h100.autoscaling": autoscaling }).autoscaling;

describe("replicas", () => {
  it("start at the minimum unless another number is given", () => {
    const pool = (replicas: string) => {
      const {
        replicas: initial,
        replicasMin,
        replicasMax,
      } = goodPool({
        "h100.replicas": replicas,
        autoscaling: "{ metric: queue-depth, target: 5 }",
      });
      return [initial, replicasMin, replicasMax];
    };
    expect(pool("{ min: 2, max: 12 }")).toEqual([2, 2, 12]);
    expect(pool("{ min: 2, max: 12, initial: 6 }")).toEqual([6, 2, 12]);
    expect(pool("{ min: 0, max: 3 }")).toEqual([0, 0, 3]);
  });
});

describe("autoscaling", () => {
  it("takes every setting", () => {
    expect(
      scaled(
        `
        metric: queue-depth
        target: 8
        pollingInterval: 15 s
        metricLag: 1 min
        tolerance: 5%
        scaleUp: { stabilizationWindow: 30 s, pods: 2, percent: 150%, period: 1 min }
        scaleDown: { stabilizationWindow: 10 min, pods: 1, period: 2 min }
        cooldownPeriod: 15 min
        activation: 3
        schedule: [{ start: "mon 08:00", end: "tue 20:00", replicas: 6 }]
        predictive: { lookahead: 10 min, method: trend, window: 5 min }`,
        "{ min: 0, max: 12 }",
      ),
    ).toEqual({
      metric: "queue-depth",
      target: 8,
      pollingIntervalSeconds: 15,
      metricLagSeconds: 60,
      tolerance: 0.05,
      scaleUp: { stabilizationWindowSeconds: 30, pods: 2, share: 1.5, periodSeconds: 60 },
      scaleDown: {
        stabilizationWindowSeconds: 600,
        pods: 1,
        // As in the HPA: a policy that is given stands alone.
        share: Number.POSITIVE_INFINITY,
        periodSeconds: 120,
      },
      cooldownSeconds: 900,
      activation: 3,
      schedule: [{ startSeconds: 8 * HOUR, endSeconds: DAY + 20 * HOUR, replicas: 6 }],
      predictive: { lookaheadSeconds: 600, method: "trend", windowSeconds: 300 },
    });
  });

  it.each([
    ["{ metric: kv-utilization, target: 70% }", 0.7],
    ["{ metric: kv-utilization, target: 0.7 }", 0.7],
    ["{ metric: in-flight, target: 48 }", 48],
    ["{ metric: waiting, target: 2.5 }", 2.5],
    ["{ metric: queue-depth, target: 5 }", 5],
    ["{ metric: request-rate, target: 90/min }", 1.5],
  ])("reads the target of %s in the unit of the metric", (autoscaling, target) => {
    expect(scaled(autoscaling)?.target).toBe(target);
  });

  it("is the fleet's for pools with bounds, unless a pool has its own or none", () => {
    const metrics = (changes: Readonly<Record<string, string>>) =>
      goodFleet({ autoscaling: "{ metric: waiting, target: 1 }", ...BOUNDS, ...changes }).pools.map(
        ({ autoscaling }) => autoscaling?.metric,
      );
    // The pool in eu-west-1 has a fixed number of replicas.
    expect(metrics({})).toEqual([undefined, "waiting"]);
    const both = { "regions.eu-west-1.pools.h100.replicas": "{ min: 1, max: 2 }" };
    expect(metrics({ ...both, "h100.autoscaling": "{ metric: in-flight, target: 9 }" })).toEqual([
      "waiting",
      "in-flight",
    ]);
    expect(metrics({ ...both, "h100.replicas": "3", "h100.autoscaling": "none" })).toEqual([
      "waiting",
      undefined,
    ]);
  });

  it("repeats a schedule without days on every day of the week, past midnight too", () => {
    const schedule = scaled(
      `{ metric: waiting, target: 1, schedule: [{ start: "22:00", end: "06:00", replicas: 4 }] }`,
    )?.schedule;
    expect(schedule).toHaveLength(7);
    for (const [day, { startSeconds, endSeconds }] of schedule!.entries()) {
      expect(startSeconds).toBe(day * DAY + 22 * HOUR);
      // Eight hours later, round the end of the week.
      expect((endSeconds - startSeconds + WEEK_SECONDS) % WEEK_SECONDS).toBe(8 * HOUR);
    }
    expect(schedule!.at(-1)!.endSeconds).toBe(6 * HOUR);
  });

  it("looks ahead by the pool's mean cold start when nothing else is said", () => {
    const pool = goodPool({
      ...BOUNDS,
      "h100.autoscaling": "{ metric: waiting, target: 1, predictive: {} }",
      coldStart: "{ node: 4 min, imagePull: 90 s, weights: { gamma: { mean: 3 min, cv: 0.4 } } }",
    });
    expect(pool.autoscaling?.predictive?.lookaheadSeconds).toBeCloseTo(240 + 90 + 180, 9);
  });
});
