/** GPU nodes as managed node groups: one group and one launch template for each slice of a pool. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { efaInterfaces } from "./efa-interfaces";
import type { EksControlPlane } from "./eks-control-plane";
import {
  diskOf,
  localDiskUserData,
  METADATA_OPTIONS,
  tagSpecificationsOf,
} from "./eks-launch-template";
import { type EksPlace, eksTags, nodeTags } from "./eks-place";
import type { EksSystemNodes } from "./eks-system-nodes";
import type { CapacityKind } from "./gpu-cluster";
import type { GpuPoolSlice } from "./gpu-pool-slices";
import { BOOT_DISK_GIB } from "./karpenter-manifests";

/** EKS's words for kinds of capacity; a reservation is on-demand capacity that the template targets. */
const capacityTypes = {
  "on-demand": "ON_DEMAND",
  spot: "SPOT",
  reserved: "ON_DEMAND",
  "capacity-block": "CAPACITY_BLOCK",
} as const satisfies Partial<Record<CapacityKind, string>>;

const taintEffects = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
} as const;

/** Makes the node group of a slice. */
export function createManagedGpuNodes(
  place: EksPlace,
  plane: EksControlPlane,
  system: EksSystemNodes,
  slice: GpuPoolSlice,
  needs: {
    readonly releaseVersion: string;
    readonly rdmaSecurityGroupId: pulumi.Input<string> | undefined;
  },
): aws.eks.NodeGroup {
  const { settings, opts } = place;
  const { capacity, pool, zones, labels, taints } = slice;
  const name = childName(place.name, "gpu", slice.name);
  const tags = { ...eksTags(place, name), "capplan:pool": slice.poolName };
  const template = createTemplate(place, plane, slice, { name, tags, ...needs });
  const nodesMin = "nodesMin" in capacity ? (capacity.nodesMin ?? 0) : 0;
  return new aws.eks.NodeGroup(
    ...transformed<aws.eks.NodeGroupArgs>(
      settings.transform.gpuNodes,
      name,
      {
        clusterName: plane.cluster.name,
        nodeRoleArn: system.nodeRole.arn,
        subnetIds: zones.map((zone) => settings.subnetIds[zone]!),
        capacityType: capacityTypes[capacity.kind as keyof typeof capacityTypes],
        amiType: "AL2023_x86_64_NVIDIA",
        releaseVersion: needs.releaseVersion,
        // A template that is bound to a block has to name the instance type itself.
        ...(capacity.kind === "capacity-block" ? {} : { instanceTypes: [pool.instanceType] }),
        scalingConfig: { minSize: nodesMin, desiredSize: nodesMin, maxSize: capacity.nodesMax },
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        labels: { ...labels },
        taints: taints.map(({ key, value, effect }) => ({
          key,
          value,
          effect: taintEffects[effect],
        })),
        tags,
      },
      {
        ...opts,
        dependsOn: [...system.ready],
        ignoreChanges: ["scalingConfig.desiredSize"],
        customTimeouts: { create: "60m", update: "4h", delete: "2h" },
      },
    ),
  );
}

function createTemplate(
  place: EksPlace,
  { cluster, kmsKeyArn }: EksControlPlane,
  { pool, poolName, capacity }: GpuPoolSlice,
  needs: {
    readonly name: string;
    readonly tags: Record<string, string>;
    readonly rdmaSecurityGroupId: pulumi.Input<string> | undefined;
  },
): aws.ec2.LaunchTemplate {
  const clusterGroup = cluster.vpcConfig.clusterSecurityGroupId;
  const groups =
    needs.rdmaSecurityGroupId === undefined
      ? [clusterGroup]
      : [clusterGroup, needs.rdmaSecurityGroupId];
  const isRdma = pool.fabric === "rdma" && pool.networkCards !== undefined;
  return new aws.ec2.LaunchTemplate(
    ...transformed<aws.ec2.LaunchTemplateArgs>(
      place.settings.transform.launchTemplate,
      needs.name,
      {
        metadataOptions: METADATA_OPTIONS,
        blockDeviceMappings: [diskOf(pool.bootDiskGib ?? BOOT_DISK_GIB, kmsKeyArn)],
        tagSpecifications: tagSpecificationsOf({
          ...nodeTags(place, needs.name),
          "capplan:pool": poolName,
        }),
        updateDefaultVersion: true,
        tags: needs.tags,
        ...((pool.localDisks ?? 0) > 0 ? { userData: localDiskUserData() } : {}),
        // With interfaces of its own a template names security groups there, and nowhere else.
        ...(isRdma
          ? {
              networkInterfaces: efaInterfaces(pool.networkCards).map((one) => ({
                ...one,
                securityGroups: groups,
                deleteOnTermination: "true",
              })),
            }
          : { vpcSecurityGroupIds: [clusterGroup] }),
        ...("reservations" in capacity
          ? {
              capacityReservationSpecification: {
                capacityReservationTarget: { capacityReservationId: capacity.reservations[0]! },
              },
            }
          : {}),
        ...(capacity.kind === "capacity-block"
          ? {
              instanceType: pool.instanceType,
              instanceMarketOptions: { marketType: "capacity-block" },
            }
          : {}),
      },
      place.opts,
    ),
  );
}
