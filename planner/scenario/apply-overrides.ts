/**
 * `--set path=value`, and the `set` of a stress case: changes to a scenario as it was read, before the schema sees it,
 * so that a wrong path or value gets the same message as one in the file. A path is dotted, with `[0]` for list entries; maps that are not there
 * are made, but for workloads, regions and pools: half of one is a misspelt name, so a new one is given whole. The value
 * `null` takes a key out, so that its default applies.
 */
import { didYouMean } from "../catalog/suggest";
import { PlannerError, type Problem } from "../foundation/errors";
import { quoteValue } from "../foundation/units";
import { readYaml } from "./read-yaml";

interface Override {
  /** Where it was written, for messages: `--set seed=7`. */
  readonly at: string;
  /** The same without the value, which may be long. */
  readonly atPath: string;
  readonly steps: readonly (string | number)[];
  readonly value: unknown;
  /** The key is taken out of its map. */
  readonly isRemoval: boolean;
}

/**
 * A copy of `raw` with every override applied, in order.
 *
 * @param overrides `workloads.chat.arrivals.rate=80/s`, say; the value is read as YAML
 * @throws PlannerError with every override that cannot be applied
 */
export function applyOverrides(raw: unknown, overrides: readonly string[]): unknown {
  const problems: Problem[] = [];
  let result = raw;
  for (const text of overrides) {
    const override = readOverride(text, problems);
    if (override !== undefined) result = applyOne(result, override, problems);
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return result;
}

/**
 * A copy of `raw` with values of a map set at the paths that are its keys, in their order; null takes a key out.
 * Settings that cannot be applied become problems.
 *
 * @param at where the map was written, for messages: `stress.cases[0].set`
 */
export function applySettings(
  raw: unknown,
  settings: Readonly<Record<string, unknown>>,
  at: string,
  problems: Problem[],
): unknown {
  let result = raw;
  for (const [path, value] of Object.entries(settings)) {
    const written = `${at}.${path}`;
    const steps = readSteps(path);
    if (steps === undefined) {
      problems.push({ code: "invalid-value", path: at, message: notAPath(path) });
      continue;
    }
    const override = { at: written, atPath: written, steps, value, isRemoval: value === null };
    result = applyOne(result, override, problems);
  }
  return result;
}

/** `raw` with one value set, or as it is after a problem was added. */
function applyOne(raw: unknown, override: Override, problems: Problem[]): unknown {
  const changed = setAt(raw, override, 0);
  if (!isFailure(changed)) return changed.value;
  problems.push(problemOf(changed, override));
  return raw;
}

function notAPath(path: string): string {
  return `expected a dotted path such as a.b[0].c, got ${quoteValue(path)}`;
}

function readOverride(text: string, problems: Problem[]): Override | undefined {
  const path = `--set ${text}`;
  const equals = text.indexOf("=");
  if (equals < 1) {
    problems.push({
      code: "invalid-value",
      path,
      message: "expected path=value",
      hint: "for example --set workloads.chat.arrivals.rate=80/s",
    });
    return undefined;
  }
  const steps = readSteps(text.slice(0, equals).trim());
  if (steps === undefined) {
    problems.push({ code: "invalid-value", path, message: notAPath(text.slice(0, equals)) });
    return undefined;
  }
  const written = text.slice(equals + 1);
  const read = readYaml(written);
  if (!("faults" in read)) {
    const atPath = `--set ${text.slice(0, equals).trim()}`;
    return { at: path, atPath, steps, value: read.value, isRemoval: written.trim() === "null" };
  }
  for (const fault of read.faults) {
    const message = `the value is not valid YAML: ${fault.message}`;
    problems.push({ code: "invalid-value", path, message });
  }
  return undefined;
}

function readSteps(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (const part of path.split(".")) {
    const match = /^([^[\]]+)((?:\[[0-9]{1,6}\])*)$/.exec(part);
    if (match === null) return undefined;
    steps.push(match[1] ?? "");
    for (const index of (match[2] ?? "").matchAll(/\[([0-9]+)\]/g)) steps.push(Number(index[1]));
  }
  return steps;
}

interface Failure {
  readonly failure: string;
  /** Set when an entry of this name is not there: what would be right. */
  readonly hint?: string;
}

type Changed = { readonly value: unknown } | Failure;

function isFailure(changed: Changed): changed is Failure {
  return "failure" in changed;
}

function problemOf({ failure, hint }: Failure, { at, atPath }: Override): Problem {
  if (hint === undefined) return { code: "invalid-value", path: at, message: failure };
  // The value plays no part in it.
  return { code: "unknown-name", path: atPath, message: failure, hint };
}

/** `target` with the value set at the steps from `depth` on; nothing is changed in place. */
function setAt(target: unknown, override: Override, depth: number): Changed {
  const step = override.steps[depth];
  if (step === undefined) return { value: override.value };
  if (typeof step === "number") return setInList(target, step, override, depth);
  if (
    target !== undefined &&
    target !== null &&
    (typeof target !== "object" || Array.isArray(target))
  ) {
    return {
      failure: `cannot set "${step}" in ${nameOf(override, depth)}, which is ${quoteValue(target)}`,
    };
  }
  const map = (target ?? {}) as Readonly<Record<string, unknown>>;
  if (override.isRemoval && depth === override.steps.length - 1) {
    const { [step]: _, ...rest } = map;
    return { value: rest };
  }
  const missing = missingEntry(map, step, override, depth);
  if (missing !== undefined) return missing;
  const changed = setAt(Object.hasOwn(map, step) ? map[step] : undefined, override, depth + 1);
  return isFailure(changed) ? changed : { value: { ...map, [step]: changed.value } };
}

/** Maps of named entries, by the steps to them; `*` is any name. */
const NAMED_MAPS = [
  ["workload", ["workloads"]],
  ["region", ["fleet", "regions"]],
  ["pool", ["fleet", "regions", "*", "pools"]],
] as const;

/** Why a value cannot be set inside the entry `name` of `map`: no such workload, region or pool. */
function missingEntry(
  map: Readonly<Record<string, unknown>>,
  name: string,
  { steps }: Override,
  depth: number,
): Failure | undefined {
  if (depth === steps.length - 1 || Object.hasOwn(map, name)) return undefined;
  const kind = NAMED_MAPS.find(
    ([, way]) => way.length === depth && way.every((step, i) => step === "*" || step === steps[i]),
  )?.[0];
  if (kind === undefined) return undefined;
  return { failure: `no ${kind} "${name}" in the scenario`, hint: entryHint(kind, name, map) };
}

/** A name that may be misspelt, or all that there are; with none, how to give one. */
function entryHint(kind: string, name: string, map: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(map);
  if (names.length === 0) return `give the ${kind} whole, as a map: {…}`;
  const listed = names.length === 1 ? `the ${kind} is` : `the ${kind}s are`;
  return didYouMean(name, names) ?? `${listed} ${names.slice(0, 12).join(", ")}`;
}

function setInList(target: unknown, index: number, override: Override, depth: number): Changed {
  if (!Array.isArray(target)) {
    return { failure: `${nameOf(override, depth)} is no list, so it has no entry [${index}]` };
  }
  if (index >= target.length) {
    const message = `${nameOf(override, depth)} has ${target.length} entries, so there is no [${index}]`;
    return { failure: message };
  }
  const changed = setAt(target[index], override, depth + 1);
  return isFailure(changed) ? changed : { value: target.with(index, changed.value) };
}

function nameOf(override: Override, depth: number): string {
  const steps = override.steps.slice(0, depth);
  if (steps.length === 0) return "the scenario";
  return steps
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);
}
