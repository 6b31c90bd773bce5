/** How the jobs of a game day are run changes nothing: in this thread, in several, with errors and interrupts. */
import { describe, expect, it } from "@jest/globals";
import { carryError, uncarryError } from "../../../planner/execution/carried-error";
import { InlineExecutor } from "../../../planner/execution/inline-executor";
import { stressExecutor } from "../../../planner/execution/stress-executor";
import { WorkerExecutor } from "../../../planner/execution/worker-executor";
import { InvariantViolation, PlannerError } from "../../../planner/foundation/errors";
import type { StressExecutor, SuiteProgress } from "../../../planner/stress/executor";
import { runStress } from "../../../planner/stress/run-stress";
import { stressCases } from "../../../planner/stress/stress-suite";
import { resolvedPool, resolvedWorkload } from "../../support/resolved";
import { fleetScenario } from "../stress/stress-fixture";

const FILE = require.resolve("../../../planner/execution/stress-worker");

/** Threads that load the sources as they are. */
function threads(count: number): StressExecutor {
  return new WorkerExecutor({
    threads: count,
    file: FILE,
    execArgv: ["--require", require.resolve("tsx/cjs")],
  });
}

const scenario = fleetScenario({
  durationSeconds: 60,
  workloads: [resolvedWorkload({ slo: [{ metric: "ttft", statistic: "p95", limitSeconds: 1 }] })],
});
/** One of each kind: loads, faults, poison, and one that does not apply. */
const CASES = ["peak-1.5x", "region-loss:region-0", "poison-requests", "queue-backlog"];
const cases = stressCases(scenario).filter(({ name }) => CASES.includes(name));

const options = (executor: StressExecutor, watch = {}) => ({
  seed: 3,
  cases,
  thresholds: undefined,
  executor,
  watch,
});

describe("executors", () => {
  it("give the same report, to the last digit, in this thread and in others", async () => {
    const inline = JSON.stringify(await runStress(scenario, options(new InlineExecutor())));
    expect(inline).toContain('"verdict":"PASS"');
    expect(JSON.stringify(await runStress(scenario, options(threads(3))))).toBe(inline);
  });

  it("tell the same error, of the same class", async () => {
    // Too large for its accelerator: known when the engine is set up, in the thread.
    const pool = resolvedPool({ modelName: "llama-3.1-70b-instruct" });
    const impossible = fleetScenario({
      pools: [{ ...pool }],
      workloads: [resolvedWorkload({ model: pool.model.name })],
    });
    const errors: unknown[] = [];
    for (const executor of [new InlineExecutor(), threads(2)]) {
      await runStress(impossible, {
        ...options(executor),
        cases: stressCases(impossible).slice(0, 2),
      }).catch((error: unknown) => errors.push(error));
    }
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBeInstanceOf(PlannerError);
    expect(errors[1]).toBeInstanceOf(PlannerError);
    expect((errors[1] as PlannerError).problems).toEqual((errors[0] as PlannerError).problems);
  });

  it("end at an interrupt with what is finished, and leave no thread behind", async () => {
    for (const executor of [new InlineExecutor(), threads(2)]) {
      let jobsDone = 0;
      const report = await runStress(scenario, {
        ...options(executor),
        watch: {
          onProgress: (progress: SuiteProgress) => {
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
    for (const executor of [new InlineExecutor(), threads(2)]) {
      const seen: SuiteProgress[] = [];
      await runStress(
        scenario,
        options(executor, { onProgress: (one: SuiteProgress) => seen.push(one) }),
      );
      expect(seen.length).toBeGreaterThan(0);
      let before = 0;
      for (const { fractionDone, jobsDone, jobs, requestsDone } of seen) {
        expect(fractionDone).toBeGreaterThanOrEqual(before);
        expect(fractionDone).toBeLessThanOrEqual(1);
        expect(jobsDone).toBeLessThanOrEqual(jobs);
        expect(requestsDone).toBeGreaterThanOrEqual(0);
        before = fractionDone;
      }
    }
  });
});

describe("stressExecutor", () => {
  it("runs in this thread where there is to be one, or only sources to load", () => {
    expect(stressExecutor(1)).toBeInstanceOf(InlineExecutor);
    // These tests run from sources.
    expect(stressExecutor(8)).toBeInstanceOf(InlineExecutor);
  });
});

describe("carried errors", () => {
  const travel = (error: unknown): Error => uncarryError(structuredClone(carryError(error)));

  it("keep class, message and problems through a message between threads", () => {
    const problem = {
      code: "missing",
      path: "a.b",
      message: "is missing",
      hint: "add it",
    } as const;
    const planner = travel(new PlannerError([problem]));
    expect(planner).toBeInstanceOf(PlannerError);
    expect((planner as PlannerError).problems).toEqual([problem]);
    expect(planner.message).toBe("a.b: is missing; add it");
    const law = new InvariantViolation("blocks are conserved", { free: 3 });
    const broken = travel(law);
    expect(broken).toBeInstanceOf(InvariantViolation);
    expect([broken.message, broken.stack]).toEqual([law.message, law.stack]);
    const other = travel(new TypeError("no such thing"));
    expect([other.name, other.message]).toEqual(["TypeError", "no such thing"]);
    expect(travel("a word").message).toBe("a word");
  });
});
