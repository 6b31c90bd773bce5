/** Jobs on workers behind a real redis-server: the same results, whatever is killed in the middle, and nothing left over. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { JobContext } from "../../../planner/execution/job-context";
import { JobKeys } from "../../../planner/execution/job-keys";
import { KEY_PREFIX, queueName } from "../../../planner/execution/redis/job-protocol";
import { openRedisExecutor } from "../../../planner/execution/redis/redis-executor";
import { PlannerError } from "../../../planner/foundation/errors";
import { plainText } from "../../../planner/foundation/plain-data";
import type { CountedContext, CountedJob, CountedResult } from "../../support/counted-jobs";
import { runsIn } from "../../support/counted-jobs";
import {
  type CountedExecutor,
  contextIn,
  expectedResult,
  jobsUpTo,
  outcomesOf,
  testExecutor,
  withExecutor,
} from "../../support/executor-contract";
import { describeWithRedis, freePort, startRedisServer } from "../../support/redis-server";
import { withTemporaryFolder } from "../../support/temporary-folder";
import {
  FAST,
  killWorkers,
  startProducerProcess,
  startWorkerProcess,
  VERSION,
  workerProcess,
} from "../../support/worker-process";

const keysOf = (context: CountedContext): JobKeys =>
  new JobKeys(VERSION, "counted", JobContext.of(context));

async function open(
  url: string,
  context: CountedContext,
  onNote: (note: string) => void = () => {},
): Promise<CountedExecutor> {
  return await openRedisExecutor<CountedJob, CountedResult>({
    url,
    keys: keysOf(context),
    onNote,
    timing: FAST,
  });
}

afterEach(killWorkers);

describeWithRedis("with one worker process", (url) => {
  testExecutor("an executor on Redis", async (context) => {
    await startWorkerProcess(url(), { threads: 2 });
    return await open(url(), context);
  });
});

describeWithRedis("an executor on Redis", (url) => {
  it("gives the same bytes with two workers, and both work", async () => {
    const workers = [
      await startWorkerProcess(url(), { threads: 0 }),
      await startWorkerProcess(url(), { threads: 2 }),
    ];
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log) => {
        expect(executor.parallelism).toBe(3);
        const jobs = jobsUpTo(60);
        const expected = jobs.map(({ n }) => ({ result: expectedResult(n) }));
        expect(await outcomesOf(executor, jobs)).toStrictEqual(expected);
        expect(Object.values(runsIn(log))).toEqual(jobs.map(() => 1));
      },
    );
    for (const { events } of workers) {
      expect(events.some(({ kind }) => kind === "finished")).toBe(true);
    }
  });

  it("counts every job once when a worker is killed in the middle of one", async () => {
    const doomed = await startWorkerProcess(url());
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log, folder) => {
        const gate = path.join(folder, "gate");
        const jobs: CountedJob[] = jobsUpTo(12).map((job) =>
          job.n === 4 ? { ...job, waitFor: gate } : job,
        );
        const running = outcomesOf(executor, jobs);
        await until(() => (runsIn(log)[4] ?? 0) > 0);
        await doomed.kill();
        const heir = await startWorkerProcess(url());
        fs.writeFileSync(gate, "");
        const expected = jobs.map(({ n }) => ({ result: expectedResult(n) }));
        expect(await running).toStrictEqual(expected);
        // Begun twice, finished once; no other was begun again.
        const runs = Object.fromEntries(jobs.map(({ n }) => [n, n === 4 ? 2 : 1]));
        expect(runsIn(log)).toEqual(runs);
        expect(Object.values(runsIn(log, "end"))).toEqual(jobs.map(() => 1));
        expect(heir.events.some(({ kind }) => kind === "finished")).toBe(true);
      },
    );
  });

  it("gives a job up that kills every worker, and says so", async () => {
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log) => {
        // In a worker without threads the job ends the process.
        const running = outcomesOf(executor, [{ n: 1, dies: true }, { n: 2 }]);
        let isOver = false;
        void running.finally(() => {
          isOver = true;
        });
        while (!isOver) {
          await Promise.race([running, workerProcess(url(), { threads: 0 }).ended]);
        }
        const [given, other] = await running;
        const { error } = given as { error: PlannerError };
        expect(error).toBeInstanceOf(PlannerError);
        expect(error.message).toMatch(
          /^redis:.*: no worker could finish a counted job: job stalled more than allowable limit; look at/,
        );
        expect(other).toStrictEqual({ result: expectedResult(2) });
        expect(runsIn(log)[1]).toBe(3);
      },
    );
  });

  it("runs a job again when only its thread dies, and gives it up after three times", async () => {
    await startWorkerProcess(url(), { threads: 1 });
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log) => {
        const [given] = await outcomesOf(executor, [{ n: 1, dies: true }]);
        expect((given as { error: Error }).error.message).toContain("no worker could finish");
        expect(runsIn(log)[1]).toBe(3);
      },
    );
  });

  it("gives a running job back at SIGTERM, for another worker to take", async () => {
    const leaving = await startWorkerProcess(url());
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log, folder) => {
        const gate = path.join(folder, "gate");
        const running = outcomesOf(executor, [{ n: 1, waitFor: gate }, { n: 2 }]);
        await until(() => (runsIn(log)[1] ?? 0) > 0);
        leaving.child.kill("SIGTERM");
        await leaving.saw("closed");
        expect(leaving.events.some(({ kind }) => kind === "given back")).toBe(true);
        fs.writeFileSync(gate, "");
        await startWorkerProcess(url());
        expect(await running).toStrictEqual([
          { result: expectedResult(1) },
          { result: expectedResult(2) },
        ]);
        expect(runsIn(log)).toEqual({ 1: 2, 2: 1 });
      },
    );
  });

  it("leaves no job, no answer and no context in Redis", async () => {
    await startWorkerProcess(url(), { threads: 2 });
    await withExecutor(
      (context) => open(url(), context),
      async (executor) => {
        await outcomesOf(executor, [...jobsUpTo(5), { n: 9, throws: "type" }]);
      },
    );
    const never = "never";
    await withExecutor(
      (context) => open(url(), context),
      async (executor, log) => {
        const jobs = jobsUpTo(20).map((job) => ({ ...job, waitFor: never }));
        const isInterrupted = (): boolean => Object.keys(runsIn(log)).length >= 2;
        expect(await outcomesOf(executor, jobs, { isInterrupted })).toEqual(
          jobs.map(() => undefined),
        );
      },
    );
    expect(await leftovers(url())).toEqual([]);
  });

  it("has its jobs dropped by workers when it was killed, so that the next run is not held up", async () => {
    await withTemporaryFolder(async (folder) => {
      const producer = await startProducerProcess(url(), path.join(folder, "killed"));
      await producer.kill();
      // As time does, since nobody renews them.
      await forgetContexts(url());
      const worker = await startWorkerProcess(url());
      const executor = await open(url(), contextIn(folder));
      expect(await outcomesOf(executor, [{ n: 1 }])).toStrictEqual([{ result: expectedResult(1) }]);
      await executor.close();
      expect(worker.events.filter(({ kind }) => kind === "dropped")).toHaveLength(30);
      expect(worker.events.filter(({ kind }) => kind === "began")).toHaveLength(1);
      expect(await leftovers(url())).toEqual([]);
    });
  });

  it("adds again what was dropped or removed while it waits", async () => {
    await withExecutor(
      (context) => open(url(), context),
      async (executor) => {
        const running = outcomesOf(executor, jobsUpTo(6));
        await hasJobs(url());
        await forgetContexts(url());
        await startWorkerProcess(url());
        const expected = jobsUpTo(6).map(({ n }) => ({ result: expectedResult(n) }));
        expect(await running).toStrictEqual(expected);
      },
    );
  });

  it("takes an answer that a killed run has left, and tries again what was given up then", async () => {
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const keys = keysOf(context);
      const answer = { kind: "result", text: plainText(expectedResult(1)), workDone: 0 };
      await leaveInQueue(url(), keys.keyOf({ n: 1 }), async () => answer);
      await leaveInQueue(url(), keys.keyOf({ n: 2 }), async () => {
        throw new Error("lost");
      });
      await startWorkerProcess(url(), { threads: 0 });
      const executor = await open(url(), context);
      expect(await outcomesOf(executor, [{ n: 1 }, { n: 2 }])).toStrictEqual([
        { result: expectedResult(1) },
        { result: expectedResult(2) },
      ]);
      await executor.close();
      expect(runsIn(context.log)).toEqual({ 2: 1 });
    });
  });

  it("shares a job with another run that asks for the same", async () => {
    await startWorkerProcess(url(), { threads: 2 });
    await withTemporaryFolder(async (folder) => {
      const context = contextIn(folder);
      const executors = [await open(url(), context), await open(url(), context)];
      const jobs = jobsUpTo(30);
      const all = await Promise.all(executors.map((one) => outcomesOf(one, jobs)));
      const expected = jobs.map(({ n }) => ({ result: expectedResult(n) }));
      expect(all).toStrictEqual([expected, expected]);
      for (const one of executors) await one.close();
    });
  });

  it("says that nobody takes its jobs, and which versions do not", async () => {
    await startWorkerProcess(url(), { version: "0.0.9", threads: 0 });
    const notes: string[] = [];
    await withTemporaryFolder(async (folder) => {
      const executor = await open(url(), contextIn(folder), (note) => notes.push(note));
      const running = outcomesOf(executor, [{ n: 1 }]);
      await new Promise((resolve) => setTimeout(resolve, 3 * FAST.sweepMs));
      expect(notes).toEqual([
        `no worker of capplan ${VERSION} is connected to ${url()}; those of capplan 0.0.9 do not take its jobs; start one with: capplan worker --redis ${url()}`,
      ]);
      expect(executor.parallelism).toBe(1);
      await startWorkerProcess(url(), { threads: 0 });
      expect(await running).toStrictEqual([{ result: expectedResult(1) }]);
      await executor.close();
    });
  });
});

describeWithRedis("the connection", (url) => {
  const failure = async (address: string): Promise<string> => {
    const error: unknown = await open(address, contextIn("/")).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(PlannerError);
    return (error as PlannerError).message;
  };

  it("fails with one clear message when there is no Redis, or it lets nobody in", async () => {
    const port = await freePort();
    expect(await failure(`redis://127.0.0.1:${port}`)).toBe(
      `redis://127.0.0.1:${port}: Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}; start redis-server there, or correct the address (rediss:// where it takes TLS only)`,
    );
    expect(await failure(`${url()}/99`)).toMatch(/Redis answered: ERR DB index is out of range$/);
    const locked = await startRedisServer(["--requirepass", "secret"]);
    try {
      expect(await failure(locked.url)).toMatch(/refuses the user or the password \(NOAUTH\)/);
      const wrong = await failure(`redis://:wrong@127.0.0.1:${locked.port}`);
      expect(wrong).toMatch(/^redis:\/\/:\*\*\*@.*\(WRONGPASS\); put them into the URL/);
      const executor = await open(`redis://:secret@127.0.0.1:${locked.port}/3`, contextIn("/"));
      await executor.close();
    } finally {
      await locked.stop();
    }
  });

  it("is made again when Redis was away for a moment", async () => {
    const first = await startRedisServer();
    let second = first;
    const worker = await startWorkerProcess(first.url);
    await withExecutor(
      (context) => open(first.url, context),
      async (executor, _log, folder) => {
        const gate = path.join(folder, "gate");
        const running = outcomesOf(executor, [{ n: 1, waitFor: gate }, { n: 2 }]);
        await worker.saw("began");
        await first.stop();
        await worker.saw("connection lost");
        // It has forgotten everything.
        second = await startRedisServer([], first.port);
        fs.writeFileSync(gate, "");
        expect(await running).toStrictEqual([
          { result: expectedResult(1) },
          { result: expectedResult(2) },
        ]);
        await worker.saw("connection back");
        // Once for each job at most: the context is there again before its jobs are.
        expect(worker.events.filter(({ kind }) => kind === "dropped").length).toBeLessThan(3);
      },
    );
    await worker.kill();
    await second.stop();
  });
});

/** A job in the queue that is over. */
async function leaveInQueue(
  url: string,
  jobId: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const settings = { connection: { url }, prefix: KEY_PREFIX };
  const queue = new Queue(queueName(VERSION), settings);
  await queue.add("counted", {}, { jobId });
  const worker = new Worker(queueName(VERSION), run, settings);
  await new Promise((resolve) => worker.once("completed", resolve).once("failed", resolve));
  await Promise.all([worker.close(), queue.close()]);
}

/** Keys of jobs and contexts, and what the queue's lists hold. */
async function leftovers(url: string): Promise<string[]> {
  const client = new Redis(url);
  const keys = await client.keys("*");
  client.disconnect();
  // What BullMQ keeps of a queue without jobs.
  return keys.filter((key) => !/:(meta|events|id|marker|stalled-check)$/.test(key)).sort();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function hasJobs(url: string): Promise<void> {
  const client = new Redis(url);
  while ((await client.keys(`*:counted-*`)).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  client.disconnect();
}

/** As time does when no producer renews them. */
async function forgetContexts(url: string): Promise<void> {
  const client = new Redis(url);
  for (const key of await client.keys("*:context:*")) await client.del(key);
  client.disconnect();
}
