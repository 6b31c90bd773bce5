/**
 * Engine settings of one pool with every default filled in, and the checks that need the model and the hardware.
 * Whether the model fits in memory is not checked here: that is `simulation/kv-capacity.ts`.
 */
import { instanceTypes } from "../catalog";
import type { AcceleratorSpec, InstanceTypeSpec, ModelSpec, Precision } from "../catalog/specs";
import type { Problem } from "../foundation/errors";
import { formatTokens } from "../foundation/format-units";
import {
  ENGINE_DEFAULTS,
  maxBatchedTokensDefault,
  maxSequencesDefault,
  quantizationDefault,
} from "./defaults";
import { type EngineSpec, PRECISIONS } from "./fleet-spec";
import type { ResolvedEngine } from "./resolved-fleet";
import { listWords } from "./schema-kit";

export interface EngineContext {
  /** Path of the pool in the scenario. */
  readonly path: string;
  readonly model: ModelSpec;
  readonly accelerator: AcceleratorSpec;
  readonly instanceType: InstanceTypeSpec | undefined;
}

/** The engine's settings; problems with them are added to `problems`. */
export function resolveEngine(
  spec: EngineSpec,
  context: EngineContext,
  problems: Problem[],
): ResolvedEngine {
  const { model, accelerator } = context;
  const filled = <Key extends keyof typeof ENGINE_DEFAULTS & keyof EngineSpec>(key: Key) =>
    (spec[key] ?? ENGINE_DEFAULTS[key].value) as NonNullable<EngineSpec[Key]>;
  const maxContextTokens = spec.maxContext ?? model.contextWindowTokens;
  const chunkedPrefill = filled("chunkedPrefill");
  const maxBatchedTokens =
    spec.maxBatchedTokens ??
    maxBatchedTokensDefault(accelerator, chunkedPrefill, maxContextTokens).value;
  const engine: ResolvedEngine = {
    tensorParallel: filled("tensorParallel"),
    pipelineParallel: filled("pipelineParallel"),
    dataParallel: filled("dataParallel"),
    expertParallel: filled("expertParallel"),
    weightPrecision: spec.quantization ?? quantizationDefault(model, accelerator).value,
    kvPrecision: filled("kvCachePrecision"),
    maxSequences: spec.maxSequences ?? maxSequencesDefault(accelerator, maxBatchedTokens).value,
    maxBatchedTokens,
    chunkedPrefill,
    prefixCaching: filled("prefixCaching"),
    blockTokens: filled("blockTokens"),
    gpuMemoryUtilization: filled("gpuMemoryUtilization"),
    kvBlocks: spec.kvBlocks,
    speculation:
      spec.speculation === undefined
        ? undefined
        : {
            draftTokens: spec.speculation.draftTokens,
            acceptanceRate: spec.speculation.acceptanceRate,
            draftCostShare: spec.speculation.draftCost ?? ENGINE_DEFAULTS.draftCost.value,
          },
    scheduling: filled("scheduling"),
    maxContextTokens,
  };
  checkHardware(engine, context, problems);
  checkModel(engine, context, problems);
  checkPrecision(engine.weightPrecision, spec.quantization !== undefined, context, problems);
  checkLimits(engine, context, problems);
  return engine;
}

/** Accelerators that one replica can span: a machine, or a rack whose machines share one scale-up domain. */
function acceleratorsReachable(context: EngineContext): number {
  const { accelerator, instanceType } = context;
  const { domainSize } = accelerator.scaleUp;
  if (instanceType === undefined) return Math.max(domainSize, HOST_ACCELERATORS_MAX);
  const spansMachines = domainSize > HOST_ACCELERATORS_MAX;
  return spansMachines
    ? Math.max(domainSize, instanceType.acceleratorCount)
    : instanceType.acceleratorCount;
}

/**
 * Whether stages of a pipeline are handed over from whole machine to whole machine, past their operating systems: once a
 * stage, where ranks of a stage talk in every layer.
 */
function isPipelineOfMachines(
  { tensorParallel, pipelineParallel, dataParallel }: ResolvedEngine,
  { instanceType }: EngineContext,
): boolean {
  if (instanceType?.networkGbps === undefined || !instanceType.hasRdma) return false;
  const ofStage = tensorParallel * dataParallel;
  const { acceleratorCount } = instanceType;
  return acceleratorCount % ofStage === 0 && (ofStage * pipelineParallel) % acceleratorCount === 0;
}

/** Most accelerators of one machine whose scale-up links stay inside it (HGX: 8, Trainium: 16). */
const HOST_ACCELERATORS_MAX = 16;

function checkHardware(engine: ResolvedEngine, context: EngineContext, problems: Problem[]): void {
  const { tensorParallel, pipelineParallel, dataParallel } = engine;
  const accelerators = tensorParallel * pipelineParallel * dataParallel;
  const reachable = acceleratorsReachable(context);
  if (accelerators <= reachable || isPipelineOfMachines(engine, context)) return;
  const { accelerator, instanceType, path } = context;
  if (instanceType !== undefined && reachable < 1) {
    const whole = largerInstanceTypes(context, accelerators);
    problems.push({
      code: "does-not-fit",
      path: `${path}.instanceType`,
      message: `${instanceType.name} sells a share of ${accelerator.name} (${reachable}), which is not simulated: a replica takes whole accelerators`,
      hint: whole.length === 0 ? "use a larger instance type" : `use ${listWords(whole)}`,
    });
    return;
  }
  const isTensorOnly = pipelineParallel * dataParallel === 1;
  const where =
    instanceType === undefined
      ? `at most ${reachable} ${accelerator.name} work as one replica`
      : `${instanceType.name} has ${reachable} ${accelerator.name}`;
  const product = isTensorOnly
    ? `${accelerators} accelerators`
    : `tensorParallel ${tensorParallel} × pipelineParallel ${pipelineParallel} × dataParallel ${dataParallel} = ${accelerators} accelerators`;
  const lower =
    isTensorOnly && reachable >= 1 ? `use tensorParallel: ${reachable}` : "lower the parallelism";
  const larger = largerInstanceTypes(context, accelerators);
  problems.push({
    code: "does-not-fit",
    path: isTensorOnly ? `${path}.engine.tensorParallel` : `${path}.engine`,
    message: `${product}, but ${where} and a replica does not span machines without a common scale-up domain`,
    hint: larger.length === 0 ? lower : `${lower}, or ${listWords(larger)}`,
  });
}

/** Machines of the same cloud with enough of the same accelerator: `p5.48xlarge (8)`. */
function largerInstanceTypes({ instanceType }: EngineContext, accelerators: number): string[] {
  if (instanceType === undefined) return [];
  return instanceTypes
    .filter(
      ({ cloud, accelerator, acceleratorCount }) =>
        cloud === instanceType.cloud &&
        accelerator === instanceType.accelerator &&
        acceleratorCount >= accelerators,
    )
    .slice(0, 3)
    .map(({ name, acceleratorCount }) => `${name} (${acceleratorCount})`);
}

function checkModel(engine: ResolvedEngine, context: EngineContext, problems: Problem[]): void {
  const { model } = context;
  const path = `${context.path}.engine`;
  const { tensorParallel, pipelineParallel, expertParallel } = engine;
  if (!splitsHeads(model, tensorParallel)) {
    const works = [1, 2, 4, 8, 16, 32].filter((ways) => splitsHeads(model, ways));
    problems.push({
      code: "conflict",
      path: `${path}.tensorParallel`,
      message: `${tensorParallel} does not divide the ${model.heads} heads (${model.kvHeads} KV heads) of ${model.name} evenly`,
      hint: `use ${listWords(works.map(String))}`,
    });
  }
  if (pipelineParallel > model.layers) {
    problems.push({
      code: "conflict",
      path: `${path}.pipelineParallel`,
      message: `${pipelineParallel} stages, but ${model.name} has ${model.layers} layers`,
    });
  }
  if (expertParallel && model.mixtureOfExperts === undefined) {
    problems.push({
      code: "conflict",
      path: `${path}.expertParallel`,
      message: `${model.name} is a dense model: it has no experts to place`,
      hint: "leave expertParallel out",
    });
  }
  if (engine.maxContextTokens > model.contextWindowTokens) {
    problems.push({
      code: "invalid-value",
      path: `${path}.maxContext`,
      message: `must be at most the window of ${model.name}, ${formatTokens(model.contextWindowTokens)}, got ${formatTokens(engine.maxContextTokens)}`,
    });
  }
}

/** Heads are divided evenly; KV heads are divided or, when there are fewer than ranks, copied evenly. */
function splitsHeads(model: ModelSpec, tensorParallel: number): boolean {
  if (model.heads % tensorParallel !== 0) return false;
  if (model.latentAttention !== undefined) return true;
  return model.kvHeads >= tensorParallel
    ? model.kvHeads % tensorParallel === 0
    : tensorParallel % model.kvHeads === 0;
}

/**
 * Whether kernels compute with weights of this format on the accelerator: in units of its own, or dequantised to
 * 16 bits first (weight-only: AWQ and GPTQ kernels need FP16, Marlin and MXFP4 kernels need BF16).
 */
function computesWith(precision: Precision, { denseFlops }: AcceleratorSpec): boolean {
  if (denseFlops[precision] !== undefined) return true;
  if (precision === "int4") return (denseFlops.fp16 ?? denseFlops.bf16) !== undefined;
  const isQuantized = precision === "fp8" || precision === "int8" || precision === "fp4";
  return isQuantized && denseFlops.bf16 !== undefined;
}

function checkPrecision(
  precision: Precision,
  isGiven: boolean,
  { path, model, accelerator }: EngineContext,
  problems: Problem[],
): void {
  if (computesWith(precision, accelerator)) return;
  const { name } = accelerator;
  problems.push({
    code: "conflict",
    path: `${path}.engine.quantization`,
    message: isGiven
      ? `${name} cannot compute with ${precision} weights`
      : `${model.name} is published in ${precision}, which ${name} cannot compute with`,
    hint: `use ${listWords(PRECISIONS.filter((other) => computesWith(other, accelerator)))}, or another accelerator`,
  });
}

function checkLimits(engine: ResolvedEngine, context: EngineContext, problems: Problem[]): void {
  const path = `${context.path}.engine`;
  const { maxBatchedTokens, maxSequences, maxContextTokens, chunkedPrefill } = engine;
  const { speculation, blockTokens } = engine;
  if (maxBatchedTokens < maxSequences) {
    problems.push({
      code: "conflict",
      path: `${path}.maxBatchedTokens`,
      message: `${maxBatchedTokens} tokens in a step are fewer than maxSequences (${maxSequences}), so not every running request could decode`,
      hint: `use maxBatchedTokens: ${maxSequences} or more, or fewer maxSequences`,
    });
  }
  if (speculation !== undefined && speculation.draftTokens >= blockTokens) {
    const draftTokensMax = blockTokens - 1;
    problems.push({
      code: "conflict",
      path: `${path}.speculation.draftTokens`,
      message: `${speculation.draftTokens} drafted tokens and the one that follows them do not fit a KV block of ${blockTokens} tokens`,
      hint:
        draftTokensMax > 0
          ? `use draftTokens: ${draftTokensMax} or less, or larger blockTokens`
          : "use larger blockTokens",
    });
  }
  if (!chunkedPrefill && maxBatchedTokens < maxContextTokens) {
    problems.push({
      code: "conflict",
      path: `${path}.maxBatchedTokens`,
      message: `${maxBatchedTokens} tokens in a step cannot hold a prompt of ${formatTokens(maxContextTokens)} tokens (maxContext) without chunkedPrefill`,
      hint: "lower maxContext or switch chunkedPrefill on",
    });
  }
}
