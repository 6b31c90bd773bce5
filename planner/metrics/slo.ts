/**
 * Does a workload keep its objectives, and how sure is that? A verdict is PASS or FAIL only when the limit
 * lies outside the margin of error: the confidence interval of the simulation and the error of the step-time
 * model together. A request that was never answered broke every objective.
 */

import type { QuantileSketch } from "../foundation/quantile-sketch";
import type { Objective, ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import type { CellGroup } from "./cell-group";
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
  const isSplit = isServedInTwoStages(scenario, workload);
  return workload.slo.map((objective, index) => {
    const outcomes = outcomesOf(records, measured, index);
    const base = {
      workload: workload.name,
      objective: `${objective.metric} ${objective.statistic}`,
      limitMs: objective.limitSeconds * 1e3,
      attainment: outcomes.judged > 0 ? outcomes.met / outcomes.judged : null,
    };
    const unknown = { ...base, valueMs: null, lowMs: null, highMs: null };
    if (outcomes.judged === 0) return { ...unknown, verdict: "UNCERTAIN" };
    if (isSaturated(measured.group) && growsWithQueue(objective, isSplit)) {
      return { ...unknown, verdict: "FAIL" };
    }
    const estimate = estimateMs(
      { records, measured, objective, unanswered: outcomes.unanswered },
      modelError(scenario, workload, objective),
    );
    if (estimate === undefined) return { ...unknown, verdict: "FAIL" };
    return { ...base, ...estimate, verdict: judge(estimate, base.limitMs) };
  });
}

/** Whether a prompt and its answer are computed on different replicas, with a queue between the two. */
function isServedInTwoStages(
  { fleet }: ResolvedScenario,
  workload: Pick<ResolvedWorkload, "model">,
): boolean {
  return fleet.pools.some((pool) => pool.role === "prefill" && pool.model.name === workload.model);
}

/** The worst of several verdicts; NONE when there is no objective. */
export function overallVerdict(results: readonly SloResult[]): Verdict {
  if (results.length === 0) return "NONE";
  if (results.some((result) => result.verdict === "FAIL")) return "FAIL";
  return results.every((result) => result.verdict === "PASS") ? "PASS" : "UNCERTAIN";
}

/** The gaps between tokens stay bounded in a growing queue, unless it stands between the first two tokens. */
function growsWithQueue(objective: Objective, isSplit: boolean): boolean {
  return isSplit || (objective.metric !== "tpot" && objective.metric !== "itl");
}

function judge(estimate: { lowMs: number; highMs: number }, limitMs: number): Verdict {
  if (estimate.highMs <= limitMs) return "PASS";
  return estimate.lowMs > limitMs ? "FAIL" : "UNCERTAIN";
}

interface Outcomes {
  readonly met: number;
  /** Offered, less those in flight that are within the limit so far. */
  readonly judged: number;
  /** Broke the objective and have no value: rejected, or in flight for longer than the limit. */
  readonly unanswered: number;
}

/** A limit on ITL is held against the mean gap of each request. */
function outcomesOf(
  records: readonly RunRecord[],
  { workloadIndex }: WorkloadMeasurement,
  objectiveIndex: number,
): Outcomes {
  const sum = { met: 0, judged: 0, unanswered: 0 };
  for (const record of records) {
    for (const cell of record.cells) {
      if (cell.workload !== workloadIndex) continue;
      sum.met += cell.met[objectiveIndex]!;
      sum.judged += cell.offered - cell.censored[objectiveIndex]!;
      sum.unanswered += cell.unanswered[objectiveIndex]!;
    }
  }
  return sum;
}

interface EstimateInput {
  readonly records: readonly RunRecord[];
  readonly measured: WorkloadMeasurement;
  readonly objective: Objective;
  readonly unanswered: number;
}

/**
 * The statistic with unanswered requests counted as infinitely late, and the interval it may lie in.
 * undefined when nothing was answered, or so much is unanswered that the statistic is infinite.
 */
function estimateMs(
  input: EstimateInput,
  modelErrorShare: number,
): { valueMs: number; lowMs: number; highMs: number } | undefined {
  const { records, measured, objective, unanswered } = input;
  const sketches = sketchesOf(measured, objective);
  const pooled = mergeSketches(sketches);
  const probability = probabilityOf(objective.statistic);
  if (pooled.count === 0) return undefined;
  if (probability === undefined) {
    if (unanswered > 0) return undefined;
    const means = (records.length > 1 ? sketches : partsOf(records, measured, objective)).map(
      (sketch) => sketch.mean,
    );
    const halfWidth = halfWidth95(means.filter((mean) => !Number.isNaN(mean))) ?? 0;
    return interval(pooled.mean, pooled.mean - halfWidth, pooled.mean + halfWidth, modelErrorShare);
  }
  // Gaps are counted one by one, and those of a request that was never answered do not exist.
  const unansweredValues = objective.metric === "itl" ? 0 : unanswered;
  const adjusted = (probability * (pooled.count + unansweredValues)) / pooled.count;
  if (adjusted >= 1) return undefined;
  const value = pooled.quantile(adjusted);
  const overReplications = halfWidth95(sketches.map((sketch) => sketch.quantile(adjusted)));
  if (overReplications !== null) {
    return interval(value, value - overReplications, value + overReplications, modelErrorShare);
  }
  const spread = rankSpread(partsOf(records, measured, objective), adjusted);
  const low = pooled.quantile(Math.max(0, adjusted - spread));
  const high = pooled.quantile(Math.min(1, adjusted + spread));
  return interval(value, low, high, modelErrorShare);
}

/** Consecutive parts of a single run; the parts of TPOT stand for ITL too, whose gaps are not kept by part. */
function partsOf(
  records: readonly RunRecord[],
  { workloadIndex }: WorkloadMeasurement,
  objective: Objective,
): readonly QuantileSketch[] {
  const parts = records[0]!.batches[workloadIndex] ?? [];
  switch (objective.metric) {
    case "ttft":
      return parts.map((part) => part.ttftSeconds);
    case "e2e":
      return parts.map((part) => part.e2eSeconds);
    case "queueTime":
      return parts.map((part) => part.queueTimeSeconds);
    case "tpot":
    case "itl":
      return parts.map((part) => part.tpotSeconds);
  }
}

/**
 * Half-width of the probability that belongs to a quantile of one run, by batch means: the share below the
 * quantile varies from part to part as much as the requests of a queue depend on each other. Without parts,
 * or with too few requests for them, the whole range.
 */
function rankSpread(parts: readonly QuantileSketch[], probability: number): number {
  const filled = parts.filter((part) => part.count > 0);
  const quantile = mergeSketches(filled).quantile(probability);
  const count = filled.reduce((sum, part) => sum + part.count, 0);
  const byParts = halfWidth95(filled.map((part) => part.shareAtMost(quantile)));
  if (byParts === null) return 1;
  // Never surer than independent requests would allow.
  const independent = NORMAL_975 * Math.sqrt((probability * (1 - probability)) / count);
  return Math.max(byParts, independent);
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
