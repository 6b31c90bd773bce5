/**
 * A worker process for tests, which runs kinds of jobs from sources: `test-worker.ts URL VERSION THREADS TIMING KINDS`. It
 * prints each event as a line of JSON, and stops at SIGTERM after a short while.
 */
import { InlinePool } from "../../planner/execution/inline-pool";
import type { RedisTiming } from "../../planner/execution/redis/redis-timing";
import { startRedisWorker } from "../../planner/execution/redis/redis-worker";
import { ThreadPool } from "../../planner/execution/thread-pool";
import { threadsFromSources } from "./source-threads";

const GRACE_MS = 300;

async function main([url, version, threads, timing, kindsFile]: readonly string[]): Promise<void> {
  const print = (event: object): void => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  };
  const pool =
    threads === "0"
      ? new InlinePool(kindsFile!)
      : new ThreadPool(threadsFromSources(Number(threads), kindsFile!));
  const worker = await startRedisWorker({
    url: url!,
    version: version!,
    pool,
    timing: JSON.parse(timing!) as RedisTiming,
    onEvent: print,
  });
  process.on("SIGTERM", () => {
    void worker.close(GRACE_MS).then(() => print({ kind: "closed" }));
  });
  print({ kind: "ready" });
}

void main(process.argv.slice(2));
