/** Results that are there are not made again: within a batch, between batches, and after a process was killed. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { openJournalFile } from "../../../bin/journal-file";
import { InlinePool } from "../../../planner/execution/inline-pool";
import { JobContext } from "../../../planner/execution/job-context";
import { JobKeys } from "../../../planner/execution/job-keys";
import { FileJournal, memoryJournal } from "../../../planner/execution/journal";
import { JournaledExecutor } from "../../../planner/execution/journaled-executor";
import { LocalExecutor } from "../../../planner/execution/local-executor";
import { PlannerError } from "../../../planner/foundation/errors";
import type { RunProgress } from "../../../planner/foundation/job-executor";
import {
  COUNTED_JOBS_FILE,
  type CountedContext,
  type CountedJob,
  type CountedResult,
  runsIn,
} from "../../support/counted-jobs";
import {
  type CountedExecutor,
  contextIn,
  expectedResult,
  jobsUpTo,
  outcomesOf,
  testExecutor,
  withExecutor,
} from "../../support/executor-contract";
import { memoryIo } from "../../support/memory-io";
import { withTemporaryFolder } from "../../support/temporary-folder";

const VERSION = "1.0.0";

function innerExecutor(keys: JobKeys): CountedExecutor {
  const pool = new InlinePool(COUNTED_JOBS_FILE);
  return new LocalExecutor<CountedJob, CountedResult>(pool, "counted", keys.context);
}

function inFile(context: CountedContext, version = VERSION) {
  const keys = new JobKeys(version, "counted", JobContext.of(context));
  const file = openJournalFile(memoryIo({ cwd: path.dirname(context.log) }), "run.journal");
  const journal = FileJournal.open(file, keys);
  const inner = innerExecutor(keys);
  const executor: CountedExecutor = new JournaledExecutor(inner, keys, journal);
  return { executor, journal };
}

function inMemory(context: CountedContext): CountedExecutor {
  const keys = new JobKeys(VERSION, "counted", JobContext.of(context));
  const inner = innerExecutor(keys);
  return new JournaledExecutor(inner, keys, memoryJournal());
}

testExecutor("an executor with a journal in memory", inMemory);
testExecutor("an executor with a journal in a file", (context) => inFile(context).executor);

const results = (numbers: readonly number[]) => numbers.map((n) => ({ result: expectedResult(n) }));

describe("an executor with a journal", () => {
  it("runs a job once that is asked for several times, in one batch or in two", async () => {
    await withExecutor(inMemory, async (executor, log) => {
      const seen: RunProgress[] = [];
      const watch = { onProgress: (one: RunProgress) => seen.push(one) };
      const numbers = [1, 2, 1, 1];
      const jobs = numbers.map((n) => ({ n }));
      expect(await outcomesOf(executor, jobs, watch)).toStrictEqual(results(numbers));
      expect(await outcomesOf(executor, [{ n: 2 }, { n: 3 }])).toStrictEqual(results([2, 3]));
      expect(runsIn(log)).toEqual({ 1: 1, 2: 1, 3: 1 });
      expect(seen[0]).toEqual({ jobsDone: 2, jobs: 4, fractionDone: 0.5, workDone: 0 });
      expect(seen.at(-1)).toEqual({ jobsDone: 4, jobs: 4, fractionDone: 1, workDone: 20 });
    });
  });

  it("asks again for what threw", async () => {
    await withExecutor(inMemory, async (executor, log) => {
      const jobs = [{ n: 1, throws: "type" as const }];
      for (let time = 1; time <= 2; time++) {
        const [outcome] = await outcomesOf(executor, jobs);
        expect((outcome as { error: Error }).error.message).toBe("no 1");
        expect(runsIn(log)[1]).toBe(time);
      }
    });
  });

  it("goes on from its file where it was interrupted, and repeats nothing", async () => {
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const jobs = jobsUpTo(10);
      const first = inFile(context);
      const isInterrupted = (): boolean => Object.keys(runsIn(context.log, "end")).length >= 4;
      const kept = await outcomesOf(first.executor, jobs, { isInterrupted });
      await first.executor.close();
      expect(kept.filter((one) => one !== undefined)).toHaveLength(4);
      const second = inFile(context);
      expect(second.journal).toMatchObject({ size: 4, others: 0 });
      const expected = results(jobs.map(({ n }) => n));
      expect(await outcomesOf(second.executor, jobs)).toStrictEqual(expected);
      await second.executor.close();
      expect(Object.values(runsIn(context.log, "end"))).toEqual(jobs.map(() => 1));
      const third = inFile(context);
      expect(await outcomesOf(third.executor, jobs)).toStrictEqual(expected);
      await third.executor.close();
      expect(Object.values(runsIn(context.log, "end"))).toEqual(jobs.map(() => 1));
    });
  });

  it("has a result on the disk before anybody hears of it", async () => {
    await withTemporaryFolder(async (folder) => {
      const { executor } = inFile(contextIn(folder));
      let heard = 0;
      for await (const _ of executor.run(jobsUpTo(3), {})) {
        heard++;
        const lines = fs.readFileSync(path.join(folder, "run.journal"), "utf8").split("\n");
        expect(lines.length - 2).toBeGreaterThanOrEqual(heard);
      }
      await executor.close();
    });
  });

  it("drops a line that a kill has cut off, wherever it was cut, and runs its job again", async () => {
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const file = path.join(folder, "run.journal");
      const { executor } = inFile(context);
      await outcomesOf(executor, [{ n: 1 }, { n: 2 }]);
      await executor.close();
      const whole = fs.readFileSync(file, "utf8");
      const lastLine = whole.lastIndexOf("\n", whole.length - 2) + 1;
      for (let end = lastLine + 1; end < whole.length; end += 7) {
        fs.writeFileSync(file, whole.slice(0, end));
        const again = inFile(context);
        expect(again.journal.size).toBe(1);
        expect(await outcomesOf(again.executor, [{ n: 1 }, { n: 2 }])).toStrictEqual(
          results([1, 2]),
        );
        await again.executor.close();
        expect(fs.readFileSync(file, "utf8")).toBe(whole);
      }
      expect(runsIn(context.log)[1]).toBe(1);
      // Cut off in its very first line.
      fs.writeFileSync(file, whole.slice(0, 9));
      const { journal } = inFile(context);
      expect(journal.size).toBe(0);
      journal.close();
      expect(fs.readFileSync(file, "utf8")).toBe(whole.slice(0, whole.indexOf("\n") + 1));
    });
  });

  it("keeps results of another context in the file, and does not use them", async () => {
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const other = { ...context, limit: 5 };
      const first = inFile(context);
      await outcomesOf(first.executor, [{ n: 1 }]);
      await first.executor.close();
      const second = inFile(other);
      expect(second.journal).toMatchObject({ size: 0, others: 1 });
      const changed = { ...expectedResult(1), limit: 5 };
      expect(await outcomesOf(second.executor, [{ n: 1 }])).toStrictEqual([{ result: changed }]);
      await second.executor.close();
      const third = inFile(context);
      expect(third.journal).toMatchObject({ size: 1, others: 1 });
      await third.executor.close();
    });
  });

  it.each(["null", "{}", "5", "changed"])("fails when a result has become %s", async (result) => {
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const first = inFile(context);
      await outcomesOf(first.executor, [{ n: 1 }]);
      await first.executor.close();
      const file = path.join(folder, "run.journal");
      const whole = fs.readFileSync(file, "utf8");
      const damaged =
        result === "changed"
          ? whole.replace(
              /(\d)(\D*)\n$/,
              (_, digit, rest) => `${(Number(digit) + 1) % 10}${rest}\n`,
            )
          : whole.replace(/"result":.*\n$/, `"result":${result}}\n`);
      expect(damaged).not.toBe(whole);
      fs.writeFileSync(file, damaged);
      expect(() => inFile(context)).toThrow(
        "run.journal:2: is not a line of a journal, or not as it",
      );
    });
  });

  it("fails when the file is of another version, is damaged, or is no journal", async () => {
    await withTemporaryFolder((folder) => {
      const context = contextIn(folder);
      const file = path.join(folder, "run.journal");
      const message = (): string => {
        try {
          inFile(context);
        } catch (error) {
          expect(error).toBeInstanceOf(PlannerError);
          return (error as PlannerError).message;
        }
        return "";
      };
      inFile(context, "0.9.0").journal.close();
      const old = fs.readFileSync(file, "utf8");
      expect(message()).toBe(
        "run.journal: is a journal of capplan 0.9.0 in format 2, and this is capplan 1.0.0 with format 2: results may differ; delete it, or name another file",
      );
      fs.writeFileSync(file, `${old.replace("0.9.0", VERSION)}{"key":1}\n`);
      expect(message()).toBe(
        "run.journal:2: is not a line of a journal, or not as it was written; delete the line, and its job is run again",
      );
      for (const text of ["version: 1\nname: mine\n", "no end of line", "{}\n", "null\n"]) {
        fs.writeFileSync(file, text);
        expect(message()).toBe("run.journal: is there, and is not a journal; name another file");
        expect(fs.readFileSync(file, "utf8")).toBe(text);
      }
    });
  });
});

describe("the key of a job", () => {
  it("is another for another version, kind, context or job, and the same otherwise", () => {
    const keys = (version: string, kind: string, context: unknown) =>
      new JobKeys(version, kind, JobContext.of(context));
    const all = [
      keys("1", "a", { x: 1 }).keyOf(1),
      keys("1", "a", { x: 1 }).keyOf(2),
      keys("1", "a", { x: 2 }).keyOf(1),
      keys("1", "b", { x: 1 }).keyOf(1),
      keys("2", "a", { x: 1 }).keyOf(1),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(keys("1", "a", { x: 1 }).keyOf(1)).toBe(all[0]);
    expect(all[0]).toMatch(/^a-[0-9a-f]{40}$/);
  });
});
