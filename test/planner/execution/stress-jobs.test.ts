/** How the jobs of a game day are run changes nothing: in this thread, in several, with errors and interrupts. */
import { describe, expect, it } from "@jest/globals";
import { InlinePool } from "../../../planner/execution/inline-pool";
import { JobContext } from "../../../planner/execution/job-context";
import { JOB_KINDS_FILE } from "../../../planner/execution/job-kinds";
import { LocalExecutor } from "../../../planner/execution/local-executor";
import { ThreadPool } from "../../../planner/execution/thread-pool";
import { PlannerError } from "../../../planner/foundation/errors";
import type { JobExecutor, RunProgress } from "../../../planner/foundation/job-executor";
import { runStress } from "../../../planner/stress/run-stress";
import { type JobResult, type StressSuite, stressJobs } from "../../../planner/stress/stress-job";
import { stressCases } from "../../../planner/stress/stress-suite";
import { resolvedPool, resolvedWorkload } from "../../support/resolved";
import { threadsFromSources } from "../../support/source-threads";
import { fleetScenario } from "../stress/stress-fixture";

type OpenExecutor = (suite: StressSuite) => JobExecutor<number, JobResult>;

const inline: OpenExecutor = (suite) =>
  new LocalExecutor(new InlinePool(JOB_KINDS_FILE), "stress", JobContext.of(suite));

const threads =
  (count: number): OpenExecutor =>
  (suite) =>
    new LocalExecutor(
      new ThreadPool(threadsFromSources(count, JOB_KINDS_FILE)),
      "stress",
      JobContext.of(suite),
    );

const scenario = fleetScenario({
  durationSeconds: 60,
  workloads: [resolvedWorkload({ slo: [{ metric: "ttft", statistic: "p95", limitSeconds: 1 }] })],
});
/** One of each kind: loads, faults, poison, and one that does not apply. */
const CASES = ["peak-1.5x", "region-loss:region-0", "poison-requests", "queue-backlog"];
const cases = stressCases(scenario).filter(({ name }) => CASES.includes(name));

const options = (openExecutor: OpenExecutor, watch = {}) => ({
  seed: 3,
  cases,
  thresholds: undefined,
  openExecutor,
  watch,
});

describe("executors", () => {
  it("give the same report, to the last digit, in this thread and in others", async () => {
    const here = JSON.stringify(await runStress(scenario, options(inline)));
    expect(here).toContain('"verdict":"PASS"');
    for (const count of [1, 3]) {
      expect(JSON.stringify(await runStress(scenario, options(threads(count))))).toBe(here);
    }
  });

  it("tell the same error, of the same class", async () => {
    // Too large for its accelerator: known when the engine is set up, in the thread.
    const pool = resolvedPool({ modelName: "llama-3.1-70b-instruct" });
    const impossible = fleetScenario({
      pools: [{ ...pool }],
      workloads: [resolvedWorkload({ model: pool.model.name })],
    });
    const errors: unknown[] = [];
    for (const open of [inline, threads(2)]) {
      await runStress(impossible, {
        ...options(open),
        cases: stressCases(impossible).slice(0, 2),
      }).catch((error: unknown) => errors.push(error));
    }
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBeInstanceOf(PlannerError);
    expect(errors[1]).toBeInstanceOf(PlannerError);
    expect((errors[1] as PlannerError).problems).toEqual((errors[0] as PlannerError).problems);
  });

  it("end at an interrupt with what is finished, and leave no thread behind", async () => {
    for (const open of [inline, threads(2)]) {
      let jobsDone = 0;
      const report = await runStress(scenario, {
        ...options(open),
        watch: {
          onProgress: (progress: RunProgress) => {
            jobsDone = progress.jobsDone;
          },
          isInterrupted: () => jobsDone >= 1,
        },
      });
      const asked = cases.filter(({ applies }) => applies).length;
      expect(report?.interrupted?.asked ?? asked).toBe(asked);
      expect(report?.interrupted?.finished ?? 0).toBeLessThan(asked);
    }
  });

  it("tell how far they are: never backwards, never above all", async () => {
    for (const open of [inline, threads(2)]) {
      const seen: RunProgress[] = [];
      await runStress(
        scenario,
        options(open, { onProgress: (one: RunProgress) => seen.push(one) }),
      );
      expect(seen.length).toBeGreaterThan(0);
      let before = 0;
      for (const { fractionDone, jobsDone, jobs, workDone } of seen) {
        expect(fractionDone).toBeGreaterThanOrEqual(before);
        expect(fractionDone).toBeLessThanOrEqual(1);
        expect(jobsDone).toBeLessThanOrEqual(jobs);
        expect(workDone).toBeGreaterThanOrEqual(0);
        before = fractionDone;
      }
    }
  });
});

describe("a runner of stress jobs", () => {
  it("makes the baseline once for all of its jobs, which changes no result", () => {
    const applicable = cases.filter((one) => one.applies);
    const suite = { baseline: scenario, cases: applicable, seed: 3 };
    const runOf = (run: ReturnType<ReturnType<typeof stressJobs.runner>>) => {
      for (let slices = 1; ; slices++) {
        const slice = run.next();
        if (slice.done === true) return { result: slice.value, slices };
      }
    };
    const first = runOf(stressJobs.runner(suite)(1));
    const runner = stressJobs.runner(suite);
    const baseline = runOf(runner(0));
    const second = runOf(runner(1));
    expect(second.result).toStrictEqual(first.result);
    expect(baseline.slices + second.slices).toBe(first.slices + 1);
  });
});
