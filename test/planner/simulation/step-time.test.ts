import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { stepTimeCoefficients } from "../../../planner/catalog/step-time-coefficients";
import type { ResolvedEngine } from "../../../planner/fleet/resolved-fleet";
import { kvBytesPerToken, kvBytesPerTokenLayer } from "../../../planner/simulation/kv-bytes";
import { modelWeights } from "../../../planner/simulation/model-weights";
import { createStepTimeModel, stepTimeTerms } from "../../../planner/simulation/step-time";
import {
  allReduceSeconds,
  attentionFlops,
  expertExchangeSeconds,
  expertsTouched,
  pipelineSeconds,
  rooflineSeconds,
} from "../../../planner/simulation/step-time-terms";
import { physicsPool } from "./physics-pool";

/** Llama-3.1-8B from its config.json: 32 layers, hidden 4096, feed-forward 14336, 8 KV heads of 128, vocabulary 128256. */
const LLAMA_8B_LAYER = 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336;
const LLAMA_8B_TABLE = 128_256 * 4096;

const MODELS = [
  "llama-3.1-8b-instruct",
  "llama-3.1-70b-instruct",
  "qwen3-30b-a3b",
  "mixtral-8x7b-instruct-v0.1",
  "gpt-oss-120b",
  "deepseek-v3",
  "gemma-3-27b-it",
];
const ACCELERATORS = [
  "h100-sxm-80gb",
  "a100-sxm-80gb",
  "l4-24gb",
  "mi300x-192gb",
  "b200-sxm-180gb",
];

const anyPool = fc
  .record({
    model: fc.constantFrom(...MODELS),
    accelerator: fc.constantFrom(...ACCELERATORS),
    tensorParallel: fc.constantFrom(1, 2, 4, 8),
    pipelineParallel: fc.constantFrom(1, 2),
    dataParallel: fc.constantFrom(1, 2, 8),
    weightPrecision: fc.constantFrom("bf16", "fp8", "int4", "fp4") as fc.Arbitrary<
      ResolvedEngine["weightPrecision"]
    >,
    kvPrecision: fc.constantFrom("bf16", "fp8") as fc.Arbitrary<ResolvedEngine["kvPrecision"]>,
    draftTokens: fc.constantFrom(0, 3),
  })
  .map(({ model, accelerator, draftTokens, ...engine }) =>
    physicsPool(model, accelerator, {
      ...engine,
      speculation:
        draftTokens === 0 ? undefined : { draftTokens, acceptanceRate: 0.7, draftCostShare: 0.05 },
    }),
  );

const batch = fc.record({
  decodes: fc.integer({ min: 0, max: 512 }),
  prefills: fc.integer({ min: 1, max: 16 }),
  tokensEach: fc.integer({ min: 1, max: 4096 }),
});

describe("roofline", () => {
  it("is within a thousandth of either limit far from the ridge, and √2 of it at the ridge", () => {
    expect(rooflineSeconds(1e-6, 0.01)).toBeCloseTo(0.01, 6);
    expect(rooflineSeconds(0.1, 1e-4)).toBeCloseTo(0.1, 5);
    expect(rooflineSeconds(1e-3, 1e-3)).toBeCloseTo(1e-3 * Math.SQRT2, 12);
  });

  it("for all work is at least the slower limit and at most their sum", () => {
    const positive = fc.double({ min: 1e-9, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (compute, read) => {
        const seconds = rooflineSeconds(compute, read);
        expect(seconds).toBeGreaterThanOrEqual(Math.max(compute, read) * (1 - 1e-12));
        expect(seconds).toBeLessThanOrEqual((compute + read) * (1 + 1e-12));
      }),
    );
  });
});

describe("experts touched", () => {
  it("is k for one token, and 44.1 of 128 for 13 tokens of 4 (128 · (1 − (124/128)^13))", () => {
    expect(expertsTouched(128, 4, 1)).toBeCloseTo(4, 10);
    let untouched = 1;
    for (let i = 0; i < 13; i++) untouched *= 124 / 128;
    expect(expertsTouched(128, 4, 13)).toBeCloseTo(128 * (1 - untouched), 9);
  });

  it("for all batches lies between k and E and does not fall", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 512 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 10_000 }),
        (experts, choices, tokens) => {
          const chosen = Math.min(choices, experts - 1);
          const touched = expertsTouched(experts, chosen, tokens);
          expect(touched).toBeGreaterThanOrEqual(chosen * (1 - 1e-9));
          expect(touched).toBeLessThanOrEqual(experts);
          expect(expertsTouched(experts, chosen, tokens + 1)).toBeGreaterThanOrEqual(touched);
        },
      ),
    );
  });
});

describe("communication", () => {
  it("moves 2 (w − 1)/w of the bytes in an all-reduce, and nothing on one rank", () => {
    expect(allReduceSeconds(8e6, 4, 1e-5, 400e9)).toBeCloseTo(1e-5 + 12e6 / 400e9, 12);
    expect(allReduceSeconds(8e6, 1, 1e-5, 400e9)).toBe(0);
  });

  it("gathers and scatters (w − 1)/w of the bytes in an expert exchange", () => {
    expect(expertExchangeSeconds(8e6, 4, 1e-5, 400e9)).toBeCloseTo(2 * (1e-5 + 6e6 / 400e9), 12);
    expect(expertExchangeSeconds(8e6, 1, 1e-5, 400e9)).toBe(0);
  });

  it("crosses one boundary less than there are pipeline stages", () => {
    expect(pipelineSeconds(4e6, 1, 1e-5, 400e9)).toBe(0);
    expect(pipelineSeconds(4e6, 4, 1e-5, 400e9)).toBeCloseTo(3 * (1e-5 + 1e-5), 12);
  });
});

describe("attention FLOPs", () => {
  it("are 4 · layers · heads · headDim per query–key pair", () => {
    expect(attentionFlops(1, 32, 32, 128, 128)).toBe(4 * 32 * 32 * 128);
  });
});

describe("step time of Llama-3.1-8B on one H100", () => {
  const pool = physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb");
  const { coefficients } = pool;
  const weightRate = 3.35e12 * coefficients.weightBandwidthEfficiency;

  it("reads the weights of 32 layers and the output head for one token", () => {
    const terms = stepTimeTerms(pool, 1);
    expect(terms.linear).toBeCloseTo((2 * 32 * LLAMA_8B_LAYER) / weightRate, 6);
    expect(terms.outputHead).toBeCloseTo((2 * LLAMA_8B_TABLE) / weightRate, 6);
    expect(terms.experts).toBe(0);
    expect(terms.collective).toBe(0);
  });

  it("computes 2 FLOPs per parameter and token in a large prefill", () => {
    const prefill = { requests: 1, tokens: 65_536, attentionPairs: 0, windowPairs: 0 };
    const flops = 2 * 32 * LLAMA_8B_LAYER * 65_536;
    const expected = flops / (989e12 * coefficients.computeEfficiency);
    expect(stepTimeTerms(pool, 0, prefill).linear / expected).toBeCloseTo(1, 3);
  });

  it("reads 131072 bytes of KV per token of context", () => {
    const slope = createStepTimeModel(pool).context.slope[0];
    const expected = 131_072 / (3.35e12 * coefficients.kvBandwidthEfficiency);
    expect(slope).toBeCloseTo(expected, 18);
  });

  it("keeps the host busy per step, layer and request", () => {
    const host = stepTimeTerms(pool, 10).host;
    expect(host).toBeCloseTo(
      coefficients.hostSecondsPerStep +
        32 * coefficients.hostSecondsPerLayer +
        10 * coefficients.hostSecondsPerRequest,
      12,
    );
  });

  it("takes half the time for FP8 weights and for an FP8 KV cache", () => {
    const fp8 = physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", {
      weightPrecision: "fp8",
      kvPrecision: "fp8",
    });
    for (const decodes of [1, 64, 512]) {
      const ratio = stepTimeTerms(fp8, decodes).linear / stepTimeTerms(pool, decodes).linear;
      expect(ratio).toBeCloseTo(0.5, 3);
    }
    const slope = createStepTimeModel(pool).context.slope[0]!;
    expect(createStepTimeModel(fp8).context.slope[0]! / slope).toBeCloseTo(0.5, 12);
  });

  it("reads half the bytes for FP8 weights on an A100, which has no FP8 unit, but computes at 16 bits", () => {
    const bf16 = physicsPool("llama-3.1-8b-instruct", "a100-sxm-80gb");
    const fp8 = physicsPool("llama-3.1-8b-instruct", "a100-sxm-80gb", { weightPrecision: "fp8" });
    const prefill = { requests: 1, tokens: 65_536, attentionPairs: 0, windowPairs: 0 };
    expect(stepTimeTerms(fp8, 1).linear / stepTimeTerms(bf16, 1).linear).toBeCloseTo(0.5, 2);
    const large = stepTimeTerms(fp8, 0, prefill).linear / stepTimeTerms(bf16, 0, prefill).linear;
    expect(large).toBeCloseTo(1, 3);
  });
});

describe("KV bytes per token", () => {
  it("are those of DeepSeek's table (arXiv 2505.09343, table 1): 70.272, 327.680 and 516.096 kB", () => {
    expect(kvBytesPerToken(physicsPool("deepseek-v3", "h200-sxm-141gb"))).toBe(70_272);
    expect(kvBytesPerToken(physicsPool("qwen2.5-72b-instruct", "h200-sxm-141gb"))).toBe(327_680);
    expect(kvBytesPerToken(physicsPool("llama-3.1-405b-instruct", "h200-sxm-141gb"))).toBe(516_096);
  });

  it("are split over tensor-parallel ranks until each has one head, and replicated beyond", () => {
    const perLayer = (tensorParallel: number) =>
      kvBytesPerTokenLayer(physicsPool("qwen2.5-7b-instruct", "h100-sxm-80gb", { tensorParallel }));
    // 4 KV heads of 128 in 16 bits.
    expect(perLayer(1)).toBe(2 * 4 * 128 * 2);
    expect(perLayer(4)).toBe(2 * 1 * 128 * 2);
    expect(perLayer(8)).toBe(2 * 1 * 128 * 2);
  });

  it("are the same on every rank for latent attention", () => {
    const perLayer = (tensorParallel: number) =>
      kvBytesPerTokenLayer(physicsPool("deepseek-v3", "h200-sxm-141gb", { tensorParallel }));
    expect(perLayer(1)).toBe((512 + 64) * 2);
    expect(perLayer(8)).toBe((512 + 64) * 2);
  });

  it("count sliding-window layers apart: 18 of 36 in gpt-oss-120b, window 128", () => {
    const pool = physicsPool("gpt-oss-120b", "h100-sxm-80gb");
    const model = createStepTimeModel(pool);
    const rate = 3.35e12 * pool.coefficients.kvBandwidthEfficiency;
    // 8 KV heads of 64 in 16 bits on 18 layers of each kind.
    const seconds = (18 * 2 * 8 * 64 * 2) / rate;
    expect(model.windowTokens).toBe(128);
    expect(model.context.slope[0]).toBeCloseTo(seconds, 18);
    expect(model.windowSecondsPerToken).toBeCloseTo(seconds, 18);
  });
});

describe("where parameters are", () => {
  it("adds up to the published total", () => {
    for (const name of MODELS) {
      const { model } = physicsPool(name, "h100-sxm-80gb");
      const weights = modelWeights(model);
      const sum = weights.embedding + weights.outputHeadStored + weights.experts + weights.shared;
      expect(sum).toBe(model.parameters);
      expect(weights.shared).toBeGreaterThan(0);
    }
  });
});

describe("parallelism", () => {
  it("for all widths more tensor parallel never lengthens what reads or multiplies weights", () => {
    fc.assert(
      fc.property(anyPool, batch, (pool, { decodes }) => {
        const wider = {
          ...pool,
          engine: { ...pool.engine, tensorParallel: 2 * pool.engine.tensorParallel },
        };
        const one = stepTimeTerms(pool, decodes);
        const two = stepTimeTerms(wider, decodes);
        expect(two.linear + two.outputHead).toBeLessThanOrEqual(one.linear + one.outputHead);
        expect(two.experts).toBeLessThanOrEqual(one.experts);
      }),
    );
  });

  it("computes on each data-parallel rank of a dense model what one replica computes for its share", () => {
    const single = createStepTimeModel(physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb"));
    const four = createStepTimeModel(
      physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", { dataParallel: 4 }),
    );
    expect(four.decodeSeconds(64)).toBeCloseTo(single.decodeSeconds(16), 12);
    expect(four.mixedSeconds(64, 8, 4096, 1e6, 0)).toBeCloseTo(
      single.mixedSeconds(16, 2, 1024, 2.5e5, 0),
      12,
    );
    // Each rank reads its own requests' contexts, and a single request stays on one rank.
    expect(four.context.slope[0]!).toBeCloseTo(single.context.slope[0]!, 18);
    expect([1, 2, 4, 64].map((batch) => four.contextWays(batch))).toEqual([1, 2, 4, 4]);
    expect([1, 2, 4, 64].map((batch) => single.contextWays(batch))).toEqual([1, 1, 1, 1]);
  });

  it("reads the weights of every stage in turn, and keeps a micro-batch per stage in flight", () => {
    const single = physicsPool("llama-3.1-70b-instruct", "h100-sxm-80gb", { tensorParallel: 4 });
    const staged = { ...single, engine: { ...single.engine, pipelineParallel: 2 } };
    expect(stepTimeTerms(staged, 2).linear).toBeCloseTo(stepTimeTerms(single, 1).linear, 12);
    expect(stepTimeTerms(staged, 512).linear).toBeCloseTo(stepTimeTerms(single, 256).linear, 12);
  });
});

describe("step time", () => {
  it("for all pools without prefill is the decode step", () => {
    fc.assert(
      fc.property(anyPool, fc.integer({ min: 1, max: 512 }), (pool, decodes) => {
        const model = createStepTimeModel(pool);
        expect(model.mixedSeconds(decodes, 0, 0, 0, 0)).toBe(model.decodeSeconds(decodes));
      }),
    );
  });

  it("for all pools is finite, positive, and does not fall with requests, tokens or pairs", () => {
    fc.assert(
      fc.property(anyPool, batch, (pool, { decodes, prefills, tokensEach }) => {
        const model = createStepTimeModel(pool);
        const tokens = prefills * tokensEach;
        const pairs = (tokens * tokensEach) / 2;
        const seconds = model.mixedSeconds(decodes, prefills, tokens, pairs, pairs);
        expect(Number.isFinite(seconds)).toBe(true);
        expect(seconds).toBeGreaterThan(0);
        const atLeast = seconds * (1 - 1e-12);
        expect(
          model.mixedSeconds(decodes + 1, prefills, tokens, pairs, pairs),
        ).toBeGreaterThanOrEqual(atLeast);
        expect(
          model.mixedSeconds(decodes, prefills, tokens + 1, pairs, pairs),
        ).toBeGreaterThanOrEqual(atLeast);
        expect(
          model.mixedSeconds(decodes, prefills, tokens, 2 * pairs, 2 * pairs),
        ).toBeGreaterThanOrEqual(atLeast);
        expect(model.context.slope[0]).toBeGreaterThan(0);
      }),
    );
  });

  it("with speculation computes the drafted rows and pays for the drafting", () => {
    const plain = createStepTimeModel(physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb"));
    const withDrafts = (draftCostShare: number) =>
      createStepTimeModel(
        physicsPool("llama-3.1-8b-instruct", "h100-sxm-80gb", {
          speculation: { draftTokens: 4, acceptanceRate: 0.7, draftCostShare },
        }),
      );
    const free = withDrafts(0).decodeSeconds(32);
    expect(free).toBeGreaterThan(plain.decodeSeconds(32));
    expect(withDrafts(0.1).decodeSeconds(32)).toBeCloseTo(free + 0.4 * plain.decodeSeconds(32), 12);
    expect(withDrafts(0.1).context.slope[0]! / plain.context.slope[0]!).toBeCloseTo(1.4, 9);
  });
});

describe("coefficients", () => {
  it("are calibrated for H100, A100, B200 and MI300X, and labelled as modelled for all others", () => {
    const kindOf = (name: string) =>
      stepTimeCoefficients(physicsPool("llama-3.1-8b-instruct", name).accelerator).kind;
    expect(
      ["h100-sxm-80gb", "a100-sxm-80gb", "b200-sxm-180gb", "mi300x-192gb"].map(kindOf),
    ).toEqual(Array(4).fill("calibrated"));
    expect(["h200-sxm-141gb", "l4-24gb", "mi325x-256gb", "tpu-v6e"].map(kindOf)).toEqual(
      Array(4).fill("modelled"),
    );
  });

  it("take over the shares of the same architecture, with a wider error", () => {
    const h100 = stepTimeCoefficients(physicsPool("gpt-oss-20b", "h100-sxm-80gb").accelerator);
    const h200 = stepTimeCoefficients(physicsPool("gpt-oss-20b", "h200-sxm-141gb").accelerator);
    expect(h200.accelerator).toBe("h200-sxm-141gb");
    expect(h200.kvBandwidthEfficiency).toBe(h100.kvBandwidthEfficiency);
    expect(h200.tpotError).toBeGreaterThan(h100.tpotError);
  });
});
