/** The inference services of a place: for each pool the engine, what a pod has of its node, how it starts and leaves. */
import type { InferenceServiceArgs, KedaScalingArgs } from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type Derivation, type Derived, notDeployable, together } from "./derived";
import { deriveEngine, type ModelSettings, weightsGib } from "./engine";
import { limitValue, poolPath } from "./fleet-context";
import { clusterPoolName } from "./names";
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

/** One service for a pool. */
export interface ServiceOfPool {
  readonly pool: ResolvedPool;
  /** Of the component, and of the pool in the cluster. */
  readonly name: string;
  readonly args: PlannedService;
}

/**
 * The share of a node's processors and memory that its replicas get: the rest is the kubelet's, the system's and that of
 * agents. GKE keeps 18 % of 16 GiB (cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
 */
const NODE_SHARE = 0.7;
/** Until gateways no longer send to a replica that goes: the component's default. */
const ENDPOINT_REMOVAL_SECONDS = 15;

/** The services of a place by pool. */
export function deriveServices(
  place: PlaceContext,
  settings: ServiceSettings,
  sourcesOf: (pool: ResolvedPool) => ScalingSources,
): Derived<readonly ServiceOfPool[]> {
  const parts = place.pools.map((pool) => deriveService(place, pool, settings, sourcesOf(pool)));
  return {
    args: parts.flatMap(({ args }) => args ?? []),
    ...together(parts),
  };
}

function deriveService(
  place: PlaceContext,
  pool: ResolvedPool,
  settings: ServiceSettings,
  sources: ScalingSources,
): Derived<ServiceOfPool | undefined> {
  const name = clusterPoolName(pool.name);
  const what = `services.${name}`;
  const problems: Problem[] = [];
  if (pool.role !== "unified") {
    problems.push(
      notDeployable(
        `${poolPath(pool)}.role`,
        `a pool of role ${pool.role} behind breakers, which do not reach a pair of replicas,`,
        "plan unified pools (search.engine.split) and size again",
      ),
    );
    return { args: undefined, derivations: [], problems };
  }
  const model = settings.models?.[pool.model.name] ?? {};
  const engine = deriveEngine(pool, model, what);
  const scaling = deriveScaling(pool, sources, what);
  const resources = resourcesOf(pool, problems);
  const limit = (of: "startupSeconds" | "terminationGracePeriodSeconds") =>
    limitValue(place, pool.name, of, problems);
  const startup = limit("startupSeconds");
  const grace = limit("terminationGracePeriodSeconds");
  const { longestStreamSeconds } = place.lengths;
  const terminationGracePeriodSeconds = Math.max(
    grace.value,
    longestStreamSeconds + ENDPOINT_REMOVAL_SECONDS,
  );
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
    allocation: { ...place.allocation, ...ownerOf(place, pool), pool: name },
  };
  const derivations: readonly Derivation[] = [
    { what: `${what}.modelName`, value: pool.model.name, because: `${poolPath(pool)}.model` },
    { what: `${what}.replicas`, value: pool.replicas, because: `${poolPath(pool)}.replicas` },
    {
      what: `${what}.resources`,
      value: `${resources.cpus} CPUs, ${resources.memoryGib} GiB`,
      because: `${NODE_SHARE} of ${pool.instanceType?.name ?? "the node"}, by the accelerators of a replica`,
    },
    {
      what: `${what}.startupSeconds`,
      value: startup.value,
      because: startup.derivation,
    },
    {
      what: `${what}.terminationGracePeriodSeconds`,
      value: terminationGracePeriodSeconds,
      because: `the longer of limit terminationGracePeriodSeconds (${grace.value}) and the longest stream with the ${ENDPOINT_REMOVAL_SECONDS} s until nobody sends any more`,
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
    args: { pool, name, args },
    derivations: [...derivations, ...all.derivations],
    problems: [...problems, ...all.problems],
  };
}

/** What a pod gets: as much of a node as it has of the node's accelerators. */
function resourcesOf(
  pool: ResolvedPool,
  problems: Problem[],
): { readonly cpus: number; readonly memoryGib: number } {
  const { instanceType, engine } = pool;
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
  const accelerators = engine.tensorParallel * engine.pipelineParallel * engine.dataParallel;
  const share = (NODE_SHARE * accelerators) / acceleratorCount;
  return {
    cpus: Math.max(1, Math.floor(vcpus * share)),
    memoryGib: Math.max(1, Math.floor(memoryGiB * share)),
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
