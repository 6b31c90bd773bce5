/**
 * Around any executor: runs no job whose result is there already, from an earlier batch, an earlier process, or another
 * place in the same batch. A result is in the journal before anybody hears of it.
 */
import type { JobExecutor, JobOutcome, RunWatch } from "../foundation/job-executor";
import { fromPlainText, plainText } from "../foundation/plain-data";
import type { JobKeys } from "./job-keys";
import type { Journal } from "./journal";

export class JournaledExecutor<Job, Result> implements JobExecutor<Job, Result> {
  /** The journal and the executor inside are closed with this one. */
  constructor(
    private readonly inner: JobExecutor<Job, Result>,
    private readonly keys: JobKeys,
    private readonly journal: Journal,
  ) {}

  get parallelism(): number {
    return this.inner.parallelism;
  }

  async *run(jobs: readonly Job[], watch: RunWatch): AsyncGenerator<JobOutcome<Result>> {
    /** Jobs to run, each once, with the places that ask for it. */
    const asked = new Map<string, { readonly job: Job; readonly indexes: number[] }>();
    for (const [index, job] of jobs.entries()) {
      const key = this.keys.keyOf(job);
      const resultText = this.journal.get(key);
      if (resultText !== undefined) {
        yield { index, outcome: { result: fromPlainText(resultText) as Result } };
        continue;
      }
      const same = asked.get(key);
      if (same === undefined) asked.set(key, { job, indexes: [index] });
      else same.indexes.push(index);
    }
    const toRun = [...asked].map(([key, one]) => ({ key, ...one }));
    const innerWatch = watchOfAll(watch, jobs.length, toRun.length);
    if (toRun.length === 0) return;
    const innerJobs = toRun.map(({ job }) => job);
    for await (const { index: place, outcome } of this.inner.run(innerJobs, innerWatch)) {
      const { key, indexes } = toRun[place]!;
      const resultText = "result" in outcome ? plainText(outcome.result) : undefined;
      if (resultText !== undefined) this.journal.put(key, resultText);
      for (const index of indexes) {
        yield {
          index,
          // Each asker has a result of its own.
          outcome:
            resultText === undefined ? outcome : { result: fromPlainText(resultText) as Result },
        };
      }
    }
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.inner.close();
  }
}

/** Progress of all jobs, of which only some are run: the others count as done from the start. */
function watchOfAll(watch: RunWatch, jobs: number, toRun: number): RunWatch {
  const { onProgress } = watch;
  if (onProgress === undefined) return watch;
  const before = jobs - toRun;
  if (before > 0) {
    onProgress({ jobsDone: before, jobs, fractionDone: before / jobs, workDone: 0 });
  }
  return {
    ...watch,
    onProgress: ({ jobsDone, fractionDone, workDone }) =>
      onProgress({
        jobsDone: before + jobsDone,
        jobs,
        fractionDone: Math.min(1, (before + fractionDone * toRun) / jobs),
        workDone,
      }),
  };
}
