/**
 * Collects what a run measures: one cell per workload × tenant × pool that occurs, a timeline when asked for,
 * and the number of requests in the system over time. Latencies go into sketches; nothing grows with the
 * number of requests.
 */

import { QuantileSketch } from "../foundation/quantile-sketch";
import type { Objective, ResolvedScenario } from "../scenario/resolved-scenario";
import type { FinishedRequest, RunObserver } from "./observer";
import { REQUEST_OUTCOMES } from "./observer";
import type { RequestStore } from "./request-store";
import {
  type BatchRecord,
  type CellRecord,
  NO_POOL,
  type TimelineCell,
  type TimelineRecord,
} from "./run-record";

const COMPLETED = REQUEST_OUTCOMES.indexOf("completed");
const REJECTED = REQUEST_OUTCOMES.indexOf("rejected");
const IN_FLIGHT = REQUEST_OUTCOMES.indexOf("in-flight");

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class Recorder {
  readonly cells: CellRecord[] = [];
  readonly batches: readonly (readonly BatchRecord[])[];
  arrivals = 0;
  completions = 0;
  rejections = 0;
  requestSeconds = 0;
  private inSystem = 0;
  private inSystemSince = 0;

  private readonly scenario: ResolvedScenario;
  private readonly store: RequestStore;
  private readonly observer: RunObserver | undefined;
  private readonly windowStart: number;
  private readonly windowEnd: number;
  private readonly windowMiddle: number;
  /** Cell of each workload × tenant × (pool or none), or −1. */
  private readonly cellIndex: Int32Array;
  private readonly tenantBase: readonly number[];
  private readonly timelineBuckets: TimelineCell[][] = [];
  private readonly timelineSeconds: number;
  private readonly row: Mutable<FinishedRequest>;

  constructor(
    scenario: ResolvedScenario,
    store: RequestStore,
    options: {
      readonly observer: RunObserver | undefined;
      readonly window: { readonly from: number; readonly to: number };
      readonly timelineBuckets: number;
      readonly batches: number;
    },
  ) {
    this.scenario = scenario;
    this.store = store;
    this.observer = options.observer;
    this.windowStart = options.window.from;
    this.windowEnd = options.window.to;
    this.windowMiddle = (this.windowStart + this.windowEnd) / 2;
    const bases: number[] = [];
    let tenants = 0;
    for (const workload of scenario.workloads) {
      bases.push(tenants);
      tenants += workload.tenants.length;
    }
    this.tenantBase = bases;
    this.cellIndex = new Int32Array(tenants * (scenario.fleet.pools.length + 1)).fill(-1);
    this.timelineSeconds =
      options.timelineBuckets > 0 ? this.windowEnd / options.timelineBuckets : 0;
    this.batches =
      options.batches === 0
        ? []
        : scenario.workloads.map(() => Array.from({ length: options.batches }, newBatch));
    this.row = emptyRow();
  }

  /** A request arrived and was sent to `pool`, or to none. */
  arrived(slot: number, pool: number): void {
    const store = this.store;
    const seconds = store.arrivalSeconds[slot]!;
    this.arrivals++;
    this.countInSystem(seconds, 1);
    const index = this.cellFor(store.workload[slot]!, store.tenant[slot]!, pool);
    store.cell[slot] = index;
    if (this.isMeasured(slot)) {
      const cell = this.cells[index]!;
      cell.offered++;
      if (seconds >= this.windowMiddle) cell.offeredSecondHalf++;
    }
    const bucket = this.timelineAt(seconds, store.workload[slot]!);
    if (bucket !== undefined) bucket.offered++;
  }

  /** A request leaves the waiting queue. */
  scheduled(slot: number, seconds: number): void {
    const store = this.store;
    this.countWaiting(slot, seconds);
    store.queuedSeconds[slot] = Number.NaN;
    if (Number.isNaN(store.firstScheduledSeconds[slot]!))
      store.firstScheduledSeconds[slot] = seconds;
  }

  /** @param besideSeconds network and front end, which the client waits for on top of the replica */
  completed(slot: number, seconds: number, besideSeconds: number, replica: number): void {
    const store = this.store;
    this.completions++;
    this.countInSystem(seconds, -1);
    const arrival = store.arrivalSeconds[slot]!;
    const input = store.inputTokens[slot]!;
    const output = store.outputTokens[slot]!;
    const cell = this.cells[store.cell[slot]!]!;
    const firstToken = store.firstTokenSeconds[slot]!;
    const ttft = firstToken - arrival + besideSeconds;
    const e2e = seconds - arrival + besideSeconds;
    const queueTime = store.firstScheduledSeconds[slot]! - arrival;
    const tpot = output > 1 ? (seconds - firstToken) / (output - 1) : Number.NaN;
    const isMeasured = this.isMeasured(slot);
    const isInWindow = seconds > this.windowStart && seconds <= this.windowEnd;
    const objectives = this.scenario.workloads[store.workload[slot]!]!.slo;
    let hasMetAll = true;
    for (let i = 0; i < objectives.length; i++) {
      const isMet = meets(objectives[i]!, ttft, tpot, e2e, queueTime);
      if (!isMet) hasMetAll = false;
      else if (isMeasured) cell.met[i]!++;
    }
    if (isMeasured) {
      cell.completed++;
      if (hasMetAll) cell.metAll++;
      cell.ttftSeconds.add(ttft);
      cell.e2eSeconds.add(e2e);
      cell.queueTimeSeconds.add(queueTime);
      if (output > 1) cell.tpotSeconds.add(tpot);
      if (this.batches.length > 0) this.addToBatch(slot, { ttft, tpot, e2e, queueTime });
    }
    if (isInWindow) {
      cell.finishedInWindow++;
      cell.inputTokensFinished += input;
      cell.outputTokensFinished += output;
      if (hasMetAll) cell.metAllFinishedInWindow++;
    }
    if (this.timelineSeconds > 0) this.completeInTimeline(slot, seconds, ttft);
    if (this.observer !== undefined) {
      const row = this.describe(slot, replica, COMPLETED);
      row.queueTimeSeconds = queueTime;
      row.ttftSeconds = ttft;
      row.tpotSeconds = tpot;
      row.e2eSeconds = e2e;
      row.sloMet = objectives.length === 0 ? -1 : hasMetAll ? 1 : 0;
      this.observer.onRequest(row);
    }
  }

  /** No replica could ever hold the request: it broke every objective. */
  rejected(slot: number): void {
    const seconds = this.store.arrivalSeconds[slot]!;
    this.rejections++;
    this.countInSystem(seconds, -1);
    if (this.isMeasured(slot)) {
      const cell = this.cells[this.store.cell[slot]!]!;
      cell.rejected++;
      for (let i = 0; i < cell.unanswered.length; i++) cell.unanswered[i]!++;
    }
    this.observe(slot, -1, REJECTED);
  }

  /** The run ends at `seconds` with the request still here: what is known of it by then is judged. */
  leftInFlight(slot: number, seconds: number, besideSeconds: number): void {
    const { store } = this;
    if (!Number.isNaN(store.queuedSeconds[slot]!))
      this.countWaiting(slot, Number.POSITIVE_INFINITY);
    if (this.isMeasured(slot)) this.judgeUnfinished(slot, seconds, besideSeconds);
    if (this.timelineSeconds > 0) this.stayInTimeline(slot, seconds);
    this.observe(slot, store.replica[slot]!, IN_FLIGHT);
  }

  private judgeUnfinished(slot: number, seconds: number, besideSeconds: number): void {
    const { store } = this;
    const cell = this.cells[store.cell[slot]!]!;
    const arrival = store.arrivalSeconds[slot]!;
    const ageSeconds = seconds - arrival;
    const ttft = store.firstTokenSeconds[slot]! - arrival + besideSeconds;
    const queueTime = store.firstScheduledSeconds[slot]! - arrival;
    cell.inFlight++;
    if (!Number.isNaN(ttft)) cell.ttftSeconds.add(ttft);
    if (!Number.isNaN(queueTime)) cell.queueTimeSeconds.add(queueTime);
    let hasBroken = false;
    for (const [i, objective] of this.scenario.workloads[cell.workload]!.slo.entries()) {
      const known = knownSeconds(objective, ttft, queueTime);
      const limit = objective.limitSeconds;
      const isGap = objective.metric === "tpot" || objective.metric === "itl";
      if (!Number.isNaN(known)) {
        if (known <= limit) cell.met[i]!++;
        else hasBroken = true;
      } else if (!isGap && ageSeconds > limit) {
        cell.unanswered[i]!++;
        hasBroken = true;
      } else {
        cell.censored[i]!++;
      }
    }
    if (!hasBroken) cell.censoredAll++;
  }

  /** Closes ∫ requests in the system dt at the end of the run. */
  close(seconds: number): void {
    this.countInSystem(seconds, 0);
  }

  get timeline(): TimelineRecord | undefined {
    if (this.timelineSeconds === 0) return undefined;
    return { bucketSeconds: this.timelineSeconds, buckets: this.timelineBuckets };
  }

  private isMeasured(slot: number): boolean {
    const arrival = this.store.arrivalSeconds[slot]!;
    return arrival >= this.windowStart && arrival <= this.windowEnd;
  }

  private countInSystem(seconds: number, change: number): void {
    this.requestSeconds += this.inSystem * (seconds - this.inSystemSince);
    this.inSystemSince = seconds;
    this.inSystem += change;
  }

  /** Counts a request that waited until `until` where that spans the middle or the end of the window. */
  private countWaiting(slot: number, until: number): void {
    const since = this.store.queuedSeconds[slot]!;
    const cell = this.cells[this.store.cell[slot]!]!;
    if (since <= this.windowMiddle && until > this.windowMiddle) cell.waitingAtMiddle++;
    if (since <= this.windowEnd && until > this.windowEnd) cell.waitingAtEnd++;
  }

  private cellFor(workload: number, tenant: number, pool: number): number {
    const pools = this.scenario.fleet.pools.length + 1;
    const place = (this.tenantBase[workload]! + tenant) * pools + pool + 1;
    const known = this.cellIndex[place]!;
    if (known >= 0) return known;
    const objectives = this.scenario.workloads[workload]!.slo.length;
    this.cells.push(newCell(workload, tenant, pool, objectives));
    this.cellIndex[place] = this.cells.length - 1;
    return this.cells.length - 1;
  }

  private timelineAt(seconds: number, workload: number): TimelineCell | undefined {
    if (this.timelineSeconds === 0 || seconds > this.windowEnd) return undefined;
    const index = Math.floor(seconds / this.timelineSeconds);
    while (this.timelineBuckets.length <= index) {
      this.timelineBuckets.push(this.scenario.workloads.map(newTimelineCell));
    }
    return this.timelineBuckets[index]![workload]!;
  }

  private completeInTimeline(slot: number, seconds: number, ttft: number): void {
    const store = this.store;
    const workload = store.workload[slot]!;
    const bucket = this.timelineAt(seconds, workload);
    if (bucket !== undefined) {
      bucket.completed++;
      bucket.outputTokens += store.outputTokens[slot]!;
    }
    this.timelineAt(store.arrivalSeconds[slot]!, workload)?.ttftSeconds.add(ttft);
    this.stayInTimeline(slot, seconds);
  }

  /** Adds the time from a request's arrival until `seconds` to the buckets that it spans. */
  private stayInTimeline(slot: number, seconds: number): void {
    const arrival = this.store.arrivalSeconds[slot]!;
    const workload = this.store.workload[slot]!;
    const end = Math.min(seconds, this.windowEnd);
    for (let from = arrival; from < end; ) {
      const index = Math.floor(from / this.timelineSeconds + 1e-9);
      const to = Math.min(end, (index + 1) * this.timelineSeconds);
      const cell = this.timelineAt(index * this.timelineSeconds, workload);
      if (cell === undefined || to <= from) break;
      cell.requestSeconds += to - from;
      from = to;
    }
  }

  private addToBatch(
    slot: number,
    seconds: { ttft: number; tpot: number; e2e: number; queueTime: number },
  ): void {
    const parts = this.batches[this.store.workload[slot]!]!;
    const since = this.store.arrivalSeconds[slot]! - this.windowStart;
    const share = since / (this.windowEnd - this.windowStart);
    const part = parts[Math.min(parts.length - 1, Math.floor(share * parts.length))]!;
    part.ttftSeconds.add(seconds.ttft);
    part.e2eSeconds.add(seconds.e2e);
    part.queueTimeSeconds.add(seconds.queueTime);
    if (!Number.isNaN(seconds.tpot)) part.tpotSeconds.add(seconds.tpot);
  }

  private observe(slot: number, replica: number, outcome: number): void {
    this.observer?.onRequest(this.describe(slot, replica, outcome));
  }

  private describe(slot: number, replica: number, outcome: number): Mutable<FinishedRequest> {
    const { store, row } = this;
    row.id = store.serial[slot]!;
    row.workloadIndex = store.workload[slot]!;
    row.tenantIndex = store.tenant[slot]!;
    row.originIndex = store.origin[slot]!;
    row.poolIndex = store.pool[slot]!;
    row.replicaIndex = replica;
    row.arrivalSeconds = store.arrivalSeconds[slot]!;
    row.inputTokens = store.inputTokens[slot]!;
    row.outputTokens = store.outputTokens[slot]!;
    row.cachedTokens = store.cachedTokens[slot]!;
    row.preemptions = store.preemptions[slot]!;
    row.queueTimeSeconds = store.firstScheduledSeconds[slot]! - row.arrivalSeconds;
    row.ttftSeconds = Number.NaN;
    row.tpotSeconds = Number.NaN;
    row.e2eSeconds = Number.NaN;
    row.outcomeIndex = outcome;
    row.sloMet = this.scenario.workloads[row.workloadIndex]!.slo.length === 0 ? -1 : 0;
    return row;
  }
}

/** Whether one request is within the limit. A limit on ITL is held against the request's mean gap, its TPOT. */
function meets(
  objective: Objective,
  ttft: number,
  tpot: number,
  e2e: number,
  queueTime: number,
): boolean {
  const limit = objective.limitSeconds;
  switch (objective.metric) {
    case "ttft":
      return ttft <= limit;
    case "e2e":
      return e2e <= limit;
    case "queueTime":
      return queueTime <= limit;
    case "tpot":
    case "itl":
      // A single token has no gap, so nothing to break.
      return !(tpot > limit);
  }
}

/** What is known of a metric of an unfinished request; NaN when nothing is. */
function knownSeconds(objective: Objective, ttft: number, queueTime: number): number {
  if (objective.metric === "ttft") return ttft;
  return objective.metric === "queueTime" ? queueTime : Number.NaN;
}

function newCell(workload: number, tenant: number, pool: number, objectives: number): CellRecord {
  return {
    workload,
    tenant,
    pool: pool < 0 ? NO_POOL : pool,
    offered: 0,
    completed: 0,
    rejected: 0,
    inFlight: 0,
    finishedInWindow: 0,
    inputTokensFinished: 0,
    outputTokensFinished: 0,
    met: new Float64Array(objectives),
    unanswered: new Float64Array(objectives),
    censored: new Float64Array(objectives),
    censoredAll: 0,
    metAll: 0,
    metAllFinishedInWindow: 0,
    offeredSecondHalf: 0,
    waitingAtMiddle: 0,
    waitingAtEnd: 0,
    ttftSeconds: new QuantileSketch(),
    tpotSeconds: new QuantileSketch(),
    e2eSeconds: new QuantileSketch(),
    queueTimeSeconds: new QuantileSketch(),
  };
}

function newBatch(): BatchRecord {
  return {
    ttftSeconds: new QuantileSketch(),
    tpotSeconds: new QuantileSketch(),
    e2eSeconds: new QuantileSketch(),
    queueTimeSeconds: new QuantileSketch(),
  };
}

function newTimelineCell(): TimelineCell {
  return {
    offered: 0,
    completed: 0,
    outputTokens: 0,
    requestSeconds: 0,
    ttftSeconds: new QuantileSketch(),
  };
}

function emptyRow(): Mutable<FinishedRequest> {
  return {
    id: 0,
    workloadIndex: 0,
    tenantIndex: 0,
    originIndex: 0,
    poolIndex: 0,
    replicaIndex: 0,
    arrivalSeconds: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    queueTimeSeconds: 0,
    ttftSeconds: 0,
    tpotSeconds: 0,
    e2eSeconds: 0,
    preemptions: 0,
    outcomeIndex: 0,
    sloMet: 0,
  };
}
