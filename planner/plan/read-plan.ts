/**
 * From the text of a plan file to a plan, with everything that is wrong with it. What is not a plan at all is told by
 * what it is: half a file, a scenario, the result of a simulation, a plan of another version. Whether the plan was
 * edited is `plan-digest.ts`; names are looked up when its scenario is resolved.
 */
import { PlannerError, type Problem } from "../foundation/errors";
import { quoteValue } from "../foundation/units";
import { readYaml } from "../scenario/read-yaml";
import { problemsOf } from "../scenario/zod-problems";
import { type CapacityPlan, PLAN_VERSION, planSpec } from "./plan-spec";
import { scenarioOfPlan } from "./scenario-of-plan";

export interface ReadPlanOptions {
  /** Name of the file in messages. @default "plan" */
  readonly source?: string;
}

/**
 * Reads a plan.
 *
 * @throws PlannerError with all problems of the text
 */
export function readPlan(text: string, { source = "plan" }: ReadPlanOptions = {}): CapacityPlan {
  const value = readJson(text.replace(/^\uFEFF/, ""), source);
  const stranger = strangerProblem(value, source);
  if (stranger !== undefined) throw new PlannerError([stranger]);
  const parsed = planSpec.safeParse(value);
  const problems = parsed.success ? [] : problemsOf(parsed.error.issues, value);
  problems.push(...scenarioProblems(value as CapacityPlan));
  if (problems.length > 0 || !parsed.success) throw new PlannerError(problems);
  return parsed.data as CapacityPlan;
}

function readJson(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PlannerError([syntaxProblem(text, error.message, source)]);
  }
  // A key that is given twice passes for JSON, and one of the two would be lost.
  const read = readYaml(text);
  if (!("faults" in read)) return value;
  throw new PlannerError(
    read.faults.map(({ line, column, ...fault }) => ({
      code: "unreadable-file",
      path: line === undefined ? source : `${source}:${line}:${column}`,
      ...fault,
    })),
  );
}

const MADE_BY = "capplan size writes plans";

function syntaxProblem(text: string, message: string, source: string): Problem {
  const code = "unreadable-file";
  const start = text.trimStart();
  if (start === "") return { code: "empty", path: source, message: "is empty", hint: MADE_BY };
  if (!/^[[{]/.test(start)) {
    return { code, path: source, message: "is not JSON, so no plan", hint: MADE_BY };
  }
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  if (position >= text.trimEnd().length) {
    const cut = "ends in the middle: a part of the file is missing";
    return { code, path: source, message: cut, hint: "copy it again, or make it again" };
  }
  const lines = text.slice(0, position).split("\n");
  const path = `${source}:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
  return {
    code,
    path,
    message: "is not JSON here",
    hint: "look for a comma or a quote too many or too few",
  };
}

/** What a file is that is no plan of this version. */
function strangerProblem(value: unknown, source: string): Problem | undefined {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap) {
    const message = `expected a plan, got ${quoteValue(value)}`;
    return { code: "invalid-type", path: source, message, hint: MADE_BY };
  }
  const has = (key: string) => Object.hasOwn(value, key);
  if (has("workloads") && !has("schemaVersion") && !has("evidence")) {
    const message = "is a scenario, not a plan";
    return {
      code: "invalid-type",
      path: source,
      message,
      hint: `capplan size ${source} makes a plan of it`,
    };
  }
  if (has("verdict") && has("horizonSeconds")) {
    const message = "is the result of a simulation, not a plan";
    return { code: "invalid-type", path: source, message, hint: MADE_BY };
  }
  return versionProblem(value as { readonly schemaVersion?: unknown }, source);
}

function versionProblem(
  { schemaVersion }: { readonly schemaVersion?: unknown },
  source: string,
): Problem | undefined {
  if (schemaVersion === PLAN_VERSION) return undefined;
  const path = "schemaVersion";
  const supported = `this capplan reads plans of version ${PLAN_VERSION}`;
  if (schemaVersion === undefined)
    return {
      code: "missing",
      path,
      message: `is missing from ${source}; ${supported}`,
      hint: MADE_BY,
    };
  const isNewer = typeof schemaVersion === "number" && schemaVersion > PLAN_VERSION;
  return {
    code: "invalid-value",
    path,
    message: `${supported}, got ${quoteValue(schemaVersion)} in ${source}`,
    hint: isNewer
      ? "use a newer capplan, or make the plan again with this one: capplan size"
      : "make the plan again: capplan size",
  };
}

/** What is wrong with the fleet and the scenario in it, as far as they are there. */
function scenarioProblems({ scenario, fleet }: Partial<CapacityPlan>): readonly Problem[] {
  if (!isMap(fleet) || !isMap(scenario) || !isMap(scenario.written)) return [];
  if (Object.hasOwn(scenario.written, "fleet")) {
    const message = "a plan has one fleet, at its top, and not a second one here";
    return [{ code: "conflict", path: "scenario.written.fleet", message, hint: "take it out" }];
  }
  try {
    scenarioOfPlan({ scenario, fleet });
    return [];
  } catch (error) {
    if (error instanceof PlannerError) return error.problems;
    throw error;
  }
}

function isMap<T>(value: T | undefined): value is T {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
