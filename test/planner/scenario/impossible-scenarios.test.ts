/**
 * Scenarios that cannot be, from the command line to the message: exit code 2, one line, a path of the scenario
 * that there is, what would work, and no stack. The wording of single checks is in `bad-scenarios.test.ts`.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCommand } from "../../support/run-command";
import { withTemporaryFolder } from "../../support/temporary-folder";

const CHAT = "workloads.chat";
const POOL = "fleet.regions.us-east-1.pools.h100";

const SCENARIO = `
replications: 1
horizon: { duration: 60 s, warmUp: 5 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 2/s }
    tokens: { input: 1000, output: 50 }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1 }
`;

const AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
const FILES: Readonly<Record<string, string>> = {
  "scenario.yaml": SCENARIO,
  "empty.csv": "",
  "header.csv": `${AZURE_HEADER}\n`,
  "unsorted.csv": `${AZURE_HEADER}\n2023-11-16 18:00:05.0,100,10\n2023-11-16 18:00:01.0,100,10\n`,
};

const both = (model: string) => [`${CHAT}.model=${model}`, `${POOL}.model=${model}`];

/** What is wrong → changes, where it is said (a path of the scenario, or a file and line), and what is said. */
const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  [
    "a model larger than its accelerator",
    both("llama-3.3-70b-instruct"),
    POOL,
    // 70.6 G parameters of 2 bytes are 131.4 GiB, of 71.3 GiB (79.2 × 0.9) on an H100.
    /^llama-3\.3-70b-instruct in bf16 .* needs 13[1-9]\.\d GiB .*, 6\d\.\d GiB more than the 71\.3 GiB usable; use a larger accelerator such as /,
  ],
  [
    "a model larger than its machine",
    [
      ...both("llama-3.1-405b-instruct"),
      `${POOL}.instanceType=p5.48xlarge`,
      `${POOL}.engine={tensorParallel: 8}`,
    ],
    POOL,
    /GiB more than the 71\.3 GiB usable; use quantization: fp8, or a larger accelerator such as /,
  ],
  [
    "a context longer than the KV cache",
    [`${POOL}.engine={kvBlocks: 100}`],
    `${POOL}.engine.maxContext`,
    // 128 Ki tokens in blocks of 16.
    /^one request of 131072 tokens needs 8192 KV blocks, got room for 100; use maxContext: 1600 or less$/,
  ],
  [
    "a prefill pool without a decode pool",
    [`${POOL}.role=prefill`],
    `${POOL}.role`,
    /^a prefill pool needs a decode pool of .* in us-east-1; add a pool with role: decode$/,
  ],
  [
    "heads that tensor parallelism does not divide",
    [`${POOL}.instanceType=p5.48xlarge`, `${POOL}.engine={tensorParallel: 6}`],
    `${POOL}.engine.tensorParallel`,
    /^6 does not divide the 32 heads \(8 KV heads\) of .* evenly; use 1, 2, 4, 8, 16 or 32$/,
  ],
  [
    "more ranks than the machine has accelerators",
    [`${POOL}.instanceType=p5.48xlarge`, `${POOL}.engine={dataParallel: 9}`],
    `${POOL}.engine`,
    /= 9 accelerators, but p5\.48xlarge has 8 /,
  ],
  [
    "so little memory that the weights have no room, where more would do",
    [`${POOL}.engine={gpuMemoryUtilization: 5%}`],
    POOL,
    /more than the 4\.0 GiB usable; use gpuMemoryUtilization: [3-6]\d% or more/,
  ],
  [
    "states of arrivals that are shorter than a millisecond",
    [`${CHAT}.arrivals.process={onOff: {on: 10us, off: 1s}}`],
    `${CHAT}.arrivals.process.onOff.on`,
    /^must be at least 1 ms, got 10 us; states this short average out: use process: poisson$/,
  ],
  ["no replicas", [`${POOL}.replicas=0`], `${POOL}.replicas`, /^must be at least 1, got 0$/],
  [
    "more drafted tokens than a block",
    [`${POOL}.engine={speculation: {draftTokens: 16, acceptanceRate: 0.7}}`],
    `${POOL}.engine.speculation.draftTokens`,
    /a KV block of 16 tokens; use draftTokens: 15 or less/,
  ],
  [
    "prompts longer than a step, uncut",
    [`${POOL}.engine={chunkedPrefill: false, maxBatchedTokens: 2048}`],
    `${POOL}.engine.maxBatchedTokens`,
    /^2048 tokens in a step cannot hold a prompt of 128Ki tokens .*; lower maxContext or /,
  ],
  [
    "a context longer than the model's",
    [`${POOL}.engine={maxContext: 1M}`],
    `${POOL}.engine.maxContext`,
    /^must be at most the window of llama-3\.1-8b-instruct, 128Ki, got 1000k$/,
  ],
  [
    "a workload whose model nobody serves",
    [`${CHAT}.model=qwen3-8b`],
    `${CHAT}.model`,
    /^no pool serves qwen3-8b; pools serve llama-3\.1-8b-instruct; add a pool /,
  ],
  [
    "a warm-up longer than the run",
    ["horizon.warmUp=2 h"],
    "horizon.warmUp",
    /^must be shorter than the duration \(60 s\), got 2 h$/,
  ],
  [
    "requests that are over before anything is measured",
    ["horizon.requests=8"],
    "horizon.requests",
    /^8 requests of chat arrive in about 4 s, and the first 5 s are not measured; /,
  ],
  [
    "a factor that no rate is bounded by",
    [`${CHAT}.arrivals.profile={spike: {at: 5s, for: 1s, factor: 1e300}}`],
    `${CHAT}.arrivals.profile`,
    /^brings 2e\+300\/s at its peak, and must stay within 10000000\/s; use smaller factors/,
  ],
  ["a rate that is no number", [`${CHAT}.arrivals.rate=.nan`], `${CHAT}.arrivals.rate`, /got NaN/],
  [
    "tokens without end",
    [`${CHAT}.tokens.input=.inf`],
    `${CHAT}.tokens.input`,
    /^must be finite, got Infinity; write tokens such as /,
  ],
  [
    "a negative rate",
    [`${CHAT}.arrivals.rate=-1/s`],
    `${CHAT}.arrivals.rate`,
    /^must not be negative, got "-1\/s"$/,
  ],
  [
    "a negative duration",
    ["horizon.duration=-5 min"],
    "horizon.duration",
    /^must not be negative, got "-5 min"$/,
  ],
  [
    "a trace that is not there",
    [`${CHAT}.arrivals={trace: none.csv}`],
    "none.csv",
    /^no such file; named by workloads\.chat\.arrivals\.trace$/,
  ],
  ["an empty trace", [`${CHAT}.arrivals={trace: empty.csv}`], "empty.csv", /^the file is empty$/],
  [
    "a trace without requests",
    [`${CHAT}.arrivals={trace: header.csv}`],
    "header.csv",
    /^holds no requests, only a header$/,
  ],
  [
    "a trace out of order",
    [`${CHAT}.arrivals={trace: unsorted.csv}`],
    "unsorted.csv:3",
    /^arrives 4 s before line 2; arrivals must not decrease; put the rows in order with sort: true beside trace$/,
  ],
];

/** Names of the properties on the way to a path, in the JSON Schema that editors get. */
function isInSchema(schema: unknown, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (typeof schema !== "object" || schema === null) return false;
  const { properties, additionalProperties, anyOf, oneOf } = schema as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly additionalProperties?: unknown;
    readonly anyOf?: readonly unknown[];
    readonly oneOf?: readonly unknown[];
  };
  if (properties !== undefined && Object.hasOwn(properties, step)) {
    return isInSchema(properties[step], rest);
  }
  if ([...(anyOf ?? []), ...(oneOf ?? [])].some((form) => isInSchema(form, steps))) return true;
  return typeof additionalProperties === "object" && isInSchema(additionalProperties, rest);
}

describe.each(["simulate", "validate"])("capplan %s of what cannot be", (command) => {
  it.each(cases)("fails for %s", async (_, changes, where, said) => {
    await withTemporaryFolder(async (cwd) => {
      for (const [name, text] of Object.entries(FILES)) {
        fs.writeFileSync(path.join(cwd, name), text);
      }
      const sets = changes.flatMap((change) => ["--set", change]);
      const { exitCode, stdout, stderr } = await runCommand([command, "scenario.yaml", ...sets], {
        cwd,
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      const lines = stderr.trimEnd().split("\n");
      expect(lines).toHaveLength(1);
      const start = `error: ${where}: `;
      expect(lines[0]!.slice(0, start.length)).toBe(start);
      expect(lines[0]!.slice(start.length)).toMatch(said);
      expect(stderr).not.toMatch(/^ +at |node:|\.ts:/m);
    });
  });

  it("names every pool that cannot run", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "scenario.yaml"), SCENARIO);
      const pool = "{model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1";
      const argv = [command, "scenario.yaml"].concat(
        ["--set", `${POOL}.engine={kvBlocks: 100}`],
        ["--set", `fleet.regions.us-east-1.pools.other=${pool}, engine: {kvBlocks: 200}}`],
      );
      const { exitCode, stdout, stderr } = await runCommand(argv, { cwd });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      const places = stderr
        .trimEnd()
        .split("\n")
        .map((line) => line.split(": ")[1]);
      const other = "fleet.regions.us-east-1.pools.other";
      expect(places).toEqual([`${POOL}.engine.maxContext`, `${other}.engine.maxContext`]);
    });
  });

  it("names paths that the schema has", async () => {
    const { stdout } = await runCommand(["schema", "scenario"]);
    const schema: unknown = JSON.parse(stdout);
    const paths = cases.map(([, , where]) => where).filter((where) => !where.includes(".csv"));
    for (const where of paths) {
      expect({ where, isThere: isInSchema(schema, where.split(".")) }).toEqual({
        where,
        isThere: true,
      });
    }
    expect(isInSchema(schema, ["fleet", "regions", "x", "pools", "y", "replica"])).toBe(false);
  });
});
