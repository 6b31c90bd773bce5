/**
 * Runs jobs in worker threads, as many at once as there are threads. Threads start with the pool and stay until it is
 * closed, with their code warm and their runners' state. What crosses threads is plain data.
 */
import { Piscina } from "piscina";
import { uncarryError } from "./carried-error";
import type { JobAnswer, JobControl, JobPool, JobTask } from "./job-pool";
import type { ThreadAnswer, ThreadData, ThreadTask } from "./job-thread";
import { TaskCells } from "./task-cells";

/** Between two looks at how far a thread is, and for an interrupt. */
const LOOK_MS = 50;

export interface ThreadPoolOptions {
  readonly threads: number;
  /** The compiled `job-thread`. */
  readonly file: string;
  /** Module that exports the kinds of jobs as `JOB_KINDS`. */
  readonly kindsFile: string;
  /** Kind of jobs that threads load as they start, beside whatever is done in this one. @default with the first job */
  readonly kind?: string;
  /** Node options of the threads. @default none */
  readonly execArgv?: readonly string[];
}

export class ThreadPool implements JobPool {
  readonly parallelism: number;
  private readonly threads: Piscina<ThreadTask, ThreadAnswer>;

  constructor({ threads, file, kindsFile, kind, execArgv }: ThreadPoolOptions) {
    this.parallelism = threads;
    this.threads = new Piscina({
      filename: file,
      name: "runJob",
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { kindsFile, kind } satisfies ThreadData,
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    });
  }

  async run({ kind, context, job }: JobTask, control: JobControl): Promise<JobAnswer> {
    const cells = new TaskCells();
    const tell = (): void => control.onProgress(cells.progress());
    const looking = setInterval(() => {
      tell();
      if (control.isCancelled()) cells.cancel();
    }, LOOK_MS);
    try {
      const { digest, bytes } = context;
      const task: ThreadTask = { kind, context: { digest, bytes }, job, cells: cells.memory };
      const answer = await this.threads.run(task);
      tell();
      return answer.kind === "error"
        ? { kind: "error", error: uncarryError(answer.carried) }
        : answer;
    } finally {
      clearInterval(looking);
    }
  }

  async close(): Promise<void> {
    await this.threads.destroy();
  }
}
