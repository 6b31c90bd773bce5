/** Jobs on this machine: one after the other in this thread, and in threads that live from batch to batch. */
import { describe, expect, it } from "@jest/globals";
import { InlinePool } from "../../../planner/execution/inline-pool";
import { JobContext } from "../../../planner/execution/job-context";
import type { JobAnswer, JobPool, JobTask } from "../../../planner/execution/job-pool";
import { JoinedPool } from "../../../planner/execution/joined-pool";
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
testExecutor("an executor in this thread and two others", (context) =>
  executorOn(
    new JoinedPool([
      new ThreadPool(threadsFromSources(2, COUNTED_JOBS_FILE)),
      new InlinePool(COUNTED_JOBS_FILE),
    ]),
    context,
  ),
);

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
    expect(localPool({ jobs: 1 })).toBeInstanceOf(InlinePool);
    // These tests run from sources.
    expect(localPool({ jobs: 8 })).toBeInstanceOf(InlinePool);
  });
});

describe("joined pools", () => {
  /** A pool whose jobs end when they are told to. */
  class ToldPool implements JobPool {
    readonly begun: unknown[] = [];
    readonly ends: ((error?: Error) => void)[] = [];
    isClosed = false;

    constructor(readonly parallelism: number) {}

    async run({ job }: JobTask): Promise<JobAnswer> {
      this.begun.push(job);
      return await new Promise((resolve, reject) => {
        this.ends.push((error) => {
          if (error === undefined) resolve({ kind: "result", result: job });
          else reject(error);
        });
      });
    }

    async close(): Promise<void> {
      this.isClosed = true;
    }
  }

  const control = { onProgress: () => {}, isCancelled: () => false };
  const settle = async () => await new Promise((resolve) => setImmediate(resolve));

  it("fills one after the other, and gives a free place to who has waited longest", async () => {
    const [first, second] = [new ToldPool(2), new ToldPool(1)];
    const pool = new JoinedPool([first, second]);
    expect(pool.parallelism).toBe(3);
    const context = JobContext.of({});
    const answers = [1, 2, 3, 4, 5].map(
      async (job) => await pool.run({ kind: "told", context, job }, control),
    );
    await settle();
    expect([first.begun, second.begun]).toStrictEqual([[1, 2], [3]]);
    second.ends[0]!();
    await settle();
    expect([first.begun, second.begun]).toStrictEqual([
      [1, 2],
      [3, 4],
    ]);
    // A job that could not be run gives its place back, too.
    first.ends[0]!(new Error("thread died"));
    await expect(answers[0]).rejects.toThrow("thread died");
    await settle();
    expect(first.begun).toStrictEqual([1, 2, 5]);
    for (const end of [...first.ends.slice(1), second.ends[1]!]) end();
    const results = await Promise.all(answers.slice(1));
    expect(results.map((one) => "result" in one && one.result)).toStrictEqual([2, 3, 4, 5]);
    const last = pool.run({ kind: "told", context, job: 6 }, control);
    await settle();
    expect(first.begun.at(-1)).toBe(6);
    first.ends.at(-1)!();
    await last;
    await pool.close();
    expect([first.isClosed, second.isClosed]).toStrictEqual([true, true]);
  });
});
