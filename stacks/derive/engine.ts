/** Settings of the engine of a pool: as the simulator's replica had them, in the words of vLLM's component. */
import { type EngineArgs, isFp16Only, type SpeculationArgs } from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import { poolPath } from "./fleet-context";

/** What the plan does not say of a model's files. */
export interface ModelSettings {
  /** Folder of the bucket. @default - the model's name */
  readonly prefix?: string | undefined;
  /** Size of everything in it, GiB. @default - parameters at the precision in which they are published */
  readonly sizeGib?: number | undefined;
  /** How the checkpoint is quantized, in vLLM's words. @default - as it says of itself */
  readonly quantization?: EngineArgs["quantization"] | undefined;
  /** Who guesses tokens, for plans with speculation. @default - none */
  readonly speculation?:
    | {
        readonly method: SpeculationArgs["method"];
        readonly weightsFolder?: string | undefined;
      }
    | undefined;
}

/** Bytes of a parameter by precision. */
const BYTES: Readonly<Record<string, number>> = {
  fp16: 2,
  bf16: 2,
  fp8: 1,
  int8: 1,
  int4: 0.5,
  fp4: 0.5,
};
const GIB = 2 ** 30;
/** Scales, what stays in 16 bits, tokenizer. */
const FILES_MARGIN = 1.1;

/** Size of the weights as published, GiB, rounded up. */
export function weightsGib({ model }: ResolvedPool): number {
  const bytes = model.parameters * BYTES[model.publishedPrecision]!;
  return Math.ceil((bytes / GIB) * FILES_MARGIN);
}

/** The engine of a pool. @param what path of the service in the stack */
export function deriveEngine(
  pool: ResolvedPool,
  settings: ModelSettings,
  what: string,
): Derived<EngineArgs> {
  const { engine, model } = pool;
  const problems: Problem[] = [];
  const derivations: Derivation[] = [];
  const quantization = quantizationOf(pool, settings, `${what}.engine.quantization`, derivations);
  const speculation = speculationOf(pool, settings, problems);
  const precision = computePrecisionOf(pool, quantization);
  derivations.push({ what: `${what}.engine.computePrecision`, ...precision });
  problems.push(...computeProblems(pool));
  const args: EngineArgs = {
    tensorParallel: engine.tensorParallel,
    pipelineParallel: engine.pipelineParallel,
    dataParallel: engine.dataParallel,
    hasExpertParallel: engine.expertParallel,
    maxSequences: engine.maxSequences,
    maxBatchedTokens: engine.maxBatchedTokens,
    maxContextTokens: engine.maxContextTokens,
    blockTokens: engine.blockTokens,
    gpuMemoryUtilization: engine.gpuMemoryUtilization,
    hasPrefixCaching: engine.prefixCaching,
    hasChunkedPrefill: engine.chunkedPrefill,
    computePrecision: precision.value,
    kvPrecision: engine.kvPrecision,
    scheduling: engine.scheduling,
    ...(engine.kvBlocks === undefined ? {} : { kvBlocks: engine.kvBlocks }),
    ...(quantization === undefined ? {} : { quantization }),
    ...(speculation === undefined ? {} : { speculation }),
  };
  for (const [key, value] of Object.entries(args)) {
    if (key === "quantization" || key === "computePrecision") continue;
    derivations.push({
      what: `${what}.engine.${key}`,
      value: typeof value === "object" ? JSON.stringify(value) : value,
      because:
        key === "speculation"
          ? `engine.speculation.draftTokens, and capplan:models.${model.name}.speculation`
          : `engine of ${pool.name}, which is simulated`,
    });
  }
  return { args, derivations, problems };
}

/** vLLM makes 8-bit floats of a 16-bit checkpoint as it loads; every other precision is the checkpoint's own. */
function quantizationOf(
  { engine, model }: ResolvedPool,
  { quantization }: ModelSettings,
  what: string,
  derivations: Derivation[],
): EngineArgs["quantization"] {
  const is16Bit = BYTES[model.publishedPrecision] === BYTES["bf16"];
  const isMadeOnLoad = engine.weightPrecision === "fp8" && is16Bit;
  const value = quantization ?? (isMadeOnLoad ? "fp8" : undefined);
  derivations.push({
    what,
    value: value ?? "as the checkpoint says of itself",
    because:
      quantization !== undefined
        ? `capplan:models.${model.name}.quantization`
        : isMadeOnLoad
          ? `engine.quantization fp8 of a model that is published in ${model.publishedPrecision}`
          : `engine.quantization ${engine.weightPrecision}: the checkpoint has to be of it`,
  });
  return value;
}

const hasBf16 = ({ accelerator }: ResolvedPool): boolean =>
  accelerator.denseFlops.bf16 !== undefined;

/** All 16-bit floats are two bytes, so that memory and time are as simulated in either. */
function computePrecisionOf(
  pool: ResolvedPool,
  quantization: EngineArgs["quantization"],
): { readonly value: "bf16" | "fp16"; readonly because: string } {
  const { accelerator, model } = pool;
  if (!hasBf16(pool)) return { value: "fp16", because: `${accelerator.name} has no bf16` };
  if (quantization !== undefined && isFp16Only(quantization)) {
    return { value: "fp16", because: `vLLM has no bf16 for the quantization ${quantization}` };
  }
  if (model.publishedPrecision === "fp16") {
    return { value: "fp16", because: `${model.name} is published in fp16` };
  }
  return { value: "bf16", because: `${accelerator.name} has it` };
}

/** Models that overflow fp16, for which vLLM refuses it (vllm/config/model.py). */
const NEEDS_BF16 = /^gemma-[23]-/;

function computeProblems(pool: ResolvedPool): readonly Problem[] {
  const { accelerator, model } = pool;
  if (hasBf16(pool) || !NEEDS_BF16.test(model.name)) return [];
  return [
    {
      code: "does-not-fit",
      path: `${poolPath(pool)}.instanceType`,
      message: `${accelerator.name} has no bf16, and ${model.name} cannot be served in fp16, which it overflows`,
      hint: "use GPUs of Ampere or later and size again",
    },
  ];
}

function speculationOf(
  pool: ResolvedPool,
  { speculation }: ModelSettings,
  problems: Problem[],
): SpeculationArgs | undefined {
  const planned = pool.engine.speculation;
  const path = `capplan:models.${pool.model.name}.speculation`;
  if (planned === undefined) {
    if (speculation !== undefined) {
      problems.push({
        code: "conflict",
        path,
        message: `${poolPath(pool)}.engine has no speculation, so that nothing of it was simulated`,
        hint: "take it out, or plan with it and size again",
      });
    }
    return undefined;
  }
  if (speculation === undefined) {
    problems.push({
      code: "missing",
      path,
      message: `the plan guesses ${planned.draftTokens} tokens at a time, and nothing says who guesses`,
      hint: 'name a method: "ngram", or "eagle3" with its weightsFolder',
    });
    return undefined;
  }
  const { method, weightsFolder } = speculation;
  return {
    method,
    draftTokens: planned.draftTokens,
    ...(weightsFolder === undefined ? {} : { weightsFolder }),
  };
}
