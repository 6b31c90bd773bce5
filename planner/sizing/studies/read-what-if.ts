/**
 * A what-if as written on a command line: `outputs=2x`, `hardware=l40s,l4`, `model=llama-3.3-70b-instruct:qwen3-32b`,
 * several at once with `+`: `regions=us-east-1 + survive=none`. Names are looked up here; whether the changes make
 * sense in a scenario is known once they are made to it.
 */
import { findAccelerator, findInstanceType, findModel, findRegion } from "../../catalog";
import { purchaseOptions } from "../../catalog/prices/price-rows";
import { didYouMean } from "../../catalog/suggest";
import { PRECISIONS } from "../../fleet/fleet-spec";
import { canonicalModel, unknown } from "../../fleet/names";
import { listWords, unknownName } from "../../fleet/schema-kit";
import { PlannerError, type Problem } from "../../foundation/errors";
import { quoteValue, readShare } from "../../foundation/units";
import { servedModels } from "../../scenario/resolve-search";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import { SURVIVE_WORDS, type SurviveSpec } from "../../scenario/search-spec";
import type { SizingContext } from "../evaluation-job";
import { type ScenarioChange, withChange } from "./scenario-change";

export interface WhatIf {
  /** As written: what reports call it. */
  readonly name: string;
  readonly changes: readonly ScenarioChange[];
  /** The scenario with all of the changes. */
  readonly context: SizingContext;
}

/** Each change, for help texts: how it is written, and what it asks. */
export const WHAT_IF_FORMS = [
  ["hardware=NAME,…", "other instance types or accelerators"],
  ["quantization=FORMAT,…", "other number formats of the weights"],
  ["model=A:B", "model B wherever A is asked"],
  ["lighter=WORKLOAD:MODEL:30%", "so much of a workload on a lighter model"],
  ["regions=NAME,…", "other regions"],
  ["outputs=2x", "longer or shorter answers"],
  ["inputs=2x", "longer or shorter prompts"],
  ["rate=2x", "more or fewer requests"],
  ["purchase=OPTION,…", "other ways to buy"],
  ["survive=LOSS,…", "to withstand something else, or none"],
  ["no-prefix-cache", "nothing kept of earlier prompts"],
] as const;

const KEYS = WHAT_IF_FORMS.map(([form]) => form.split("=")[0]!);
const FACTOR_MAX = 1000;

/**
 * Reads what-ifs and makes their changes.
 *
 * @throws PlannerError with every problem of all of them
 */
export function readWhatIfs(texts: readonly string[], context: SizingContext): readonly WhatIf[] {
  const problems: Problem[] = [];
  const whatIfs = texts.flatMap((text, place): WhatIf[] => {
    const path = `--what-if ${text}`;
    if (texts.indexOf(text) < place) {
      problems.push({ code: "conflict", path, message: "is asked twice" });
      return [];
    }
    const before = problems.length;
    const changes = text
      .split("+")
      .flatMap((part) => readChange(part.trim(), { path, spec: context.spec, problems }) ?? []);
    if (problems.length > before) return [];
    try {
      return [{ name: text, changes, context: changes.reduce(withChange, context) }];
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      problems.push(
        ...error.problems.map((problem) => ({ ...problem, path: `${path}: ${problem.path}` })),
      );
      return [];
    }
  });
  if (problems.length > 0) throw new PlannerError(problems);
  return whatIfs;
}

interface Reading {
  /** Where the text was written. */
  readonly path: string;
  readonly spec: ScenarioSpec;
  readonly problems: Problem[];
}

/** undefined after a problem. */
function readChange(text: string, reading: Reading): ScenarioChange | undefined {
  const equals = text.indexOf("=");
  const key = (equals < 0 ? text : text.slice(0, equals)).trim();
  const value = equals < 0 ? "" : text.slice(equals + 1).trim();
  if (!KEYS.includes(key)) {
    const hint = didYouMean(key, KEYS) ?? `use ${listWords(KEYS)}`;
    const message = `unknown change ${quoteValue(key)}`;
    reading.problems.push({ code: "unknown-name", path: reading.path, message, hint });
    return undefined;
  }
  if (key === "no-prefix-cache") {
    return equals < 0 ? { kind: key } : refused("no-prefix-cache has no value", reading);
  }
  if (value === "") return refused(`${key} needs a value`, reading, formOf(key));
  const before = reading.problems.length;
  const change = readValue(key, value, reading);
  return reading.problems.length > before ? undefined : change;
}

function readValue(key: string, value: string, reading: Reading): ScenarioChange | undefined {
  const list = value.split(",").map((one) => one.trim());
  switch (key) {
    case "hardware":
      return { kind: key, names: list.map((name) => hardwareName(name, reading)) };
    case "quantization":
      return {
        kind: key,
        precisions: list.flatMap((one) => wordOf("precision", one, PRECISIONS, reading)),
      };
    case "purchase":
      return {
        kind: key,
        options: list.flatMap((one) => wordOf("purchase option", one, purchaseOptions, reading)),
      };
    case "regions":
      return { kind: key, names: list.map((name) => regionName(name, reading)) };
    case "survive":
      return {
        kind: key,
        rules: value === "none" ? [] : list.flatMap((one) => rule(one, reading)),
      };
    case "model":
      return modelChange(value, reading);
    case "lighter":
      return lighterChange(value, reading);
    default: {
      const factor = factorOf(key, value, reading);
      const kind = key as "outputs" | "inputs" | "rate";
      return factor === undefined ? undefined : { kind, factor };
    }
  }
}

function hardwareName(name: string, { path, problems }: Reading): string {
  const type = findInstanceType(name);
  if (type.found) return type.row.name;
  const accelerator = findAccelerator(name);
  if (accelerator.found) return accelerator.row.name;
  const hint = type.hint ?? accelerator.hint;
  problems.push(unknown(path, "instance type or accelerator", name, hint, "instance-types"));
  return name;
}

function regionName(name: string, { path, problems }: Reading): string {
  const lookup = findRegion(name);
  if (lookup.found) return lookup.row.name;
  problems.push(unknown(path, "region", name, lookup.hint, "regions"));
  return name;
}

function modelName(name: string, { path, problems }: Reading): string {
  const lookup = findModel(name);
  if (lookup.found) return lookup.row.name;
  problems.push(unknown(path, "model", name, lookup.hint, "models"));
  return name;
}

function wordOf<Word extends string>(
  what: string,
  value: string,
  words: readonly Word[],
  { path, problems }: Reading,
): Word[] {
  const found = words.find((word) => word === value);
  if (found !== undefined) return [found];
  problems.push({ code: "unknown-name", path, ...unknownName(what, value, words) });
  return [];
}

/** `any-region`, `region:us-east-1`, `zone:us-east-1/a`, `cloud:aws`. */
function rule(text: string, reading: Reading): SurviveSpec {
  const [kind = "", name = ""] = text.split(":");
  if (name !== "" && kind === "region") return [{ region: name }];
  if (name !== "" && kind === "zone") return [{ zone: name }];
  if (name !== "" && kind === "cloud") return [{ cloud: name }];
  return wordOf("loss", text, SURVIVE_WORDS, reading);
}

function modelChange(value: string, reading: Reading): ScenarioChange | undefined {
  const [from, to, ...more] = value.split(":").map((one) => one.trim());
  if (from === undefined || to === undefined || to === "" || more.length > 0) {
    return refused(`expected two models, got ${quoteValue(value)}`, reading, formOf("model"));
  }
  const old = modelName(from, reading);
  const served = servedModels(reading.spec);
  if (findModel(from).found && !served.has(canonicalModel(from))) {
    refused(`no workload asks for ${old}`, reading, `use ${listWords([...served])}`);
  }
  return { kind: "model", from: old, to: modelName(to, reading) };
}

function lighterChange(value: string, reading: Reading): ScenarioChange | undefined {
  const [workload, model, part, ...more] = value.split(":").map((one) => one.trim());
  if (workload === undefined || model === undefined || part === undefined || more.length > 0) {
    const message = `expected workload, model and share, got ${quoteValue(value)}`;
    return refused(message, reading, formOf("lighter"));
  }
  const { path, spec, problems } = reading;
  const names = Object.keys(spec.workloads);
  if (!names.includes(workload)) {
    problems.push({ code: "unknown-name", path, ...unknownName("workload", workload, names) });
  }
  const share = readShare(part);
  if (!share.ok) refused(share.message, reading);
  else if (share.value <= 0 || share.value >= 1) {
    const hint = "all of it is model=A:B";
    refused(`a share is above 0 and below 100%, got ${quoteValue(part)}`, reading, hint);
  }
  return {
    kind: "lighter",
    workload,
    model: modelName(model, reading),
    share: share.ok ? share.value : 0,
  };
}

/** `2x`, `0.5x`, `x2`. */
function factorOf(key: string, value: string, reading: Reading): number | undefined {
  const match = /^(?:[x×]\s*)?([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*[x×]?$/i.exec(value);
  const factor = Number(match?.[1] ?? Number.NaN);
  if (factor > 0 && factor <= FACTOR_MAX) return factor;
  const expected = `expected a factor above 0, at most ${FACTOR_MAX}`;
  return refused(`${expected}, got ${quoteValue(value)}`, reading, formOf(key));
}

function formOf(key: string): string {
  return `for example ${WHAT_IF_FORMS.find(([form]) => form.startsWith(`${key}=`))![0]}`;
}

function refused(message: string, { path, problems }: Reading, hint?: string): undefined {
  problems.push({
    code: "invalid-value",
    path,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  return undefined;
}
