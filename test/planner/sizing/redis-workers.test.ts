/** A search on two worker processes behind a real redis-server gives the bytes that one process gives by itself. */
import { afterEach, expect, it } from "@jest/globals";
import { loadSolver } from "../../../bin/load-solver";
import { JobContext } from "../../../planner/execution/job-context";
import { JobKeys } from "../../../planner/execution/job-keys";
import { JOB_KINDS_FILE } from "../../../planner/execution/job-kinds";
import { localExecutor } from "../../../planner/execution/local-executor";
import { openRedisExecutor } from "../../../planner/execution/redis/redis-executor";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import type { SizingExecutor, SizingJob, SizingJobResult } from "../../../planner/sizing/evaluator";
import { sizeFleet } from "../../../planner/sizing/size-fleet";
import { describeWithRedis } from "../../support/redis-server";
import { SMALL_SIZING } from "../../support/small-sizing";
import { FAST, killWorkers, startWorkerProcess, VERSION } from "../../support/worker-process";

/** Jobs here take seconds on a machine that has other things to do. */
const TIMING = { ...FAST, lockMs: 10_000, stalledMs: 3000 };

afterEach(killWorkers);

describeWithRedis("a search on Redis", (url) => {
  it("gives the same bytes with two workers, and both work", async () => {
    const context = { spec: parseScenario(SMALL_SIZING, {}), traces: [] };
    const solver = await loadSolver();
    const answer = async (executor: SizingExecutor): Promise<string> => {
      const result = await sizeFleet(context, { solver, executor, watch: {} });
      await executor.close();
      return JSON.stringify(result);
    };
    const options = { threads: 0, timing: TIMING, kindsFile: JOB_KINDS_FILE };
    const workers = await Promise.all([1, 2].map(() => startWorkerProcess(url(), options)));
    const executor = await openRedisExecutor<SizingJob, SizingJobResult>({
      url: url(),
      keys: new JobKeys(VERSION, "sizing", JobContext.of(context)),
      onNote: () => {},
      timing: TIMING,
    });
    expect(executor.parallelism).toBe(2);
    const onWorkers = await answer(executor);
    expect(onWorkers).toBe(await answer(localExecutor("sizing", context, 1)));
    expect(JSON.parse(onWorkers)).toMatchObject({ kind: "sized", verdict: "PASS" });
    for (const { events } of workers) {
      expect(events.some(({ kind }) => kind === "finished")).toBe(true);
    }
  });
});
