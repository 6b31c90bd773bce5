/** Chooses how the jobs of a game day are run: in threads when there may be several, and their code is there to load. */
import path from "node:path";
import type { StressExecutor } from "../stress/executor";
import { InlineExecutor } from "./inline-executor";

/**
 * Threads load compiled code. Run from TypeScript sources, without a build beside this file, everything runs in this
 * thread, with the same results.
 *
 * @param threads most threads at once
 */
export function stressExecutor(threads: number): StressExecutor {
  const file = require.resolve("./stress-worker");
  if (threads < 2 || path.extname(file) !== ".js") return new InlineExecutor();
  // Loaded when it is needed: a run in this thread does without it.
  const { WorkerExecutor } = require("./worker-executor") as typeof import("./worker-executor");
  return new WorkerExecutor({ threads, file });
}
