/**
 * How nodes of a pool reach other nodes, where replicas need that: those that span nodes, and those of prefill and decode
 * apart, whose KV caches are sent. They get the network that was simulated, or are refused.
 *
 * Cards: docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html, of types whose GPUs send and receive past the
 * processor. A flow of TCP: docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-network-bandwidth.html.
 */
import { EFA_RESOURCE } from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { poolPath } from "./fleet-context";
import type { PlaceContext } from "./place-context";

/** `rdma`: past the operating system. `tcp`: as all pods reach each other. `none`: replicas that need nobody. */
export type Fabric = "rdma" | "tcp" | "none";

/** Network cards of a node, each with an EFA interface. */
const EFA_CARDS: Readonly<Record<string, number>> = {
  "p4d.24xlarge": 4,
  "p4de.24xlarge": 4,
  "p5.4xlarge": 1,
  "p5.48xlarge": 32,
  "p5e.48xlarge": 32,
  "p5en.48xlarge": 16,
  "p6-b200.48xlarge": 8,
};
const SIZE_AGAIN = "and size again";
const WITH_EFA = `use one of ${Object.keys(EFA_CARDS).join(", ")}`;
/** One flow of TCP between two instances of AWS, bits per second. */
const AWS_FLOW_BITS_PER_SECOND = 5e9;

type Phased = Pick<PlaceContext, "pools">;

/** Accelerators of a replica. */
export function acceleratorsOf({ engine }: Pick<ResolvedPool, "engine">): number {
  return engine.tensorParallel * engine.pipelineParallel * engine.dataParallel;
}

/** Nodes of a replica; 1 where several replicas share one. */
export function nodesOfReplica(pool: ResolvedPool): number {
  const perNode = pool.instanceType?.acceleratorCount ?? acceleratorsOf(pool);
  return Math.max(1, Math.ceil(acceleratorsOf(pool) / perNode));
}

/** The pools of a region that serve a model by phases together with this one, itself among them. */
export function phasesWith({ pools }: Phased, { model, regionIndex }: ResolvedPool) {
  return pools.filter(
    (one) =>
      one.role !== "unified" && one.model.name === model.name && one.regionIndex === regionIndex,
  );
}

/** What a pool's nodes need. Both ends of a transfer have the same. */
export function fabricOf(place: Phased, pool: ResolvedPool): Fabric {
  if (pool.role === "unified") return nodesOfReplica(pool) > 1 ? "rdma" : "none";
  const phases = phasesWith(place, pool);
  const spans = phases.some((one) => nodesOfReplica(one) > 1);
  return spans || phases.every((one) => cardsOf(one) !== undefined) ? "rdma" : "tcp";
}

/** Network cards of a node with EFA; undefined for a type that has none which GPUs use. */
export function cardsOf({ instanceType }: ResolvedPool): number | undefined {
  return instanceType === undefined ? undefined : EFA_CARDS[instanceType.name];
}

/** Interfaces of EFA of one pod, as an extended resource: its share of those of the node. */
export function adaptersOfPod(place: Phased, pool: ResolvedPool): Readonly<Record<string, number>> {
  const cards = cardsOf(pool);
  if (fabricOf(place, pool) !== "rdma" || cards === undefined) return {};
  return { [EFA_RESOURCE]: Math.max(1, Math.floor(cards * shareOfNode(pool))) };
}

/** Share of a node that a pod has; 1 where a replica spans several. */
function shareOfNode(pool: ResolvedPool): number {
  const perNode = pool.instanceType?.acceleratorCount ?? acceleratorsOf(pool);
  return Math.min(1, acceleratorsOf(pool) / perNode);
}

/** Why a pool's replicas would not have the network with which they were simulated. */
export function fabricProblems(place: PlaceContext, pool: ResolvedPool): readonly Problem[] {
  // Why a pool without an instance type is refused is said elsewhere.
  if (pool.instanceType === undefined) return [];
  const fabric = fabricOf(place, pool);
  if (fabric === "none") return [];
  return [
    ...(fabric === "rdma" ? rdmaProblems(place, pool) : []),
    ...(pool.role === "prefill" ? transferProblems(place, pool, fabric) : []),
  ];
}

function rdmaProblems(place: PlaceContext, pool: ResolvedPool): readonly Problem[] {
  const { name, acceleratorCount } = pool.instanceType!;
  const problems: Problem[] = [];
  const cards = cardsOf(pool);
  if (cards === undefined) {
    const nodes = nodesOfReplica(pool);
    const spanning =
      nodes > 1
        ? `a replica spans ${nodes} nodes of ${name}`
        : "the replicas it sends to or gets from span nodes";
    problems.push({
      code: "does-not-fit",
      path: `${poolPath(pool)}.instanceType`,
      message: `${spanning}, and the stacks put no network between GPUs of ${name}: TCP is slower than was simulated`,
      hint: `${WITH_EFA}, or fewer accelerators per replica, ${SIZE_AGAIN}`,
    });
  } else if (!Number.isInteger(cards * shareOfNode(pool))) {
    problems.push({
      code: "does-not-fit",
      path: `${poolPath(pool)}.engine`,
      message: `a replica has ${acceleratorsOf(pool)} of ${acceleratorCount} accelerators of ${name}, whose ${cards} network cards do not divide so`,
      hint: `use more accelerators per replica, or ${WITH_EFA}, ${SIZE_AGAIN}`,
    });
  }
  if (place.poolZones.length > 1) {
    problems.push({
      code: "conflict",
      path: `fleet.regions.${place.region.name}.zones`,
      message: `the replicas were spread over ${place.poolZones.length} zones, and the network between GPUs does not leave one`,
      hint: `use 1 ${SIZE_AGAIN}`,
    });
  }
  return problems;
}

/** Bytes per second that a replica's nodes send to, or get from, those of another pool. */
function carriedBytesPerSecond(pool: ResolvedPool, fabric: Fabric): number | undefined {
  const { networkGbps, cloud, hasRdma } = pool.instanceType!;
  // What a type of Google Cloud has for GPUDirect is none of what pods reach each other by.
  if (networkGbps === undefined || (fabric === "tcp" && cloud === "gcp" && hasRdma)) {
    return undefined;
  }
  const bits = networkGbps * 1e9 * shareOfNode(pool);
  // Each rank reads from its own counterpart.
  const flows = AWS_FLOW_BITS_PER_SECOND * pool.engine.tensorParallel;
  return (fabric === "tcp" && cloud === "aws" ? Math.min(bits, flows) : bits) / 8;
}

/** A transfer is as fast as the slower of its ends. */
function transferProblems(
  place: PlaceContext,
  pool: ResolvedPool,
  fabric: Fabric,
): readonly Problem[] {
  const decode = phasesWith(place, pool).filter(({ role }) => role === "decode");
  const ends = [pool, ...decode].filter(({ instanceType }) => instanceType !== undefined);
  const unknown = ends.find((end) => carriedBytesPerSecond(end, fabric) === undefined);
  if (unknown !== undefined) {
    return [
      {
        code: "does-not-fit",
        path: `${poolPath(unknown)}.instanceType`,
        message: `how fast pods on ${unknown.instanceType!.name} reach each other without its GPUs' own network, which the stacks do not use, is not known`,
        hint: `use a type without one, or ${WITH_EFA}, ${SIZE_AGAIN}`,
      },
    ];
  }
  const planned = pool.kvTransfer.bytesPerSecond;
  return ends.flatMap((end): readonly Problem[] => {
    const carried = carriedBytesPerSecond(end, fabric)!;
    // What is equal but for the rounding of units is equal.
    if (planned <= carried * (1 + 1e-9)) return [];
    const way = fabric === "tcp" ? "over TCP " : "";
    return [
      {
        code: "does-not-fit",
        path: `${poolPath(pool)}.kvTransfer.bandwidth`,
        message: `${gigabytes(planned)} were simulated, and a replica of ${end.name} has ${gigabytes(carried)} ${way}on ${end.instanceType!.name}`,
        hint: `use ${gigabytes(carried)} or less${fabric === "tcp" ? ", or a type with EFA for both phases" : ""}, ${SIZE_AGAIN}`,
      },
    ];
  });
}

/** In the units of a scenario. */
function gigabytes(bytesPerSecond: number): string {
  return `${Number((bytesPerSecond / 1e9).toPrecision(6))} GB/s`;
}
