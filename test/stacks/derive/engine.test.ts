/** In what a model computes, on what it runs on: as vLLM has it, and in as many bytes as were simulated. */
import { describe, expect, it } from "@jest/globals";
import { deriveEngine, type ModelSettings } from "../../../stacks/derive/engine";
import { physicsPool } from "../../planner/simulation/physics-pool";

const derived = (model: string, accelerator: string, settings: ModelSettings = {}) =>
  deriveEngine(physicsPool(model, accelerator), settings, "services.one");

describe("the engine of a pool", () => {
  // Compute capability below 8.0 has no bf16 (docs.nvidia.com/cuda/cuda-c-programming-guide): Volta and Turing.
  it.each([
    ["qwen3-8b", "t4-16gb", {}, "fp16"],
    ["qwen3-8b", "v100-sxm-32gb", {}, "fp16"],
    ["qwen3-8b", "a100-sxm-40gb", {}, "bf16"],
    ["qwen3-8b", "l4-24gb", {}, "bf16"],
    // huggingface.co/meta-llama/Llama-2-7b-hf: torch_dtype float16.
    ["llama-2-7b", "l4-24gb", {}, "fp16"],
    ["qwen3-8b", "l4-24gb", { quantization: "awq" }, "fp16"],
    ["qwen3-8b", "l4-24gb", { quantization: "awq_marlin" }, "bf16"],
  ] as const)("of %s on %s with %j computes in %s", (model, accelerator, settings, expected) => {
    const { args, problems, derivations } = derived(model, accelerator, settings);
    expect(problems).toEqual([]);
    // 16 bits, in which of the two floats ever.
    expect(args).toMatchObject({ computePrecision: expected, kvPrecision: "bf16" });
    expect(derivations).toContainEqual(
      expect.objectContaining({ what: "services.one.engine.computePrecision", value: expected }),
    );
  });

  it("of a model that overflows fp16 is refused where there is nothing else", () => {
    expect(derived("gemma-2-9b-it", "l4-24gb").problems).toEqual([]);
    expect(derived("gemma-2-9b-it", "t4-16gb").problems).toEqual([
      expect.objectContaining({
        path: expect.stringMatching(/^fleet\..*\.instanceType$/),
        message: expect.stringContaining("t4-16gb has no bf16"),
      }),
    ]);
  });
});
