/** Chooses where jobs run on this machine: in this thread, and in others where several may run at once. */
import path from "node:path";
import { InlinePool } from "./inline-pool";
import { JOB_KINDS_FILE } from "./job-kinds";
import type { JobPool } from "./job-pool";

export interface LocalPoolOptions {
  /** Most jobs at once. */
  readonly jobs: number;
  /** Kind of jobs that will be run, where that is known. */
  readonly kind?: string;
  /** This thread has something else to do, and runs none. @default false */
  readonly isThisThreadBusy?: boolean;
}

/**
 * One thread less than there are jobs at once, since this one would idle. Threads load compiled code: run from TypeScript
 * sources, without a build beside this file, everything runs in this thread, with the same results.
 */
export function localPool({ jobs, kind, isThisThreadBusy = false }: LocalPoolOptions): JobPool {
  const file = require.resolve("./job-thread");
  const threads = isThisThreadBusy ? jobs : jobs - 1;
  if (threads === 0 || path.extname(file) !== ".js") return new InlinePool(JOB_KINDS_FILE);
  // Loaded when it is needed: a run in this thread does without it.
  const { ThreadPool } = require("./thread-pool") as typeof import("./thread-pool");
  const pool = new ThreadPool({
    threads,
    file,
    kindsFile: JOB_KINDS_FILE,
    ...(kind === undefined ? {} : { kind }),
  });
  if (isThisThreadBusy) return pool;
  const { JoinedPool } = require("./joined-pool") as typeof import("./joined-pool");
  return new JoinedPool([pool, new InlinePool(JOB_KINDS_FILE)]);
}
