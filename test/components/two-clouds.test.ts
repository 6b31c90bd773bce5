/** Networks and clusters of both clouds in one program, through the SDK's own runner. */
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { changes, ofType, only } from "../support/mini-engine/engine-run";
import { deletionOrder } from "../support/mini-engine/engine-state";
import {
  type ProgramOptions,
  type ProgramRun,
  runProgram,
} from "../support/mini-engine/run-program";

const PROGRAM = path.join(__dirname, "programs/two-clouds.ts");
const world: ProgramOptions = {
  invokes: {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  },
};

describe("networks and clusters on both clouds", () => {
  let up: ProgramRun;
  beforeAll(async () => {
    up = await runProgram(PROGRAM, world);
  });

  it("are registered without an error or a warning", () => {
    expect(up).toMatchObject({ exitCode: 0, errors: [], warnings: [], printed: "" });
    expect(up.stackOutputs.values["clusterNames"]).toEqual(["support-us", "support-eu"]);
  });

  it("are previewed as they are put up, and then change nothing", async () => {
    const preview = await runProgram(PROGRAM, { ...world, isPreview: true });
    const urns = ({ resources }: ProgramRun) => resources.map(({ urn }) => urn).sort();
    expect(preview.errors).toEqual([]);
    expect(urns(preview)).toEqual(urns(up));
    const again = await runProgram(PROGRAM, { ...world, isPreview: true, state: up.state });
    expect(changes(again)).toEqual([]);
  });

  it("stay each with the provider of its place", () => {
    const provider = (type: string): string => only(up, type).provider.split("::").at(-1)!;
    expect(provider("aws:eks/cluster:Cluster")).toBe("us-east-1");
    expect(provider("gcp:container/cluster:Cluster")).toBe("europe-west4");
    expect(provider("kubernetes:karpenter.sh/v1:NodePool")).toBe("support-us-kubernetes");
    for (const { type, provider: explicit } of up.resources.filter((one) => one.isCustom)) {
      if (!type.startsWith("pulumi:")) expect(explicit).not.toBe("");
    }
    expect(up.invokes.every((one) => one.provider.includes("us-east-1"))).toBe(true);
  });

  it("put nodes into the subnets of the network", () => {
    const [nodeClass] = ofType(up, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass");
    expect(nodeClass!.inputs["spec"]).toMatchObject({
      subnetSelectorTerms: [
        { id: "support-us-private-us-east-1a-id" },
        { id: "support-us-private-us-east-1b-id" },
      ],
    });
    expect(only(up, "gcp:container/cluster:Cluster").inputs).toMatchObject({
      network: "support-eu-network-id",
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods" },
    });
  });

  it("are taken down from the nodes to the network", () => {
    const order = deletionOrder(up.resources);
    const position = (type: string): number => order.indexOf(only(up, type).urn);
    expect(position("kubernetes:karpenter.sh/v1:NodePool")).toBeLessThan(
      position("aws:eks/cluster:Cluster"),
    );
    expect(position("aws:eks/cluster:Cluster")).toBeLessThan(position("aws:ec2/vpc:Vpc"));
    expect(position("gcp:container/cluster:Cluster")).toBeLessThan(
      position("gcp:compute/network:Network"),
    );
  });
});
