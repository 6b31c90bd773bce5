/**
 * From the text of a scenario file (YAML 1.2, of which JSON is a part) to a `ScenarioSpec`: syntax, overrides, schema.
 * No names are looked up and nothing is filled in: `resolve-scenario.ts` does that.
 */
import { LineCounter, parseDocument } from "yaml";
import { PlannerError, type Problem } from "../foundation/errors";
import { formatBytes } from "../foundation/format-units";
import { quoteValue } from "../foundation/units";
import { applyOverrides } from "./apply-overrides";
import { type ScenarioSpec, scenarioSpec } from "./scenario-spec";
import { problemsOf } from "./zod-problems";

/** Longest scenario text that is read: traces belong into their own files. */
const CHARACTERS_MAX = 1024 * 1024;
/** Most nodes that aliases may expand to: a few anchors are useful, a billion laughs are not. */
const ALIASES_MAX = 100;

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
  const raw = readScenarioText(text, options.source ?? "scenario");
  const changed = applyOverrides(raw, options.overrides ?? []);
  const parsed = scenarioSpec.safeParse(changed);
  if (parsed.success) return parsed.data;
  throw new PlannerError(problemsOf(parsed.error.issues, changed));
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
  const value = readYaml(text.replace(/^\uFEFF/, ""), source);
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

function readYaml(text: string, source: string): unknown {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: true,
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.some(({ message }) => message.startsWith("Maximum call stack")))
      throw new RangeError();
    if (faults.length > 0) {
      throw new PlannerError(
        faults.map((fault) => {
          const { line, col } = lines.linePos(fault.pos[0]);
          return {
            code: "unreadable-file",
            path: `${source}:${line}:${col}`,
            ...describeFault(fault.code, fault.message),
          };
        }),
      );
    }
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (error instanceof RangeError) {
      fail({
        code: "unreadable-file",
        path: source,
        message: "is nested too deeply to be a scenario",
      });
    }
    if (error instanceof ReferenceError) {
      const isMissing = error.message.startsWith("Unresolved alias");
      const message = isMissing
        ? `an alias has no anchor: ${error.message.split(": ").at(-1)}`
        : `aliases expand to more than ${ALIASES_MAX} copies`;
      fail({ code: "unreadable-file", path: source, message });
    }
    throw error;
  }
}

function describeFault(
  code: string,
  message: string,
): { readonly message: string; readonly hint?: string } {
  switch (code) {
    case "MULTIPLE_DOCS":
      return {
        message: "a scenario file holds one document",
        hint: "remove the --- line and what follows",
      };
    case "DUPLICATE_KEY":
      return { message: "this key is given twice in the same map", hint: "keep one of them" };
    case "TAB_AS_INDENT":
      return { message: "tabs cannot indent YAML", hint: "use spaces" };
    default: {
      const [first = ""] = message.split("\n");
      return { message: `${first.charAt(0).toLowerCase()}${first.slice(1).replace(/[.:]$/, "")}` };
    }
  }
}

function fail(problem: Problem): never {
  throw new PlannerError([problem]);
}
