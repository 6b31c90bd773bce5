/**
 * One evaluation of the search: does a fleet keep the objectives of some workloads, in a stretch of the scenario, with
 * a part of it gone? It is two runs with the same random numbers: one whose steps take longer by the error of the
 * step-time model and must keep the limits, and one whose steps take what the model says and must keep limits that
 * are tighter by the residual error of each metric. Jobs and results are plain data.
 */
import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { QuantileSketch } from "../foundation/quantile-sketch";
import { type CellGroup, groupCells } from "../metrics/cell-group";
import { mergeSketches } from "../metrics/latency";
import { isSaturated } from "../metrics/saturation";
import { residualError } from "../metrics/slo";
import type { TargetSpec } from "../scenario/faults-spec";
import { resolveScenario } from "../scenario/resolve-scenario";
import type { Objective, ResolvedScenario } from "../scenario/resolved-scenario";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import type { TraceTable } from "../scenario/trace-table";
import { engineSettings } from "../simulation/engine-settings";
import type { CellRecord, RunRecord } from "../simulation/run-record";
import { withStepTimes } from "../simulation/scale-step-time";
import { simulateInSlices } from "../simulation/simulate";
import { type Clients, evaluatedScenario } from "./evaluated-scenario";
import type { PoolsByRegion } from "./fleet-units";
import { atSteadyRates, onlyFrom } from "./only-from";
import { type RunWindow, withinWindow, withLoad } from "./run-window";

/** What all evaluations of a search share. */
export interface SizingContext {
  readonly spec: ScenarioSpec;
  readonly traces: readonly (readonly [key: string, table: TraceTable])[];
}

export interface EvaluationJob {
  readonly pools: PoolsByRegion;
  readonly workloads: readonly string[];
  /** null: the whole horizon of the scenario. */
  readonly window: RunWindow | null;
  readonly loss: readonly TargetSpec[] | null;
  /** Times the scenario's requests. */
  readonly loadFactor: number;
  /** null: all requests, from where the scenario says. */
  readonly clients: Clients | null;
  readonly seed: number;
}

export interface Evaluation {
  /** Every objective is kept, and nothing grows without bound, in both runs. */
  readonly holds: boolean;
  /** The run with longer steps; the one as modelled is made only where the first one holds. */
  readonly runs: readonly EvaluatedRun[];
  readonly requests: number;
}

export interface EvaluatedRun {
  readonly steps: "longer" | "as-modelled";
  readonly holds: boolean;
  readonly workloads: readonly EvaluatedWorkload[];
  readonly pools: readonly EvaluatedPool[];
}

export interface EvaluatedWorkload {
  readonly name: string;
  readonly isSaturated: boolean;
  readonly objectives: readonly EvaluatedObjective[];
}

export interface EvaluatedObjective {
  readonly objective: string;
  /** The limit that the run is held against. */
  readonly limitMs: number;
  /** The statistic; null when it has no value: nothing or too little was answered. */
  readonly valueMs: number | null;
  readonly holds: boolean;
  /** Share of the requests that must be within the limit; null for a mean. */
  readonly shareNeeded: number | null;
  /**
   * Requests that were judged, and those within the limit, by region of their pool; null = none had one. The
   * objective must hold in each: the clients of one region do not make up for those of another.
   */
  readonly regions: readonly {
    readonly region: string | null;
    readonly judged: number;
    readonly within: number;
    readonly holds: boolean;
  }[];
}

/** Work of a pool over the measured window. */
export interface EvaluatedPool {
  readonly name: string;
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly preemptions: number;
  readonly kvUtilization: number;
  readonly busyShare: number;
}

export interface EvaluationProgress {
  readonly fractionDone: number;
  readonly workDone: number;
}

/** Runs one evaluation; yields between slices of its runs. */
export function* runEvaluation(
  context: SizingContext,
  job: EvaluationJob,
): Generator<EvaluationProgress, Evaluation> {
  const scenario = scenarioOf(context, job);
  const longer = yield* runOnce(scenario, job.seed, "longer", [0, 0.5]);
  const runs = [evaluatedRun(scenario, longer, "longer")];
  let requests = longer.arrivals;
  if (runs[0]!.holds) {
    const record = yield* runOnce(scenario, job.seed, "as-modelled", [0.5, 1]);
    runs.push(evaluatedRun(scenario, record, "as-modelled"));
    requests += record.arrivals;
  }
  yield { fractionDone: 1, workDone: requests };
  return { holds: runs.every(({ holds }) => holds), runs, requests };
}

/** The scenario of a job, resolved. */
export function scenarioOf(context: SizingContext, job: EvaluationJob): ResolvedScenario {
  const { pools, workloads, clients, loss, window, loadFactor } = job;
  const spec = evaluatedScenario(context.spec, {
    pools,
    workloads,
    ...(clients === null ? {} : { clients }),
    ...(loss === null ? {} : { loss }),
  });
  const all = resolveScenario(spec, { traces: new Map(context.traces) });
  const scenario = clients === null ? all : ofClients(all, clients);
  return withLoad(window === null ? scenario : withinWindow(scenario, window), loadFactor);
}

function ofClients(scenario: ResolvedScenario, clients: Clients): ResolvedScenario {
  return "from" in clients
    ? onlyFrom(scenario, clients.from)
    : atSteadyRates(scenario, clients.perSecond);
}

function* runOnce(
  scenario: ResolvedScenario,
  seed: number,
  steps: EvaluatedRun["steps"],
  [from, to]: readonly [number, number],
): Generator<EvaluationProgress, RunRecord> {
  const run = simulateInSlices(
    scenario,
    seed,
    steps === "longer" ? { engineSettingsFor: withLongerSteps } : {},
  );
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return slice.value;
    const { simulatedSeconds, requestsDone } = slice.value;
    const within = Math.min(1, simulatedSeconds / scenario.horizon.durationSeconds);
    yield { fractionDone: from + (to - from) * within, workDone: requestsDone };
  }
}

function withLongerSteps(pool: ResolvedPool) {
  return withStepTimes(engineSettings(pool), 1 + pool.coefficients.tpotError);
}

function evaluatedRun(
  scenario: ResolvedScenario,
  record: RunRecord,
  steps: EvaluatedRun["steps"],
): EvaluatedRun {
  const workloads = scenario.workloads.map((workload, index): EvaluatedWorkload => {
    const cells = record.cells.filter((cell) => cell.workload === index);
    const group = groupCells([record], (cell) => cell.workload === index, true);
    return {
      name: workload.name,
      isSaturated: isSaturated(group),
      objectives: workload.slo.map((objective, place) =>
        evaluatedObjective(scenario, record, { index, group, cells, objective, place, steps }),
      ),
    };
  });
  const window = record.windowEndSeconds - record.windowStartSeconds;
  return {
    steps,
    holds: workloads.every(
      (workload) => !workload.isSaturated && workload.objectives.every(({ holds }) => holds),
    ),
    workloads,
    pools: scenario.fleet.pools.map(({ name }, index) => {
      const pool = record.pools[index]!;
      const { prefillTokens, decodeTokens, promptTokens, cachedTokens, preemptions } = pool;
      const { kvUtilization, busySeconds, readyReplicas } = pool;
      return {
        name,
        prefillTokens,
        decodeTokens,
        promptTokens,
        cachedTokens,
        preemptions,
        kvUtilization,
        busyShare: readyReplicas > 0 ? busySeconds / (window * readyReplicas) : 0,
      };
    }),
  };
}

interface Judged {
  /** Of the workload. */
  readonly index: number;
  readonly group: CellGroup;
  readonly cells: readonly CellRecord[];
  readonly objective: Objective;
  /** Of the objective among the workload's. */
  readonly place: number;
  readonly steps: EvaluatedRun["steps"];
}

function evaluatedObjective(
  scenario: ResolvedScenario,
  record: RunRecord,
  judged: Judged,
): EvaluatedObjective {
  const { index, group, cells, objective, place, steps } = judged;
  const measured = { workloadIndex: index, group };
  const margin = steps === "longer" ? 0 : residualError(scenario, measured, objective);
  const limitSeconds = objective.limitSeconds / (1 + margin);
  const base = {
    objective: `${objective.metric} ${objective.statistic}`,
    limitMs: limitSeconds * 1e3,
  };
  const gaps = mergeSketches(record.pools.map((pool) => pool.itlSeconds[index]!));
  const all = objective.metric === "itl" ? gaps : mergeSketches(cells.map(sketchOf(objective)));
  const unanswered = cells.reduce((sum, cell) => sum + cell.unanswered[place]!, 0);
  const shareNeeded = SHARES[objective.statistic];
  // Gaps between tokens are not kept by region, and those of a request without an answer do not exist.
  const regions =
    objective.metric === "itl"
      ? [{ region: null, judged: all.count, values: all }]
      : byRegion(scenario, judged);
  const verdicts = regions.map(({ region, judged: count, values }) => {
    const within = values.count > 0 ? values.shareAtMost(limitSeconds) * values.count : 0;
    const holds =
      shareNeeded === null
        ? count === values.count && values.mean <= limitSeconds
        : within >= shareNeeded * count;
    return { region, judged: count, within, holds: count < JUDGED_MIN || holds };
  });
  const broken = objective.metric === "itl" ? 0 : unanswered;
  return {
    ...base,
    valueMs: statisticMs(all, broken, shareNeeded),
    holds: verdicts.every(({ holds }) => holds),
    shareNeeded,
    regions: verdicts,
  };
}

/** Fewer requests than this in a region say nothing of it. */
const JUDGED_MIN = 30;

/** The statistic in milliseconds, unanswered requests counted as infinitely late; null when it has no value. */
function statisticMs(values: QuantileSketch, broken: number, share: number | null): number | null {
  if (values.count === 0) return null;
  if (share === null) return broken > 0 ? null : values.mean * 1e3;
  const needed = (share * (values.count + broken)) / values.count;
  return needed < 1 ? values.quantile(needed) * 1e3 : null;
}

const SHARES = { mean: null, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

/** Values of the objective by the region of the request's pool; null where it had none. */
function byRegion(
  { fleet }: ResolvedScenario,
  { cells, objective, place }: Judged,
): { readonly region: string | null; readonly judged: number; readonly values: QuantileSketch }[] {
  const regions = new Map<string | null, CellRecord[]>();
  for (const cell of cells) {
    const pool = fleet.pools[cell.pool];
    const region = pool === undefined ? null : fleet.regions[pool.regionIndex]!.name;
    regions.set(region, [...(regions.get(region) ?? []), cell]);
  }
  return [...regions].map(([region, own]) => {
    const values = mergeSketches(own.map(sketchOf(objective)));
    const unanswered = own.reduce((sum, cell) => sum + cell.unanswered[place]!, 0);
    return { region, judged: values.count + unanswered, values };
  });
}

function sketchOf({ metric }: Objective): (cell: CellRecord) => QuantileSketch {
  switch (metric) {
    case "ttft":
      return (cell) => cell.ttftSeconds;
    case "e2e":
      return (cell) => cell.e2eSeconds;
    case "queueTime":
      return (cell) => cell.queueTimeSeconds;
    case "tpot":
    case "itl":
      return (cell) => cell.tpotSeconds;
  }
}
