/**
 * One run of a fleet's verification: the whole fleet in the full simulator, over the whole scenario or around a peak,
 * with a part gone or not. Which runs there are, and what they say together, is in `run-verifications.ts`.
 */
import type { TargetSpec } from "../scenario/faults-spec";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { engineSettings } from "../simulation/engine-settings";
import { type PlainRecord, toPlainRecord } from "../simulation/plain-record";
import { withStepTimes } from "../simulation/scale-step-time";
import { type SimulateOptions, simulateInSlices } from "../simulation/simulate";
import { type EvaluationProgress, type SizingContext, scenarioOf } from "./evaluation-job";
import type { PoolsByRegion } from "./fleet-units";
import type { RunWindow } from "./run-window";

/** A fleet in one case. */
export interface VerifiedPart {
  readonly pools: PoolsByRegion;
  /** null: the whole horizon of the scenario. */
  readonly window: RunWindow | null;
  readonly loss: readonly TargetSpec[] | null;
  readonly seed: number;
  /** Cuts the run's time into so many buckets. @default no timeline */
  readonly timelineBuckets?: number;
}

export interface VerificationJob extends VerifiedPart {
  /** From 0. */
  readonly replication: number;
  /** Parts of the window that are measured by themselves, for a margin of error; 0 where there are other runs. */
  readonly batches: number;
  /** `longer` by the error of the step-time model. */
  readonly steps: "as-modelled" | "longer";
}

export interface VerificationRun {
  readonly record: PlainRecord;
  readonly requests: number;
}

/** Seeds of two scenarios' replications never meet below this many replications, as in `capplan simulate`. */
const REPLICATIONS_MAX = 1000;

/** The scenario of a part, resolved. */
export function verifiedScenario(
  context: SizingContext,
  { pools, window, loss, seed }: VerifiedPart,
): ResolvedScenario {
  const workloads = Object.keys(context.spec.workloads);
  return scenarioOf(context, {
    pools,
    window,
    loss,
    seed,
    workloads,
    loadFactor: 1,
    clients: null,
  });
}

/** Runs one job; yields between slices of the run. */
export function* runVerification(
  context: SizingContext,
  job: VerificationJob,
): Generator<EvaluationProgress, VerificationRun> {
  const { seed, replication, batches, steps, timelineBuckets } = job;
  const scenario = verifiedScenario(context, job);
  const options: SimulateOptions = {
    ...(timelineBuckets === undefined ? {} : { timelineBuckets }),
    ...(batches === 0 ? {} : { batches }),
    ...(steps === "as-modelled"
      ? {}
      : {
          engineSettingsFor: (pool) =>
            withStepTimes(engineSettings(pool), 1 + pool.coefficients.tpotError),
        }),
  };
  const run = simulateInSlices(scenario, seed * REPLICATIONS_MAX + replication, options);
  for (;;) {
    const slice = run.next();
    if (slice.done === true) {
      const { arrivals } = slice.value;
      yield { fractionDone: 1, workDone: arrivals };
      return { record: toPlainRecord(slice.value), requests: arrivals };
    }
    const { simulatedSeconds, requestsDone } = slice.value;
    const fractionDone = Math.min(1, simulatedSeconds / scenario.horizon.durationSeconds);
    yield { fractionDone, workDone: requestsDone };
  }
}
