/** Arguments of ToolSandbox: what they mean, and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";
import type { AllowedAddressArgs, PeerArgs } from "./serving-tenant-args";

/** A release of gVisor for EKS, whose images come without it. Known early. */
export interface GvisorReleaseArgs {
  /** Point release: `20261116.0`. */
  readonly version: string;
  /** SHA-512 of `runsc` for x86_64, as published beside it: 128 hexadecimal digits. */
  readonly runscSha512: string;
  /** SHA-512 of `containerd-shim-runsc-v1` for x86_64. */
  readonly shimSha512: string;
}

/** Nodes of a managed node group on EKS, which install gVisor before they join. */
export interface EksSandboxNodes {
  readonly kind: "eks";
  readonly clusterName: pulumi.Input<string>;
  /** Role of the cluster's nodes. */
  readonly nodeRoleArn: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Instance type without GPUs and of x86_64. Known early. @default "m7i.xlarge" */
  readonly instanceType?: string;
  /** Release of the AMI, pinned: `1.34.2-20261115`. Known early. */
  readonly releaseVersion: string;
  readonly gvisor: GvisorReleaseArgs;
  /** Key of the boot disks. */
  readonly kmsKeyArn: pulumi.Input<string>;
}

/** A node pool of GKE Sandbox, which brings gVisor and its RuntimeClass. */
export interface GkeSandboxNodes {
  readonly kind: "gke";
  /** `cluster.id`. */
  readonly clusterId: pulumi.Input<string>;
  readonly zones: readonly string[];
  /** Machine type without GPUs. Known early. @default "n2-standard-4" */
  readonly machineType?: string;
  /** Account of the cluster's nodes. */
  readonly serviceAccountEmail: pulumi.Input<string>;
  /** Key of the boot disks. */
  readonly kmsKeyId: pulumi.Input<string>;
}

/** What all tools may use together. Known early. */
export interface SandboxQuotaArgs {
  readonly pods: number;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly localDiskGib: number;
}

/** What one tool may use. Known early. */
export interface SandboxPodLimits {
  readonly cpus: number;
  readonly memoryGib: number;
  readonly localDiskGib: number;
}

/** Changes to single resources, in the provider's words. */
export interface ToolSandboxTransforms {
  readonly namespace?: Transform<kubernetes.core.v1.NamespaceArgs>;
  readonly networkPolicy?: Transform<kubernetes.networking.v1.NetworkPolicyArgs>;
  readonly eksNodes?: Transform<aws.eks.NodeGroupArgs>;
  readonly launchTemplate?: Transform<aws.ec2.LaunchTemplateArgs>;
  readonly gkeNodes?: Transform<gcp.container.NodePoolArgs>;
}

/** Arguments of ToolSandbox. */
export interface ToolSandboxArgs {
  /** Name of the namespace, which is for tools alone. Known early. */
  readonly namespace: string;
  readonly nodes: EksSandboxNodes | GkeSandboxNodes;
  /** Nodes, over all zones. Known early. @default 1 */
  readonly nodesMin?: number;
  /** Known early. */
  readonly nodesMax: number;
  readonly quota: SandboxQuotaArgs;
  /** Most of one pod, and what it gets when it says nothing. Known early. @default - 1 core, 1 GiB, 2 GiB of disk */
  readonly podLimits?: SandboxPodLimits;
  /** Who calls tools. Known early. @default - nobody */
  readonly callers?: readonly PeerArgs[];
  /** TCP port of tools. Known early. @default 8080 */
  readonly port?: number;
  /** Where tools may connect to; without it nowhere, not even to DNS. @default - nowhere */
  readonly allowed?: readonly AllowedAddressArgs[];
  /** Whether tools may look up names, which also carries data out. Known early. @default false */
  readonly hasDns?: boolean;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: ToolSandboxTransforms;
}
