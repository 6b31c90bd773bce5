import { describe, expect, it } from "@jest/globals";
import { models } from "../../../planner/catalog";
import {
  COLD_START_DEFAULTS,
  interruptionsPerHourDefault,
  replicasPerNode,
  SPOT_UNAVAILABLE_DEFAULT,
  spotNoticeDefault,
  weightLoadDefault,
} from "../../../planner/fleet/capacity-defaults";
import type { Default } from "../../../planner/fleet/defaults";
import * as defaults from "../../../planner/fleet/policy-defaults";
import { goodFleet, goodPool } from "./small-fleet";

const NONE = Number.POSITIVE_INFINITY;

/** What each policy comes to when it is given and its settings are not; the published value stands beside it. */
describe("defaults of policies", () => {
  it("circuitBreaker: Envoy Gateway's 1024 of everything, in each process", () => {
    const limits = {
      maxConnections: 1024,
      maxPendingRequests: 1024,
      maxParallelRequests: 1024,
      maxParallelRetries: 1024,
      retryBudget: undefined,
    };
    expect(goodPool({ circuitBreaker: "{}" }).circuitBreaker).toEqual(limits);
    expect(
      goodPool({ circuitBreaker: "{}", gateway: "{ replicas: 3 }" }).circuitBreaker,
    ).toMatchObject({ maxConnections: 3072, maxPendingRequests: 3072 });
  });

  it("retryBudget: 20% and 3 (Envoy's config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget)", () => {
    const pool = goodPool({ circuitBreaker: "{ retryBudget: {} }", retry: "{}" });
    expect(pool.circuitBreaker?.retryBudget).toEqual({ share: 0.2, minRetryConcurrency: 3 });
  });

  it("healthCheck: Envoy Gateway's HealthCheck, PassiveHealthCheck and ActiveHealthCheck", () => {
    const pool = goodPool({
      "h100.replicas": "10",
      "regions.eu-west-1.pools.h100.replicas": "10",
      healthCheck: "{ passive: {}, active: {} }",
    });
    expect(pool.healthCheck).toEqual({
      passive: {
        consecutive5XxErrors: 5,
        intervalSeconds: 3,
        baseEjectionSeconds: 30,
        // Envoy's max_ejection_time: the larger of 300 s and base_ejection_time.
        maxEjectionSeconds: 300,
        maxEjectionShare: 0.1,
        alwaysEjectOneEndpoint: false,
        halfOpenRequests: NONE,
      },
      active: { intervalSeconds: 3, timeoutSeconds: 1, unhealthyThreshold: 3, healthyThreshold: 1 },
      panicThreshold: 0.5,
    });
    const long = goodPool({
      healthCheck: "{ passive: { baseEjectionTime: 10 min, alwaysEjectOneEndpoint: true } }",
    });
    expect(long.healthCheck.passive?.maxEjectionSeconds).toBe(600);
  });

  it("retry: Envoy Gateway's Retry; Envoy's 25 ms and ten times the base", () => {
    expect(goodFleet({ retry: "{}" }).policies.retry).toEqual({
      numRetries: 2,
      retryOn: ["connect-failure", "refused-stream", "retriable-status-codes"],
      perRetryTimeoutSeconds: NONE,
      baseIntervalSeconds: 0.025,
      maxIntervalSeconds: 0.25,
    });
    const { retry } = goodFleet({
      retry: "{ perRetry: { backOff: { baseInterval: 1 s } } }",
    }).policies;
    expect(retry?.maxIntervalSeconds).toBe(10);
  });

  it("timeout: Envoy's 5 s to connect, and none else", () => {
    expect(goodFleet({ timeout: "{}" }).policies.timeout).toEqual({
      connectSeconds: 5,
      requestSeconds: NONE,
      streamIdleSeconds: NONE,
      maxStreamSeconds: NONE,
    });
  });

  it("admission: nothing is refused but for what is given", () => {
    expect(
      goodFleet({ admission: "{ rateLimit: { requests: 50/s } }" }).policies.admission,
    ).toEqual({
      rateLimit: [{ unit: "requests", per: "all", perSecond: 50, burst: 50 }],
      maxConcurrency: NONE,
      shedAboveShare: { interactive: 1, standard: 1, batch: 1 },
      isDeadlineAware: false,
      queueLimit: 0,
      queueTimeoutSeconds: 0,
      retryAfterSeconds: 0,
      admissionControl: undefined,
    });
  });

  it("admissionControl: Envoy Gateway's AdmissionControl", () => {
    const { admission } = goodFleet({ admission: "{ admissionControl: {} }" }).policies;
    expect(admission?.admissionControl).toEqual({
      minSuccessRate: 0.95,
      minRequestsPerSecond: 0,
      samplingWindowSeconds: 30,
      maxRejectionShare: 0.8,
      rejectionAggression: 1,
    });
  });

  it("hedging: at most 5% more load", () => {
    expect(goodFleet({ hedging: "{ after: 1 s }" }).policies.hedging?.maxShare).toBe(0.05);
  });

  it("queue: SQS's four days, and fourteen for dead letters, Pub/Sub's ten minutes and five deliveries", () => {
    expect(goodFleet({ queue: "{}" }).policies.queue).toEqual({
      visibilityTimeoutSeconds: 600,
      heartbeat: true,
      maxReceiveCount: 5,
      retentionSeconds: 4 * 86_400,
      deadLetterRetentionSeconds: 14 * 86_400,
      consumersPerReplica: 32,
      maxOutstandingPerReplica: 64,
      maxAgeSeconds: NONE,
    });
  });

  it("failover: Route 53's standard health check, one threshold both ways, 60 s", () => {
    expect(goodFleet({ failover: "{}" }).policies.failover).toEqual({
      policy: { kind: "latency" },
      healthCheck: {
        intervalSeconds: 30,
        failureThreshold: 3,
        successThreshold: 3,
        minHealthyShare: 0.01,
      },
      ttlSeconds: 60,
      ignoringTtl: { share: 0, holdSeconds: 60 },
    });
    const { failover } = goodFleet({
      failover: "{ healthCheck: { failureThreshold: 5 } }",
    }).policies;
    expect(failover?.healthCheck.successThreshold).toBe(5);
  });

  it("draining: ten minutes, and what is lost has failed", () => {
    expect(goodFleet({ draining: "{}" }).policies.draining).toEqual({
      timeoutSeconds: 600,
      onLoss: "fail",
    });
  });

  it("autoscaling: KEDA's 30 s and 300 s, and the HPA's tolerance and behaviour", () => {
    const { autoscaling } = goodPool({
      "h100.replicas": "{ min: 1, max: 9 }",
      autoscaling: "{ metric: waiting, target: 1, predictive: { lookahead: 1 min } }",
    });
    expect(autoscaling).toEqual({
      metric: "waiting",
      target: 1,
      pollingIntervalSeconds: 30,
      metricLagSeconds: 30,
      tolerance: 0.1,
      scaleUp: { stabilizationWindowSeconds: 0, pods: 4, share: 1, periodSeconds: 15 },
      scaleDown: { stabilizationWindowSeconds: 300, pods: NONE, share: 1, periodSeconds: 15 },
      cooldownSeconds: 300,
      activation: 0,
      schedule: [],
      predictive: { lookaheadSeconds: 60, method: "trend", windowSeconds: 600 },
    });
  });

  it("each say why", () => {
    const isDefault = (value: unknown): value is Default<unknown> =>
      typeof value === "object" && value !== null && "reason" in value;
    const collect = (value: unknown): Default<unknown>[] => {
      if (isDefault(value)) return [value];
      return typeof value === "object" && value !== null
        ? Object.values(value).flatMap(collect)
        : [];
    };
    const region = { cloud: "aws" } as Parameters<typeof spotNoticeDefault>[0];
    const all = [
      ...Object.values(defaults).flatMap(collect),
      ...Object.values(COLD_START_DEFAULTS),
      defaults.limitDefault({ replicas: 1 }),
      defaults.limitDefault({ replicas: 3 }),
      defaults.maxEjectionTimeDefault(30),
      defaults.maxEjectionTimeDefault(900),
      defaults.maxIntervalDefault(1),
      defaults.successThresholdDefault(3),
      defaults.autoVisibility(true, NONE)!,
      defaults.autoVisibility(false, 60)!,
      interruptionsPerHourDefault(undefined, region),
      replicasPerNode(undefined, 1),
      spotNoticeDefault(region),
      weightLoadDefault(models[0]!, "bf16"),
      SPOT_UNAVAILABLE_DEFAULT,
    ];
    expect(all.length).toBeGreaterThan(50);
    for (const { value, reason } of all) {
      expect(value).toBeDefined();
      expect(reason).toMatch(/^.{2,}[^.]$/);
    }
    for (const reason of Object.values(defaults.AUTO_LIMIT_REASONS))
      expect(reason).toMatch(/^auto: /);
  });
});
