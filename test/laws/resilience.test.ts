/**
 * Laws that hold whatever breaks: with every policy, client and fault of test/support/random-resilience.ts switched
 * on at random, nothing is lost or counted twice, nothing is computed by what is not there, limits and budgets hold,
 * and a run is a function of its seed. Each law also says that its cases put it to the test.
 */
import { describe, expect, it, jest } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedCircuitBreaker } from "../../planner/fleet/resolved-policies";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { Control } from "../../planner/simulation/control";
import type { ControlEvent } from "../../planner/simulation/control-event";
import { END_REASONS, outcomeOfReason } from "../../planner/simulation/end-reasons";
import { Admission } from "../../planner/simulation/gateway/admission";
import {
  CircuitBreaker,
  OVERFLOW,
  shareOfProcess,
} from "../../planner/simulation/gateway/circuit-breaker";
import { GatewayProcess } from "../../planner/simulation/gateway/gateway-process";
import type { FinishedRequest } from "../../planner/simulation/observer";
import { REQUEST_OUTCOMES } from "../../planner/simulation/observer";
import { MessageQueue } from "../../planner/simulation/queue/message-queue";
import { Replica } from "../../planner/simulation/replica";
import type { CellRecord, RunRecord, TimelineCell } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { Timers } from "../../planner/simulation/timers";
import { type FleetCase, fleetCase, lawSettings } from "../support/random-fleet";
import { BOUNDLESS_POLICIES, BOUNDLESS_POOL_POLICIES } from "../support/random-policies";
import { endsForSure, resilienceCase } from "../support/random-resilience";
import {
  oneStepAtATime,
  type ResilienceRun,
  runCase,
  type Span,
  withServingSpans,
} from "../support/resilience-run";

const CASES = Number(process.env["LAW_CASES"] ?? 60);
const SEED = Number(process.env["LAW_SEED"] ?? 20_261_122);
const CAMPAIGN = { seed: SEED, numRuns: CASES };
const ROUNDING = 1e-9;
const NEVER = Number.POSITIVE_INFINITY;

/** Reports the first few breaches of a law, so that one case does not print thousands. */
function expectNone(breaches: readonly string[]): void {
  if (breaches.length > 0)
    throw new Error(`${breaches.length} breaches: ${breaches.slice(0, 5).join("; ")}`);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** What a law has seen over all of its cases. */
class Coverage {
  private readonly counts = new Map<string, number>();

  add(what: string, count: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  expectAll(what: readonly string[]): void {
    if (CASES < 60) return;
    expect(what.filter((one) => !((this.counts.get(one) ?? 0) > 0))).toEqual([]);
  }
}

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
    fc.assert(law, { ...CAMPAIGN, numRuns: 3 * CASES });
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
    expect(losses).toBeGreaterThan(CASES);
  });
});

/** From each replica-down to the replica-ready after it. */
function downSpans(control: readonly ControlEvent[]): Map<number, Span[]> {
  const spans = new Map<number, Span[]>();
  const since = new Map<number, number>();
  for (const event of control) {
    if (event.kind === "replica-down") {
      expect(since.has(event.replica)).toBe(false);
      since.set(event.replica, event.seconds);
    } else if (event.kind === "replica-ready") {
      const fromSeconds = since.get(event.replica);
      since.delete(event.replica);
      if (fromSeconds === undefined) continue;
      add(spans, event.replica, { fromSeconds, toSeconds: event.seconds });
    }
  }
  for (const [replica, fromSeconds] of since)
    add(spans, replica, { fromSeconds, toSeconds: NEVER });
  return spans;
}

function add(spans: Map<number, Span[]>, replica: number, span: Span): void {
  spans.set(replica, [...(spans.get(replica) ?? []), span]);
}

function contains(outer: Span, inner: Span): boolean {
  return outer.fromSeconds <= inner.fromSeconds && inner.toSeconds <= outer.toSeconds;
}

function overlaps(one: Span, other: Span): boolean {
  return one.fromSeconds < other.toSeconds && other.fromSeconds < one.toSeconds;
}

describe("determinism", () => {
  it("for all that breaks, the same seed gives the same record, byte for byte, whoever looks on", () => {
    const law = fc.property(resilienceCase(), (one) => {
      const { record } = runCase(one);
      const again = simulate(one.scenario, one.seed, { engineSettingsFor: lawSettings });
      expect(JSON.stringify({ ...record, timeline: undefined })).toBe(JSON.stringify(again));
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CASES / 2 });
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

describe("limits", () => {
  it("for all breakers, active, pending and retried requests stay within the process's share", () => {
    let refused = 0;
    let pending = 0;
    let retried = 0;
    const { enter, promote } = CircuitBreaker.prototype;
    let limits: ResolvedCircuitBreaker;
    const check = (breaker: CircuitBreaker): void => {
      expect(breaker.active).toBeLessThanOrEqual(limits.maxConnections);
      expect(breaker.active).toBeLessThanOrEqual(limits.maxParallelRequests);
      expect(breaker.pending).toBeLessThanOrEqual(limits.maxPendingRequests);
      expect(breaker.activeRetries).toBeLessThanOrEqual(breaker.active + breaker.pending);
      pending = Math.max(pending, breaker.pending);
    };
    jest.spyOn(CircuitBreaker.prototype, "enter").mockImplementation(function (
      this: CircuitBreaker,
      isRetry,
    ) {
      const before = { under: this.active + this.pending, retries: this.activeRetries };
      const place = enter.call(this, isRetry);
      check(this);
      if (place === OVERFLOW) refused++;
      else if (isRetry) {
        retried++;
        // Envoy: retries under way < max(min, ⌊share × (active + pending)⌋), counted without the new one.
        const { retryBudget, maxParallelRetries } = limits;
        const allowed =
          retryBudget === undefined
            ? maxParallelRetries
            : Math.max(
                retryBudget.minRetryConcurrency,
                Math.floor(retryBudget.share * before.under),
              );
        expect(before.retries).toBeLessThan(allowed);
      }
      return place;
    });
    jest.spyOn(CircuitBreaker.prototype, "promote").mockImplementation(function (
      this: CircuitBreaker,
    ) {
      promote.call(this);
      check(this);
    });
    const law = fc.property(resilienceCase(), (one) => {
      const scenario = withOneBreaker(one.scenario);
      const { policies, pools } = scenario.fleet;
      limits = shareOfProcess(pools[0]!.circuitBreaker!, policies.gateway.replicas);
      simulate(scenario, one.seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(Math.min(refused, pending, retried)).toBeGreaterThan(3);
  });

  it("for all admissions, those inside and those that wait stay within the process's share", () => {
    let waits = 0;
    let limits = { inside: 0, queued: 0 };
    const { admit, enterFromQueue } = Admission.prototype;
    const check = (admission: Admission): void => {
      expect(admission.inside).toBeLessThanOrEqual(limits.inside);
      expect(admission.queued).toBeLessThanOrEqual(limits.queued);
      waits = Math.max(waits, admission.queued);
    };
    jest.spyOn(Admission.prototype, "admit").mockImplementation(function (
      this: Admission,
      ...given
    ) {
      const answer = admit.apply(this, given);
      check(this);
      return answer;
    });
    jest.spyOn(Admission.prototype, "enterFromQueue").mockImplementation(function (
      this: Admission,
    ) {
      enterFromQueue.call(this);
      check(this);
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      const { admission, gateway } = scenario.fleet.policies;
      if (admission === undefined) return;
      limits = {
        inside: Math.ceil(admission.maxConcurrency / gateway.replicas),
        queued: Math.ceil(admission.queueLimit / gateway.replicas),
      };
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(waits).toBeGreaterThan(3);
  });

  it("for all clients, retries stay within their number and within their budget", () => {
    let budgeted = 0;
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      const { record, rows } = runCase(one);
      for (const [workload, { client, chain, fallback }] of one.scenario.workloads.entries()) {
        const { retries } = client;
        const own = rows.filter((row) => row.workloadIndex === workload);
        const attempts = sum(own, (row) => row.attempts);
        const retried = sum(
          record.cells.filter((cell) => cell.workload === workload),
          (cell) => cell.clientRetries,
        );
        if (retries === undefined) {
          expect(retried).toBe(0);
          continue;
        }
        const calls = (chain?.filter(({ kind }) => kind === "model").length ?? 1) * 2;
        const callsMax = fallback === undefined && chain === undefined ? 1 : calls;
        const most = Math.max(0, ...own.map((row) => row.attempts));
        expect(most).toBeLessThanOrEqual(callsMax * (1 + retries.max));
        if (retries.budget === undefined) continue;
        const { share, minPerSecond } = retries.budget;
        const allowed = share * (attempts - retried) + minPerSecond * (record.endSeconds + 10);
        expect(retried).toBeLessThanOrEqual(allowed + ROUNDING);
        budgeted += retried;
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(budgeted).toBeGreaterThan(3);
  });

  it("for all hedges, they are within their share of what is under way, and never on the replica of the first", () => {
    let hedges = 0;
    const { chooseIn } = GatewayProcess.prototype;
    let share = 0;
    jest.spyOn(GatewayProcess.prototype, "chooseIn").mockImplementation(function (
      this: GatewayProcess,
      pool,
      other,
    ) {
      const replica = chooseIn.call(this, pool, other);
      if (other >= 0) {
        // Asked for a hedge: it is one more, should it be sent.
        expect(this.hedges + 1).toBeLessThanOrEqual(share * this.active);
        expect(replica).not.toBe(other);
        hedges++;
      }
      return replica;
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      const { hedging } = scenario.fleet.policies;
      if (hedging === undefined) return;
      share = hedging.maxShare;
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(hedges).toBeGreaterThan(3);
  });

  it("for all ejections, the process that ejected a replica sends it nothing until it returns", () => {
    const counts = { ejected: 0, sent: 0, probes: 0 };
    const out = new WeakMap<GatewayProcess, Set<number>>();
    const outOf = (process: GatewayProcess): Set<number> => {
      const known = out.get(process) ?? new Set();
      out.set(process, known);
      return known;
    };
    const { judge, probed, sweep, setReady, sent } = GatewayProcess.prototype;
    jest.spyOn(GatewayProcess.prototype, "judge").mockImplementation(function (
      this: GatewayProcess,
      replica,
      isError,
      seconds,
    ) {
      const isEjected = judge.call(this, replica, isError, seconds);
      if (isEjected) outOf(this).add(replica);
      counts.ejected += Number(isEjected);
      return isEjected;
    });
    jest.spyOn(GatewayProcess.prototype, "probed").mockImplementation(function (
      this: GatewayProcess,
      replica,
      hasPassed,
      seconds,
    ) {
      const hasChanged = probed.call(this, replica, hasPassed, seconds);
      counts.probes++;
      if (hasChanged && hasPassed) outOf(this).delete(replica);
      if (hasChanged && !hasPassed) outOf(this).add(replica);
      return hasChanged;
    });
    jest.spyOn(GatewayProcess.prototype, "sweep").mockImplementation(function (
      this: GatewayProcess,
      pool,
      seconds,
    ) {
      const returned = sweep.call(this, pool, seconds);
      for (const replica of returned) outOf(this).delete(replica);
      return returned;
    });
    // A new replica has no past.
    jest.spyOn(GatewayProcess.prototype, "setReady").mockImplementation(function (
      this: GatewayProcess,
      replica,
      isReady,
    ) {
      setReady.call(this, replica, isReady);
      if (isReady) outOf(this).delete(replica);
    });
    jest.spyOn(GatewayProcess.prototype, "sent").mockImplementation(function (
      this: GatewayProcess,
      replica,
    ) {
      counts.sent++;
      if (outOf(this).has(replica))
        throw new Error(`replica ${replica} is sent to while it is ejected`);
      sent.call(this, replica);
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      simulate(withoutPanic(scenario), seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(counts.ejected).toBeGreaterThan(CASES / 2);
    expect(counts.probes).toBeGreaterThan(CASES);
    expect(counts.sent).toBeGreaterThan(50 * CASES);
  });
});

/** The breaker of the first pool that has one, on all pools: so that one limit holds for all. */
function withOneBreaker(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet } = scenario;
  const known = fleet.pools.find((pool) => pool.circuitBreaker !== undefined)?.circuitBreaker;
  const circuitBreaker = known ?? BOUNDLESS_POOL_POLICIES.circuitBreaker;
  return {
    ...scenario,
    fleet: { ...fleet, pools: fleet.pools.map((pool) => ({ ...pool, circuitBreaker })) },
  };
}

function withoutPanic(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet } = scenario;
  const pools = fleet.pools.map((pool) => ({
    ...pool,
    healthCheck: { ...pool.healthCheck, panicThreshold: 0 },
  }));
  return { ...scenario, fleet: { ...fleet, pools } };
}

describe("queues", () => {
  it("for all that breaks, a message is completed, dead-lettered, expired or left, and received no more often than allowed", () => {
    const total = { sent: 0, deadLettered: 0, expired: 0, receivedAgain: 0 };
    let receivesMax = 0;
    let receives = new WeakMap<MessageQueue, Map<number, number>>();
    const { send, receive } = MessageQueue.prototype;
    const countsOfQueue = (queue: MessageQueue): Map<number, number> => {
      const known = receives.get(queue) ?? new Map<number, number>();
      receives.set(queue, known);
      return known;
    };
    jest.spyOn(MessageQueue.prototype, "send").mockImplementation(function (
      this: MessageQueue,
      message,
      seconds,
    ) {
      send.call(this, message, seconds);
      countsOfQueue(this).set(message, 0);
    });
    jest.spyOn(MessageQueue.prototype, "receive").mockImplementation(function (
      this: MessageQueue,
      seconds,
    ) {
      const message = receive.call(this, seconds);
      if (message < 0) return message;
      const count = countsOfQueue(this).get(message)! + 1;
      countsOfQueue(this).set(message, count);
      if (count > 1) total.receivedAgain++;
      expect(count).toBeLessThanOrEqual(receivesMax);
      return message;
    });
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      receivesMax = one.scenario.fleet.policies.queue.maxReceiveCount;
      receives = new WeakMap();
      const { record, rows } = runCase(one);
      for (const queue of record.queues) {
        const { sent, received, completed, deadLettered, expired, left } = queue;
        expect(completed + deadLettered + expired + left).toBe(sent);
        expect(received).toBeGreaterThanOrEqual(completed);
        expect(received).toBeLessThanOrEqual(sent * receivesMax);
        total.sent += sent;
        total.deadLettered += deadLettered;
        total.expired += expired;
      }
      expectMessagesMatchRequests(record, rows, one.scenario);
    });
    fc.assert(law, CAMPAIGN);
    expect(Math.min(...Object.values(total))).toBeGreaterThan(3);
  });

  it("for all consumers that die, every message is done in the end, when it may be received again for ever", () => {
    let lost = 0;
    const law = fc.property(
      resilienceCase({ drain: true, hasFixedPools: true }),
      ({ scenario, seed }) => {
        const patient = onlyMessages(scenario);
        const { record, rows } = runCase({ scenario: patient, seed });
        const refused = rows.filter((row) => END_REASONS[row.reasonIndex] === "context-too-long");
        expect(record.completions).toBe(record.arrivals - refused.length);
        lost += sum(record.cells, (cell) => cell.touched) - refused.length;
      },
    );
    fc.assert(law, { ...CAMPAIGN, numRuns: CASES / 2 });
    expect(lost).toBeGreaterThan(3);
  });
});

/** Messages and the requests that they stand for end alike. */
function expectMessagesMatchRequests(
  record: RunRecord,
  rows: readonly FinishedRequest[],
  { workloads }: ResolvedScenario,
): void {
  const queued = rows.filter((row) => workloads[row.workloadIndex]!.delivery === "queue");
  const ended = (reason: string): number =>
    queued.filter((row) => END_REASONS[row.reasonIndex] === reason).length;
  const completed = queued.filter((row) => row.outcomeIndex === 0).length;
  expect(sum(record.queues, (queue) => queue.completed)).toBe(completed);
  expect(sum(record.queues, (queue) => queue.expired)).toBe(ended("expired") + ended("give-up"));
  const dead = ended("dead-lettered") + ended("context-too-long");
  expect(sum(record.queues, (queue) => queue.deadLettered)).toBe(dead);
}

/** All workloads by queue, faults that end, and a queue that forgets nothing. */
function onlyMessages(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet, faults } = scenario;
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({
      ...workload,
      chain: undefined,
      fallback: undefined,
      delivery: "queue",
      slo: [],
      tokens: {
        kind: "distributions",
        input: { kind: "uniform", min: 1, max: 300 },
        output: { kind: "uniform", min: 1, max: 60 },
        rankCorrelation: 0,
      },
      client: {
        timeoutSeconds: undefined,
        firstTokenTimeoutSeconds: undefined,
        giveUpSeconds: NEVER,
        retries: {
          max: NEVER,
          on: ["failed"],
          backoff: "fixed",
          baseSeconds: 1,
          maxSeconds: 1,
          jitter: "none",
          honoursRetryAfter: false,
          budget: undefined,
        },
      },
    })),
    faults: {
      poison: [],
      spotWaves: [],
      faults: faults.faults.map((fault) => {
        const { when } = fault;
        if (when.kind === "random" || when.durationSeconds < NEVER) return fault;
        return { ...fault, when: { ...when, durationSeconds: 20 } };
      }),
    },
    fleet: {
      ...fleet,
      policies: {
        ...fleet.policies,
        queue: {
          ...fleet.policies.queue,
          maxReceiveCount: 1e6,
          retentionSeconds: 1e6,
          // Longer than a request takes, so that work is not begun anew for ever.
          visibilityTimeoutSeconds: 20,
        },
      },
    },
  };
}

describe("what is paid for", () => {
  it("for all that breaks, ready ≤ paid ≤ replicasMax at all times, and spot is part of it", () => {
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      const { record } = runCase(one);
      const { pools } = one.scenario.fleet;
      const { bucketSeconds } = record.timeline!;
      for (const bucket of record.timeline!.pools) {
        for (const [index, { readySeconds, paidSeconds }] of bucket.entries()) {
          expect(readySeconds).toBeLessThanOrEqual(paidSeconds + ROUNDING);
          expect(paidSeconds).toBeLessThanOrEqual(
            pools[index]!.replicasMax * bucketSeconds + ROUNDING,
          );
        }
      }
      for (const [
        index,
        { readyReplicas, paidReplicas, paidSpotReplicas },
      ] of record.pools.entries()) {
        expect(readyReplicas).toBeLessThanOrEqual(paidReplicas + ROUNDING);
        expect(paidSpotReplicas).toBeLessThanOrEqual(paidReplicas + ROUNDING);
        const ofBuckets = sum(record.timeline!.pools, (bucket) => bucket[index]!.paidSeconds);
        expect(paidReplicas * one.scenario.horizon.durationSeconds).toBeCloseTo(ofBuckets, 6);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fixed pools, ready replicas are what control events leave of them", () => {
    let lost = 0;
    const law = fc.property(resilienceCase({ warmUpSeconds: 0, hasFixedPools: true }), (one) => {
      const { record } = runCase(one);
      const { durationSeconds } = one.scenario.horizon;
      const missing = one.scenario.fleet.pools.map(() => 0);
      const poolOf = new Map<number, number>();
      for (const event of record.control) {
        if (event.kind === "replica-down") poolOf.set(event.replica, event.pool);
      }
      for (const [replica, spans] of downSpans(record.control)) {
        for (const { fromSeconds, toSeconds } of spans) {
          const end = Math.min(toSeconds, durationSeconds);
          missing[poolOf.get(replica)!]! += Math.max(0, end - fromSeconds);
        }
      }
      for (const [index, { readyReplicas }] of record.pools.entries()) {
        const { replicas } = one.scenario.fleet.pools[index]!;
        expect(readyReplicas).toBeCloseTo(replicas - missing[index]! / durationSeconds, 9);
        lost += missing[index]!;
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(lost).toBeGreaterThan(10);
  });

  it("for all regions that are lost, nothing is ready or paid there meanwhile", () => {
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), fc.nat(2), (one, which) => {
      const { scenario, seed } = one;
      const region = which % scenario.fleet.regions.length;
      const { durationSeconds } = scenario.horizon;
      const bucketSeconds = durationSeconds / 6;
      const record = runCase({
        seed,
        scenario: {
          ...scenario,
          faults: {
            ...scenario.faults,
            faults: [
              ...scenario.faults.faults,
              {
                name: "region",
                targets: [{ kind: "region", region }],
                effect: { kind: "lose" },
                when: {
                  kind: "at",
                  startSeconds: 2 * bucketSeconds,
                  durationSeconds: 2 * bucketSeconds,
                },
              },
            ],
          },
        },
      }).record;
      for (const bucket of record.timeline!.pools.slice(2, 4)) {
        for (const [index, { readySeconds, paidSeconds }] of bucket.entries()) {
          if (scenario.fleet.pools[index]!.regionIndex !== region) continue;
          expect([readySeconds, paidSeconds]).toEqual([0, 0]);
        }
      }
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CASES / 2 });
  });
});

describe("causality", () => {
  it("for all that breaks, nothing is answered before it arrives, and its last token is not before its first", () => {
    const law = fc.property(resilienceCase(), (one) => {
      const { rows, record } = runCase(one);
      const breaches: string[] = [];
      let before = 0;
      for (const event of record.control) {
        if (event.seconds < before) breaches.push(`${JSON.stringify(event)} after ${before}`);
        before = event.seconds;
      }
      for (const row of rows) {
        if (row.arrivalSeconds > record.endSeconds)
          breaches.push(`${row.id} arrives after the end`);
        if (row.outcomeIndex !== 0) continue;
        if (!(row.queueTimeSeconds >= -ROUNDING)) breaches.push(`${row.id} is scheduled too early`);
        if (!(row.ttftSeconds > 0)) breaches.push(`${row.id} has a token too early`);
        if (!(row.e2eSeconds >= row.ttftSeconds - ROUNDING))
          breaches.push(`${row.id} ends too early`);
        if (!(row.attempts >= 1)) breaches.push(`${row.id} was never tried`);
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
    const { take } = Timers.prototype;
    jest.spyOn(Timers.prototype, "take").mockImplementation(function (this: Timers, seconds) {
      observe(seconds);
      take.call(this, seconds);
    });
    const { schedule } = Replica.prototype;
    jest.spyOn(Replica.prototype, "schedule").mockImplementation(function (this: Replica, seconds) {
      observe(seconds);
      schedule.call(this, seconds);
    });
    const { act } = Control.prototype;
    jest.spyOn(Control.prototype, "act").mockImplementation(function (this: Control) {
      observe(this.nextSeconds);
      act.call(this);
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      now = 0;
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(events).toBeGreaterThan(100 * CASES);
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
