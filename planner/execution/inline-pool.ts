/**
 * Runs jobs in this thread. Between slices of a job the event loop turns, so that an interrupt is seen and timers run.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JobAnswer, JobControl, JobPool, JobTask } from "./job-pool";
import { KeptRunners } from "./kept-runners";

export class InlinePool implements JobPool {
  readonly parallelism = 1;
  private readonly runners: KeptRunners;
  /** Ends with the job that was asked for last. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param kindsFile module that exports the kinds of jobs as `JOB_KINDS` */
  constructor(kindsFile: string) {
    this.runners = new KeptRunners(kindsFile);
  }

  /** One after the other, also those of several batches: what one of them has in the processor's cache stays there. */
  async run(task: JobTask, control: JobControl): Promise<JobAnswer> {
    const answer = this.last.then(async () => await this.runNow(task, control));
    this.last = answer;
    return await answer;
  }

  private async runNow({ kind, context, job }: JobTask, control: JobControl): Promise<JobAnswer> {
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
