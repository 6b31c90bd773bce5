/**
 * The simulator jumps over runs of equal steps; the oracle (test/support/naive-replica.ts) takes them one by
 * one. Both must tell the same story of every request, on random cases in which every rule is put to use.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PRIORITIES } from "../../planner/fleet/priority";
import type { ResolvedPool } from "../../planner/fleet/resolved-fleet";
import { kvBytesPerToken } from "../../planner/simulation/kv-bytes";
import type { FinishedRequest } from "../../planner/simulation/observer";
import type { EngineSettings } from "../../planner/simulation/pool-run";
import type { RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { createSources } from "../../planner/traffic/create-sources";
import { crowdedCase, LONG, type NaiveCase, naiveCase } from "../support/naive-cases";
import type { NaiveCoverage } from "../support/naive-request";
import {
  type NaiveRun,
  type NaiveTraffic,
  runNaiveReplica,
  runNaiveSplit,
} from "../support/naive-run";
import { resolvedPool } from "../support/resolved";

const CASES = Number(process.env["LAW_CASES"] ?? 600);
const SEED = Number(process.env["LAW_SEED"] ?? 20_261_122);
const RELATIVE_ERROR = 1e-9;

type KvTransfer = ResolvedPool["kvTransfer"];

interface Row {
  readonly outcome: number;
  readonly firstScheduledSeconds: number;
  readonly firstTokenSeconds: number;
  readonly finishSeconds: number;
  readonly preemptions: number;
  readonly cachedTokens: number;
}

function engineRun(
  { scenario, seed }: NaiveCase,
  settingsOf: (pool: ResolvedPool) => EngineSettings,
): { rows: Row[]; record: RunRecord } {
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
    engineSettingsFor: settingsOf,
    observer: { onStep: () => {}, onRequest },
  });
  return { rows, record };
}

function trafficOf({ scenario, seed }: NaiveCase): NaiveTraffic {
  const priorityOf = scenario.workloads.map((one) => PRIORITIES.indexOf(one.priority));
  return { sources: createSources(scenario, seed), priorityOf };
}

/** One replica: what the oracle and the engine say of it. */
function compareOne(one: NaiveCase): NaiveRun {
  const naive = runNaiveReplica(one.settings, trafficOf(one));
  const { rows, record } = engineRun(one, () => one.settings);
  compare(naive, rows, record, one.settings.tokensGainedPerStep === 1);
  return naive;
}

/** A prefill and a decode replica, with the settings of two cases and the traffic of the first. */
function compareSplit(first: NaiveCase, second: NaiveCase, kvTransfer: KvTransfer): NaiveRun {
  const prefill: EngineSettings = { ...first.settings, role: "prefill" };
  const decode: EngineSettings = { ...second.settings, role: "decode" };
  const pools = [
    resolvedPool({ name: "region/decode", role: "decode", kvTransfer }),
    resolvedPool({ name: "region/prefill", role: "prefill", kvTransfer }),
  ];
  const split: NaiveCase = {
    ...first,
    scenario: { ...first.scenario, fleet: { ...first.scenario.fleet, pools } },
  };
  const bytesPerToken = kvBytesPerToken(pools[1]!);
  const naive = runNaiveSplit({ prefill, decode }, trafficOf(split), {
    sendSeconds: (inputTokens) => (inputTokens * bytesPerToken) / kvTransfer.bytesPerSecond,
    latencySeconds: kvTransfer.latencySeconds,
  });
  const settingsOf = (pool: ResolvedPool): EngineSettings =>
    pool.role === "prefill" ? prefill : decode;
  const { rows, record } = engineRun(split, settingsOf);
  compare(naive, rows, record, decode.tokensGainedPerStep === 1);
  return naive;
}

function expectClose(actual: number, expected: number, what: string): void {
  if (Number.isNaN(expected) && Number.isNaN(actual)) return;
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  if (!(error <= RELATIVE_ERROR)) throw new Error(`${what}: got ${actual}, oracle ${expected}`);
}

function compare(
  naive: NaiveRun,
  rows: readonly Row[],
  record: RunRecord,
  isOneTokenPerStep: boolean,
): void {
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
  compareGaps(naive, record, isOneTokenPerStep);
}

/** Σ gaps between tokens = Σ (last token − first token), and without speculation one gap per further token. */
function compareGaps(naive: NaiveRun, record: RunRecord, isOneTokenPerStep: boolean): void {
  const gaps = record.pools.flatMap((pool) => pool.itlSeconds);
  const seconds = gaps.reduce((sum, sketch) => sum + sketch.sum, 0);
  const count = gaps.reduce((sum, sketch) => sum + sketch.count, 0);
  const answered = naive.requests.filter((request) => !request.isRejected);
  if (isOneTokenPerStep) {
    expect(count).toBe(answered.reduce((sum, request) => sum + request.outputTokens - 1, 0));
  }
  expectClose(seconds, naive.gapSeconds, "sum of the gaps between tokens");
}

describe("fast-forward", () => {
  it("for all small cases, tells the same times, preemptions and hits as the naive loop", () => {
    const seen: Partial<NaiveCoverage> = {};
    let requests = 0;
    const law = fc.property(fc.oneof(naiveCase(), crowdedCase()), (one) => {
      const naive = compareOne(one);
      requests += naive.requests.length;
      for (const [rule, count] of Object.entries(naive.coverage) as [
        keyof NaiveCoverage,
        number,
      ][]) {
        seen[rule] = (seen[rule] ?? 0) + count;
      }
    });
    fc.assert(law, { seed: SEED, numRuns: 2 * CASES });
    if (process.env["LAW_COVERAGE"])
      process.stderr.write(`${JSON.stringify({ requests, ...seen })}\n`);
    // A campaign that never puts a rule to use proves nothing about it.
    const unused = Object.entries(seen).filter(([, count]) => count < 20);
    expect(unused).toEqual([]);
  });

  it("for all small cases with prefill and decode apart, tells the same story", () => {
    const kvTransfer = fc.record({
      // About a tenth of a millisecond, or of a second, for a token.
      bytesPerSecond: fc.constantFrom(1e9, 1e7),
      latencySeconds: fc.constantFrom(0.000123, 0.0123),
    });
    let preempted = 0;
    let answered = 0;
    const law = fc.property(naiveCase(), naiveCase(), kvTransfer, (first, second, transfer) => {
      const { requests } = compareSplit(first, second, transfer);
      for (const request of requests) {
        if (request.isRejected) continue;
        answered++;
        preempted += request.preemptions;
      }
    });
    fc.assert(law, { seed: SEED, numRuns: CASES });
    expect(answered).toBeGreaterThan(1000);
    expect(preempted).toBeGreaterThan(100);
  });

  it("for all long cases, no rounding adds up", () => {
    fc.assert(
      fc.property(naiveCase(LONG), (one) => {
        compareOne(one);
      }),
      { seed: SEED, numRuns: Math.ceil(CASES / 12) },
    );
  });
});
