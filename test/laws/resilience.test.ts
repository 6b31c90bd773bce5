/**
 * Laws that hold whatever breaks: with every policy, client and fault of test/support/random-resilience.ts switched
 * on at random, nothing is lost or counted twice, nothing is computed by what is not there, nothing happens before its
 * cause, and a run is a function of its seed. Each law also says that its cases put it to the test. Limits and budgets
 * are limits.test.ts; queues and what is paid for, messages-and-costs.test.ts.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { Control } from "../../planner/simulation/control";
import { END_REASONS, outcomeOfReason } from "../../planner/simulation/end-reasons";
import type { FinishedRequest } from "../../planner/simulation/observer";
import { REQUEST_OUTCOMES } from "../../planner/simulation/observer";
import { Replica } from "../../planner/simulation/replica";
import type { CellRecord, RunRecord, TimelineCell } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { Timers } from "../../planner/simulation/timers";
import { around } from "../support/around";
import {
  CAMPAIGN,
  Coverage,
  contains,
  downSpans,
  expectNone,
  overlaps,
  sum,
} from "../support/law-tools";
import { type FleetCase, fleetCase, lawSettings } from "../support/random-fleet";
import { BOUNDLESS_POLICIES, BOUNDLESS_POOL_POLICIES } from "../support/random-policies";
import { endsForSure, resilienceCase } from "../support/random-resilience";
import {
  oneStepAtATime,
  type ResilienceRun,
  runCase,
  withServingSpans,
} from "../support/resilience-run";

const ROUNDING = 1e-9;

describe("conservation", () => {
  const seen = new Coverage();

  it("for all that breaks, each request ends once: offered = completed + rejected + timed out + failed + in flight", () => {
    const law = fc.property(resilienceCase(), (one) => {
      const run = runCase(one);
      const { record, told } = run;
      const over = record.completions + record.rejections + record.timeouts + record.failures;
      expect(over + record.inFlightAtEnd).toBe(record.arrivals);
      expect(told.length).toBe(record.arrivals);
      expect(told.filter((count) => count !== 1)).toEqual([]);
      for (const cell of record.cells) expectCellAddsUp(cell, one.scenario);
      expectRowsMatchCells(run, one.scenario);
      if (one.scenario.horizon.drain && endsForSure(one.scenario)) {
        expect(record.inFlightAtEnd).toBe(0);
      }
      for (const row of run.rows) {
        const reason = END_REASONS[row.reasonIndex] ?? REQUEST_OUTCOMES[row.outcomeIndex]!;
        seen.add(reason, 1);
      }
      for (const event of record.control) seen.add(event.kind, 1);
      for (const cell of record.cells) {
        for (const count of ["clientRetries", "gatewayRetries", "hedges", "fellBack"] as const) {
          seen.add(count, cell[count]);
        }
      }
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: 2 * CAMPAIGN.numRuns });
    // Everything that can end a request, but for what takes settings of its own (see failure-forms.test.ts).
    const rare = ["session-overflow", "max-stream"];
    seen.expectAll(END_REASONS.filter((reason) => !rare.includes(reason)));
    seen.expectAll(["clientRetries", "gatewayRetries", "hedges", "fellBack"]);
    seen.expectAll([
      "scaled",
      "ejected",
      "returned",
      "spot-notice",
      "region-unhealthy",
      "region-healthy",
    ]);
  });

  it("for all that breaks, the timeline's buckets add up to the run", () => {
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      const { record, rows } = runCase(one);
      const { durationSeconds } = one.scenario.horizon;
      const cells = record.timeline!.buckets.flat();
      const total = (of: (cell: TimelineCell) => number): number => sum(cells, of);
      // Of what arrived: of all, whenever it was over.
      expect(total((cell) => cell.offered)).toBe(record.arrivals);
      expect(total((cell) => cell.completedOfArrived)).toBe(record.completions);
      expect(total((cell) => cell.touchedOfArrived)).toBe(
        sum(record.cells, (cell) => cell.touched),
      );
      expect(total((cell) => cell.goodOfArrived)).toBe(sum(record.cells, (cell) => cell.metAll));
      if (record.endSeconds > durationSeconds) {
        expect(total((cell) => cell.completed)).toBeLessThanOrEqual(record.completions);
        return;
      }
      // Of what happened: all, when all of it was before the horizon.
      expect(total((cell) => cell.completed)).toBe(record.completions);
      expect(total((cell) => cell.rejected)).toBe(record.rejections);
      expect(total((cell) => cell.timedOut)).toBe(record.timeouts);
      expect(total((cell) => cell.failed)).toBe(record.failures);
      const retries = sum(record.cells, (cell) => cell.gatewayRetries);
      expect(total((cell) => cell.attempts)).toBe(sum(rows, (row) => row.attempts) + retries);
      expect(total((cell) => cell.requestSeconds)).toBeCloseTo(record.requestSeconds, 6);
    });
    fc.assert(law, CAMPAIGN);
  });
});

function expectCellAddsUp(cell: CellRecord, scenario: ResolvedScenario): void {
  const { offered, completed, rejected, timedOut, failed, inFlight } = cell;
  const unanswered = rejected + timedOut + failed;
  expect(completed + unanswered + inFlight).toBe(offered);
  const byOutcome = { rejected: 0, "timed-out": 0, failed: 0 };
  for (const [reason, count] of cell.reasons.entries()) byOutcome[outcomeOfReason(reason)] += count;
  expect(byOutcome).toEqual({ rejected, "timed-out": timedOut, failed });
  expect(sum([...cell.brokenSteps], (count) => count)).toBe(unanswered);
  const { chain } = scenario.workloads[cell.workload]!;
  expect(cell.brokenSteps.length).toBe(chain?.length ?? 1);
  expect(cell.touched).toBeLessThanOrEqual(offered);
  expect(cell.touched).toBeGreaterThanOrEqual(timedOut + failed);
  expect(cell.fellBack).toBeLessThanOrEqual(completed);
  expect(cell.e2eSeconds.count).toBe(completed);
  expect(cell.metAll).toBeLessThanOrEqual(completed);
  for (const [i, met] of cell.met.entries()) {
    expect(met).toBeGreaterThanOrEqual(cell.metAll);
    expect(met + cell.censored[i]! + cell.unanswered[i]!).toBeLessThanOrEqual(offered);
    expect(cell.unanswered[i]!).toBeGreaterThanOrEqual(unanswered);
  }
}

function expectRowsMatchCells(
  { record, rows }: ResilienceRun,
  { horizon }: ResolvedScenario,
): void {
  const measured = rows.filter(
    (row) =>
      row.arrivalSeconds >= horizon.warmUpSeconds && row.arrivalSeconds <= horizon.durationSeconds,
  );
  expect(sum(record.cells, (cell) => cell.offered)).toBe(measured.length);
  const count = (outcome: (typeof REQUEST_OUTCOMES)[number]): number =>
    measured.filter((row) => REQUEST_OUTCOMES[row.outcomeIndex] === outcome).length;
  expect(sum(record.cells, (cell) => cell.completed)).toBe(count("completed"));
  expect(sum(record.cells, (cell) => cell.rejected)).toBe(count("rejected"));
  expect(sum(record.cells, (cell) => cell.timedOut)).toBe(count("timed-out"));
  expect(sum(record.cells, (cell) => cell.failed)).toBe(count("failed"));
  expect(sum(record.cells, (cell) => cell.inFlight)).toBe(count("in-flight"));
  for (const [reason] of END_REASONS.entries()) {
    const own = measured.filter((row) => row.reasonIndex === reason).length;
    expect(sum(record.cells, (cell) => cell.reasons[reason]!)).toBe(own);
  }
}

describe("who computes", () => {
  it("for all that breaks, no step overlaps a time at which its replica is not there", () => {
    let losses = 0;
    const law = fc.property(resilienceCase(), (one) => {
      const { result, serving } = withServingSpans(() => runCase(one));
      const downs = downSpans(result.record.control);
      const breaches: string[] = [];
      for (const step of result.steps) {
        const isServed = serving[step.replica]!.some((span) => contains(span, step));
        if (!isServed) breaches.push(`${JSON.stringify(step)} is not served`);
        const down = downs.get(step.replica)?.find((span) => overlaps(span, step));
        if (down !== undefined) breaches.push(`${JSON.stringify(step)} in ${JSON.stringify(down)}`);
      }
      expectNone(breaches);
      losses += downs.size;
    });
    fc.assert(law, CAMPAIGN);
    expect(losses).toBeGreaterThan(CAMPAIGN.numRuns);
  });
});

describe("KV blocks", () => {
  it("for all that breaks, are counted right, and none is held by a replica that has nothing to do", () => {
    let losses = 0;
    const replicas = new Set<Replica>();
    around(Replica.prototype, "schedule", (schedule) => {
      return function (this: Replica, seconds) {
        replicas.add(this);
        schedule.call(this, seconds);
      };
    });
    around(Replica.prototype, "lose", (lose) => {
      return function (this: Replica, seconds) {
        const lost = lose.call(this, seconds);
        losses += lost.length;
        return lost;
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      replicas.clear();
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
      for (const replica of replicas) {
        const { free, counted, referenced } = replica.recountBlocks();
        expect(free).toBe(counted);
        // A prefill replica keeps the KV of prompts that are on their way.
        const isIdle = replica.outstanding === 0 && replica.pool.settings.role !== "prefill";
        if (isIdle) expect([referenced, counted]).toEqual([0, replica.kv.blocks]);
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(losses).toBeGreaterThan(CAMPAIGN.numRuns);
  });
});

describe("determinism", () => {
  it("for all that breaks, the same seed gives the same record, byte for byte, whoever looks on", () => {
    const law = fc.property(resilienceCase(), (one) => {
      const { record } = runCase(one);
      const again = simulate(one.scenario, one.seed, { engineSettingsFor: lawSettings });
      expect(JSON.stringify({ ...record, timeline: undefined })).toBe(JSON.stringify(again));
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 2 });
  });

  it("for all that breaks, jumping and going step by step tell the same of every request", () => {
    let steps = 0;
    let events = 0;
    const law = fc.property(resilienceCase({ isBlindToKv: true }), (one) => {
      const jumped = runCase(one);
      const stepped = runCase(one, oneStepAtATime);
      expectSame(jumped, stepped);
      steps += stepped.steps.length;
      events += jumped.steps.length;
    });
    fc.assert(law, CAMPAIGN);
    // Otherwise nothing was jumped over.
    expect(steps).toBeGreaterThan(1.5 * events);
  });
});

function expectSame(one: ResilienceRun, other: ResilienceRun): void {
  expect(countsOf(one.record)).toEqual(countsOf(other.record));
  const breaches: string[] = [];
  for (const [id, row] of one.rows.entries()) {
    const like = other.rows[id]!;
    for (const key of Object.keys(row) as (keyof FinishedRequest)[]) {
      const difference = Math.abs(row[key] - like[key]) / Math.max(1, Math.abs(row[key]));
      const isSame = Object.is(row[key], like[key]) || difference <= ROUNDING;
      if (!isSame) breaches.push(`${id}.${key} ${row[key]} against ${like[key]}`);
    }
  }
  expectNone(breaches);
  expect(one.record.control.length).toBe(other.record.control.length);
  for (const [i, event] of one.record.control.entries()) {
    const { seconds, ...what } = other.record.control[i]!;
    expect({ ...event, seconds: 0 }).toEqual({ ...what, seconds: 0 });
    expect(Math.abs(event.seconds - seconds)).toBeLessThanOrEqual(ROUNDING * Math.max(1, seconds));
  }
}

/** All that is counted, and no time. */
function countsOf(record: RunRecord): unknown {
  return {
    cells: record.cells.map((cell) => [
      cell.workload,
      cell.tenant,
      cell.pool,
      cell.offered,
      cell.clientRetries,
      cell.gatewayRetries,
      cell.hedges,
      cell.touched,
      cell.fellBack,
      ...cell.reasons,
      ...cell.brokenSteps,
      cell.metAll,
    ]),
    pools: record.pools.map((pool) => [
      pool.steps,
      pool.prefillTokens,
      // Speculation gains fractions of tokens.
      Math.round(pool.decodeTokens * 1e6),
      pool.preemptions,
      pool.cachedTokens,
    ]),
    queues: record.queues.map(({ oldestSeconds: _, ...counts }) => counts),
    attempts: record.timeline!.pools.map((pools) => pools.map((pool) => pool.attempts)),
  };
}

describe("causality", () => {
  it("for all that breaks, nothing is answered before it arrives, and its last token is not before its first", () => {
    const law = fc.property(resilienceCase(), (one) => {
      const { rows, record } = runCase(one);
      const breaches = rows.flatMap((row) => untimely(row, record.endSeconds));
      for (const [i, event] of record.control.entries()) {
        const before = record.control[i - 1]?.seconds ?? 0;
        if (event.seconds < before) breaches.push(`${JSON.stringify(event)} after ${before}`);
      }
      expectNone(breaches);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all that breaks, time never goes back", () => {
    let now = 0;
    let events = 0;
    const observe = (seconds: number): void => {
      events++;
      if (seconds < now) throw new Error(`${seconds} after ${now}`);
      now = seconds;
    };
    around(Timers.prototype, "take", (take) => {
      return function (this: Timers, seconds) {
        observe(seconds);
        take.call(this, seconds);
      };
    });
    around(Replica.prototype, "schedule", (schedule) => {
      return function (this: Replica, seconds) {
        observe(seconds);
        schedule.call(this, seconds);
      };
    });
    around(Control.prototype, "act", (act) => {
      return function (this: Control) {
        observe(this.nextSeconds);
        act.call(this);
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      now = 0;
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(events).toBeGreaterThan(100 * CAMPAIGN.numRuns);
  });

  it("for all fleets without a fault, limits that never bind change nothing at all", () => {
    const law = fc.property(fleetCase(), (one) => {
      const plain = simulate(one.scenario, one.seed, { engineSettingsFor: lawSettings });
      const limited = simulate(withBoundlessPolicies(one), one.seed, {
        engineSettingsFor: lawSettings,
      });
      // The control's own events aside: checks of replicas are events too.
      const before = JSON.stringify({ ...plain, events: 0 });
      expect(JSON.stringify({ ...limited, events: 0 })).toBe(before);
    });
    fc.assert(law, CAMPAIGN);
  });
});

/** What is out of order in the times of one request. */
function untimely(row: FinishedRequest, endSeconds: number): string[] {
  const { id, arrivalSeconds, queueTimeSeconds, ttftSeconds, e2eSeconds, attempts } = row;
  if (arrivalSeconds > endSeconds) return [`${id} arrives after the end`];
  if (row.outcomeIndex !== 0) return [];
  const rules: [boolean, string][] = [
    [queueTimeSeconds >= -ROUNDING, "is scheduled too early"],
    [ttftSeconds > 0, "has a token too early"],
    [e2eSeconds >= ttftSeconds - ROUNDING, "ends before its first token"],
    [attempts >= 1, "was never tried"],
  ];
  return rules.flatMap(([holds, breach]) => (holds ? [] : [`${id} ${breach}`]));
}

function withBoundlessPolicies({ scenario }: FleetCase): ResolvedScenario {
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({
      ...workload,
      client: {
        timeoutSeconds: { kind: "constant", value: 1e6 },
        firstTokenTimeoutSeconds: { kind: "constant", value: 1e6 },
        giveUpSeconds: 1e6,
        retries: {
          max: 3,
          on: ["timed-out", "failed"],
          backoff: "exponential",
          baseSeconds: 1,
          maxSeconds: 8,
          jitter: "full",
          honoursRetryAfter: true,
          budget: { share: 1, minPerSecond: 1 },
        },
      },
    })),
    fleet: {
      ...scenario.fleet,
      policies: BOUNDLESS_POLICIES,
      pools: scenario.fleet.pools.map((pool) => ({ ...pool, ...BOUNDLESS_POOL_POLICIES })),
    },
  };
}
