/** Jobs on this machine: one after the other in this thread, and in threads that live from batch to batch. */
import { describe, expect, it } from "@jest/globals";
import { InlinePool } from "../../../planner/execution/inline-pool";
import { JobContext } from "../../../planner/execution/job-context";
import type { JobPool } from "../../../planner/execution/job-pool";
import { LocalExecutor } from "../../../planner/execution/local-executor";
import { localPool } from "../../../planner/execution/local-pool";
import { ThreadPool } from "../../../planner/execution/thread-pool";
import { COUNTED_JOBS_FILE, type CountedContext } from "../../support/counted-jobs";
import {
  type CountedExecutor,
  expectedResult,
  outcomesOf,
  testExecutor,
  withExecutor,
} from "../../support/executor-contract";
import { threadsFromSources } from "../../support/source-threads";

function executorOn(pool: JobPool, context: CountedContext): CountedExecutor {
  return new LocalExecutor(pool, "counted", JobContext.of(context));
}

const inline = (context: CountedContext) => executorOn(new InlinePool(COUNTED_JOBS_FILE), context);
const threads = (count: number) => (context: CountedContext) =>
  executorOn(new ThreadPool(threadsFromSources(count, COUNTED_JOBS_FILE)), context);

testExecutor("an executor in this thread", inline);
testExecutor("an executor with one thread", threads(1));
testExecutor("an executor with three threads", threads(3));

describe("an executor with threads", () => {
  it("loses only the job whose thread dies", async () => {
    await withExecutor(threads(2), async (executor) => {
      const [first, died, last] = await outcomesOf(executor, [
        { n: 0 },
        { n: 1, dies: true },
        { n: 2 },
      ]);
      expect(first).toStrictEqual({ result: expectedResult(0) });
      expect((died as { error: Error }).error.message).toMatch(/exit/);
      expect(last).toStrictEqual({ result: expectedResult(2) });
    });
  });

  it("fails when a kind is unknown", async () => {
    const pool = new ThreadPool(threadsFromSources(1, COUNTED_JOBS_FILE));
    const executor = new LocalExecutor<number, number>(pool, "toString", JobContext.of({}));
    for await (const { outcome } of executor.run([1], {})) {
      expect((outcome as { error: Error }).error.message).toContain("a job is of a known kind");
    }
    await executor.close();
  });
});

describe("localPool", () => {
  it("is this thread where there is to be one, or only sources to load", () => {
    expect(localPool(1)).toBeInstanceOf(InlinePool);
    // These tests run from sources.
    expect(localPool(8)).toBeInstanceOf(InlinePool);
  });
});
