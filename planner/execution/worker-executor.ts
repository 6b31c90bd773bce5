/**
 * Runs the jobs of a game day in worker threads, as many at once as there are threads. Results do not depend on how
 * many those are: a job is the same wherever it runs. What crosses threads is plain data.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Piscina } from "piscina";
import type { JobOutcome, RunWatch, StressExecutor } from "../stress/executor";
import { jobCount, type StressSuite } from "../stress/stress-job";
import { uncarryError } from "./carried-error";
import type { StressWorkerData, WorkerAnswer } from "./stress-worker";

/** Between two looks at how far the threads are, and for an interrupt. */
const LOOK_MS = 50;

export interface WorkerOptions {
  readonly threads: number;
  /** The compiled `stress-worker`. */
  readonly file: string;
  /** Node options of the threads. @default none */
  readonly execArgv?: readonly string[];
}

export class WorkerExecutor implements StressExecutor {
  constructor(private readonly options: WorkerOptions) {}

  async *run(suite: StressSuite, watch: RunWatch): AsyncGenerator<JobOutcome> {
    const jobs = jobCount(suite);
    const progress = new Float64Array(
      new SharedArrayBuffer(2 * jobs * Float64Array.BYTES_PER_ELEMENT),
    );
    const pool = this.startThreads(jobs, { suite, progress });
    const arrived: JobOutcome[] = [];
    let wake: () => void = () => {};
    for (let job = 0; job < jobs; job++) {
      const arrive = (outcome: JobOutcome["outcome"]): void => {
        progress[2 * job] = 1;
        arrived.push({ job, outcome });
        wake();
      };
      // A thread that dies, or is ended below, rejects; nobody listens any more in the second case.
      (pool.run(job) as Promise<WorkerAnswer>).then(
        (answer) => arrive("result" in answer ? answer : { error: uncarryError(answer.carried) }),
        (error: unknown) => arrive({ error }),
      );
    }
    try {
      let told = 0;
      while (told < jobs) {
        if (watch.isInterrupted?.() === true) return;
        const next = arrived.shift();
        if (next !== undefined) {
          told++;
          report(progress, told, watch);
          yield next;
          continue;
        }
        report(progress, told, watch);
        const looking = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          pause(LOOK_MS, undefined, { signal: looking.signal }).catch(() => {}),
        ]);
        looking.abort();
      }
    } finally {
      await pool.destroy();
    }
  }

  private startThreads(jobs: number, workerData: StressWorkerData): Piscina {
    const threads = Math.max(1, Math.min(this.options.threads, jobs));
    return new Piscina({
      filename: this.options.file,
      name: "runJob",
      minThreads: threads,
      maxThreads: threads,
      workerData,
      ...(this.options.execArgv === undefined ? {} : { execArgv: [...this.options.execArgv] }),
    });
  }
}

function report(progress: Float64Array, jobsDone: number, watch: RunWatch): void {
  let fraction = 0;
  let requestsDone = 0;
  for (let i = 0; i < progress.length; i += 2) {
    fraction += progress[i]!;
    requestsDone += progress[i + 1]!;
  }
  const jobs = progress.length / 2;
  watch.onProgress?.({ jobsDone, jobs, fractionDone: fraction / jobs, requestsDone });
}
