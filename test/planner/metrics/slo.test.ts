/** Verdicts on records made by hand: what is PASS, what is FAIL, and when nobody can know. */
import { describe, expect, it } from "@jest/globals";
import type { QuantileSketch } from "../../../planner/foundation/quantile-sketch";
import { groupCells } from "../../../planner/metrics/cell-group";
import type { SloResult, Verdict } from "../../../planner/metrics/simulation-summary";
import { overallVerdict, type StepTimeSensitivity, sloResults } from "../../../planner/metrics/slo";
import type { Objective, ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { BatchRecord, RunRecord } from "../../../planner/simulation/run-record";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";
import { type CellByHand, cellByHand, recordByHand, sketchOf } from "../../support/run-records";

const SKETCH_ERROR = 0.006;

function scenarioOf(objective: Objective, modelError: number): ResolvedScenario {
  const pool = resolvedPool();
  const coefficients = { ...pool.coefficients, ttftError: modelError, tpotError: modelError };
  return resolvedScenario({
    pools: [{ ...pool, coefficients }],
    workloads: [resolvedWorkload({ slo: [objective] })],
  });
}

function judge(
  objective: Objective,
  cells: readonly CellByHand[],
  options: {
    readonly modelError?: number;
    readonly gaps?: readonly number[];
    readonly sensitivity?: StepTimeSensitivity;
  } = {},
): SloResult {
  const records: RunRecord[] = cells.map((cell) => ({
    ...recordByHand([cellByHand(cell)], options.gaps),
    batches: [partsOf(cell)],
  }));
  const scenario = scenarioOf(objective, options.modelError ?? 0);
  return sloResults(scenario, records, {
    workloadIndex: 0,
    group: groupCells(records, () => true, true),
    gaps: records.map((record) => record.pools[0]!.itlSeconds[0]!),
    sensitivity: options.sensitivity ?? {},
  })[0]!;
}

/** Ten parts of a run in which every tenth request falls into the same part: as good as independent. */
function partsOf(cell: CellByHand): BatchRecord[] {
  const part = (values: readonly number[] = [], index: number): QuantileSketch =>
    sketchOf(values.filter((_, i) => i % 10 === index));
  return Array.from({ length: 10 }, (_, index) => ({
    ttftSeconds: part(cell.ttftSeconds, index),
    tpotSeconds: part(cell.tpotSeconds, index),
    e2eSeconds: part(cell.e2eSeconds, index),
    queueTimeSeconds: part(cell.queueTimeSeconds, index),
  }));
}

/** `answered` requests with TTFTs spread evenly over (0, 1] seconds, and others that were not answered. */
function evenly(answered: number, unanswered = 0, met = answered): CellByHand {
  return {
    counts: { offered: answered + unanswered, completed: answered, rejected: unanswered },
    met: [met],
    ttftSeconds: Array.from({ length: answered }, (_, i) => (i + 1) / answered),
  };
}

const p95 = (limitSeconds: number): Objective => ({
  metric: "ttft",
  statistic: "p95",
  limitSeconds,
});

describe("an objective that no request has a time for", () => {
  const tpot: Objective = { metric: "tpot", statistic: "p95", limitSeconds: 0.03 };
  const singleTokens = (unanswered: number): CellByHand => ({
    ...evenly(100, unanswered),
    tpotSeconds: [],
  });

  it("is kept where all are answered, and broken by who is not", () => {
    expect(judge(tpot, [singleTokens(0)])).toMatchObject({ verdict: "PASS", attainment: 1 });
    expect(judge(tpot, [singleTokens(50)])).toMatchObject({ verdict: "FAIL" });
  });

  it("is judged by the replications that have one", () => {
    const ttft = p95(10);
    const slower = { ...recordByHand([cellByHand(evenly(0))]), batches: [] };
    const { lowMs, highMs, verdict } = judge(ttft, [evenly(0), evenly(100)], {
      sensitivity: { slower },
    });
    expect([Number.isFinite(lowMs), Number.isFinite(highMs), verdict]).toEqual([
      true,
      true,
      "PASS",
    ]);
  });
});

describe("verdict of a quantile", () => {
  // 10,000 independent requests: the 95 % interval of the P95 rank is ± 1.96 √(0.95·0.05/10⁴) = ± 0.0043.
  it.each([
    [0.97, "PASS"],
    [0.952, "UNCERTAIN"],
    [0.948, "UNCERTAIN"],
    [0.93, "FAIL"],
  ] as const)("of a P95 of 0.95 s against a limit of %d s is %s", (limit, verdict) => {
    const result = judge(p95(limit), [evenly(10_000)]);
    expect(result.verdict).toBe(verdict);
    expect(Math.abs(result.valueMs! - 950)).toBeLessThan(950 * SKETCH_ERROR);
    expect(result.lowMs!).toBeLessThan(950);
    expect(result.highMs!).toBeGreaterThan(950);
  });

  it("widens with the error of the step-time model, on both sides", () => {
    const sure = judge(p95(1.1), [evenly(10_000)]);
    const unsure = judge(p95(1.1), [evenly(10_000)], { modelError: 0.25 });
    expect([sure.verdict, unsure.verdict]).toEqual(["PASS", "UNCERTAIN"]);
    expect(unsure.highMs!).toBeCloseTo(sure.highMs! * 1.25, 6);
    expect(unsure.lowMs!).toBeCloseTo(sure.lowMs! * 0.75, 6);
    expect(judge(p95(0.8), [evenly(10_000)], { modelError: 0.25 }).verdict).toBe("UNCERTAIN");
    expect(judge(p95(0.6), [evenly(10_000)], { modelError: 0.25 }).verdict).toBe("FAIL");
  });

  it("is wider for fewer requests", () => {
    const width = (answered: number): number => {
      const { lowMs, highMs } = judge(p95(1), [evenly(answered)]);
      return highMs! - lowMs!;
    };
    expect(width(100)).toBeGreaterThan(3 * width(10_000));
  });

  it("rests on the spread of replications when there are several", () => {
    const scaled = (factor: number): CellByHand => {
      const cell = evenly(1000);
      return { ...cell, ttftSeconds: cell.ttftSeconds!.map((value) => value * factor) };
    };
    // P95 of 0.855, 0.95 and 1.045 s: s = 0.095, half-width 4.303 · 0.095 / √3 = 0.236 s.
    const result = judge(p95(1), [0.9, 1, 1.1].map(scaled));
    expect(result.verdict).toBe("UNCERTAIN");
    expect((result.highMs! - result.lowMs!) / 2).toBeCloseTo(236, -1);
    expect(judge(p95(1.25), [0.9, 1, 1.1].map(scaled)).verdict).toBe("PASS");
    expect(judge(p95(0.7), [0.9, 1, 1.1].map(scaled)).verdict).toBe("FAIL");
  });
});

describe("requests that were not answered", () => {
  it("count as infinitely late: the P95 of all is a higher quantile of the answered", () => {
    // 3 of 100 are rejected: the P95 of the offered is the 0.95/0.97 = 0.979 quantile of the answered.
    const result = judge(p95(2), [evenly(9700, 300)]);
    expect(Math.abs(result.valueMs! - 979.4)).toBeLessThan(979.4 * SKETCH_ERROR);
    expect(result.attainment).toBeCloseTo(0.97, 9);
  });

  it("make the quantile infinite when they are more than its tail", () => {
    const result = judge(p95(1e6), [evenly(9000, 1000)]);
    expect(result).toMatchObject({ verdict: "FAIL", valueMs: null, attainment: 0.9 });
  });

  it("make a mean infinite, however few they are", () => {
    const mean: Objective = { metric: "ttft", statistic: "mean", limitSeconds: 1e6 };
    expect(judge(mean, [evenly(9999, 1)]).verdict).toBe("FAIL");
    expect(judge(mean, [evenly(10_000)]).verdict).toBe("PASS");
  });

  it("leave nothing to say when no request was offered, and FAIL when none was answered", () => {
    expect(judge(p95(1), [{ met: [0] }])).toMatchObject({
      verdict: "UNCERTAIN",
      valueMs: null,
      attainment: null,
    });
    expect(judge(p95(1), [evenly(0, 10)])).toMatchObject({ verdict: "FAIL", attainment: 0 });
  });
});

describe("a saturated workload", () => {
  const growing: CellByHand = {
    ...evenly(10_000),
    counts: { offered: 10_000, completed: 10_000, waitingAtEnd: 1000 },
  };

  it("fails every objective that its queue enters, without a value", () => {
    expect(judge(p95(1e6), [growing])).toMatchObject({ verdict: "FAIL", valueMs: null });
  });

  it("is still judged by the gaps between its tokens", () => {
    const gaps = Array.from({ length: 1000 }, () => 0.02);
    const itl: Objective = { metric: "itl", statistic: "p99", limitSeconds: 0.03 };
    expect(judge(itl, [growing], { gaps })).toMatchObject({ verdict: "PASS" });
  });
});

describe("overallVerdict", () => {
  it.each<[Verdict[], Verdict]>([
    [[], "NONE"],
    [["PASS", "PASS"], "PASS"],
    [["PASS", "UNCERTAIN"], "UNCERTAIN"],
    [["UNCERTAIN", "FAIL", "PASS"], "FAIL"],
  ])("of %j is %s", (verdicts, overall) => {
    const result = judge(p95(1), [evenly(10)]);
    const results = verdicts.map((verdict) => ({ ...result, verdict }));
    expect(overallVerdict(results, false)).toBe(overall);
  });

  it("is FAIL when a workload saturates the fleet, whatever its objectives say", () => {
    const result = judge(p95(2), [evenly(10_000)]);
    expect(result.verdict).toBe("PASS");
    expect(overallVerdict([result], true)).toBe("FAIL");
    expect(overallVerdict([], true)).toBe("NONE");
  });
});

describe("the error of the step-time model", () => {
  const scaled = (factor: number): RunRecord => {
    const cell = evenly(10_000);
    const ttftSeconds = cell.ttftSeconds!.map((seconds) => seconds * factor);
    return recordByHand([cellByHand({ ...cell, ttftSeconds })]);
  };

  it("widens the margin by what it does to the queue, where that is more than its residual", () => {
    const sensitivity = { slower: scaled(1.5), faster: scaled(0.4) };
    const result = judge(p95(1.2), [evenly(10_000)], { modelError: 0.1, sensitivity });
    // P95 is 0.95 s: 1.5 times that is above 1.2 s, 1.1 times that below.
    expect(result.verdict).toBe("UNCERTAIN");
    expect(result.highMs! / result.valueMs!).toBeCloseTo(1.5, 1);
    expect(result.lowMs! / result.valueMs!).toBeCloseTo(0.4, 1);
    expect(judge(p95(1.2), [evenly(10_000)], { modelError: 0.1 }).verdict).toBe("PASS");
  });

  it("leaves the upper end open when longer steps saturate", () => {
    const counts = {
      offered: 10_000,
      completed: 10_000,
      waitingAtEnd: 900,
    };
    const slower = recordByHand([cellByHand({ ...evenly(10_000), counts })]);
    const result = judge(p95(100), [evenly(10_000)], { sensitivity: { slower } });
    expect(result).toMatchObject({ verdict: "UNCERTAIN", highMs: null });
  });

  it.each([
    { slowerSeconds: 0, highMs: 0, verdict: "PASS" },
    { slowerSeconds: 0.3, highMs: 300, verdict: "PASS" },
    { slowerSeconds: 0.7, highMs: 700, verdict: "UNCERTAIN" },
  ] as const)("adds a wait of $slowerSeconds s that only longer steps make", (one) => {
    const waiting = (seconds: number): CellByHand => ({
      counts: { offered: 1000, completed: 1000 },
      met: [1000],
      queueTimeSeconds: Array.from({ length: 1000 }, () => seconds),
    });
    const objective: Objective = { metric: "queueTime", statistic: "p95", limitSeconds: 0.5 };
    const slower = recordByHand([cellByHand(waiting(one.slowerSeconds))]);
    const result = judge(objective, [waiting(0)], { modelError: 0.2, sensitivity: { slower } });
    expect(result.verdict).toBe(one.verdict);
    expect(Math.abs(result.highMs! - one.highMs)).toBeLessThanOrEqual(SKETCH_ERROR * one.highMs);
  });
});
