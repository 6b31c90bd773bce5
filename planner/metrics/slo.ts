/**
 * Does a workload keep its objectives, and how sure is that? A verdict is PASS or FAIL only when the limit
 * lies outside the margin of error: the confidence interval of the simulation and the error of the step-time
 * model together. A request that was never answered broke every objective.
 */

import type { QuantileSketch } from "../foundation/quantile-sketch";
import type { Objective, ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { type CellGroup, total } from "./cell-group";
import { halfWidth95, NORMAL_975 } from "./confidence";
import { mergeSketches, probabilityOf } from "./latency";
import { isSaturated } from "./saturation";
import type { SloResult, Verdict } from "./simulation-summary";

export interface WorkloadMeasurement {
  readonly workloadIndex: number;
  readonly group: CellGroup;
  /** Inter-token gaps of the workload over all pools, one sketch per replication. */
  readonly gaps: readonly QuantileSketch[];
}

/** One result per objective of the workload. */
export function sloResults(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
  measured: WorkloadMeasurement,
): SloResult[] {
  const workload = scenario.workloads[measured.workloadIndex]!;
  return workload.slo.map((objective, index) => {
    const limitMs = objective.limitSeconds * 1e3;
    const attainment = attainmentOf(records, measured, index);
    const name = `${objective.metric} ${objective.statistic}`;
    const base = { workload: workload.name, objective: name, limitMs, attainment };
    const offered = total(measured.group, "offered");
    if (offered === 0) {
      return { ...base, valueMs: null, lowMs: null, highMs: null, verdict: "UNCERTAIN" };
    }
    if (isSaturated(measured.group) && growsWithQueue(objective)) {
      return { ...base, valueMs: null, lowMs: null, highMs: null, verdict: "FAIL" };
    }
    const estimate = estimateMs(measured, objective, modelError(scenario, workload, objective));
    if (estimate === undefined) {
      return { ...base, valueMs: null, lowMs: null, highMs: null, verdict: "FAIL" };
    }
    return { ...base, ...estimate, verdict: judge(estimate, limitMs) };
  });
}

/** The worst of several verdicts; NONE when there is no objective. */
export function overallVerdict(results: readonly SloResult[]): Verdict {
  if (results.length === 0) return "NONE";
  if (results.some((result) => result.verdict === "FAIL")) return "FAIL";
  return results.every((result) => result.verdict === "PASS") ? "PASS" : "UNCERTAIN";
}

function growsWithQueue(objective: Objective): boolean {
  return objective.metric !== "tpot" && objective.metric !== "itl";
}

function judge(estimate: { lowMs: number; highMs: number }, limitMs: number): Verdict {
  if (estimate.highMs <= limitMs) return "PASS";
  return estimate.lowMs > limitMs ? "FAIL" : "UNCERTAIN";
}

/** Share of offered requests within the limit; a limit on ITL is held against the mean gap of a request. */
function attainmentOf(
  records: readonly RunRecord[],
  measured: WorkloadMeasurement,
  objectiveIndex: number,
): number | null {
  const offered = total(measured.group, "offered");
  if (offered === 0) return null;
  let met = 0;
  for (const record of records) {
    for (const cell of record.cells) {
      if (cell.workload === measured.workloadIndex) met += cell.met[objectiveIndex]!;
    }
  }
  return met / offered;
}

/**
 * The statistic with unanswered requests counted as infinitely late, and the interval it may lie in.
 * undefined when so many are unanswered that the quantile is infinite.
 */
function estimateMs(
  measured: WorkloadMeasurement,
  objective: Objective,
  modelErrorShare: number,
): { valueMs: number; lowMs: number; highMs: number } | undefined {
  const sketches = sketchesOf(measured, objective);
  const pooled = mergeSketches(sketches);
  const probability = probabilityOf(objective.statistic);
  const answered = total(measured.group, "completed");
  const inflation = objective.metric === "itl" ? 1 : total(measured.group, "offered") / answered;
  if (pooled.count === 0) return undefined;
  if (probability === undefined) {
    if (inflation > 1) return undefined;
    const halfWidth = halfWidth95(sketches.map((sketch) => sketch.mean)) ?? 0;
    return interval(pooled.mean, pooled.mean - halfWidth, pooled.mean + halfWidth, modelErrorShare);
  }
  const adjusted = probability * inflation;
  if (adjusted >= 1) return undefined;
  const value = pooled.quantile(adjusted);
  const overReplications = halfWidth95(sketches.map((sketch) => sketch.quantile(adjusted)));
  if (overReplications !== null) {
    return interval(value, value - overReplications, value + overReplications, modelErrorShare);
  }
  // One run: the ranks between which the true quantile lies if requests were independent.
  const spread = NORMAL_975 * Math.sqrt((adjusted * (1 - adjusted)) / pooled.count);
  const low = pooled.quantile(Math.max(0, adjusted - spread));
  const high = pooled.quantile(Math.min(1, adjusted + spread));
  return interval(value, low, high, modelErrorShare);
}

function interval(
  value: number,
  low: number,
  high: number,
  modelErrorShare: number,
): { valueMs: number; lowMs: number; highMs: number } {
  return {
    valueMs: value * 1e3,
    lowMs: Math.max(0, low * (1 - modelErrorShare)) * 1e3,
    highMs: high * (1 + modelErrorShare) * 1e3,
  };
}

function sketchesOf(
  measured: WorkloadMeasurement,
  objective: Objective,
): readonly QuantileSketch[] {
  const { runs } = measured.group;
  switch (objective.metric) {
    case "ttft":
      return runs.map((run) => run.ttftSeconds);
    case "tpot":
      return runs.map((run) => run.tpotSeconds);
    case "e2e":
      return runs.map((run) => run.e2eSeconds);
    case "queueTime":
      return runs.map((run) => run.queueTimeSeconds);
    case "itl":
      return measured.gaps;
  }
}

/** Largest model error among the pools that serve the workload. */
function modelError(
  scenario: ResolvedScenario,
  workload: ResolvedWorkload,
  objective: Objective,
): number {
  const serving = scenario.fleet.pools.filter((pool) => pool.model.name === workload.model);
  const errors = serving.map(({ coefficients }) =>
    objective.metric === "ttft" || objective.metric === "queueTime"
      ? coefficients.ttftError
      : coefficients.tpotError,
  );
  return Math.max(0, ...errors);
}
