/**
 * A measured point's deployment as the simulator's pool. What the source does not state is vLLM's default
 * of that version: on accelerators with 70 GiB or more other than A100, 8192 tokens and 1024 sequences a
 * step, else 2048 and 256 (vllm/engine/arg_utils.py, `_set_default_args_v1`).
 */
import { findAccelerator, findModel } from "../../planner/catalog/lookup";
import type { AcceleratorSpec, Precision } from "../../planner/catalog/specs";
import { stepTimeCoefficients } from "../../planner/catalog/step-time-coefficients";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import { replicaBounds } from "../support/resolved";
import type { RealityPoint } from "./reality-points";

const PRECISIONS: Readonly<Record<string, Precision>> = {
  bf16: "bf16",
  fp16: "fp16",
  fp8: "fp8",
  int8: "int8",
  int4: "int4",
  fp4: "fp4",
  mxfp4: "fp4",
};

/**
 * Token budget of sources that do not state it, where their own figures tell it. aic-silicon: TTFT of a
 * 1024-token prompt among 8 is a third of what one step of 8192 tokens takes, and prefills visibly slow
 * decodes of fixed-length runs, which only happens when prompts are spread over several steps.
 */
const TOKEN_BUDGETS: Readonly<Record<string, number>> = { "aic-silicon": 2048 };

/** Undefined when the catalog has no such model or accelerator. */
export function poolOfPoint(point: RealityPoint): ResolvedPool | undefined {
  const model = findModel(point.model);
  const accelerator = findAccelerator(point.accelerator);
  const weightPrecision = PRECISIONS[point.weightPrecision];
  if (!model.found || !accelerator.found || weightPrecision === undefined) return undefined;
  const isLarge = hasLargeDefaults(accelerator.row);
  return {
    name: "measured/pool",
    regionIndex: 0,
    model: model.row,
    accelerator: accelerator.row,
    instanceType: undefined,
    ...replicaBounds(point.replicas),
    role: "unified",
    kvTransfer: { bytesPerSecond: 50e9, latencySeconds: 0 },
    inputTokensMax: Number.POSITIVE_INFINITY,
    priorities: [],
    prices: [],
    coefficients: stepTimeCoefficients(accelerator.row),
    engine: {
      tensorParallel: point.tensorParallel,
      pipelineParallel: point.pipelineParallel,
      dataParallel: point.dataParallel,
      expertParallel: point.expertParallel > 1,
      weightPrecision,
      kvPrecision: point.kvPrecision === "fp8" ? "fp8" : "bf16",
      maxSequences: point.maxSequences ?? (isLarge ? 1024 : 256),
      maxBatchedTokens:
        point.maxBatchedTokens ?? TOKEN_BUDGETS[point.source] ?? (isLarge ? 8192 : 2048),
      chunkedPrefill: true,
      prefixCaching: sharedPrefixTokens(point) > 0,
      blockTokens: 16,
      gpuMemoryUtilization: memoryShareInNotes(point.notes) ?? MEMORY_SHARES[point.source] ?? 0.9,
      kvBlocks: undefined,
      speculation: undefined,
      scheduling: "fcfs",
      maxContextTokens: longestContext(point, model.row.contextWindowTokens),
    },
  };
}

/**
 * Memory share of sources that do not state it, likewise. gpustack-lab: gpt-oss-120b, and prompts of 32,000
 * tokens with Qwen3-32B, were served on one H100, for which 0.9 leaves no room and 0.95 does.
 */
const MEMORY_SHARES: Readonly<Record<string, number>> = { "gpustack-lab": 0.95 };

/**
 * Tokens at the start of every prompt that the prefix cache holds. The ShareGPT runs of llmd-lmbench carry
 * their conversation in the prompt; at half a request per second, the mean TTFT of its request log is that
 * of 66 % of the tokens, judged by the prompts that found nothing cached.
 */
export function sharedPrefixTokens(point: RealityPoint): number {
  const isConversation = point.source === "llmd-lmbench" && point.id.includes("sharegpt");
  return isConversation ? Math.round(0.34 * point.inputTokens) : 0;
}

function hasLargeDefaults(accelerator: AcceleratorSpec): boolean {
  return accelerator.memoryBytes >= 70 * 2 ** 30 && !accelerator.name.startsWith("a100");
}

/** Twice the mean is enough for every length distribution in the tables; fixed lengths need no more than they are. */
function longestContext(point: RealityPoint, contextWindowTokens: number): number {
  const mean = point.inputTokens + point.outputTokens;
  if (Number.isNaN(mean)) return contextWindowTokens;
  const isFixed = point.inputKind.includes("fixed") && point.outputKind.includes("fixed");
  return Math.min(contextWindowTokens, Math.ceil(isFixed ? mean + 1 : 2 * mean));
}

function memoryShareInNotes(notes: string): number | undefined {
  const match = /gpu-mem(?:ory)?-util(?:ization)? (0\.\d+)/.exec(notes);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
