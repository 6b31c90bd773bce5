/** Arguments of gateways that tests of this folder change one at a time. */
import type {
  CircuitBreakerArgs,
  GatewayBackendArgs,
  RegionalGatewayArgs,
} from "../../../components/gateway";

export const breaker: CircuitBreakerArgs = {
  maxConnections: 171,
  maxPendingRequests: 17,
  maxParallelRequests: 171,
  retryBudget: { percent: 20, minRetryConcurrency: 1 },
};

/** A backend with every policy that `breaker` routing has. */
export const llama: GatewayBackendArgs = {
  routing: "breaker",
  service: { name: "llama", port: 8000, replicasMin: 4 },
  circuitBreaker: breaker,
  passiveHealthCheck: {
    consecutive5XxErrors: 5,
    intervalSeconds: 3,
    baseEjectionSeconds: 30,
    maxEjectionSeconds: 300,
    maxEjectionPercent: 50,
    halfOpenRequests: Number.POSITIVE_INFINITY,
  },
  activeHealthCheck: {
    path: "/health",
    intervalSeconds: 5,
    timeoutSeconds: 2,
    unhealthyThreshold: 2,
    healthyThreshold: 1,
  },
  panicThresholdPercent: 0,
  retry: {
    numRetries: 2,
    retryOn: ["connect-failure", "refused-stream", "retriable-status-codes"],
    baseIntervalSeconds: 0.025,
    maxIntervalSeconds: 0.25,
  },
  admissionControl: {
    minSuccessPercent: 95,
    minRequestsPerSecond: 2,
    samplingWindowSeconds: 30,
    maxRejectionPercent: 80,
    rejectionAggression: 1,
  },
  timeouts: { connectSeconds: 5, streamIdleSeconds: 120, maxStreamSeconds: 900 },
  slowStartSeconds: 60,
  matches: [{ pathPrefix: "/v1", headers: { "x-model": "llama" } }],
  rateLimits: [
    { unit: "requests", amount: 600, period: "Minute", per: "tenant" },
    { unit: "tokens", amount: 200_000, period: "Minute", per: "tenant" },
    { unit: "requests", amount: 100, period: "Second", per: "all", scope: "process" },
  ],
};

/** A backend whose replicas a picker chooses. */
export const qwen: GatewayBackendArgs = {
  routing: "inference",
  inferencePool: {
    matchLabels: { app: "qwen" },
    targetPort: 8000,
    pickerImage: `ghcr.io/llm-d/llm-d-router-endpoint-picker@sha256:${"0123456789abcdef".repeat(4)}`,
    flowControl: {
      concurrencyPerReplica: 128,
      maxRequests: 1000,
      requestTtlSeconds: 30,
      priorityBands: [
        { priority: 100, maxRequests: 500 },
        { priority: 0, maxRequests: 500 },
      ],
    },
  },
  timeouts: { streamIdleSeconds: 300 },
  matches: [{ headers: { "x-model": "qwen" } }],
};

export const gatewayArgs: RegionalGatewayArgs = {
  namespace: "serving",
  hostnames: ["api.example.com"],
  certificateSecret: "api",
  authentication: { kind: "api-key", secrets: ["client-keys"] },
  replicas: 3,
  longestStreamSeconds: 900,
  longestSilenceSeconds: 60,
  tokenCounter: { namespace: "io.envoy.ai_gateway", key: "llm_total_token" },
  backends: { llama, qwen },
};
