/**
 * What a fleet has promised and what it was planned for, as far as Prometheus can see it: the arguments that rules and
 * dashboards are made of. Plain values of the caller, all known early; no resource and no rule is in here.
 */

/** What a latency objective is about, in the planner's words. */
export const LATENCY_METRICS = ["ttft", "tpot", "itl", "e2e", "queueTime"] as const;
export type LatencyMetric = (typeof LATENCY_METRICS)[number];

/** Of which statistic of its requests the limit is. */
export const OBJECTIVE_STATISTICS = ["mean", "p50", "p90", "p95", "p99", "p999"] as const;
export type ObjectiveStatistic = (typeof OBJECTIVE_STATISTICS)[number];

/** Who measures requests. */
export const MEASURERS = ["engine", "picker"] as const;
export type Measurer = (typeof MEASURERS)[number];

/** One promise: `{ metric: "ttft", statistic: "p95", limitSeconds: 0.8 }`. */
export interface LatencyObjectiveArgs {
  readonly metric: LatencyMetric;
  readonly statistic: ObjectiveStatistic;
  /** Above 0, and below the last boundary of the histogram, beyond which nothing is measured. */
  readonly limitSeconds: number;
}

/** What one cluster was planned for, of one workload. Leave out what the plan does not say: unknown is never 0. */
export interface PlannedTrafficArgs {
  /** Mean rate of requests that reach this cluster, per second. */
  readonly requestsPerSecond?: number;
  /** The highest rate that this cluster was sized for, of the whole day and every planned loss. @default - unknown */
  readonly requestsPerSecondMax?: number;
  /** Mean length of a prompt, tokens. */
  readonly promptTokensMean?: number;
  /** Mean length of an answer, tokens. */
  readonly outputTokensMean?: number;
}

/**
 * A workload of the plan. vLLM knows models and no workloads: workloads that share a served model are measured together,
 * each against its own limits, unless `seriesLabels` tells their replicas apart.
 */
export interface MonitoredWorkloadArgs {
  /** What vLLM calls the model: its `--served-model-name`, which is the label `model_name` of its metrics. */
  readonly servedModel: string;
  /**
   * Who measures its requests: `picker` for a model whose prefill and decode are apart, of which no engine sees a whole
   * request. All workloads of a model have the same. @default "engine"
   */
  readonly measuredBy?: Measurer;
  /** Labels, beside `model_name`, that only series of this workload have. @default - none */
  readonly seriesLabels?: Readonly<Record<string, string>>;
  /** @default - none, and no alerts on latency */
  readonly objectives?: readonly LatencyObjectiveArgs[];
  /**
   * Share of requests that is answered without an error of the server, above 0 and below 1: 0.9995. It is measured at
   * the gateway, so it needs `backend`. @default - no alert
   */
  readonly availability?: number;
  /** The backend of the RegionalGateway that serves it, by its key there. @default - none */
  readonly backend?: string;
  /** @default - nothing is planned, and nothing can drift */
  readonly planned?: PlannedTrafficArgs;
}

/** Replicas of one model on one GPU pool. Their pods carry their name as the label `app.kubernetes.io/name`. */
export interface MonitoredPoolArgs {
  /** As in `MonitoredWorkloadArgs`. */
  readonly servedModel: string;
  /** Fewest replicas of the plan. */
  readonly replicasMin: number;
  /** Most replicas of the plan. */
  readonly replicasMax: number;
  /** Requests that a replica runs at a time, as planned. @default - unknown */
  readonly concurrencyPerReplica?: number;
  /** What an hour of one replica costs, US dollars. @default - unknown: totals are then of the rest, and say so */
  readonly usdPerReplicaHour?: number;
}

/** A queue of requests, and what the oldest in it may wait. */
export interface MonitoredQueueArgs {
  /** Selector of a series with the age of the oldest message in seconds: `sqsAgeSeries`, `pubsubAgeSeries`. */
  readonly ageSeries: string;
  /** Seconds. */
  readonly ageSecondsMax: number;
}

/** The gateway of the cluster, a RegionalGateway. */
export interface MonitoredGatewayArgs {
  /** Its `gatewayName`. */
  readonly name: string;
  /** Namespace of its routes. */
  readonly namespace: string;
  /** Namespace of Envoy's pods: the GatewayController's. @default "envoy-gateway-system" */
  readonly proxyNamespace?: string;
  /** Whether a backend has an endpoint picker, which has metrics of its own. @default false */
  readonly hasEndpointPicker?: boolean;
}

/** When alerts sound. Every field has a default that suits most fleets. */
export interface AlertLimitsArgs {
  /** Fewest requests in the long window for which a burn rate means anything. @default 50 */
  readonly requestsMin?: number;
  /** Distance from a planned length, rate or share that counts as drift, as a share of the plan. @default 0.25 */
  readonly driftTolerance?: number;
  /** Share of the KV cache that is used, on average over the replicas of a pool. @default 0.9 */
  readonly kvUsageMax?: number;
  /** Preempted requests as a share of finished ones. @default 0.05 */
  readonly preemptionShareMax?: number;
  /** Mean cost of a day above the plan's, as a share of it. @default 0.1 */
  readonly costTolerance?: number;
}

/** Everything that rules and dashboards are made of. */
export interface FleetRulesArgs {
  /** Region of the fleet, a label of every alert. */
  readonly region: string;
  /** Namespace of the replicas. */
  readonly servingNamespace: string;
  /** By the plan's name of the workload. */
  readonly workloads: Readonly<Record<string, MonitoredWorkloadArgs>>;
  /** By name of the InferenceService, or of a phase of a DisaggregatedService. */
  readonly pools: Readonly<Record<string, MonitoredPoolArgs>>;
  /** @default - no metrics of a gateway, no alert of breakers */
  readonly gateway?: MonitoredGatewayArgs;
  /** What an hour of this cluster was planned to cost, US dollars. @default - unknown, and no alert on cost */
  readonly plannedUsdPerHour?: number;
  /**
   * Where GPU metrics come from: `exporter` installs NVIDIA's DCGM exporter on all GPU nodes; `managed` is GKE's own,
   * which GkeGpuCluster switches on and which tells no errors of the driver. @default - `managed` with gmp, else
   * `exporter`
   */
  readonly gpuMetrics?: "exporter" | "managed" | "none";
  /** By name. @default - none */
  readonly queues?: Readonly<Record<string, MonitoredQueueArgs>>;
  /** @default - see its fields */
  readonly limits?: AlertLimitsArgs;
  /** Where people read what to do; the alert's name is added to it after `#`. @default - none */
  readonly runbookUrl?: string;
}
