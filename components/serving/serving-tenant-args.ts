/** Arguments of ServingTenant: what they mean, and what is refused. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";

/** What a tenant may use at once. Known early. */
export interface TenantQuotaArgs {
  readonly gpus: number;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly pods: number;
  /** Local disk, which holds weights. */
  readonly localDiskGib: number;
}

/** Pods of another namespace. Known early. */
export interface PeerArgs {
  readonly namespace: string;
  /** Labels of the pods. @default - all pods of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** Where pods may connect to beside what the tenant always has. */
export interface AllowedAddressArgs {
  /** Blocks of addresses. At least one. */
  readonly cidrs: readonly pulumi.Input<string>[];
  /** TCP ports. At least one. Known early. */
  readonly ports: readonly number[];
}

/** Changes to single resources, in the provider's words. */
export interface ServingTenantTransforms {
  readonly namespace?: Transform<kubernetes.core.v1.NamespaceArgs>;
  readonly quota?: Transform<kubernetes.core.v1.ResourceQuotaArgs>;
  readonly limits?: Transform<kubernetes.core.v1.LimitRangeArgs>;
  readonly networkPolicy?: Transform<kubernetes.networking.v1.NetworkPolicyArgs>;
}

/** Arguments of ServingTenant. */
export interface ServingTenantArgs {
  /** Name of the namespace. Known early. */
  readonly namespace: string;
  /** The cloud of the cluster: it decides how pods reach DNS and get their identity. Known early. */
  readonly cloud: "aws" | "gcp";
  readonly quota: TenantQuotaArgs;
  /** Who sends requests: Envoy's namespace. Known early. */
  readonly gateways: readonly PeerArgs[];
  /** Who reads metrics. Known early. @default - nobody */
  readonly monitors?: readonly PeerArgs[];
  /**
   * Addresses of the object storage that holds weights, port 443: the prefix list of a gateway endpoint of S3, or
   * Google's private.googleapis.com (199.36.153.8/30). At least one.
   */
  readonly storageCidrs: readonly pulumi.Input<string>[];
  /**
   * Whether engines of the namespace talk to each other: replicas that span nodes, or prefill and decode apart. Known
   * early. @default false
   */
  readonly hasEnginePeers?: boolean;
  /** Further addresses that pods may connect to. @default - none */
  readonly allowed?: readonly AllowedAddressArgs[];
  /** Level of the Pod Security Standards. Known early. @default "restricted" */
  readonly podSecurity?: "restricted" | "baseline";
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** Whether the namespace is protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** The hatch. @default - none */
  readonly transform?: ServingTenantTransforms;
}
