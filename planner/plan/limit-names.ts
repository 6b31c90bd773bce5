/**
 * What the resources of the clouds and of the cluster need to be told and a fleet does not say in their terms: every
 * limit by name, with its unit. How each follows from the fleet and from what was measured is `derive-limits.ts`.
 */

/** Names of limits of one pool, with their units. */
export const POOL_LIMITS = {
  /** Of one gateway process towards the pool (`BackendTrafficPolicy.circuitBreaker`). */
  maxConnectionsPerProcess: "connections",
  maxPendingRequestsPerProcess: "requests",
  maxParallelRequestsPerProcess: "requests",
  maxParallelRetriesPerProcess: "requests",
  minRetryConcurrencyPerProcess: "requests",
  /** Bounds of the node pool: `spec.limits` of a Karpenter NodePool, `totalMaxNodeCount` of GKE. */
  acceleratorsMax: "accelerators",
  /** Nodes that run as those on demand do, and are committed to: a discount on the bill. */
  reservedNodes: "nodes",
  /** Nodes of capacity blocks, which launch into a reservation of their own. */
  capacityBlockNodes: "nodes",
  onDemandNodesMin: "nodes",
  onDemandNodesMax: "nodes",
  spotNodesMax: "nodes",
  /** `terminationGracePeriodSeconds` of the pods. */
  terminationGracePeriodSeconds: "seconds",
  /** `failureThreshold × periodSeconds` of the startup probe. */
  startupSeconds: "seconds",
} as const;

/** Names of limits of one region, with their units. */
export const REGION_LIMITS = {
  /** Accelerators of one family, one way of buying: the quota to ask for. */
  acceleratorQuota: "accelerators",
  /** AWS counts its quotas in vCPUs. */
  vcpuQuota: "vCPUs",
} as const;

/** Names of limits of the whole fleet, with their units. */
export const FLEET_LIMITS = {
  /** Of load balancers and routes in front of the gateway: longer than the longest stream. */
  requestTimeoutSeconds: "seconds",
  /** Idle timeout of the same: longer than the latest first token. */
  streamIdleTimeoutSeconds: "seconds",
  dnsDetectionSeconds: "seconds",
  /** From a region's loss until the last client has left that keeps to the TTL. */
  dnsMoveSeconds: "seconds",
  queueVisibilityTimeoutSeconds: "seconds",
  queueRetentionSeconds: "seconds",
  deadLetterRetentionSeconds: "seconds",
  queueAgeAlarmSeconds: "seconds",
  budgetUsdPerMonth: "USD per month",
  budgetAlertUsdPerMonth: "USD per month",
} as const;

export type PoolLimitName = keyof typeof POOL_LIMITS;
export type RegionLimitName = keyof typeof REGION_LIMITS;
export type FleetLimitName = keyof typeof FLEET_LIMITS;
export type LimitName = PoolLimitName | RegionLimitName | FleetLimitName;

const LIMITS = { ...POOL_LIMITS, ...REGION_LIMITS, ...FLEET_LIMITS };

export type LimitUnit = (typeof LIMITS)[LimitName];

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];
export const LIMIT_UNITS = [...new Set(Object.values(LIMITS))] as readonly LimitUnit[];

/** Unit of a limit. */
export function unitOf(name: LimitName): LimitUnit {
  return LIMITS[name];
}
