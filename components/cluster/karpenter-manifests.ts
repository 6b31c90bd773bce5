/**
 * The objects that tell Karpenter which nodes it may make: an EC2NodeClass and a NodePool for each slice of a pool.
 * Pure; checked against the definitions of Karpenter 1.14.1.
 */
import type * as pulumi from "@pulumi/pulumi";
import { type Allocation, awsTags, withoutPlan } from "../foundation/allocation";
import { efaInterfaces } from "./efa-interfaces";
import { type CapacityKind, GPU_RESOURCE } from "./gpu-cluster";
import type { GpuPoolSlice } from "./gpu-pool-slices";

/** What nodes are made of that does not depend on the pool. */
export interface KarpenterSurroundings {
  /** Name of the nodes' role. */
  readonly nodeRoleName: pulumi.Input<string>;
  /** Subnets by zone. */
  readonly subnetIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly securityGroupIds: readonly pulumi.Input<string>[];
  /** Security group that lets adapters talk to each other; only for pools with rdma. */
  readonly rdmaSecurityGroupId: pulumi.Input<string> | undefined;
  /** Key of the boot disks. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Release of the machine image: `v20261115`. */
  readonly amiVersion: string;
  readonly allocation: Allocation;
}

/** Karpenter's own words for kinds of capacity; blocks and reservations differ by a second label. */
const capacityTypes = {
  "on-demand": "on-demand",
  spot: "spot",
  reserved: "reserved",
  "capacity-block": "reserved",
} as const satisfies Partial<Record<CapacityKind, string>>;

const reservationTypes = { reserved: "default", "capacity-block": "capacity-block" } as const;

/** The `spec` of the EC2NodeClass of a slice. */
export function nodeClassSpec(
  slice: GpuPoolSlice,
  surroundings: KarpenterSurroundings,
): Readonly<Record<string, unknown>> {
  const { pool, capacity, zones, poolName } = slice;
  const { securityGroupIds, rdmaSecurityGroupId } = surroundings;
  const groups =
    pool.fabric === "rdma" && rdmaSecurityGroupId !== undefined
      ? [...securityGroupIds, rdmaSecurityGroupId]
      : securityGroupIds;
  return {
    // For instance types with GPUs Karpenter takes the variant with NVIDIA's driver.
    amiSelectorTerms: [{ alias: `al2023@${surroundings.amiVersion}` }],
    role: surroundings.nodeRoleName,
    subnetSelectorTerms: zones.map((zone) => ({ id: surroundings.subnetIds[zone] })),
    securityGroupSelectorTerms: groups.map((id) => ({ id })),
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        rootVolume: true,
        ebs: {
          volumeSize: `${pool.bootDiskGib ?? BOOT_DISK_GIB}Gi`,
          volumeType: "gp3",
          // Images of tens of GiB are unpacked here: four times the throughput that comes for free.
          throughput: 500,
          iops: 4000,
          encrypted: true,
          kmsKeyID: surroundings.kmsKeyArn,
          deleteOnTermination: true,
        },
      },
    ],
    // Pods get their credentials from Pod Identity, and cannot reach those of the node.
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    },
    tags: awsTags({ ...withoutPlan(surroundings.allocation), pool: poolName }),
    ...((pool.localDisks ?? 0) > 0 ? { instanceStorePolicy: "RAID0" } : {}),
    ...("reservations" in capacity
      ? { capacityReservationSelectorTerms: capacity.reservations.map((id) => ({ id })) }
      : {}),
    ...(pool.fabric === "rdma" && pool.networkCards !== undefined
      ? { networkInterfaces: efaInterfaces(pool.networkCards) }
      : {}),
  };
}

/** The `spec` of the NodePool of a slice. */
export function nodePoolSpec(
  slice: GpuPoolSlice,
  nodeClassName: string,
  drainSeconds: number,
): Readonly<Record<string, unknown>> {
  const { pool, capacity, zones, rank, labels, taints } = slice;
  const requirements = [
    oneOf("node.kubernetes.io/instance-type", [pool.instanceType]),
    oneOf("topology.kubernetes.io/zone", zones),
    oneOf("karpenter.sh/capacity-type", [
      capacityTypes[capacity.kind as keyof typeof capacityTypes],
    ]),
    ...("reservations" in capacity
      ? [oneOf("karpenter.k8s.aws/capacity-reservation-type", [reservationTypes[capacity.kind]])]
      : []),
  ];
  return {
    template: {
      metadata: { labels },
      spec: {
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: nodeClassName },
        requirements,
        taints,
        // A node that serves streams is replaced for a reason, never for its age alone.
        expireAfter: "Never",
        terminationGracePeriod: `${drainSeconds}s`,
      },
    },
    // A half-empty GPU node still holds streams and weights: only an empty one goes.
    disruption: {
      consolidationPolicy: "WhenEmpty",
      consolidateAfter: "10m",
      budgets: [{ nodes: "1" }],
    },
    limits: {
      nodes: String(capacity.nodesMax),
      [GPU_RESOURCE]: String(capacity.nodesMax * pool.accelerators.count),
    },
    // The kind that is named first is tried first.
    weight: 100 - rank,
  };
}

function oneOf(key: string, values: readonly string[]) {
  return { key, operator: "In", values };
}

/** Boot disk of a pool that asks for none, GiB. */
export const BOOT_DISK_GIB = 200;
