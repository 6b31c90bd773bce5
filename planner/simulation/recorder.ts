/**
 * Collects what a run measures: one cell per workload × tenant × pool that occurs, a timeline when asked for,
 * and the number of requests in the system over time. Latencies go into sketches; nothing but control events grows
 * with the length of a run, and nothing with the number of requests.
 */

import { purchaseParts } from "../fleet/purchase";
import type { Objective, ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { newCell } from "./cell-record";
import type { ControlEvent } from "./control-event";
import { outcomeOfReason } from "./end-reasons";
import { emptyRow, fillRow, type Mutable } from "./finished-row";
import { type Latencies, LatencyBatches } from "./latency-batches";
import { MeantPools } from "./meant-pools";
import { judgeUnfinished, meets } from "./meets-objective";
import type { FinishedRequest, RunObserver } from "./observer";
import { REQUEST_OUTCOMES } from "./observer";
import type { PaidReplicas } from "./paid-replicas";
import { PoolReplicas } from "./pool-replicas";
import { REQUEST, type RequestTable } from "./request-table";
import { type CellRecord, type TimelineRecord, WINDOW_PARTS } from "./run-record";
import { Timeline } from "./timeline";
import { WorkCounts } from "./work-counts";

const COMPLETED = REQUEST_OUTCOMES.indexOf("completed");
const IN_FLIGHT = REQUEST_OUTCOMES.indexOf("in-flight");
const NONE = -1;

export class Recorder {
  readonly cells: CellRecord[] = [];
  readonly batches: LatencyBatches;
  readonly controlEvents: ControlEvent[] = [];
  readonly pools: readonly PoolReplicas[];
  readonly work: WorkCounts;
  arrivals = 0;
  completions = 0;
  rejections = 0;
  timeouts = 0;
  failures = 0;
  requestSeconds = 0;
  private inSystem = 0;
  private inSystemSince = 0;

  /** By workload: what its requests are held against, and the steps of its chain. */
  private readonly objectives: readonly (readonly Objective[])[];
  private readonly chains: readonly ResolvedWorkload["chain"][];
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly observer: RunObserver | undefined;
  private readonly windowStart: number;
  private readonly windowEnd: number;
  private readonly windowMiddle: number;
  /** Cell of each workload × tenant × (pool or none), or −1. */
  private readonly cellIndex: Int32Array;
  private readonly tenantBase: readonly number[];
  private readonly meant: MeantPools;
  private readonly steps: Timeline | undefined;
  private readonly row: Mutable<FinishedRequest>;

  constructor(
    scenario: ResolvedScenario,
    tables: { readonly store: AttemptStore; readonly requests: RequestTable },
    options: {
      readonly observer: RunObserver | undefined;
      readonly window: { readonly from: number; readonly to: number };
      readonly timelineBuckets: number;
      readonly batches: number;
    },
  ) {
    this.store = tables.store;
    this.requests = tables.requests;
    this.observer = options.observer;
    this.windowStart = options.window.from;
    this.windowEnd = options.window.to;
    this.windowMiddle = (this.windowStart + this.windowEnd) / 2;
    const { workloads, fleet } = scenario;
    this.objectives = workloads.map(({ slo }) => slo);
    this.chains = workloads.map(({ chain }) => chain);
    const bases: number[] = [];
    let tenants = 0;
    for (const workload of workloads) {
      bases.push(tenants);
      tenants += workload.tenants.length;
    }
    this.tenantBase = bases;
    this.meant = new MeantPools(scenario, tables.requests);
    this.work = new WorkCounts(scenario);
    this.cellIndex = new Int32Array(tenants * (fleet.pools.length + 1)).fill(NONE);
    this.pools = fleet.pools.map(
      ({ purchase, replicasMax }) =>
        new PoolReplicas(options.window, purchaseParts(purchase, replicasMax)),
    );
    const { timelineBuckets } = options;
    this.steps =
      timelineBuckets > 0
        ? new Timeline(timelineBuckets, this.windowEnd, workloads.length, fleet.pools.length)
        : undefined;
    this.batches = new LatencyBatches(workloads.length, options.batches, options.window);
    this.row = emptyRow();
  }

  get timeline(): TimelineRecord | undefined {
    return this.steps?.record;
  }

  // Requests

  arrived(request: number): void {
    const seconds = this.requests.arrivalSeconds[request]!;
    this.arrivals++;
    this.countInSystem(seconds, 1);
    const bucket = this.steps?.at(seconds, this.requests.workload[request]!);
    if (bucket !== undefined) bucket.offered++;
  }

  /** A client sends an attempt. */
  attempted(request: number, seconds: number): void {
    const { requests } = this;
    if (requests.attempts[request]! > 1) requests.clientRetries[request]!++;
    const bucket = this.steps?.at(seconds, requests.workload[request]!);
    if (bucket !== undefined) bucket.attempts++;
  }

  gatewayRetried(request: number, seconds: number): void {
    this.requests.gatewayRetriesOfAll[request]!++;
    const bucket = this.steps?.at(seconds, this.requests.workload[request]!);
    if (bucket !== undefined) bucket.attempts++;
  }

  hedged(request: number): void {
    this.requests.mark(request, REQUEST.hedged);
    this.requests.hedges[request]!++;
  }

  /** An attempt is sent to a pool; the first one says where the request is counted. */
  placed(request: number, pool: number, seconds: number): void {
    this.pools[pool]!.attempts++;
    if (this.requests.cell[request] === NONE) this.settle(request, pool);
    this.aimedAt(pool, seconds);
  }

  /** An attempt is meant for a pool, whether or not a gateway is there to take it. */
  aimedAt(pool: number, seconds: number): void {
    const bucket = this.steps?.poolAt(seconds, pool);
    if (bucket !== undefined) bucket.attempts++;
  }

  /** Counts a request in a cell, for good. */
  private settle(request: number, pool: number): void {
    const { requests } = this;
    const index = this.cellFor(request, pool);
    requests.cell[request] = index;
    if (!this.isMeasured(request)) return;
    const cell = this.cells[index]!;
    cell.offered++;
    const since = requests.arrivalSeconds[request]! - this.windowStart;
    const part = Math.floor((since / (this.windowEnd - this.windowStart)) * WINDOW_PARTS);
    cell.offeredByPart[Math.min(WINDOW_PARTS - 1, part)]!++;
  }

  /** An attempt leaves the waiting queue of its replica. */
  scheduled(slot: number, seconds: number): void {
    const { store } = this;
    this.stoppedWaiting(slot, seconds);
    if (Number.isNaN(store.firstScheduledSeconds[slot]!))
      store.firstScheduledSeconds[slot] = seconds;
  }

  /** It waits no longer there, if it did. */
  stoppedWaiting(slot: number, seconds: number): void {
    const { store } = this;
    const since = store.queuedSeconds[slot]!;
    if (Number.isNaN(since)) return;
    store.queuedSeconds[slot] = Number.NaN;
    if (!store.has(slot, ATTEMPT.ghost)) this.waited(store.request[slot]!, since, seconds);
  }

  /** A request has waited, at a replica, a gateway or in a message queue. */
  waited(request: number, since: number, until: number): void {
    const isOverStart = since <= this.windowStart && until > this.windowStart;
    const isOverMiddle = since <= this.windowMiddle && until > this.windowMiddle;
    const isOverEnd = since <= this.windowEnd && until > this.windowEnd;
    if (!isOverStart && !isOverMiddle && !isOverEnd) return;
    const known = this.requests.cell[request]!;
    const index = known === NONE ? this.cellFor(request, this.meant.of(request)) : known;
    const cell = this.cells[index]!;
    if (isOverStart) cell.waitingAtStart++;
    if (isOverMiddle) cell.waitingAtMiddle++;
    if (isOverEnd) cell.waitingAtEnd++;
  }

  touched(request: number): void {
    const { requests } = this;
    const bucket = this.steps?.at(requests.arrivalSeconds[request]!, requests.workload[request]!);
    if (bucket !== undefined) bucket.touchedOfArrived++;
  }

  /** A model has answered; `slot` is the attempt that did. */
  stepCompleted(request: number, slot: number, seconds: number, besideSeconds: number): void {
    const { store, requests } = this;
    const scheduled = store.firstScheduledSeconds[slot]!;
    requests.queueSeconds[request]! += scheduled - requests.stepSeconds[request]!;
    requests.firstTokenSeconds[request] = store.firstTokenSeconds[slot]!;
    requests.mark(request, REQUEST.answered);
    requests.answerSeconds[request] = seconds;
    requests.besideSeconds[request] = besideSeconds;
    requests.cachedTokens[request] = store.cachedTokens[slot]!;
    requests.preemptions[request] = store.preemptions[slot]!;
    requests.replica[request] = store.replica[slot]!;
    requests.pool[request] = store.pool[slot]!;
    const isInWindow = seconds > this.windowStart && seconds <= this.windowEnd;
    if (isInWindow) {
      const cell = this.cells[requests.cell[request]!]!;
      cell.inputTokensFinished += requests.inputTokens[request]!;
      cell.outputTokensFinished += requests.outputTokens[request]!;
      const tenant = this.tenantBase[cell.workload]! + cell.tenant;
      const computed = store.inputTokens[slot]! - store.cachedTokens[slot]!;
      this.work.prefilled(tenant, store.entryPool[slot]!, computed);
      this.work.decoded(tenant, store.pool[slot]!, store.outputTokens[slot]!);
    }
    const bucket = this.steps?.at(seconds, requests.workload[request]!);
    if (bucket !== undefined) bucket.outputTokens += requests.outputTokens[request]!;
  }

  /** @param besideSeconds network and front end of the last step, which the client waits for on top of the replica */
  completed(request: number, seconds: number, besideSeconds: number): void {
    const { requests } = this;
    this.completions++;
    this.countInSystem(seconds, -1);
    const arrival = requests.arrivalSeconds[request]!;
    const output = requests.outputTokens[request]!;
    const cell = this.cells[requests.cell[request]!]!;
    const firstToken = requests.firstTokenSeconds[request]!;
    const ttft = firstToken - arrival + requests.besideSeconds[request]!;
    const e2e = seconds - arrival + besideSeconds;
    const queueTime = requests.queueSeconds[request]!;
    const tpot =
      output > 1 ? (requests.answerSeconds[request]! - firstToken) / (output - 1) : Number.NaN;
    const isMeasured = this.isMeasured(request);
    const isInWindow = seconds > this.windowStart && seconds <= this.windowEnd;
    const objectives = this.objectives[cell.workload]!;
    let hasMetAll = true;
    for (let i = 0; i < objectives.length; i++) {
      const isMet = meets(objectives[i]!, ttft, tpot, e2e, queueTime);
      if (!isMet) hasMetAll = false;
      else if (isMeasured) cell.met[i]!++;
    }
    if (isMeasured) {
      cell.completed++;
      if (requests.has(request, REQUEST.fellBack)) cell.fellBack++;
      this.countAttempts(request, cell);
      if (hasMetAll) cell.metAll++;
      cell.ttftSeconds.add(ttft);
      cell.e2eSeconds.add(e2e);
      cell.queueTimeSeconds.add(queueTime);
      if (output > 1) cell.tpotSeconds.add(tpot);
      if (this.batches.parts > 0) {
        this.batches.add(cell.workload, arrival, { ttft, tpot, e2e, queueTime });
      }
    }
    if (isInWindow) {
      cell.finishedInWindow++;
      if (hasMetAll) cell.metAllFinishedInWindow++;
    }
    this.steps?.completed(arrival, seconds, cell.workload, ttft, hasMetAll);
    if (this.observer !== undefined) {
      this.tellAnswer(this.observer, request, { ttft, tpot, e2e, queueTime }, hasMetAll);
    }
  }

  private tellAnswer(
    observer: RunObserver,
    request: number,
    seconds: Latencies,
    hasMetAll: boolean,
  ): void {
    const row = this.filledRow(request, COMPLETED, NONE);
    row.queueTimeSeconds = seconds.queueTime;
    row.ttftSeconds = seconds.ttft;
    row.tpotSeconds = seconds.tpot;
    row.e2eSeconds = seconds.e2e;
    // Without objectives `describe` says that there is nothing to meet.
    if (hasMetAll && row.sloMet === 0) row.sloMet = 1;
    observer.onRequest(row);
  }

  /** The request is over without an answer: it broke every objective. */
  ended(request: number, reason: number, seconds: number): void {
    const { requests } = this;
    const outcome = outcomeOfReason(reason);
    if (outcome === "rejected") this.rejections++;
    else if (outcome === "timed-out") this.timeouts++;
    else this.failures++;
    this.countInSystem(seconds, -1);
    if (requests.cell[request] === NONE) this.settle(request, this.meant.of(request));
    if (this.isMeasured(request)) {
      const cell = this.cells[requests.cell[request]!]!;
      if (outcome === "rejected") cell.rejected++;
      else if (outcome === "timed-out") cell.timedOut++;
      else cell.failed++;
      cell.reasons[reason]!++;
      cell.brokenSteps[requests.step[request]!]!++;
      this.countAttempts(request, cell);
      for (let i = 0; i < cell.unanswered.length; i++) cell.unanswered[i]!++;
    }
    const arrival = requests.arrivalSeconds[request]!;
    this.steps?.ended(arrival, seconds, requests.workload[request]!, outcome);
    this.observer?.onRequest(this.filledRow(request, REQUEST_OUTCOMES.indexOf(outcome), reason));
  }

  private countAttempts(request: number, cell: CellRecord): void {
    const { requests } = this;
    cell.hedges += requests.hedges[request]!;
    // Only what goes wrong is tried again.
    if (!requests.has(request, REQUEST.touched)) return;
    cell.touched++;
    cell.clientRetries += requests.clientRetries[request]!;
    cell.gatewayRetries += requests.gatewayRetriesOfAll[request]!;
  }

  /** The run ends at `seconds` with the request still here: what is known of it by then is judged. */
  leftInFlight(request: number, seconds: number, besideSeconds: number): void {
    const { store, requests } = this;
    if (requests.cell[request] === NONE) this.settle(request, this.meant.of(request));
    const slot = requests.attempt[request]!;
    const waiting = requests.waitingSeconds[request]!;
    if (slot !== NONE) this.stoppedWaiting(slot, Number.POSITIVE_INFINITY);
    if (!Number.isNaN(waiting)) this.waited(request, waiting, Number.POSITIVE_INFINITY);
    if (this.isMeasured(request)) this.countUnfinished(request, seconds, besideSeconds);
    const arrival = requests.arrivalSeconds[request]!;
    this.steps?.stay(arrival, seconds, requests.workload[request]!);
    if (this.observer === undefined) return;
    const row = this.filledRow(request, IN_FLIGHT, NONE);
    if (slot !== NONE) {
      row.replicaIndex = store.replica[slot]!;
      row.poolIndex = store.pool[slot]!;
      row.cachedTokens = store.cachedTokens[slot]!;
      row.preemptions = store.preemptions[slot]!;
      row.queueTimeSeconds = store.firstScheduledSeconds[slot]! - arrival;
    }
    this.observer.onRequest(row);
  }

  private countUnfinished(request: number, seconds: number, besideSeconds: number): void {
    const { store, requests } = this;
    const cell = this.cells[requests.cell[request]!]!;
    const arrival = requests.arrivalSeconds[request]!;
    const ageSeconds = seconds - arrival;
    // Of a chain, the times of its last step count: only that gives the client tokens.
    const slot = this.isInLastStep(request) ? requests.attempt[request]! : NONE;
    const hasToken = slot !== NONE && !store.has(slot, ATTEMPT.muted);
    const ttft = hasToken ? store.firstTokenSeconds[slot]! - arrival + besideSeconds : Number.NaN;
    const queueTime = slot === NONE ? Number.NaN : store.firstScheduledSeconds[slot]! - arrival;
    cell.inFlight++;
    this.countAttempts(request, cell);
    if (!Number.isNaN(ttft)) cell.ttftSeconds.add(ttft);
    if (!Number.isNaN(queueTime)) cell.queueTimeSeconds.add(queueTime);
    judgeUnfinished(cell, this.objectives[cell.workload]!, ageSeconds, ttft, queueTime);
  }

  private isInLastStep(request: number): boolean {
    const chain = this.chains[this.requests.workload[request]!];
    return chain === undefined || this.requests.step[request] === chain.length - 1;
  }

  // The fleet

  control(event: ControlEvent): void {
    this.controlEvents.push(event);
  }

  /** A pool has so many replicas ready, and pays for so many, from now on. */
  poolChanged(pool: number, seconds: number, ready: number, paid: PaidReplicas): void {
    this.holdPool(pool, seconds);
    this.pools[pool]!.change(seconds, ready, paid);
  }

  /** Up to `seconds` the pool had what it has. */
  private holdPool(pool: number, seconds: number): void {
    const counts = this.pools[pool]!;
    this.steps?.hold(counts.sinceSeconds, seconds, pool, counts.ready, counts.paid);
    counts.until(seconds);
  }

  /** Attempts that were sent to a pool so far. */
  attemptsTo(pool: number): number {
    return this.pools[pool]!.attempts;
  }

  /** What the fleet does from `seconds` on, which is now or later, is not measured. */
  endWindow(seconds: number): void {
    for (const pool of this.pools) pool.endWindow(seconds);
  }

  /** Closes the integrals over time at the end of the run; the fleet's at the end of the window if that is later. */
  close(seconds: number): void {
    this.countInSystem(seconds, 0);
    for (const pool of this.pools.keys()) this.holdPool(pool, Math.max(seconds, this.windowEnd));
  }

  private isMeasured(request: number): boolean {
    const arrival = this.requests.arrivalSeconds[request]!;
    return arrival >= this.windowStart && arrival <= this.windowEnd;
  }

  private countInSystem(seconds: number, change: number): void {
    this.requestSeconds += this.inSystem * (seconds - this.inSystemSince);
    this.inSystemSince = seconds;
    this.inSystem += change;
  }

  private cellFor(request: number, pool: number): number {
    const workload = this.requests.workload[request]!;
    const tenant = this.requests.tenant[request]!;
    const place = (this.tenantBase[workload]! + tenant) * (this.pools.length + 1) + pool + 1;
    const known = this.cellIndex[place]!;
    if (known >= 0) return known;
    const objectives = this.objectives[workload]!.length;
    const steps = this.chains[workload]?.length ?? 1;
    this.cells.push(newCell(workload, tenant, pool, objectives, steps));
    this.cellIndex[place] = this.cells.length - 1;
    return this.cells.length - 1;
  }

  private filledRow(request: number, outcome: number, reason: number): Mutable<FinishedRequest> {
    const { row, requests, objectives } = this;
    fillRow(row, requests, request);
    row.outcomeIndex = outcome;
    row.reasonIndex = reason;
    row.sloMet = objectives[row.workloadIndex]!.length === 0 ? -1 : 0;
    return row;
  }
}
