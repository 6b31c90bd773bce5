/**
 * Where jobs run on this machine: one at a time in this thread, or as many at once as there are threads. Pools know
 * nothing of batches; `local-executor.ts` and `redis-worker.ts` hand them jobs.
 */
import type { JobProgress } from "../foundation/job-executor";
import type { JobContext } from "./job-context";

export interface JobPool {
  /** Jobs that it runs at once. */
  readonly parallelism: number;
  /** Runs one job to its end. Rejects when the job could not be run at all: its thread died, say. */
  run(task: JobTask, control: JobControl): Promise<JobAnswer>;
  close(): Promise<void>;
}

export interface JobTask {
  readonly kind: string;
  readonly context: JobContext;
  readonly job: unknown;
}

export interface JobControl {
  readonly onProgress: (progress: JobProgress) => void;
  /** Asked while the job runs; true gives it up. */
  readonly isCancelled: () => boolean;
}

export type JobAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  /** What the job threw, of the class that it threw. */
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "cancelled" };
