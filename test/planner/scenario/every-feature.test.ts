/**
 * Everything that a scenario can say, at least once: each parses, resolves and runs for a minute, and no request is
 * lost. One scenario has all kinds of workloads and pools at once; the table changes one thing after the other.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadScenario } from "../../../bin/load-scenario";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import { simulate } from "../../../planner/simulation/simulate";
import { memoryIo } from "../../support/memory-io";
import { withTemporaryFolder } from "../../support/temporary-folder";

const SCENARIO = `
name: everything
replications: 1
horizon: { start: "sat 13:30", duration: 60 s, warmUp: 0 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 3/s, process: { gamma: { cv: 1.6 } }, profile: { diurnal: { peakHour: 14, peakToMean: 2, weekend: 0.5 } } }
    tokens: { input: { lognormal: { median: 600, sigma: 0.8, max: 6k } }, output: { gamma: { mean: 80, cv: 1 } }, correlation: 0.3 }
    prefix: { shared: 100, groups: 8, share: 60%, skew: 1 }
    origins: { us-east: 60%, eu-west: 40% }
    tenants: { retail: 70%, bank: 30% }
    priority: interactive
    slo: { ttft: { p95: 800 ms, mean: 400 ms }, tpot: { p95: 50 ms }, itl: { p99: 1 s }, e2e: { p999: 40 s }, queueTime: { p50: 1 s } }
  conversation:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 20/min }
    tokens: { input: { uniform: { min: 20, max: 300 } }, output: { normal: { mean: 60, sd: 30, min: 1 } } }
    prefix: { shared: 10 }
    sessions: { turns: { exponential: { mean: 4 } }, think: { exponential: { mean: 3 s } } }
    tenants: { count: 3 }
  agents:
    model: qwen3-8b
    arrivals: { closed: { concurrency: 6, think: { uniform: { min: 0 s, max: 2 s } } } }
    tokens: { profile: sharegpt }
  replay:
    model: qwen3-8b
    arrivals: { trace: trace.csv, speed: 2, loop: true, sample: 90% }
    priority: batch
  pairs:
    model: qwen3-8b
    arrivals: { rate: 1/s, process: deterministic }
    tokens: { trace: trace.csv }
fleet:
  regions:
    us-east-1:
      pools:
        unified: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 2, price: $6.88, priorities: [interactive, standard], accepts: { inputTokens: { max: 2k } }, engine: { speculation: { draftTokens: 3, acceptanceRate: 70% }, scheduling: priority, maxContext: 16k } }
        small: { model: qwen3-8b, instanceType: g6e.xlarge, replicas: 2, price: $1.86, engine: { quantization: fp8, kvCachePrecision: fp8, prefixCaching: false, maxContext: 16k } }
    europe-west4:
      pools:
        prefill: { model: llama-3.1-8b-instruct, instanceType: a3-highgpu-1g, role: prefill, replicas: 1, price: $11, kvTransfer: { bandwidth: 200 Gbps }, engine: { maxContext: 16k } }
        decode: { model: llama-3.1-8b-instruct, instanceType: a3-highgpu-1g, role: decode, replicas: 1, price: $11, engine: { maxContext: 16k } }
  routing: { policy: least-outstanding, regions: any }
`;

/** 20 requests over 19 s, of growing lengths. */
const TRACE = [
  "TIMESTAMP,ContextTokens,GeneratedTokens",
  ...Array.from(
    { length: 20 },
    (_, i) => `2024-01-01 00:00:${String(i).padStart(2, "0")}.0,${50 + 40 * i},${5 + i}`,
  ),
];

async function load(changes: readonly string[]): Promise<ResolvedScenario> {
  let scenario: ResolvedScenario | undefined;
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, "trace.csv"), `${TRACE.join("\n")}\n`);
    fs.writeFileSync(path.join(cwd, "scenario.yaml"), SCENARIO);
    ({ scenario } = await loadScenario(memoryIo({ cwd }), "scenario.yaml", changes));
  });
  return scenario!;
}

/** Runs it and counts every request that arrived: answered, refused or in flight, and nothing else. */
function expectConserved(scenario: ResolvedScenario): void {
  const record = simulate(scenario, 7);
  const sum = (of: (cell: (typeof record.cells)[number]) => number): number =>
    record.cells.reduce((total, cell) => total + of(cell), 0);
  expect(record.arrivals).toBe(record.completions + record.rejections + record.inFlightAtEnd);
  expect(sum((cell) => cell.offered)).toBe(record.arrivals);
  expect(sum((cell) => cell.completed)).toBe(record.completions);
  expect(sum((cell) => cell.rejected)).toBe(record.rejections);
  if (scenario.horizon.drain) expect(record.inFlightAtEnd).toBe(0);
  for (const workload of scenario.workloads.keys()) {
    const offered = record.cells.filter((cell) => cell.workload === workload);
    expect(offered.reduce((total, cell) => total + cell.offered, 0)).toBeGreaterThan(0);
  }
}

const CHAT = "workloads.chat";
const UNIFIED = "fleet.regions.us-east-1.pools.unified";

const policies = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "by-length",
  "by-priority",
  "cheapest-first",
].flatMap((policy) => [
  [`fleet.routing={policy: ${policy}, regions: any}`],
  [`fleet.routing={policy: ${policy}, regions: nearest}`],
]);

const processes = [
  "poisson",
  "deterministic",
  "{ gamma: { cv: 2 } }",
  "{ weibull: { cv: 0.7 } }",
  "{ onOff: { on: 4 s, off: 2 s } }",
  "{ mmpp: { states: [{ relativeRate: 1, mean: 5 s }, { relativeRate: 6, mean: 2 s }, { relativeRate: 0, mean: 1 s }] } }",
];

const profiles = [
  "constant",
  "{ diurnal: { peakHour: 9.5, peakToMean: 3 } }",
  "{ weekly: [1, 1, 1, 1, 1, 0.5, 0.4] }",
  "{ ramp: { from: 0.2, to: 2, over: 40 s } }",
  "{ spike: { at: 20 s, for: 5 s, factor: 6 } }",
  "{ schedule: [{ at: 0 s, factor: 0.5 }, { at: 30 s, factor: 2 }] }",
];

const distributions = [
  "300",
  "{ constant: 300 }",
  "{ uniform: { min: 1, max: 900 } }",
  "{ exponential: { mean: 300 } }",
  "{ normal: { mean: 300, sd: 200, min: 1, max: 1k } }",
  "{ lognormal: { median: 300, sigma: 1 } }",
  "{ lognormal: { mean: 300, cv: 1.5 } }",
  "{ lognormal: { p50: 300, p99: 2k } }",
  "{ gamma: { mean: 300, cv: 0.5 } }",
  "{ quantiles: { p0: 1, p50: 250, p99.9: 3k, p100: 5k } }",
];

describe("every feature of a scenario", () => {
  it.each([
    ["as it is", [[]]],
    ["routing policies", policies],
    ["arrival processes", processes.map((process) => [`${CHAT}.arrivals.process=${process}`])],
    ["rate profiles", profiles.map((profile) => [`${CHAT}.arrivals.profile=${profile}`])],
    [
      "distributions of both lengths, correlated",
      distributions.map((one) => [
        `${CHAT}.tokens={input: ${one}, output: ${one}, correlation: -0.4}`,
      ]),
    ],
    [
      "distributions of both lengths, independent",
      distributions.map((one) => [`${CHAT}.tokens={input: ${one}, output: ${one}}`]),
    ],
    [
      "sessions of clients, and of a trace's arrivals",
      [
        ["workloads.agents.sessions={turns: 3, think: 1 s}"],
        [
          "workloads.replay.tokens={input: 50, output: 20}",
          "workloads.replay.sessions={turns: 3, think: 1 s}",
        ],
      ],
    ],
    [
      "engines",
      [
        [`${UNIFIED}.engine={chunkedPrefill: false, maxBatchedTokens: 16k, maxContext: 8k}`],
        [`${UNIFIED}.engine={kvBlocks: 400, maxContext: 4k}`],
        [`${UNIFIED}.instanceType=p5.48xlarge`, `${UNIFIED}.engine.tensorParallel=2`],
        [`${UNIFIED}.instanceType=p5.48xlarge`, `${UNIFIED}.engine.pipelineParallel=2`],
        [`${UNIFIED}.instanceType=p5.48xlarge`, `${UNIFIED}.engine.dataParallel=2`],
        [`${UNIFIED}.engine.blockTokens=64`, `${UNIFIED}.engine.quantization=int4`],
      ],
    ],
    [
      "horizons",
      [
        ["horizon.drain=false"],
        ["horizon.start=null"],
        ["horizon.start=sun 23:59:30"],
        ["horizon.requests=40"],
      ],
    ],
  ])("runs with %s, and loses no request", async (_, variants) => {
    for (const changes of variants) expectConserved(await load(changes));
  });
});
