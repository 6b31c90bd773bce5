/**
 * How a stage that needs many runs asks for them: jobs in, results out, in this thread, in several, or on other machines.
 * It knows nothing of what a job does. Implementations are in `execution/`; none may change a result.
 */

/**
 * Runs jobs of one kind that share one context. Several batches may run at the same time and share what there is; no job
 * is in two of them. What is warm stays warm between batches.
 */
export interface JobExecutor<Job, Result> {
  /** Jobs that run at once: fewer in a batch leave some of the machine idle. It may change between batches. */
  readonly parallelism: number;
  /**
   * Runs every job and yields each when it is over, in any order. A caller that stops iterating ends what is still
   * running. An interrupted run ends with what is finished.
   *
   * @throws PlannerError when jobs cannot be run at all; what a job throws is an outcome
   */
  run(jobs: readonly Job[], watch: RunWatch): AsyncIterable<JobOutcome<Result>>;
  /** Gives threads, connections and files back. The executor cannot be used afterwards. */
  close(): Promise<void>;
}

export interface JobOutcome<Result> {
  /** Place of the job in the list that was given to `run`. */
  readonly index: number;
  /** `error` is what the job threw, of the class that it threw. */
  readonly outcome: { readonly result: Result } | { readonly error: unknown };
}

export interface RunWatch {
  readonly onProgress?: (progress: RunProgress) => void;
  /** Asked while jobs run; true ends the iteration with what is finished. */
  readonly isInterrupted?: () => boolean;
}

export interface RunProgress {
  readonly jobsDone: number;
  readonly jobs: number;
  /** Of all jobs together, from 0 to 1; never less than before. */
  readonly fractionDone: number;
  /** In what the jobs count: simulated requests, say. Only of jobs that were run for this batch. */
  readonly workDone: number;
}

/**
 * What a job does, given what all jobs share. Contexts, jobs and results are plain data (`plain-data.ts`): they may come
 * from another thread or machine, and nobody changes a context.
 */
export interface JobKind<Context, Job, Result> {
  /** Called once in each thread, before the first job; a runner may keep state between its jobs that changes no result. */
  runner(context: Context): JobRunner<Job, Result>;
}

/** Runs one job in slices: yields how far it is after each, so that it can be shown, or given up. */
export type JobRunner<Job, Result> = (job: Job) => Generator<JobProgress, Result>;

export interface JobProgress {
  /** Of this job, from 0 to 1. */
  readonly fractionDone: number;
  /** Of this job, in what jobs of its kind count. */
  readonly workDone: number;
}
