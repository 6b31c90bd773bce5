/**
 * A pool is provisioned slice by slice: the nodes of one kind of capacity, which the clouds keep in a node pool of their
 * own, with limits of its own. Pure.
 */
import { type Allocation, kubernetesLabels, withoutPlan } from "../foundation/allocation";
import {
  type CapacityKind,
  GPU_RESOURCE,
  GPU_TAINT,
  type GpuCapacity,
  type GpuPoolArgs,
  type GpuPoolPlacement,
  type GpuPools,
  type NodeTaint,
} from "./gpu-cluster";

/** The nodes of one pool and one kind of capacity. */
export interface GpuPoolSlice {
  /** `POOL-KIND`, unique in the cluster. */
  readonly name: string;
  readonly poolName: string;
  readonly pool: GpuPoolArgs;
  readonly capacity: GpuCapacity;
  readonly zones: readonly string[];
  /** Position in the order in which the kinds of the pool are tried, from 0. */
  readonly rank: number;
  /** Labels of the nodes: the pool's own, the kind, and who pays. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
}

/** The label that says of which kind a node is. */
export const CAPACITY_LABEL = "capplan/capacity";
/** The label that says of which pool a node is. */
export const POOL_LABEL = "capplan/pool";

/**
 * All slices, by pool in order of name, and in the order of the pool's kinds.
 * @param clusterZones Zones of the pools that name none.
 */
export function gpuPoolSlices(
  pools: GpuPools,
  clusterZones: readonly string[],
  allocation: Allocation,
): readonly GpuPoolSlice[] {
  return Object.keys(pools)
    .toSorted()
    .flatMap((poolName) => {
      const pool = pools[poolName]!;
      return pool.capacity.map((capacity, rank) => ({
        name: sliceName(poolName, capacity.kind),
        poolName,
        pool,
        capacity,
        rank,
        zones: pool.zones ?? clusterZones,
        labels: {
          ...pool.labels,
          ...kubernetesLabels({ ...withoutPlan(allocation), pool: poolName }),
          [CAPACITY_LABEL]: capacity.kind,
        },
        taints: [GPU_TAINT, ...(pool.taints ?? [])],
      }));
    });
}

/** Name of a slice. */
export function sliceName(poolName: string, kind: CapacityKind): string {
  return `${poolName}-${kind}`;
}

/** How pods get onto each pool. */
export function placementsOf(pools: GpuPools): Readonly<Record<string, GpuPoolPlacement>> {
  return Object.fromEntries(
    Object.entries(pools).map(([name, pool]) => [
      name,
      {
        nodeSelector: { [POOL_LABEL]: name },
        tolerations: [GPU_TAINT, ...(pool.taints ?? [])].map(({ key, value, effect }) => ({
          key,
          operator: "Equal" as const,
          value,
          effect,
        })),
        gpuResource: GPU_RESOURCE,
        gpusPerNode: pool.accelerators.count,
        nodesMax: pool.capacity.reduce((sum, { nodesMax }) => sum + nodesMax, 0),
      },
    ]),
  );
}
