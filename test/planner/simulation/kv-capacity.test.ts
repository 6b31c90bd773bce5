import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import type { ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import { PlannerError, type Problem } from "../../../planner/foundation/errors";
import { kvCapacity } from "../../../planner/simulation/kv-capacity";
import { blocksOfRequest, kvGroups, longestContext } from "../../../planner/simulation/kv-geometry";
import { rankMemory } from "../../../planner/simulation/rank-memory";
import { describeWithSharedData, sharedDataPath } from "../../support/shared-data";
import { physicsPool } from "./physics-pool";

const GIB = 2 ** 30;

const grouped = (count: number): string => count.toLocaleString("en-US");

/** The single problem that kvCapacity reports. */
function problemOf(pool: ResolvedPool): Problem {
  try {
    kvCapacity(pool);
  } catch (error) {
    if (error instanceof PlannerError && error.problems.length === 1) return error.problems[0]!;
    throw error;
  }
  throw new Error("it fits");
}

describe("KV capacity of Llama-3.1-8B on one H100", () => {
  // 8,029,995,008 parameters of 16 bits; 2 · 8 heads · 128 · 2 bytes · 32 layers · 16 tokens a block.
  const weights = 8_029_995_008 * 2;
  const blockBytes = 2 * 8 * 128 * 2 * 32 * 16;
  const capacity = kvCapacity(physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb"));

  it("is what usable memory leaves after weights, activations and buffers, in whole blocks", () => {
    const usable = 79.18 * GIB * 0.9;
    expect(capacity.weightsBytes).toBe(weights);
    const left = usable - weights - capacity.activationBytes - 0.13 * GIB;
    expect(capacity.blocks).toBe(Math.floor(left / blockBytes));
    expect(capacity.tokens).toBe(capacity.blocks * 16);
    expect(capacity.kvBytes).toBe(capacity.blocks * blockBytes);
    expect(capacity.basis).toBe("computed");
  });

  it("is derived line by line", () => {
    expect(capacity.derivation).toEqual([
      "79.18 GiB × 0.9 = 71.26 GiB usable on each h100-sxm-80gb",
      "− 14.96 GiB weights (bf16)",
      `− ${(capacity.activationBytes / GIB).toFixed(2)} GiB activations (8,192 tokens, 256 sequences)`,
      "− 0.13 GiB CUDA context and communication buffers",
      expect.stringMatching(/^= \d+\.\d\d GiB for KV$/),
      `÷ 2,048.0 KiB per block (16 tokens × 32 layers × 4,096 B) = ${grouped(capacity.blocks)} blocks`,
      `= ${grouped(capacity.tokens)} tokens of context per replica`,
    ]);
  });

  it("doubles with an FP8 cache, to within a block", () => {
    const fp8 = kvCapacity(
      physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", { kvPrecision: "fp8" }),
    );
    expect(Math.abs(fp8.blocks - 2 * capacity.blocks)).toBeLessThanOrEqual(1);
  });

  it("is taken as given when the scenario gives it, per data-parallel rank", () => {
    const given = kvCapacity(
      physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", { kvBlocks: 1000, dataParallel: 2 }),
    );
    expect(given.basis).toBe("given");
    expect(given.blocks).toBe(2000);
    expect(given.tokens).toBe(32_000);
    expect(given.derivation[0]).toMatch(/^1,000 blocks given \(kvBlocks\)/);
  });
});

describe("weights of a rank", () => {
  const weightsGib = (...args: Parameters<typeof physicsPool>) =>
    rankMemory(physicsPool(...args)).weightsBytes / GIB;

  it("keeps embeddings and output head at 16 bits in an FP8 checkpoint", () => {
    const table = 128_256 * 8192;
    const expected = (70_552_387_584 - 2 * table + 2 * 2 * table) / 2 / GIB;
    const engine = { tensorParallel: 2, weightPrecision: "fp8" } as const;
    expect(weightsGib("llama-3.3-70b-instruct", "h100-sxm-80gb", engine)).toBeCloseTo(expected, 9);
  });

  it("quantises only the experts of a 4-bit mixture of experts", () => {
    // 36 layers · 128 experts · 3 · 2880² in 4.25 bits, the hidden dimension padded to 3072.
    const experts = 36 * 128 * 3 * 2880 * 2880;
    const rest = 116_788_838_400 - experts;
    const expected = ((experts * 4.25) / 8) * (3072 / 2880) + rest * 2;
    expect(weightsGib("gpt-oss-120b", "h100-sxm-80gb")).toBeCloseTo(expected / GIB, 9);
  });

  it("spreads experts over tensor × data parallel ranks, and repeats the rest on each of the latter", () => {
    const one = weightsGib("qwen3-30b-a3b", "h100-sxm-80gb");
    const two = weightsGib("qwen3-30b-a3b", "h100-sxm-80gb", { dataParallel: 2 });
    // 48 layers · 128 experts · 3 · 2048 · 768 in 16 bits.
    const experts = (48 * 128 * 3 * 2048 * 768 * 2) / GIB;
    expect(one - two).toBeCloseTo(experts / 2, 9);
  });

  it("cuts layers over pipeline stages, of which the fullest counts", () => {
    const table = 128_256 * 16_384 * 2;
    const layers = 405_849_243_648 * 2 - 2 * table;
    const pool = { tensorParallel: 8, pipelineParallel: 4 };
    const expected = ((layers * 32) / 126 + table) / 8 / GIB;
    expect(weightsGib("llama-3.1-405b-instruct", "h100-sxm-80gb", pool)).toBeCloseTo(expected, 6);
  });
});

describe("KV groups", () => {
  it("are two of 18 layers in gpt-oss-120b, and a request's window layers stop at 128 tokens and a block", () => {
    const pool = physicsPool("gpt-oss-120b", "h200-sxm-141gb", { maxContextTokens: 131_072 });
    expect(kvGroups(pool)).toEqual({ layersOfGroup: 18, fullGroups: 1, windowGroups: 1 });
    const { geometry } = kvCapacity(pool);
    expect(blocksOfRequest(geometry, 64)).toBe(4 + 4);
    expect(blocksOfRequest(geometry, 131_072)).toBe(8192 + 9);
  });

  it("are one of 10 full layers and five of window layers in gemma-3-27b (10 + 52 layers, the last one padded)", () => {
    const pool = physicsPool("gemma-3-27b-it", "h100-sxm-80gb");
    expect(kvGroups(pool)).toEqual({ layersOfGroup: 10, fullGroups: 1, windowGroups: 6 });
  });

  it("give the longest context back: as long as fits, and not one block longer", () => {
    for (const name of ["gpt-oss-120b", "gemma-3-27b-it", "llama-3.1-8b-instruct"]) {
      const { geometry } = kvCapacity(physicsPool(name, "h200-sxm-141gb"));
      for (const blocks of [50, 500, 5000]) {
        const tokens = longestContext(geometry, blocks);
        expect(blocksOfRequest(geometry, tokens)).toBeLessThanOrEqual(blocks);
        expect(blocksOfRequest(geometry, tokens + geometry.blockTokens)).toBeGreaterThan(blocks);
      }
    }
  });
});

describe("a model that does not fit", () => {
  it("fails with the missing memory per accelerator and what would fit", () => {
    // 70.55e9 parameters in 16 bits are 131.4 GiB, the usable memory 71.3 GiB.
    const problem = problemOf(physicsPool("llama-3.1-70b-instruct", "h100-sxm-80gb"));
    expect(problem.code).toBe("does-not-fit");
    expect(problem.path).toBe("fleet.regions.us-east-1.pools.test");
    expect(problem.message).toMatch(
      /^llama-3.1-70b-instruct in bf16 with tensorParallel 1 needs 13\d\.\d GiB on each h100-sxm-80gb before any KV cache, 6\d\.\d GiB more than the 71\.3 GiB usable$/,
    );
    expect(problem.hint).toBe(
      "use tensorParallel: 2, or quantization: int4, or a larger accelerator such as b200-sxm-180gb",
    );
  });

  it("names only ways that work", () => {
    const pool = physicsPool("llama-3.1-70b-instruct", "h100-sxm-80gb");
    const { engine } = pool;
    expect(() => kvCapacity({ ...pool, engine: { ...engine, tensorParallel: 2 } })).not.toThrow();
    expect(() =>
      kvCapacity({ ...pool, engine: { ...engine, weightPrecision: "int4" } }),
    ).not.toThrow();
  });

  it("names the least utilization that is enough, where the default's would be", () => {
    const pool = physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", {
      gpuMemoryUtilization: 0.05,
    });
    const { memoryBytes } = pool.accelerator;
    const { weightsBytes, activationBytes, outsideTorchBytes } = rankMemory(pool);
    // 4096 B of KV in each of 32 layers for every token of the longest context.
    const contextBytes = Math.ceil(pool.engine.maxContextTokens / 16) * 16 * 4096 * 32;
    const needed = weightsBytes + activationBytes + outsideTorchBytes + contextBytes;
    const percent = Math.ceil((needed / memoryBytes) * 100);
    expect(problemOf(pool).hint).toMatch(
      new RegExp(`^use gpuMemoryUtilization: ${percent}% or more`),
    );
    const at = (gpuMemoryUtilization: number) =>
      kvCapacity({ ...pool, engine: { ...pool.engine, gpuMemoryUtilization } });
    expect(() => at(percent / 100)).not.toThrow();
    expect(() => at((percent - 1) / 100)).toThrow(PlannerError);
    // Weights fit, one request of the longest context does not: another problem, the same way out.
    const tight = {
      ...pool.engine,
      gpuMemoryUtilization: (needed - contextBytes / 2) / memoryBytes,
    };
    const problem = problemOf({ ...pool, engine: tight });
    expect(problem.path).toMatch(/maxContext$/);
    expect(problem.hint).toContain(`gpuMemoryUtilization: ${percent}% or more`);
  });

  it("fails with the longest context that fits when one request is too long", () => {
    const pool = physicsPool("llama-3.1-8b-instruct", "l4-24gb", { maxContextTokens: 131_072 });
    const problem = problemOf(pool);
    expect(problem.code).toBe("does-not-fit");
    expect(problem.path).toBe("fleet.regions.us-east-1.pools.test.engine.maxContext");
    const longest = Number(/^use maxContext: (\d+) or less/.exec(problem.hint ?? "")?.[1]);
    const served = (maxContextTokens: number) =>
      kvCapacity({ ...pool, engine: { ...pool.engine, maxContextTokens } });
    expect(() => served(longest)).not.toThrow();
    expect(() => served(longest + 16)).toThrow(PlannerError);
  });
});

describeWithSharedData("KV capacity against vLLM's own logs", () => {
  type Row = Readonly<Record<string, string>>;
  const metrics = new Map<string, number>();
  beforeAll(() => {
    const file = sharedDataPath("benchmarks/metrics.csv");
    if (file === undefined) throw new Error("the shared benchmarks have no metrics.csv");
    for (const row of parse(readFileSync(file), { columns: true }) as Row[]) {
      metrics.set(`${row["point_id"]} ${row["metric"]}`, Number(row["value"]));
    }
  });
  const logValue = (id: string, metric: string): number =>
    metrics.get(`${id} ${metric}`) ?? Number.NaN;
  /** vLLM 0.11 on H100, `max-model-len` 16000, 1024 sequences by default. */
  const logged = { maxSequences: 1024, maxContextTokens: 16_000, blockTokens: 128 };

  it.each([
    ["Llama-3.1-8B-tp1", "llama-3.1-8b-instruct", {}],
    ["Llama-3.3-70B-tp2", "llama-3.3-70b-instruct", { tensorParallel: 2, weightPrecision: "fp8" }],
    ["Qwen3-0.6B-tp1", "qwen3-0.6b", {}],
    ["Qwen3-32B-tp1", "qwen3-32b", {}],
    // Noted as 0.9, but its logged parts add up to 0.95 of 79.18 GiB.
    ["gpt-oss-120b-tp1", "gpt-oss-120b", { gpuMemoryUtilization: 0.95 }],
  ] as const)("is within 4 %% for %s", (row, model, engine) => {
    const id = `llmd-planner-mem:${row}`;
    const capacity = kvCapacity(physicsPool(model, "h100-sxm-80gb", { ...logged, ...engine }));
    const kv = capacity.kvBytes / GIB / logValue(id, "mem_kv_cache_gib");
    const weights = capacity.weightsBytes / GIB / logValue(id, "mem_weights_gib");
    const activation = capacity.activationBytes / GIB / logValue(id, "mem_activation_gib");
    expect(Math.abs(kv - 1)).toBeLessThan(0.04);
    expect(Math.abs(weights - 1)).toBeLessThan(0.01);
    expect(Math.abs(activation - 1)).toBeLessThan(0.02);
  });

  it("is within 5 % of the tokens that vLLM printed for gpt-oss-120b on an H200, windows included", () => {
    const measured = logValue("llmd-guides:gptoss120b-H200-tp1-kv", "kv_cache_tokens");
    const { tokens } = kvCapacity(
      physicsPool("gpt-oss-120b", "h200-sxm-141gb", {
        maxSequences: 1024,
        maxContextTokens: 131_072,
      }),
    );
    expect(Math.abs(tokens / measured - 1)).toBeLessThan(0.05);
  });
});
