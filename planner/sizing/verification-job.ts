/**
 * The whole fleet in the full simulator, as `capplan simulate` judges it: several replications, their confidence
 * interval and the error of the step-time model, over the whole scenario or around a peak, with a part gone or not.
 */
import type { SimulationSummary } from "../metrics/simulation-summary";
import type { StepTimeSensitivity } from "../metrics/slo";
import { summarize } from "../metrics/summarize";
import type { TargetSpec } from "../scenario/faults-spec";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { engineSettings } from "../simulation/engine-settings";
import type { RunRecord } from "../simulation/run-record";
import { withStepTimes } from "../simulation/scale-step-time";
import { type SimulateOptions, simulateInSlices } from "../simulation/simulate";
import { type EvaluationProgress, type SizingContext, scenarioOf } from "./evaluation-job";
import type { PoolsByRegion } from "./fleet-units";
import type { RunWindow } from "./run-window";

export interface VerificationJob {
  readonly pools: PoolsByRegion;
  /** null: the whole horizon of the scenario. */
  readonly window: RunWindow | null;
  readonly loss: readonly TargetSpec[] | null;
  readonly seed: number;
  readonly replications: number;
  /** Cuts the summary's time into so many buckets. @default no timeline */
  readonly timelineBuckets?: number;
}

export interface Verification {
  readonly summary: SimulationSummary;
  readonly requests: number;
}

/** Seeds of two scenarios' replications never meet below this many replications, as in `capplan simulate`. */
const REPLICATIONS_MAX = 1000;

export function* runVerification(
  context: SizingContext,
  job: VerificationJob,
): Generator<EvaluationProgress, Verification> {
  const { pools, window, loss, seed, replications, timelineBuckets = 0 } = job;
  const workloads = Object.keys(context.spec.workloads);
  const scenario = scenarioOf(context, {
    pools,
    window,
    loss,
    seed,
    workloads,
    loadFactor: 1,
    clients: null,
  });
  const runs = replications + 1;
  const records: RunRecord[] = [];
  const requests = (): number => records.reduce((sum, { arrivals }) => sum + arrivals, 0);
  for (let replication = 0; replication < replications; replication++) {
    const options: SimulateOptions = {
      timelineBuckets,
      ...(replications === 1 ? { batches: 10 } : {}),
    };
    const own = seed * REPLICATIONS_MAX + replication;
    records.push(yield* runOnce(scenario, own, options, [replication / runs, requests()]));
  }
  const asked = { seed, replications };
  const first = summarize(scenario, records, asked);
  if (first.slo.every(({ verdict }) => verdict === "FAIL") && first.slo.length > 0) {
    return { summary: first, requests: requests() };
  }
  const slower: RunRecord = yield* runOnce(
    scenario,
    seed * REPLICATIONS_MAX,
    {
      engineSettingsFor: (pool) =>
        withStepTimes(engineSettings(pool), 1 + pool.coefficients.tpotError),
    },
    [replications / runs, requests()],
  );
  const sensitivity: StepTimeSensitivity = { slower };
  return {
    summary: summarize(scenario, records, { ...asked, ...sensitivity }),
    requests: requests() + slower.arrivals,
  };
}

function* runOnce(
  scenario: ResolvedScenario,
  seed: number,
  options: SimulateOptions,
  [from, before]: readonly [fraction: number, requests: number],
): Generator<EvaluationProgress, RunRecord> {
  const run = simulateInSlices(scenario, seed, options);
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return slice.value;
    yield { fractionDone: from, workDone: before + slice.value.requestsDone };
  }
}
