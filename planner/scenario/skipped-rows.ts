/**
 * Rows of traces that were left out, by a scenario's `skipMalformed` or because they hold no request, for notes before
 * a run and warnings after it.
 */
import { groupThousands } from "../foundation/format-units";
import type { ResolvedScenario, ResolvedWorkload } from "./resolved-scenario";
import type { TraceTable } from "./trace-table";

export interface SkippedRows {
  /** Name of the workload. */
  readonly about: string;
  readonly message: string;
}

/** One entry for each workload and trace of which rows were left out. */
export function skippedRows({ workloads }: Pick<ResolvedScenario, "workloads">): SkippedRows[] {
  return workloads.flatMap((workload) =>
    [...tracesOf(workload)].flatMap((trace) =>
      leftOut(trace).map((message) => ({ about: workload.name, message })),
    ),
  );
}

function leftOut(trace: TraceTable): string[] {
  const { source, requests, failedRows = 0, malformedRows = 0, unansweredRows = 0 } = trace;
  const rows = count(requests + failedRows + malformedRows + unansweredRows);
  return [
    ...(malformedRows === 0
      ? []
      : [
          `${count(malformedRows)} of ${rows} rows of ${source} are malformed and left out (skipMalformed)`,
        ]),
    ...(unansweredRows === 0
      ? []
      : [
          `${count(unansweredRows)} of ${rows} conversations of ${source} have no prompt with an answer and are left out`,
        ]),
  ];
}

/** The traces of a workload, each once: arrivals and lengths may come from the same. */
export function tracesOf({ arrivals, tokens, chain = [] }: ResolvedWorkload): Set<TraceTable> {
  const traces = new Set<TraceTable>();
  if (arrivals.kind === "trace") traces.add(arrivals.trace);
  if (tokens.kind === "pairs") traces.add(tokens.trace);
  for (const step of chain) {
    if (step.kind === "model" && step.tokens.kind === "pairs") traces.add(step.tokens.trace);
  }
  return traces;
}

function count(whole: number): string {
  return groupThousands(String(whole));
}
