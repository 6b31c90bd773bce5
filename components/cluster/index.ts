/** GPU clusters: one class per cloud, their arguments, and what they have in common. */
export type {
  EksAddonName,
  EksGpuClusterArgs,
  EksGpuClusterTransforms,
  EksGpuNodes,
  EksSystemNodesArgs,
} from "./eks-args";
export { EksGpuCluster, type EksGpuClusterNodes } from "./eks-gpu-cluster";
export { diskOf, METADATA_OPTIONS, tagSpecificationsOf } from "./eks-launch-template";
export type { GkeGpuClusterArgs, GkeGpuClusterTransforms, GkeSystemNodesArgs } from "./gke-args";
export { GkeGpuCluster, type GkeGpuClusterNodes } from "./gke-gpu-cluster";
export { commonNodeConfig } from "./gke-place";
export type {
  CapacityBlock,
  CapacityKind,
  FlexStartCapacity,
  GpuCapacity,
  GpuCluster,
  GpuPoolArgs,
  GpuPoolPlacement,
  GpuPools,
  NodeTaint,
  OnDemandCapacity,
  ReservedCapacity,
  SpotCapacity,
} from "./gpu-cluster";
export { GPU_RESOURCE } from "./gpu-cluster";
