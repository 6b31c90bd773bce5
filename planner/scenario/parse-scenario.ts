/**
 * From the text of a scenario file (YAML 1.2, of which JSON is a part) to a `ScenarioSpec`: syntax, overrides, schema,
 * and the same for each case of `stress`.
 * No names are looked up and nothing is filled in: `resolve-scenario.ts` does that.
 */
import { PlannerError, type Problem } from "../foundation/errors";
import { formatBytes } from "../foundation/format-units";
import { quoteValue } from "../foundation/units";
import { applyOverrides } from "./apply-overrides";
import { readYaml, type YamlFault } from "./read-yaml";
import { type ScenarioSpec, scenarioSpec } from "./scenario-spec";
import { parseStressed } from "./stressed-specs";
import { problemsOf } from "./zod-problems";

/** Longest scenario text that is read: traces belong into their own files. */
const CHARACTERS_MAX = 1024 * 1024;

export interface ParseOptions {
  /** Name of the file in messages. @default "scenario" */
  readonly source?: string;
  /** `path=value`, applied in order. @default none */
  readonly overrides?: readonly string[];
}

/**
 * Reads a scenario.
 *
 * @throws PlannerError with all problems of the text
 */
export function parseScenario(text: string, options: ParseOptions = {}): ScenarioSpec {
  return checkScenario(readScenario(text, options));
}

/** A scenario as it is written: plain values, quantities as text, nothing checked. */
export type WrittenScenario = Readonly<Record<string, unknown>>;

/**
 * The scenario of a text as it is written, with the overrides in it.
 *
 * @throws PlannerError with what is wrong with the syntax or the overrides
 */
export function readScenario(text: string, options: ParseOptions = {}): WrittenScenario {
  const raw = readScenarioText(text, options.source ?? "scenario");
  return overridden(raw as WrittenScenario, options.overrides ?? []);
}

/**
 * A written scenario with `path=value` applied, in order.
 *
 * @throws PlannerError with every override that cannot be applied
 */
export function overridden(
  written: WrittenScenario,
  overrides: readonly string[],
): WrittenScenario {
  return applyOverrides(written, overrides) as WrittenScenario;
}

/**
 * What a written scenario says, in base units.
 *
 * @throws PlannerError with everything that the schema refuses
 */
export function checkScenario(written: WrittenScenario): ScenarioSpec {
  const parsed = scenarioSpec.safeParse(written);
  if (!parsed.success) throw new PlannerError(problemsOf(parsed.error.issues, written));
  const stressed = parseStressed(parsed.data, written);
  return stressed.length === 0 ? parsed.data : { ...parsed.data, stressed };
}

/** The plain value that a YAML or JSON text stands for: a map. */
export function readScenarioText(text: string, source: string): unknown {
  if (text.length > CHARACTERS_MAX) {
    fail({
      code: "unreadable-file",
      path: source,
      message: `a scenario has at most ${formatBytes(CHARACTERS_MAX)}, got ${formatBytes(text.length)}`,
      hint: "put requests into a trace file and name it in arrivals.trace",
    });
  }
  const read = readYaml(text.replace(/^\uFEFF/, ""));
  if ("faults" in read)
    throw new PlannerError(read.faults.map((fault) => problemOf(fault, source)));
  const { value } = read;
  if (value === null || value === undefined) {
    fail({
      code: "empty",
      path: source,
      message: "is empty",
      hint: "`capplan init` writes an example to begin with",
    });
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    fail({
      code: "invalid-type",
      path: source,
      message: `expected a map with workloads and fleet, got ${quoteValue(value)}`,
    });
  }
  return value;
}

function problemOf({ line, column, ...fault }: YamlFault, source: string): Problem {
  const path = line === undefined ? source : `${source}:${line}:${column}`;
  return { code: "unreadable-file", path, ...fault };
}

function fail(problem: Problem): never {
  throw new PlannerError([problem]);
}
