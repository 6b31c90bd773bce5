/**
 * The jobs of one batch in the queue, by key, until their answers are read. Events say which may be answered; now and then
 * all are looked at, so that neither a missed event nor a job that somebody else removed holds up the batch.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Job, type Queue, type QueueEvents } from "bullmq";
import type { JobProgress } from "../../foundation/job-executor";
import type { QueuedJob, QueuedProgress, WorkerAnswer } from "./job-protocol";

/** Of a job whose thread or worker dies with it. */
const ATTEMPTS = 3;
/** Answers that nobody came for are not kept for ever. */
const KEPT_SECONDS = 3600;
const JOBS_PER_COMMAND = 500;
/** For workers to notice that a job is not wanted any more. */
const ABANDON_LOOKS = 20;
const ABANDON_LOOK_MS = 100;

export type Answered =
  | Exclude<WorkerAnswer, { readonly kind: "dropped" }>
  /** No worker could finish it. */
  | { readonly kind: "given up"; readonly reason: string };

export interface BatchHooks {
  readonly onProgress: (key: string, progress: JobProgress) => void;
  /** Jobs without a context would be dropped. */
  readonly beforeAdding: () => Promise<void>;
}

export class QueuedBatch {
  /** Jobs whose answers are still to come. */
  private readonly awaited: Map<string, QueuedJob>;
  private readonly maybeAnswered = new Set<string>();

  constructor(
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    jobs: ReadonlyMap<string, QueuedJob>,
    private readonly hooks: BatchHooks,
  ) {
    this.awaited = new Map(jobs);
    events.on("completed", this.onEvent).on("failed", this.onEvent).on("removed", this.onEvent);
    events.on("progress", this.onProgressEvent);
  }

  get size(): number {
    return this.awaited.size;
  }

  /** Adds what is not there; an answer that is there from earlier is taken, a failure is not. */
  async begin(): Promise<ReadonlyMap<string, Answered>> {
    const jobs = await this.fetch([...this.awaited.keys()]);
    const failed = [...jobs].filter(([, job]) => job !== undefined && isFailed(job));
    await this.remove(failed.map(([key]) => key));
    for (const [key] of failed) jobs.set(key, undefined);
    return await this.settle(jobs);
  }

  /**
   * The answers that have come since the last time.
   *
   * @param all looks at every job, not only at those of which was heard
   */
  async collect(all: boolean): Promise<ReadonlyMap<string, Answered>> {
    const keys = all ? [...this.awaited.keys()] : [...this.maybeAnswered];
    this.maybeAnswered.clear();
    return await this.settle(await this.fetch(keys));
  }

  /** Removes what is not answered; a running job is removed when its worker has given it up. */
  async abandon(): Promise<void> {
    let left = [...this.awaited.keys()];
    for (let looks = 0; left.length > 0 && looks < ABANDON_LOOKS; looks++) {
      if (looks > 0) await pause(ABANDON_LOOK_MS);
      left = await this.remove(left);
    }
  }

  /** Stops listening. */
  close(): void {
    this.events.off("completed", this.onEvent).off("failed", this.onEvent);
    this.events.off("removed", this.onEvent).off("progress", this.onProgressEvent);
  }

  private async settle(jobs: ReadonlyMap<string, Job | undefined>) {
    const answers = new Map<string, Answered>();
    const missing: string[] = [];
    const dropped: string[] = [];
    for (const [key, job] of jobs) {
      if (job === undefined) {
        missing.push(key);
      } else if (isFailed(job)) {
        answers.set(key, { kind: "given up", reason: job.failedReason });
      } else if (job.finishedOn !== undefined) {
        const answer = job.returnvalue as WorkerAnswer;
        if (answer.kind === "dropped") dropped.push(key);
        else answers.set(key, answer);
      }
    }
    for (const key of answers.keys()) this.awaited.delete(key);
    await this.remove([...answers.keys(), ...dropped]);
    await this.add([...missing, ...dropped]);
    return answers;
  }

  private async fetch(keys: readonly string[]): Promise<Map<string, Job | undefined>> {
    const awaited = keys.filter((key) => this.awaited.has(key));
    const jobs = await inParts(awaited, (part) =>
      Promise.all(part.map((key) => Job.fromId(this.queue, key))),
    );
    return new Map(awaited.map((key, index) => [key, jobs[index]]));
  }

  private async add(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.hooks.beforeAdding();
    await inParts(keys, (part) =>
      this.queue.addBulk(
        part.map((jobId) => {
          const data = this.awaited.get(jobId)!;
          return {
            name: data.kind,
            data,
            opts: {
              jobId,
              attempts: ATTEMPTS,
              removeOnComplete: { age: KEPT_SECONDS },
              removeOnFail: { age: KEPT_SECONDS },
              stackTraceLimit: 1,
            },
          };
        }),
      ),
    );
  }

  /** @returns those that cannot be removed because they run */
  private async remove(keys: readonly string[]): Promise<string[]> {
    const removed = await inParts(keys, (part) =>
      Promise.all(part.map((key) => this.queue.remove(key))),
    );
    return keys.filter((_, index) => removed[index] === 0);
  }

  private readonly onEvent = ({ jobId }: { readonly jobId: string }): void => {
    if (this.awaited.has(jobId)) this.maybeAnswered.add(jobId);
  };

  private readonly onProgressEvent = (event: {
    readonly jobId: string;
    readonly data: unknown;
  }): void => {
    if (!this.awaited.has(event.jobId)) return;
    const [fractionDone, workDone] = event.data as QueuedProgress;
    this.hooks.onProgress(event.jobId, { fractionDone, workDone });
  };
}

/** One that was tried again and then answered also has the reason of its first failure. */
function isFailed({ finishedOn, returnvalue }: Job): boolean {
  return finishedOn !== undefined && (returnvalue ?? undefined) === undefined;
}

/** So that a batch of thousands is not one command. */
async function inParts<Result>(
  keys: readonly string[],
  run: (part: readonly string[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < keys.length; from += JOBS_PER_COMMAND) {
    results.push(...(await run(keys.slice(from, from + JOBS_PER_COMMAND))));
  }
  return results;
}
