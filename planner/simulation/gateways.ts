/**
 * The gateways of all regions: a request comes in, is admitted or refused, and attempts go out to replicas within the
 * limits of the circuit breakers; attempts that fail before their first token may be tried again here. One site per
 * region, or one for the whole fleet when routing is over any region. What a single process knows is
 * gateway/gateway-process.ts; clients, their timeouts and retries are clients.ts.
 */
import { PRIORITIES } from "../fleet/priority";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { IndexDeque } from "../foundation/index-deque";
import { RandomStream } from "../foundation/random";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { REASON } from "./end-reasons";
import { Admission, LET_IN, WAITS } from "./gateway/admission";
import { OVERFLOW, PENDING, STARTED } from "./gateway/circuit-breaker";
import { GatewayProcess } from "./gateway/gateway-process";
import { backoffSeconds } from "./gateway/gateway-retry";
import { type SitePools, sitesOf } from "./gateway/site-pools";
import type { Recorder } from "./recorder";
import { REQUEST, type RequestTable } from "./request-table";
import type { RoutedRequest } from "./router";
import { TIMER, type Timers } from "./timers";

const NONE = -1;

/** Whom the gateways tell. */
export interface GatewaysListener {
  /** An attempt goes to a replica, which may not answer. */
  deliver(slot: number, replica: number, seconds: number): void;
  /** The client's current attempt is over without an answer. */
  refuse(request: number, reason: number, retryAfterSeconds: number, seconds: number): void;
  /** How long a client still waits for its first token, and how long it would wait at a replica now. */
  patienceSeconds(request: number, seconds: number): number;
  expectedWaitSeconds(model: number, site: number, seconds: number): number;
}

export class Gateways {
  readonly processes: GatewayProcess[] = [];
  /** Processes of each site. */
  readonly processesOf: readonly (readonly number[])[];
  private readonly fleet: ResolvedFleet;
  private readonly sites: readonly SitePools[];
  private readonly seed: number;
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly listener: GatewaysListener;
  private readonly poolStart: Int32Array;
  private readonly priorityOf: Int32Array;
  private readonly random: RandomStream;
  /** Requests that wait to be admitted, by process and priority. */
  private readonly waiting: IndexDeque[][] = [];
  private readonly poolOf: Int32Array;
  /** Of one try, to its first token. */
  private readonly tryLimitSeconds: number;
  private readonly refusals: Int32Array;
  private readonly tenantBase: readonly number[];
  private readonly routed: RoutedRequest = {
    inputTokens: 1,
    priority: "standard",
    prefix: undefined,
  };

  constructor(
    scenario: ResolvedScenario,
    seed: number,
    parts: {
      readonly poolStart: Int32Array;
      readonly models: readonly string[];
      readonly store: AttemptStore;
      readonly requests: RequestTable;
      readonly timers: Timers;
      readonly recorder: Recorder;
      readonly listener: GatewaysListener;
      readonly priorityOf: Int32Array;
    },
  ) {
    const { fleet } = scenario;
    this.fleet = fleet;
    this.tryLimitSeconds = fleet.policies.retry?.perRetryTimeoutSeconds ?? Number.POSITIVE_INFINITY;
    this.store = parts.store;
    this.requests = parts.requests;
    this.timers = parts.timers;
    this.recorder = parts.recorder;
    this.listener = parts.listener;
    this.poolStart = parts.poolStart;
    this.priorityOf = parts.priorityOf;
    this.random = new RandomStream(seed, "gateway");
    this.refusals = new Int32Array(fleet.pools.length);
    this.poolOf = new Int32Array(parts.poolStart[fleet.pools.length]!);
    for (let pool = 0; pool < fleet.pools.length; pool++) {
      this.poolOf.fill(pool, parts.poolStart[pool], parts.poolStart[pool + 1]);
    }
    let tenants = 0;
    this.tenantBase = scenario.workloads.map((workload) => {
      tenants += workload.tenants.length;
      return tenants - workload.tenants.length;
    });
    const sites = sitesOf(fleet, parts.models);
    this.sites = sites;
    this.seed = seed;
    this.processesOf = sites.map((pools, site) =>
      Array.from({ length: fleet.policies.gateway.replicas }, (_, number) => {
        // The first process draws from the stream that a router without a gateway has.
        const name = number === 0 ? "router" : `router/${number}`;
        const router = new RandomStream(seed, sites.length === 1 ? name : `${name}/${site}`);
        const admission = this.newAdmission(seed, site, number, tenants);
        const place = { site, number };
        this.processes.push(
          new GatewayProcess(fleet, pools, place, parts.poolStart, admission, router),
        );
        this.waiting.push(PRIORITIES.map(() => new IndexDeque()));
        return this.processes.length - 1;
      }),
    );
  }

  /** A process that stands for the consumers of a site's queue: it counts what they have, and limits nothing. */
  addConsumer(site: number): number {
    const random = new RandomStream(this.seed, `consumer/${site}`);
    const place = { site, number: NONE };
    const pools = this.sites[site]!;
    this.processes.push(
      new GatewayProcess(this.fleet, pools, place, this.poolStart, undefined, random, "unlimited"),
    );
    return this.processes.length - 1;
  }

  /** A consumer begins on a message. */
  consume(request: number, consumer: number, replica: number, seconds: number): void {
    const slot = this.newAttempt(request);
    const pool = this.poolOf[replica]!;
    this.store.gateway[slot] = consumer;
    this.store.entryPool[slot] = pool;
    this.recorder.placed(request, pool, seconds);
    this.sendTo(slot, replica, seconds);
  }

  private newAdmission(
    seed: number,
    site: number,
    number: number,
    tenants: number,
  ): Admission | undefined {
    const { admission, gateway } = this.fleet.policies;
    if (admission === undefined) return undefined;
    const random = new RandomStream(seed, `admission/${site}/${number}`);
    return new Admission(admission, gateway.replicas, tenants, random);
  }

  /** Attempts that could have gone to a pool and found no replica at all, so far. */
  refusalsOf(pool: number): number {
    return this.refusals[pool]!;
  }

  // Requests come in

  /** Site that serves a region. */
  siteOf(region: number): number {
    return this.processesOf.length === 1 && this.fleet.routing.regions === "any" ? 0 : region;
  }

  /** A client's attempt reaches a site. */
  enter(request: number, site: number, seconds: number): void {
    const index = this.chooseProcess(site);
    if (index === NONE) {
      this.listener.refuse(request, REASON["no-gateway"], 0, seconds);
      return;
    }
    const process = this.processes[index]!;
    if (process.faults > 0) {
      this.listener.refuse(request, REASON["no-gateway"], 0, seconds);
      return;
    }
    this.requests.gateway[request] = index;
    if (process.admission === undefined) {
      this.dispatch(request, index, false, seconds);
      return;
    }
    this.admit(request, index, process.admission, seconds);
  }

  private chooseProcess(site: number): number {
    const all = this.processesOf[site]!;
    if (all.length === 1) return this.processes[all[0]!]!.isListed ? all[0]! : NONE;
    const listed = all.filter((index) => this.processes[index]!.isListed);
    return listed.length === 0 ? NONE : listed[this.random.below(listed.length)]!;
  }

  private admit(request: number, index: number, admission: Admission, seconds: number): void {
    const { requests, listener } = this;
    const workload = requests.workload[request]!;
    const priority = this.priorityOf[workload]!;
    const site = this.processes[index]!.site;
    const answer = admission.admit(
      this.tenantBase[workload]! + requests.tenant[request]!,
      priority,
      requests.inputTokens[request]!,
      listener.expectedWaitSeconds(requests.model[request]!, site, seconds),
      listener.patienceSeconds(request, seconds),
      seconds,
    );
    if (answer === LET_IN) {
      requests.mark(request, REQUEST.admitted);
      this.dispatch(request, index, false, seconds);
    } else if (answer === WAITS) {
      requests.waitingSeconds[request] = seconds;
      this.waiting[index]![priority]!.pushBack(request);
      const limit = this.fleet.policies.admission!.queueTimeoutSeconds;
      this.timers.after(seconds, limit, TIMER.gatewayQueueTimeout, request);
    } else {
      requests.gateway[request] = NONE;
      this.listener.refuse(
        request,
        answer,
        this.fleet.policies.admission!.retryAfterSeconds,
        seconds,
      );
    }
  }

  /** A client's attempt is over: its place in the admission is free, or it waits there no more. */
  forget(request: number, hasSucceeded: boolean, seconds: number): void {
    const index = this.requests.gateway[request]!;
    if (index === NONE) return;
    this.requests.gateway[request] = NONE;
    const { admission } = this.processes[index]!;
    if (admission === undefined) return;
    if (!this.requests.has(request, REQUEST.admitted)) {
      const priority = this.priorityOf[this.requests.workload[request]!]!;
      this.waiting[index]![priority]!.remove(request);
      admission.leaveQueue();
      this.stopWaiting(request, seconds);
      return;
    }
    this.requests.unmark(request, REQUEST.admitted);
    admission.onOver(hasSucceeded, seconds);
    this.letIn(index, admission, seconds);
  }

  /** The most urgent of those that wait may come in. */
  private letIn(index: number, admission: Admission, seconds: number): void {
    // Those that wait at a process that is gone go with it.
    if (this.processes[index]!.faults > 0) return;
    for (let priority = 0; priority < PRIORITIES.length; priority++) {
      const line = this.waiting[index]![priority]!;
      while (line.length > 0 && admission.canEnter(priority)) {
        const request = line.popFront();
        admission.enterFromQueue();
        this.requests.mark(request, REQUEST.admitted);
        this.stopWaiting(request, seconds);
        this.dispatch(request, index, false, seconds);
      }
    }
  }

  private stopWaiting(request: number, seconds: number): void {
    this.recorder.waited(request, this.requests.waitingSeconds[request]!, seconds);
    this.requests.waitingSeconds[request] = Number.NaN;
  }

  // Attempts go out

  /** Makes an attempt for a request at a process. */
  private dispatch(request: number, index: number, isRetry: boolean, seconds: number): void {
    const process = this.processes[index]!;
    const replica = process.choose(this.requests.model[request]!, this.routedAs(request));
    if (replica === NONE) {
      for (const pool of this.sites[process.site]!.entryPools[this.requests.model[request]!]!) {
        this.refusals[pool]!++;
      }
      this.listener.refuse(request, REASON["no-healthy-replica"], 0, seconds);
      return;
    }
    this.launch(request, index, replica, isRetry, seconds);
  }

  private launch(
    request: number,
    index: number,
    replica: number,
    isRetry: boolean,
    seconds: number,
  ): void {
    const { store } = this;
    const process = this.processes[index]!;
    const pool = this.poolOf[replica]!;
    const breaker = process.breakers[pool];
    const place = breaker === undefined ? undefined : breaker.enter(isRetry);
    if (place === OVERFLOW) {
      this.listener.refuse(request, REASON.overflow, 0, seconds);
      return;
    }
    const slot = this.newAttempt(request);
    store.gateway[slot] = index;
    store.entryPool[slot] = pool;
    store.sentSeconds[slot] = seconds;
    if (isRetry) store.mark(slot, ATTEMPT.retry);
    // Each try has its own time, and what it waits for a connection is part of it.
    this.timers.after(seconds, this.tryLimitSeconds, TIMER.firstTokenTimeout, request);
    this.recorder.placed(request, pool, seconds);
    if (place === PENDING) {
      store.mark(slot, ATTEMPT.pending);
      this.requests.waitingSeconds[request] = seconds;
      process.pending[pool]!.pushBack(slot);
      return;
    }
    this.sendTo(slot, replica, seconds);
  }

  /** A slot that holds what a request wants computed, linked to the request. */
  newAttempt(request: number): number {
    const { store, requests } = this;
    const slot = store.acquire();
    store.request[slot] = request;
    store.sibling[slot] = requests.attempt[request]!;
    requests.attempt[request] = slot;
    store.inputTokens[slot] = requests.inputTokens[request]!;
    store.outputTokens[slot] = requests.outputTokens[request]!;
    store.workload[slot] = requests.workload[request]!;
    store.prefix[slot] = requests.prefix[request];
    if (requests.generatedTokens[request]! > 0) {
      store.generatedTokens[slot] = requests.generatedTokens[request]!;
      store.firstTokenSeconds[slot] = requests.firstTokenSeconds[request]!;
    }
    return slot;
  }

  private sendTo(slot: number, replica: number, seconds: number): void {
    const process = this.processes[this.store.gateway[slot]!]!;
    this.store.entryReplica[slot] = replica;
    process.sent(replica);
    this.listener.deliver(slot, replica, seconds);
  }

  /**
   * A second attempt beside a first that is late, on another replica of the same pool; true when there is one.
   * Within the share of the process's active attempts that hedges may take.
   */
  hedge(request: number, seconds: number): boolean {
    const { store } = this;
    const first = this.requests.attempt[request]!;
    if (first === NONE || store.has(first, ATTEMPT.pending) || store.gateway[first] === NONE)
      return false;
    const index = store.gateway[first]!;
    const process = this.processes[index]!;
    const pool = store.entryPool[first]!;
    if (process.hedges + 1 > this.fleet.policies.hedging!.maxShare * process.active) return false;
    const replica = process.chooseIn(pool, store.entryReplica[first]!);
    const breaker = process.breakers[pool];
    if (replica === NONE) return false;
    if (breaker !== undefined) {
      const place = breaker.enter(false);
      if (place === PENDING) breaker.leavePending(false);
      if (place !== STARTED) return false;
    }
    const slot = this.newAttempt(request);
    store.gateway[slot] = index;
    store.entryPool[slot] = pool;
    store.mark(slot, ATTEMPT.hedge);
    process.hedges++;
    this.sendTo(slot, replica, seconds);
    return true;
  }

  /**
   * An attempt is over at its gateway: `isError` says what the replica's answer was, undefined that it gave none.
   * Those that wait for its connection go on.
   */
  leave(slot: number, isError: boolean | undefined, seconds: number): void {
    const { store } = this;
    const index = store.gateway[slot]!;
    if (index === NONE) return;
    const process = this.processes[index]!;
    const pool = store.entryPool[slot]!;
    const breaker = process.breakers[pool];
    store.gateway[slot] = NONE;
    if (store.has(slot, ATTEMPT.pending)) {
      store.unmark(slot, ATTEMPT.pending);
      process.pending[pool]!.remove(slot);
      breaker!.leavePending(store.has(slot, ATTEMPT.retry));
      this.stopWaiting(store.request[slot]!, seconds);
      return;
    }
    const replica = store.entryReplica[slot]!;
    if (store.has(slot, ATTEMPT.hedge)) process.hedges--;
    if (replica !== NONE) process.over(replica);
    if (replica !== NONE && isError !== undefined && process.judge(replica, isError, seconds)) {
      // Not always the pool it came in by: a decode replica is judged too.
      const own = this.poolOf[replica]!;
      this.recorder.control({ seconds, kind: "ejected", replica, pool: own });
      this.onEjection(index, own);
    }
    if (breaker === undefined) return;
    breaker.leave(store.has(slot, ATTEMPT.retry));
    this.promote(index, pool, seconds);
  }

  /** Set by the run: a sweep of this process's detector is to come. */
  onEjection: (process: number, pool: number) => void = () => {};

  /** Pending attempts take the connections that have become free. */
  private promote(index: number, pool: number, seconds: number): void {
    const process = this.processes[index]!;
    const breaker = process.breakers[pool]!;
    const line = process.pending[pool]!;
    while (line.length > 0 && breaker.canPromote) {
      const slot = line.popFront();
      const request = this.store.request[slot]!;
      breaker.promote();
      this.store.unmark(slot, ATTEMPT.pending);
      this.stopWaiting(request, seconds);
      const replica = process.chooseIn(pool, NONE);
      if (replica === NONE) this.dropPromoted(slot, request, seconds);
      else this.sendTo(slot, replica, seconds);
    }
  }

  /** The pool has lost its last replica meanwhile. */
  private dropPromoted(slot: number, request: number, seconds: number): void {
    const { store } = this;
    const process = this.processes[store.gateway[slot]!]!;
    process.breakers[store.entryPool[slot]!]!.leave(store.has(slot, ATTEMPT.retry));
    store.gateway[slot] = NONE;
    this.listener.refuse(request, REASON["no-healthy-replica"], 0, seconds);
  }

  /** The decode replica for a prefilled attempt, which its process counts there from now on; −1 if there is none. */
  moveToDecode(slot: number): number {
    const { store } = this;
    const process = this.processes[store.gateway[slot]!]!;
    const pool = store.entryPool[slot]!;
    const replica = process.chooseDecode(pool, this.routedAs(store.request[slot]!));
    if (replica === NONE) return NONE;
    store.entryReplica[slot] = replica;
    process.sent(replica);
    return replica;
  }

  /** The prefill replica is done with an attempt: it counts nowhere until a decode replica has it. */
  onPrefilled(slot: number): void {
    const { store } = this;
    if (store.gateway[slot] === NONE) return;
    this.processes[store.gateway[slot]!]!.over(store.entryReplica[slot]!);
    store.entryReplica[slot] = NONE;
  }

  decodersAfter(slot: number): readonly number[] {
    return this.processes[this.store.gateway[slot]!]!.decodersAfter(this.store.entryPool[slot]!);
  }

  // Retries by the gateway

  /**
   * Whether the gateway tries a failed attempt again: it has had no token, its failure is one that the policy names,
   * and there is budget. The attempt itself has left before.
   *
   * @param retriable triggers that the failure stands for
   */
  retry(request: number, pool: number, retriable: readonly string[], seconds: number): boolean {
    const policy = this.fleet.policies.retry;
    const index = this.requests.gateway[request]!;
    if (policy === undefined || index === NONE) return false;
    if (!policy.retryOn.some((trigger) => retriable.includes(trigger))) return false;
    const retries = this.requests.gatewayRetries[request]!;
    const process = this.processes[index]!;
    if (retries >= policy.numRetries || process.faults > 0) return false;
    if (process.breakers[pool]?.mayRetry() === false) return false;
    this.requests.gatewayRetries[request] = retries + 1;
    const wait = backoffSeconds(policy, retries + 1, this.random);
    this.timers.at(seconds + wait, TIMER.gatewayRetry, request);
    return true;
  }

  /** The backoff of a retry is over. */
  goOn(request: number, seconds: number): void {
    this.recorder.gatewayRetried(request, seconds);
    this.dispatch(request, this.requests.gateway[request]!, true, seconds);
  }

  /** Sends a request on from where a lost attempt was; it counts as a retry towards the breaker. */
  migrate(request: number, seconds: number): void {
    this.recorder.gatewayRetried(request, seconds);
    this.dispatch(request, this.requests.gateway[request]!, true, seconds);
  }

  // The fleet behind

  /** The cluster lists a replica, or no longer. */
  setReady(replica: number, isReady: boolean): void {
    const pool = this.poolOf[replica]!;
    for (const process of this.processes) {
      // One that is not listed counts neither as a member of its pool nor as an ejected one.
      process.detectors[pool]?.reset(replica - this.poolStart[pool]!);
      process.setReady(replica, isReady);
    }
  }

  setKvUtilization(replica: number, share: number): void {
    for (const process of this.processes) process.setKvUtilization(replica, share);
  }

  private routedAs(request: number): RoutedRequest {
    const { routed, requests } = this;
    routed.inputTokens = requests.inputTokens[request]!;
    routed.priority = PRIORITIES[this.priorityOf[requests.workload[request]!]!]!;
    routed.prefix = requests.prefix[request];
    return routed;
  }
}
