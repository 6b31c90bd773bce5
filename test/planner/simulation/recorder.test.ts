/** What a run counts, by hand: a few requests whose times are chosen, through the recorder alone. */
import { describe, expect, it } from "@jest/globals";
import { AttemptStore } from "../../../planner/simulation/attempt-store";
import { END_REASONS, type EndReason, REASON } from "../../../planner/simulation/end-reasons";
import type { FinishedRequest } from "../../../planner/simulation/observer";
import { PaidReplicas } from "../../../planner/simulation/paid-replicas";
import { Recorder } from "../../../planner/simulation/recorder";
import { REQUEST, RequestTable } from "../../../planner/simulation/request-table";
import { NO_POOL } from "../../../planner/simulation/run-record";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";

const SCENARIO = resolvedScenario({
  pools: [resolvedPool({ replicas: 2 }), resolvedPool({ name: "region/other" })],
  workloads: [
    resolvedWorkload({
      tenants: [
        { name: "a", share: 0.5 },
        { name: "b", share: 0.5 },
      ],
      slo: [
        { metric: "ttft", statistic: "p95", limitSeconds: 2 },
        { metric: "tpot", statistic: "mean", limitSeconds: 0.5 },
        { metric: "queueTime", statistic: "p50", limitSeconds: 1 },
      ],
    }),
    resolvedWorkload({ name: "plain" }),
  ],
});

interface Sent {
  readonly arrival: number;
  readonly workload?: number;
  readonly tenant?: number;
  readonly output?: number;
}

/** Plays the part of clients and gateways: a request, and the one attempt that it has. */
class Bench {
  readonly store = new AttemptStore();
  readonly requests = new RequestTable();
  readonly rows: FinishedRequest[] = [];
  readonly recorder: Recorder;

  constructor(from: number, to: number, timelineBuckets = 0) {
    const tables = { store: this.store, requests: this.requests };
    this.recorder = new Recorder(SCENARIO, tables, {
      observer: { onStep: () => {}, onRequest: (row) => this.rows.push({ ...row }) },
      window: { from, to },
      timelineBuckets,
      batches: 0,
    });
  }

  /** A request comes to its clients, and no further. */
  arrive(sent: Sent): number {
    const { requests } = this;
    const request = requests.acquire();
    requests.serial[request] = this.recorder.arrivals;
    requests.arrivalSeconds[request] = sent.arrival;
    requests.inputTokens[request] = 7;
    requests.outputTokens[request] = sent.output ?? 5;
    requests.workload[request] = sent.workload ?? 0;
    requests.tenant[request] = sent.tenant ?? 0;
    requests.origin[request] = 0;
    requests.client[request] = -1;
    requests.step[request] = 0;
    requests.stepSeconds[request] = sent.arrival;
    requests.attempts[request] = 0;
    this.recorder.arrived(request);
    return request;
  }

  /** An attempt of it goes to a pool, and waits there. */
  send(request: number, seconds: number, pool = 0): number {
    const { requests, store } = this;
    requests.attempts[request]!++;
    requests.attemptsOfAll[request]!++;
    this.recorder.attempted(request, seconds);
    this.recorder.placed(request, pool, seconds);
    const slot = store.acquire();
    store.request[slot] = request;
    store.pool[slot] = pool;
    store.entryPool[slot] = pool;
    store.inputTokens[slot] = requests.inputTokens[request]!;
    store.outputTokens[slot] = requests.outputTokens[request]!;
    store.replica[slot] = pool;
    store.queuedSeconds[slot] = seconds;
    requests.attempt[request] = slot;
    return slot;
  }

  /** It has come to nothing. */
  lose(request: number, seconds: number): void {
    const slot = this.requests.attempt[request]!;
    this.recorder.stoppedWaiting(slot, seconds);
    this.store.release(slot);
    this.requests.attempt[request] = -1;
    if (this.requests.has(request, REQUEST.touched)) return;
    this.requests.mark(request, REQUEST.touched);
    this.recorder.touched(request);
  }

  fail(request: number, reason: EndReason, seconds: number): void {
    this.recorder.ended(request, REASON[reason], seconds);
    this.requests.release(request);
  }

  /** The attempt under way has the answer. */
  answer(
    request: number,
    times: { readonly scheduled: number; readonly first: number; readonly finish: number },
    beside = 0,
  ): void {
    const { store, recorder } = this;
    const slot = this.requests.attempt[request]!;
    recorder.scheduled(slot, times.scheduled);
    store.firstTokenSeconds[slot] = times.first;
    recorder.stepCompleted(request, slot, times.finish, beside);
    recorder.completed(request, times.finish, beside);
    store.release(slot);
    this.requests.release(request);
  }

  /** A request that is sent when it arrives. */
  ask(sent: Sent): number {
    const request = this.arrive(sent);
    this.send(request, sent.arrival);
    return request;
  }
}

describe("Recorder", () => {
  it("measures the times of a request, with the round trip in TTFT and E2E but not in its queue time", () => {
    const bench = new Bench(0, 100);
    bench.answer(bench.ask({ arrival: 10 }), { scheduled: 10.5, first: 11, finish: 13 }, 0.25);
    const cell = bench.recorder.cells[0]!;
    expect(cell.ttftSeconds.sum).toBe(1.25);
    expect(cell.e2eSeconds.sum).toBe(3.25);
    expect(cell.queueTimeSeconds.sum).toBe(0.5);
    expect(cell.tpotSeconds.sum).toBe(0.5);
    expect(bench.rows[0]).toMatchObject({
      id: 0,
      ttftSeconds: 1.25,
      e2eSeconds: 3.25,
      queueTimeSeconds: 0.5,
      tpotSeconds: 0.5,
      outcomeIndex: 0,
      sloMet: 1,
    });
  });

  it("counts each objective, and requests that meet all of them", () => {
    const bench = new Bench(0, 100);
    // TTFT 3 > 2, and 2 > 1 in the queue; TPOT 0.25 is kept.
    bench.answer(bench.ask({ arrival: 0 }), { scheduled: 2, first: 3, finish: 4 });
    // TPOT 1 > 0.5.
    bench.answer(bench.ask({ arrival: 5 }), { scheduled: 5, first: 6, finish: 10 });
    // At the limit of every objective, which keeps it.
    bench.answer(bench.ask({ arrival: 20 }), { scheduled: 21, first: 22, finish: 24 });
    const cell = bench.recorder.cells[0]!;
    expect([...cell.met]).toEqual([2, 2, 2]);
    expect(cell.metAll).toBe(1);
    expect(bench.rows.map((row) => row.sloMet)).toEqual([0, 0, 1]);
  });

  it("leaves a single output token out of TPOT, and lets it keep every limit on it", () => {
    const bench = new Bench(0, 100);
    bench.answer(bench.ask({ arrival: 0, output: 1 }), { scheduled: 0, first: 1, finish: 1 });
    const cell = bench.recorder.cells[0]!;
    expect(cell.tpotSeconds.count).toBe(0);
    expect(cell.metAll).toBe(1);
    expect(bench.rows[0]!.tpotSeconds).toBeNaN();
  });

  it("measures latencies by arrival and throughput by finish", () => {
    const bench = new Bench(10, 20);
    const before = bench.ask({ arrival: 9 });
    const within = bench.ask({ arrival: 12 });
    const late = bench.ask({ arrival: 19 });
    bench.answer(before, { scheduled: 9, first: 10, finish: 11 });
    bench.answer(within, { scheduled: 12, first: 13, finish: 14 });
    bench.answer(late, { scheduled: 19, first: 20, finish: 25 });
    const cell = bench.recorder.cells[0]!;
    expect([cell.offered, cell.completed, cell.finishedInWindow]).toEqual([2, 2, 2]);
    expect(cell.ttftSeconds.count).toBe(2);
    expect([cell.inputTokensFinished, cell.outputTokensFinished]).toEqual([14, 10]);
    expect(bench.recorder.completions).toBe(3);
  });

  it("counts who waits at the start, in the middle and at the end of the window", () => {
    const bench = new Bench(0, 10);
    bench.answer(bench.ask({ arrival: -2 }), { scheduled: 1, first: 2, finish: 3 });
    bench.answer(bench.ask({ arrival: 1 }), { scheduled: 2, first: 3, finish: 4 });
    bench.answer(bench.ask({ arrival: 4 }), { scheduled: 6, first: 7, finish: 8 });
    bench.answer(bench.ask({ arrival: 6 }), { scheduled: 11, first: 12, finish: 13 });
    const never = bench.ask({ arrival: 9 });
    bench.recorder.leftInFlight(never, 15, 0);
    const cell = bench.recorder.cells[0]!;
    expect([cell.waitingAtStart, cell.waitingAtMiddle, cell.waitingAtEnd]).toEqual([1, 1, 2]);
    // Arrivals at 1, 4, 6 and 9 of 10 s: parts of 0.625 s.
    expect(
      Array.from(cell.offeredByPart.keys()).filter((part) => cell.offeredByPart[part] === 1),
    ).toEqual([1, 6, 9, 14]);
    expect(cell.inFlight).toBe(1);
  });

  it("integrates the requests in the system: ∫ N dt = Σ time in the system", () => {
    const bench = new Bench(0, 100);
    const first = bench.ask({ arrival: 1 });
    const second = bench.ask({ arrival: 2 });
    bench.answer(first, { scheduled: 1, first: 2, finish: 5 });
    bench.answer(second, { scheduled: 5, first: 6, finish: 10 });
    bench.recorder.close(50);
    expect(bench.recorder.requestSeconds).toBe(4 + 8);
  });

  it("keeps a cell for each workload and tenant, and a rejected request in neither latency nor throughput", () => {
    const bench = new Bench(0, 100);
    bench.fail(bench.ask({ arrival: 3, tenant: 1 }), "context-too-long", 3);
    bench.answer(bench.ask({ arrival: 4, workload: 1 }), { scheduled: 4, first: 5, finish: 6 });
    const cells = bench.recorder.cells.map((cell) => ({
      workload: cell.workload,
      tenant: cell.tenant,
      offered: cell.offered,
      rejected: cell.rejected,
      completed: cell.completed,
      latencies: cell.e2eSeconds.count,
    }));
    expect(cells).toEqual([
      { workload: 0, tenant: 1, offered: 1, rejected: 1, completed: 0, latencies: 0 },
      { workload: 1, tenant: 0, offered: 1, rejected: 0, completed: 1, latencies: 1 },
    ]);
    expect(bench.rows.map((row) => [row.outcomeIndex, row.sloMet])).toEqual([
      [1, 0],
      [0, -1],
    ]);
  });

  it("cuts the run into buckets: offered by arrival, answered by finish, in the system by time", () => {
    const bench = new Bench(0, 30, 3);
    const slot = bench.ask({ arrival: 8 });
    bench.answer(slot, { scheduled: 8, first: 9, finish: 23 });
    const { bucketSeconds, buckets } = bench.recorder.timeline!;
    expect(bucketSeconds).toBe(10);
    const own = buckets.map((cells) => cells[0]!);
    expect(own.map((cell) => cell.offered)).toEqual([1, 0, 0]);
    expect(own.map((cell) => cell.completed)).toEqual([0, 0, 1]);
    expect(own.map((cell) => cell.outputTokens)).toEqual([0, 0, 5]);
    expect(own.map((cell) => cell.requestSeconds)).toEqual([2, 10, 3]);
    expect(own.map((cell) => cell.ttftSeconds.count)).toEqual([1, 0, 0]);
  });

  it("counts a request where its first attempt went, whatever answers it, and its retries by who made them", () => {
    const bench = new Bench(0, 100);
    const request = bench.ask({ arrival: 1 });
    bench.lose(request, 2);
    bench.send(request, 3, 1);
    bench.lose(request, 4);
    bench.recorder.gatewayRetried(request, 5);
    bench.send(request, 5, 1);
    bench.recorder.hedged(request);
    bench.answer(request, { scheduled: 6, first: 7, finish: 9 });
    expect(bench.recorder.cells.length).toBe(1);
    const { pool, offered, completed, touched, clientRetries, gatewayRetries, hedges } =
      bench.recorder.cells[0]!;
    expect({ pool, offered, completed, touched, hedges }).toEqual({
      pool: 0,
      offered: 1,
      completed: 1,
      touched: 1,
      hedges: 1,
    });
    // `send` of the bench counts a client's attempt each time, so both of its retries are the client's.
    expect([clientRetries, gatewayRetries]).toEqual([2, 1]);
    expect(bench.recorder.attemptsTo(0)).toBe(1);
    expect(bench.recorder.attemptsTo(1)).toBe(2);
    expect(bench.rows[0]).toMatchObject({ poolIndex: 1, attempts: 3, queueTimeSeconds: 5 });
  });

  it("counts nothing twice when an index is used again", () => {
    const bench = new Bench(0, 100);
    const first = bench.ask({ arrival: 1 });
    bench.lose(first, 2);
    bench.send(first, 2);
    bench.recorder.hedged(first);
    bench.answer(first, { scheduled: 2, first: 3, finish: 4 });
    const second = bench.ask({ arrival: 5 });
    expect(second).toBe(first);
    bench.answer(second, { scheduled: 5, first: 6, finish: 7 });
    const { touched, clientRetries, hedges, queueTimeSeconds } = bench.recorder.cells[0]!;
    expect([touched, clientRetries, hedges]).toEqual([1, 1, 1]);
    expect(queueTimeSeconds.sum).toBe(1);
    expect(bench.rows[1]).toMatchObject({ attempts: 1, queueTimeSeconds: 0 });
  });

  it.each([
    ["overflow", "rejected", "rejections"],
    ["give-up", "timedOut", "timeouts"],
    ["replica-lost", "failed", "failures"],
  ] as const)(
    "counts a request that ends with %s as %s, by its reason and the step that broke",
    (reason, outcome, total) => {
      const bench = new Bench(0, 100);
      const request = bench.arrive({ arrival: 1 });
      bench.fail(request, reason, 8);
      const cell = bench.recorder.cells[0]!;
      // No pool has seen it.
      expect(cell.pool).toBe(NO_POOL);
      expect(cell[outcome]).toBe(1);
      expect(bench.recorder[total]).toBe(1);
      expect([...cell.reasons].flatMap((count, i) => (count > 0 ? [END_REASONS[i]] : []))).toEqual([
        reason,
      ]);
      expect([...cell.brokenSteps]).toEqual([1]);
      expect([...cell.unanswered]).toEqual([1, 1, 1]);
      expect(bench.rows[0]).toMatchObject({
        reasonIndex: REASON[reason],
        poolIndex: -1,
        replicaIndex: -1,
        ttftSeconds: Number.NaN,
        sloMet: 0,
      });
    },
  );

  it("adds the steps of a chain up: their waits, the tokens of each, and the times of the last", () => {
    const bench = new Bench(0, 100);
    const { recorder, store, requests } = bench;
    const request = bench.ask({ arrival: 1 });
    const first = requests.attempt[request]!;
    recorder.scheduled(first, 1.5);
    store.firstTokenSeconds[first] = 2;
    recorder.stepCompleted(request, first, 3, 0.5);
    store.release(first);
    // The next step begins when the answer is with the client.
    requests.step[request] = 1;
    requests.stepSeconds[request] = 3.5;
    requests.attempts[request] = 0;
    bench.send(request, 3.5);
    bench.answer(request, { scheduled: 5.5, first: 6, finish: 8 }, 0.25);
    const cell = recorder.cells[0]!;
    expect(cell.queueTimeSeconds.sum).toBe(0.5 + 2);
    expect(cell.ttftSeconds.sum).toBe(6 - 1 + 0.25);
    expect(cell.e2eSeconds.sum).toBe(8 - 1 + 0.25);
    expect(cell.outputTokensFinished).toBe(10);
    expect([cell.completed, cell.finishedInWindow]).toEqual([1, 1]);
  });

  it("integrates what a pool has ready and pays for over the window alone, and by bucket over the whole run", () => {
    const bench = new Bench(10, 40, 4);
    const { recorder } = bench;
    const paid = new PaidReplicas(SCENARIO.fleet.pools[0]!);
    paid.count(0, 1);
    paid.count(1, 1);
    recorder.poolChanged(0, 0, 2, paid);
    recorder.poolChanged(0, 15, 1, paid);
    paid.count(1, -1);
    recorder.poolChanged(0, 25, 1, paid);
    recorder.close(70);
    expect(recorder.pools[0]).toMatchObject({
      readySeconds: 2 * 5 + 25,
      paidSeconds: 2 * 15 + 15,
      replicaSeconds: Float64Array.of(2 * 15 + 15),
      nodeSeconds: Float64Array.of(2 * 15 + 15),
    });
    const own = recorder.timeline!.pools.map((pools) => pools[0]!);
    expect(own.map((cell) => cell.readySeconds)).toEqual([20, 15, 10, 10]);
    expect(own.map((cell) => cell.paidSeconds)).toEqual([20, 20, 15, 10]);
  });

  it("counts what pools computed for whom, in the window alone and without what the prefix cache had", () => {
    const bench = new Bench(0, 40);
    const [first, late] = [bench.ask({ arrival: 1 }), bench.ask({ arrival: 2 })];
    const cached = bench.ask({ arrival: 3, tenant: 1, output: 2 });
    bench.store.cachedTokens[bench.requests.attempt[cached]!] = 4;
    // Decoded elsewhere than where its prompt was computed.
    bench.store.pool[bench.requests.attempt[cached]!] = 1;
    bench.answer(first, { scheduled: 1, first: 2, finish: 5 }, 0);
    bench.answer(cached, { scheduled: 3, first: 4, finish: 40 }, 0);
    bench.answer(late, { scheduled: 2, first: 3, finish: 41 }, 0);
    expect(bench.recorder.work.records()).toEqual([
      { workload: 0, tenant: 0, pool: 0, promptTokens: 7, answerTokens: 5 },
      { workload: 0, tenant: 1, pool: 0, promptTokens: 3, answerTokens: 0 },
      { workload: 0, tenant: 1, pool: 1, promptTokens: 0, answerTokens: 2 },
    ]);
  });

  it("closes the integrals at the end of the window when a drained run ends before it", () => {
    const { recorder } = new Bench(0, 40);
    recorder.poolChanged(0, 0, 3, new PaidReplicas(SCENARIO.fleet.pools[0]!));
    recorder.close(5);
    expect(recorder.pools[0]!.readySeconds).toBe(120);
  });

  it("puts what became of requests into the bucket of their arrival, and what happened into that of its time", () => {
    const bench = new Bench(0, 30, 3);
    const request = bench.ask({ arrival: 2 });
    bench.lose(request, 11);
    bench.send(request, 12);
    bench.lose(request, 21);
    bench.fail(request, "replica-lost", 21);
    const own = bench.recorder.timeline!.buckets.map((cells) => cells[0]!);
    expect(own.map((cell) => cell.touchedOfArrived)).toEqual([1, 0, 0]);
    expect(own.map((cell) => cell.attempts)).toEqual([1, 1, 0]);
    expect(own.map((cell) => cell.failed)).toEqual([0, 0, 1]);
    expect(own.map((cell) => cell.requestSeconds)).toEqual([8, 10, 1]);
    const pools = bench.recorder.timeline!.pools.map((cells) => cells[0]!);
    expect(pools.map((cell) => cell.attempts)).toEqual([1, 1, 0]);
  });
});
