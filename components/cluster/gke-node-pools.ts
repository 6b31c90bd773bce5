/** Node pools of GKE: one for the system, and one for each slice of a GPU pool. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { physicalName } from "../foundation/physical-name";
import { shortHash } from "../foundation/short-hash";
import { transformed } from "../foundation/transform";
import type { ResolvedGkeGpuCluster } from "./gke-args";
import { commonNodeConfig, type GkeNodeNeeds, type GkePlace } from "./gke-place";
import type { FlexStartCapacity } from "./gpu-cluster";
import { type GpuPoolSlice, POOL_LABEL } from "./gpu-pool-slices";

const taintEffects = {
  NoSchedule: "NO_SCHEDULE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
} as const;

const FLEX_START_SECONDS = 604_800;
const BOOT_DISK_GIB = 200;

/** Makes the pool for what runs the cluster. It comes first: a cluster without it puts its own pods on GPU nodes. */
export function createGkeSystemNodes(place: GkePlace, needs: GkeNodeNeeds): gcp.container.NodePool {
  const { settings, opts } = place;
  const { machineType, nodesMinPerZone, nodesMaxPerZone } = settings.systemNodes;
  return new gcp.container.NodePool(
    ...transformed<gcp.container.NodePoolArgs>(
      settings.transform.systemNodes,
      childName(place.name, "system"),
      {
        cluster: needs.cluster.id,
        initialNodeCount: nodesMinPerZone,
        autoscaling: { minNodeCount: nodesMinPerZone, maxNodeCount: nodesMaxPerZone },
        management: { autoRepair: true, autoUpgrade: true },
        networkConfig: { enablePrivateNodes: true },
        nodeConfig: {
          ...commonNodeConfig(needs),
          machineType,
          diskSizeGb: 50,
          diskType: "pd-balanced",
          labels: { [POOL_LABEL]: "system" },
          resourceLabels: gcpLabels(settings.allocation),
        },
      },
      { ...opts, ignoreChanges: ["initialNodeCount"] },
    ),
  );
}

/** Makes the node pool of a slice. */
export function createGkeGpuNodes(
  place: GkePlace,
  needs: GkeNodeNeeds,
  slice: GpuPoolSlice,
  system: gcp.container.NodePool,
): gcp.container.NodePool {
  const { settings, opts } = place;
  const { capacity, pool, zones } = slice;
  const nodesMin = "nodesMin" in capacity ? (capacity.nodesMin ?? 0) : 0;
  const isFlexStart = capacity.kind === "flex-start";
  return new gcp.container.NodePool(
    ...transformed<gcp.container.NodePoolArgs>(
      settings.transform.gpuNodes,
      childName(place.name, "gpu", slice.name),
      {
        cluster: needs.cluster.id,
        name: pulumi
          .output(needs.kmsKeyId)
          .apply((kmsKeyId) => gpuNodePoolName(slice, { ...settings, kmsKeyId })),
        nodeLocations: [...zones],
        maxPodsPerNode: settings.podsPerNodeMax,
        initialNodeCount: Math.ceil(nodesMin / zones.length),
        autoscaling: {
          totalMinNodeCount: nodesMin,
          totalMaxNodeCount: capacity.nodesMax,
          // Scarce capacity is taken wherever it is; what is sure to be there is spread.
          locationPolicy: capacity.kind === "on-demand" ? "BALANCED" : "ANY",
        },
        // A node of flex-start goes after its time, and is neither repaired nor upgraded before.
        management: { autoRepair: !isFlexStart, autoUpgrade: true },
        ...(isFlexStart
          ? {}
          : { upgradeSettings: { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 } }),
        networkConfig: {
          enablePrivateNodes: true,
          ...(pool.fabric === "rdma" ? { acceleratorNetworkProfile: "auto" } : {}),
        },
        ...(pool.fabric === "rdma" ? { placementPolicy: { type: "COMPACT" } } : {}),
        // Also a pool that is replaced goes as its streams end and its disruption budgets allow.
        nodeDrainConfigs: [
          {
            graceTerminationDuration: `${settings.drainSeconds}s`,
            pdbTimeoutDuration: `${settings.drainSeconds}s`,
            respectPdbDuringNodePoolDeletion: true,
          },
        ],
        nodeConfig: gpuNodeConfig(place, needs, slice),
      },
      {
        ...opts,
        dependsOn: [system],
        ignoreChanges: ["initialNodeCount"],
        customTimeouts: { create: "60m", update: "4h", delete: "2h" },
      },
    ),
  );
}

/** The configuration of the nodes of a slice. */
function gpuNodeConfig(
  { settings }: GkePlace,
  needs: GkeNodeNeeds,
  { capacity, pool, poolName, labels, taints }: GpuPoolSlice,
): gcp.types.input.container.NodePoolNodeConfig {
  const { imageCacheDisks = [], localDisks = 0 } = pool;
  return {
    ...commonNodeConfig(needs),
    machineType: pool.instanceType,
    diskSizeGb: pool.bootDiskGib ?? BOOT_DISK_GIB,
    guestAccelerators: [
      {
        type: pool.accelerators.type,
        count: pool.accelerators.count,
        gpuDriverInstallationConfig: { gpuDriverVersion: settings.gpuDriver },
      },
    ],
    gvnic: { enabled: true },
    // Also what a disk with images needs: an image is used before it is there as a whole.
    gcfsConfig: { enabled: true },
    labels: { ...labels },
    taints: taints.map(({ key, value, effect }) => ({ key, value, effect: taintEffects[effect] })),
    resourceLabels: gcpLabels({ ...settings.allocation, pool: poolName }),
    ...(localDisks > 0 ? { ephemeralStorageLocalSsdConfig: { localSsdCount: localDisks } } : {}),
    ...(imageCacheDisks.length > 0
      ? {
          secondaryBootDisks: imageCacheDisks.map((diskImage) => ({
            diskImage,
            mode: "CONTAINER_IMAGE_CACHE",
          })),
        }
      : {}),
    ...(capacity.kind === "spot" ? { spot: true } : {}),
    ...(capacity.kind === "flex-start" ? flexStart(capacity) : {}),
    reservationAffinity:
      capacity.kind === "reserved"
        ? {
            consumeReservationType: "SPECIFIC_RESERVATION",
            key: "compute.googleapis.com/reservation-name",
            values: [...capacity.reservations],
          }
        : // Else nodes that are priced as on-demand would use up a reservation that another pool counts on.
          { consumeReservationType: "NO_RESERVATION" },
  };
}

function flexStart({ runSecondsMax = FLEX_START_SECONDS }: FlexStartCapacity) {
  return { flexStart: true, maxRunDuration: `${runSecondsMax}s` };
}

/** What of a cluster's settings its nodes are made with for good. */
export type NodeSettings = Pick<ResolvedGkeGpuCluster, "gpuDriver" | "podsPerNodeMax"> & {
  readonly kmsKeyId: string;
};

/**
 * The name of a node pool in the cloud. It changes with whatever GKE cannot change in place, so that the pool that
 * replaces another can be there before the other goes, which keeps its name until then: with the same name GKE would
 * refuse it. The kind of capacity is in the slice's name. Limits, labels and drain times change in place.
 */
export function gpuNodePoolName(slice: GpuPoolSlice, settings: NodeSettings): string {
  const { pool, zones, taints, capacity } = slice;
  const immutable = JSON.stringify([
    pool.instanceType,
    pool.accelerators,
    pool.fabric ?? "standard",
    pool.localDisks ?? 0,
    pool.bootDiskGib ?? BOOT_DISK_GIB,
    pool.imageCacheDisks ?? [],
    capacity.kind === "flex-start" ? flexStart(capacity) : {},
    capacity.kind === "reserved" ? capacity.reservations : [],
    zones,
    taints,
    settings.gpuDriver,
    settings.podsPerNodeMax,
    settings.kmsKeyId,
  ]);
  return physicalName("gkeNodePool", `${slice.name}-${shortHash(immutable)}`);
}
