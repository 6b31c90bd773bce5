/**
 * Runs the replications of one scenario one after the other, with seeds derived from the scenario's, and
 * sums them up. Between slices of a run the event loop turns, so that an interrupt is seen; the replications
 * finished by then are kept. Worker threads and queues are other implementations of the same contract.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { SimulationSummary } from "../metrics/simulation-summary";
import type { StepTimeSensitivity } from "../metrics/slo";
import { summarize } from "../metrics/summarize";
import { REPLICATIONS_MAX } from "../scenario/replications-max";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { engineSettings } from "../simulation/engine-settings";
import type { RunObserver } from "../simulation/observer";
import type { RunRecord } from "../simulation/run-record";
import { withStepTimes } from "../simulation/scale-step-time";
import { type SimulateOptions, simulateInSlices } from "../simulation/simulate";

export interface ReplicationOptions {
  readonly seed: number;
  readonly replications: number;
  readonly timelineBuckets?: number;
  readonly onProgress?: (progress: ReplicationProgress) => void;
  /** Asked between slices; true stops with the replications that are finished. */
  readonly isInterrupted?: () => boolean;
  readonly observerFor?: (replication: number) => RunObserver | undefined;
}

export interface ReplicationProgress {
  /** From 0. */
  readonly replication: number;
  readonly replications: number;
  /** Of all replications together. */
  readonly fractionDone: number;
  readonly requestsDone: number;
  readonly simulatedSeconds: number;
}

/** Enough for a variance, few enough that each part is long against the memory of a queue. */
const PARTS_OF_FIRST_RUN = 10;

/**
 * @returns the summary of what was finished; undefined when the first replication was not
 * @throws PlannerError when the scenario cannot be run
 */
export async function runReplications(
  scenario: ResolvedScenario,
  options: ReplicationOptions,
): Promise<SimulationSummary | undefined> {
  const { seed, replications } = options;
  const records: RunRecord[] = [];
  let requestsBefore = 0;
  for (let replication = 0; replication < replications; replication++) {
    const record = await runOne(scenario, replication, requestsBefore, options);
    if (record === undefined) break;
    requestsBefore += record.arrivals;
    records.push(record);
  }
  if (records.length === 0) return undefined;
  const summary = summarize(scenario, records, { seed, replications });
  if (records.length < replications) return summary;
  const sensitivity = await runSensitivity(scenario, summary, requestsBefore, options);
  return summarize(scenario, records, { seed, replications, ...sensitivity });
}

/**
 * The first replication again with steps longer, and with steps shorter, by the error of the step-time model:
 * only where that can change a verdict.
 */
async function runSensitivity(
  scenario: ResolvedScenario,
  summary: SimulationSummary,
  requestsBefore: number,
  options: ReplicationOptions,
): Promise<StepTimeSensitivity> {
  // The bar is full by then: these runs are the same work once or twice more.
  const { onProgress: _, ...quietly } = options;
  const verdicts = summary.slo.map((result) => result.verdict);
  const runWith = async (sign: 1 | -1): Promise<RunRecord | undefined> =>
    await runOne(scenario, 0, requestsBefore, quietly, (pool) =>
      withStepTimes(engineSettings(pool), 1 + sign * pool.coefficients.tpotError),
    );
  const slower = verdicts.some((verdict) => verdict !== "FAIL") ? await runWith(1) : undefined;
  const faster = verdicts.includes("FAIL") ? await runWith(-1) : undefined;
  return {
    ...(slower === undefined ? {} : { slower }),
    ...(faster === undefined ? {} : { faster }),
  };
}

/** One replication, slice by slice; undefined when it was interrupted. */
async function runOne(
  scenario: ResolvedScenario,
  replication: number,
  requestsBefore: number,
  options: ReplicationOptions,
  engineSettingsFor?: SimulateOptions["engineSettingsFor"],
): Promise<RunRecord | undefined> {
  // Seeds of two scenarios' replications never meet: none has more replications than that.
  const seed = options.seed * REPLICATIONS_MAX + replication;
  const own =
    engineSettingsFor === undefined ? simulateOptions(options, replication) : { engineSettingsFor };
  const run = simulateInSlices(scenario, seed, own);
  for (;;) {
    await nextTurn();
    if (options.isInterrupted?.() === true) return undefined;
    const slice = run.next();
    if (slice.done === true) return slice.value;
    const within = Math.min(1, slice.value.simulatedSeconds / scenario.horizon.durationSeconds);
    options.onProgress?.({
      replication,
      replications: options.replications,
      fractionDone: (replication + within) / options.replications,
      requestsDone: requestsBefore + slice.value.requestsDone,
      simulatedSeconds: slice.value.simulatedSeconds,
    });
  }
}

function simulateOptions(options: ReplicationOptions, replication: number): SimulateOptions {
  const observer = options.observerFor?.(replication);
  return {
    ...(observer === undefined ? {} : { observer }),
    // A single run is its own sample, and so is the first of several that turn out to be the same.
    ...(replication === 0 ? { batches: PARTS_OF_FIRST_RUN } : {}),
    ...(options.timelineBuckets === undefined ? {} : { timelineBuckets: options.timelineBuckets }),
  };
}
