/**
 * What is wrong with GPU pools, whatever the cloud; each cloud says what it can do.
 */
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { CapacityKind, GpuCapacity, GpuPoolArgs, GpuPools } from "./gpu-cluster";
import { CAPACITY_LABEL, POOL_LABEL } from "./gpu-pool-slices";

/** What a cloud can do for a pool. */
export interface PoolAbilities {
  readonly cloud: string;
  readonly kinds: readonly CapacityKind[];
  /** How the cloud names a machine. */
  readonly instanceType: { readonly pattern: RegExp; readonly must: string };
  /** Zones of the cluster. */
  readonly zones: readonly string[];
  /** Whether something keeps nodes that have no work. */
  readonly keepsNodes: boolean;
  readonly hasImageCache: boolean;
  /** Whether an interface is needed for each network card. */
  readonly needsNetworkCards: boolean;
}

/** Days for which flex-start gives a node at most (cloud.google.com/kubernetes-engine/docs/concepts/dws). */
const FLEX_START_SECONDS_MAX = 7 * 24 * 3600;
/** Nodes of a pool: what one GKE cluster can have at most, and more than one EKS cluster was tested with. */
const NODES_MAX = 15_000;

/** All problems of all pools. */
export function checkGpuPools(pools: GpuPools, abilities: PoolAbilities): readonly InputProblem[] {
  const names = Object.keys(pools);
  if (names.length === 0) {
    return [{ path: "pools", must: "hold at least one pool", got: pools }];
  }
  return names.flatMap((name) => [
    ...checkForm(`pools.${name}`, name, {
      pattern: /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
      must: "be named with at most 20 lower case letters, digits and hyphens",
    }),
    ...checkPool(`pools.${name}`, pools[name]!, abilities),
  ]);
}

function checkPool(
  path: string,
  pool: GpuPoolArgs,
  abilities: PoolAbilities,
): readonly InputProblem[] {
  const { accelerators, capacity, networkCards, labels = {} } = pool;
  const zones = pool.zones ?? abilities.zones;
  return [
    ...checkForm(`${path}.instanceType`, pool.instanceType, abilities.instanceType),
    ...checkWhole(`${path}.accelerators.count`, accelerators.count, { min: 1, max: 16 }),
    ...checkWhole(`${path}.localDisks`, pool.localDisks, { min: 0, max: 32 }),
    ...checkWhole(`${path}.bootDiskGib`, pool.bootDiskGib, { min: 50, max: 16_384 }),
    ...checkWhole(`${path}.networkCards`, networkCards, { min: 1, max: 64 }),
    ...checkOneOf(`${path}.fabric`, pool.fabric, ["standard", "rdma"]),
    ...checkUnique(`${path}.zones`, zones),
    ...zones.flatMap((zone, index) => checkOneOf(`${path}.zones[${index}]`, zone, abilities.zones)),
    ...checkUnique(
      `${path}.capacity`,
      capacity.map(({ kind }) => kind),
    ),
    ...ofOne(zones.length === 0, { path: `${path}.zones`, must: "name a zone", got: zones }),
    ...ofOne(capacity.length === 0, {
      path: `${path}.capacity`,
      must: "hold at least one kind",
      got: capacity,
    }),
    ...ofOne(pool.fabric === "rdma" && abilities.needsNetworkCards && networkCards === undefined, {
      path: `${path}.networkCards`,
      must: "say how many network cards the instance type has, for rdma",
      got: networkCards,
      fix: "see docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html",
    }),
    ...ofOne(pool.fabric === "rdma" && zones.length > 1, {
      path: `${path}.zones`,
      must: "be one zone for rdma, which does not leave it",
      got: zones,
      fix: "make one pool for each zone",
    }),
    ...ofOne(pool.imageCacheDisks !== undefined && !abilities.hasImageCache, {
      path: `${path}.imageCacheDisks`,
      must: `be left out on ${abilities.cloud}, which has no such disks`,
      got: pool.imageCacheDisks,
    }),
    ...[POOL_LABEL, CAPACITY_LABEL].flatMap((label) =>
      ofOne(label in labels, {
        path: `${path}.labels.${label}`,
        must: "be left to the component",
        got: labels[label],
      }),
    ),
    ...capacity.flatMap((one, index) =>
      checkCapacity(`${path}.capacity[${index}]`, one, zones, abilities),
    ),
  ];
}

function checkCapacity(
  path: string,
  capacity: GpuCapacity,
  zones: readonly string[],
  { cloud, kinds, keepsNodes }: PoolAbilities,
): readonly InputProblem[] {
  const { kind, nodesMax } = capacity;
  const nodesMin = "nodesMin" in capacity ? capacity.nodesMin : undefined;
  const problems: InputProblem[] = [
    ...checkWhole(`${path}.nodesMax`, nodesMax, { min: 1, max: NODES_MAX }),
    ...checkWhole(`${path}.nodesMin`, nodesMin, { min: 0, max: NODES_MAX }),
  ];
  if (!kinds.includes(kind)) {
    const must = `be one of ${kinds.join(", ")} on ${cloud}`;
    problems.push({ path: `${path}.kind`, must, got: kind });
  }
  if (nodesMin !== undefined && nodesMin > nodesMax) {
    const must = `be at most nodesMax, which is ${nodesMax}`;
    problems.push({ path: `${path}.nodesMin`, must, got: nodesMin });
  }
  if (nodesMin !== undefined && nodesMin > 0 && !keepsNodes) {
    problems.push({
      path: `${path}.nodesMin`,
      must: "be 0 with Karpenter, which keeps no node without work",
      got: nodesMin,
      fix: 'keep replicas instead, or use gpuNodes: { by: "managed-node-groups", … }',
    });
  }
  if ("reservations" in capacity) {
    if (capacity.reservations.length === 0) {
      problems.push({ path: `${path}.reservations`, must: "name a reservation", got: [] });
    }
    if (zones.length > 1 && (kind === "capacity-block" || cloud === "Google Cloud")) {
      problems.push({
        path: `${path}.kind`,
        must: `be in a pool of one zone, where the ${kind} capacity is`,
        got: zones,
        fix: "make one pool for each zone",
      });
    }
  }
  if (capacity.kind === "flex-start") {
    problems.push(
      ...checkWhole(`${path}.runSecondsMax`, capacity.runSecondsMax, {
        min: 600,
        max: FLEX_START_SECONDS_MAX,
      }),
    );
  }
  return problems;
}

function ofOne(isWrong: boolean, problem: InputProblem): readonly InputProblem[] {
  return isWrong ? [problem] : [];
}
