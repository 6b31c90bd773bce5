/** How the replicas of a service follow the load: KEDA, or the Horizontal Pod Autoscaler alone. All plain but addresses. */
import type * as pulumi from "@pulumi/pulumi";
import type { QueueTrigger } from "../queue";

/** How fast replicas may be added or removed. */
export interface ScalingRulesArgs {
  /** Seconds for which a change must have been wanted, 0 to 3600. */
  readonly stabilizationWindowSeconds: number;
  /** Replicas per period; with percentMax too, the larger of both. @default - no such rule */
  readonly podsMax?: number;
  /** Percent of the replicas per period: 100 doubles them, or removes all. @default - no such rule */
  readonly percentMax?: number;
  /** Seconds, 1 to 1800. */
  readonly periodSeconds: number;
}

/** What both kinds of autoscaling have. */
export interface ScalingBoundsArgs {
  /** Fewest replicas; 0 only with KEDA. */
  readonly replicasMin: number;
  readonly replicasMax: number;
  /**
   * No change while the ratio to the target is within 1 ± this. Other than 0.1 it needs Kubernetes 1.35, and is
   * refused without `hasConfigurableTolerance`. @default 0.1
   */
  readonly tolerance?: number;
  /** Whether the cluster lets a tolerance be set: Kubernetes 1.35 or later. @default false */
  readonly hasConfigurableTolerance?: boolean;
  readonly scaleUp: ScalingRulesArgs;
  readonly scaleDown: ScalingRulesArgs;
}

/** Where KEDA asks for metrics. */
export type MetricsSourceArgs =
  /** A Prometheus of the cluster. */
  | { readonly kind: "prometheus"; readonly serverAddress: pulumi.Input<string> }
  /** Amazon Managed Service for Prometheus, with the identity of KEDA's operator. */
  | {
      readonly kind: "amp";
      /** `https://aps-workspaces.REGION.amazonaws.com/workspaces/ws-…` */
      readonly workspaceEndpoint: pulumi.Input<string>;
      readonly region: string;
    }
  /** Managed Service for Prometheus of Google Cloud, with the identity of KEDA's operator. */
  | { readonly kind: "gmp"; readonly projectId: pulumi.Input<string> };

/** A figure of the engine, summed over the replicas and divided by the target. */
export interface EngineTriggerArgs {
  /**
   * `kv-utilization`: share of the KV cache in use; `in-flight`: requests running or waiting; `waiting`: requests
   * waiting in the engine.
   */
  readonly metric: "kv-utilization" | "in-flight" | "waiting";
  /** Per replica: a share for kv-utilization, else requests. */
  readonly target: number;
  readonly source: MetricsSourceArgs;
}

/**
 * Requests that the gateway sends to the service, per second. Without a replica it sends none: Envoy Gateway answers 503
 * itself, and counts for no backend.
 */
export interface RequestRateTriggerArgs {
  readonly metric: "request-rate";
  /** Requests per second of one replica. */
  readonly target: number;
  /** Name of the HTTPRoute of the service's namespace whose requests are counted. */
  readonly route: string;
  readonly source: MetricsSourceArgs;
}

/** Messages of a queue. The only trigger that is seen without a replica, and so the only one that goes to zero. */
export interface QueueDepthTriggerArgs {
  readonly metric: "queue-depth";
  /** As `queueTrigger` makes it. */
  readonly trigger: QueueTrigger;
}

/** What replicas follow. */
export type ScalingTriggerArgs = EngineTriggerArgs | RequestRateTriggerArgs | QueueDepthTriggerArgs;

/** At least so many replicas in a part of every week. */
export interface ScalingScheduleArgs {
  /** Seconds since Monday 00:00 UTC, whole minutes. */
  readonly startSeconds: number;
  /** Before the start: past the end of the week. */
  readonly endSeconds: number;
  readonly replicas: number;
}

/** Replicas while the metric is missing. */
export interface ScalingFallbackArgs {
  /** Failed readings in a row. @default 3 */
  readonly failures?: number;
  /** More are kept if there are more. */
  readonly replicas: number;
}

/** Autoscaling by KEDA, which ServingAddons installs. */
export interface KedaScalingArgs extends ScalingBoundsArgs {
  readonly by: "keda";
  readonly trigger: ScalingTriggerArgs;
  /** Seconds between two readings. @default 30 */
  readonly pollingIntervalSeconds?: number;
  /** Seconds without load after which the last replica goes. Only with replicasMin 0. @default 300 */
  readonly cooldownSeconds?: number;
  /** @default - none */
  readonly schedules?: readonly ScalingScheduleArgs[];
  /** @default - the service's `replicas` after three failed readings, or as many as there are if they are more */
  readonly fallback?: ScalingFallbackArgs;
}

/** Autoscaling by the Horizontal Pod Autoscaler alone, where somebody else offers the custom metrics of pods. */
export interface HpaScalingArgs extends ScalingBoundsArgs {
  readonly by: "hpa";
  readonly podMetric: {
    /** Name under which the custom metrics API offers it: `vllm:num_requests_waiting`. */
    readonly name: string;
    /** Average over the replicas. */
    readonly target: number;
  };
}

/** Autoscaling of a service. */
export type ScalingArgs = KedaScalingArgs | HpaScalingArgs;
