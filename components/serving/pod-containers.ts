/**
 * The containers beside the engine: the one that fetches the weights before it, and for decode replicas the sidecar in
 * front of it; and what all containers of a replica share. Pure.
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { WEIGHTS_PATH } from "./engine-argv";
import { type ReplicaShape, SERVING_PORT } from "./replica-shape";
import type { WeightsArgs } from "./weights-args";

type Container = kubernetes.types.input.core.v1.Container;

/** For compiled kernels, caches and temporary files, GiB. */
export const SCRATCH_GIB = 20;
/** Files take a little more on a disk than they have bytes. */
const WEIGHTS_MARGIN_GIB = 1;
/** Where they are. */
export const SCRATCH_PATH = "/tmp";

/** Rights of every container. */
export const CONTAINER_SECURITY: kubernetes.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Disk that weights take, GiB. */
export const weightsDiskGib = ({ sizeGib }: Pick<WeightsArgs, "sizeGib">): number =>
  Math.ceil(sizeGib) + WEIGHTS_MARGIN_GIB;

/** Disk that a pod asks for, GiB: its weights, and what it compiles and keeps beside them. */
export const podDiskGib = (weights: Pick<WeightsArgs, "sizeGib">): number =>
  weightsDiskGib(weights) + SCRATCH_GIB;

/** Processor, memory and disk of a pod, for the engine and for what runs before it. */
export function computeOf({ args: { resources }, model: { weights } }: ReplicaShape) {
  const limits = {
    memory: `${resources.memoryGib}Gi`,
    "ephemeral-storage": `${podDiskGib(weights)}Gi`,
  };
  return { requests: { cpu: String(resources.cpus), ...limits }, limits };
}

/**
 * Fetches the weights before the engine starts. What is there already is not fetched again, so that after an
 * interruption it goes on where it was; whole files are compared by their checksums.
 */
export function fetchContainer(
  { source, image, fetchSecondsMax }: WeightsArgs,
  startupSeconds: number,
  resources: Container["resources"],
): Container {
  const remote =
    source.kind === "s3"
      ? pulumi.interpolate`:s3,provider=AWS,env_auth=true,region=${source.region}:${source.bucket}/${source.prefix}/`
      : pulumi.interpolate`:gcs,env_auth=true,bucket_policy_only=true:${source.bucket}/${source.prefix}/`;
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
export function sidecarContainer({ phase, enginePort }: ReplicaShape): Container {
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
      requests: { cpu: String(SIDECAR.cpus), ...SIDECAR_LIMITS },
      limits: SIDECAR_LIMITS,
    },
    securityContext: CONTAINER_SECURITY,
  };
}

/** What a sidecar has of its node, beside the engine. */
export const SIDECAR = { cpus: 1, memoryGib: 1, diskGib: 1 } as const;
const SIDECAR_LIMITS = {
  memory: `${SIDECAR.memoryGib}Gi`,
  "ephemeral-storage": `${SIDECAR.diskGib}Gi`,
};
