/** Threads that load the sources as they are: the library's own threads load compiled code. */
import type { ThreadPoolOptions } from "../../planner/execution/thread-pool";

export function threadsFromSources(threads: number, kindsFile: string): ThreadPoolOptions {
  return {
    threads,
    file: require.resolve("../../planner/execution/job-thread"),
    kindsFile,
    execArgv: ["--require", require.resolve("tsx/cjs")],
  };
}
