/**
 * Limits of one pool: its circuit breaker as one gateway process counts it, the nodes and accelerators that it may
 * have, and how long its pods take to come and to go.
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import { purchaseParts } from "../fleet/purchase";
import { concurrencyBehind } from "../fleet/resolve-pool-policies";
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import type { ResolvedCircuitBreaker } from "../fleet/resolved-policies";
import { quantile } from "../foundation/distributions";
import { formatNumber } from "../foundation/format-units";
import { shareOfProcess } from "../simulation/gateway/circuit-breaker";
import { acceleratorsPerReplica } from "../simulation/parallelism";
import { type PoolLimitName, unitOf } from "./limit-names";
import { HEADROOM, type LongestTimes } from "./longest-times";
import type { PlanLimit } from "./plan-spec";

/** What Envoy takes at most: 32 bits. A limit that is left out would be Envoy Gateway's 1024. */
export const ENVOY_UNLIMITED = 2 ** 32 - 1;

/** Startup is measured from the start of the container, when its image is there. */
const STARTUP_QUANTILE = 0.999;

type Derived = Omit<PlanLimit, "of" | "name" | "unit" | "subject"> & {
  readonly name: PoolLimitName;
};

/** Every limit of a pool. */
export function poolLimits(
  pool: ResolvedPool,
  fleet: ResolvedFleet,
  longest: LongestTimes,
): PlanLimit[] {
  const derived = [
    ...(pool.role === "decode" ? [] : breakerLimits(pool, fleet)),
    ...nodeLimits(pool),
    gracePeriod(fleet, longest),
    startup(pool),
  ];
  return derived.map(({ name, ...rest }) => ({
    of: pool.name,
    name,
    subject: null,
    unit: unitOf(name),
    ...rest,
  }));
}

/** Without a circuit breaker nothing is limited, which has to be said: left out, Envoy Gateway's defaults would hold. */
const NO_BREAKER: ResolvedCircuitBreaker = {
  maxConnections: Number.POSITIVE_INFINITY,
  maxPendingRequests: Number.POSITIVE_INFINITY,
  maxParallelRequests: Number.POSITIVE_INFINITY,
  maxParallelRetries: Number.POSITIVE_INFINITY,
  retryBudget: undefined,
};

function breakerLimits(pool: ResolvedPool, fleet: ResolvedFleet): Derived[] {
  const processes = fleet.policies.gateway.replicas;
  const whole = pool.circuitBreaker ?? NO_BREAKER;
  const share = shareOfProcess(whole, processes);
  const concurrent = (one: ResolvedPool) => ({ ...one, modelName: one.model.name });
  const planned = concurrencyBehind(concurrent(pool), fleet.pools.map(concurrent));
  const limit = (name: PoolLimitName, all: number, own: number, what: string): Derived => {
    if (own === Number.POSITIVE_INFINITY) {
      const derivation = "unlimited: the largest value that Envoy takes";
      const inputs = { "planned concurrency": planned };
      return { name, value: ENVOY_UNLIMITED, derivation, inputs };
    }
    const derivation = `ceil(${all} / ${processes}): ${what} of the pool over the gateway's processes, each of which counts for itself`;
    const inputs = {
      [what]: all,
      "gateway processes": processes,
      "planned concurrency": planned,
    };
    return { name, value: own, derivation, inputs };
  };
  const { retryBudget } = share;
  return [
    limit("maxConnectionsPerProcess", whole.maxConnections, share.maxConnections, "maxConnections"),
    limit(
      "maxPendingRequestsPerProcess",
      whole.maxPendingRequests,
      share.maxPendingRequests,
      "maxPendingRequests",
    ),
    limit(
      "maxParallelRequestsPerProcess",
      whole.maxParallelRequests,
      share.maxParallelRequests,
      "maxParallelRequests",
    ),
    retryBudget === undefined
      ? limit(
          "maxParallelRetriesPerProcess",
          whole.maxParallelRetries,
          share.maxParallelRetries,
          "maxParallelRetries",
        )
      : limit(
          "minRetryConcurrencyPerProcess",
          whole.retryBudget?.minRetryConcurrency ?? 0,
          retryBudget.minRetryConcurrency,
          "minRetryConcurrency",
        ),
  ];
}

/** Nodes of a pool, by the way they are bought; those that are committed are there whether they are used or not. */
export function nodesOf(pool: ResolvedPool): {
  readonly reserved: number;
  readonly capacityBlock: number;
  readonly onDemandMin: number;
  readonly onDemandMax: number;
  readonly spotMax: number;
  readonly acceleratorsPerNode: number;
} {
  const most = nodesByPurchase(pool, pool.replicasMax);
  return {
    reserved: most["reserved-3y"] + most["reserved-1y"],
    capacityBlock: most["capacity-block"],
    onDemandMin: nodesByPurchase(pool, pool.replicasMin)["on-demand"],
    onDemandMax: most["on-demand"],
    spotMax: most.spot,
    acceleratorsPerNode: pool.instanceType?.acceleratorCount ?? acceleratorsPerReplica(pool),
  };
}

/** Nodes of the first so many replicas of a pool. */
function nodesByPurchase(pool: ResolvedPool, replicas: number): Record<PurchaseOption, number> {
  const nodes = {
    "reserved-3y": 0,
    "reserved-1y": 0,
    "capacity-block": 0,
    "on-demand": 0,
    spot: 0,
  };
  for (const { purchase, from, to } of purchaseParts(pool.purchase, replicas)) {
    nodes[purchase] = nodesFor(pool, to - from);
  }
  return nodes;
}

/** Machines that hold so many replicas: several on one, or one on several. */
function nodesFor(pool: ResolvedPool, replicas: number): number {
  const perReplica = acceleratorsPerReplica(pool);
  const perNode = pool.instanceType?.acceleratorCount ?? perReplica;
  return perReplica > perNode
    ? replicas * Math.ceil(perReplica / perNode)
    : Math.ceil(replicas / pool.replicasPerNode);
}

function nodeLimits(pool: ResolvedPool): Derived[] {
  const { reserved, capacityBlock, onDemandMin, onDemandMax, spotMax, acceleratorsPerNode } =
    nodesOf(pool);
  const counts = [reserved, capacityBlock, onDemandMax, spotMax];
  const inputs = {
    replicasMin: pool.replicasMin,
    replicasMax: pool.replicasMax,
    "accelerators per replica": acceleratorsPerReplica(pool),
    "accelerators per node": acceleratorsPerNode,
  };
  const whole = "nodes that hold the replicas, no replica split over two that fits on one";
  return [
    {
      name: "acceleratorsMax",
      value: counts.reduce((sum, nodes) => sum + nodes, 0) * acceleratorsPerNode,
      derivation: `${bracketedSum(counts)} × ${acceleratorsPerNode}: accelerators of all nodes with the most replicas, those that no replica uses among them`,
      inputs,
    },
    {
      name: "reservedNodes",
      value: reserved,
      derivation: `${whole}: those that are committed to for one or three years`,
      inputs,
    },
    {
      name: "capacityBlockNodes",
      value: capacityBlock,
      derivation: `${whole}: those that are bought in capacity blocks`,
      inputs,
    },
    {
      name: "onDemandNodesMin",
      value: onDemandMin,
      derivation: `${whole}: the fewest replicas, without what is committed`,
      inputs,
    },
    {
      name: "onDemandNodesMax",
      value: onDemandMax,
      derivation: `${whole}: the most replicas, without what is committed`,
      inputs,
    },
    { name: "spotNodesMax", value: spotMax, derivation: `${whole}: the most replicas`, inputs },
  ];
}

/** `3` or `(1 + 2)`: of those that are there. */
function bracketedSum(counts: readonly number[]): string {
  const some = counts.filter((count) => count > 0);
  return some.length > 1 ? `(${some.join(" + ")})` : `${some[0] ?? 0}`;
}

/** As long as a replica drains in the simulation, and no shorter than the longest stream. */
function gracePeriod(fleet: ResolvedFleet, { streamSeconds }: LongestTimes): Derived {
  const { timeoutSeconds } = fleet.policies.draining;
  const stream = streamSeconds ?? 0;
  const inputs = { "draining.timeout": timeoutSeconds };
  return {
    name: "terminationGracePeriodSeconds",
    value: Math.ceil(Math.max(timeoutSeconds, stream)),
    derivation:
      streamSeconds === undefined
        ? "draining.timeout; no stream was measured"
        : "the longer of draining.timeout and the longest stream",
    inputs: streamSeconds === undefined ? inputs : { ...inputs, "longest stream": streamSeconds },
  };
}

function startup({ coldStart }: ResolvedPool): Derived {
  const slow = quantile(coldStart.weightLoadSeconds, STARTUP_QUANTILE);
  return {
    name: "startupSeconds",
    value: Math.max(1, Math.ceil(slow * HEADROOM.time)),
    derivation: `${formatNumber(slow)} s × ${HEADROOM.time}: 99.9th percentile of loading the weights and starting the engine, with headroom`,
    inputs: { "coldStart.weights p99.9": slow, headroom: HEADROOM.time },
  };
}
