/** The Pulumi program as Pulumi runs it: its own process, its entry point, its configuration, over gRPC. */
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type ProgramRun, runProgram } from "../support/mini-engine/run-program";
import { exampleStacks, ROOT } from "./examples";
import { WORLD } from "./run-example";

const PROGRAM = path.join(ROOT, "stacks/index.ts");
const [foundation, serving] = exampleStacks({ name: "development" });

describe("the program", () => {
  let up: ProgramRun;
  beforeAll(async () => {
    up = await runProgram(PROGRAM, {
      ...WORLD,
      stack: foundation!.name,
      config: foundation!.config,
    });
  });

  it("puts up a foundation without an error or a warning, and says what it is from", () => {
    expect(up).toMatchObject({ exitCode: 0, errors: [], warnings: [], printed: "" });
    expect(Object.keys(up.stackOutputs.values).sort()).toEqual([
      "clusterName",
      "derivations",
      "deviations",
      "handover",
      "natAddresses",
      "plan",
      "quotas",
    ]);
    expect(up.stackOutputs.secretPaths).toEqual([]);
  });

  it("puts up what is on it with what it hands over", async () => {
    const stacks = {
      [`organization/capplan/${foundation!.name}`]: { outputs: up.stackOutputs.values },
    };
    const options = { ...WORLD, stack: serving!.name, config: serving!.config, stacks };
    const run = await runProgram(PROGRAM, options);
    expect(run).toMatchObject({ exitCode: 0, errors: [], warnings: [], printed: "" });
  });

  it("refuses in words, without a trace of where", async () => {
    const { ["capplan:administrators"]: _, ...config } = foundation!.config;
    const run = await runProgram(PROGRAM, { ...WORLD, stack: foundation!.name, config });
    expect(run.exitCode).not.toBe(0);
    expect(run.resources.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
    const said = [...run.errors, run.printed].join("\n");
    expect(said).toContain("capplan:administrators: must name the role that runs Pulumi");
    expect(said).not.toMatch(/\bat .*\.ts:\d+/);
  });

  it("waits for the layer below, and says so", async () => {
    const stacks = { [`organization/capplan/${foundation!.name}`]: { outputs: {} } };
    const options = { ...WORLD, stack: serving!.name, config: serving!.config, stacks };
    const run = await runProgram(PROGRAM, options);
    expect(run.exitCode).not.toBe(0);
    expect([...run.errors, run.printed].join("\n")).toContain("put it up first");
  });

  it("does not put a layer on another plan's", async () => {
    const handover = up.stackOutputs.values["handover"] as Readonly<Record<string, unknown>>;
    const outputs = { handover: { ...handover, planDigest: "f".repeat(64) } };
    const stacks = { [`organization/capplan/${foundation!.name}`]: { outputs } };
    const options = { ...WORLD, stack: serving!.name, config: serving!.config, stacks };
    const run = await runProgram(PROGRAM, options);
    expect(run.exitCode).not.toBe(0);
    expect([...run.errors, run.printed].join("\n")).toContain("is of plan ffffffffffff…");
    // A preview of all layers shows what will be.
    const preview = await runProgram(PROGRAM, { ...options, isPreview: true });
    expect(preview.exitCode).toBe(0);
    expect(preview.warnings.join("\n")).toContain("is of plan ffffffffffff…");
  });
});
