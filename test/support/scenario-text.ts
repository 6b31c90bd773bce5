/** A small valid scenario as text, and what is wrong with changes to it. */
import { PlannerError, type Problem } from "../../planner/foundation/errors";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import type { TracesRead } from "../../planner/scenario/trace-files";
import type { TraceTable } from "../../planner/scenario/trace-table";

/** One workload on one H100. */
export const SMALL_SCENARIO = `
version: 1
name: small
horizon: { duration: 10 min, warmUp: 1 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 5/s }
    tokens: { input: 1000, output: 200 }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1 }
`;

/** A trace in memory of the given arrivals, each with 100 input and 10 output tokens. */
function smallTrace(arrivalSeconds: readonly number[], hasArrivals = true): TraceTable {
  const requests = arrivalSeconds.length;
  return {
    source: "small.csv",
    requests,
    hasArrivals,
    arrivalSeconds: Float64Array.from(arrivalSeconds),
    inputTokens: new Int32Array(requests).fill(100),
    outputTokens: new Int32Array(requests).fill(10),
  };
}

const TRACES: TracesRead = new Map([
  ["small.csv", smallTrace([0, 1, 4])],
  ["empty.csv", smallTrace([])],
  ["lengths.csv", smallTrace([0, 0, 0], false)],
  ["burst.csv", smallTrace([0, 0, 0])],
]);

/** The small scenario with `--set` changes, resolved; `small.csv` is a trace of three requests over 4 s. */
export function resolveSmall(overrides: readonly string[] = []): ResolvedScenario {
  return resolveScenario(parseScenario(SMALL_SCENARIO, { overrides }), { traces: TRACES });
}

/** Problems of the small scenario with `--set` changes; none when it is good. */
export function problemsOfSmall(overrides: readonly string[]): readonly Problem[] {
  return problemsIn(() => resolveSmall(overrides));
}

/** Problems that `read` throws. */
export function problemsIn(read: () => unknown): readonly Problem[] {
  try {
    read();
  } catch (error) {
    if (error instanceof PlannerError) return error.problems;
    throw error;
  }
  return [];
}
