/** The in-process engine shows what the one over gRPC shows. */
import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ofType, only } from "./engine-run";
import { registered } from "./in-process";

function twoQueues(): Record<string, unknown> {
  const provider = new aws.Provider("east", { region: "us-east-1" });
  const parent = new pulumi.ComponentResource("probe:queue:Queues", "jobs", {}, { provider });
  const first = new aws.sqs.Queue("first", {}, { parent, protect: true });
  new aws.sqs.Queue("second", { tags: { of: first.arn } }, { parent, deletedWith: first });
  return { arn: first.arn, token: pulumi.secret("hunter2") };
}

describe("registered", () => {
  it("shows parents, providers and options, which mocks hide", async () => {
    const run = await registered(twoQueues);
    const parent = only(run, "probe:queue:Queues").urn;
    const provider = only(run, "pulumi:providers:aws").urn;
    const first = only(run, "aws:sqs/queue:Queue", "first");
    expect(first).toMatchObject({ parent, provider, protect: true });
    expect(only(run, "aws:sqs/queue:Queue", "second")).toMatchObject({
      parent,
      provider,
      protect: false,
      deletedWith: first.urn,
      dependencies: [first.urn],
      inputs: { tags: { of: "arn:aws:probe:::Queue/first-0000000" } },
    });
    expect(run.stackOutputs.values).toMatchObject({ token: "hunter2" });
    expect(run.stackOutputs.secretPaths).toEqual(["token"]);
  });

  it("leaves unknown in a preview what the cloud decides", async () => {
    const run = await registered(twoQueues, { isPreview: true });
    expect(ofType(run, "aws:sqs/queue:Queue")).toHaveLength(2);
    expect(only(run, "aws:sqs/queue:Queue", "second").unknownPaths).toEqual(["tags.of"]);
    expect(run.stackOutputs.unknownPaths).toEqual(["arn"]);
  });

  it("starts anew with every run", async () => {
    const run = await registered(() => {
      new aws.sqs.Queue("alone");
      return undefined;
    });
    expect(run.resources).toHaveLength(2);
    expect(only(run, "aws:sqs/queue:Queue").provider).toBe("");
  });

  it("fails with the program's own error", async () => {
    const program = (): never => {
      throw new pulumi.InputPropertyError({ propertyPath: "zones", reason: "must be named" });
    };
    await expect(registered(program)).rejects.toMatchObject({ propertyPath: "zones" });
  });
});
