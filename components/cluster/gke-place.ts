/** What every part of a cluster on GKE needs to know to make its resources. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedGkeGpuCluster } from "./gke-args";

/** A cluster that is being made. */
export interface GkePlace {
  /** Name of the component. */
  readonly name: string;
  /** The cluster's name in the cloud. */
  readonly clusterName: string;
  readonly settings: ResolvedGkeGpuCluster;
  /** Options of all children. */
  readonly opts: pulumi.CustomResourceOptions;
}

/** What all nodes of a cluster share. */
export interface GkeNodeNeeds {
  readonly cluster: gcp.container.Cluster;
  readonly serviceAccountEmail: pulumi.Input<string>;
  readonly kmsKeyId: pulumi.Input<string>;
}

/** The part of a node's configuration that is the same for all nodes. */
export function commonNodeConfig({
  serviceAccountEmail,
  kmsKeyId,
}: Pick<GkeNodeNeeds, "serviceAccountEmail" | "kmsKeyId">) {
  return {
    imageType: "COS_CONTAINERD",
    serviceAccount: serviceAccountEmail,
    // What a node may do is said by the roles of its account, not by scopes.
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    bootDiskKmsKey: kmsKeyId,
    // Pods get their credentials from Workload Identity, and cannot reach those of the node.
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    metadata: { "disable-legacy-endpoints": "true" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
  };
}
