/** The inference services of a place: for each pool the engine, what a pod has of its node, how it starts and leaves. */
import {
  ENDPOINT_REMOVAL_SECONDS,
  type InferenceServiceArgs,
  type KedaScalingArgs,
  type PodResourcesArgs,
  phaseWorkloadName,
} from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type Derivation, type Derived, together } from "./derived";
import { deriveEngine, type ModelSettings, weightsGib } from "./engine";
import { acceleratorsOf, adaptersOfPod } from "./fabric";
import { limitValue, poolPath } from "./fleet-context";
import { clusterPoolName, modelComponentName } from "./names";
import type { PlaceContext } from "./place-context";
import { deriveScaling, type ScalingSources } from "./scaling";

/** Namespace of all replicas, the gateway and its routes. */
export const SERVING_NAMESPACE = "serving";

/** What of a stack's configuration services depend on. */
export interface ServiceSettings {
  readonly engineImage: string;
  readonly models?: Readonly<Record<string, ModelSettings>> | undefined;
}

/** A service without what comes out of a cloud. */
export type PlannedService = Omit<InferenceServiceArgs, "weights" | "pool" | "transform"> & {
  /** Of the weights. */
  readonly prefix: string;
  readonly sizeGib: number;
  readonly scaling?: KedaScalingArgs;
};

/** The replicas of a pool: an InferenceService, or a part of a DisaggregatedService. */
export interface ServiceOfPool {
  readonly pool: ResolvedPool;
  /** Of the pool in the cluster. */
  readonly poolName: string;
  /** Of the workload: that of the pool, after that of the service of which the pool is a phase. */
  readonly name: string;
  readonly args: PlannedService;
}

/**
 * The share of a node's processors and memory that its replicas get: the rest is the kubelet's, the system's and that of
 * agents. GKE keeps 18 % of 16 GiB (cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
 */
const NODE_SHARE = 0.7;
/** For so long a prefill replica keeps a prompt that no decode replica asks for: vLLM's default, and the component's. */
export const KV_LEASE_SECONDS = 30;

/** The services of a place by pool. */
export function deriveServices(
  place: PlaceContext,
  settings: ServiceSettings,
  sourcesOf: (pool: ResolvedPool) => ScalingSources,
): Derived<readonly ServiceOfPool[]> {
  const parts = place.pools.map((pool) => deriveService(place, pool, settings, sourcesOf(pool)));
  return { args: parts.map(({ args }) => args), ...together(parts) };
}

function deriveService(
  place: PlaceContext,
  pool: ResolvedPool,
  settings: ServiceSettings,
  sources: ScalingSources,
): Derived<ServiceOfPool> {
  const poolName = clusterPoolName(pool.name);
  const isPhase = pool.role !== "unified";
  const name = isPhase
    ? phaseWorkloadName(modelComponentName(pool.model.name), poolName)
    : poolName;
  const what = `services.${name}`;
  const problems: Problem[] = [];
  const model = settings.models?.[pool.model.name] ?? {};
  const engine = deriveEngine(pool, model, what);
  const scaling = deriveScaling(pool, sources, what);
  const resources = resourcesOf(place, pool, problems);
  const limit = (of: "startupSeconds" | "terminationGracePeriodSeconds") =>
    limitValue(place, pool.name, of, problems);
  const startup = limit("startupSeconds");
  const grace = limit("terminationGracePeriodSeconds");
  const { longestStreamSeconds } = place.lengths;
  const leaving = ENDPOINT_REMOVAL_SECONDS + (isPhase ? KV_LEASE_SECONDS : 0);
  const terminationGracePeriodSeconds = Math.max(grace.value, longestStreamSeconds + leaving);
  const sizeGib = model.sizeGib ?? weightsGib(pool);
  const args: PlannedService = {
    namespace: SERVING_NAMESPACE,
    modelName: pool.model.name,
    image: settings.engineImage,
    prefix: model.prefix ?? pool.model.name,
    sizeGib,
    longestStreamSeconds,
    endpointRemovalSeconds: ENDPOINT_REMOVAL_SECONDS,
    terminationGracePeriodSeconds,
    priorityClassName: priorityOf(place, pool),
    engine: engine.args,
    resources,
    replicas: pool.replicas,
    ...(scaling.args === undefined ? {} : { scaling: scaling.args }),
    startupSeconds: startup.value,
    allocation: { ...place.allocation, ...ownerOf(place, pool), pool: poolName },
  };
  const derivations: readonly Derivation[] = [
    { what: `${what}.modelName`, value: pool.model.name, because: `${poolPath(pool)}.model` },
    { what: `${what}.replicas`, value: pool.replicas, because: `${poolPath(pool)}.replicas` },
    {
      what: `${what}.resources`,
      value: `${resources.cpus} CPUs, ${resources.memoryGib} GiB`,
      because: `${NODE_SHARE} of ${pool.instanceType?.name ?? "the node"}, by the accelerators of a pod`,
    },
    ...Object.entries(resources.extended ?? {}).map(([resource, count]) => ({
      what: `${what}.resources.extended.${resource}`,
      value: count,
      because: "the node's EFA interfaces, by the accelerators of a pod",
    })),
    {
      what: `${what}.startupSeconds`,
      value: startup.value,
      because: startup.derivation,
    },
    {
      what: `${what}.terminationGracePeriodSeconds`,
      value: terminationGracePeriodSeconds,
      because: `the longer of limit terminationGracePeriodSeconds (${grace.value}) and the longest stream with the ${leaving} s until nobody sends ${isPhase ? "or reads " : ""}any more`,
    },
    {
      what: `${what}.sizeGib`,
      value: sizeGib,
      because:
        model.sizeGib === undefined
          ? `${pool.model.parameters} parameters as published in ${pool.model.publishedPrecision}, and a tenth`
          : `capplan:models.${pool.model.name}.sizeGib`,
    },
    {
      what: `${what}.priorityClassName`,
      value: args.priorityClassName!,
      because: "the most urgent workload of the model",
    },
  ];
  const all = together([engine, scaling]);
  return {
    args: { pool, poolName, name, args },
    derivations: [...derivations, ...all.derivations],
    problems: [...problems, ...all.problems],
  };
}

/** What a pod gets: as much of a node as it has of the node's accelerators. */
function resourcesOf(
  place: PlaceContext,
  pool: ResolvedPool,
  problems: Problem[],
): PodResourcesArgs {
  const { instanceType } = pool;
  // Without one there is a problem already.
  if (instanceType === undefined) return { cpus: 1, memoryGib: 1 };
  const { vcpus, memoryGiB, acceleratorCount } = instanceType;
  if (vcpus === undefined || memoryGiB === undefined) {
    problems.push({
      code: "does-not-fit",
      path: `${poolPath(pool)}.instanceType`,
      message: `the catalog does not know processors and memory of ${instanceType.name}`,
      hint: "use an instance type that it knows and size again",
    });
    return { cpus: 1, memoryGib: 1 };
  }
  // A replica that spans nodes has a pod on each, which has all of it.
  const share = NODE_SHARE * Math.min(1, acceleratorsOf(pool) / acceleratorCount);
  const extended = adaptersOfPod(place, pool);
  return {
    cpus: Math.max(1, Math.floor(vcpus * share)),
    memoryGib: Math.max(1, Math.floor(memoryGiB * share)),
    ...(Object.keys(extended).length === 0 ? {} : { extended }),
  };
}

/** ServingAddons has two classes: for what somebody waits for, and for what nobody does. */
function priorityOf({ plan }: PlaceContext, pool: ResolvedPool): "serving" | "batch" {
  const workloads = plan.workloads.filter(({ model }) => model === pool.model.name);
  return workloads.length > 0 && workloads.every(({ delivery }) => delivery === "queue")
    ? "batch"
    : "serving";
}

/** Whom a pool serves, where that is one workload or one tenant. */
function ownerOf(
  { plan }: PlaceContext,
  pool: ResolvedPool,
): { readonly model: string; readonly workload?: string; readonly tenant?: string } {
  const workloads = plan.workloads.filter(({ model }) => model === pool.model.name);
  const tenants = [...new Set(workloads.flatMap((one) => one.tenants.map(({ name }) => name)))];
  const [workload] = workloads;
  const [tenant] = tenants;
  return {
    model: pool.model.name,
    ...(workloads.length === 1 ? { workload: workload!.name } : {}),
    ...(tenants.length === 1 ? { tenant: tenant! } : {}),
  };
}
