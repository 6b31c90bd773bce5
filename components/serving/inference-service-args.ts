/** Arguments of InferenceService: what they mean. What is refused is check-replicas.ts. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { GpuPoolPlacement } from "../cluster";
import type { Allocation } from "../foundation/allocation";
import type { Transform } from "../foundation/transform";
import type { EngineArgs } from "./engine-args";
import type { ScalingArgs } from "./scaling-args";
import type { WeightsArgs } from "./weights-args";

/** What one pod has of its node beside GPUs; a replica that spans nodes has one pod on each. Known early. */
export interface PodResourcesArgs {
  /** Processor cores that are kept for it. */
  readonly cpus: number;
  /** Memory that is kept for it, and all that it gets, with its shared memory. */
  readonly memoryGib: number;
  /** `/dev/shm`, through which the processes of an engine talk. @default - 2 GiB for each GPU */
  readonly sharedMemoryGib?: number;
  /** Further extended resources: `{ "vpc.amazonaws.com/efa": 32 }` for pools with rdma on AWS. @default - none */
  readonly extended?: Readonly<Record<string, number>>;
}

/** How new replicas replace old ones. Known early. */
export interface RolloutArgs {
  /** Replicas beyond the wanted number, for which there must be nodes. @default 0 */
  readonly surgeMax?: number;
  /** Replicas that may be missing. @default 1 */
  readonly unavailableMax?: number;
}

/** How often a replica is asked for its health. Known early. */
export interface ProbesArgs {
  /** Seconds between two questions. @default 5 */
  readonly intervalSeconds?: number;
  /** @default 2 */
  readonly timeoutSeconds?: number;
  /** Failed answers in a row after which a replica gets no requests. @default 2 */
  readonly unhealthyThreshold?: number;
  /** Seconds without a good answer after which the engine is started anew. @default 60 */
  readonly restartAfterSeconds?: number;
}

/** Changes to single resources, in the provider's words. */
export interface ReplicaTransforms {
  /** Of a replica on one node. */
  readonly deployment?: Transform<kubernetes.apps.v1.DeploymentArgs>;
  /** Of a replica that spans nodes. */
  readonly leaderWorkerSet?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly scaledObject?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly horizontalPodAutoscaler?: Transform<kubernetes.autoscaling.v2.HorizontalPodAutoscalerArgs>;
  readonly role?: Transform<aws.iam.RoleArgs>;
  readonly bucketAccess?: Transform<gcp.storage.BucketIAMMemberArgs>;
}

/** Changes to single resources, in the provider's words. */
export interface InferenceServiceTransforms extends ReplicaTransforms {
  readonly service?: Transform<kubernetes.core.v1.ServiceArgs>;
}

/** What all replicas of a model share, whatever they do. */
export interface ServedModelArgs {
  /** Namespace, as ServingTenant makes it. Known early. */
  readonly namespace: string;
  /** Name of the model that clients ask for. Known early. */
  readonly modelName: string;
  /** Image of vLLM, by digest: `docker.io/vllm/vllm-openai@sha256:…`. Version 0.12 or later. Known early. */
  readonly image: string;
  readonly weights: WeightsArgs;
  /** Longest that one answer streams, seconds: for so long a replica that goes may still be needed. Known early. */
  readonly longestStreamSeconds: number;
  /**
   * Seconds until gateways no longer send to a replica that goes. Known early. @default 15
   */
  readonly endpointRemovalSeconds?: number;
  /** Seconds that a replica gets to go; at least longestStreamSeconds + endpointRemovalSeconds. Known early. */
  readonly terminationGracePeriodSeconds: number;
  /** A PriorityClass, such as those of ServingAddons. Known early. @default - the cluster's default */
  readonly priorityClassName?: string;
  /** User and group of all processes; not 0. Known early. @default 2000 */
  readonly userId?: number;
  /** Further variables of the engine's environment. Names are known early. @default - none */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Who pays; also labels of all pods. @default - nobody */
  readonly allocation?: Allocation;
}

/** Replicas of one pool. */
export interface ReplicasArgs {
  readonly engine: EngineArgs;
  /** The pool they run on: `cluster.pools[name]`. Known early. */
  readonly pool: GpuPoolPlacement;
  readonly resources: PodResourcesArgs;
  /** Replicas at the start; with autoscaling within its bounds. Known early. */
  readonly replicas: number;
  /** @default - as many as `replicas` says */
  readonly scaling?: ScalingArgs;
  /** Longest from the start of the engine until it answers, with the weights on disk, seconds. Known early. */
  readonly startupSeconds: number;
  /** @default - none beyond the wanted number, one missing */
  readonly rollout?: RolloutArgs;
  /** Replicas that node maintenance may take at once. Known early. @default 1 */
  readonly disruptedMax?: number;
  /**
   * Whether replicas must be spread evenly over zones, or only should where there is capacity. Known early.
   * @default "preferred"
   */
  readonly zoneSpread?: "preferred" | "required";
  /** @default - every 5 s; two failures take a replica out, 60 s start its engine anew */
  readonly probes?: ProbesArgs;
}

/** Arguments of InferenceService. */
export interface InferenceServiceArgs extends ServedModelArgs, ReplicasArgs {
  /** The hatch. @default - none */
  readonly transform?: InferenceServiceTransforms;
}
