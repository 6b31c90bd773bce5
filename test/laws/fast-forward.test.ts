/**
 * The simulator jumps over runs of equal steps; the oracle (test/support/naive-replica.ts) takes them one by
 * one. Both must tell the same story of every request, on random cases in which every rule is put to use.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PRIORITIES } from "../../planner/fleet/resolved-fleet";
import type { FinishedRequest } from "../../planner/simulation/observer";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { createSources } from "../../planner/traffic/create-sources";
import { LONG, type NaiveCase, naiveCase } from "../support/naive-cases";
import type { NaiveCoverage } from "../support/naive-replica";
import { type NaiveRun, runNaiveReplica } from "../support/naive-run";

const CASES = Number(process.env["LAW_CASES"] ?? 600);
const SEED = Number(process.env["LAW_SEED"] ?? 20_261_122);
const RELATIVE_ERROR = 1e-9;

interface Row {
  readonly outcome: number;
  readonly firstScheduledSeconds: number;
  readonly firstTokenSeconds: number;
  readonly finishSeconds: number;
  readonly preemptions: number;
  readonly cachedTokens: number;
}

function engineRun({ scenario, settings, seed }: NaiveCase): { rows: Row[]; record: RunRecord } {
  const rows: Row[] = [];
  const onRequest = (row: FinishedRequest): void => {
    rows[row.id] = {
      outcome: row.outcomeIndex,
      firstScheduledSeconds: row.arrivalSeconds + row.queueTimeSeconds,
      firstTokenSeconds: row.arrivalSeconds + row.ttftSeconds,
      finishSeconds: row.arrivalSeconds + row.e2eSeconds,
      preemptions: row.preemptions,
      cachedTokens: row.cachedTokens,
    };
  };
  const record = simulate(scenario, seed, {
    engineSettingsFor: () => settings,
    observer: { onStep: () => {}, onRequest },
  });
  return { rows, record };
}

function naiveRun({ scenario, settings, seed }: NaiveCase): NaiveRun {
  const priorityOf = scenario.workloads.map((one) => PRIORITIES.indexOf(one.priority));
  return runNaiveReplica(settings, { sources: createSources(scenario, seed), priorityOf });
}

function expectClose(actual: number, expected: number, what: string): void {
  if (Number.isNaN(expected) && Number.isNaN(actual)) return;
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  if (!(error <= RELATIVE_ERROR)) throw new Error(`${what}: got ${actual}, oracle ${expected}`);
}

function compare(one: NaiveCase): NaiveRun {
  const naive = naiveRun(one);
  const { rows, record } = engineRun(one);
  expect(rows.length).toBe(naive.requests.length);
  expect(record.steps).toBe(naive.steps);
  for (const request of naive.requests) {
    const row = rows[request.id]!;
    const name = `request ${request.id}`;
    expect(row.outcome).toBe(request.isRejected ? 1 : 0);
    if (request.isRejected) continue;
    expectClose(row.firstScheduledSeconds, request.firstScheduledSeconds, `${name} scheduled`);
    expectClose(row.firstTokenSeconds, request.firstTokenSeconds, `${name} first token`);
    expectClose(row.finishSeconds, request.finishSeconds, `${name} finish`);
    expect([name, row.preemptions]).toEqual([name, request.preemptions]);
    expect([name, row.cachedTokens]).toEqual([name, request.cachedTokens]);
  }
  compareGaps(one, naive, record);
  return naive;
}

/** Σ gaps between tokens = Σ (last token − first token), and without speculation one gap per further token. */
function compareGaps({ settings }: NaiveCase, naive: NaiveRun, record: RunRecord): void {
  const gaps = record.pools[0]!.itlSeconds;
  const seconds = gaps.reduce((sum, sketch) => sum + sketch.sum, 0);
  const count = gaps.reduce((sum, sketch) => sum + sketch.count, 0);
  const answered = naive.requests.filter((request) => !request.isRejected);
  if (settings.tokensGainedPerStep === 1) {
    expect(count).toBe(answered.reduce((sum, request) => sum + request.outputTokens - 1, 0));
  }
  expectClose(seconds, naive.gapSeconds, "sum of the gaps between tokens");
}

describe("fast-forward", () => {
  it("for all small cases, tells the same times, preemptions and hits as the naive loop", () => {
    const seen: Partial<NaiveCoverage> = {};
    let requests = 0;
    const law = fc.property(naiveCase(), (one) => {
      const naive = compare(one);
      requests += naive.requests.length;
      for (const [rule, count] of Object.entries(naive.coverage) as [
        keyof NaiveCoverage,
        number,
      ][]) {
        seen[rule] = (seen[rule] ?? 0) + count;
      }
    });
    fc.assert(law, { seed: SEED, numRuns: CASES });
    if (process.env["LAW_COVERAGE"])
      process.stderr.write(`${JSON.stringify({ requests, ...seen })}\n`);
    // A campaign that never puts a rule to use proves nothing about it.
    const unused = Object.entries(seen).filter(([, count]) => count < 10);
    expect(unused).toEqual([]);
  });

  it("for all long cases, no rounding adds up", () => {
    fc.assert(
      fc.property(naiveCase(LONG), (one) => {
        compare(one);
      }),
      { seed: SEED, numRuns: Math.ceil(CASES / 12) },
    );
  });
});
