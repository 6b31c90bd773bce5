/** Settings of the inference engine (vLLM) of one replica: what they mean, and which do not work together. */
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";

/** How weights of checkpoints are quantized, in vLLM's words; "fp8" also quantizes a 16-bit checkpoint as it loads. */
export const QUANTIZATIONS = [
  "awq",
  "awq_marlin",
  "compressed-tensors",
  "fp8",
  "gptq",
  "gptq_marlin",
  "modelopt",
  "modelopt_fp4",
  "mxfp4",
] as const;

/** Tokens that are guessed and then checked by the model. Known early. */
export interface SpeculationArgs {
  /**
   * Who guesses: repeated text (`ngram`), a small model (`draft_model`), a head trained for it (`eagle`, `eagle3`), or
   * the model's own layers for several tokens (`mtp`).
   */
  readonly method: "ngram" | "draft_model" | "eagle" | "eagle3" | "mtp";
  /** Tokens that are guessed at a time. */
  readonly draftTokens: number;
  /** Folder below the prefix of the weights, for what has weights of its own. @default - none */
  readonly weightsFolder?: string;
}

/** Settings of the engine. All are known early. */
export interface EngineArgs {
  /** GPUs over which each layer is split. @default 1 */
  readonly tensorParallel?: number;
  /** Stages into which the layers are divided. @default 1 */
  readonly pipelineParallel?: number;
  /** Copies of the attention layers in one replica, which share its queue. @default 1 */
  readonly dataParallel?: number;
  /** Whether experts are spread over the tensor × data parallel ranks, not sharded. @default false */
  readonly hasExpertParallel?: boolean;
  /** Most requests running at once, per data-parallel rank. */
  readonly maxSequences: number;
  /** Most tokens computed in one step, per data-parallel rank. */
  readonly maxBatchedTokens: number;
  /** Longest context that is served, tokens. */
  readonly maxContextTokens: number;
  /** Tokens of one block of the KV cache. @default 16 */
  readonly blockTokens?: number;
  /** Blocks of the KV cache per data-parallel rank, in place of what fits. @default - what fits */
  readonly kvBlocks?: number;
  /** Share of each GPU's memory that the engine takes, above 0 and below 1. @default 0.9 */
  readonly gpuMemoryUtilization?: number;
  /** @default true */
  readonly hasPrefixCaching?: boolean;
  /** @default true */
  readonly hasChunkedPrefill?: boolean;
  /**
   * The 16-bit floats that the model computes in: "fp16" on GPUs before Ampere, which have no other, for checkpoints of
   * fp16, and for the quantizations awq and gptq. @default "bf16"
   */
  readonly computePrecision?: "bf16" | "fp16";
  /** Of the KV cache: "bf16" is 16 bits, in the floats that the model computes in. @default "bf16" */
  readonly kvPrecision?: "bf16" | "fp8";
  /** @default - as the checkpoint says of itself */
  readonly quantization?: (typeof QUANTIZATIONS)[number];
  /** @default "fcfs" */
  readonly scheduling?: "fcfs" | "priority";
  /** @default - none */
  readonly speculation?: SpeculationArgs;
  /** Processes that answer HTTP, for many data-parallel ranks. @default 1 */
  readonly apiServers?: number;
  /** Further flags, each with its value: `["--tool-call-parser=hermes"]`. @default - none */
  readonly extraFlags?: readonly string[];
}

/** Whether vLLM has kernels of fp16 alone for a quantization (vllm/model_executor/layers/quantization). */
export function isFp16Only(quantization: NonNullable<EngineArgs["quantization"]>): boolean {
  return quantization === "awq" || quantization === "gptq";
}

/** Settings with their defaults. */
export type ResolvedEngine = Required<
  Omit<EngineArgs, "kvBlocks" | "quantization" | "speculation">
> &
  Pick<EngineArgs, "kvBlocks" | "quantization" | "speculation">;

/** Settings with everything that was left out. */
export function resolveEngine(engine: EngineArgs): ResolvedEngine {
  return {
    tensorParallel: 1,
    pipelineParallel: 1,
    dataParallel: 1,
    hasExpertParallel: false,
    blockTokens: 16,
    gpuMemoryUtilization: 0.9,
    hasPrefixCaching: true,
    hasChunkedPrefill: true,
    computePrecision: "bf16",
    kvPrecision: "bf16",
    scheduling: "fcfs",
    apiServers: 1,
    extraFlags: [],
    ...engine,
  };
}

/** GPUs of one replica. */
export function gpusOfReplica(engine: EngineArgs): number {
  const { tensorParallel, pipelineParallel, dataParallel } = resolveEngine(engine);
  return tensorParallel * pipelineParallel * dataParallel;
}

const COUNT = { min: 1, max: 1_000_000_000 };
const WAYS = { min: 1, max: 1024 };

/** What is wrong with the settings, wherever they run. */
export function checkEngine(engine: EngineArgs, path: string): readonly InputProblem[] {
  const resolved = resolveEngine(engine);
  const problems: InputProblem[] = [
    ...checkWhole(`${path}.tensorParallel`, engine.tensorParallel, WAYS),
    ...checkWhole(`${path}.pipelineParallel`, engine.pipelineParallel, WAYS),
    ...checkWhole(`${path}.dataParallel`, engine.dataParallel, WAYS),
    ...checkWhole(`${path}.maxSequences`, engine.maxSequences, COUNT),
    ...checkWhole(`${path}.maxBatchedTokens`, engine.maxBatchedTokens, COUNT),
    ...checkWhole(`${path}.maxContextTokens`, engine.maxContextTokens, COUNT),
    // vLLM's own choices (--block-size); backends take some of them.
    ...checkOneOf(`${path}.blockTokens`, engine.blockTokens, [1, 8, 16, 32, 64, 128, 256]),
    ...checkWhole(`${path}.kvBlocks`, engine.kvBlocks, COUNT),
    ...checkOneOf(`${path}.computePrecision`, engine.computePrecision, ["bf16", "fp16"]),
    ...checkOneOf(`${path}.kvPrecision`, engine.kvPrecision, ["bf16", "fp8"]),
    ...checkOneOf(`${path}.quantization`, engine.quantization, QUANTIZATIONS),
    ...checkOneOf(`${path}.scheduling`, engine.scheduling, ["fcfs", "priority"]),
    ...checkWhole(`${path}.apiServers`, engine.apiServers, { min: 1, max: 64 }),
    ...checkSpeculation(engine, `${path}.speculation`),
    ...checkExtraFlags(resolved.extraFlags, `${path}.extraFlags`),
  ];
  const { computePrecision, gpuMemoryUtilization: share, quantization } = resolved;
  if (quantization !== undefined && isFp16Only(quantization) && computePrecision === "bf16") {
    problems.push({
      path: `${path}.computePrecision`,
      must: `be "fp16" for the quantization ${quantization}, whose kernels have no bf16`,
      got: computePrecision,
      fix: `use it, or ${quantization}_marlin`,
    });
  }
  if (!(share > 0 && share < 1)) {
    problems.push({
      path: `${path}.gpuMemoryUtilization`,
      must: "be above 0 and below 1",
      got: share,
    });
  }
  if (resolved.maxBatchedTokens < resolved.maxSequences) {
    problems.push({
      path: `${path}.maxBatchedTokens`,
      must: `be at least maxSequences (${resolved.maxSequences}), so that every running request can decode`,
      got: resolved.maxBatchedTokens,
    });
  }
  if (!resolved.hasChunkedPrefill && resolved.maxBatchedTokens < resolved.maxContextTokens) {
    problems.push({
      path: `${path}.maxBatchedTokens`,
      must: `be at least maxContextTokens (${resolved.maxContextTokens}) without chunked prefill`,
      got: resolved.maxBatchedTokens,
      fix: "lower maxContextTokens or leave hasChunkedPrefill on",
    });
  }
  if (resolved.hasExpertParallel && resolved.tensorParallel * resolved.dataParallel === 1) {
    problems.push({
      path: `${path}.hasExpertParallel`,
      must: "be left out on one rank, over which nothing is spread",
      got: true,
    });
  }
  return problems;
}

/** Methods that guess with weights of their own. */
const WITH_WEIGHTS = ["draft_model", "eagle", "eagle3"];

function checkSpeculation(engine: EngineArgs, path: string): readonly InputProblem[] {
  const { speculation } = engine;
  if (speculation === undefined) return [];
  const { method, draftTokens, weightsFolder } = speculation;
  const problems = [
    ...checkOneOf(`${path}.method`, method, ["ngram", "mtp", ...WITH_WEIGHTS]),
    ...checkWhole(`${path}.draftTokens`, draftTokens, { min: 1, max: 64 }),
    ...checkForm(`${path}.weightsFolder`, weightsFolder, {
      pattern: /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/,
      must: "be a folder below the prefix of the weights",
    }),
  ];
  const needsWeights = WITH_WEIGHTS.includes(method);
  if (needsWeights !== (weightsFolder !== undefined)) {
    problems.push({
      path: `${path}.weightsFolder`,
      must: needsWeights ? `be given for "${method}"` : `be left out for "${method}"`,
      got: weightsFolder,
    });
  }
  return problems;
}

function checkExtraFlags(flags: readonly string[], path: string): readonly InputProblem[] {
  return flags.flatMap((flag, index) => {
    const at = `${path}[${index}]`;
    const [name = ""] = flag.split("=");
    if (!/^--[a-z][a-z0-9-]*(\.[\w.+-]+)?$/.test(name)) {
      return [{ path: at, must: "be one flag with its value: --name=value", got: flag }];
    }
    if (!OWN_FLAGS.has(name.replace(/^--no-/, "--"))) return [];
    const must = "be a flag that no other argument sets";
    return [{ path: at, must, got: flag, fix: "use the argument" }];
  });
}

/** Flags that are made of other arguments, or that would take apart what the component puts together. */
export const OWN_FLAGS: ReadonlySet<string> = new Set([
  "--api-server-count",
  "--block-size",
  "--data-parallel-address",
  "--data-parallel-rpc-port",
  "--data-parallel-size",
  "--data-parallel-size-local",
  "--data-parallel-start-rank",
  "--download-dir",
  "--dtype",
  "--enable-chunked-prefill",
  "--enable-expert-parallel",
  "--enable-log-requests",
  "--enable-prefix-caching",
  "--gpu-memory-utilization",
  "--headless",
  "--host",
  "--kv-cache-dtype",
  "--kv-transfer-config",
  "--load-format",
  "--master-addr",
  "--max-model-len",
  "--max-num-batched-tokens",
  "--max-num-seqs",
  "--model",
  "--nnodes",
  "--node-rank",
  "--num-gpu-blocks-override",
  "--pipeline-parallel-size",
  "--port",
  "--shutdown-timeout",
  "--quantization",
  "--scheduling-policy",
  "--served-model-name",
  "--speculative-config",
  "--tensor-parallel-size",
]);
