/** What of a fleet is made anew when another plan is deployed: pods and nodes only where the plan is about them. */
import { describe, expect, it } from "@jest/globals";
import type { RegisteredResource } from "../support/mini-engine/registered-resource";
import { editedRuns } from "./edited-plan";
import { at, inputsOf, type Json } from "./read-resource";

/** What cannot change without new pods or nodes, by type. */
const MADE_OF: Readonly<Record<string, (inputs: Json) => unknown>> = {
  "kubernetes:apps/v1:Deployment": (inputs) => at(inputs, "spec", "template"),
  "kubernetes:karpenter.sh/v1:NodePool": (inputs) => at(inputs, "spec", "template"),
  "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": (inputs) => at(inputs, "spec"),
  "aws:ec2/launchTemplate:LaunchTemplate": ({ tags: _, ...inputs }) => inputs,
  // Labels for the bill are changed in place, those of Kubernetes and all else are not.
  "gcp:container/nodePool:NodePool": ({ nodeConfig, name }) => {
    const { resourceLabels: _, ...config } = nodeConfig!;
    return { name, config };
  },
};

const madeOf = (resources: readonly RegisteredResource[]) =>
  resources.flatMap((one) => {
    const read = MADE_OF[one.type];
    return read === undefined ? [] : [[one.urn, read(inputsOf(one))] as const];
  });

describe("another plan", () => {
  it.each(["development", "two-regions-gcp"])(
    "of %s starts no pod and no node again that it says nothing of",
    async (name) => {
      const put = async (maxReceiveCount: number) => {
        const runs = await editedRuns(name, (plan) => {
          Object.assign(plan.fleet, { queue: { ...plan.fleet.queue, maxReceiveCount } });
        });
        return runs.flatMap(({ run }) => run.resources);
      };
      const [one, other] = [await put(6), await put(7)];
      const digestOf = (resources: readonly RegisteredResource[]) =>
        new Set(JSON.stringify(resources).match(/"capplan[:/-]plan-digest":"\w+"/g));
      expect(digestOf(one)).not.toEqual(digestOf(other));
      expect(madeOf(one).length).toBeGreaterThan(2);
      expect(madeOf(other)).toEqual(madeOf(one));
    },
  );
});
