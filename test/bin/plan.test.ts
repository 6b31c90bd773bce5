/** Plans on the command line: run like scenarios, compared, and turned into stack files. */
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { PlanDiff } from "../../planner/plan/plan-diff";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { writePlan } from "../../planner/plan/write-plan";
import { readTrace } from "../../planner/traffic/trace/read-trace";
import { runCommand } from "../support/run-command";
import { copyOf, PLANNED_SCENARIO, plannedCase } from "../support/small-plan";
import { withTemporaryFolder } from "../support/temporary-folder";

let plan: CapacityPlan;
let other: CapacityPlan;
beforeAll(async () => {
  ({ plan } = await plannedCase());
  other = (await plannedCase(["fleet.failover.ttl=30 s"])).plan;
});

/** Runs a command in a folder with these files. */
async function runWith(files: Readonly<Record<string, string>>, argv: readonly string[]) {
  let result = { exitCode: -1, stdout: "", stderr: "" };
  await withTemporaryFolder(async (cwd) => {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
      fs.writeFileSync(path.join(cwd, name), text);
    }
    result = await runCommand(argv, { cwd });
  });
  return result;
}

const EDITED =
  "warning: p.plan.json: fleet was edited after the plan was verified, so that its evidence no longer stands; capplan size p.plan.json verifies it as it is now and renews the evidence\n";

/** The plan with another number of gateway processes, by hand. */
function editedText(): string {
  return writePlan(plan).replace(
    '"gateway": {\n      "replicas": 3',
    '"gateway": {\n      "replicas": 2',
  );
}

describe("a plan instead of a scenario", () => {
  it("runs as the scenario that it was made from, to the byte", async () => {
    const options = ["--output", "json", "--quiet"];
    const fromPlan = await runWith({ "p.plan.json": writePlan(plan) }, [
      ...["simulate", "p.plan.json"],
      ...options,
    ]);
    const fromScenario = await runWith({ "s.yaml": PLANNED_SCENARIO }, [
      "simulate",
      "s.yaml",
      ...options,
    ]);
    expect(fromPlan).toEqual({ exitCode: 0, stdout: fromScenario.stdout, stderr: "" });
    expect(JSON.parse(fromPlan.stdout)).toMatchObject({
      scenario: { digest: plan.scenario.digest },
    });
  });

  it("takes --set, and is validated without a warning", async () => {
    const files = { "p.plan.json": writePlan(plan) };
    const set = ["--set", "fleet.gateway.replicas=2"];
    const { exitCode, stdout, stderr } = await runWith(files, ["validate", "p.plan.json", ...set]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/gateway\.replicas +2 +given/);
  });

  it.each([
    ["simulate", []],
    ["validate", []],
    ["stress", ["--only", "region-loss", "--jobs", "1"]],
  ])("runs after an edit, with a warning: %s", async (command, options) => {
    const files = { "p.plan.json": editedText() };
    const run = await runWith(files, [command, "p.plan.json", ...options]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(EDITED);
    const quiet = await runWith(files, [command, "p.plan.json", "--quiet", ...options]);
    expect(quiet).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("fails for a fleet that cannot be, at its place in the file", async () => {
    const copy = copyOf(plan) as unknown as { fleet: { regions: object } };
    const text = JSON.stringify(copy).replace('"p5.48xlarge"', '"p5.48xlrge"');
    const { exitCode, stderr } = await runWith({ "p.plan.json": text }, [
      "validate",
      "p.plan.json",
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'error: fleet.regions.us-east-1.pools.h100.instanceType: unknown type "p5.48xlrge"; did you mean "p5.48xlarge"?\n',
    });
  });

  it("fails for a name in its scenario that is not known, at its place in the file", async () => {
    const text = writePlan(plan).replace('"us-east": 1', '"us-eest": 1');
    const { exitCode, stderr } = await runWith({ "p.plan.json": text }, [
      "validate",
      "p.plan.json",
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: scenario\.written\.workloads\.digest\.origins\.us-eest: unknown/,
    );
  });

  it("fails for a folder of that name", async () => {
    const { exitCode, stderr } = await runWith({ "p.plan.json/x": "" }, [
      "simulate",
      "p.plan.json",
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "error: p.plan.json: is a folder, not a file; give the file of a plan in it\n",
    });
  });
});

describe("a plan with a trace", () => {
  const TRACE =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-01-01 00:00:00.0,50,5\n2024-01-01 00:00:04.0,90,8\n";
  const TEXT = PLANNED_SCENARIO.replace(
    "arrivals: { rate: 4/s }",
    "arrivals: { trace: t.csv }",
  ).replace("    tokens: { input: 500, output: 40 }\n", "");

  async function tracePlan(): Promise<CapacityPlan> {
    const table = await readTrace(Readable.from([Buffer.from(TRACE)]), { source: "t.csv" });
    const traces = new Map([["t.csv", table]]);
    return (await plannedCase([], { text: TEXT, traces, tracePath: (file) => `../data/${file}` }))
      .plan;
  }

  it("names the file as it lies from the plan, with its rows and digest, and runs from there", async () => {
    const text = writePlan(await tracePlan());
    expect(JSON.parse(text)).toMatchObject({
      scenario: {
        written: { workloads: { chat: { arrivals: { trace: "../data/t.csv" } } } },
        traces: [
          { path: "../data/t.csv", requests: 2, digest: expect.stringMatching(/^[0-9a-f]{12}$/) },
        ],
      },
    });
    const files = { "plans/p.plan.json": text, "data/t.csv": TRACE };
    const run = await runWith(files, ["validate", "plans/p.plan.json", "--quiet"]);
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const warned = await runWith(files, ["validate", "plans/p.plan.json"]);
    expect(warned.stderr).toBe("");
  });

  it("warns when the trace is another one", async () => {
    const text = writePlan(await tracePlan());
    const more = `${TRACE}2024-01-01 00:00:09.0,70,6\n`;
    const files = { "plans/p.plan.json": text, "data/t.csv": more };
    const { exitCode, stderr } = await runWith(files, ["validate", "plans/p.plan.json"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr:
        "warning: plans/p.plan.json: ../data/t.csv is not the trace that the plan was made with (2 requests then, 3 now), so that its evidence no longer stands\n",
    });
  });
});

describe("capplan diff", () => {
  const files = () => ({ "a.plan.json": writePlan(plan), "b.plan.json": writePlan(other) });
  const diff = (...options: readonly string[]) =>
    runWith(files(), ["diff", "a.plan.json", "b.plan.json", ...options]);

  it("prints what changed, and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await diff();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("Changes from a.plan.json to b.plan.json");
    expect(stdout).toMatch(/fleet\.failover\.ttl +60 s +30 s/);
    expect(stdout).toMatch(/fleet dnsMoveSeconds +90 +60/);
    expect(stdout).toContain("capplan diff a.plan.json b.plan.json");
  });

  it("prints JSON and Markdown", async () => {
    const json = JSON.parse((await diff("--output", "json")).stdout) as PlanDiff;
    expect(json).toMatchObject({
      schemaVersion: 1,
      isSame: false,
      before: { name: "planned", digest: plan.digest, isIntact: true, capplan: "0.1.0" },
    });
    expect((await diff("--output", "markdown")).stdout).toMatch(/^# Changes from/);
  });

  it("ends with 4 on a difference when it is asked to, and with 0 on none", async () => {
    expect((await diff("--exit-code")).exitCode).toBe(4);
    const same = await runWith(files(), ["diff", "a.plan.json", "a.plan.json", "--exit-code"]);
    expect(same.exitCode).toBe(0);
    expect(same.stdout).toContain("Both plans are the same.");
  });

  it("says which plan was edited", async () => {
    const edited = { "a.plan.json": writePlan(plan), "b.plan.json": editedText() };
    const { stdout } = await runWith(edited, ["diff", "a.plan.json", "b.plan.json"]);
    expect(stdout.replace(/\s+/g, " ")).toContain("! b.plan.json was edited after it was verified");
  });

  it("fails with the problems of both files, each with its name", async () => {
    const bad = {
      "a.plan.json": "{",
      "b.plan.json": writePlan(plan).replace('"seed": 3', '"seed": "x"'),
    };
    const { exitCode, stdout, stderr } = await runWith(bad, ["diff", "a.plan.json", "b.plan.json"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe(
      [
        "error: a.plan.json: ends in the middle: a part of the file is missing; copy it again, or make it again",
        'error: b.plan.json: scenario.seed: expected a number, got "x"',
        "",
      ].join("\n"),
    );
  });

  it.each([
    [["diff", "a.plan.json"], /^error: missing required argument 'after'/],
    [["diff", "a.plan.json", "none.plan.json"], /^error: none\.plan\.json: no such file/],
    [["diff", "a.plan.json", "b.plan.json", "--out", "b.plan.json"], /is a plan that is compared/],
  ])("fails on %j", async (argv, message) => {
    const { exitCode, stderr } = await runWith(files(), argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("capplan stacks", () => {
  it("writes the files, keeps what is a person's, and changes nothing the second time", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "Pulumi.yaml"), "name: capplan\n");
      fs.mkdirSync(path.join(cwd, "plans"));
      fs.writeFileSync(path.join(cwd, "plans/p.plan.json"), writePlan(plan));
      const run = () =>
        runCommand(["stacks", "plans/p.plan.json", "--organization", "acme"], { cwd });
      const first = await run();
      expect(first).toMatchObject({ exitCode: 0, stderr: "" });
      expect(first.stdout.split("\n")[0]).toBe("Pulumi.planned-foundation-europe-west4.yaml new");
      const file = path.join(cwd, "stacks/config/Pulumi.planned-serving-us-east-1.yaml");
      const text = fs.readFileSync(file, "utf8");
      expect(text).toContain("capplan:plan: plans/p.plan.json\n");
      expect(text).toContain("capplan:foundation: acme/capplan/planned-foundation-us-east-1\n");
      fs.writeFileSync(file, `${text}  mine:key: 1\n`);
      const second = await run();
      expect(second.stdout).not.toMatch(/new|changed:/);
      expect(fs.readFileSync(file, "utf8")).toBe(`${text}  mine:key: 1\n`);
      fs.writeFileSync(path.join(cwd, "plans/p.plan.json"), writePlan(other));
      expect((await run()).stdout).toContain(
        "Pulumi.planned-serving-us-east-1.yaml changed: capplan:planDigest\n",
      );
      expect(fs.readFileSync(file, "utf8")).toContain(other.digest);
    });
  });

  it("fails for a plan that was edited, and writes nothing", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "p.plan.json"), editedText());
      const { exitCode, stderr } = await runCommand(["stacks", "p.plan.json"], { cwd });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: p\.plan\.json: fleet was edited/);
      expect(fs.readdirSync(cwd)).toEqual(["p.plan.json"]);
    });
  });
});

describe("capplan schema plan", () => {
  it("describes every part, and the fleet as in a scenario", async () => {
    const { exitCode, stdout } = await runCommand(["schema", "plan"]);
    expect(exitCode).toBe(0);
    const schema = JSON.parse(stdout) as { properties: Record<string, { properties?: object }> };
    expect(Object.keys(schema.properties)).toEqual(Object.keys(plan));
    expect(Object.keys(schema.properties["fleet"]!.properties!)).toContain("failover");
  });
});
