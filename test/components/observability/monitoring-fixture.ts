/** Arguments of monitoring that tests of this folder change one at a time. */
import type { FleetRulesArgs } from "../../../components/observability";

export const rulesArgs: FleetRulesArgs = {
  region: "us-east-1",
  servingNamespace: "serving",
  workloads: {
    chat: {
      servedModel: "llama",
      backend: "llama",
      availability: 0.9995,
      objectives: [
        { metric: "ttft", statistic: "p95", limitSeconds: 2 },
        { metric: "e2e", statistic: "p99", limitSeconds: 20 },
        { metric: "tpot", statistic: "mean", limitSeconds: 0.06 },
      ],
      planned: {
        requestsPerSecond: 4,
        requestsPerSecondMax: 10,
        promptTokensMean: 500,
        outputTokensMean: 40,
      },
    },
    digest: {
      servedModel: "qwen",
      objectives: [{ metric: "e2e", statistic: "p50", limitSeconds: 30 }],
      planned: { requestsPerSecond: 1, promptTokensMean: 900, outputTokensMean: 30 },
    },
  },
  pools: {
    h100: { servedModel: "llama", replicasMin: 2, replicasMax: 10, usdPerReplicaHour: 13.76 },
    l4: { servedModel: "qwen", replicasMin: 0, replicasMax: 4, usdPerReplicaHour: 0.8 },
  },
  gateway: { name: "support", namespace: "serving", hasEndpointPicker: true },
  queues: {
    batch: {
      ageSeries:
        'pubsub_googleapis_com:subscription_oldest_unacked_message_age{subscription_id="batch"}',
      ageSecondsMax: 900,
    },
  },
  plannedUsdPerHour: 55,
  gpuMetrics: "exporter",
  runbookUrl: "https://runbooks.example.com/capplan",
};
