/** Chooses where jobs run on this machine: in threads when there may be several, and their code is there to load. */
import path from "node:path";
import { InlinePool } from "./inline-pool";
import { JOB_KINDS_FILE } from "./job-kinds";
import type { JobPool } from "./job-pool";

/**
 * Threads load compiled code. Run from TypeScript sources, without a build beside this file, everything runs in this
 * thread, with the same results.
 *
 * @param threads most jobs at once
 * @param kind of jobs that will be run, where that is known
 */
export function localPool(threads: number, kind?: string): JobPool {
  const file = require.resolve("./job-thread");
  if (threads < 2 || path.extname(file) !== ".js") return new InlinePool(JOB_KINDS_FILE);
  // Loaded when it is needed: a run in this thread does without it.
  const { ThreadPool } = require("./thread-pool") as typeof import("./thread-pool");
  return new ThreadPool({
    threads,
    file,
    kindsFile: JOB_KINDS_FILE,
    ...(kind === undefined ? {} : { kind }),
  });
}
