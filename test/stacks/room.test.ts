/**
 * Whether what a serving layer runs has room: in the quota of its namespace, and on the system nodes of its foundation.
 * Read from the resources as the scheduler and the quota read them; nothing of stacks/derive is used.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type EngineRun, ofType } from "../support/mini-engine/engine-run";
import { EXAMPLES } from "./examples";
import { at, inputsOf, type Json, listOf, specOf, textOf } from "./read-resource";
import { putUp, type StackRun } from "./run-example";

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

describe.each(EXAMPLES)("a serving layer of $name", (example) => {
  let layers: readonly StackRun[];
  beforeAll(async () => {
    layers = (await putUp(example)).filter(({ stack }) => stack.layer === "serving");
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
});
