/**
 * A worker: takes jobs from Redis, runs them in a pool, and gives answers back. While a job runs its lock is renewed; when
 * the process is lost the lock expires and another worker gets the job. Jobs that nobody waits for any more are dropped.
 */
import { type Job, WaitingError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { JobProgress } from "../../foundation/job-executor";
import { fromPlainText, plainText } from "../../foundation/plain-data";
import { carryError } from "../carried-error";
import { JobContext } from "../job-context";
import type { JobAnswer, JobPool } from "../job-pool";
import { atMost, GOODBYE_MS } from "./at-most";
import {
  contextKey,
  KEY_PREFIX,
  type QueuedJob,
  type QueuedProgress,
  queueName,
  type WorkerAnswer,
  workerName,
} from "./job-protocol";
import { connectRedis } from "./redis-connection";
import { REDIS_TIMING, type RedisTiming } from "./redis-timing";

/** A job that kills every worker that takes it is not tried for ever. */
const LOST_WORKERS_MAX = 2;
const CONTEXTS_KEPT_MAX = 4;
/** Looks between two messages of how far a job is. */
const LOOKS_PER_PROGRESS = 4;

export interface RedisWorkerOptions {
  readonly url: string;
  readonly version: string;
  /** Is closed with the worker. */
  readonly pool: JobPool;
  readonly onEvent: (event: WorkerEvent) => void;
  readonly timing?: RedisTiming;
}

export type WorkerEvent =
  | { readonly kind: "began" | "finished" | "given back" | "dropped"; readonly job: string }
  /** `finished` with an error of its own, or `failed` because its thread died, and is tried again. */
  | { readonly kind: "threw" | "failed"; readonly job: string; readonly message: string }
  | { readonly kind: "connection lost" }
  | { readonly kind: "connection back" };

type BullJob = Job<QueuedJob, WorkerAnswer>;

/** @throws PlannerError when Redis cannot be reached */
export async function startRedisWorker(options: RedisWorkerOptions): Promise<RedisWorker> {
  const client = await connectRedis({ url: options.url, whenLost: "keep-trying" });
  const worker = new RedisWorker(client, options);
  await worker.waitUntilReady();
  return worker;
}

export class RedisWorker {
  private readonly worker: Worker<QueuedJob, WorkerAnswer>;
  private readonly timing: RedisTiming;
  /** By digest, least recently used first. */
  private readonly contexts = new Map<string, JobContext>();

  constructor(
    private readonly client: Redis,
    private readonly options: RedisWorkerOptions,
  ) {
    const { version, pool, onEvent } = options;
    this.timing = options.timing ?? REDIS_TIMING;
    this.worker = new Worker<QueuedJob, WorkerAnswer>(
      queueName(version),
      async (job, token, signal) => await this.runJob(job, token!, signal!),
      {
        connection: client,
        prefix: KEY_PREFIX,
        name: workerName(pool.parallelism),
        concurrency: pool.parallelism,
        lockDuration: this.timing.lockMs,
        stalledInterval: this.timing.stalledMs,
        maxStalledCount: LOST_WORKERS_MAX,
      },
    );
    this.worker.on("completed", (job, answer) => this.onCompleted(job, answer));
    this.worker.on("failed", (job, { message }) => {
      if (job?.id !== undefined) onEvent({ kind: "failed", job: job.id, message });
    });
    this.watchConnection();
  }

  /** From then on producers see it. */
  async waitUntilReady(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  /**
   * Takes no more jobs, and waits for those that run; what is not finished after a while is given back, for another
   * worker to take at once.
   *
   * @returns whether that was done; false where Redis does not answer, whose connections then keep the process alive
   */
  async close(graceMs: number): Promise<boolean> {
    const givingBack = setTimeout(() => this.worker.cancelAllJobs(), graceMs);
    try {
      return await atMost(graceMs + GOODBYE_MS, this.worker.close());
    } finally {
      clearTimeout(givingBack);
      await this.options.pool.close();
      this.client.disconnect();
    }
  }

  private async runJob(job: BullJob, token: string, signal: AbortSignal): Promise<WorkerAnswer> {
    const { kind, context: digest } = job.data;
    const context = await this.contextOf(digest);
    if (context === undefined) return { kind: "dropped" };
    this.options.onEvent({ kind: "began", job: job.id! });
    let progress: JobProgress = { fractionDone: 0, workDone: 0 };
    const watch = this.watchJob(job, () => progress);
    let answer: JobAnswer;
    try {
      answer = await this.options.pool.run(
        { kind, context, job: fromPlainText(job.data.job) },
        {
          onProgress: (one) => {
            progress = one;
          },
          isCancelled: () => signal.aborted || !watch.isWanted(),
        },
      );
    } finally {
      watch.stop();
    }
    if (answer.kind === "result") {
      return { kind: "result", text: plainText(answer.result), workDone: progress.workDone };
    }
    if (answer.kind === "error") return { kind: "error", carried: carryError(answer.error) };
    if (!watch.isWanted()) return { kind: "dropped" };
    await job.moveToWait(token);
    this.options.onEvent({ kind: "given back", job: job.id! });
    throw new WaitingError();
  }

  /** Looks from time to time whether the job is wanted, and tells how far it is. */
  private watchJob(
    job: BullJob,
    progress: () => JobProgress,
  ): { isWanted(): boolean; stop(): void } {
    let isWanted = true;
    let looks = 0;
    let told = 0;
    const look = async (): Promise<void> => {
      isWanted = (await this.client.exists(this.keyOf(job.data.context))) === 1;
      const { fractionDone, workDone } = progress();
      if (++looks % LOOKS_PER_PROGRESS !== 0 || fractionDone === told) return;
      told = fractionDone;
      await job.updateProgress([fractionDone, workDone] satisfies QueuedProgress);
    };
    const looking = setInterval(() => {
      // Without a connection the job goes on: its answer is worth something when the connection is back.
      look().catch(() => {});
    }, this.timing.lookMs);
    return { isWanted: () => isWanted, stop: () => clearInterval(looking) };
  }

  /** Fetched once; undefined when nobody waits for its jobs. */
  private async contextOf(digest: string): Promise<JobContext | undefined> {
    const key = this.keyOf(digest);
    let context = this.contexts.get(digest);
    if (context === undefined) {
      const bytes = await this.client.getBuffer(key);
      if (bytes === null) return undefined;
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
      shared.set(bytes);
      context = JobContext.fromBytes(shared, digest);
    } else if ((await this.client.exists(key)) === 0) {
      return undefined;
    }
    this.contexts.delete(digest);
    this.contexts.set(digest, context);
    for (const oldest of this.contexts.keys()) {
      if (this.contexts.size <= CONTEXTS_KEPT_MAX) break;
      this.contexts.delete(oldest);
    }
    return context;
  }

  private keyOf(digest: string): string {
    return contextKey(this.options.version, digest);
  }

  private onCompleted(job: BullJob, answer: WorkerAnswer): void {
    const { onEvent } = this.options;
    const id = job.id!;
    if (answer.kind === "error") {
      const { carried } = answer;
      const message =
        carried.kind === "planner" ? (carried.problems[0]?.message ?? "") : carried.message;
      onEvent({ kind: "threw", job: id, message });
      return;
    }
    if (answer.kind === "result") {
      onEvent({ kind: "finished", job: id });
      return;
    }
    onEvent({ kind: "dropped", job: id });
    // Who asks for it again finds no trace of it. Its producer may have removed it already.
    job.remove().catch(() => {});
  }

  private watchConnection(): void {
    let isLost = false;
    // BullMQ tells here of every try to connect again; once is enough.
    this.worker.on("error", () => {
      if (isLost || this.client.status === "ready") return;
      isLost = true;
      this.options.onEvent({ kind: "connection lost" });
    });
    this.client.on("ready", () => {
      if (!isLost) return;
      isLost = false;
      this.options.onEvent({ kind: "connection back" });
    });
  }
}
