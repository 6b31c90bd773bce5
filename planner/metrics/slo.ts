/**
 * Does a workload keep its objectives, and how sure is that? A verdict is PASS or FAIL only when the limit
 * lies outside the margin of error: the confidence interval of the simulation and the error of the step-time
 * model together. A request that was never answered broke every objective.
 */

import type { QuantileSketch } from "../foundation/quantile-sketch";
import type { Objective, ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { type CellGroup, groupCells } from "./cell-group";
import { halfWidth95, NORMAL_975 } from "./confidence";
import { mergeSketches, probabilityOf, statisticSeconds } from "./latency";
import { isSaturated } from "./saturation";
import type { SloResult, Verdict } from "./simulation-summary";
import { modelsOf } from "./workload-models";

/** Runs of the first replication's seed with longer or shorter steps, as far as they were made. */
export interface StepTimeSensitivity {
  readonly slower?: RunRecord;
  readonly faster?: RunRecord;
}

export interface WorkloadMeasurement {
  readonly workloadIndex: number;
  readonly group: CellGroup;
  /** Inter-token gaps of the workload over all pools, one sketch per replication. */
  readonly gaps: readonly QuantileSketch[];
  readonly sensitivity: StepTimeSensitivity;
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
    const estimate = estimateSeconds({
      records,
      measured,
      objective,
      unanswered: outcomes.unanswered,
    });
    // All are answered, and none has such a time, as with the TPOT of single tokens: nothing is broken.
    if (estimate === undefined) {
      return { ...unknown, verdict: outcomes.unanswered === 0 ? "PASS" : "FAIL" };
    }
    const grows = growsWithQueue(objective, isSplit);
    const margin = modelMargin(scenario, measured, objective, grows);
    const lowMs = Math.max(0, estimate.low * margin.low) * 1e3;
    const highMs =
      margin.high === undefined ? null : (estimate.high * margin.high + margin.moreSeconds) * 1e3;
    const verdict = judge({ lowMs, highMs }, base.limitMs);
    return { ...base, valueMs: estimate.value * 1e3, lowMs, highMs, verdict };
  });
}

/** Whether a prompt and its answer are computed on different replicas, with a queue between the two. */
function isServedInTwoStages({ fleet }: ResolvedScenario, workload: ResolvedWorkload): boolean {
  const models = modelsOf(workload);
  return fleet.pools.some((pool) => pool.role === "prefill" && models.has(pool.model.name));
}

/**
 * The worst of several verdicts; NONE when there is no objective. A fleet that some workload saturates has
 * failed, whatever the objectives are about: it does not serve what is offered.
 */
export function overallVerdict(results: readonly SloResult[], isAnySaturated: boolean): Verdict {
  if (results.length === 0) return "NONE";
  if (isAnySaturated) return "FAIL";
  if (results.some((result) => result.verdict === "FAIL")) return "FAIL";
  return results.every((result) => result.verdict === "PASS") ? "PASS" : "UNCERTAIN";
}

/** The gaps between tokens stay bounded in a growing queue, unless it stands between the first two tokens. */
function growsWithQueue(objective: Objective, isSplit: boolean): boolean {
  return isSplit || (objective.metric !== "tpot" && objective.metric !== "itl");
}

function judge(
  { lowMs, highMs }: { readonly lowMs: number; readonly highMs: number | null },
  limitMs: number,
): Verdict {
  if (highMs !== null && highMs <= limitMs) return "PASS";
  return lowMs > limitMs ? "FAIL" : "UNCERTAIN";
}

interface Outcomes {
  readonly met: number;
  /** Offered, less those in flight that are within the limit so far. */
  readonly judged: number;
  /** Broke the objective and have no value: without an answer, or in flight for longer than the limit. */
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

/** Seconds: the statistic, and the confidence interval of the simulation around it. */
interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The statistic with unanswered requests counted as infinitely late, and its confidence interval.
 * undefined when nothing was answered, or so much is unanswered that the statistic is infinite.
 */
function estimateSeconds(input: EstimateInput): Estimate | undefined {
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
    return { value: pooled.mean, low: pooled.mean - halfWidth, high: pooled.mean + halfWidth };
  }
  // Gaps are counted one by one, and those of a request that was never answered do not exist.
  const unansweredValues = objective.metric === "itl" ? 0 : unanswered;
  const adjusted = (probability * (pooled.count + unansweredValues)) / pooled.count;
  if (adjusted >= 1) return undefined;
  const value = pooled.quantile(adjusted);
  // A replication without a request says nothing.
  const filled = sketches.filter(({ count }) => count > 0);
  const overReplications = halfWidth95(filled.map((sketch) => sketch.quantile(adjusted)));
  if (overReplications !== null) {
    return { value, low: value - overReplications, high: value + overReplications };
  }
  const spread = rankSpread(partsOf(records, measured, objective), adjusted);
  const low = pooled.quantile(Math.max(0, adjusted - spread));
  const high = pooled.quantile(Math.min(1, adjusted + spread));
  return { value, low, high };
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

/**
 * Factors on the two ends of the interval for the error of the model: its residual for the metric, or what a
 * step-time error does to the queue, whichever is more. `high` is undefined when longer steps saturate. Of a wait that is
 * zero nothing is a multiple: what longer steps make of it is added.
 */
function modelMargin(
  scenario: ResolvedScenario,
  measured: WorkloadMeasurement,
  objective: Objective,
  growsWithTheQueue: boolean,
): { readonly low: number; readonly high: number | undefined; readonly moreSeconds: number } {
  const residual = residualError(scenario, measured, objective);
  const { slower, faster } = measured.sensitivity;
  const base = statisticOfRun(measured.group, measured.gaps, objective, 0);
  const statistic = (record: RunRecord): number => {
    const group = groupOf(record, measured.workloadIndex);
    const gaps = [
      mergeSketches(record.pools.map((pool) => pool.itlSeconds[measured.workloadIndex]!)),
    ];
    return statisticOfRun(group, gaps, objective, 0);
  };
  const ratio = (record: RunRecord): number => (base > 0 ? statistic(record) / base : 1);
  const low = Math.min(1 - residual, faster === undefined ? 1 : ratio(faster));
  if (slower === undefined) return { low, high: 1 + residual, moreSeconds: 0 };
  if (growsWithTheQueue && isSaturated(groupOf(slower, measured.workloadIndex))) {
    return { low, high: undefined, moreSeconds: 0 };
  }
  // NaN where the first replication has none.
  const moreSeconds = base === 0 ? statistic(slower) : 0;
  return { low, high: Math.max(1 + residual, ratio(slower)), moreSeconds };
}

function groupOf(record: RunRecord, workloadIndex: number): CellGroup {
  return groupCells([record], (cell) => cell.workload === workloadIndex, true);
}

/** The objective's statistic in one replication, in seconds. */
function statisticOfRun(
  group: CellGroup,
  gaps: readonly QuantileSketch[],
  objective: Objective,
  replication: number,
): number {
  const sketch = sketchesOf({ group, gaps }, objective)[replication]!;
  return statisticSeconds(sketch, objective.statistic);
}

function sketchesOf(
  measured: Pick<WorkloadMeasurement, "group" | "gaps">,
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

/**
 * Largest residual error of the step-time model for the metric among the pools that serve the workload. E2E is
 * a TTFT and the gaps after it, and errs as its parts do.
 */
export function residualError(
  scenario: ResolvedScenario,
  { workloadIndex, group }: Pick<WorkloadMeasurement, "workloadIndex" | "group">,
  objective: Objective,
): number {
  const models = modelsOf(scenario.workloads[workloadIndex]!);
  const serving = scenario.fleet.pools.filter((pool) => models.has(pool.model.name));
  const ttftError = Math.max(0, ...serving.map((pool) => pool.coefficients.ttftError));
  const tpotError = Math.max(0, ...serving.map((pool) => pool.coefficients.tpotError));
  switch (objective.metric) {
    case "ttft":
    case "queueTime":
      return ttftError;
    case "tpot":
    case "itl":
      return tpotError;
    case "e2e": {
      const ttft = mergeSketches(group.runs.map((run) => run.ttftSeconds)).sum;
      const e2e = mergeSketches(group.runs.map((run) => run.e2eSeconds)).sum;
      const ttftShare = e2e > 0 ? Math.min(1, ttft / e2e) : 0;
      return ttftShare * ttftError + (1 - ttftShare) * tpotError;
    }
  }
}
