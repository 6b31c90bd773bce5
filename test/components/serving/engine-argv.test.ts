import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { EngineArgs } from "../../../components/serving";
import { checkEngine, OWN_FLAGS } from "../../../components/serving/engine-args";
import {
  type EngineStart,
  engineArgv,
  gpusOfPod,
  workerArgv,
} from "../../../components/serving/engine-argv";

const start: EngineStart = {
  modelName: "llama",
  port: 8000,
  drainSeconds: 645,
  nodes: 1,
  kvTransfer: undefined,
};

/** What argparse would read: the value of each flag, true for those without one. */
function parsed(argv: readonly string[]): Map<string, string | true> {
  return new Map<string, string | true>(
    argv.slice(1).map((flag) => {
      const at = flag.indexOf("=");
      return [flag.slice(0, at < 0 ? undefined : at), at < 0 || flag.slice(at + 1)];
    }),
  );
}

const whole = (max: number) => fc.integer({ min: 1, max });
const engines: fc.Arbitrary<EngineArgs> = fc
  .record(
    {
      tensorParallel: fc.constantFrom(1, 2, 4, 8),
      pipelineParallel: fc.constantFrom(1, 2),
      dataParallel: fc.constantFrom(1, 2, 4),
      maxSequences: whole(1024),
      maxContextTokens: whole(1_000_000),
      blockTokens: fc.constantFrom(1, 8, 16, 32, 64, 128, 256),
      kvBlocks: whole(1_000_000),
      gpuMemoryUtilization: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      hasPrefixCaching: fc.boolean(),
      computePrecision: fc.constantFrom("bf16" as const, "fp16" as const),
      kvPrecision: fc.constantFrom("bf16" as const, "fp8" as const),
      quantization: fc.constantFrom("fp8" as const, "awq_marlin" as const, "mxfp4" as const),
      scheduling: fc.constantFrom("fcfs" as const, "priority" as const),
      speculation: fc.constantFrom(
        { method: "ngram" as const, draftTokens: 4 },
        { method: "eagle3" as const, draftTokens: 3, weightsFolder: "eagle/head" },
      ),
    },
    { requiredKeys: ["maxSequences", "maxContextTokens"] },
  )
  .chain((engine) =>
    fc
      .integer({ min: 0, max: 100_000 })
      .map((more) => ({ ...engine, maxBatchedTokens: engine.maxSequences + more })),
  );

describe("engineArgv", () => {
  // Names of flags: docs.vllm.ai/en/latest/cli/serve.
  it("for all engines says what was planned, each thing once", () => {
    fc.assert(
      fc.property(engines, (engine) => {
        expect(checkEngine(engine, "engine")).toEqual([]);
        const argv = engineArgv(engine, start);
        const flags = parsed(argv);
        expect(flags.size).toBe(argv.length - 1);
        expect(argv[0]).toBe("/weights");
        const numbers = {
          "--tensor-parallel-size": engine.tensorParallel ?? 1,
          "--pipeline-parallel-size": engine.pipelineParallel ?? 1,
          "--data-parallel-size": engine.dataParallel ?? 1,
          "--max-num-seqs": engine.maxSequences,
          "--max-num-batched-tokens": engine.maxBatchedTokens,
          "--max-model-len": engine.maxContextTokens,
          "--block-size": engine.blockTokens ?? 16,
          "--gpu-memory-utilization": engine.gpuMemoryUtilization ?? 0.9,
          "--shutdown-timeout": 645,
        };
        for (const [flag, value] of Object.entries(numbers)) {
          expect([flag, Number(flags.get(flag))]).toEqual([flag, value]);
        }
        const hasCache = engine.hasPrefixCaching ?? true;
        expect(flags.has("--enable-prefix-caching")).toBe(hasCache);
        expect(flags.has("--no-enable-prefix-caching")).toBe(!hasCache);
        expect(flags.get("--quantization")).toBe(engine.quantization);
        expect(flags.get("--scheduling-policy")).toBe(engine.scheduling ?? "fcfs");
        expect(flags.get("--num-gpu-blocks-override")).toBe(engine.kvBlocks?.toString());
        expect(flags.has("--no-enable-log-requests")).toBe(true);
        expect(flags.has("--nnodes")).toBe(false);
      }),
    );
  });

  // vLLM: "Bfloat16 is only supported on GPUs with compute capability of at least 8.0", and a cache is of the type that
  // is computed in or of 8 bits.
  it.each([
    ["bf16", "bf16", "bfloat16", "bfloat16"],
    ["bf16", "fp8", "bfloat16", "fp8"],
    ["fp16", "bf16", "float16", "auto"],
    ["fp16", "fp8", "float16", "fp8"],
  ] as const)(
    "computes in %s with a cache of %s",
    (computePrecision, kvPrecision, dtype, cache) => {
      const engine = { maxSequences: 8, maxBatchedTokens: 64, maxContextTokens: 64 };
      const flags = parsed(engineArgv({ ...engine, computePrecision, kvPrecision }, start));
      expect([flags.get("--dtype"), flags.get("--kv-cache-dtype")]).toEqual([dtype, cache]);
    },
  );

  it("guesses with weights that are below those of the model", () => {
    const flags = parsed(
      engineArgv(
        {
          maxSequences: 8,
          maxBatchedTokens: 64,
          maxContextTokens: 64,
          speculation: { method: "eagle3", draftTokens: 3, weightsFolder: "eagle" },
        },
        start,
      ),
    );
    expect(JSON.parse(String(flags.get("--speculative-config")))).toEqual({
      method: "eagle3",
      num_speculative_tokens: 3,
      model: "/weights/eagle",
    });
  });

  it("for all replicas over nodes tells each pod its rank, and all of them the same but who answers", () => {
    fc.assert(
      fc.property(engines, fc.constantFrom(2, 4), (engine, nodes) => {
        const spanning = { ...start, nodes };
        const leader = engineArgv(engine, spanning);
        expect(workerArgv(engine, spanning)).toEqual([...leader, "--headless"]);
        const flags = parsed(leader);
        expect(flags.get("--nnodes")).toBe(String(nodes));
        // LeaderWorkerSet's variables, in the kubelet's form.
        expect(flags.get("--node-rank")).toBe("$(LWS_WORKER_INDEX)");
        expect(flags.get("--master-addr")).toBe("$(LWS_LEADER_ADDRESS)");
        expect(gpusOfPod(engine, nodes) * nodes).toBe(
          (engine.tensorParallel ?? 1) *
            (engine.pipelineParallel ?? 1) *
            (engine.dataParallel ?? 1),
        );
      }),
    );
  });

  it("for all engines makes only flags that nobody else may set", () => {
    fc.assert(
      fc.property(engines, (engine) => {
        for (const flag of parsed(engineArgv(engine, { ...start, nodes: 2 })).keys()) {
          expect(OWN_FLAGS).toContain(flag.replace(/^--no-/, "--"));
        }
      }),
    );
  });
});

describe("checkEngine", () => {
  const engine: EngineArgs = { maxSequences: 8, maxBatchedTokens: 64, maxContextTokens: 64 };
  it.each<[string, Partial<EngineArgs>]>([
    ["tensorParallel", { tensorParallel: 0 }],
    ["maxSequences", { maxSequences: 1.5 }],
    ["maxBatchedTokens", { maxBatchedTokens: 7 }],
    ["maxBatchedTokens", { hasChunkedPrefill: false, maxContextTokens: 65 }],
    ["blockTokens", { blockTokens: 17 }],
    ["gpuMemoryUtilization", { gpuMemoryUtilization: 1 }],
    ["gpuMemoryUtilization", { gpuMemoryUtilization: Number.NaN }],
    ["computePrecision", { computePrecision: "fp32" as never }],
    ["computePrecision", { quantization: "awq" }],
    ["computePrecision", { quantization: "gptq" }],
    ["kvPrecision", { kvPrecision: "fp4" as never }],
    ["quantization", { quantization: "int4" as never }],
    ["hasExpertParallel", { hasExpertParallel: true }],
    ["speculation.weightsFolder", { speculation: { method: "eagle", draftTokens: 3 } }],
    [
      "speculation.weightsFolder",
      { speculation: { method: "ngram", draftTokens: 3, weightsFolder: "head" } },
    ],
    [
      "speculation.weightsFolder",
      { speculation: { method: "eagle", draftTokens: 3, weightsFolder: "../others" } },
    ],
    ["extraFlags[0]", { extraFlags: ["--max-num-seqs=9"] }],
    ["extraFlags[0]", { extraFlags: ["--no-enable-prefix-caching"] }],
    ["extraFlags[0]", { extraFlags: ["--tool-call-parser hermes"] }],
    ["extraFlags[0]", { extraFlags: ["rm"] }],
  ])("fails for %s, changed to what does not work", (path, change) => {
    expect(checkEngine({ ...engine, ...change }, "engine")).toEqual([
      expect.objectContaining({ path: `engine.${path}` }),
    ]);
  });

  it("takes flags that nothing else sets", () => {
    const extraFlags = ["--enable-auto-tool-choice", "--tool-call-parser=hermes"];
    expect(checkEngine({ ...engine, extraFlags }, "engine")).toEqual([]);
    expect(engineArgv({ ...engine, extraFlags }, start)).toEqual(
      expect.arrayContaining(extraFlags),
    );
  });
});
