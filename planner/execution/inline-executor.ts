/**
 * Runs the jobs of a game day one after the other in this thread. Between slices of a run the event loop turns, so that
 * an interrupt is seen.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { JobOutcome, RunWatch, StressExecutor } from "../stress/executor";
import { type JobResult, jobCount, StressJobRunner, type StressSuite } from "../stress/stress-job";

export class InlineExecutor implements StressExecutor {
  async *run(suite: StressSuite, watch: RunWatch): AsyncGenerator<JobOutcome> {
    const runner = new StressJobRunner(suite);
    const jobs = jobCount(suite);
    let requestsBefore = 0;
    for (let job = 0; job < jobs; job++) {
      let requestsDone = 0;
      const progress = (fraction: number, jobsDone = job): void =>
        watch.onProgress?.({
          jobsDone,
          jobs,
          fractionDone: (job + fraction) / jobs,
          requestsDone: requestsBefore + requestsDone,
        });
      const run = runner.run(job);
      let result: JobResult | undefined;
      try {
        for (;;) {
          await nextTurn();
          if (watch.isInterrupted?.() === true) return;
          const slice = run.next();
          if (slice.done === true) {
            result = slice.value;
            break;
          }
          requestsDone = slice.value.requestsDone;
          progress(slice.value.fractionDone);
        }
      } catch (error) {
        yield { job, outcome: { error } };
        continue;
      }
      progress(1, job + 1);
      requestsBefore += requestsDone;
      yield { job, outcome: { result } };
    }
  }
}
