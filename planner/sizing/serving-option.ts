/**
 * One way to serve a model: an instance type, an engine, and the replicas that are bought together. Options of a
 * model are every choice of the search with each of the others; those that cannot run at all are left out with the
 * reason. Where an option is sold, and for how much, is `offer.ts`.
 */
import { findModel } from "../catalog";
import { listPriceBook } from "../catalog/prices/list-price-book";
import type { InstanceTypeSpec } from "../catalog/specs";
import type { EngineSpec, PoolSpec } from "../fleet/fleet-spec";
import { resolveFleet } from "../fleet/resolve-fleet";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import type { ResolvedSearch } from "../scenario/resolved-search";
import type { EngineChoices } from "../scenario/search-spec";
import { engineSettings } from "../simulation/engine-settings";

export interface ServingOption {
  /** Names its pools: letters, digits and hyphens. */
  readonly name: string;
  /** Canonical name of the model. */
  readonly model: string;
  readonly instanceType: InstanceTypeSpec;
  readonly engine: EngineSpec;
  /** The pools of a unit, at least one. A unit is the least that can be bought of an option. */
  readonly parts: readonly OptionPart[];
  readonly acceleratorsPerReplica: number;
}

export interface OptionPart {
  /** Of its pool: the option's, with `-prefill` or `-decode` where there are two. */
  readonly name: string;
  readonly role: "unified" | "prefill" | "decode";
  /** Replicas of a unit. */
  readonly replicas: number;
}

/** A choice that was not taken, and why. */
export interface LeftOut {
  readonly option: string;
  readonly model: string;
  readonly why: LeftOutWhy;
  readonly reason: string;
}

/**
 * In the order in which options go: it cannot run; the simulator cannot tell it from another one; it is not for sale;
 * another one has the same accelerators for less; a quota leaves nothing of it; it keeps no objective; another one takes
 * each call for less.
 */
export const LEFT_OUT_WHYS = [
  "cannot-run",
  "alike",
  "no-price",
  "dearer-twin",
  "no-quota",
  "breaks-objective",
  "beaten",
] as const;

export type LeftOutWhy = (typeof LEFT_OUT_WHYS)[number];

/**
 * What options have in common that the simulator cannot tell apart: the same engine on the same accelerators, with
 * every replica inside one machine.
 */
export function kinOf(option: ServingOption): string {
  const { model, instanceType, engine, parts, acceleratorsPerReplica } = option;
  const isInside = acceleratorsPerReplica <= instanceType.acceleratorCount;
  const roles = parts.map(({ role, replicas }) => `${replicas} ${role}`);
  const machine = isInside && parts.length === 1 ? "" : instanceType.name;
  return JSON.stringify([model, instanceType.accelerator, machine, engine, roles]);
}

/** Accelerators of a unit. */
export function acceleratorsOfUnit(option: ServingOption): number {
  return replicasOfUnit(option) * option.acceleratorsPerReplica;
}

/** Replicas of a unit, of all its parts. */
export function replicasOfUnit({ parts }: ServingOption): number {
  return parts.reduce((sum, { replicas }) => sum + replicas, 0);
}

/** Every option of a model that can run, and those that cannot. */
export function servingOptions(
  model: string,
  search: ResolvedSearch,
): { readonly options: readonly ServingOption[]; readonly leftOut: readonly LeftOut[] } {
  const choices = search.engines.get(model) ?? search.otherwise;
  const options: ServingOption[] = [];
  const leftOut: LeftOut[] = [];
  for (const instanceType of search.hardware) {
    for (const draft of engineDrafts(choices, instanceType)) {
      const option = optionOf(model, instanceType, draft);
      const problem = problemOf(option);
      if (problem !== undefined) {
        leftOut.push({ option: option.name, model, why: "cannot-run", reason: problem });
        continue;
      }
      const alike = options.find((other) => simulatedKind(other) === simulatedKind(option));
      if (alike === undefined) options.push(option);
      else leftOut.push(leftOutAsAlike(option, alike));
    }
  }
  return { options, leftOut };
}

/** What of an option a run depends on: experts that are all called as often take as long sharded as placed whole. */
function simulatedKind({ instanceType, engine, parts }: ServingOption): string {
  const { expertParallel: _, ...simulated } = engine;
  const roles = parts.map(({ role, replicas }) => `${replicas} ${role}`);
  return JSON.stringify([instanceType.name, simulated, roles]);
}

function leftOutAsAlike({ name, model }: ServingOption, alike: ServingOption): LeftOut {
  const reason = `runs as ${alike.name} does: experts are taken to be called equally often, sharded or whole`;
  return { option: name, model, why: "alike", reason };
}

interface EngineDraft {
  readonly engine: EngineSpec;
  readonly split: "unified" | { readonly prefill: number; readonly decode: number };
  /** What of it is a choice among several, for the name. */
  readonly label: readonly string[];
}

/** Degrees of tensor parallelism when the search names none: the powers of two that the instance has. */
function tensorDegrees({ acceleratorCount }: InstanceTypeSpec): number[] {
  const degrees: number[] = [];
  for (let degree = 1; degree <= acceleratorCount; degree *= 2) degrees.push(degree);
  return degrees;
}

function engineDrafts(choices: EngineChoices, instanceType: InstanceTypeSpec): EngineDraft[] {
  const { maxContext, split = ["unified" as const] } = choices;
  const shared: EngineSpec = maxContext === undefined ? {} : { maxContext };
  let drafts: EngineDraft[] = [{ engine: shared, split: "unified", label: [] }];
  const vary = <Value>(
    values: readonly Value[] | undefined,
    put: (value: Value) => Partial<EngineSpec>,
    word: (value: Value) => string,
  ): void => {
    if (values === undefined) return;
    drafts = drafts.flatMap(({ engine, label, ...rest }) =>
      values.map((value) => ({
        ...rest,
        engine: { ...engine, ...put(value) },
        label: values.length > 1 ? [...label, word(value)] : label,
      })),
    );
  };
  vary(
    choices.tensorParallel ?? tensorDegrees(instanceType),
    (tensorParallel) => ({ tensorParallel }),
    (degree) => `tp${degree}`,
  );
  vary(
    choices.pipelineParallel,
    (pipelineParallel) => ({ pipelineParallel }),
    (depth) => `pp${depth}`,
  );
  vary(
    choices.dataParallel,
    (dataParallel) => ({ dataParallel }),
    (degree) => `dp${degree}`,
  );
  vary(
    choices.expertParallel,
    (expertParallel) => ({ expertParallel }),
    (isOn) => (isOn ? "ep" : "no-ep"),
  );
  vary(
    choices.quantization,
    (quantization) => ({ quantization }),
    (precision) => precision,
  );
  vary(
    choices.kvCachePrecision,
    (kvCachePrecision) => ({ kvCachePrecision }),
    (precision) => `kv-${precision}`,
  );
  vary(
    choices.maxSequences,
    (maxSequences) => ({ maxSequences }),
    (count) => `seq${count}`,
  );
  vary(
    choices.maxBatchedTokens,
    (maxBatchedTokens) => ({ maxBatchedTokens }),
    (count) => `tok${count}`,
  );
  vary(
    choices.prefixCaching,
    (prefixCaching) => ({ prefixCaching }),
    (isOn) => (isOn ? "cache" : "no-cache"),
  );
  vary(
    choices.speculation,
    (speculation) => (speculation === "none" ? {} : { speculation }),
    (speculation) => (speculation === "none" ? "no-spec" : `spec${speculation.draftTokens}`),
  );
  return drafts.flatMap((draft) =>
    split.map((one) => ({
      ...draft,
      split: one,
      label:
        split.length > 1 && one !== "unified"
          ? [...draft.label, `${one.prefill}p${one.decode}d`]
          : draft.label,
    })),
  );
}

function optionOf(
  model: string,
  instanceType: InstanceTypeSpec,
  { engine, split, label }: EngineDraft,
): ServingOption {
  const name = [slug(model), slug(instanceType.name), ...label].join("-");
  const { tensorParallel = 1, pipelineParallel = 1, dataParallel = 1 } = engine;
  const parts: readonly OptionPart[] =
    split === "unified"
      ? [{ name, role: "unified", replicas: 1 }]
      : [
          { name: `${name}-prefill`, role: "prefill", replicas: split.prefill },
          { name: `${name}-decode`, role: "decode", replicas: split.decode },
        ];
  const acceleratorsPerReplica = tensorParallel * pipelineParallel * dataParallel;
  return { name, model, instanceType, engine, parts, acceleratorsPerReplica };
}

/** A name as pools have it: without the words that all models share, and without dots. */
function slug(name: string): string {
  return name
    .replace(/-(instruct|it|chat)\b/g, "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/-+$/, "");
}

/** A pool of an option as a scenario would have it. */
export function poolSpecOf(option: ServingOption, part: OptionPart, replicas: number): PoolSpec {
  return {
    model: option.model,
    instanceType: option.instanceType.name,
    replicas,
    engine: option.engine,
    ...(part.role === "unified" ? {} : { role: part.role }),
  };
}

/** Pool names are 63 characters at most. */
const NAME_LENGTH_MAX = 63;

/** Why an option cannot run, in words; undefined when it can. */
function problemOf(option: ServingOption): string | undefined {
  const tooLong = option.parts.find(({ name }) => name.length > NAME_LENGTH_MAX);
  if (tooLong !== undefined) return `the name ${tooLong.name} is too long for a pool`;
  if (!findModel(option.model).found) return `unknown model "${option.model}"`;
  const problems: Problem[] = [];
  const pools = poolsOfUnit(option, problems);
  if (problems.length > 0) return problems[0]!.message;
  try {
    for (const pool of pools) engineSettings(pool);
    return undefined;
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    return error.problems[0]!.message;
  }
}

/** The pools of one unit, resolved in a region of its cloud; problems with them are added to `problems`. */
export function poolsOfUnit(option: ServingOption, problems: Problem[]): readonly ResolvedPool[] {
  const region = option.instanceType.cloud === "aws" ? "us-east-1" : "us-central1";
  const pools = option.parts.map(
    (part) => [part.name, poolSpecOf(option, part, part.replicas)] as const,
  );
  const fleet = { regions: { [region]: { pools: Object.fromEntries(pools) } } };
  const prices = { book: listPriceBook(), estimateSpot: false };
  return resolveFleet(fleet, { origins: [], prices }, problems).pools;
}
