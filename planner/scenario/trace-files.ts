/**
 * The trace files that a scenario names, so that `bin/` can read them before the scenario is resolved: nothing in
 * this library reads a file.
 */
import type { Problem } from "../foundation/errors";
import type { ArrivalsSpec } from "./arrivals-spec";
import { SCENARIO_DEFAULTS } from "./defaults";
import type { ScenarioSpec } from "./scenario-spec";
import { stressedSpecs } from "./stressed-specs";
import type { TraceTable } from "./trace-table";

type TraceSpec = Pick<
  Extract<ArrivalsSpec, { trace: string }>,
  "trace" | "format" | "columns" | "sort" | "skipMalformed"
>;

/** Which column holds what. */
interface TraceColumns {
  readonly arrival?: string;
  readonly input: string;
  readonly output: string;
  readonly timeUnit?: NonNullable<NonNullable<TraceSpec["columns"]>["timeUnit"]>;
}

/** One file to read, in one way. */
export interface TraceFile {
  /** What the table that was read is handed back under. */
  readonly key: string;
  /** As in the scenario; relative to the scenario file. */
  readonly path: string;
  readonly format: TraceSpec["format"];
  readonly columns: TraceColumns | undefined;
  /** Put rows in the order of their arrivals, instead of refusing. */
  readonly sort: boolean;
  /** Leave malformed rows out and count them, instead of refusing. */
  readonly skipMalformed: boolean;
  /** Where the scenario names it, for problems: `workloads.chat.arrivals.trace`. */
  readonly namedAt: readonly string[];
}

/** Tables by the `key` of their `TraceFile`. */
export type TracesRead = ReadonlyMap<string, TraceTable>;

/** Every trace file of a scenario, each way of reading it once. */
export function traceFilesOf(spec: ScenarioSpec): TraceFile[] {
  const files = new Map<string, TraceFile>();
  const add = (trace: TraceSpec, namedAt: string): void => {
    const key = keyOf(trace);
    const known = files.get(key)?.namedAt ?? [];
    files.set(key, {
      key,
      path: trace.trace,
      format: trace.format,
      columns: trace.columns && columnsOf(trace.columns),
      sort: trace.sort ?? SCENARIO_DEFAULTS.sort.value,
      skipMalformed: trace.skipMalformed ?? SCENARIO_DEFAULTS.skipMalformed.value,
      namedAt: [...known, namedAt],
    });
  };
  eachTrace(spec, add);
  // A case of `stress` may name other files.
  for (const { path, spec: stressed } of stressedSpecs(spec)) {
    eachTrace(stressed, (trace, namedAt) => {
      if (!files.has(keyOf(trace))) add(trace, `${path}.set: ${namedAt}`);
    });
  }
  return [...files.values()];
}

/** Every trace that the workloads of a scenario name. */
function eachTrace(spec: ScenarioSpec, add: (trace: TraceSpec, namedAt: string) => void): void {
  for (const [name, { arrivals, tokens, chain = [] }] of Object.entries(spec.workloads)) {
    const path = `workloads.${name}`;
    if ("trace" in arrivals) add(arrivals, `${path}.arrivals.trace`);
    if (tokens !== undefined && "trace" in tokens) add(tokens, `${path}.tokens.trace`);
    for (const [index, step] of chain.entries()) {
      if (!("model" in step) || step.tokens === undefined || !("trace" in step.tokens)) continue;
      add(step.tokens, `${path}.chain[${index}].tokens.trace`);
    }
  }
}

function columnsOf({
  arrival,
  input,
  output,
  timeUnit,
}: NonNullable<TraceSpec["columns"]>): TraceColumns {
  return {
    ...(arrival === undefined ? {} : { arrival }),
    input,
    output,
    ...(timeUnit === undefined ? {} : { timeUnit }),
  };
}

/** The path, or the path and how to read it when that is said. */
function keyOf({ trace, format, columns, sort = false, skipMalformed = false }: TraceSpec): string {
  if (format === undefined && columns === undefined && !sort && !skipMalformed) return trace;
  return JSON.stringify([trace, format, columns, sort, skipMalformed]);
}

/** The table that was read for a trace of the scenario; a problem when there is none or it has no requests. */
export function traceOf(
  spec: TraceSpec,
  path: string,
  traces: TracesRead,
  problems: Problem[],
): TraceTable | undefined {
  const trace = traces.get(keyOf(spec));
  if (trace === undefined) {
    const message = `the trace ${spec.trace} was not read`;
    problems.push({ code: "unreadable-file", path, message });
    return undefined;
  }
  if (trace.requests === 0) {
    problems.push({
      code: "empty",
      path,
      message: `no requests in ${spec.trace}`,
      hint: "use another trace",
    });
    return undefined;
  }
  return trace;
}
