/** The pods of a replica: the engine, and where and as whom it runs. Pure. */
import type * as kubernetes from "@pulumi/kubernetes";
import { type EngineStart, engineArgv, gpusOfPod, WEIGHTS_PATH, workerArgv } from "./engine-argv";
import {
  CONTAINER_SECURITY,
  computeOf,
  fetchContainer,
  SCRATCH_GIB,
  SCRATCH_PATH,
  sidecarContainer,
  weightsDiskGib,
} from "./pod-containers";
import { engineProbes } from "./probes";
import { ANSWERING_LABEL, ENGINE_PORT_NAME, type ReplicaShape, selectorOf } from "./replica-shape";

type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type PodTemplate = kubernetes.types.input.core.v1.PodTemplateSpec;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

const USER_ID = 2000;
const SHARED_MEMORY_GIB_PER_GPU = 2;
const NIXL_PORT = 5600;

/** The template of the pods that answer requests. */
export function servingPodTemplate(shape: ReplicaShape): PodTemplate {
  const start = engineStart(shape);
  return podTemplate(shape, {
    labels: ANSWERING_LABEL,
    args: engineArgv(shape.args.engine, start),
    probes: engineProbes(shape.args.startupSeconds, shape.args.probes),
    preStop: { sleep: { seconds: shape.drain.beforeSignal } },
    hasSidecar: shape.phase?.sidecarImage !== undefined,
  });
}

/** The template of the other pods of a replica that spans nodes. */
export function workerPodTemplate(shape: ReplicaShape): PodTemplate {
  const { beforeSignal, afterSignal } = shape.drain;
  return podTemplate(shape, {
    labels: {},
    args: workerArgv(shape.args.engine, engineStart(shape)),
    // Only the leader knows when requests are over. A worker ends with its leader, and with it this command.
    preStop: { exec: { command: ["sleep", String(beforeSignal + afterSignal)] } },
    hasSidecar: false,
  });
}

interface EngineRole {
  /** Beside those of every pod. */
  readonly labels: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly probes?: ReturnType<typeof engineProbes>;
  readonly preStop: kubernetes.types.input.core.v1.LifecycleHandler;
  readonly hasSidecar: boolean;
}

function engineStart({ model, enginePort, drain, nodes, phase }: ReplicaShape): EngineStart {
  return {
    modelName: model.modelName,
    port: enginePort,
    drainSeconds: drain.afterSignal,
    nodes,
    kvTransfer: phase?.kvTransfer,
  };
}

function podTemplate(shape: ReplicaShape, role: EngineRole): PodTemplate {
  const { model, args, name } = shape;
  const userId = model.userId ?? USER_ID;
  const gpus = gpusOfPod(args.engine, shape.nodes);
  const sharedMemoryGib = args.resources.sharedMemoryGib ?? gpus * SHARED_MEMORY_GIB_PER_GPU;
  const spec: PodSpec = {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: Math.floor(model.terminationGracePeriodSeconds),
    ...(model.priorityClassName === undefined
      ? {}
      : { priorityClassName: model.priorityClassName }),
    nodeSelector: { ...args.pool.nodeSelector },
    tolerations: args.pool.tolerations.map((toleration) => ({ ...toleration })),
    ...spread(shape),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: [
      fetchContainer(model.weights, args.startupSeconds, computeOf(shape)),
      ...(role.hasSidecar ? [sidecarContainer(shape)] : []),
    ],
    containers: [engineContainer(shape, role, gpus)],
    volumes: [
      { name: "weights", emptyDir: { sizeLimit: `${weightsDiskGib(model.weights)}Gi` } },
      { name: "scratch", emptyDir: { sizeLimit: `${SCRATCH_GIB}Gi` } },
      { name: "shm", emptyDir: { medium: "Memory", sizeLimit: `${sharedMemoryGib}Gi` } },
    ],
  };
  return {
    metadata: {
      labels: { ...shape.podLabels, ...role.labels },
      // The autoscaler of GKE gives a pod ten minutes, which is less than a stream may take.
      annotations: {
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
        ...args.podAnnotations,
      },
    },
    spec,
  };
}

function engineContainer(shape: ReplicaShape, role: EngineRole, gpus: number): Container {
  const { model, args, phase } = shape;
  const { requests, limits } = computeOf(shape);
  const devices = {
    [args.pool.gpuResource]: String(gpus),
    ...Object.fromEntries(
      Object.entries(args.resources.extended ?? {}).map(([key, count]) => [key, String(count)]),
    ),
  };
  return {
    name: "engine",
    image: model.image,
    command: ["vllm", "serve"],
    args: [...role.args],
    env: engineEnv(shape),
    ports: [
      { name: ENGINE_PORT_NAME, containerPort: shape.enginePort },
      ...(phase === undefined ? [] : [{ name: "nixl", containerPort: NIXL_PORT }]),
    ],
    resources: {
      requests: { ...requests, ...devices },
      limits: { ...limits, ...devices },
    },
    ...role.probes,
    lifecycle: { preStop: role.preStop },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: "weights", mountPath: WEIGHTS_PATH, readOnly: true },
      { name: "scratch", mountPath: SCRATCH_PATH },
      { name: "shm", mountPath: "/dev/shm" },
    ],
  };
}

/** Variables that the component sets. */
export const OWN_ENV = {
  // Nothing is written to the image; who runs has no entry among its users.
  HOME: SCRATCH_PATH,
  USER: "engine",
  XDG_CACHE_HOME: `${SCRATCH_PATH}/cache`,
  VLLM_CACHE_ROOT: `${SCRATCH_PATH}/vllm`,
  TORCHINDUCTOR_CACHE_DIR: `${SCRATCH_PATH}/inductor`,
  TRITON_CACHE_DIR: `${SCRATCH_PATH}/triton`,
  FLASHINFER_WORKSPACE_BASE: SCRATCH_PATH,
  // Everything is on disk already, and nobody is told of it.
  HF_HUB_OFFLINE: "1",
  TRANSFORMERS_OFFLINE: "1",
  VLLM_NO_USAGE_STATS: "1",
  // Longer than Envoy keeps an idle connection, an hour: who closes first must be who sends next.
  VLLM_HTTP_TIMEOUT_KEEP_ALIVE: "3660",
} as const;

/** Variables that hold the pod's own address. */
export const OWN_ADDRESS_ENV = ["VLLM_HOST_IP", "VLLM_NIXL_SIDE_CHANNEL_HOST"] as const;

/** The variable that holds the port over which engines find each other. */
export const NIXL_PORT_ENV = "VLLM_NIXL_SIDE_CHANNEL_PORT";

function engineEnv({ model, nodes, phase }: ReplicaShape): EnvVar[] {
  const address = { fieldRef: { fieldPath: "status.podIP" } };
  const [hostIp, sideChannelHost] = OWN_ADDRESS_ENV;
  return [
    ...Object.entries(OWN_ENV).map(([name, value]) => ({ name, value })),
    ...(nodes > 1 ? [{ name: hostIp, valueFrom: address }] : []),
    ...(phase === undefined
      ? []
      : [
          { name: sideChannelHost, valueFrom: address },
          { name: NIXL_PORT_ENV, value: String(NIXL_PORT) },
        ]),
    ...Object.entries(model.env ?? {}).map(([name, value]) => ({ name, value })),
  ];
}

/** One zone, or one node, takes as few of the replicas as there is capacity for; a replica stays in one zone. */
function spread(shape: ReplicaShape): Pick<PodSpec, "topologySpreadConstraints" | "affinity"> {
  const { args, nodes, servingLabels } = shape;
  const isRequired = args.zoneSpread === "required";
  if (nodes > 1) {
    return {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: { matchLabels: selectorOf(shape) },
              matchLabelKeys: ["leaderworkerset.sigs.k8s.io/group-index"],
              topologyKey: "topology.kubernetes.io/zone",
            },
          ],
        },
      },
    };
  }
  const constraint = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: { ...servingLabels } },
    // The replicas of a rollout are spread for themselves.
    matchLabelKeys: ["pod-template-hash"],
  });
  return {
    topologySpreadConstraints: [
      constraint("topology.kubernetes.io/zone", isRequired ? "DoNotSchedule" : "ScheduleAnyway"),
      constraint("kubernetes.io/hostname", "ScheduleAnyway"),
    ],
  };
}
