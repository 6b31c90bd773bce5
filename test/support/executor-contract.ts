/**
 * What every executor must do, whoever runs the jobs. Each implementation's test calls this with a way to open one for
 * jobs of counted-jobs.ts.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { InvariantViolation, PlannerError } from "../../planner/foundation/errors";
import type {
  JobExecutor,
  JobOutcome,
  RunProgress,
  RunWatch,
} from "../../planner/foundation/job-executor";
import {
  type CountedContext,
  type CountedJob,
  type CountedResult,
  PROBLEM,
  runsIn,
} from "./counted-jobs";
import { withTemporaryFolder } from "./temporary-folder";

export type CountedExecutor = JobExecutor<CountedJob, CountedResult>;

export type OpenExecutor = (context: CountedContext) => CountedExecutor | Promise<CountedExecutor>;

type Outcome = JobOutcome<CountedResult>;

export function contextIn(folder: string): CountedContext {
  return {
    factor: 3,
    log: path.join(folder, "runs.log"),
    weights: Float64Array.of(0.25, Number.POSITIVE_INFINITY, -0),
    limit: Number.POSITIVE_INFINITY,
  };
}

/** By hand: 3 n plus the weight of n modulo 3. */
export const expectedResult = (n: number): CountedResult => ({
  n,
  value: 3 * n + [0.25, Number.POSITIVE_INFINITY, -0][n % 3]!,
  limit: Number.POSITIVE_INFINITY,
  missing: undefined,
});

/** All outcomes by index; none comes twice. */
export async function outcomesOf(
  executor: CountedExecutor,
  jobs: readonly CountedJob[],
  watch: RunWatch = {},
): Promise<(Outcome["outcome"] | undefined)[]> {
  const outcomes: (Outcome["outcome"] | undefined)[] = jobs.map(() => undefined);
  for await (const { index, outcome } of executor.run(jobs, watch)) {
    expect(outcomes[index]).toBeUndefined();
    outcomes[index] = outcome;
  }
  return outcomes;
}

export async function withExecutor(
  open: OpenExecutor,
  use: (executor: CountedExecutor, log: string, folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const context = contextIn(folder);
    const executor = await open(context);
    try {
      await use(executor, context.log, folder);
    } finally {
      await executor.close();
    }
  });
}

export function jobsUpTo(count: number): CountedJob[] {
  return Array.from({ length: count }, (_, n) => ({ n, slices: 1 + (n % 4) }));
}

export function testExecutor(name: string, open: OpenExecutor): void {
  describe(name, () => {
    it("gives each job's own result, bit for bit, and runs each once", async () => {
      await withExecutor(open, async (executor, log) => {
        const jobs = jobsUpTo(20);
        const expected = jobs.map(({ n }) => ({ result: expectedResult(n) }));
        expect(await outcomesOf(executor, jobs)).toStrictEqual(expected);
        const runs = Object.fromEntries(jobs.map(({ n }) => [n, 1]));
        expect(runsIn(log)).toEqual(runs);
      });
    });

    it("runs one batch after the other, and one without jobs", async () => {
      await withExecutor(open, async (executor, log) => {
        for (const batch of [[3, 1], [], [2]]) {
          const jobs = batch.map((n) => ({ n }));
          const expected = batch.map((n) => ({ result: expectedResult(n) }));
          expect(await outcomesOf(executor, jobs)).toStrictEqual(expected);
        }
        expect(runsIn(log)).toEqual({ 1: 1, 2: 1, 3: 1 });
        expect(executor.parallelism).toBeGreaterThanOrEqual(1);
      });
    });

    it("runs several batches at the same time, and tells each its own", async () => {
      await withExecutor(open, async (executor, log) => {
        const batches = [[0, 1, 2], [3], [4, 5]];
        const outcomes = await Promise.all(
          batches.map(
            async (batch) =>
              await outcomesOf(
                executor,
                batch.map((n) => ({ n })),
              ),
          ),
        );
        expect(outcomes).toStrictEqual(
          batches.map((batch) => batch.map((n) => ({ result: expectedResult(n) }))),
        );
        expect(runsIn(log)).toEqual({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1 });
      });
    });

    it("tells what a job threw, of its own class, and loses no other", async () => {
      await withExecutor(open, async (executor) => {
        const jobs: CountedJob[] = [
          { n: 0 },
          { n: 1, throws: "planner" },
          { n: 2, throws: "invariant" },
          { n: 3, throws: "type" },
          { n: 4 },
        ];
        const [first, planner, invariant, type, last] = await outcomesOf(executor, jobs);
        expect(first).toStrictEqual({ result: expectedResult(0) });
        expect(last).toStrictEqual({ result: expectedResult(4) });
        const errors = [planner, invariant, type].map((one) => (one as { error: Error }).error);
        expect(errors[0]).toBeInstanceOf(PlannerError);
        expect((errors[0] as PlannerError).problems).toEqual([PROBLEM]);
        expect(errors[1]).toBeInstanceOf(InvariantViolation);
        expect(errors[1]!.message).toBe('n is even: {"n":2}');
        expect([errors[2]!.name, errors[2]!.message]).toEqual(["TypeError", "no 3"]);
      });
    });

    it("ends at an interrupt with what is finished", async () => {
      await withExecutor(open, async (executor, log, folder) => {
        const never = path.join(folder, "never");
        const jobs: CountedJob[] = [{ n: 0 }, { n: 1, waitFor: never }, { n: 2, waitFor: never }];
        const watch = { isInterrupted: () => (runsIn(log, "end")[0] ?? 0) > 0 && hasBegun(log, 1) };
        const outcomes = await outcomesOf(executor, jobs, watch);
        expect(outcomes[1]).toBeUndefined();
        expect(outcomes[2]).toBeUndefined();
        // Whoever was interrupted can run the next batch.
        expect(await outcomesOf(executor, [{ n: 5 }])).toStrictEqual([
          { result: expectedResult(5) },
        ]);
      });
    });

    it("ends what is running when nobody iterates any more", async () => {
      await withExecutor(open, async (executor, log, folder) => {
        const never = path.join(folder, "never");
        const jobs: CountedJob[] = [{ n: 0 }, { n: 1, waitFor: never }];
        for await (const { index } of executor.run(jobs, {})) {
          expect(index).toBe(0);
          break;
        }
        fs.writeFileSync(never, "");
        await outcomesOf(executor, [{ n: 2 }]);
        expect(runsIn(log, "end")[1]).toBeUndefined();
      });
    });

    it("tells how far it is: never backwards, at the end all", async () => {
      await withExecutor(open, async (executor) => {
        const seen: RunProgress[] = [];
        await outcomesOf(executor, jobsUpTo(6), { onProgress: (one) => seen.push(one) });
        let before = 0;
        for (const { fractionDone, jobsDone, jobs } of seen) {
          expect(fractionDone).toBeGreaterThanOrEqual(before);
          expect(fractionDone).toBeLessThanOrEqual(1);
          expect(jobsDone / jobs).toBeLessThanOrEqual(fractionDone);
          before = fractionDone;
        }
        // Jobs 0 to 5 have 1, 2, 3, 4, 1 and 2 slices of 10.
        expect(seen.at(-1)).toEqual({ jobsDone: 6, jobs: 6, fractionDone: 1, workDone: 130 });
      });
    });
  });
}

function hasBegun(log: string, n: number): boolean {
  return (runsIn(log)[n] ?? 0) > 0;
}
