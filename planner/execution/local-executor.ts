/**
 * Runs batches of jobs on this machine: hands a pool as many jobs at a time as it runs at once, in their order. Results do
 * not depend on how many those are: a job is the same wherever it runs.
 */
import type { JobExecutor, JobOutcome, RunWatch } from "../foundation/job-executor";
import { JobContext } from "./job-context";
import type { ContextOf, JobKindName, JobOf, ResultOf } from "./job-kinds";
import type { JobControl, JobPool } from "./job-pool";
import { localPool } from "./local-pool";
import { OutcomeStream } from "./outcome-stream";
import { RunTally } from "./run-tally";

/**
 * An executor for jobs of one kind that share one context, in threads where there may be several.
 *
 * @param threads most jobs at once
 */
export function localExecutor<Kind extends JobKindName>(
  kind: Kind,
  context: ContextOf<Kind>,
  threads: number,
): JobExecutor<JobOf<Kind>, ResultOf<Kind>> {
  return new LocalExecutor(localPool({ jobs: threads, kind }), kind, JobContext.of(context));
}

export class LocalExecutor<Job, Result> implements JobExecutor<Job, Result> {
  /** @param pool is closed with the executor */
  constructor(
    private readonly pool: JobPool,
    private readonly kind: string,
    private readonly context: JobContext,
  ) {}

  get parallelism(): number {
    return this.pool.parallelism;
  }

  async *run(jobs: readonly Job[], watch: RunWatch): AsyncGenerator<JobOutcome<Result>> {
    const stream = new OutcomeStream<Result>();
    const tally = new RunTally(jobs.length, watch);
    let isLeft = false;
    const isCancelled = (): boolean => isLeft || watch.isInterrupted?.() === true;
    let next = 0;
    const runLane = async (): Promise<void> => {
      while (next < jobs.length && !isCancelled()) {
        const index = next++;
        const outcome = await this.runOne(jobs[index]!, {
          onProgress: (progress) => tally.update(index, progress),
          isCancelled,
        });
        if (outcome === undefined) return;
        tally.finish(index);
        stream.push(index, outcome);
      }
    };
    const lanes = Array.from({ length: Math.min(this.parallelism, jobs.length) }, runLane);
    const all = Promise.all(lanes).then(
      () => stream.end(),
      (error: Error) => stream.fail(error),
    );
    try {
      yield* stream.outcomes();
    } finally {
      isLeft = true;
      await all;
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** undefined when it was given up. */
  private async runOne(
    job: Job,
    control: JobControl,
  ): Promise<JobOutcome<Result>["outcome"] | undefined> {
    const task = { kind: this.kind, context: this.context, job };
    try {
      const answer = await this.pool.run(task, control);
      if (answer.kind === "cancelled") return undefined;
      return answer.kind === "result"
        ? { result: answer.result as Result }
        : { error: answer.error };
    } catch (error) {
      return { error };
    }
  }
}
