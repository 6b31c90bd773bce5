import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { accelerators, instanceTypes, models } from "../../../planner/catalog";
import { ENGINE_DEFAULTS, POOL_DEFAULTS, ROUTING_DEFAULTS } from "../../../planner/fleet/defaults";
import type { Problem } from "../../../planner/foundation/errors";
import { SCENARIO_DEFAULTS } from "../../../planner/scenario/defaults";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { problemsIn, problemsOfSmall, resolveSmall } from "../../support/scenario-text";

const POOL = "fleet.regions.us-east-1.pools.h100";

describe("defaults", () => {
  it("each say why", () => {
    for (const table of [ENGINE_DEFAULTS, POOL_DEFAULTS, ROUTING_DEFAULTS, SCENARIO_DEFAULTS]) {
      for (const [name, { value, reason }] of Object.entries(table)) {
        expect({ name, value, reason }).toMatchObject({
          reason: expect.stringMatching(/^[^.]{2,}$/),
        });
        expect(value).toBeDefined();
      }
    }
  });
});

describe("resolveFleet", () => {
  it("takes every instance type of the catalog in a region of its cloud", () => {
    for (const { name, cloud, acceleratorCount } of instanceTypes) {
      // A fraction of an accelerator cannot hold a replica of one.
      if (acceleratorCount < 1) continue;
      const region = cloud === "aws" ? "us-east-1" : "us-central1";
      const pool = `{model: qwen3-0.6b, instanceType: ${name}, replicas: 1, engine: {quantization: fp16, maxContext: 4k}}`;
      const problems = problemsOfSmall([
        "workloads.chat.model=qwen3-0.6b",
        `fleet.regions={${region}: {pools: {a: ${pool}}}}`,
      ]);
      // Chips without 16-bit floats of this kind are refused for that alone.
      expect(problems.filter(({ path }) => !path.endsWith("quantization"))).toEqual([]);
    }
  });

  it("refuses a replica on a fraction of an accelerator", () => {
    const [problem] = problemsOfSmall([`${POOL}.instanceType=g6f.xlarge`]);
    expect(problem).toMatchObject({ code: "does-not-fit", path: `${POOL}.instanceType` });
    expect(problem?.message).toContain("sells a share of l4-24gb (0.125)");
  });

  it("has a weight format for every accelerator, or says which would work", () => {
    const precisions = new Map(models.map((model) => [model.publishedPrecision, model]));
    for (const model of precisions.values()) {
      for (const accelerator of accelerators) {
        const problems = problemsOfSmall([
          `workloads.chat.model=${model.name}`,
          `fleet.regions={us-east-1: {pools: {a: {model: ${model.name}, accelerator: ${accelerator.name}, replicas: 1}}}}`,
        ]);
        for (const { path, hint } of problems) {
          expect(path).toMatch(/quantization$/);
          expect(hint).toMatch(/^use (?:fp16|bf16|fp8|int8|int4)/);
        }
      }
    }
  });

  it("measures round trips from each origin to each region, nearest first", () => {
    const pool = "{model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1}";
    const { fleet } = resolveSmall([
      `fleet.regions={eu-west-1: {pools: {a: ${pool}}}, us-west-2: {pools: {a: ${pool}}}}`,
      "workloads.chat.origins={eu-west: 50%, us-west: 50%}",
    ]);
    expect(fleet.origins).toEqual(["eu-west", "us-west"]);
    const [london, losAngeles] = fleet.roundTripSeconds;
    expect(london![0]).toBeLessThan(london![1]!);
    expect(losAngeles![1]).toBeLessThan(losAngeles![0]!);
  });

  it("lets one prefill pool find its decode pool under another name of the model", () => {
    const prefill = `${POOL}={model: llama-3.1-8b, instanceType: p5.4xlarge, replicas: 1, role: prefill}`;
    const decode =
      "fleet.regions.us-east-1.pools.d={model: meta-llama/Llama-3.1-8B-Instruct, instanceType: p5.4xlarge, replicas: 1, role: decode}";
    expect(problemsOfSmall([prefill, decode])).toEqual([]);
  });

  it("wants prefill and decode in the same region", () => {
    const pool = "model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1";
    const problems = problemsOfSmall([
      `fleet.regions={us-east-1: {pools: {p: {${pool}, role: prefill}}}, us-west-2: {pools: {d: {${pool}, role: decode}}}}`,
    ]);
    expect(problems.map(({ path }: Problem) => path)).toEqual([
      "fleet.regions.us-east-1.pools.p.role",
      "fleet.regions.us-west-2.pools.d.role",
    ]);
  });

  it("for all engine settings, resolves or names a setting of the pool", () => {
    const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const engine = fc.record({
      tensorParallel: optional(fc.integer({ min: 1, max: 16 })),
      pipelineParallel: optional(fc.integer({ min: 1, max: 100 })),
      dataParallel: optional(fc.integer({ min: 1, max: 8 })),
      expertParallel: optional(fc.boolean()),
      quantization: optional(fc.constantFrom("fp16", "bf16", "fp8", "int8", "int4", "fp4")),
      maxSequences: optional(fc.integer({ min: 1, max: 4096 })),
      maxBatchedTokens: optional(fc.integer({ min: 1, max: 32768 })),
      chunkedPrefill: optional(fc.boolean()),
      maxContext: optional(fc.integer({ min: 2, max: 300_000 })),
    });
    const model = fc.constantFrom(...models.map(({ name }) => name));
    const instanceType = fc.constantFrom(
      "p5.48xlarge",
      "g6e.12xlarge",
      "g4dn.xlarge",
      "p6e-gb200.36xlarge",
    );
    fc.assert(
      fc.property(engine, model, instanceType, (settings, modelName, type) => {
        const scenario = {
          workloads: {
            a: { model: modelName, arrivals: { rate: "1/s" }, tokens: { input: 10, output: 10 } },
          },
          fleet: {
            regions: {
              "us-east-1": {
                pools: {
                  p: { model: modelName, instanceType: type, replicas: 1, engine: settings },
                },
              },
            },
          },
        };
        let pools = 0;
        const problems = problemsIn(() => {
          const resolved = resolveScenario(parseScenario(JSON.stringify(scenario)), {
            traces: new Map(),
          });
          pools = resolved.fleet.pools.length;
          const { engine: filled } = resolved.fleet.pools[0]!;
          expect(filled.maxBatchedTokens).toBeGreaterThanOrEqual(filled.maxSequences);
          expect(filled.maxContextTokens).toBeLessThanOrEqual(
            resolved.fleet.pools[0]!.model.contextWindowTokens,
          );
        });
        expect(pools === 1).toBe(problems.length === 0);
        for (const { path } of problems)
          expect(path).toMatch(/^fleet\.regions\.us-east-1\.pools\.p\.engine/);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});
