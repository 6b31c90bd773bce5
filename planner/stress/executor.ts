/**
 * How a game day asks for its runs to be made: in this thread, in several, or elsewhere. Implementations are in
 * `execution/`; none may change a result.
 */
import type { JobResult, StressSuite } from "./stress-job";

export interface StressExecutor {
  /**
   * Runs every job of the suite and yields each when it is over, in any order. A caller that stops iterating ends
   * what is still running.
   */
  run(suite: StressSuite, watch: RunWatch): AsyncIterable<JobOutcome>;
}

export interface JobOutcome {
  readonly job: number;
  /** `error` is what the job threw, of the class that it threw. */
  readonly outcome: { readonly result: JobResult } | { readonly error: unknown };
}

export interface RunWatch {
  readonly onProgress?: (progress: SuiteProgress) => void;
  /** Asked while jobs run; true ends the iteration with what is finished. */
  readonly isInterrupted?: () => boolean;
}

export interface SuiteProgress {
  readonly jobsDone: number;
  readonly jobs: number;
  /** Of all jobs together, from 0 to 1. */
  readonly fractionDone: number;
  readonly requestsDone: number;
}
