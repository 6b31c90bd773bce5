/** The library: what a program that imports `capplan` may use. Everything else may change without notice. */

export { listCatalog } from "./catalog/list";
export { localExecutor } from "./execution/local-executor";
export { runReplications } from "./execution/run-replications";
export { describeProblem, PlannerError, type Problem } from "./foundation/errors";
export type { SimulationSummary } from "./metrics/simulation-summary";
export { summarize } from "./metrics/summarize";
export { renderMarkdown } from "./report/render-markdown";
export { renderTerminal } from "./report/render-terminal";
export { simulationReport } from "./report/simulation-report";
export { stressDocument } from "./report/stress/stress-document";
export { parseScenario } from "./scenario/parse-scenario";
export { resolveScenario } from "./scenario/resolve-scenario";
export type { ResolvedScenario } from "./scenario/resolved-scenario";
export { scenarioJsonSchema } from "./scenario/scenario-spec";
export { traceFilesOf } from "./scenario/trace-files";
export type { TraceTable } from "./scenario/trace-table";
export type { RunObserver } from "./simulation/observer";
export type { RunRecord } from "./simulation/run-record";
export { simulate, simulateInSlices } from "./simulation/simulate";
export { runStress } from "./stress/run-stress";
export { stressCases } from "./stress/stress-suite";
export { fitTrace } from "./traffic/trace/fit-trace";
export { inspectTrace } from "./traffic/trace/inspect-trace";
export { readTrace } from "./traffic/trace/read-trace";
