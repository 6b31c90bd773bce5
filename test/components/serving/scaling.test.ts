import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { queueTrigger } from "../../../components/queue";
import type { HpaScalingArgs, KedaScalingArgs, ScalingArgs } from "../../../components/serving";
import { checkScaling } from "../../../components/serving/check-scaling";
import {
  autoscalerSpec,
  behaviorOf,
  cronTrigger,
  engineQuery,
  identityOf,
  type ScalingTarget,
  scaledObjectSpec,
} from "../../../components/serving/scaling-manifests";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { manifestProblems } from "../../support/crd/problems";
import { outputValue } from "../../support/output-value";
import { kedaScaling } from "./serving-fixture";

const target: ScalingTarget = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  name: "llama",
  namespace: "support",
  nodes: 1,
  replicas: 4,
};

const byQueue: KedaScalingArgs = {
  by: "keda",
  replicasMin: 0,
  replicasMax: 8,
  cooldownSeconds: 600,
  trigger: {
    metric: "queue-depth",
    trigger: queueTrigger(
      { kind: "sqs", queueUrl: "https://sqs.example/batch", region: "us-east-1" },
      { messagesPerReplica: 32 },
    ),
  },
  scaleUp: { stabilizationWindowSeconds: 0, periodSeconds: 60 },
  scaleDown: { stabilizationWindowSeconds: 300, percentMax: 50, periodSeconds: 60 },
};

const byRate: KedaScalingArgs = {
  by: "keda",
  replicasMin: 1,
  replicasMax: 8,
  scaleUp: byQueue.scaleUp,
  scaleDown: byQueue.scaleDown,
  trigger: {
    metric: "request-rate",
    target: 2.5,
    route: "support-llama",
    source: { kind: "gmp", projectId: "acme-serving" },
  },
};

const byAutoscaler: HpaScalingArgs = {
  by: "hpa",
  replicasMin: 2,
  replicasMax: 8,
  podMetric: { name: "vllm:num_requests_waiting", target: 4 },
  scaleUp: kedaScaling.scaleUp,
  scaleDown: kedaScaling.scaleDown,
};

describeWithDefinitions("a ScaledObject", () => {
  describeWithRules("with rules", () => {
    it.each<[string, KedaScalingArgs]>([
      ["by the KV cache", kedaScaling],
      ["by a queue, from zero", byQueue],
      ["by the rate of requests", byRate],
      [
        "by requests in the engine, with a tolerance",
        {
          ...kedaScaling,
          tolerance: 0.05,
          hasConfigurableTolerance: true,
          trigger: {
            metric: "in-flight",
            target: 64,
            source: { kind: "prometheus", serverAddress: "http://prometheus:9090" },
          },
        },
      ],
    ])("is what KEDA's definition takes, %s", async (_, scaling) => {
      expect(checkScaling(scaling, 4, "scaling")).toEqual([]);
      const spec = await outputValue(scaledObjectSpec(scaling, target));
      const object = {
        apiVersion: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: { name: "llama" },
        spec,
      };
      expect(manifestProblems(object)).toEqual([]);
      const { scaleTargetRef: _ref, ...without } = spec;
      expect(manifestProblems({ ...object, spec: without })).not.toEqual([]);
    });
  });
});

describe("scaledObjectSpec", () => {
  it("says what the policy says", async () => {
    expect(await outputValue(scaledObjectSpec(kedaScaling, target))).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "llama" },
      minReplicaCount: 2,
      maxReplicaCount: 8,
      pollingInterval: 15,
      cooldownPeriod: 300,
      fallback: { failureThreshold: 3, replicas: 4, behavior: "currentReplicasIfHigher" },
      advanced: {
        restoreToOriginalReplicaCount: false,
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              selectPolicy: "Max",
              policies: [
                { type: "Pods", value: 2, periodSeconds: 60 },
                { type: "Percent", value: 100, periodSeconds: 60 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: 300,
              selectPolicy: "Max",
              policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
            },
          },
        },
      },
      triggers: [
        {
          type: "prometheus",
          metadata: {
            serverAddress: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-1",
            awsRegion: "us-east-1",
            query:
              'sum(avg by (pod) (vllm:kv_cache_usage_perc{namespace="support",pod=~"llama-[a-z0-9]+-[a-z0-9]{5}"}))',
            threshold: "0.7",
            ignoreNullValues: "false",
          },
          authenticationRef: { name: "llama" },
          metricType: "AverageValue",
          useCachedMetrics: true,
        },
        {
          type: "cron",
          metadata: {
            timezone: "UTC",
            start: "0 8 * * 1",
            end: "0 18 * * 5",
            desiredReplicas: "6",
          },
        },
      ],
    });
  });

  it("counts what waits in the engine, and at the gateway what comes", () => {
    const query = (metric: "in-flight" | "waiting") =>
      engineQuery({ ...kedaScaling.trigger, metric } as never, { ...target, nodes: 2 });
    expect(query("in-flight")).toBe(
      'sum(vllm:num_requests_running{namespace="support",pod=~"llama-[0-9]+"}) + sum(vllm:num_requests_waiting{namespace="support",pod=~"llama-[0-9]+"})',
    );
    expect(query("waiting")).toBe(
      'sum(vllm:num_requests_waiting{namespace="support",pod=~"llama-[0-9]+"})',
    );
    expect(engineQuery(byRate.trigger as never, target)).toBe(
      'sum(rate(envoy_cluster_upstream_rq_total{envoy_cluster_name=~"httproute/support/support-llama/rule/[0-9]+"}[1m]))',
    );
  });

  it("asks under the identity that the source wants", () => {
    expect(identityOf(kedaScaling.trigger)).toBe("aws");
    expect(identityOf(byRate.trigger)).toBe("gcp");
    expect(identityOf(byQueue.trigger)).toBe("aws");
    expect(
      identityOf({
        metric: "waiting",
        target: 1,
        source: { kind: "prometheus", serverAddress: "http://prometheus:9090" },
      }),
    ).toBeUndefined();
  });

  it("limits nothing by leaving nothing to the autoscaler's own rules", () => {
    expect(behaviorOf(byQueue).scaleUp).toMatchObject({
      policies: [{ type: "Pods", value: 8, periodSeconds: 60 }],
    });
  });
});

describe("autoscalerSpec", () => {
  it("follows a metric of pods without KEDA", () => {
    expect(checkScaling(byAutoscaler, 4, "scaling")).toEqual([]);
    expect(autoscalerSpec(byAutoscaler, target)).toMatchObject({
      minReplicas: 2,
      maxReplicas: 8,
      metrics: [
        {
          type: "Pods",
          pods: {
            metric: { name: "vllm:num_requests_waiting" },
            target: { type: "AverageValue", averageValue: "4" },
          },
        },
      ],
    });
  });
});

describe("cronTrigger", () => {
  /** Whether a time of the week is the one that an expression of cron names (crontab(5): Sunday is 0). */
  const names = (expression: string, secondsOfWeek: number): boolean => {
    // Monday, 30 November 2026, 00:00 UTC.
    const at = new Date(Date.UTC(2026, 10, 30) + secondsOfWeek * 1000);
    const [minute, hour, , , day] = expression.split(" ").map(Number);
    return at.getUTCMinutes() === minute && at.getUTCHours() === hour && at.getUTCDay() === day;
  };

  it("for all minutes of the week names that minute", () => {
    const minutes = fc.integer({ min: 0, max: 10_080 });
    fc.assert(
      fc.property(minutes, minutes, (start, end) => {
        const { metadata } = cronTrigger({
          startSeconds: start * 60,
          endSeconds: end * 60,
          replicas: 3,
        });
        expect(names(metadata.start, start * 60)).toBe(true);
        expect(names(metadata.end, end * 60)).toBe(true);
        expect(names(metadata.start, (start + 1) * 60)).toBe(false);
      }),
    );
  });
});

describe("checkScaling", () => {
  const rules = kedaScaling.scaleUp;
  const trigger = kedaScaling.trigger;
  it.each<[string, ScalingArgs]>([
    ["scaling.replicasMin", { ...kedaScaling, replicasMin: 8, schedules: [] }],
    ["replicas", { ...kedaScaling, replicasMin: 5 }],
    ["scaling.replicasMin", { ...kedaScaling, replicasMin: 0 }],
    ["scaling.replicasMin", { ...byRate, replicasMin: 0 }],
    ["scaling.replicasMin", { ...byAutoscaler, replicasMin: 0 }],
    ["scaling.tolerance", { ...kedaScaling, tolerance: 0.2 }],
    ["scaling.tolerance", { ...kedaScaling, tolerance: 2, hasConfigurableTolerance: true }],
    ["scaling.cooldownSeconds", { ...kedaScaling, cooldownSeconds: 60 }],
    ["scaling.pollingIntervalSeconds", { ...kedaScaling, pollingIntervalSeconds: 0 }],
    [
      "scaling.scaleUp.periodSeconds",
      { ...kedaScaling, scaleUp: { ...rules, periodSeconds: 1801 } },
    ],
    [
      "scaling.scaleDown.stabilizationWindowSeconds",
      { ...kedaScaling, scaleDown: { ...rules, stabilizationWindowSeconds: 3601 } },
    ],
    ["scaling.scaleUp.podsMax", { ...kedaScaling, scaleUp: { ...rules, podsMax: 0 } }],
    ["scaling.trigger.target", { ...kedaScaling, trigger: { ...trigger, target: 1.2 } as never }],
    ["scaling.trigger.target", { ...byRate, trigger: { ...byRate.trigger, target: 0 } as never }],
    ["scaling.trigger.route", { ...byRate, trigger: { ...byRate.trigger, route: "A b" } as never }],
    ["scaling.trigger.metric", { ...kedaScaling, trigger: { ...trigger, metric: "cpu" } as never }],
    ["scaling.fallback.replicas", { ...kedaScaling, fallback: { replicas: 9 } }],
    [
      "scaling.schedules[0].startSeconds",
      { ...kedaScaling, schedules: [{ startSeconds: 30, endSeconds: 60, replicas: 6 }] },
    ],
    [
      "scaling.schedules[0].endSeconds",
      { ...kedaScaling, schedules: [{ startSeconds: 0, endSeconds: 604_800, replicas: 6 }] },
    ],
    [
      "scaling.schedules[0].replicas",
      { ...kedaScaling, schedules: [{ startSeconds: 0, endSeconds: 60, replicas: 2 }] },
    ],
    ["scaling.podMetric.target", { ...byAutoscaler, podMetric: { name: "waiting", target: 0 } }],
    // Two that scale one workload.
    ["scaling.podMetric", { ...kedaScaling, podMetric: byAutoscaler.podMetric } as never],
    ["scaling.trigger", { ...byAutoscaler, trigger } as never],
    ["scaling.schedules", { ...byAutoscaler, schedules: [] } as never],
  ])("fails when %s cannot be provisioned", (path, scaling) => {
    expect(checkScaling(scaling, 4, "scaling")).toEqual([expect.objectContaining({ path })]);
  });
});
