/**
 * What runs in a worker thread of a game day: one job at a time, of a suite that the thread was given at its start. It is
 * loaded by `worker-executor.ts`, never imported.
 */
import { workerData } from "piscina";
import { type JobResult, StressJobRunner, type StressSuite } from "../stress/stress-job";
import { type CarriedError, carryError } from "./carried-error";

/** Given to every thread. */
export interface StressWorkerData {
  readonly suite: StressSuite;
  /** Memory of all threads: of job i, the fraction done at 2·i and the requests done at 2·i + 1. */
  readonly progress: Float64Array;
}

export type WorkerAnswer = { readonly result: JobResult } | { readonly carried: CarriedError };

const { suite, progress } = workerData as StressWorkerData;
const runner = new StressJobRunner(suite);

/** @returns the result, or the error: a thread never throws */
export function runJob(job: number): WorkerAnswer {
  try {
    const run = runner.run(job);
    for (;;) {
      const slice = run.next();
      if (slice.done === true) return { result: slice.value };
      progress[2 * job] = slice.value.fractionDone;
      progress[2 * job + 1] = slice.value.requestsDone;
    }
  } catch (error) {
    return { carried: carryError(error) };
  }
}
