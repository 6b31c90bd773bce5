/** GPU clusters: one class per cloud, their arguments, and what they have in common. */
export {
  checkEksGpuCluster,
  type EksAddonName,
  type EksGpuClusterArgs,
  type EksGpuClusterTransforms,
  type EksGpuNodes,
  type EksSystemNodesArgs,
} from "./eks-args";
export { EksGpuCluster, type EksGpuClusterNodes } from "./eks-gpu-cluster";
export { diskOf, METADATA_OPTIONS, tagSpecificationsOf } from "./eks-launch-template";
export {
  checkGkeGpuCluster,
  type GkeGpuClusterArgs,
  type GkeGpuClusterTransforms,
  type GkeSystemNodesArgs,
} from "./gke-args";
export { GkeGpuCluster, type GkeGpuClusterNodes } from "./gke-gpu-cluster";
export { commonNodeConfig } from "./gke-place";
export {
  type CapacityBlock,
  type CapacityKind,
  type FlexStartCapacity,
  GPU_RESOURCE,
  type GpuCapacity,
  type GpuCluster,
  type GpuPoolArgs,
  type GpuPoolPlacement,
  type GpuPools,
  type NodeTaint,
  type OnDemandCapacity,
  type ReservedCapacity,
  type SpotCapacity,
} from "./gpu-cluster";
export { placementsOf } from "./gpu-pool-slices";
