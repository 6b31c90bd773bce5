/**
 * Runs the replications of one scenario one after the other, with seeds derived from the scenario's, and
 * sums them up. Between replications the event loop turns, so that an interrupt is seen; what is finished by
 * then is kept. Worker threads and queues are other implementations of the same contract.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { SimulationSummary } from "../metrics/simulation-summary";
import { summarize } from "../metrics/summarize";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunObserver } from "../simulation/observer";
import type { RunRecord } from "../simulation/run-record";
import { type SimulateOptions, simulate } from "../simulation/simulate";

export interface ReplicationOptions {
  readonly seed: number;
  readonly replications: number;
  readonly timelineBuckets?: number;
  readonly onProgress?: (progress: ReplicationProgress) => void;
  /** Asked between replications; true stops with what is finished. */
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

/** Seeds of two scenarios' replications never meet below this many replications. */
const REPLICATIONS_MAX = 1000;

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
  let requestsDone = 0;
  for (let replication = 0; replication < replications; replication++) {
    await nextTurn();
    if (options.isInterrupted?.() === true) break;
    const record = simulate(scenario, seed * REPLICATIONS_MAX + replication, {
      ...simulateOptions(options, replication),
      onProgress: (progress) =>
        options.onProgress?.({
          replication,
          replications,
          fractionDone: fractionDone(
            scenario,
            replication,
            replications,
            progress.simulatedSeconds,
          ),
          requestsDone: requestsDone + progress.requestsDone,
          simulatedSeconds: progress.simulatedSeconds,
        }),
    });
    requestsDone += record.arrivals;
    records.push(record);
  }
  return records.length === 0 ? undefined : summarize(scenario, records, { seed, replications });
}

function simulateOptions(options: ReplicationOptions, replication: number): SimulateOptions {
  const observer = options.observerFor?.(replication);
  return {
    ...(observer === undefined ? {} : { observer }),
    ...(options.timelineBuckets === undefined ? {} : { timelineBuckets: options.timelineBuckets }),
  };
}

function fractionDone(
  scenario: ResolvedScenario,
  replication: number,
  replications: number,
  simulatedSeconds: number,
): number {
  const within = Math.min(1, simulatedSeconds / scenario.horizon.durationSeconds);
  return (replication + within) / replications;
}
