/**
 * From what the command line says of a scenario to a resolved one: finds the file, the plan or the built-in, reads the
 * traces that it names, applies `--set`. Shared by every command that takes a scenario.
 */
import fs from "node:fs";
import path from "node:path";
import { didYouMean } from "../planner/catalog/suggest";
import { PlannerError, type Problem } from "../planner/foundation/errors";
import { isPlanFile } from "../planner/plan/plan-file-name";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import type { ParseOptions, WrittenScenario } from "../planner/scenario/parse-scenario";
import type { ResolvedScenario } from "../planner/scenario/resolved-scenario";
import type { ScenarioSpec } from "../planner/scenario/scenario-spec";
import type { TraceFile, TracesRead } from "../planner/scenario/trace-files";
import type { TraceTable } from "../planner/scenario/trace-table";
import { displayPath, type Io, resolvePath } from "./io";
import { packageRoot } from "./package-root";
import { readTextFile, unreadable } from "./read-text-file";
import type { InputFile } from "./refuse-overwriting";
import { isSystemError } from "./system-error";

/** Help text of the argument. */
export const SCENARIO_ARGUMENT =
  "scenario file, plan, or name of a built-in scenario (default: ./capplan.yaml)";

/** Read when the command line names no scenario. */
export const DEFAULT_FILE = "capplan.yaml";

/** A scenario that is not resolved: it may have no pools yet. */
export interface LoadedSpec {
  /** What names this scenario on a command line. */
  readonly name: string;
  /** Its folder, where its relative paths start. */
  readonly folder: string;
  /** As it is written, `--set` applied. */
  readonly written: WrittenScenario;
  readonly spec: ScenarioSpec;
  /** When it is the scenario of a plan. */
  readonly plan: CapacityPlan | undefined;
  /** By key: those of the scenario, and of the cases of its `stress`. */
  readonly traces: TracesRead;
  /** The scenario file and its traces: what no output may replace. */
  readonly inputs: readonly InputFile[];
}

export interface LoadedScenario extends LoadedSpec {
  readonly scenario: ResolvedScenario;
  /** Why a plan may not show what it promises: for stderr, before anything is computed. */
  readonly warnings: readonly string[];
}

/** Text of a scenario and where its relative paths start. */
interface ScenarioText {
  readonly name: string;
  readonly text: string;
  /** Absolute, or relative to the working directory, as the scenario was named. */
  readonly file: string;
}

/**
 * @param argument file or built-in name as given; undefined for the default file
 * @param overrides `path=value`, in order
 * @throws PlannerError with every problem of the scenario or of the traces it names
 */
export async function loadScenario(
  io: Io,
  argument: string | undefined,
  overrides: readonly string[],
): Promise<LoadedScenario> {
  const { resolveScenario } = await import("../planner/scenario/resolve-scenario");
  const { traceFilesOf } = await import("../planner/scenario/trace-files");
  const loaded = await loadSpec(io, argument, overrides);
  const { name, spec, plan, traces } = loaded;
  if (plan === undefined)
    return { ...loaded, scenario: resolveScenario(spec, { traces }), warnings: [] };
  const { atPlaceInPlan } = await import("../planner/plan/scenario-of-plan");
  const { planWarnings } = await import("../planner/plan/plan-warnings");
  const scenario = atPlaceInPlan(() => resolveScenario(spec, { traces }));
  const warnings = planWarnings({
    plan,
    source: name,
    scenario,
    traces: traceFilesOf(spec).map(({ key, path: given }) => ({
      path: given,
      table: traces.get(key)!,
    })),
    hasOverrides: overrides.length > 0,
  });
  return { ...loaded, scenario, warnings };
}

/**
 * The same, without looking whether it can be simulated.
 *
 * @throws PlannerError with every problem that the schema finds, or of the traces
 */
export async function loadSpec(
  io: Io,
  argument: string | undefined,
  overrides: readonly string[],
): Promise<LoadedSpec> {
  const { traceFilesOf } = await import("../planner/scenario/trace-files");
  const { name, text, file } = await findScenario(io, argument);
  const { written, spec, plan } = await readWritten(text, { source: name, overrides });
  const traceFiles = traceFilesOf(spec);
  const folder = path.dirname(file);
  const traces = await readTraces(io, traceFiles, folder);
  const inputs = [
    { file, role: plan === undefined ? "the scenario itself" : "the plan itself" },
    ...traceFiles.map((trace) => ({
      file: traceTarget(trace, folder),
      role: `a trace of the scenario (${trace.namedAt.join(", ")})`,
    })),
  ];
  return { name, folder, written, spec, plan, traces, inputs };
}

/** Says why a plan may not show what it promises, where anyone listens. */
export function warnOfPlan(io: Io, { warnings }: LoadedScenario, isQuiet: boolean): void {
  if (isQuiet) return;
  for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
}

/** A scenario, or that of a plan, with the overrides in it. */
async function readWritten(
  text: string,
  options: Required<ParseOptions>,
): Promise<Pick<LoadedSpec, "written" | "spec" | "plan">> {
  const { checkScenario, overridden, readScenario } = await import(
    "../planner/scenario/parse-scenario"
  );
  if (!isPlanFile(options.source)) {
    const written = readScenario(text, options);
    return { written, spec: checkScenario(written), plan: undefined };
  }
  const { readPlan } = await import("../planner/plan/read-plan");
  const { atPlaceInPlan, writtenScenarioOf } = await import("../planner/plan/scenario-of-plan");
  const plan = readPlan(text, options);
  const written = overridden(writtenScenarioOf(plan), options.overrides);
  return { written, spec: atPlaceInPlan(() => checkScenario(written)), plan };
}

async function findScenario(io: Io, argument: string | undefined): Promise<ScenarioText> {
  if (argument === undefined) return await defaultScenario(io);
  if (isThere(resolvePath(io, argument))) return fileScenario(io, argument);
  const { builtInScenarios } = await import("../planner/scenario/built-in-scenarios");
  const builtIn = builtInScenarios.find(({ name }) => name === argument);
  if (builtIn === undefined) {
    throw notFound(
      argument,
      builtInScenarios.map(({ name }) => name),
    );
  }
  const file = path.join(packageRoot(), builtIn.file);
  const text = readTextFile(io, file, "a scenario");
  return { name: argument, text, file };
}

/** Something has this name, if only a link that leads nowhere: reading it says what is wrong with it. */
function isThere(file: string): boolean {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (isSystemError(error)) return true;
    throw error;
  }
}

async function defaultScenario(io: Io): Promise<ScenarioText> {
  if (isThere(resolvePath(io, DEFAULT_FILE))) return fileScenario(io, DEFAULT_FILE);
  const { builtInScenarios } = await import("../planner/scenario/built-in-scenarios");
  const names = builtInScenarios.map(({ name }) => name).join(", ");
  const problem: Problem = {
    code: "missing",
    path: DEFAULT_FILE,
    message: "no scenario is given, and there is no such file here",
    hint: `make one with \`capplan init\`, or name a file or a built-in scenario: ${names}`,
  };
  throw new PlannerError([problem]);
}

function fileScenario(io: Io, file: string): ScenarioText {
  const name = displayPath(io, file);
  const text = readTextFile(io, file, isPlanFile(file) ? "a plan" : "a scenario");
  return { name, text, file };
}

function notFound(argument: string, builtIns: readonly string[]): PlannerError {
  const isPath = argument.includes("/") || /\.(ya?ml|json)$/i.test(argument);
  if (isPath) return unreadable(argument, "no such file");
  const hint = didYouMean(argument, builtIns) ?? `the built-in ones are ${builtIns.join(", ")}`;
  const message = "no such file, and no built-in scenario of this name";
  return new PlannerError([{ code: "unknown-name", path: argument, message, hint }]);
}

/** Every trace of the scenario; the problems of all of them together. */
async function readTraces(
  io: Io,
  files: readonly TraceFile[],
  folder: string,
): Promise<TracesRead> {
  const traces = new Map<string, TraceTable>();
  if (files.length === 0) return traces;
  const { openTrace } = await import("./open-trace");
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const { format, columns, sort, skipMalformed } = file;
      const options = { format, columns, sort, skipMalformed, hints: "scenario" } as const;
      traces.set(file.key, await openTrace(io, traceTarget(file, folder), options));
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      const where = file.namedAt.join(", ");
      problems.push(...error.problems.map((problem) => namedBy(problem, where)));
    }
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return traces;
}

/** A path in a scenario starts at the scenario's folder. */
function traceTarget({ path: given }: TraceFile, folder: string): string {
  return path.isAbsolute(given) ? given : path.join(folder, given);
}

/** A file that cannot be opened is also said where the scenario names it. */
function namedBy(problem: Problem, where: string): Problem {
  if (problem.code !== "unreadable-file") return problem;
  const hint = problem.hint === undefined ? `named by ${where}` : `${problem.hint} (${where})`;
  return { ...problem, hint };
}
