/** Arguments of FleetMonitoring: what they mean. What is refused is `check-fleet-monitoring.ts`. */
import type * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";
import type { FleetRulesArgs } from "./objective-args";

/** Prometheus, Alertmanager and Grafana in the cluster, from the chart kube-prometheus-stack. */
export interface ClusterPrometheusArgs {
  readonly kind: "kube-prometheus-stack";
  /** Days that samples are kept. @default 15 */
  readonly retentionDays?: number;
  /** Disk of each Prometheus, GiB. @default 100 */
  readonly storageGib?: number;
  /** Known early. @default - the cluster's default class */
  readonly storageClass?: string;
  /** Prometheus processes that scrape and keep everything. @default 2 */
  readonly replicas?: number;
  /** Secret of the monitoring namespace with `alertmanager.yaml`, which says who is told. @default - nobody */
  readonly alertmanagerSecret?: string;
}

/** A workspace of Amazon Managed Service for Prometheus, to which a Prometheus of the cluster writes. */
export interface AmpArgs {
  readonly kind: "amp";
  /** Region of the workspace, which is that of the AWS provider. */
  readonly region: string;
  /** Name of the EKS cluster, for Pod Identity. */
  readonly clusterName: pulumi.Input<string>;
  /** Key that encrypts the samples. @default - AWS's own */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** Days that samples are kept. @default 150 */
  readonly retentionDays?: number;
  /** Topic that is told of alerts; its policy must let `aps.amazonaws.com` publish. @default - nobody */
  readonly snsTopicArn?: pulumi.Input<string>;
  /** Whether the workspace, which holds all history, is protected from deletion. @default true */
  readonly isProtected?: boolean;
}

/**
 * Managed collection of Google Cloud Managed Service for Prometheus, which GKE runs: GkeGpuCluster switches it on. Its
 * definitions (`monitoring.googleapis.com/v1`) come with GKE.
 */
export interface GmpArgs {
  readonly kind: "gmp";
  /**
   * Secret of the namespace `gmp-public` with a key `alertmanager.yaml`, which says who is told.
   * @default - nobody
   */
  readonly alertmanagerSecret?: string;
}

/** Who keeps samples and evaluates rules. Known early, but for what comes out of a cloud. */
export type MonitoringBackend = ClusterPrometheusArgs | AmpArgs | GmpArgs;

/** The collector of traces. */
export interface TraceCollectorArgs {
  /** Where traces go, OTLP over HTTP: `https://traces.example.com`. */
  readonly endpoint: pulumi.Input<string>;
  /** Secret of the monitoring namespace whose key `authorization` is sent as that header. @default - none */
  readonly authorizationSecret?: string;
  /** Traces that are kept, percent, above 0. @default 5 */
  readonly samplePercent?: number;
  /** Collectors. @default 2 */
  readonly replicas?: number;
  /**
   * Whether prompts and answers stay in traces. What looks like a secret or names a person is masked even then.
   * @default false
   */
  readonly hasPrompts?: boolean;
}

/** Changes to single resources, in the provider's words. */
export interface FleetMonitoringTransforms {
  readonly prometheus?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly gpuExporter?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly collector?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly workspace?: Transform<aws.amp.WorkspaceArgs>;
}

/** Arguments of FleetMonitoring. What rules are made of is known early. */
export interface FleetMonitoringArgs extends FleetRulesArgs {
  /** Known early, but for what comes out of a cloud. */
  readonly backend: MonitoringBackend;
  /** Namespace that is made for what this component runs. Known early. @default "monitoring" */
  readonly namespace?: string;
  /** Name of the port of the replicas' pods that serves `/metrics`. Known early. @default "engine" */
  readonly replicaPort?: string;
  /** Seconds between two samples: 5 to 300. Known early. @default 15 */
  readonly scrapeSeconds?: number;
  /** Known early, but for the endpoint. @default - no traces */
  readonly traces?: TraceCollectorArgs;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: FleetMonitoringTransforms;
}
