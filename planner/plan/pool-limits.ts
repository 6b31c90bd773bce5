/**
 * Limits of one pool: its circuit breaker as one gateway process counts it, the nodes and accelerators that it may
 * have, and how long its pods take to come and to go.
 */
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

/** Nodes of a pool at its most and at its least, by the way they are bought. */
export function nodesOf(pool: ResolvedPool): {
  readonly onDemandMin: number;
  readonly onDemandMax: number;
  readonly spotMax: number;
  readonly acceleratorsPerNode: number;
} {
  const { onDemandReplicas } = pool.purchase;
  const onDemandMax = Math.min(pool.replicasMax, onDemandReplicas);
  return {
    onDemandMin: nodesFor(pool, Math.min(pool.replicasMin, onDemandReplicas)),
    onDemandMax: nodesFor(pool, onDemandMax),
    spotMax: nodesFor(pool, pool.replicasMax - onDemandMax),
    acceleratorsPerNode: pool.instanceType?.acceleratorCount ?? acceleratorsPerReplica(pool),
  };
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
  const { onDemandMin, onDemandMax, spotMax, acceleratorsPerNode } = nodesOf(pool);
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
      value: (onDemandMax + spotMax) * acceleratorsPerNode,
      derivation: `(${onDemandMax} + ${spotMax}) × ${acceleratorsPerNode}: accelerators of all nodes with the most replicas, those that no replica uses among them`,
      inputs,
    },
    {
      name: "onDemandNodesMin",
      value: onDemandMin,
      derivation: `${whole}: the fewest replicas`,
      inputs,
    },
    {
      name: "onDemandNodesMax",
      value: onDemandMax,
      derivation: `${whole}: the most replicas`,
      inputs,
    },
    { name: "spotNodesMax", value: spotMax, derivation: `${whole}: the most replicas`, inputs },
  ];
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
