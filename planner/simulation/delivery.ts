/**
 * Attempts on their way: from a client to a region's gateway or queue, on to a replica, to a decode replica when
 * prefill runs apart, and back. Here the parts of a run meet: clients.ts decides what is tried, gateways.ts where,
 * replica-set.ts whether anything answers there, and a replica how long it takes.
 *
 * What a replica reports in the middle of a boundary is noted and handled once it is through: nothing is sent to a
 * replica that is still adding up.
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { connectingAttempt, othersOf, unlinkAttempt } from "./attempt-links";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { BoundaryReports } from "./boundary-reports";
import { canEverRun } from "./can-ever-run";
import type { ClientsListener } from "./clients";
import type { DeliveryParts } from "./delivery-parts";
import { REASON } from "./end-reasons";
import type { GatewaysListener } from "./gateways";
import { HeldBack } from "./held-back";
import { KvTransfers } from "./kv-transfers";
import type { Recorder } from "./recorder";
import type { ReplicaSetListener } from "./replica-set";
import type { RequestTable } from "./request-table";
import { RETRIABLE } from "./retriable";
import { SiteWaits } from "./site-waits";
import { TIMER, type Timers } from "./timers";

const NONE = -1;

export class Delivery implements ReplicaSetListener, GatewaysListener, ClientsListener {
  readonly transfers: KvTransfers;
  private readonly fleet: ResolvedFleet;
  private readonly connectSeconds: number;
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly answerClient: (request: number, seconds: number) => void;
  private parts!: DeliveryParts;
  private readonly heldBack: HeldBack;
  /** First-token waits that gateways have seen, by site and model; only for deadline-aware admission. */
  private waits: SiteWaits | undefined;
  private readonly isDeadlineAware: boolean;
  private readonly watchesFirstTokens: boolean;
  /** Whether anything may be cut off in this run. */
  private readonly hasCuts: boolean;
  /** What the replica whose boundary it is has told. */
  readonly reports: BoundaryReports;

  constructor(
    scenario: ResolvedScenario,
    context: {
      readonly replicas: number;
      readonly store: AttemptStore;
      readonly requests: RequestTable;
      readonly timers: Timers;
      readonly recorder: Recorder;
      readonly answerClient: (request: number, seconds: number) => void;
    },
  ) {
    const { fleet } = scenario;
    const isDeadlineAware = fleet.policies.admission?.isDeadlineAware === true;
    this.fleet = fleet;
    this.connectSeconds = fleet.policies.timeout.connectSeconds;
    this.store = context.store;
    this.requests = context.requests;
    this.timers = context.timers;
    this.recorder = context.recorder;
    this.answerClient = context.answerClient;
    this.transfers = new KvTransfers(context.replicas);
    this.isDeadlineAware = isDeadlineAware;
    this.heldBack = new HeldBack(context.store, (slot) => this.isCutOff(slot));
    // Behind a cut a first token is not there for its client before the cut is mended.
    this.hasCuts = scenario.faults.faults.some(({ effect }) => effect.kind === "partition");
    this.watchesFirstTokens =
      isDeadlineAware || fleet.policies.hedging !== undefined || this.hasCuts;
    this.reports = new BoundaryReports(scenario, context);
  }

  /** Once, before anything is delivered. */
  connect(parts: DeliveryParts): void {
    this.parts = parts;
    if (!this.isDeadlineAware) return;
    this.waits = new SiteWaits(parts.gateways.processesOf.length, parts.clients.models.length);
  }

  // From clients

  send(request: number, seconds: number): void {
    const { requests } = this;
    const { network, gateways, queues } = this.parts;
    const model = requests.model[request]!;
    const phase = requests.resolverPhase[request]!;
    const region = network.regionFor(model, requests.origin[request]!, seconds, phase);
    requests.region[request] = region;
    if (network.isCut(region)) {
      gateways.recordMiss(model, region, seconds);
      this.timers.after(seconds, this.connectSeconds, TIMER.connectFailed, request);
    } else if (queues?.takes(request) === true) {
      queues.send(request, region, seconds);
    } else {
      gateways.enter(request, gateways.siteOf(region), seconds);
    }
  }

  abandon(request: number, isReplicasFault: boolean, seconds: number): void {
    const { store, requests } = this;
    let slot = requests.attempt[request]!;
    requests.attempt[request] = NONE;
    if (this.parts.queues?.takes(request) === true) this.parts.queues.forget(request, seconds);
    while (slot !== NONE) {
      const next = store.sibling[slot]!;
      this.parts.gateways.leave(slot, isReplicasFault ? true : undefined, seconds);
      this.discard(slot, true, seconds);
      slot = next;
    }
  }

  leave(request: number, hasSucceeded: boolean, seconds: number): void {
    this.parts.gateways.forget(request, hasSucceeded, seconds);
  }

  answer(request: number, seconds: number): void {
    this.answerClient(request, seconds);
  }

  secondsBeside(slot: number): number {
    const pool = this.store.pool[slot]!;
    const { frontEndSeconds } = this.fleet.pools[pool]!.coefficients;
    const origin = this.requests.origin[this.store.request[slot]!]!;
    const { regionIndex } = this.fleet.pools[pool]!;
    const roundTrip = this.parts.network.roundTripSeconds(origin, regionIndex);
    return roundTrip + frontEndSeconds + this.store.delaySeconds[slot]!;
  }

  roundTripSeconds(request: number): number {
    const region = this.requests.region[request]!;
    if (region === NONE) return 0;
    return this.parts.network.roundTripSeconds(this.requests.origin[request]!, region);
  }

  // From gateways and queues

  deliver(slot: number, replica: number, seconds: number): void {
    const { store } = this;
    const { replicas } = this.parts;
    if (!canEverRun(store, slot, replica, this.fleet, this.parts)) {
      this.fail(slot, REASON["context-too-long"], undefined, RETRIABLE.started, seconds);
    } else if (replicas.isServing(replica) && !replicas.isCut(replica)) {
      store.delaySeconds[slot] = replicas.delaySeconds(replica);
      if (this.watchesFirstTokens) store.mark(slot, ATTEMPT.watched);
      replicas.send(slot, replica, seconds);
    } else {
      this.connectInVain(slot, replica, seconds);
    }
  }

  /** Nothing answers from the replica until the time to connect is over, or its machine refuses at once. */
  private connectInVain(slot: number, replica: number, seconds: number): void {
    const { store } = this;
    const { replicas } = this.parts;
    if (replicas.isCut(replica) || replicas.isSilent(replica)) {
      store.mark(slot, ATTEMPT.connecting);
      const request = store.request[slot]!;
      this.timers.after(seconds, this.connectSeconds, TIMER.connectFailed, request);
    } else {
      this.fail(slot, REASON["connect-failure"], true, RETRIABLE.refused, seconds);
    }
  }

  refuse(request: number, reason: number, retryAfterSeconds: number, seconds: number): void {
    this.parts.clients.fail(request, reason, retryAfterSeconds, seconds);
  }

  patienceSeconds(request: number, seconds: number): number {
    return this.parts.clients.patienceSeconds(request, seconds);
  }

  expectedWaitSeconds(model: number, site: number, seconds: number): number {
    return this.waits?.at(site, model, seconds) ?? 0;
  }

  /** An attempt has come to nothing: its gateway tries again, or the client learns of it. */
  private fail(
    slot: number,
    reason: number,
    isError: boolean | undefined,
    triggers: readonly string[],
    seconds: number,
  ): void {
    const { store, requests } = this;
    const { clients, gateways, queues } = this.parts;
    const request = store.request[slot]!;
    const from = { pool: store.entryPool[slot]!, replica: store.entryReplica[slot]! };
    const firstToken = store.has(slot, ATTEMPT.muted) ? Number.NaN : store.firstTokenSeconds[slot]!;
    // One that it has taken over from an attempt before is not its own.
    const hasToken =
      !Number.isNaN(firstToken) && firstToken !== requests.firstTokenSeconds[request];
    gateways.leave(slot, isError, seconds);
    unlinkAttempt(store, requests, slot);
    const isMigrated =
      reason === REASON["replica-lost"] && this.fleet.policies.draining.onLoss === "migrate";
    if (isMigrated) {
      requests.generatedTokens[request] = store.generatedTokens[slot]!;
      requests.firstTokenSeconds[request] = firstToken;
    }
    this.discard(slot, false, seconds);
    clients.touch(request);
    if (requests.attempt[request] !== NONE) return;
    if (queues?.takes(request) === true) {
      if (reason === REASON["context-too-long"]) queues.drop(request, reason, seconds);
      else queues.onLost(request, triggers === RETRIABLE.notStarted, seconds);
      return;
    }
    if (isMigrated) {
      gateways.migrate(request, from.replica, seconds);
      return;
    }
    if (!hasToken && gateways.retry(request, from, triggers, seconds)) return;
    clients.fail(request, reason, 0, seconds);
  }

  /** An attempt that nobody waits for any more: it leaves where it is, or as soon as it can. */
  private discard(slot: number, isCancelled: boolean, seconds: number): void {
    const { store } = this;
    this.recorder.stoppedWaiting(slot, seconds);
    store.mark(slot, ATTEMPT.ghost);
    if (store.has(slot, ATTEMPT.moving) || store.has(slot, ATTEMPT.held)) return;
    if (store.has(slot, ATTEMPT.onReplica) && isCancelled) {
      const replica = store.replica[slot]!;
      if (!this.parts.replicas.cancel(slot, seconds)) return;
      this.vacate(replica, seconds);
    }
    store.release(slot);
  }

  /** A replica has a place more. */
  private vacate(replica: number, seconds: number): void {
    this.parts.replicas.settle(replica, seconds);
    this.parts.queues?.onRoom(replica, seconds);
  }

  // From replicas

  /** The boundary's results are complete: handles what the replica has reported. */
  afterBoundary(replica: number, seconds: number): void {
    const { reports } = this;
    const { firstTokens, finished, prefilled, cancelled } = reports;
    reports.hasAny = false;
    const hasRoom = finished.length > 0 || cancelled.length > 0;
    if (firstTokens.length > 0) this.onTokens(firstTokens, seconds);
    if (finished.length > 0) this.onAnswers(finished, seconds);
    if (prefilled.length > 0) this.moveAll(prefilled, seconds);
    while (cancelled.length > 0) this.store.release(cancelled.pop()!);
    if (hasRoom) this.parts.queues?.onRoom(replica, seconds);
  }

  // Lists are emptied by pop: setting the length of an array costs more than all of this.

  private onTokens(slots: number[], seconds: number): void {
    for (let i = 0; i < slots.length; i++) this.onToken(slots[i]!, seconds);
    while (slots.length > 0) slots.pop();
  }

  private onAnswers(slots: number[], seconds: number): void {
    for (let i = 0; i < slots.length; i++) this.onAnswer(slots[i]!, seconds);
    while (slots.length > 0) slots.pop();
  }

  private moveAll(slots: number[], seconds: number): void {
    for (let i = 0; i < slots.length; i++) this.move(slots[i]!, seconds);
    while (slots.length > 0) slots.pop();
  }

  /** The scheduler has decided: with a poisonous request it was for the last time; one that is drained goes. */
  afterSchedule(replica: number, seconds: number): void {
    if (this.reports.hasScheduledPoison) {
      this.reports.hasScheduledPoison = false;
      this.parts.replicas.doom(replica);
    } else {
      this.parts.replicas.settle(replica, seconds);
    }
  }

  /** Of two attempts at the same request, the first to have a token is kept. */
  private onToken(slot: number, seconds: number): void {
    const { store, requests } = this;
    if (store.has(slot, ATTEMPT.ghost)) return;
    if (this.heldBack.holdsFirstToken(slot)) return;
    const request = store.request[slot]!;
    if (this.waits !== undefined) {
      const { site } = this.parts.gateways.processes[store.gateway[slot]!]!;
      const wait = seconds - requests.sentSeconds[request]!;
      this.waits.observe(site, requests.model[request]!, wait, seconds);
    }
    if (this.parts.queues?.takes(request) !== true) this.abandonOthers(slot, seconds);
  }

  private abandonOthers(slot: number, seconds: number): void {
    const { store, requests } = this;
    const others = othersOf(store, requests, slot);
    if (others.length === 0) return;
    for (const other of others) {
      this.parts.gateways.leave(other, undefined, seconds);
      this.discard(other, true, seconds);
    }
    requests.attempt[store.request[slot]!] = slot;
    store.sibling[slot] = NONE;
  }

  /** A replica has all tokens of an attempt. */
  private onAnswer(slot: number, seconds: number): void {
    const { store } = this;
    store.unmark(slot, ATTEMPT.onReplica);
    if (store.has(slot, ATTEMPT.ghost)) this.releaseGhost(slot, seconds);
    else if (!this.hasCuts || !this.heldBack.holdsAnswer(slot)) this.arrive(slot, seconds);
  }

  /** Duplicates of a message are counted where they run until they are over. */
  private releaseGhost(slot: number, seconds: number): void {
    this.parts.gateways.leave(slot, undefined, seconds);
    this.store.release(slot);
  }

  private isCutOff(slot: number): boolean {
    const replica = this.store.replica[slot]!;
    const { replicas, network } = this.parts;
    if (replicas.isCut(replica)) return true;
    return network.isCut(this.requests.region[this.store.request[slot]!]!);
  }

  /** A cut is mended: first tokens and answers that were held back get through. */
  releaseHeld(seconds: number): void {
    this.releaseFirstTokens(seconds);
    for (const slot of this.heldBack.takeAnswers()) {
      if (this.store.has(slot, ATTEMPT.ghost)) this.releaseGhost(slot, seconds);
      else if (!this.heldBack.holdsAnswer(slot)) this.arrive(slot, seconds);
    }
  }

  private releaseFirstTokens(seconds: number): void {
    for (const slot of this.heldBack.takeFirstTokens(seconds)) this.onToken(slot, seconds);
  }

  /** An answer gets through to the client; too late, it is left to the client's timer. */
  private arrive(slot: number, seconds: number): void {
    const { store, requests } = this;
    const { clients, gateways, queues } = this.parts;
    const request = store.request[slot]!;
    const beside = this.secondsBeside(slot);
    const isInTime = clients.isInTime(slot, seconds, beside);
    gateways.leave(slot, false, seconds);
    if (!isInTime) {
      unlinkAttempt(store, requests, slot);
      store.release(slot);
      return;
    }
    if (queues?.takes(request) === true) queues.onDone(request, slot);
    else this.abandonOthers(slot, seconds);
    requests.attempt[request] = NONE;
    clients.succeed(slot, seconds, beside);
    store.release(slot);
  }

  // Prefill and decode apart

  /** A prompt is computed: its KV goes to where it is decoded. */
  private move(slot: number, seconds: number): void {
    const { store } = this;
    store.unmark(slot, ATTEMPT.onReplica);
    store.mark(slot, ATTEMPT.moving);
    this.parts.gateways.onPrefilled(slot);
    const isGhost = store.has(slot, ATTEMPT.ghost);
    const order = isGhost ? NONE : this.requests.serial[store.request[slot]!]!;
    const pool = this.fleet.pools[store.pool[slot]!]!;
    const tokens = store.computedTokens[slot]!;
    this.transfers.start(slot, store.replica[slot]!, pool, tokens, order, seconds);
  }

  /** The KV of a prompt has reached the region's decode pools, or was lost on the way. */
  handleTransfer(seconds: number): void {
    const { store } = this;
    const { gateways, replicas } = this.parts;
    const slot = this.transfers.take();
    const from = store.replica[slot]!;
    const isLost = this.transfers.isLost;
    store.unmark(slot, ATTEMPT.moving);
    if (!isLost) {
      const replica = replicas.replicas[from]!;
      replica.releaseTransferred(slot, seconds);
      replicas.events.set(from, replica.nextEventSeconds);
      replicas.settle(from, seconds);
    }
    if (store.has(slot, ATTEMPT.ghost)) {
      this.releaseGhost(slot, seconds);
      return;
    }
    if (isLost) {
      this.fail(slot, REASON["replica-lost"], true, RETRIABLE.started, seconds);
      return;
    }
    const chosen = gateways.moveToDecode(slot);
    if (chosen === NONE) {
      this.fail(slot, REASON["no-healthy-replica"], undefined, RETRIABLE.started, seconds);
    } else if (!replicas.isServing(chosen) || replicas.isCut(chosen)) {
      this.fail(slot, REASON["connect-failure"], true, RETRIABLE.started, seconds);
    } else {
      store.isTransferred[slot] = 1;
      replicas.send(slot, chosen, seconds);
      this.releaseFirstTokens(seconds);
    }
  }

  // From the replica set and from timers

  onListed(replica: number, isListed: boolean, seconds: number): void {
    this.parts.gateways.setReady(replica, isListed);
    if (isListed) this.parts.queues?.onRoom(replica, seconds);
  }

  onLost(slot: number, seconds: number, isPlanned: boolean): void {
    const { store } = this;
    if (store.has(slot, ATTEMPT.ghost)) {
      this.releaseGhost(slot, seconds);
      return;
    }
    const isStarted = !Number.isNaN(store.firstScheduledSeconds[slot]!);
    const triggers = isPlanned && !isStarted ? RETRIABLE.notStarted : RETRIABLE.started;
    this.fail(slot, REASON["replica-lost"], true, triggers, seconds);
  }

  /** A replica is lost: so is what is on its way out of it. */
  onReplicaLost(replica: number): void {
    this.transfers.lose(replica);
  }

  /** The time to connect is over: of the client to its region, or of a gateway to a replica. */
  onConnectFailed(request: number, seconds: number): void {
    const { store, requests } = this;
    if (requests.attempt[request] === NONE) {
      this.parts.clients.fail(request, REASON["connect-timeout"], 0, seconds);
      return;
    }
    const slot = connectingAttempt(store, requests, request);
    if (slot !== NONE)
      this.fail(slot, REASON["connect-timeout"], true, RETRIABLE.unanswered, seconds);
  }
}
