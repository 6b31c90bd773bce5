/**
 * The gateways of all regions: a request comes in, is admitted or refused, and attempts go out to replicas within the
 * limits of the circuit breakers; attempts that fail before their first token may be tried again here. One site per
 * region, or one for the whole fleet when routing is over any region. What a single process knows is
 * gateway/gateway-process.ts; clients, their timeouts and retries are clients.ts.
 */
import { PRIORITIES } from "../fleet/priority";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { RandomStream } from "../foundation/random";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { leaveOut, linkAttempt } from "./attempt-links";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { REASON } from "./end-reasons";
import { FrontDesk, type FrontDeskListener } from "./front-desk";
import { OVERFLOW, PENDING, STARTED } from "./gateway/circuit-breaker";
import { GatewayProcess, type KnownReplicas } from "./gateway/gateway-process";
import { gatewayProcesses, tenantBases } from "./gateway/gateway-processes";
import { backoffSeconds, mayRetry } from "./gateway/gateway-retry";
import { type SitePools, sitesOf } from "./gateway/site-pools";
import { poolsOfReplicas } from "./pool-starts";
import type { Recorder } from "./recorder";
import type { RequestTable } from "./request-table";
import type { RoutedRequest } from "./router";
import { TIMER, type Timers } from "./timers";

const NONE = -1;

/** Whom the gateways tell. */
export interface GatewaysListener extends FrontDeskListener {
  /** An attempt goes to a replica, which may not answer. */
  deliver(slot: number, replica: number, seconds: number): void;
}

export class Gateways {
  readonly processes: GatewayProcess[];
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
  private readonly replicas: KnownReplicas;
  private readonly priorityOf: Int32Array;
  private readonly random: RandomStream;
  /** Where the fleet has an admission. */
  private readonly frontDesk: FrontDesk | undefined;
  private readonly poolOf: Int32Array;
  /** Of one try, to its first token. */
  private readonly tryLimitSeconds: number;
  private readonly refusals: Int32Array;
  private readonly routed: RoutedRequest = {
    inputTokens: 1,
    priority: "standard",
    prefix: undefined,
  };

  constructor(
    scenario: ResolvedScenario,
    seed: number,
    parts: KnownReplicas & {
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
    this.replicas = parts;
    this.priorityOf = parts.priorityOf;
    this.random = new RandomStream(seed, "gateway");
    this.refusals = new Int32Array(fleet.pools.length);
    this.poolOf = poolsOfReplicas(parts.poolStart);
    this.sites = sitesOf(fleet, parts.models);
    this.seed = seed;
    this.processes = gatewayProcesses(scenario, seed, this.sites, parts);
    this.processesOf = this.sites.map((_, site) =>
      this.processes.flatMap((process, index) => (process.site === site ? [index] : [])),
    );
    const { admission: policy } = fleet.policies;
    this.frontDesk =
      policy === undefined
        ? undefined
        : new FrontDesk({
            ...parts,
            policy,
            processes: this.processes,
            tenantBase: tenantBases(scenario),
            onAdmitted: (request, process, seconds) =>
              this.dispatch(request, process, false, seconds),
          });
  }

  /** A process that stands for the consumers of a site's queue: it counts what they have, and limits nothing. */
  addConsumer(site: number): number {
    const random = new RandomStream(this.seed, `consumer/${site}`);
    const place = { site, number: NONE };
    const pools = this.sites[site]!;
    this.processes.push(
      new GatewayProcess(this.fleet, pools, place, this.replicas, undefined, random, "unlimited"),
    );
    return this.processes.length - 1;
  }

  /** A consumer begins on a message. */
  consume(request: number, consumer: number, replica: number, seconds: number): void {
    const slot = linkAttempt(this.store, this.requests, request);
    const pool = this.poolOf[replica]!;
    this.store.gateway[slot] = consumer;
    this.store.entryPool[slot] = pool;
    this.recorder.placed(request, pool, seconds);
    this.sendTo(slot, replica, seconds);
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
    const process = this.processes[index];
    if (process === undefined || process.faults > 0) {
      this.recordMiss(this.requests.model[request]!, site, seconds);
      this.listener.refuse(request, REASON["no-gateway"], 0, seconds);
      return;
    }
    this.requests.gateway[request] = index;
    this.requests.tried[request] = undefined;
    if (process.admission === undefined) {
      this.dispatch(request, index, false, seconds);
      return;
    }
    this.frontDesk!.receive(request, index, seconds);
  }

  /** An attempt for a model has found no gateway at a site: it was meant for the first of the pools there. */
  recordMiss(model: number, site: number, seconds: number): void {
    const [pool] = this.sites[site]!.entryPools[model]!;
    if (pool !== undefined) this.recorder.aimedAt(pool, seconds);
  }

  private chooseProcess(site: number): number {
    const all = this.processesOf[site]!;
    if (all.length === 1) return this.processes[all[0]!]!.isListed ? all[0]! : NONE;
    const listed = all.filter((index) => this.processes[index]!.isListed);
    return listed.length === 0 ? NONE : listed[this.random.below(listed.length)]!;
  }

  /** A client's attempt is over: what a process's admission has let in is free again. */
  forget(request: number, hasSucceeded: boolean, seconds: number): void {
    const index = this.requests.gateway[request]!;
    if (index === NONE) return;
    this.requests.gateway[request] = NONE;
    // A queue's consumer admits nothing.
    if (this.processes[index]!.admission === undefined) return;
    this.frontDesk!.leave(request, index, hasSucceeded, seconds);
  }

  private stopWaiting(request: number, seconds: number): void {
    this.recorder.waited(request, this.requests.waitingSeconds[request]!, seconds);
    this.requests.waitingSeconds[request] = Number.NaN;
  }

  // Attempts go out

  /** Makes an attempt for a request at a process. */
  private dispatch(request: number, index: number, isRetry: boolean, seconds: number): void {
    const process = this.processes[index]!;
    const replica = this.choose(process, request);
    if (replica === NONE) this.refuseForWant(request, process.site, seconds);
    else this.launch(request, index, replica, isRetry, seconds);
  }

  /** There is no replica for the request at a site. */
  private refuseForWant(request: number, site: number, seconds: number): void {
    for (const pool of this.sites[site]!.entryPools[this.requests.model[request]!]!) {
      this.refusals[pool]!++;
    }
    this.listener.refuse(request, REASON["no-healthy-replica"], 0, seconds);
  }

  /**
   * The routing policy's choice, but for replicas that have failed this attempt: Envoy Gateway sets Envoy's
   * `previous_hosts` predicate on retries. When none is left the policy has its way.
   */
  private choose(process: GatewayProcess, request: number): number {
    const model = this.requests.model[request]!;
    const chosen = process.choose(model, this.routedAs(request));
    const tried = this.requests.tried[request];
    if (tried === undefined || !tried.includes(chosen)) return chosen;
    const other = process.chooseWithRoom(model, (replica) => !tried.includes(replica));
    return other === NONE ? chosen : other;
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
    const slot = linkAttempt(this.store, this.requests, request);
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

  private sendTo(slot: number, replica: number, seconds: number): void {
    const process = this.processes[this.store.gateway[slot]!]!;
    this.store.entryReplica[slot] = replica;
    process.sent(replica);
    this.listener.deliver(slot, replica, seconds);
  }

  /**
   * A second attempt beside a first that is late, on another replica of the same pool.
   * Within the share of the process's active attempts that hedges may take.
   */
  hedge(request: number, seconds: number): void {
    const { store } = this;
    const first = this.requests.attempt[request]!;
    // NaN when it has none, Infinity when it does not get through.
    if (first === NONE || store.firstTokenSeconds[first]! <= seconds) return;
    if (store.has(first, ATTEMPT.pending) || store.gateway[first] === NONE) return;
    const index = store.gateway[first]!;
    const process = this.processes[index]!;
    const pool = store.entryPool[first]!;
    if (process.hedges + 1 > this.fleet.policies.hedging!.maxShare * process.active) return;
    const replica = process.chooseIn(pool, store.entryReplica[first]!);
    const breaker = process.breakers[pool];
    if (replica === NONE) return;
    if (breaker !== undefined) {
      const place = breaker.enter(false);
      if (place === PENDING) breaker.leavePending(false);
      if (place !== STARTED) return;
    }
    const slot = linkAttempt(this.store, this.requests, request);
    store.gateway[slot] = index;
    store.entryPool[slot] = pool;
    store.mark(slot, ATTEMPT.hedge);
    process.hedges++;
    this.sendTo(slot, replica, seconds);
    this.recorder.hedged(request);
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
      this.leaveLine(slot, process, pool, seconds);
      return;
    }
    const replica = store.entryReplica[slot]!;
    if (store.has(slot, ATTEMPT.hedge)) process.hedges--;
    if (replica !== NONE) process.over(replica);
    if (replica !== NONE && isError !== undefined && process.judge(replica, isError, seconds)) {
      this.noteEjection(index, replica, seconds);
    }
    if (breaker === undefined) return;
    breaker.leave(store.has(slot, ATTEMPT.retry));
    this.promote(index, pool, seconds);
  }

  private noteEjection(index: number, replica: number, seconds: number): void {
    // Not always the pool that the attempt came in by: a decode replica is judged too.
    const pool = this.poolOf[replica]!;
    this.recorder.control({ seconds, kind: "ejected", replica, pool });
    this.onEjection(index, pool);
  }

  /** An attempt does not wait for a connection to the pool any more. */
  private leaveLine(slot: number, process: GatewayProcess, pool: number, seconds: number): void {
    const { store } = this;
    store.unmark(slot, ATTEMPT.pending);
    process.pending[pool]!.remove(slot);
    process.breakers[pool]!.leavePending(store.has(slot, ATTEMPT.retry));
    this.stopWaiting(store.request[slot]!, seconds);
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
    const request = store.request[slot]!;
    let replica = process.chooseDecode(pool, this.routedAs(request));
    if (replica === NONE) return NONE;
    if (this.requests.tried[request]?.includes(replica) === true) {
      const other = process.chooseIn(this.poolOf[replica]!, replica);
      if (other !== NONE) replica = other;
    }
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
   * @param from pool that it was sent to, and replica at which it has failed
   * @param retriable triggers that the failure stands for
   */
  retry(
    request: number,
    from: { readonly pool: number; readonly replica: number },
    retriable: readonly string[],
    seconds: number,
  ): boolean {
    const policy = this.fleet.policies.retry;
    const index = this.requests.gateway[request]!;
    const retries = this.requests.gatewayRetries[request]!;
    if (policy === undefined || index === NONE) return false;
    if (!mayRetry(policy, retries, retriable)) return false;
    const process = this.processes[index]!;
    if (process.faults > 0 || process.breakers[from.pool]?.mayRetry() === false) return false;
    leaveOut(this.requests, request, from.replica);
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

  /** Sends a request on from where an attempt was lost with its replica; it counts as a retry towards the breaker. */
  migrate(request: number, from: number, seconds: number): void {
    leaveOut(this.requests, request, from);
    this.recorder.gatewayRetried(request, seconds);
    this.dispatch(request, this.requests.gateway[request]!, true, seconds);
  }

  /** The cluster lists a replica, or no longer. */
  setReady(replica: number, isReady: boolean): void {
    for (const process of this.processes) process.setReady(replica, isReady);
  }

  private routedAs(request: number): RoutedRequest {
    const { routed, requests } = this;
    routed.inputTokens = requests.inputTokens[request]!;
    routed.priority = PRIORITIES[this.priorityOf[requests.workload[request]!]!]!;
    routed.prefix = requests.prefix[request];
    return routed;
  }
}
