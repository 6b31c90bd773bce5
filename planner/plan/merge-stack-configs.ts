/**
 * Stack files of a plan beside those that are already there: a person's own keys, comments and their order are kept, the
 * plan and its digest are renewed, and a key of the plan that a person has changed is not overwritten unless it is asked
 * for.
 */
import { isMap, parseDocument } from "yaml";
import { PlannerError, type Problem } from "../foundation/errors";
import { readYaml } from "../scenario/read-yaml";
import type { ConfigValue, StackConfig } from "./stack-configs";

export interface StackFile {
  readonly path: string;
  readonly text: string;
  readonly state: "new" | "same" | "changed";
  readonly changes: readonly StackChange[];
}

export interface StackChange {
  readonly key: string;
  /** null: the key was not there. */
  readonly before: string | null;
  readonly after: string;
}

export interface MergedStacks {
  readonly files: readonly StackFile[];
  /** Stack files of this fleet that the plan has no stack for any more: to be destroyed, then deleted. */
  readonly stale: readonly string[];
}

/** Keys that a new plan changes by itself. */
const RENEWED = /:plan(Digest)?$/;

/**
 * What the files become.
 *
 * @param existing text of the files that are there, by path
 * @param overwrite also keys of the plan that a person has changed
 * @throws PlannerError with every file that is no stack file, and every key that a person has changed
 */
export function mergeStackConfigs(
  wanted: readonly StackConfig[],
  existing: ReadonlyMap<string, string>,
  { overwrite }: { readonly overwrite: boolean },
): MergedStacks {
  const problems: Problem[] = [];
  const files = wanted.map((config): StackFile => {
    const { path, text } = config;
    const before = existing.get(path);
    if (before === undefined) return { path, text, state: "new", changes: [] };
    return merged(config, before, overwrite, problems);
  });
  if (problems.length > 0) throw new PlannerError(problems);
  return { files, stale: staleFiles(wanted, existing) };
}

function merged(
  { path, values }: StackConfig,
  before: string,
  overwrite: boolean,
  problems: Problem[],
): StackFile {
  const same = { path, text: before, state: "same", changes: [] } as const;
  const document = parseDocument(before);
  const config = document.get("config");
  if (document.errors.length > 0 || (config !== undefined && config !== null && !isMap(config))) {
    const message = "is no configuration of a Pulumi stack";
    problems.push({
      code: "unreadable-file",
      path,
      message,
      hint: "repair it, or move it away to have it written anew",
    });
    return same;
  }
  const changes: StackChange[] = [];
  for (const [key, value] of values) {
    const found = document.getIn(["config", key]);
    const was = found === undefined || found === null ? null : show(toPlain(found));
    const is = show(value);
    if (was === is) continue;
    if (was !== null && !RENEWED.test(key) && !overwrite) {
      problems.push({
        code: "conflict",
        path: `${path}: ${key}`,
        message: `is ${was}, and the plan says ${is}`,
        hint: "take your change out, or overwrite it with --force",
      });
    }
    changes.push({ key, before: was, after: is });
    document.setIn(["config", key], value);
  }
  if (changes.length === 0) return same;
  return { path, text: document.toString({ lineWidth: 0 }), state: "changed", changes };
}

function toPlain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "toJSON" in value
    ? (value as { toJSON: () => unknown }).toJSON()
    : value;
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Files of the same plan that no stack of it has. */
function staleFiles(
  wanted: readonly StackConfig[],
  existing: ReadonlyMap<string, string>,
): string[] {
  const paths = new Set(wanted.map(({ path }) => path));
  const plans = new Set(wanted.flatMap(({ values }) => planOf([...values])));
  return [...existing]
    .filter(
      ([path, text]) => !paths.has(path) && planOf(entriesOf(text)).some((plan) => plans.has(plan)),
    )
    .map(([path]) => path)
    .sort();
}

function entriesOf(text: string): [string, unknown][] {
  const read = readYaml(text);
  if ("faults" in read) return [];
  const config = (read.value as { readonly config?: unknown } | null)?.config;
  return typeof config === "object" && config !== null ? Object.entries(config) : [];
}

function planOf(entries: readonly (readonly [string, ConfigValue | unknown])[]): string[] {
  return entries.flatMap(([key, value]) =>
    key.endsWith(":plan") && typeof value === "string" ? [`${key} ${value}`] : [],
  );
}
