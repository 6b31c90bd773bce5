/** Arguments of ToolSandbox: what they mean, and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import {
  type AllowedAddressArgs,
  checkAllowed,
  checkNamespace,
  checkPeers,
  checkPositive,
  type PeerArgs,
} from "./serving-tenant-args";

/** A release of gVisor for EKS, whose images come without it. Known early. */
export interface GvisorReleaseArgs {
  /** Point release: `20261116.0`. */
  readonly version: string;
  /** SHA-512 of `runsc` for x86_64, as published beside it: 128 hexadecimal digits. */
  readonly runscSha512: string;
  /** SHA-512 of `containerd-shim-runsc-v1` for x86_64. */
  readonly shimSha512: string;
  /** Where releases are, for nodes that do not reach gVisor's own: `https://…`, as its bucket has them. @default - gVisor's own */
  readonly mirror?: string;
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
  /** On EKS as many as nodesMin: nothing scales a managed group there. Known early. */
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

const SHA512 = { pattern: /^[0-9a-f]{128}$/, must: "be 128 hexadecimal digits" };
const COUNT = { min: 1, max: 100_000 };
/** Families of machines with GPUs. */
const GPU_MACHINES = /^(a[234]|g[24]|p\d|g[4-9]|gr\d|trn|inf|dl)[a-z0-9]*[.-]/;

/** What is wrong with the arguments. */
export function checkToolSandbox(args: ToolSandboxArgs): readonly InputProblem[] {
  const { nodes, nodesMin = 1, nodesMax, quota, podLimits } = args;
  const problems: InputProblem[] = [
    ...checkNamespace("namespace", args.namespace),
    ...checkWhole("nodesMin", nodesMin, { min: 0, max: 1000 }),
    ...checkWhole("nodesMax", nodesMax, { min: 1, max: 1000 }),
    ...checkWhole("quota.pods", quota.pods, COUNT),
    ...checkPositive("quota", {
      cpus: quota.cpus,
      memoryGib: quota.memoryGib,
      localDiskGib: quota.localDiskGib,
    }),
    ...(podLimits === undefined ? [] : checkPositive("podLimits", { ...podLimits })),
    ...checkPeers("callers", args.callers ?? []),
    ...checkWhole("port", args.port, { min: 1, max: 65_535 }),
    ...checkAllowed("allowed", args.allowed ?? []),
    ...(nodes.kind === "eks" ? checkEksNodes(nodes) : checkGkeNodes(nodes)),
  ];
  if (nodesMin > nodesMax) {
    problems.push({ path: "nodesMin", must: `be at most nodesMax (${nodesMax})`, got: nodesMin });
  } else if (nodes.kind === "eks" && nodesMin !== nodesMax) {
    problems.push({
      path: "nodesMax",
      must: `be nodesMin (${nodesMin}) on EKS, where nothing scales a managed group`,
      got: nodesMax,
    });
  }
  return problems;
}

function checkEksNodes({
  gvisor,
  instanceType,
  releaseVersion,
  subnetIds,
}: EksSandboxNodes): readonly InputProblem[] {
  return [
    ...checkForm("nodes.gvisor.version", gvisor.version, {
      pattern: /^\d{8}(\.\d+)?$/,
      must: 'be a point release, such as "20261116.0"',
    }),
    ...checkForm("nodes.gvisor.runscSha512", gvisor.runscSha512, SHA512),
    ...checkForm("nodes.gvisor.shimSha512", gvisor.shimSha512, SHA512),
    ...checkForm("nodes.gvisor.mirror", gvisor.mirror, {
      pattern: /^https:\/\/[\w.-]+(:\d+)?(\/[\w.-]+)*$/,
      must: "be an address over https, without a slash at its end",
    }),
    ...checkForm("nodes.releaseVersion", releaseVersion, {
      pattern: /^1\.\d+\.\d+-\d{8}$/,
      must: 'be a release of the AMI, such as "1.34.2-20261115"',
    }),
    ...checkMachine("nodes.instanceType", instanceType),
    ...(subnetIds.length === 0
      ? [{ path: "nodes.subnetIds", must: "hold a subnet", got: subnetIds }]
      : []),
  ];
}

function checkGkeNodes({ zones, machineType }: GkeSandboxNodes): readonly InputProblem[] {
  return [
    ...checkMachine("nodes.machineType", machineType),
    // The smallest machines have no room for a second kernel.
    ...(machineType?.startsWith("e2-micro") || machineType?.startsWith("e2-small")
      ? [{ path: "nodes.machineType", must: "be larger for GKE Sandbox", got: machineType }]
      : []),
    ...(zones.length === 0 ? [{ path: "nodes.zones", must: "hold a zone", got: zones }] : []),
  ];
}

function checkMachine(path: string, machine: string | undefined): readonly InputProblem[] {
  if (machine === undefined || !GPU_MACHINES.test(machine)) return [];
  return [{ path, must: "be a machine without GPUs, which tools do not get", got: machine }];
}
