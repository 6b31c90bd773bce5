/** The replicas of one model on one pool, and the Service through which the gateway reaches them. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { checkReplicas, checkServedModel } from "./check-replicas";
import type { InferenceServiceArgs } from "./inference-service-args";
import { ENGINE_PORT_NAME, type ReplicaShape, replicaShape, SERVING_PORT } from "./replica-shape";
import { createReplicas, type ReplicaNodes } from "./replicas";

/** The resources of an InferenceService. */
export interface InferenceServiceNodes extends ReplicaNodes {
  readonly service: kubernetes.core.v1.Service;
}

/**
 * vLLM with the settings that were planned, on the nodes of one pool: weights on the node's own disk before an engine
 * starts, fetched by an identity that can read nothing else; probes that leave an engine time to load them; a grace
 * period in which streams end; a budget for disruptions; replicas spread over zones; autoscaling. Replicas that need
 * more than one node are groups of pods (LeaderWorkerSet).
 *
 * Refused: an image without its digest; a grace period below the longest stream; more replicas than the pool has nodes
 * for; a replica that does not divide into nodes; settings of the engine that do not work together; autoscaling from 0
 * by what only a replica can tell; two things that scale one workload.
 *
 * **Cost**: that of the nodes of the pool (planner/catalog/prices), and of fetching the weights for each new replica:
 * nothing inside a region.
 *
 * @example
 * const service = new InferenceService("llama", {
 *   namespace: "support", modelName: "llama-3.1-70b", image: "docker.io/vllm/vllm-openai@sha256:…",
 *   weights: { source: { kind: "s3", … }, sizeGib: 141, image: "docker.io/rclone/rclone@sha256:…" },
 *   engine: { tensorParallel: 4, maxSequences: 256, maxBatchedTokens: 8192, maxContextTokens: 32_768 },
 *   pool: cluster.pools.h100, resources: { cpus: 90, memoryGib: 900 }, replicas: 4, startupSeconds: 420,
 *   longestStreamSeconds: 600, terminationGracePeriodSeconds: 660,
 * }, { providers: [aws, cluster.kubernetesProvider] });
 */
export class InferenceService extends pulumi.ComponentResource {
  /** Name of the Service, in the namespace of the arguments. */
  readonly serviceName: string;
  readonly port: number;
  /** Labels of the pods that answer requests: the selector of an InferencePool. */
  readonly servingLabels: Readonly<Record<string, string>>;
  /** Port of the pods that serves `/metrics`, by its name. */
  readonly metricsPortName: string;
  readonly nodes: InferenceServiceNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without explicit providers of Kubernetes and of the weights' cloud.
   */
  constructor(name: string, args: InferenceServiceArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`InferenceService "${name}"`, [
      ...checkComponentName(name),
      ...checkServedModel(args),
      ...checkReplicas(args, ""),
    ]);
    super(componentType("serving", "InferenceService"), name, {}, opts);
    const childOpts = servingChildOptions(this, args);
    const shape = replicaShape(name, args, args);
    const { transform = {} } = args;

    const replicas = createReplicas(name, shape, transform, childOpts);
    const service = createService(name, shape, args, childOpts);

    this.serviceName = shape.name;
    this.port = SERVING_PORT;
    this.servingLabels = shape.servingLabels;
    this.metricsPortName = ENGINE_PORT_NAME;
    this.nodes = { ...replicas, service };
    this.registerOutputs({
      serviceName: this.serviceName,
      port: this.port,
      servingLabels: this.servingLabels,
      metricsPortName: this.metricsPortName,
    });
  }
}

/** Options for children in the cluster and in the cloud of the weights. */
export function servingChildOptions(
  component: pulumi.ComponentResource,
  { weights: { source } }: Pick<InferenceServiceArgs, "weights">,
): pulumi.CustomResourceOptions {
  placedChildOptions(component, source.kind === "s3" ? "aws" : "gcp");
  return placedChildOptions(component, "kubernetes");
}

function createService(
  name: string,
  { model, labels, servingLabels, name: serviceName }: ReplicaShape,
  { transform = {} }: InferenceServiceArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Service {
  return new kubernetes.core.v1.Service(
    ...transformed<kubernetes.core.v1.ServiceArgs>(
      transform.service,
      childName(name, "service"),
      {
        metadata: {
          name: serviceName,
          namespace: model.namespace,
          labels: { ...labels },
          // Between an update and a node there may be hours without a ready replica.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          type: "ClusterIP",
          selector: { ...servingLabels },
          ports: [{ name: "http", port: SERVING_PORT, targetPort: ENGINE_PORT_NAME }],
        },
      },
      opts,
    ),
  );
}
