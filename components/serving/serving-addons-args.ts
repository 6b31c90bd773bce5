/** Arguments of ServingAddons: what they mean, and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";

/** A cluster on EKS. */
export interface EksAddonsCluster {
  readonly kind: "eks";
  readonly clusterName: pulumi.Input<string>;
  /** Known early. */
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
}

/** A cluster on GKE. */
export interface GkeAddonsCluster {
  readonly kind: "gke";
  readonly projectId: pulumi.Input<string>;
  readonly projectNumber: pulumi.Input<string>;
}

/** A chart, or its version. */
export interface ChartArgs {
  /** Version of the chart. Known early. @default - the one that the component was made with */
  readonly version?: string;
}

/** KEDA. */
export interface KedaArgs extends ChartArgs {
  /**
   * Documents of IAM for KEDA's operator on EKS, by what they are for: `{ batch: queue.policies.scaler }`. Names are
   * known early. Refused on GKE, where the operator may read all metrics of the project. @default - none
   */
  readonly policies?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A PriorityClass. Known early. */
export interface PriorityClassArgs {
  /** Higher goes first, at most 1000000000. */
  readonly value: number;
  /** Whether its pods may take the place of others. @default true */
  readonly isPreempting?: boolean;
  readonly description: string;
}

/** Changes to single resources, in the provider's words. */
export interface ServingAddonsTransforms {
  readonly devicePlugin?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly efaPlugin?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly keda?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly loadBalancerController?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly leaderWorkerSet?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly role?: Transform<aws.iam.RoleArgs>;
}

/** Arguments of ServingAddons. Which parts there are is known early. */
export interface ServingAddonsArgs {
  readonly cluster: EksAddonsCluster | GkeAddonsCluster;
  /** NVIDIA's device plugin. EKS only: GKE brings its own. @default - installed on EKS */
  readonly devicePlugin?: ChartArgs | false;
  /** AWS's device plugin for EFA, for pools with rdma. EKS only. @default - none */
  readonly efaPlugin?: ChartArgs;
  /** @default - installed, without rights of its own on EKS */
  readonly keda?: KedaArgs | false;
  /** AWS Load Balancer Controller. EKS only. @default - installed on EKS */
  readonly loadBalancerController?: ChartArgs | false;
  /** LeaderWorkerSet, for replicas that span nodes. @default - none */
  readonly leaderWorkerSet?: ChartArgs;
  /** By name. @default - `serving` (1000000) and `batch` (100000), which preempts nobody */
  readonly priorityClasses?: Readonly<Record<string, PriorityClassArgs>>;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: ServingAddonsTransforms;
}
