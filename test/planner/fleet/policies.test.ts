import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { NO_POLICIES, NO_POOL_POLICIES } from "../../../planner/fleet/resolved-policies";
import { goodFleet, goodPool, readFleet } from "./small-fleet";

const NONE = Number.POSITIVE_INFINITY;

describe("a fleet that is given no policy", () => {
  const fleet = goodFleet({});

  it("has none switched on", () => {
    expect(fleet.policies).toEqual(NO_POLICIES);
    for (const pool of fleet.pools) {
      expect(pool.autoscaling).toBeUndefined();
      expect(pool.circuitBreaker).toBeUndefined();
      expect(pool.healthCheck).toEqual(NO_POOL_POLICIES.healthCheck);
      expect(pool.purchase).toEqual(NO_POOL_POLICIES.purchase);
    }
  });

  it("has three zones per region, and the same number of replicas throughout", () => {
    expect(fleet.regions.map(({ zones }) => zones)).toEqual([3, 3]);
    expect(goodFleet({ "regions.us-east-1.zones": "6" }).regions.map(({ zones }) => zones)).toEqual(
      [3, 6],
    );
    for (const pool of fleet.pools)
      expect([pool.replicas, pool.replicasMin, pool.replicasMax]).toEqual([4, 4, 4]);
  });
});

describe("circuitBreaker", () => {
  it("takes numbers, auto and unlimited, and shares them over all processes of the gateway", () => {
    const { circuitBreaker } = goodPool({
      gateway: "{ replicas: 3 }",
      retry: "{}",
      circuitBreaker:
        "{ maxConnections: unlimited, maxPendingRequests: 64, maxParallelRequests: auto, retryBudget: { percent: 20%, minRetryConcurrency: 5 } }",
    });
    expect(circuitBreaker).toEqual({
      maxConnections: NONE,
      maxPendingRequests: 64,
      // 4 replicas × 100 sequences.
      maxParallelRequests: 400,
      maxParallelRetries: 3 * 1024,
      retryBudget: { share: 0.2, minRetryConcurrency: 5 },
    });
  });

  it("follows the concurrency of all replicas and ranks where it is auto", () => {
    const pool = goodPool({
      "h100.replicas": "{ min: 2, max: 6 }",
      "h100.engine": "{ dataParallel: 2, maxSequences: 101 }",
      autoscaling: "{ metric: in-flight, target: 50 }",
      retry: "{}",
      circuitBreaker:
        "{ maxConnections: auto, maxPendingRequests: auto, maxParallelRequests: auto, maxParallelRetries: auto }",
    });
    const concurrency = 6 * 101 * 2;
    expect(pool.circuitBreaker).toEqual({
      maxConnections: concurrency,
      maxPendingRequests: Math.ceil(concurrency / 10),
      maxParallelRequests: concurrency,
      maxParallelRetries: Math.ceil(concurrency / 5),
      retryBudget: undefined,
    });
  });

  it("gives every process of the gateway one of everything, even where auto is less", () => {
    const pool = goodPool({
      "h100.replicas": "1",
      "h100.engine.maxSequences": "2",
      gateway: "{ replicas: 7 }",
      circuitBreaker: "{ maxPendingRequests: auto, maxParallelRequests: auto }",
    });
    expect(pool.circuitBreaker).toMatchObject({ maxPendingRequests: 7, maxParallelRequests: 7 });
  });

  it("counts requests of a prefill pool until its decode pools have finished them", () => {
    const model = "model: llama-3.1-8b-instruct, instanceType: p5.48xlarge";
    const { pools } = goodFleet({
      "h100.role": "prefill",
      "regions.us-east-1.pools.d": `{ ${model}, replicas: 3, role: decode, engine: { maxSequences: 50 } }`,
      circuitBreaker: "{ maxParallelRequests: auto }",
    });
    const limits = pools.map(({ name, circuitBreaker }) => [
      name,
      circuitBreaker?.maxParallelRequests,
    ]);
    expect(limits).toEqual([
      ["eu-west-1/h100", 400],
      // The gateway sends nothing to a decode pool.
      ["us-east-1/d", undefined],
      ["us-east-1/h100", 4 * 100 + 3 * 50],
    ]);
  });

  it("is replaced as a whole by a pool's own, or switched off there", () => {
    const fleet = goodFleet({
      circuitBreaker: "{ maxPendingRequests: 7, maxParallelRequests: 8 }",
      "h100.circuitBreaker": "{ maxParallelRequests: 9 }",
      "regions.eu-west-1.pools.h100.circuitBreaker": "none",
    });
    const [europe, america] = fleet.pools;
    expect(europe?.circuitBreaker).toBeUndefined();
    expect(america?.circuitBreaker).toMatchObject({
      maxPendingRequests: 1024,
      maxParallelRequests: 9,
    });
  });
});

describe("healthCheck", () => {
  it("takes every setting", () => {
    const { healthCheck } = goodPool({
      healthCheck: `
        passive: { consecutive5XxErrors: 3, interval: 2 s, baseEjectionTime: 10 s, maxEjectionTime: 1 min,
                   maxEjectionPercent: 50%, alwaysEjectOneEndpoint: true, halfOpenRequests: 2 }
        active: { interval: 5 s, timeout: 2 s, unhealthyThreshold: 2, healthyThreshold: 4 }
        panicThreshold: 30%`,
    });
    expect(healthCheck).toEqual({
      passive: {
        consecutive5XxErrors: 3,
        intervalSeconds: 2,
        baseEjectionSeconds: 10,
        maxEjectionSeconds: 60,
        maxEjectionShare: 0.5,
        alwaysEjectOneEndpoint: true,
        halfOpenRequests: 2,
      },
      active: { intervalSeconds: 5, timeoutSeconds: 2, unhealthyThreshold: 2, healthyThreshold: 4 },
      panicThreshold: 0.3,
    });
  });

  it("may be a pool's own, or none there", () => {
    const changes = { healthCheck: "{ active: {} }", "h100.healthCheck": "none" };
    const [europe, america] = goodFleet(changes).pools;
    expect(europe?.healthCheck.active).toBeDefined();
    expect(america?.healthCheck).toEqual(NO_POOL_POLICIES.healthCheck);
  });

  it("may eject exactly one of ten at 10%, as Envoy does", () => {
    expect(
      goodPool({
        "h100.replicas": "10",
        "regions.eu-west-1.pools.h100.replicas": "1",
        healthCheck: "{ passive: {} }",
      }).healthCheck.passive?.maxEjectionShare,
    ).toBe(0.1);
  });
});

describe("retry, timeout, hedging and draining", () => {
  it("take every setting; triggers have an order of their own", () => {
    const { policies } = goodFleet({
      retry: `
        numRetries: 3
        retryOn: [retriable-status-codes, connect-failure, reset-before-request, connect-failure]
        perRetry: { timeout: 20 s, backOff: { baseInterval: 50 ms, maxInterval: 2 s } }`,
      timeout:
        "{ connectTimeout: 2 s, requestTimeout: 5 min, streamIdleTimeout: 30 s, maxStreamDuration: 4 min }",
      hedging: "{ after: 2 s, maxShare: 3% }",
      draining: "{ timeout: 90 s, onLoss: migrate }",
    });
    expect(policies).toMatchObject({
      retry: {
        numRetries: 3,
        retryOn: ["connect-failure", "reset-before-request", "retriable-status-codes"],
        perRetryTimeoutSeconds: 20,
        baseIntervalSeconds: 0.05,
        maxIntervalSeconds: 2,
      },
      timeout: {
        connectSeconds: 2,
        requestSeconds: 300,
        streamIdleSeconds: 30,
        maxStreamSeconds: 240,
      },
      hedging: { afterSeconds: 2, maxShare: 0.03 },
      draining: { timeoutSeconds: 90, onLoss: "migrate" },
    });
  });
});

describe("admission", () => {
  it("takes every setting", () => {
    const { admission } = goodFleet({
      admission: `
        rateLimit:
          - { requests: 5/s, per: tenant }
          - { requests: 50/s, inputTokens: 200k/s, burst: 10 s }
        concurrency: 300
        priorityShedding: { standard: 90%, batch: 70% }
        deadlineAware: true
        queue: { limit: 100, timeout: 5 s }
        retryAfter: 3 s
        admissionControl: { minSuccessRate: 90%, minRequestRate: 5/s, samplingWindow: 1 min, maxRejectionPercent: 50%, rejectionAggression: 2 }`,
    }).policies;
    expect(admission).toEqual({
      rateLimit: [
        { unit: "input-tokens", per: "all", perSecond: 200_000, burst: 2_000_000 },
        { unit: "requests", per: "all", perSecond: 50, burst: 500 },
        { unit: "requests", per: "tenant", perSecond: 5, burst: 5 },
      ],
      maxConcurrency: 300,
      shedAboveShare: { interactive: 1, standard: 0.9, batch: 0.7 },
      isDeadlineAware: true,
      queueLimit: 100,
      queueTimeoutSeconds: 5,
      retryAfterSeconds: 3,
      admissionControl: {
        minSuccessRate: 0.9,
        minRequestsPerSecond: 5,
        samplingWindowSeconds: 60,
        maxRejectionShare: 0.5,
        rejectionAggression: 2,
      },
    });
  });

  it("takes one rate limit without a list", () => {
    const { admission } = goodFleet({
      admission: "{ rateLimit: { requests: 2/min, burst: 1 min } }",
    }).policies;
    expect(admission?.rateLimit).toEqual([
      { unit: "requests", per: "all", perSecond: 2 / 60, burst: 2 },
    ]);
  });
});

describe("queue", () => {
  it("takes every setting", () => {
    expect(
      goodFleet({
        queue:
          "{ visibilityTimeout: 20 min, heartbeat: false, maxReceiveCount: 3, retention: 2 d, deadLetterRetention: 10 d, consumersPerReplica: 8, maxOutstandingPerReplica: 16, maxAge: 1 h }",
      }).policies.queue,
    ).toEqual({
      visibilityTimeoutSeconds: 1200,
      heartbeat: false,
      maxReceiveCount: 3,
      retentionSeconds: 172_800,
      deadLetterRetentionSeconds: 864_000,
      consumersPerReplica: 8,
      maxOutstandingPerReplica: 16,
      maxAgeSeconds: 3600,
    });
  });

  it("sees three missed heartbeats, or 1.2 times the longest attempt, where visibility is auto", () => {
    const visibility = (changes: Readonly<Record<string, string>>) =>
      goodFleet(changes).policies.queue.visibilityTimeoutSeconds;
    expect(visibility({ queue: "{ visibilityTimeout: auto }" })).toBe(90);
    expect(
      visibility({
        queue: "{ visibilityTimeout: auto, heartbeat: false }",
        timeout: "{ maxStreamDuration: 10 min, requestTimeout: 15 min }",
      }),
    ).toBe(720);
  });
});

describe("failover", () => {
  // Regions in order of name: eu-west-1, us-east-1; origins: eu-west, us-east.
  it.each([
    ["latency", { kind: "latency" }],
    ["{ weighted: { us-east-1: 70, eu-west-1: 30 } }", { kind: "weighted", weights: [30, 70] }],
    ["{ weighted: { us-east-1: 1 } }", { kind: "weighted", weights: [0, 1] }],
    ["{ primaryBackup: [us-east-1, eu-west-1] }", { kind: "primary-backup", order: [1, 0] }],
    [
      "{ geo: { us-east: us-east-1, europe-west: eu-west-1, asia-east: us-east-1 } }",
      { kind: "geo", regionOfOrigin: [0, 1] },
    ],
    [
      "{ geo: { default: us-east-1, eu-west: eu-west-1 } }",
      { kind: "geo", regionOfOrigin: [0, 1] },
    ],
  ])("resolves policy: %s", (policy, resolved) => {
    const { failover } = goodFleet({ "failover.policy": policy }).policies;
    expect(failover?.policy).toEqual(resolved);
  });

  it("takes every setting", () => {
    const { failover } = goodFleet({
      failover: `
        healthCheck: { interval: 10 s, failureThreshold: 2, successThreshold: 5, minHealthyShare: 50% }
        ttl: 30 s
        resolversIgnoringTtl: { share: 5%, hold: 30 min }`,
    }).policies;
    expect(failover).toEqual({
      policy: { kind: "latency" },
      healthCheck: {
        intervalSeconds: 10,
        failureThreshold: 2,
        successThreshold: 5,
        minHealthyShare: 0.5,
      },
      ttlSeconds: 30,
      ignoringTtl: { share: 0.05, holdSeconds: 1800 },
    });
  });

  it("may check every 45 s where only Cloud DNS does", () => {
    const pool = "{ model: llama-3.1-8b-instruct, instanceType: a3-highgpu-8g, replicas: 1 }";
    const { failover } = goodFleet({
      regions: `{ us-central1: { pools: { a: ${pool} } }, europe-west4: { pools: { a: ${pool} } } }`,
      "failover.healthCheck": "{ interval: 45 s }",
    }).policies;
    expect(failover?.healthCheck.intervalSeconds).toBe(45);
  });
});

describe("the example of the README", () => {
  it("is a good fleet with every policy", () => {
    const readme = readFileSync(
      path.resolve(__dirname, "../../../planner/fleet/README.md"),
      "utf8",
    );
    const [, example = ""] = /```yaml\n([^`]*)```/.exec(readme) ?? [];
    const { fleet, problems } = readFleet((parse(example) as { fleet: object }).fleet);
    expect(problems).toEqual([]);
    expect(Object.values(fleet!.policies)).not.toContain(undefined);
    // 12 replicas × 256 sequences.
    expect(fleet!.pools[0]!.circuitBreaker?.maxParallelRequests).toBe(3072);
  });
});
