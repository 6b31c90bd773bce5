/** What FleetMonitoring refuses, and under which path. */
import { describe, expect, it } from "@jest/globals";
import type { FleetMonitoringArgs } from "../../../components/observability";
import { checkFleetMonitoring } from "../../../components/observability/check-fleet-monitoring";
import { rulesArgs } from "./monitoring-fixture";

const args: FleetMonitoringArgs = { ...rulesArgs, backend: { kind: "kube-prometheus-stack" } };
const paths = (some: FleetMonitoringArgs) => checkFleetMonitoring(some).map(({ path }) => path);

describe("checkFleetMonitoring", () => {
  it("has nothing against what can be", () => {
    expect(checkFleetMonitoring(args)).toEqual([]);
  });

  it.each<[string, Partial<FleetMonitoringArgs>]>([
    ["scrapeSeconds", { scrapeSeconds: 1 }],
    ["namespace", { namespace: "Monitoring" }],
    ["gpuMetrics", { gpuMetrics: "managed" }],
    ["gpuMetrics", { gpuMetrics: "exporter", backend: { kind: "gmp" } }],
    ["backend.retentionDays", { backend: { kind: "kube-prometheus-stack", retentionDays: 0 } }],
    ["backend.region", { backend: { kind: "amp", region: "us-east-1a", clusterName: "a" } }],
    ["traces.endpoint", { traces: { endpoint: "http://traces" } }],
    ["traces.samplePercent", { traces: { endpoint: "https://a", samplePercent: 0 } }],
    ["runbookUrl", { runbookUrl: "https://a#b" }],
    ["plannedUsdPerHour", { plannedUsdPerHour: 0 }],
    ["limits.kvUsageMax", { limits: { kvUsageMax: 90 } }],
    ["queues.batch.ageSeries", { queues: { batch: { ageSeries: "max(a)", ageSecondsMax: 1 } } }],
  ])("refuses %s that cannot be", (path, change) => {
    expect(paths({ ...args, ...change })).toEqual([path]);
  });

  const chat = args.workloads["chat"]!;
  it.each<[string, Partial<typeof chat>]>([
    [
      "objectives[0].limitSeconds",
      { objectives: [{ metric: "ttft", statistic: "p95", limitSeconds: 2561 }] },
    ],
    [
      "objectives[0].limitSeconds",
      { objectives: [{ metric: "ttft", statistic: "p95", limitSeconds: Number.NaN }] },
    ],
    [
      "objectives",
      {
        objectives: [
          { metric: "ttft", statistic: "p95", limitSeconds: 1 },
          { metric: "ttft", statistic: "p95", limitSeconds: 2 },
        ],
      },
    ],
    ["availability", { availability: 99.95 }],
    ["planned.promptTokensMean", { planned: { promptTokensMean: 0 } }],
    [
      "planned.requestsPerSecondMax",
      { planned: { requestsPerSecond: 2, requestsPerSecondMax: 1 } },
    ],
  ])("refuses a workload's %s that cannot be", (field, change) => {
    const workloads = { ...args.workloads, chat: { ...chat, ...change } };
    expect(paths({ ...args, workloads })).toEqual([`workloads.chat.${field}`]);
  });

  it("refuses what nothing measures: availability without a gateway, a model without a pool", () => {
    const { gateway: _gateway, ...bare } = args;
    expect(paths(bare)).toEqual(["workloads.chat.backend"]);
    const workloads = { ...args.workloads, chat: { ...chat, servedModel: "mistral" } };
    expect(paths({ ...args, workloads })).toEqual([
      "workloads.chat.servedModel",
      "pools.h100.servedModel",
    ]);
  });
});
