/** The mini-engine against what Pulumi's documentation says of its engine; it is the ground of other tests. */
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { changes, only } from "./engine-run";
import { deletionOrder } from "./engine-state";
import { type ProgramOptions, type ProgramRun, runProgram } from "./run-program";

const QUEUES = path.join(__dirname, "programs/queues.ts");
const world: ProgramOptions = {
  config: { "probe:token": "hunter2" },
  secretConfigKeys: ["probe:token"],
  invokes: { "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: ["a", "b"] }) },
  stacks: {
    "acme/network/dev": {
      outputs: { vpcId: "vpc-1", password: "swordfish" },
      secrets: ["password"],
    },
  },
};
const DEAD = "urn:pulumi:test::probe::probe:queue:Queues$aws:sqs/queue:Queue::jobs-dead";
const LIVE = "urn:pulumi:test::probe::probe:queue:Queues$aws:sqs/queue:Queue::jobs-live";
const PROVIDER = "urn:pulumi:test::probe::pulumi:providers:aws::us-east-1";
const COMPONENT = "urn:pulumi:test::probe::probe:queue:Queues::jobs";

describe("the mini-engine", () => {
  let run: ProgramRun;
  beforeAll(async () => {
    run = await runProgram(QUEUES, world);
  });

  it("records everything that a program says of its resources", () => {
    expect(run).toMatchObject({ exitCode: 0, errors: [], warnings: [], printed: "" });
    expect(run.resources.map(({ urn }) => urn).sort()).toEqual(
      [
        "urn:pulumi:test::probe::pulumi:pulumi:Stack::probe-test",
        COMPONENT,
        DEAD,
        LIVE,
        PROVIDER,
      ].sort(),
    );
    expect(only(run, "aws:sqs/queue:Queue", "jobs-dead")).toMatchObject({
      parent: COMPONENT,
      provider: PROVIDER,
      protect: true,
      isCustom: true,
    });
    expect(only(run, "aws:sqs/queue:Queue", "jobs-live")).toMatchObject({
      protect: false,
      dependencies: [DEAD],
      propertyDependencies: { redrivePolicy: [DEAD] },
      ignoreChanges: ["delaySeconds"],
      deleteBeforeReplace: true,
      aliases: [expect.objectContaining({ name: "former" })],
      customTimeouts: { create: "40m", update: "", delete: "" },
      inputs: {
        tags: { token: "hunter2" },
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: "arn:aws:probe:::Queue/jobs-dead-0000000",
          maxReceiveCount: 5,
        }),
      },
      secretPaths: ["tags.token"],
      unknownPaths: [],
    });
    expect(run.registeredOutputs.get(COMPONENT)?.values).toEqual({
      url: "https://sqs.example/jobs-live",
    });
  });

  it("answers functions and references from its tables, and keeps secrets secret", () => {
    expect(run.stackOutputs.values).toEqual({
      url: "https://sqs.example/jobs-live",
      zoneNames: ["a", "b"],
      vpcId: "vpc-1",
      password: "swordfish",
    });
    expect(run.stackOutputs.secretPaths).toEqual(["password"]);
    expect(run.invokes).toEqual([
      {
        token: "aws:index/getAvailabilityZones:getAvailabilityZones",
        args: { state: "available" },
        provider: `${PROVIDER}::us-east-1-id`,
      },
    ]);
  });

  it("previews the same graph as it puts up, with the cloud's own values unknown", async () => {
    const preview = await runProgram(QUEUES, { ...world, isPreview: true });
    const graph = ({ resources }: ProgramRun) =>
      resources.map(({ urn, parent, provider, dependencies }) => ({
        urn,
        parent,
        provider,
        dependencies: [...dependencies].sort(),
      }));
    const byUrn = (one: { urn: string }, other: { urn: string }) => (one.urn < other.urn ? -1 : 1);
    expect(graph(preview).sort(byUrn)).toEqual(graph(run).sort(byUrn));
    expect(only(preview, "aws:sqs/queue:Queue", "jobs-live").unknownPaths).toEqual([
      "redrivePolicy",
    ]);
    expect(preview.stackOutputs.unknownPaths).toEqual(["url"]);
  });

  it("changes nothing the second time, and knows in a preview what is there", async () => {
    expect(changes(run)).toHaveLength(5);
    const second = await runProgram(QUEUES, { ...world, isPreview: true, state: run.state });
    expect(changes(second)).toEqual([]);
    expect(second.stackOutputs.unknownPaths).toEqual([]);
  });

  it("sees what changed, and what the program no longer holds", async () => {
    const config = { ...world.config, "probe:visibility": "60" };
    const second = await runProgram(QUEUES, { ...world, config, state: run.state });
    expect(changes(second)).toEqual([LIVE]);
    expect(second.operations.get(LIVE)).toBe("update");
    const empty = path.join(__dirname, "programs/late-check.ts");
    const gone = await runProgram(empty, { config: { "probe:delay": "1" }, state: run.state });
    expect(gone.operations.get(LIVE)).toBe("delete");
    expect(gone.operations.get(COMPONENT)).toBe("delete");
  });

  it("deletes what needs another before that other", () => {
    const order = deletionOrder(run.resources);
    expect(order).toHaveLength(run.resources.length);
    expect(order.indexOf(LIVE)).toBeLessThan(order.indexOf(DEAD));
    expect(order.indexOf(DEAD)).toBeLessThan(order.indexOf(COMPONENT));
    expect(order.indexOf(DEAD)).toBeLessThan(order.indexOf(PROVIDER));
  });

  it("fails when a provider refuses a resource", async () => {
    const failed = await runProgram(QUEUES, {
      ...world,
      failure: ({ name }) => (name === "jobs-dead" ? "quota exceeded" : undefined),
    });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.errors).toEqual(["quota exceeded"]);
    expect(failed.resources.map(({ name }) => name)).not.toContain("jobs-live");
  });

  it("fails when the program refers to a stack that does not exist", async () => {
    const failed = await runProgram(QUEUES, { ...world, stacks: {} });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.errors).toContain('unknown stack "acme/network/dev"');
  });
});

describe("validatedInput in a program", () => {
  const LATE_CHECK = path.join(__dirname, "programs/late-check.ts");

  it("lets a value through that is known late and allowed", async () => {
    const run = await runProgram(LATE_CHECK, { config: { "probe:delay": "900" } });
    expect(run.errors).toEqual([]);
    expect(only(run, "aws:sqs/queue:Queue", "second").inputs).toEqual({ delaySeconds: 900 });
  });

  it("fails when it is not allowed, before the resource is registered", async () => {
    const run = await runProgram(LATE_CHECK, { config: { "probe:delay": "901" } });
    expect(run.exitCode).not.toBe(0);
    expect(run.errors.join("\n")).toContain("must be at most 900, got 901");
    expect(run.resources.map(({ name }) => name)).not.toContain("second");
  });
});
