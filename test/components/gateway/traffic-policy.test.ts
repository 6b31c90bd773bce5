import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type {
  CircuitBreakerArgs,
  PassiveHealthCheckArgs,
  RateLimitArgs,
  RetryArgs,
  TrafficPolicyArgs,
} from "../../../components/gateway";
import { backendTrafficPolicySpec } from "../../../components/gateway/backend-traffic-policy";
import { checkTrafficPolicy } from "../../../components/gateway/check-traffic-policy";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { manifestProblems } from "../../support/crd/problems";
import { breaker, llama } from "./gateway-fixture";
import { parseDurationMs } from "./parse-duration";

const lengths = { longestStreamSeconds: 900, longestSilenceSeconds: 60 };
const limits = {
  rateLimits: [],
  tenantHeader: "x-tenant-id",
  tokenCounter: { namespace: "io.envoy.ai_gateway", key: "llm_total_token" },
  replicas: 3,
};

const count = fc.oneof(
  fc.integer({ min: 1, max: 4_294_967_295 }),
  fc.constant(Number.POSITIVE_INFINITY),
);
const seconds = fc.double({ min: 0.001, max: 3600, noNaN: true });
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const percent = fc.integer({ min: 1, max: 100 });

const breakers: fc.Arbitrary<CircuitBreakerArgs> = fc.record({
  maxConnections: count,
  maxPendingRequests: fc.oneof(fc.constant(0), count),
  maxParallelRequests: count,
  retryBudget: fc.record({
    percent: fc.double({ min: 0.01, max: 100, noNaN: true }),
    minRetryConcurrency: fc.integer({ min: 0, max: 1000 }),
  }),
});
const passives: fc.Arbitrary<PassiveHealthCheckArgs> = fc.record({
  consecutive5XxErrors: fc.integer({ min: 1, max: 100 }),
  intervalSeconds: seconds,
  baseEjectionSeconds: seconds,
  maxEjectionPercent: percent,
  alwaysEjectOneEndpoint: fc.boolean(),
});
const retries: fc.Arbitrary<RetryArgs> = fc.record({
  numRetries: fc.integer({ min: 1, max: 10 }),
  retryOn: fc.uniqueArray(
    fc.constantFrom(
      "connect-failure" as const,
      "refused-stream" as const,
      "reset-before-request" as const,
      "retriable-status-codes" as const,
    ),
    { minLength: 1 },
  ),
  baseIntervalSeconds: fc.double({ min: 0.001, max: 1, noNaN: true }),
  maxIntervalSeconds: fc.double({ min: 1, max: 100, noNaN: true }),
});
/** Policies as a caller may write them, good and bad. */
const policies = fc
  .record({
    circuitBreaker: breakers,
    passiveHealthCheck: optional(passives),
    activeHealthCheck: optional(
      fc.record({
        path: fc.constant("/health"),
        intervalSeconds: seconds,
        timeoutSeconds: seconds,
        unhealthyThreshold: fc.integer({ min: 1, max: 10 }),
        healthyThreshold: fc.integer({ min: 1, max: 10 }),
      }),
    ),
    panicThresholdPercent: optional(fc.integer({ min: 0, max: 100 })),
    retry: optional(retries),
    admissionControl: optional(
      fc.record({
        minSuccessPercent: percent,
        minRequestsPerSecond: fc.integer({ min: 0, max: 1000 }),
        samplingWindowSeconds: fc.double({ min: 1, max: 600, noNaN: true }),
        maxRejectionPercent: percent,
        rejectionAggression: fc.integer({ min: 1, max: 10 }),
      }),
    ),
    timeouts: optional(
      fc.record({
        requestSeconds: optional(fc.double({ min: 1, max: 5000, noNaN: true })),
        streamIdleSeconds: optional(fc.double({ min: 1, max: 500, noNaN: true })),
        maxStreamSeconds: optional(fc.double({ min: 1, max: 5000, noNaN: true })),
      }),
    ),
    loadBalancing: optional(
      fc.constantFrom("least-request" as const, "round-robin" as const, "random" as const),
    ),
    slowStartSeconds: optional(seconds),
  })
  .map(
    (policy) =>
      Object.fromEntries(
        Object.entries(policy).filter(([, value]) => value !== undefined),
      ) as unknown as TrafficPolicyArgs,
  );

const object = (policy: TrafficPolicyArgs, rateLimits: readonly RateLimitArgs[] = []) => ({
  apiVersion: "gateway.envoyproxy.io/v1alpha1",
  kind: "BackendTrafficPolicy",
  metadata: { name: "probe" },
  spec: backendTrafficPolicySpec("probe", policy, { ...limits, rateLimits }),
});
const check = (change: Partial<TrafficPolicyArgs>, replicasMin?: number) =>
  checkTrafficPolicy({ ...llama, ...change }, { path: "llama", lengths, replicasMin });

describeWithDefinitions("a BackendTrafficPolicy", () => {
  describeWithRules("with rules", () => {
    it("for all policies that are accepted, is what the definition and its CEL rules take", () => {
      let accepted = 0;
      fc.assert(
        fc.property(policies, (policy) => {
          const context = { path: "llama", lengths, replicasMin: undefined };
          if (checkTrafficPolicy(policy, context).length > 0) return;
          accepted++;
          expect(manifestProblems(object(policy))).toEqual([]);
        }),
        { seed: 1, numRuns: 1000 },
      );
      expect(accepted).toBeGreaterThan(100);
    });

    it("takes limits over the gateway and of a process, on requests and on tokens", () => {
      expect(manifestProblems(object(llama, llama.rateLimits))).toEqual([]);
    });
  });
});

describe("backendTrafficPolicySpec", () => {
  it("for all policies that are accepted, has no timeout that cuts a stream", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const context = { path: "llama", lengths, replicasMin: undefined };
        if (checkTrafficPolicy(policy, context).length > 0) return;
        const spec = backendTrafficPolicySpec("probe", policy, limits);
        const { http } = spec["timeout"] as { http: Record<string, string> };
        const cuts = (text: string | undefined, least: number): boolean => {
          const ms = text === undefined ? 0 : parseDurationMs(text);
          return ms > 0 && ms < least * 1000;
        };
        expect(cuts(http["requestTimeout"], 900)).toBe(false);
        expect(cuts(http["maxStreamDuration"], 900)).toBe(false);
        expect(cuts(http["streamIdleTimeout"], 60)).toBe(false);
        // Left out, Envoy's own 15 s and 5 min would hold.
        expect([http["requestTimeout"], http["streamIdleTimeout"]]).not.toContain(undefined);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("writes each number where Envoy Gateway reads it", () => {
    const spec = backendTrafficPolicySpec("support-llama", llama, {
      ...limits,
      rateLimits: llama.rateLimits!,
    });
    expect(spec).toEqual({
      targetRefs: [
        { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "support-llama" },
      ],
      circuitBreaker: {
        maxConnections: 171,
        maxPendingRequests: 17,
        maxParallelRequests: 171,
        retryBudget: { percent: { numerator: 20, denominator: 100 }, minRetryConcurrency: 1 },
      },
      healthCheck: {
        passive: {
          consecutive5XxErrors: 5,
          interval: "3s",
          baseEjectionTime: "30s",
          maxEjectionPercent: 50,
          alwaysEjectOneEndpoint: false,
          splitExternalLocalOriginErrors: false,
        },
        active: {
          type: "HTTP",
          http: { path: "/health", expectedStatuses: [200] },
          interval: "5s",
          timeout: "2s",
          unhealthyThreshold: 2,
          healthyThreshold: 1,
        },
        panicThreshold: 0,
      },
      retry: {
        numRetries: 2,
        retryOn: {
          triggers: ["connect-failure", "refused-stream", "retriable-status-codes"],
          httpStatusCodes: [503],
        },
        perRetry: { backOff: { baseInterval: "25ms", maxInterval: "250ms" } },
      },
      admissionControl: {
        minSuccessRate: 95,
        minRequestRate: 2,
        samplingWindow: "30s",
        maxRejectionPercent: 80,
        rejectionAggression: 1,
      },
      loadBalancer: { type: "LeastRequest", slowStart: { window: "60s" } },
      rateLimit: {
        global: {
          rules: [
            {
              clientSelectors: [{ headers: [{ name: "x-tenant-id", type: "Distinct" }] }],
              limit: { requests: 600, unit: "Minute" },
            },
            {
              clientSelectors: [{ headers: [{ name: "x-tenant-id", type: "Distinct" }] }],
              limit: { requests: 200_000, unit: "Minute" },
              cost: {
                request: { from: "Number", number: 0 },
                response: {
                  from: "Metadata",
                  metadata: { namespace: "io.envoy.ai_gateway", key: "llm_total_token" },
                },
              },
            },
          ],
        },
        // 100 a second over 3 processes
        local: { rules: [{ limit: { requests: 34, unit: "Second" } }] },
      },
      timeout: {
        tcp: { connectTimeout: "5s" },
        http: {
          requestTimeout: "0s",
          streamIdleTimeout: "120s",
          connectionIdleTimeout: "3600s",
          maxStreamDuration: "900s",
        },
      },
    });
  });

  it("writes no limit as Envoy's largest, and a broken percentage as a fraction", () => {
    const unlimited = { ...breaker, maxConnections: Number.POSITIVE_INFINITY };
    const budget = { percent: 12.5, minRetryConcurrency: 3 };
    const policy = { ...llama, circuitBreaker: { ...unlimited, retryBudget: budget } };
    expect(backendTrafficPolicySpec("probe", policy, limits)["circuitBreaker"]).toMatchObject({
      maxConnections: 4_294_967_295,
      retryBudget: { percent: { numerator: 1250, denominator: 10_000 } },
    });
  });
});

describe("checkTrafficPolicy", () => {
  it("accepts what the planner's defaults become", () => {
    expect(check({})).toEqual([]);
  });

  const passive = llama.passiveHealthCheck!;
  const retry = llama.retry!;
  it.each<[string, Partial<TrafficPolicyArgs>]>([
    [
      "circuitBreaker.maxParallelRequests",
      { circuitBreaker: { ...breaker, maxParallelRequests: 0 } },
    ],
    ["circuitBreaker.maxConnections", { circuitBreaker: { ...breaker, maxConnections: 1.5 } }],
    [
      "circuitBreaker.maxParallelRetries",
      { circuitBreaker: { ...breaker, maxParallelRetries: 5 } },
    ],
    [
      "circuitBreaker.retryBudget.percent",
      { circuitBreaker: { ...breaker, retryBudget: { percent: 120, minRetryConcurrency: 3 } } },
    ],
    [
      "passiveHealthCheck.halfOpenRequests",
      { passiveHealthCheck: { ...passive, halfOpenRequests: 1 } },
    ],
    [
      "passiveHealthCheck.maxEjectionSeconds",
      { passiveHealthCheck: { ...passive, maxEjectionSeconds: 60 } },
    ],
    [
      "passiveHealthCheck.intervalSeconds",
      { passiveHealthCheck: { ...passive, intervalSeconds: 0 } },
    ],
    ["panicThresholdPercent", { panicThresholdPercent: 0.5 }],
    ["retry.retryOn[0]", { retry: { ...retry, retryOn: ["5xx" as "connect-failure"] } }],
    ["retry.retryOn[1]", { retry: { ...retry, retryOn: ["connect-failure", "reset" as never] } }],
    ["retry.retryOn[0]", { retry: { ...retry, retryOn: ["conect-failure" as never] } }],
    ["retry.retryOn", { retry: { ...retry, retryOn: [] } }],
    ["retry.perRetryTimeoutSeconds", { retry: { ...retry, perRetryTimeoutSeconds: 899 } }],
    ["retry.maxIntervalSeconds", { retry: { ...retry, maxIntervalSeconds: 0.01 } }],
    ["timeouts.requestSeconds", { timeouts: { requestSeconds: 899 } }],
    ["timeouts.maxStreamSeconds", { timeouts: { maxStreamSeconds: 600 } }],
    ["timeouts.streamIdleSeconds", { timeouts: { streamIdleSeconds: 59 } }],
    [
      "admissionControl.minSuccessPercent",
      { admissionControl: { ...llama.admissionControl!, minSuccessPercent: 0.95 } },
    ],
    [
      "admissionControl.samplingWindowSeconds",
      { admissionControl: { ...llama.admissionControl!, samplingWindowSeconds: 0.5 } },
    ],
    ["slowStartSeconds", { loadBalancing: "random" }],
    ["loadBalancing", { loadBalancing: "hash" as "random" }],
  ])("refuses %s where it does something else than it says", (path, change) => {
    expect(check(change).map((problem) => problem.path)).toEqual([`llama.${path}`]);
  });

  it("refuses retries without a limit on them", () => {
    const { retryBudget: _, ...unlimited } = breaker;
    expect(check({ circuitBreaker: unlimited })).toMatchObject([
      { path: "llama.circuitBreaker.retryBudget", fix: "give it, or maxParallelRetries" },
    ]);
    expect(check({ circuitBreaker: { ...unlimited, maxParallelRetries: 3 } })).toEqual([]);
  });

  it("refuses an ejection that never happens, in a pool that is too small for it", () => {
    const tenth = { ...passive, maxEjectionPercent: 10 };
    expect(check({ passiveHealthCheck: tenth }, 4)).toMatchObject([
      {
        path: "llama.passiveHealthCheck.maxEjectionPercent",
        got: 10,
        must: expect.stringContaining("at least 25 for 4 replicas"),
        fix: "raise it, or set alwaysEjectOneEndpoint",
      },
    ]);
    expect(check({ passiveHealthCheck: tenth }, 10)).toEqual([]);
    expect(check({ passiveHealthCheck: { ...tenth, alwaysEjectOneEndpoint: true } }, 4)).toEqual(
      [],
    );
  });
});
