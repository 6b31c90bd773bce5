/**
 * The pods of a replica: the engine, the container that fetches the weights before it, and for decode replicas the
 * sidecar in front of it. Pure.
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type EngineStart, engineArgv, gpusOfPod, WEIGHTS_PATH, workerArgv } from "./engine-argv";
import { engineProbes } from "./probes";
import { ENGINE_PORT_NAME, type ReplicaShape, SERVING_PORT, selectorOf } from "./replica-shape";
import type { WeightsArgs } from "./weights-args";

type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;
type PodTemplate = kubernetes.types.input.core.v1.PodTemplateSpec;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

const USER_ID = 2000;
/** For compiled kernels, caches and temporary files, GiB. */
const SCRATCH_GIB = 20;
/** Files take a little more on a disk than they have bytes. */
const WEIGHTS_MARGIN_GIB = 1;
const SCRATCH_PATH = "/tmp";
const SHARED_MEMORY_GIB_PER_GPU = 2;
const NIXL_PORT = 5600;

/** Rights of every container. */
const CONTAINER_SECURITY: kubernetes.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** The template of the pods that answer requests. */
export function servingPodTemplate(shape: ReplicaShape): PodTemplate {
  const start = engineStart(shape);
  return podTemplate(shape, {
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
    args: workerArgv(shape.args.engine, engineStart(shape)),
    // Only the leader knows when requests are over. A worker ends with its leader, and with it this command.
    preStop: { exec: { command: ["sleep", String(beforeSignal + afterSignal)] } },
    hasSidecar: false,
  });
}

interface EngineRole {
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
      labels: { ...shape.podLabels },
      // The autoscaler of GKE gives a pod ten minutes, which is less than a stream may take.
      annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
    },
    spec,
  };
}

const weightsDiskGib = ({ sizeGib }: WeightsArgs): number =>
  Math.ceil(sizeGib) + WEIGHTS_MARGIN_GIB;

/** Processor, memory and disk of a pod, for the engine and for what runs before it. */
function computeOf({ args: { resources }, model: { weights } }: ReplicaShape) {
  const limits = {
    memory: `${resources.memoryGib}Gi`,
    "ephemeral-storage": `${weightsDiskGib(weights) + SCRATCH_GIB}Gi`,
  };
  return { requests: { cpu: String(resources.cpus), ...limits }, limits };
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
          { name: "VLLM_NIXL_SIDE_CHANNEL_PORT", value: String(NIXL_PORT) },
        ]),
    ...Object.entries(model.env ?? {}).map(([name, value]) => ({ name, value })),
  ];
}

/**
 * Fetches the weights before the engine starts. What is there already is not fetched again, so that after an
 * interruption it goes on where it was; whole files are compared by their checksums.
 */
function fetchContainer(
  { source, image, fetchSecondsMax }: WeightsArgs,
  startupSeconds: number,
  resources: Container["resources"],
): Container {
  const remote =
    source.kind === "s3"
      ? pulumi.interpolate`:s3,provider=AWS,env_auth=true,region=${source.region}:${source.bucket}/${source.prefix}`
      : pulumi.interpolate`:gcs,env_auth=true,bucket_policy_only=true:${source.bucket}/${source.prefix}`;
  return {
    name: "weights",
    image,
    args: [
      "copy",
      remote,
      WEIGHTS_PATH,
      "--config=",
      "--checksum",
      "--transfers=8",
      "--multi-thread-streams=8",
      `--max-duration=${Math.ceil(fetchSecondsMax ?? startupSeconds)}s`,
      "--cutoff-mode=hard",
      "--stats=30s",
      "--stats-one-line",
    ],
    env: [{ name: "HOME", value: SCRATCH_PATH }],
    ...(resources === undefined ? {} : { resources }),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: "weights", mountPath: WEIGHTS_PATH },
      { name: "scratch", mountPath: SCRATCH_PATH },
    ],
  };
}

/** llm-d's sidecar (router 0.10, pkg/sidecar/proxy/options.go). It outlives the engine, whose answers pass through it. */
function sidecarContainer({ phase, enginePort }: ReplicaShape): Container {
  return {
    name: "router",
    image: phase?.sidecarImage ?? "",
    restartPolicy: "Always",
    args: [
      `--port=${SERVING_PORT}`,
      `--model-server-port=${enginePort}`,
      "--kv-connector=nixlv2",
      // TLS ends at the gateway, as for all replicas.
      "--secure-serving=false",
    ],
    ports: [{ name: "http", containerPort: SERVING_PORT }],
    resources: {
      requests: { cpu: "1", memory: "1Gi", "ephemeral-storage": "1Gi" },
      limits: { memory: "1Gi", "ephemeral-storage": "1Gi" },
    },
    securityContext: CONTAINER_SECURITY,
  };
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
