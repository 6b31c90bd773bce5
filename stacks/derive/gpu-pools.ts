/**
 * The GPU pools of a place: nodes of each kind of capacity, as many as the plan's most replicas need and not one more.
 * Reserved nodes are on-demand nodes with a discount on the bill.
 */
import type { GpuCapacity, GpuPoolArgs, GpuPools } from "../../components/cluster";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import { cardsOf, fabricOf, fabricProblems, nodesOfReplica } from "./fabric";
import { limitValue, poolPath } from "./fleet-context";
import { type GpuMachine, gpuMachine } from "./gpu-hardware";
import { clusterPoolName } from "./names";
import type { PlaceContext } from "./place-context";
import { quotaProblems } from "./quotas";

/** What of a stack's configuration pools depend on. */
export interface PoolSettings {
  /** Capacity Blocks that were bought, by pool as the plan names it. */
  readonly capacityBlocks?: Readonly<Record<string, readonly string[]>> | undefined;
}

interface Nodes {
  readonly reserved: number;
  readonly capacityBlock: number;
  readonly onDemandMin: number;
  readonly onDemandMax: number;
  readonly spotMax: number;
}

/** The pools by their name in the cluster. */
export function derivePools(place: PlaceContext, settings: PoolSettings): Derived<GpuPools> {
  const pools: Record<string, GpuPoolArgs> = {};
  const derivations: Derivation[] = [];
  const problems: Problem[] = [...quotaProblems(place)];
  for (const pool of place.pools) {
    const machine = gpuMachine(pool, problems);
    if (machine === undefined) continue;
    const name = clusterPoolName(pool.name);
    const nodes = nodesOf(place, pool, problems);
    const capacity = capacityOf(place, pool, nodes, settings, problems);
    const network = networkOf(place, pool);
    problems.push(...fabricProblems(place, pool));
    pools[name] = { ...machine, ...network, capacity, zones: place.poolZones };
    derivations.push(
      ...describePool(`pools.${name}`, pool, machine, capacity, nodes),
      ...describeNetwork(`pools.${name}`, pool, network),
    );
  }
  if (place.pools.length === 0) {
    problems.push({
      code: "empty",
      path: `fleet.regions.${place.region.name}`,
      message: "has no pool, so that there is nothing to deploy",
      hint: "write the stack files again: capplan stacks",
    });
  }
  return { args: pools, derivations, problems };
}

/** What nodes have beside what all nodes have, so that GPUs of several talk to each other. */
function networkOf(
  place: PlaceContext,
  pool: ResolvedPool,
): Pick<GpuPoolArgs, "fabric" | "networkCards"> {
  if (fabricOf(place, pool) !== "rdma") return {};
  const networkCards = cardsOf(pool);
  return { fabric: "rdma", ...(networkCards === undefined ? {} : { networkCards }) };
}

function describeNetwork(
  path: string,
  pool: ResolvedPool,
  { fabric, networkCards }: Pick<GpuPoolArgs, "fabric" | "networkCards">,
): readonly Derivation[] {
  if (fabric === undefined) return [];
  const nodes = nodesOfReplica(pool);
  return [
    {
      what: `${path}.fabric`,
      value: fabric,
      because:
        nodes > 1
          ? `a replica spans ${nodes} nodes`
          : `a pool of role ${pool.role} sends or gets KV caches`,
    },
    ...(networkCards === undefined
      ? []
      : [
          {
            what: `${path}.networkCards`,
            value: networkCards,
            because: `network cards of ${pool.instanceType!.name}, each with an EFA interface`,
          },
        ]),
  ];
}

function nodesOf(place: PlaceContext, pool: ResolvedPool, problems: Problem[]): Nodes {
  const limit = (name: Parameters<typeof limitValue>[2]): number =>
    limitValue(place, pool.name, name, problems).value;
  return {
    reserved: limit("reservedNodes"),
    capacityBlock: limit("capacityBlockNodes"),
    onDemandMin: limit("onDemandNodesMin"),
    onDemandMax: limit("onDemandNodesMax"),
    spotMax: limit("spotNodesMax"),
  };
}

/** In the order in which the simulator buys: committed first, spot last. */
function capacityOf(
  { cloud }: PlaceContext,
  pool: ResolvedPool,
  nodes: Nodes,
  { capacityBlocks = {} }: PoolSettings,
  problems: Problem[],
): readonly GpuCapacity[] {
  const capacity: GpuCapacity[] = [];
  if (nodes.capacityBlock > 0) {
    const key = pool.name.slice(pool.name.indexOf("/") + 1);
    const reservations = capacityBlocks[key] ?? [];
    if (reservations.length === 0) {
      problems.push({
        code: "missing",
        path: `capplan:capacityBlocks.${key}`,
        message: `the plan has ${nodes.capacityBlock} nodes of capacity blocks in ${pool.name}, and none is named`,
        hint: `buy them, then: pulumi config set --path 'capplan:capacityBlocks["${key}"][0]' cr-…`,
      });
    }
    capacity.push({ kind: "capacity-block", reservations, nodesMax: nodes.capacityBlock });
  }
  const onDemandMax = nodes.reserved + nodes.onDemandMax;
  if (onDemandMax > 0) {
    // Karpenter keeps no node without work; the least number of replicas keeps those of the pool.
    const nodesMin = cloud === "gcp" ? nodes.onDemandMin : 0;
    capacity.push({
      kind: "on-demand",
      nodesMax: onDemandMax,
      ...(nodesMin > 0 ? { nodesMin } : {}),
    });
  }
  if (nodes.spotMax > 0) capacity.push({ kind: "spot", nodesMax: nodes.spotMax });
  return capacity;
}

function describePool(
  path: string,
  pool: ResolvedPool,
  { instanceType, accelerators, localDisks }: GpuMachine,
  capacity: readonly GpuCapacity[],
  nodes: Nodes,
): readonly Derivation[] {
  const from = `${poolPath(pool)}.instanceType`;
  const sums: Readonly<Record<string, string>> = {
    "capacity-block": "limit capacityBlockNodes",
    "on-demand": `limits reservedNodes (${nodes.reserved}) + onDemandNodesMax (${nodes.onDemandMax})`,
    spot: "limit spotNodesMax",
  };
  return [
    { what: `${path}.instanceType`, value: instanceType, because: from },
    {
      what: `${path}.accelerators`,
      value: `${accelerators.count} × ${accelerators.type}`,
      because: `what ${instanceType} has`,
    },
    {
      what: `${path}.localDisks`,
      value: localDisks,
      because: `local disks of ${instanceType}, for images and weights`,
    },
    ...capacity.flatMap((one, index) => [
      {
        what: `${path}.capacity[${index}].nodesMax`,
        value: one.nodesMax,
        because: `${one.kind}: ${sums[one.kind]}`,
      },
      ...("nodesMin" in one && one.nodesMin !== undefined
        ? [
            {
              what: `${path}.capacity[${index}].nodesMin`,
              value: one.nodesMin,
              because: "limit onDemandNodesMin: what the fewest replicas need",
            },
          ]
        : []),
    ]),
  ];
}
