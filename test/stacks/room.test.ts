/**
 * Whether what a serving layer runs has room: in the quota of its namespace, and on the system nodes of its foundation.
 * Read from the resources as the scheduler and the quota read them; nothing of stacks/derive is used.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type EngineRun, ofType } from "../support/mini-engine/engine-run";
import { FLEETS } from "./fleets";
import { at, inputsOf, type Json, listOf, specOf, textOf } from "./read-resource";
import type { StackRun } from "./run-example";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const UNITS: Readonly<Record<string, number>> = { m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 };

/** A quantity of Kubernetes, in cores, bytes or pieces. */
function quantity(text: string): number {
  const [, digits, unit] = /^([0-9.]+)(m|Mi|Gi)?$/.exec(text)!;
  return Number(digits) * (unit === undefined ? 1 : UNITS[unit]!);
}

const containersOf = (pod: Json, kind: string) =>
  listOf(at(pod, kind)).map((container) => at(container, "resources", "requests"));

/** What a pod asks for: its containers together, or its greediest init container (Kubernetes, "Init containers"). */
function requestOf(pod: Json, resource: string): number {
  const of = (requests: Json | undefined) =>
    quantity(textOf(requests?.[resource] ?? ("0" as never)));
  const together = containersOf(pod, "containers").reduce((sum, one) => sum + of(one), 0);
  return Math.max(together, ...containersOf(pod, "initContainers").map(of));
}

/** Replicas at their most, with their pods. */
function replicasOf(run: EngineRun): readonly { readonly count: number; readonly pod: Json }[] {
  const most = new Map(
    run.resources
      .filter(({ type }) => type.endsWith(":ScaledObject"))
      .map((scaler) => [
        textOf(at(specOf(scaler), "scaleTargetRef", "name")),
        Number(specOf(scaler)["maxReplicaCount"]),
      ]),
  );
  return ofType(run, DEPLOYMENT).map((deployment) => {
    const name = textOf(at(inputsOf(deployment), "metadata", "name"));
    const { replicas, template } = specOf(deployment) as { replicas: Json; template: Json };
    return { count: most.get(name) ?? Number(replicas), pod: template["spec"]! };
  });
}

/** Of the four of an m7i.xlarge or an e2-standard-4 (both clouds keep 80 m: 6 %, 1 %, 0.5 %, 0.5 % of a processor). */
const ALLOCATABLE_CPUS = 3.92;
/** For what is on every node: network, DNS, disks, metrics. */
const AGENT_CPUS = 0.8;

/** Nodes without GPUs that there are, or that GKE's autoscaler makes; nothing makes more on EKS than it begins with. */
function systemNodesMost(run: EngineRun): number {
  const [onEks] = ofType(run, "aws:eks/nodeGroup:NodeGroup");
  if (onEks !== undefined) {
    expect(inputsOf(onEks)["instanceTypes"]).toEqual(["m7i.xlarge"]);
    return Number(at(inputsOf(onEks), "scalingConfig", "minSize"));
  }
  const onGke = ofType(run, "gcp:container/nodePool:NodePool").find(
    (pool) => at(inputsOf(pool), "nodeConfig", "guestAccelerators") === undefined,
  )!;
  expect(at(inputsOf(onGke), "nodeConfig", "machineType")).toBe("e2-standard-4");
  const [cluster] = ofType(run, "gcp:container/cluster:Cluster");
  const zones = listOf(inputsOf(cluster!)["nodeLocations"]).length;
  return Number(at(inputsOf(onGke), "autoscaling", "maxNodeCount")) * zones;
}

describe.each(FLEETS)("a serving layer of $name", (fleet) => {
  let all: readonly StackRun[];
  let layers: readonly StackRun[];
  beforeAll(async () => {
    all = await fleet.putUp();
    layers = all.filter(({ stack }) => stack.layer === "serving");
  });

  it("has a quota that holds its replicas at their most", () => {
    let compared = 0;
    for (const { run } of layers) {
      const [quota] = ofType(run, "kubernetes:core/v1:ResourceQuota");
      const hard = specOf(quota!)["hard"]!;
      const replicas = replicasOf(run);
      for (const [key, allowed] of Object.entries(hard)) {
        const resource = key.replace(/^requests\./, "");
        if (resource === key) continue;
        const needed = replicas.reduce(
          (sum, { count, pod }) => sum + count * requestOf(pod, resource),
          0,
        );
        compared += 1;
        expect({ resource, isHeld: needed <= quantity(textOf(allowed)), needed }).toMatchObject({
          resource,
          isHeld: true,
        });
      }
    }
    expect(compared).toBe(layers.length * 4);
  });

  it("has system nodes for its gateway, also while a process is replaced", () => {
    let compared = 0;
    for (const { stack, run } of layers) {
      const foundation = all.find(
        (one) => one.stack.layer === "foundation" && one.stack.place === stack.place,
      )!;
      const [envoy] = run.resources.filter(({ type }) => type.endsWith(":EnvoyProxy"));
      const deployment = at(specOf(envoy!), "provider", "kubernetes", "envoyDeployment")!;
      const cpus = quantity(textOf(at(deployment, "container", "resources", "requests", "cpu")));
      const surge = Number(at(deployment, "strategy", "rollingUpdate", "maxSurge"));
      const processes = Number(deployment["replicas"]) + surge;
      const perNode = Math.floor((ALLOCATABLE_CPUS - AGENT_CPUS) / cpus);
      compared += 1;
      expect(systemNodesMost(foundation.run) * perNode).toBeGreaterThanOrEqual(processes);
    }
    expect(compared).toBe(layers.length);
  });
});
