/**
 * What a GPU cluster is on any cloud: the pools that it is asked for, and what serving needs to know of it. The classes
 * of this folder take these arguments and implement this interface, so what runs on a cluster does not know its cloud.
 */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Capacity that is paid by the hour, whenever it is there. */
export interface OnDemandCapacity {
  readonly kind: "on-demand";
  /** Most nodes at a time. */
  readonly nodesMax: number;
  /** Nodes that are kept even without work. Karpenter keeps none. @default 0 */
  readonly nodesMin?: number;
}

/** Capacity that is cheaper, and taken back at short notice. */
export interface SpotCapacity {
  readonly kind: "spot";
  /** Most nodes at a time. */
  readonly nodesMax: number;
  /** Nodes that are kept even without work. Karpenter keeps none. @default 0 */
  readonly nodesMin?: number;
}

/** Capacity that is set aside: on-demand capacity reservations of AWS, reservations of Google Cloud. */
export interface ReservedCapacity {
  readonly kind: "reserved";
  /** Identifiers (`cr-…`) on AWS, names on Google Cloud. At least one. */
  readonly reservations: readonly pulumi.Input<string>[];
  /** Most nodes at a time. */
  readonly nodesMax: number;
  /** Nodes that are kept even without work. Karpenter keeps none. @default 0 */
  readonly nodesMin?: number;
}

/** A Capacity Block of AWS: reserved for some days or weeks that are known beforehand, in one zone. */
export interface CapacityBlock {
  readonly kind: "capacity-block";
  /** Identifiers (`cr-…`) of the blocks. At least one. */
  readonly reservations: readonly pulumi.Input<string>[];
  /** Nodes of the blocks. */
  readonly nodesMax: number;
}

/** Flex-start of Google Cloud: waits for capacity, then has it for at most seven days. */
export interface FlexStartCapacity {
  readonly kind: "flex-start";
  /** Most nodes at a time. */
  readonly nodesMax: number;
  /** After this time a node is taken back, at most seven days. @default 604800 */
  readonly runSecondsMax?: number;
}

/** Where the nodes of a pool come from. */
export type GpuCapacity =
  | OnDemandCapacity
  | SpotCapacity
  | ReservedCapacity
  | CapacityBlock
  | FlexStartCapacity;

/** The kinds of capacity. */
export type CapacityKind = GpuCapacity["kind"];

/** Keeps pods away from nodes. */
export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/**
 * Nodes of one instance type. All fields are known early: which resources there are depends on them.
 */
export interface GpuPoolArgs {
  /** The cloud's name of the machine: `p5.48xlarge`, `a3-highgpu-8g`. */
  readonly instanceType: string;
  /** What is in one node. */
  readonly accelerators: {
    /** The cloud's name: `nvidia-h100-80gb` on GKE, where it selects the driver; for information on AWS. */
    readonly type: string;
    /** GPUs of a node. */
    readonly count: number;
  };
  /** Where nodes come from, in the order in which the kinds are tried. Each kind once. */
  readonly capacity: readonly GpuCapacity[];
  /** Zones of the pool, out of those of the cluster. @default - all zones of the cluster */
  readonly zones?: readonly string[];
  /**
   * `rdma`: nodes talk to each other past the operating system: EFA on AWS; on Google Cloud the accelerator network, and
   * nodes close to each other in one zone. For replicas that span nodes. @default "standard"
   */
  readonly fabric?: "standard" | "rdma";
  /** Network cards of the instance type, each of which gets an EFA interface. Needed for `rdma` on AWS. */
  readonly networkCards?: number;
  /**
   * Local NVMe disks that hold images and weights: on AWS any number above 0 puts all disks of the instance into one
   * RAID 0; on Google Cloud the number that the machine type comes with. @default 0
   */
  readonly localDisks?: number;
  /** Boot disk, GiB; it holds images where there are no local disks. @default 200 */
  readonly bootDiskGib?: number;
  /** Images of disks with container images, from which nodes start at once. Google Cloud only. @default - none */
  readonly imageCacheDisks?: readonly string[];
  /** Labels beside those of the pool. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints beside that of GPUs. @default - none */
  readonly taints?: readonly NodeTaint[];
}

/** GPU pools by name: lower case letters, digits and hyphens, at most 20 characters. */
export type GpuPools = Readonly<Record<string, GpuPoolArgs>>;

/** How a pod gets onto the nodes of a pool, and what it finds there. */
export interface GpuPoolPlacement {
  /** To be the pod's node selector. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** To be among the pod's tolerations. */
  readonly tolerations: readonly {
    readonly key: string;
    readonly operator: "Equal";
    readonly value: string;
    readonly effect: string;
  }[];
  /** The extended resource that a container asks for. */
  readonly gpuResource: typeof GPU_RESOURCE;
  readonly gpusPerNode: number;
  /** Most nodes of all kinds of capacity together. */
  readonly nodesMax: number;
}

/** What serving needs to know of a cluster. */
export interface GpuCluster {
  /** The cluster's name in the cloud. */
  readonly clusterName: pulumi.Output<string>;
  /** How kubectl reaches the cluster; holds no credentials. */
  readonly kubeconfig: pulumi.Output<string>;
  /** For what is put into the cluster by the same program. */
  readonly kubernetesProvider: kubernetes.Provider;
  /** By name of the pool. */
  readonly pools: Readonly<Record<string, GpuPoolPlacement>>;
}

/** The resource of NVIDIA's device plugin, which GKE uses too. */
export const GPU_RESOURCE = "nvidia.com/gpu";

/**
 * The taint of GPU nodes, with the value that GKE sets on its own when it sees another pool: another value would be
 * a second taint.
 */
export const GPU_TAINT: NodeTaint = { key: GPU_RESOURCE, value: "present", effect: "NoSchedule" };
