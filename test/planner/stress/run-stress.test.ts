/** A whole game day: one report whatever order its jobs come in, what an interrupt keeps, which of several errors is told. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { JobExecutor, JobOutcome } from "../../../planner/foundation/job-executor";
import { runStress } from "../../../planner/stress/run-stress";
import type { StressCase } from "../../../planner/stress/stress-case";
import type { JobResult } from "../../../planner/stress/stress-job";
import type { CaseMeasures } from "../../../planner/stress/stress-report";
import { measures } from "./case-fixture";
import { fleetScenario } from "./stress-fixture";

const scenario = fleetScenario();

function caseNamed(name: string): StressCase {
  return {
    applies: true,
    kind: "fault",
    name,
    title: name,
    tests: "?",
    how: ["!"],
    scenario,
    faultNames: [],
    faultStartSeconds: 0,
    faultEndSeconds: 1,
  };
}

const CASES: readonly StressCase[] = [
  caseNamed("a"),
  { applies: false, name: "none", title: "None", tests: "?", why: "there is none" },
  caseNamed("b"),
  caseNamed("c"),
];

const BASELINE: JobResult = {
  kind: "baseline",
  baseline: {
    verdict: "PASS",
    availability: 1,
    offeredRequestsPerSecond: 10,
    goodRequestsPerSecond: 10,
    slo: [],
    series: null,
  },
  blastRadius: { fromSeconds: 0, toSeconds: 1, isPeak: false, pools: [], domains: [] },
  headroom: { idleShare: null, usdPerHour: null, idleUsdPerHour: null, leftOut: [] },
};

type Outcome = JobOutcome<JobResult>;

const ok = (index: number, changes: Partial<CaseMeasures> = {}): Outcome => ({
  index,
  outcome: {
    result: index === 0 ? BASELINE : { kind: "case", measured: measures(changes) },
  },
});

/** Hands out what is given, and counts how much of it was asked for, and how often it was closed. */
function executorOf(outcomes: readonly Outcome[]) {
  const executor = {
    parallelism: 1,
    taken: 0,
    closed: 0,
    async *run() {
      for (const outcome of outcomes) {
        executor.taken++;
        yield await Promise.resolve(outcome);
      }
    },
    async close() {
      executor.closed++;
    },
  };
  return executor satisfies JobExecutor<number, JobResult>;
}

const run = (outcomes: readonly Outcome[], cases = CASES) =>
  runStress(scenario, {
    seed: 7,
    cases,
    thresholds: undefined,
    openExecutor: () => executorOf(outcomes),
    watch: {},
  });

describe("runStress", () => {
  const outcomes = [
    ok(0),
    ok(1, { requestShare: 0.1 }),
    ok(2, { recovered: false, requestShare: 0.2 }),
    ok(3, { recovered: null, requestShare: 0.3 }),
  ];

  it("gives every case its own result, in the order of the cases", async () => {
    const report = await run(outcomes);
    expect(report).toMatchObject({
      seed: 7,
      verdict: "FAIL",
      interrupted: null,
      thresholdsFrom: "default",
    });
    const shown = report!.cases.map(({ name, verdict, measured }) => [
      name,
      verdict,
      measured?.requestShare ?? null,
    ]);
    expect(shown).toEqual([
      ["a", "PASS", 0.1],
      ["none", "NOT APPLICABLE", null],
      ["b", "FAIL", 0.2],
      ["c", "UNCERTAIN", 0.3],
    ]);
    expect(report!.cases[1]!.reasons).toEqual(["there is none"]);
  });

  it("gives the same report whatever the order of the jobs", async () => {
    const expected = await run(outcomes);
    const orders = fc.shuffledSubarray(outcomes, { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        expect(await run(order)).toEqual(expected);
      }),
      { numRuns: 24 },
    );
  });

  it("keeps what is finished when it ends early, and nothing without a baseline", async () => {
    const report = await run([ok(2), ok(0)]);
    expect(report).toMatchObject({
      interrupted: { finished: 1, asked: 3 },
      verdict: "UNCERTAIN",
    });
    expect(report!.cases.map(({ measured }) => measured !== null)).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(await run([ok(1), ok(2), ok(3)])).toBeUndefined();
  });

  it("tells the first error in the order of the cases, and asks for no more than it needs", async () => {
    const failing = (index: number): Outcome => ({
      index,
      outcome: { error: new Error(`job ${index}`) },
    });
    const orders = fc.shuffledSubarray([ok(0), failing(1), failing(2), ok(3)], { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        await expect(run(order)).rejects.toThrow("job 1");
      }),
      { numRuns: 24 },
    );
    const executor = executorOf([ok(0), ok(2), failing(1), failing(3)]);
    const openExecutor = () => executor;
    const options = { seed: 1, cases: CASES, thresholds: undefined, openExecutor, watch: {} };
    await expect(runStress(scenario, options)).rejects.toThrow("job 1");
    expect(executor).toMatchObject({ taken: 3, closed: 1 });
    // An interrupt before it is known which error comes first hides none.
    await expect(run([failing(3)])).rejects.toThrow("job 3");
  });

  it("has no verdict where no case applies", async () => {
    const report = await run([ok(0)], [CASES[1]!]);
    expect(report).toMatchObject({ verdict: "NOT APPLICABLE", interrupted: null });
  });
});
