/** One model whose prompts are read by some replicas and whose answers are written by others. */
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { refuseProblems } from "../foundation/input-problem";
import {
  checkDisaggregatedService,
  type DisaggregatedServiceArgs,
  phaseShape,
} from "./disaggregated-service-args";
import { servingChildOptions } from "./inference-service";
import type { ReplicasArgs } from "./inference-service-args";
import {
  disaggregatedLabels,
  ENGINE_PORT_NAME,
  type PhaseShape,
  phaseWorkloadName,
  replicaShape,
  SERVING_PORT,
} from "./replica-shape";
import { createReplicas, type ReplicaNodes } from "./replicas";

/** The resources of a DisaggregatedService, by pool. */
export interface DisaggregatedServiceNodes {
  readonly prefill: Readonly<Record<string, ReplicaNodes>>;
  readonly decode: Readonly<Record<string, ReplicaNodes>>;
}

/**
 * Prefill and decode apart, as llm-d does it: an endpoint picker chooses a decode replica for each request, and for long
 * prompts a prefill replica too; the sidecar in front of the decode engine asks that one first, and its engine then
 * reads the KV cache over NIXL. All are behind one InferencePool, whose picker is told so (`disaggregation` of a
 * RegionalGateway's pool). There is no Service: a request that no picker has seen would be answered by one replica alone.
 *
 * Refused: what two engines have to agree on and do not (precision of the KV cache, quantization, context, speculation); a decode
 * replica with smaller blocks than a prefill replica; replicas of decode that span nodes, which no sidecar is made for;
 * EFA without NIXL's backend for it; everything that InferenceService refuses.
 *
 * **Cost**: that of the nodes of all pools (planner/catalog/prices).
 *
 * @example
 * const service = new DisaggregatedService("llama", {
 *   …, prefill: { h100: { … } }, decode: { h200: { … } }, sidecarImage: "ghcr.io/llm-d/llm-d-router-disagg-sidecar@sha256:…",
 * }, { providers: [aws, cluster.kubernetesProvider] });
 * // inferencePool: { matchLabels: service.poolLabels, targetPort: service.port, disaggregation: { … } }
 */
export class DisaggregatedService extends pulumi.ComponentResource {
  /** Labels of the pods of both phases that answer requests: the selector of the InferencePool. */
  readonly poolLabels: Readonly<Record<string, string>>;
  readonly port: number;
  /** Port of the pods that serves `/metrics`, by its name. */
  readonly metricsPortName: string;
  readonly nodes: DisaggregatedServiceNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without explicit providers of Kubernetes and of the weights' cloud.
   */
  constructor(name: string, args: DisaggregatedServiceArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`DisaggregatedService "${name}"`, [
      ...checkComponentName(name),
      ...checkDisaggregatedService(args),
    ]);
    super(componentType("serving", "DisaggregatedService"), name, {}, opts);
    const childOpts = servingChildOptions(this, args);

    const replicasOf = (
      role: PhaseShape["role"],
      pools: Readonly<Record<string, ReplicasArgs>>,
    ): Readonly<Record<string, ReplicaNodes>> =>
      Object.fromEntries(
        Object.entries(pools).map(([pool, replicas]) => {
          // Who pays is told by pool, which a service of several has none of.
          const model = { ...args, allocation: { ...args.allocation, pool } };
          const phase = phaseShape(role, name, args);
          const shape = replicaShape(phaseWorkloadName(name, pool), model, replicas, phase);
          return [
            pool,
            createReplicas(childName(name, pool), shape, args.transform ?? {}, childOpts),
          ];
        }),
      );

    this.nodes = {
      prefill: replicasOf("prefill", args.prefill),
      decode: replicasOf("decode", args.decode),
    };
    this.poolLabels = disaggregatedLabels(name);
    this.port = SERVING_PORT;
    this.metricsPortName = ENGINE_PORT_NAME;
    this.registerOutputs({
      poolLabels: this.poolLabels,
      port: this.port,
      metricsPortName: this.metricsPortName,
    });
  }
}
