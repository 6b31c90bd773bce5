/**
 * The replicas of one pool in a cluster: who they are, the workload, what keeps enough of them while nodes go, and what
 * scales them. Used by the components of this folder; no component itself.
 */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { ReplicaTransforms } from "./inference-service-args";
import { servingPodTemplate, workerPodTemplate } from "./pod-template";
import { type ReplicaShape, selectorOf } from "./replica-shape";
import {
  autoscalerSpec,
  identityOf,
  type ScalingTarget,
  scaledObjectSpec,
} from "./scaling-manifests";
import { createWeightsAccess } from "./weights-access";

type CustomResourceArgs = kubernetes.apiextensions.CustomResourceArgs;

/** The resources of the replicas of one pool. */
export interface ReplicaNodes {
  readonly serviceAccount: kubernetes.core.v1.ServiceAccount;
  /** A Deployment, or a LeaderWorkerSet for replicas that span nodes. */
  readonly workload: kubernetes.apps.v1.Deployment | kubernetes.apiextensions.CustomResource;
  readonly disruptionBudget: kubernetes.policy.v1.PodDisruptionBudget;
  /** A ScaledObject, a HorizontalPodAutoscaler, or nothing. */
  readonly scaler:
    | kubernetes.apiextensions.CustomResource
    | kubernetes.autoscaling.v2.HorizontalPodAutoscaler
    | undefined;
}

/** Whoever waits for GPUs may wait for hours: what is ready is for alerts to say. */
const NOT_AWAITED = { "pulumi.com/skipAwait": "true" };
/** Beyond this nobody expects a node any more. */
const NODE_SECONDS = 3600;

/**
 * Makes the replicas.
 * @param name Begins the names of all resources.
 */
export function createReplicas(
  name: string,
  shape: ReplicaShape,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): ReplicaNodes {
  const metadata = metadataOf(shape);
  const access = createWeightsAccess(name, shape.name, shape.model, transform, opts);
  const serviceAccount = new kubernetes.core.v1.ServiceAccount(
    childName(name, "account"),
    { metadata, automountServiceAccountToken: false },
    opts,
  );
  const workloadOpts = {
    ...opts,
    dependsOn: [access, serviceAccount],
    // Whoever scales says how many there are.
    ...(shape.args.scaling === undefined ? {} : { ignoreChanges: ["spec.replicas"] }),
  };
  const workload =
    shape.nodes > 1
      ? createLeaderWorkerSet(name, shape, transform, workloadOpts)
      : createDeployment(name, shape, transform, workloadOpts);
  const disruptionBudget = new kubernetes.policy.v1.PodDisruptionBudget(
    childName(name, "disruption"),
    {
      metadata,
      spec: {
        maxUnavailable: shape.args.disruptedMax ?? 1,
        selector: { matchLabels: selectorOf(shape) },
        // A pod that is not ready serves nobody, and may always go.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
  const scaler = createScaler(name, shape, transform, { ...opts, dependsOn: [workload] });
  return { serviceAccount, workload, disruptionBudget, scaler };
}

function metadataOf({ name, model, labels }: ReplicaShape) {
  return { name, namespace: model.namespace, labels: { ...labels } };
}

function createDeployment(
  name: string,
  shape: ReplicaShape,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
  const { args, model } = shape;
  const { surgeMax = 0, unavailableMax = 1 } = args.rollout ?? {};
  const fetchSeconds = model.weights.fetchSecondsMax ?? args.startupSeconds;
  return new kubernetes.apps.v1.Deployment(
    ...transformed<kubernetes.apps.v1.DeploymentArgs>(
      transform.deployment,
      childName(name, "replicas"),
      {
        metadata: { ...metadataOf(shape), annotations: NOT_AWAITED },
        spec: {
          replicas: args.replicas,
          selector: { matchLabels: selectorOf(shape) },
          strategy: {
            type: "RollingUpdate",
            rollingUpdate: { maxSurge: surgeMax, maxUnavailable: unavailableMax },
          },
          progressDeadlineSeconds: Math.ceil(NODE_SECONDS + fetchSeconds + args.startupSeconds),
          revisionHistoryLimit: 3,
          template: servingPodTemplate(shape),
        },
      },
      opts,
    ),
  );
}

/** The `spec` of a LeaderWorkerSet (leaderworkerset.x-k8s.io/v1), as far as it is used. */
interface LeaderWorkerSetSpec {
  readonly replicas: number;
  readonly startupPolicy: "LeaderCreated" | "LeaderReady";
  readonly rolloutStrategy: {
    readonly type: "RollingUpdate";
    readonly rollingUpdateConfiguration: {
      readonly maxSurge: number;
      readonly maxUnavailable: number;
    };
  };
  readonly leaderWorkerTemplate: {
    /** Pods of a group, with its leader. */
    readonly size: number;
    readonly restartPolicy: "RecreateGroupOnPodRestart" | "None";
    readonly leaderTemplate: kubernetes.types.input.core.v1.PodTemplateSpec;
    readonly workerTemplate: kubernetes.types.input.core.v1.PodTemplateSpec;
  };
}

function createLeaderWorkerSet(
  name: string,
  shape: ReplicaShape,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): kubernetes.apiextensions.CustomResource {
  const { surgeMax = 0, unavailableMax = 1 } = shape.args.rollout ?? {};
  const spec: LeaderWorkerSetSpec = {
    replicas: shape.args.replicas,
    // A leader is ready only once its workers have joined it.
    startupPolicy: "LeaderCreated",
    rolloutStrategy: {
      type: "RollingUpdate",
      rollingUpdateConfiguration: { maxSurge: surgeMax, maxUnavailable: unavailableMax },
    },
    leaderWorkerTemplate: {
      size: shape.nodes,
      // An engine that has lost a rank does not get it back.
      restartPolicy: "RecreateGroupOnPodRestart",
      leaderTemplate: servingPodTemplate(shape),
      workerTemplate: workerPodTemplate(shape),
    },
  };
  return new kubernetes.apiextensions.CustomResource(
    ...transformed<CustomResourceArgs>(
      transform.leaderWorkerSet,
      childName(name, "replicas"),
      { ...WORKLOADS.LeaderWorkerSet, metadata: metadataOf(shape), spec },
      opts,
    ),
  );
}

const WORKLOADS = {
  Deployment: { apiVersion: "apps/v1", kind: "Deployment" },
  LeaderWorkerSet: { apiVersion: "leaderworkerset.x-k8s.io/v1", kind: "LeaderWorkerSet" },
} as const;

function createScaler(
  name: string,
  shape: ReplicaShape,
  transform: ReplicaTransforms,
  opts: pulumi.CustomResourceOptions,
): ReplicaNodes["scaler"] {
  const { args, model, nodes } = shape;
  const { scaling } = args;
  if (scaling === undefined) return undefined;
  const metadata = metadataOf(shape);
  const target: ScalingTarget = {
    ...WORKLOADS[nodes > 1 ? "LeaderWorkerSet" : "Deployment"],
    name: shape.name,
    namespace: model.namespace,
    nodes,
    replicas: args.replicas,
  };
  const resourceName = childName(name, "scaler");
  if (scaling.by === "hpa") {
    return new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
      ...transformed<kubernetes.autoscaling.v2.HorizontalPodAutoscalerArgs>(
        transform.horizontalPodAutoscaler,
        resourceName,
        { metadata, spec: autoscalerSpec(scaling, target) },
        opts,
      ),
    );
  }
  const keda = { apiVersion: "keda.sh/v1alpha1" };
  const identity = identityOf(scaling.trigger);
  const authentication =
    identity === undefined
      ? []
      : [
          new kubernetes.apiextensions.CustomResource(
            childName(name, "scaler-identity"),
            {
              ...keda,
              kind: "TriggerAuthentication",
              metadata,
              spec: { podIdentity: { provider: identity } },
            },
            opts,
          ),
        ];
  return new kubernetes.apiextensions.CustomResource(
    ...transformed<CustomResourceArgs>(
      transform.scaledObject,
      resourceName,
      { ...keda, kind: "ScaledObject", metadata, spec: scaledObjectSpec(scaling, target) },
      { ...opts, dependsOn: [...(opts.dependsOn as pulumi.Resource[]), ...authentication] },
    ),
  );
}
