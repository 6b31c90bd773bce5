/**
 * Runs batches of jobs on workers that are connected to Redis, on any number of machines (redis-worker.ts). BullMQ keeps
 * the queue: a job has its key for an id, so that it is there once, and is given to another worker when its own is lost, a
 * few times at most. An answer is read once and removed.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import type { JobExecutor, JobOutcome, RunWatch } from "../../foundation/job-executor";
import { fromPlainText, plainText } from "../../foundation/plain-data";
import { uncarryError } from "../carried-error";
import type { JobKeys } from "../job-keys";
import { OutcomeStream } from "../outcome-stream";
import { RunTally } from "../run-tally";
import { atMost, GOODBYE_MS } from "./at-most";
import { ContextLease } from "./context-lease";
import { connectedWorkers, KEY_PREFIX, type QueuedJob, queueName } from "./job-protocol";
import { type Answered, QueuedBatch } from "./queued-batch";
import { connectRedis, problem, redisProblem, shownUrl } from "./redis-connection";
import { REDIS_TIMING, type RedisTiming } from "./redis-timing";

/** Between two looks at what has been answered, and for an interrupt. */
const LOOK_MS = 20;

export interface RedisExecutorOptions {
  readonly url: string;
  readonly keys: JobKeys;
  /** What a person who waits should know: nobody takes the jobs, say. */
  readonly onNote: (note: string) => void;
  readonly timing?: RedisTiming;
}

/** @throws PlannerError when Redis cannot be reached */
export async function openRedisExecutor<Job, Result>(
  options: RedisExecutorOptions,
): Promise<JobExecutor<Job, Result>> {
  const { url, keys } = options;
  const client = await connectRedis({ url, whenLost: "give-up" });
  const settings = { connection: client, prefix: KEY_PREFIX };
  const queue = new Queue(queueName(keys.version), settings);
  // Nothing is missed that is said before the first reading.
  const [last] = await client.xrevrange(queue.toKey("events"), "+", "-", "COUNT", 1);
  const events = new QueueEvents(queueName(keys.version), {
    ...settings,
    lastEventId: last?.[0] ?? "0-0",
  });
  // Both tell what the client of their own tells, whose commands fail with it.
  queue.on("error", () => {});
  events.on("error", () => {});
  // Every batch that runs listens.
  events.setMaxListeners(0);
  await events.waitUntilReady();
  const executor = new RedisExecutor<Job, Result>(client, queue, events, options);
  await executor.lookForWorkers();
  return executor;
}

class RedisExecutor<Job, Result> implements JobExecutor<Job, Result> {
  private readonly lease: ContextLease;
  private readonly timing: RedisTiming;
  private workersParallelism = 0;
  private isMissedTold = false;

  constructor(
    private readonly client: Redis,
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    private readonly options: RedisExecutorOptions,
  ) {
    const { url, keys } = options;
    this.timing = options.timing ?? REDIS_TIMING;
    this.lease = new ContextLease(client, url, keys, this.timing);
  }

  get parallelism(): number {
    return Math.max(1, this.workersParallelism);
  }

  async *run(jobs: readonly Job[], watch: RunWatch): AsyncGenerator<JobOutcome<Result>> {
    const stream = new OutcomeStream<Result>();
    let isLeft = false;
    const looking = setInterval(() => {
      if (watch.isInterrupted?.() !== true) return;
      isLeft = true;
      stream.end();
    }, LOOK_MS);
    const serving = this.serve(jobs, new RunTally(jobs.length, watch), stream, () => isLeft);
    try {
      yield* stream.outcomes();
    } finally {
      isLeft = true;
      clearInterval(looking);
      await atMost(GOODBYE_MS, serving);
    }
  }

  async close(): Promise<void> {
    await atMost(GOODBYE_MS, this.lease.release());
    this.client.disconnect();
    // BullMQ waits for ever for the end of a connection that is lost already.
    await atMost(GOODBYE_MS, Promise.allSettled([this.events.close(), this.queue.close()]));
  }

  /** How many jobs run at once, and whether anybody is there at all. */
  async lookForWorkers(): Promise<void> {
    const { url, keys, onNote } = this.options;
    const workers = await connectedWorkers(this.client);
    if (workers === undefined) return;
    const own = workers.filter(({ version }) => version === keys.version);
    this.workersParallelism = own.reduce((sum, { parallelism }) => sum + parallelism, 0);
    if (own.length > 0) {
      this.isMissedTold = false;
      return;
    }
    if (this.isMissedTold) return;
    this.isMissedTold = true;
    const others = [...new Set(workers.map(({ version }) => version))].sort();
    const strangers =
      others.length === 0 ? "" : `; those of capplan ${others.join(", ")} do not take its jobs`;
    onNote(
      `no worker of capplan ${keys.version} is connected to ${shownUrl(url)}${strangers}; start one with: capplan worker --redis ${shownUrl(url)}`,
    );
  }

  /** Ends with the stream ended; never rejects. */
  private async serve(
    jobs: readonly Job[],
    tally: RunTally,
    stream: OutcomeStream<Result>,
    isLeft: () => boolean,
  ): Promise<void> {
    const { indexes, queued } = this.queuedJobs(jobs);
    const batch = new QueuedBatch(this.queue, this.events, queued, {
      onProgress: (key, progress) => {
        for (const index of indexes.get(key)!) tally.update(index, progress);
      },
      beforeAdding: () => this.lease.take(),
    });
    const tell = (answers: ReadonlyMap<string, Answered>): void => {
      for (const [key, answer] of answers) {
        for (const index of indexes.get(key)!) {
          if (answer.kind === "result") {
            tally.update(index, { fractionDone: 1, workDone: answer.workDone });
          }
          tally.finish(index);
          stream.push(index, this.outcomeOf(answer));
        }
      }
    };
    try {
      if (batch.size > 0) tell(await batch.begin());
      const looksPerSweep = Math.ceil(this.timing.sweepMs / LOOK_MS);
      for (let looks = 1; batch.size > 0 && !isLeft(); looks++) {
        await pause(LOOK_MS);
        const isSweep = looks % looksPerSweep === 0;
        if (isSweep) await this.lookForWorkers();
        tell(await batch.collect(isSweep));
      }
      if (!isLeft()) stream.end();
      else if (batch.size > 0) {
        // Workers give up what they run of it.
        await this.lease.release();
        await batch.abandon();
      }
    } catch (error) {
      stream.fail(redisProblem(this.options.url, error) as Error);
    } finally {
      batch.close();
    }
  }

  private queuedJobs(jobs: readonly Job[]) {
    const { keys } = this.options;
    const indexes = new Map<string, number[]>();
    const queued = new Map<string, QueuedJob>();
    for (const [index, job] of jobs.entries()) {
      const key = keys.keyOf(job);
      indexes.set(key, [...(indexes.get(key) ?? []), index]);
      queued.set(key, { kind: keys.kind, context: keys.context.digest, job: plainText(job) });
    }
    return { indexes, queued };
  }

  private outcomeOf(answer: Answered): JobOutcome<Result>["outcome"] {
    if (answer.kind === "result") return { result: fromPlainText(answer.text) as Result };
    if (answer.kind === "error") return { error: uncarryError(answer.carried) };
    const { url, keys } = this.options;
    const error = problem(
      url,
      `no worker could finish a ${keys.kind} job: ${answer.reason}`,
      "look at what the workers say; one that runs out of memory needs fewer --jobs",
    );
    return { error };
  }
}
