/**
 * The objects that scale a workload: a ScaledObject of KEDA (keda.sh/docs/2.20/reference/scaledobject-spec), or a
 * HorizontalPodAutoscaler alone. Pure; checked against the definitions of KEDA 2.20.2.
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { servingPodPattern } from "./replica-shape";
import type {
  HpaScalingArgs,
  KedaScalingArgs,
  MetricsSourceArgs,
  ScalingBoundsArgs,
  ScalingRulesArgs,
  ScalingScheduleArgs,
  ScalingTriggerArgs,
} from "./scaling-args";

type Behavior = kubernetes.types.input.autoscaling.v2.HorizontalPodAutoscalerBehavior;
type Rules = kubernetes.types.input.autoscaling.v2.HPAScalingRules;

/** What is scaled. */
export interface ScalingTarget {
  readonly apiVersion: string;
  readonly kind: "Deployment" | "LeaderWorkerSet";
  readonly name: string;
  readonly namespace: string;
  /** Nodes of one replica. */
  readonly nodes: number;
  /** Replicas at the start. */
  readonly replicas: number;
}

/** Who KEDA is when it asks: undefined where nobody asks who it is. */
export type PodIdentity = "aws" | "gcp" | undefined;

const TOLERANCE = 0.1;
const MINUTES_A_DAY = 1440;

/** The `spec` of a ScaledObject. */
export function scaledObjectSpec(scaling: KedaScalingArgs, target: ScalingTarget) {
  const { fallback, schedules = [] } = scaling;
  return {
    scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.name },
    minReplicaCount: scaling.replicasMin,
    maxReplicaCount: scaling.replicasMax,
    pollingInterval: scaling.pollingIntervalSeconds ?? 30,
    cooldownPeriod: scaling.cooldownSeconds ?? 300,
    fallback: {
      failureThreshold: fallback?.failures ?? 3,
      replicas: fallback?.replicas ?? target.replicas,
      behavior: "currentReplicasIfHigher",
    },
    advanced: {
      // Who deletes the object keeps the replicas that there are.
      restoreToOriginalReplicaCount: false,
      horizontalPodAutoscalerConfig: { behavior: behaviorOf(scaling) },
    },
    triggers: [
      {
        ...triggerOf(scaling.trigger, target),
        ...(identityOf(scaling.trigger) === undefined
          ? {}
          : { authenticationRef: { name: target.name } }),
        metricType: "AverageValue",
        // The autoscaler asks every 15 s; it gets what was read at the polling interval.
        useCachedMetrics: true,
      },
      ...schedules.map(cronTrigger),
    ],
  };
}

/** Who has to be told who KEDA is. */
export function identityOf(trigger: ScalingTriggerArgs): PodIdentity {
  if (trigger.metric === "queue-depth") return trigger.trigger.podIdentity;
  return { prometheus: undefined, amp: "aws" as const, gmp: "gcp" as const }[trigger.source.kind];
}

function triggerOf(trigger: ScalingTriggerArgs, target: ScalingTarget) {
  if (trigger.metric === "queue-depth") {
    const { type, metadata } = trigger.trigger;
    return { type, metadata };
  }
  return {
    type: "prometheus",
    metadata: {
      ...addressOf(trigger.source),
      query: engineQuery(trigger, target),
      threshold: String(trigger.target),
      // No sample is no load of 0: the fallback decides.
      ignoreNullValues: "false",
    },
  };
}

function addressOf(source: MetricsSourceArgs): Record<string, pulumi.Input<string>> {
  switch (source.kind) {
    case "prometheus":
      return { serverAddress: source.serverAddress };
    case "amp":
      return { serverAddress: source.workspaceEndpoint, awsRegion: source.region };
    case "gmp":
      return {
        serverAddress: pulumi.interpolate`https://monitoring.googleapis.com/v1/projects/${source.projectId}/location/global/prometheus`,
      };
  }
}

/** Metrics of vLLM (docs.vllm.ai/en/latest/usage/metrics) and of Envoy, summed over the replicas. */
export function engineQuery(
  trigger: Exclude<ScalingTriggerArgs, { metric: "queue-depth" }>,
  target: Pick<ScalingTarget, "name" | "namespace" | "nodes">,
): string {
  const pods = `{namespace="${target.namespace}",pod=~"${servingPodPattern(target)}"}`;
  switch (trigger.metric) {
    case "kv-utilization":
      // Each data-parallel rank has a cache of its own.
      return `sum(avg by (pod) (vllm:kv_cache_usage_perc${pods}))`;
    case "in-flight":
      return `sum(vllm:num_requests_running${pods}) + sum(vllm:num_requests_waiting${pods})`;
    case "waiting":
      return `sum(vllm:num_requests_waiting${pods})`;
    case "request-rate":
      return `sum(rate(envoy_cluster_upstream_rq_total{envoy_cluster_name=~"httproute/${target.namespace}/${trigger.route}/rule/[0-9]+"}[1m]))`;
  }
}

/** A part of every week; KEDA's cron knows minutes. */
export function cronTrigger({ startSeconds, endSeconds, replicas }: ScalingScheduleArgs) {
  return {
    type: "cron",
    metadata: {
      timezone: "UTC",
      start: cronOf(startSeconds),
      end: cronOf(endSeconds),
      desiredReplicas: String(replicas),
    },
  };
}

/** A minute of every week in the words of cron, whose week begins on Sunday. */
function cronOf(secondsOfWeek: number): string {
  const minutes = Math.round(secondsOfWeek / 60);
  const day = Math.floor(minutes / MINUTES_A_DAY);
  const minuteOfDay = minutes % MINUTES_A_DAY;
  return `${minuteOfDay % 60} ${Math.floor(minuteOfDay / 60)} * * ${(day + 1) % 7}`;
}

/** How fast replicas come and go. */
export function behaviorOf(bounds: ScalingBoundsArgs): Behavior {
  const rules = (args: ScalingRulesArgs): Rules => rulesOf(args, bounds);
  return { scaleUp: rules(bounds.scaleUp), scaleDown: rules(bounds.scaleDown) };
}

function rulesOf(rules: ScalingRulesArgs, bounds: ScalingBoundsArgs): Rules {
  const { podsMax, percentMax, periodSeconds, stabilizationWindowSeconds } = rules;
  const { tolerance = TOLERANCE, replicasMax } = bounds;
  const policies = [
    ...(podsMax === undefined ? [] : [{ type: "Pods", value: podsMax, periodSeconds }]),
    ...(percentMax === undefined ? [] : [{ type: "Percent", value: percentMax, periodSeconds }]),
  ];
  return {
    stabilizationWindowSeconds,
    selectPolicy: "Max",
    policies:
      policies.length > 0
        ? policies
        : // Left out, the autoscaler's own rules would hold.
          [{ type: "Pods", value: replicasMax, periodSeconds }],
    ...(tolerance === TOLERANCE ? {} : { tolerance: String(tolerance) }),
  };
}

/** The `spec` of a HorizontalPodAutoscaler without KEDA. */
export function autoscalerSpec(
  scaling: HpaScalingArgs,
  target: ScalingTarget,
): kubernetes.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.name },
    minReplicas: scaling.replicasMin,
    maxReplicas: scaling.replicasMax,
    metrics: [
      {
        type: "Pods",
        pods: {
          metric: { name: scaling.podMetric.name },
          target: { type: "AverageValue", averageValue: String(scaling.podMetric.target) },
        },
      },
    ],
    behavior: behaviorOf(scaling),
  };
}
