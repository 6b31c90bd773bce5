/** What follows from the arguments of replicas before anything is made: names, labels, nodes, ports, times. Pure. */
import { kubernetesLabels, withoutPlan } from "../foundation/allocation";
import { physicalName } from "../foundation/physical-name";
import { gpusOfReplica } from "./engine-args";
import type { KvTransferConfig } from "./engine-argv";
import type { ReplicasArgs, ServedModelArgs } from "./inference-service-args";

/** Port on which gateways reach a replica. */
export const SERVING_PORT = 8000;
/** Port of an engine behind a sidecar. */
export const BEHIND_SIDECAR_PORT = 8200;
/** Name of the engine's port in its pod, for requests and metrics. */
export const ENGINE_PORT_NAME = "engine";
/** The label by which policies of the network know engines. */
export const ENGINE_LABEL = { "capplan/part": "engine" } as const;
/** The label that tells the replicas of one pool from all others. */
const NAME_LABEL = "app.kubernetes.io/name";
/** The label of pods that answer requests: of all engines but the workers of a replica that spans nodes. */
export const ANSWERING_LABEL = { "capplan/answers": "requests" } as const;
/** llm-d's label, which its endpoint picker goes by. */
const ROLE_LABEL = "llm-d.ai/role";

/** The label that holds the two phases of one model together. */
const DISAGGREGATED_LABEL = "capplan/disaggregated";

/** Labels of the pods of both phases that answer requests. @param serviceName of the DisaggregatedService */
export function disaggregatedLabels(serviceName: string): Readonly<Record<string, string>> {
  return { [DISAGGREGATED_LABEL]: serviceName, ...ANSWERING_LABEL };
}

/** Name of the workload of one pool of a DisaggregatedService. */
export function phaseWorkloadName(serviceName: string, pool: string): string {
  return physicalName("kubernetesName", `${serviceName}-${pool}`);
}

/** Seconds until gateways no longer send to a replica that goes, where nothing is said. */
export const ENDPOINT_REMOVAL_SECONDS = 15;

/** A replica's part in disaggregated serving. */
export interface PhaseShape {
  readonly role: "prefill" | "decode";
  /** Name of the service that both phases make up. */
  readonly serviceName: string;
  readonly kvTransfer: KvTransferConfig;
  /** Image of the sidecar of decode replicas. */
  readonly sidecarImage: string | undefined;
}

/** Everything that is known of replicas of one pool. */
export interface ReplicaShape {
  /** Name of the workload, and of what belongs to it. */
  readonly name: string;
  readonly model: ServedModelArgs;
  readonly args: ReplicasArgs;
  readonly phase: PhaseShape | undefined;
  /** Nodes of one replica. */
  readonly nodes: number;
  /** Of every object. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of every pod; those that answer requests have one more. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The selector of the pods that answer requests. */
  readonly servingLabels: Readonly<Record<string, string>>;
  readonly enginePort: number;
  readonly drain: DrainSeconds;
}

/** How the time that a replica gets to go is used. */
export interface DrainSeconds {
  /** Before the engine is told: until gateways, and decode replicas that still read, have left. */
  readonly beforeSignal: number;
  /** After it: for requests to end. */
  readonly afterSignal: number;
}

/** The shape of replicas. */
export function replicaShape(
  name: string,
  model: ServedModelArgs,
  args: ReplicasArgs,
  phase?: PhaseShape,
): ReplicaShape {
  const nodes = nodesOfReplica(args);
  const labels = { ...kubernetesLabels(model.allocation ?? {}), [NAME_LABEL]: name };
  const podLabels = {
    ...kubernetesLabels(withoutPlan(model.allocation ?? {})),
    [NAME_LABEL]: name,
    ...ENGINE_LABEL,
    ...(phase === undefined
      ? {}
      : { [ROLE_LABEL]: phase.role, [DISAGGREGATED_LABEL]: phase.serviceName }),
  };
  return {
    name,
    model,
    args,
    phase,
    nodes,
    labels,
    podLabels,
    servingLabels: { [NAME_LABEL]: name, ...ANSWERING_LABEL },
    enginePort: phase?.role === "decode" ? BEHIND_SIDECAR_PORT : SERVING_PORT,
    drain: drainSeconds(model, phase),
  };
}

/** The selector of all pods of a shape. */
export function selectorOf({ name }: Pick<ReplicaShape, "name">) {
  return { [NAME_LABEL]: name };
}

/** Nodes of one replica: 1 where it fits on one. */
export function nodesOfReplica({ engine, pool }: Pick<ReplicasArgs, "engine" | "pool">): number {
  return Math.ceil(gpusOfReplica(engine) / pool.gpusPerNode);
}

/** Most replicas at a time that the nodes of a pool hold. */
export function replicasThatFit({ engine, pool }: Pick<ReplicasArgs, "engine" | "pool">): number {
  const gpus = gpusOfReplica(engine);
  if (gpus > pool.gpusPerNode) return Math.floor(pool.nodesMax / nodesOfReplica({ engine, pool }));
  return pool.nodesMax * Math.floor(pool.gpusPerNode / gpus);
}

/** Seconds that the engine is not told to stop. */
export function secondsBeforeSignal(
  { endpointRemovalSeconds = ENDPOINT_REMOVAL_SECONDS }: ServedModelArgs,
  phase: PhaseShape | undefined,
): number {
  // The engine does not wait for those who have yet to read what it has computed.
  const leaseSeconds =
    phase?.role === "prefill" ? phase.kvTransfer.kv_connector_extra_config.kv_lease_duration : 0;
  return Math.ceil(endpointRemovalSeconds + leaseSeconds);
}

function drainSeconds(model: ServedModelArgs, phase: PhaseShape | undefined): DrainSeconds {
  const beforeSignal = secondsBeforeSignal(model, phase);
  return {
    beforeSignal,
    afterSignal: Math.floor(model.terminationGracePeriodSeconds) - beforeSignal,
  };
}

/** A pattern of the names of the pods that answer requests, anchored at both ends as Prometheus does. */
export function servingPodPattern({ name, nodes }: Pick<ReplicaShape, "name" | "nodes">): string {
  return nodes > 1 ? `${name}-[0-9]+` : `${name}-[a-z0-9]+-[a-z0-9]{5}`;
}
