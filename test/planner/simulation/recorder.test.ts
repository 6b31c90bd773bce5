/** What a run counts, by hand: three requests whose times are chosen, through the recorder alone. */
import { describe, expect, it } from "@jest/globals";
import type { FinishedRequest } from "../../../planner/simulation/observer";
import { Recorder } from "../../../planner/simulation/recorder";
import { RequestStore } from "../../../planner/simulation/request-store";
import { resolvedScenario, resolvedWorkload } from "../../support/resolved";

const SCENARIO = resolvedScenario({
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

class Bench {
  readonly store = new RequestStore();
  readonly rows: FinishedRequest[] = [];
  readonly recorder: Recorder;

  constructor(from: number, to: number, timelineBuckets = 0) {
    this.recorder = new Recorder(SCENARIO, this.store, {
      observer: { onStep: () => {}, onRequest: (row) => this.rows.push({ ...row }) },
      window: { from, to },
      timelineBuckets,
      batches: 0,
    });
  }

  arrive(sent: Sent): number {
    const { store } = this;
    const slot = store.acquire();
    store.serial[slot] = this.recorder.arrivals;
    store.arrivalSeconds[slot] = sent.arrival;
    store.inputTokens[slot] = 7;
    store.outputTokens[slot] = sent.output ?? 5;
    store.workload[slot] = sent.workload ?? 0;
    store.tenant[slot] = sent.tenant ?? 0;
    store.origin[slot] = 0;
    store.client[slot] = -1;
    store.pool[slot] = 0;
    store.queuedSeconds[slot] = sent.arrival;
    this.recorder.arrived(slot, 0);
    return slot;
  }

  answer(
    slot: number,
    times: { readonly scheduled: number; readonly first: number; readonly finish: number },
    roundTrip = 0,
  ): void {
    this.recorder.scheduled(slot, times.scheduled);
    this.store.firstTokenSeconds[slot] = times.first;
    this.recorder.completed(slot, times.finish, roundTrip, 0);
    this.store.release(slot);
  }
}

describe("Recorder", () => {
  it("measures the times of a request, with the round trip in TTFT and E2E but not in its queue time", () => {
    const bench = new Bench(0, 100);
    bench.answer(bench.arrive({ arrival: 10 }), { scheduled: 10.5, first: 11, finish: 13 }, 0.25);
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
    bench.answer(bench.arrive({ arrival: 0 }), { scheduled: 2, first: 3, finish: 4 });
    // TPOT 1 > 0.5.
    bench.answer(bench.arrive({ arrival: 5 }), { scheduled: 5, first: 6, finish: 10 });
    // At the limit of every objective, which keeps it.
    bench.answer(bench.arrive({ arrival: 20 }), { scheduled: 21, first: 22, finish: 24 });
    const cell = bench.recorder.cells[0]!;
    expect([...cell.met]).toEqual([2, 2, 2]);
    expect(cell.metAll).toBe(1);
    expect(bench.rows.map((row) => row.sloMet)).toEqual([0, 0, 1]);
  });

  it("leaves a single output token out of TPOT, and lets it keep every limit on it", () => {
    const bench = new Bench(0, 100);
    bench.answer(bench.arrive({ arrival: 0, output: 1 }), { scheduled: 0, first: 1, finish: 1 });
    const cell = bench.recorder.cells[0]!;
    expect(cell.tpotSeconds.count).toBe(0);
    expect(cell.metAll).toBe(1);
    expect(bench.rows[0]!.tpotSeconds).toBeNaN();
  });

  it("measures latencies by arrival and throughput by finish", () => {
    const bench = new Bench(10, 20);
    const before = bench.arrive({ arrival: 9 });
    const within = bench.arrive({ arrival: 12 });
    const late = bench.arrive({ arrival: 19 });
    bench.answer(before, { scheduled: 9, first: 10, finish: 11 });
    bench.answer(within, { scheduled: 12, first: 13, finish: 14 });
    bench.answer(late, { scheduled: 19, first: 20, finish: 25 });
    const cell = bench.recorder.cells[0]!;
    expect([cell.offered, cell.completed, cell.finishedInWindow]).toEqual([2, 2, 2]);
    expect(cell.ttftSeconds.count).toBe(2);
    expect([cell.inputTokensFinished, cell.outputTokensFinished]).toEqual([14, 10]);
    expect(bench.recorder.completions).toBe(3);
  });

  it("counts who waits in the middle and at the end of the window", () => {
    const bench = new Bench(0, 10);
    bench.answer(bench.arrive({ arrival: 1 }), { scheduled: 2, first: 3, finish: 4 });
    bench.answer(bench.arrive({ arrival: 4 }), { scheduled: 6, first: 7, finish: 8 });
    bench.answer(bench.arrive({ arrival: 6 }), { scheduled: 11, first: 12, finish: 13 });
    const never = bench.arrive({ arrival: 9 });
    bench.recorder.leftInFlight(never, 15, 0);
    const cell = bench.recorder.cells[0]!;
    expect([cell.waitingAtMiddle, cell.waitingAtEnd, cell.offeredSecondHalf]).toEqual([1, 2, 2]);
    expect(cell.inFlight).toBe(1);
  });

  it("integrates the requests in the system: ∫ N dt = Σ time in the system", () => {
    const bench = new Bench(0, 100);
    const first = bench.arrive({ arrival: 1 });
    const second = bench.arrive({ arrival: 2 });
    bench.answer(first, { scheduled: 1, first: 2, finish: 5 });
    bench.answer(second, { scheduled: 5, first: 6, finish: 10 });
    bench.recorder.close(50);
    expect(bench.recorder.requestSeconds).toBe(4 + 8);
  });

  it("keeps a cell for each workload and tenant, and a rejected request in neither latency nor throughput", () => {
    const bench = new Bench(0, 100);
    const refused = bench.arrive({ arrival: 3, tenant: 1 });
    bench.recorder.rejected(refused);
    bench.answer(bench.arrive({ arrival: 4, workload: 1 }), { scheduled: 4, first: 5, finish: 6 });
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
    const slot = bench.arrive({ arrival: 8 });
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
});
