/**
 * Runs jobs in this thread. Between slices of a job the event loop turns, so that an interrupt is seen and timers run.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JobAnswer, JobControl, JobPool, JobTask } from "./job-pool";
import { KeptRunners } from "./kept-runners";

export class InlinePool implements JobPool {
  readonly parallelism = 1;
  private readonly runners: KeptRunners;

  /** @param kindsFile module that exports the kinds of jobs as `JOB_KINDS` */
  constructor(kindsFile: string) {
    this.runners = new KeptRunners(kindsFile);
  }

  async run({ kind, context, job }: JobTask, control: JobControl): Promise<JobAnswer> {
    try {
      const run = this.runners.runnerFor(kind, context)(job);
      for (;;) {
        await nextTurn();
        if (control.isCancelled()) return { kind: "cancelled" };
        const slice = run.next();
        if (slice.done === true) return { kind: "result", result: slice.value };
        control.onProgress(slice.value);
      }
    } catch (error) {
      return { kind: "error", error };
    }
  }

  async close(): Promise<void> {}
}
