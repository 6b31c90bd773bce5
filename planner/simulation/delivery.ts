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
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import type { Clients, ClientsListener } from "./clients";
import { REASON } from "./end-reasons";
import type { Gateways, GatewaysListener } from "./gateways";
import { KvTransfers } from "./kv-transfers";
import type { Network } from "./network";
import type { QueueDelivery } from "./queue-delivery";
import type { Recorder } from "./recorder";
import type { ReplicaListener } from "./replica";
import type { ReplicaSet, ReplicaSetListener } from "./replica-set";
import { REQUEST, type RequestTable } from "./request-table";
import { TIMER, type Timers } from "./timers";
import { WaitEstimate } from "./wait-estimate";

const NONE = -1;

/** Triggers of a gateway's retry policy that a failure stands for. */
const REFUSED = ["connect-failure", "reset-before-request"];
const UNANSWERED = ["connect-failure"];
const NOT_STARTED = ["refused-stream", "retriable-status-codes"];
const STARTED: readonly string[] = [];

/** The other parts of the run; each is made with the delivery as its listener. */
export interface DeliveryParts {
  readonly clients: Clients;
  readonly gateways: Gateways;
  readonly replicas: ReplicaSet;
  readonly network: Network;
  /** undefined when no workload is delivered by queue. */
  readonly queues: QueueDelivery | undefined;
}

export class Delivery
  implements ReplicaListener, ReplicaSetListener, GatewaysListener, ClientsListener
{
  readonly transfers: KvTransfers;
  private readonly fleet: ResolvedFleet;
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly answerClient: (request: number, seconds: number) => void;
  private parts!: DeliveryParts;
  /** 1 for a replica whose step computes a poisonous request: it does not survive the step. */
  private readonly isDoomed: Uint8Array;
  /** Answers that cannot get through. */
  private held: number[] = [];
  /** First-token waits that gateways have seen, by site and model; only for deadline-aware admission. */
  private readonly waits: WaitEstimate[] = [];
  private readonly isDeadlineAware: boolean;
  private readonly watchesFirstTokens: boolean;
  private readonly hasPoison: boolean;
  // Reported by the replica whose boundary it is
  private readonly finished: number[] = [];
  private readonly prefilled: number[] = [];
  private readonly firstTokens: number[] = [];
  private readonly cancelled: number[] = [];
  private hasReports = false;
  private hasScheduledPoison = false;

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
    this.store = context.store;
    this.requests = context.requests;
    this.timers = context.timers;
    this.recorder = context.recorder;
    this.answerClient = context.answerClient;
    this.transfers = new KvTransfers(context.replicas);
    this.isDoomed = new Uint8Array(context.replicas);
    this.isDeadlineAware = isDeadlineAware;
    this.watchesFirstTokens = isDeadlineAware || fleet.policies.hedging !== undefined;
    this.hasPoison = scenario.faults.poison.length > 0;
  }

  /** Once, before anything is delivered. */
  connect(parts: DeliveryParts): void {
    this.parts = parts;
    if (!this.isDeadlineAware) return;
    const { gateways, clients } = parts;
    const estimates = gateways.processesOf.length * clients.models.length;
    for (let i = 0; i < estimates; i++) this.waits.push(new WaitEstimate());
  }

  // From clients

  send(request: number, seconds: number): void {
    const { requests } = this;
    const { network, gateways, queues } = this.parts;
    const region = network.regionFor(requests.model[request]!, requests.origin[request]!, seconds);
    requests.region[request] = region;
    if (network.isCut(region)) {
      this.timers.after(seconds, this.connectSeconds, TIMER.connectFailed, request);
    } else if (queues?.takes(request) === true) {
      queues.send(request, region, seconds);
    } else {
      gateways.enter(request, gateways.siteOf(region), seconds);
    }
  }

  private get connectSeconds(): number {
    return this.fleet.policies.timeout.connectSeconds;
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
    if (!this.canEverRun(slot, replica)) {
      this.fail(slot, REASON["context-too-long"], undefined, STARTED, seconds);
      return;
    }
    const isServing = replicas.isServing(replica);
    if (replicas.isCut(replica) || (!isServing && replicas.isSilent(replica))) {
      store.mark(slot, ATTEMPT.connecting);
      const request = store.request[slot]!;
      this.timers.after(seconds, this.connectSeconds, TIMER.connectFailed, request);
    } else if (!isServing) {
      this.fail(slot, REASON["connect-failure"], true, REFUSED, seconds);
    } else {
      store.delaySeconds[slot] = replicas.delaySeconds(replica);
      if (this.watchesFirstTokens) store.mark(slot, ATTEMPT.watched);
      replicas.send(slot, replica, seconds);
    }
  }

  /** Whether the replica, and those that may take over from it, have room for the request on its own. */
  private canEverRun(slot: number, index: number): boolean {
    const input = this.store.inputTokens[slot]!;
    const output = this.store.outputTokens[slot]!;
    const { gateways, replicas } = this.parts;
    const replica = replicas.replicas[index]!;
    const { engine } = this.fleet.pools[replica.pool.index]!;
    if (input + output > engine.maxContextTokens) return false;
    if (replica.pool.settings.role !== "prefill") return replica.canHold(input, output);
    if (!replica.canHold(input, 1)) return false;
    if (output === 1) return true;
    const decoders = gateways.decodersAfter(slot);
    return decoders.every((decoder) => replicas.replicas[decoder]!.canHold(input, output));
  }

  refuse(request: number, reason: number, retryAfterSeconds: number, seconds: number): void {
    this.parts.clients.fail(request, reason, retryAfterSeconds, seconds);
  }

  patienceSeconds(request: number, seconds: number): number {
    return this.parts.clients.patienceSeconds(request, seconds);
  }

  expectedWaitSeconds(model: number, site: number, seconds: number): number {
    return this.waits[site * this.parts.clients.models.length + model]?.at(seconds) ?? 0;
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
    const pool = store.entryPool[slot]!;
    const hasToken = !Number.isNaN(store.firstTokenSeconds[slot]!);
    gateways.leave(slot, isError, seconds);
    this.unlink(slot, request);
    const isMigrated =
      reason === REASON["replica-lost"] && this.fleet.policies.draining.onLoss === "migrate";
    if (isMigrated) {
      requests.generatedTokens[request] = store.generatedTokens[slot]!;
      requests.firstTokenSeconds[request] = store.firstTokenSeconds[slot]!;
    }
    this.discard(slot, false, seconds);
    clients.touch(request);
    if (requests.attempt[request] !== NONE) return;
    if (queues?.takes(request) === true) {
      if (reason === REASON["context-too-long"]) queues.drop(request, reason, seconds);
      else queues.onLost(request, triggers === NOT_STARTED, seconds);
      return;
    }
    if (isMigrated) {
      gateways.migrate(request, seconds);
      return;
    }
    if (!hasToken && gateways.retry(request, pool, triggers, seconds)) return;
    clients.fail(request, reason, 0, seconds);
  }

  private unlink(slot: number, request: number): void {
    const { store, requests } = this;
    const next = store.sibling[slot]!;
    if (requests.attempt[request] === slot) {
      requests.attempt[request] = next;
      return;
    }
    let before = requests.attempt[request]!;
    while (store.sibling[before] !== slot) before = store.sibling[before]!;
    store.sibling[before] = next;
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

  // From replicas: noted while they add up

  onScheduled(slot: number, seconds: number): void {
    this.recorder.scheduled(slot, seconds);
    if (this.hasPoison && this.isPoison(slot)) this.hasScheduledPoison = true;
  }

  private isPoison(slot: number): boolean {
    const { store } = this;
    return (
      !store.has(slot, ATTEMPT.ghost) && this.requests.has(store.request[slot]!, REQUEST.poison)
    );
  }

  onFinished(slot: number): void {
    this.finished.push(slot);
    this.hasReports = true;
  }

  onPrefilled(slot: number): void {
    this.prefilled.push(slot);
    this.hasReports = true;
  }

  onFirstToken(slot: number): void {
    this.firstTokens.push(slot);
    this.hasReports = true;
  }

  onCancelled(slot: number): void {
    this.cancelled.push(slot);
    this.hasReports = true;
  }

  /** The boundary's results are complete: handles what the replica has reported. */
  afterBoundary(replica: number, seconds: number): void {
    if (!this.hasReports) return;
    this.hasReports = false;
    const { firstTokens, finished, prefilled, cancelled } = this;
    const hasRoom = finished.length > 0 || cancelled.length > 0;
    // Emptied by pop: setting the length of an array costs more than all of this.
    for (let i = 0; i < firstTokens.length; i++) this.onToken(firstTokens[i]!, seconds);
    while (firstTokens.length > 0) firstTokens.pop();
    for (let i = 0; i < finished.length; i++) this.onAnswer(finished[i]!, seconds);
    while (finished.length > 0) finished.pop();
    for (let i = 0; i < prefilled.length; i++) this.move(prefilled[i]!, seconds);
    while (prefilled.length > 0) prefilled.pop();
    while (cancelled.length > 0) this.store.release(cancelled.pop()!);
    if (hasRoom) this.parts.queues?.onRoom(replica, seconds);
  }

  /**
   * A step is through: true when a poisonous request has killed the replica in it, and nothing of the step is left.
   * Not before its end: requests that are migrated would kill one replica after the other in no time at all.
   */
  hasCrashed(replica: number, seconds: number): boolean {
    if (this.isDoomed[replica] === 0) return false;
    this.parts.replicas.crash(replica, seconds, false);
    return true;
  }

  /** The scheduler has decided: with a poisonous request it was for the last time; one that is drained goes. */
  afterSchedule(replica: number, seconds: number): void {
    if (this.hasScheduledPoison) {
      this.hasScheduledPoison = false;
      this.isDoomed[replica] = 1;
    } else {
      this.parts.replicas.settle(replica, seconds);
    }
  }

  /** Of two attempts at the same request, the first to have a token is kept. */
  private onToken(slot: number, seconds: number): void {
    const { store, requests } = this;
    if (store.has(slot, ATTEMPT.ghost)) return;
    const request = store.request[slot]!;
    if (this.waits.length > 0) {
      const { gateways, clients } = this.parts;
      const site = gateways.processes[store.gateway[slot]!]!.site;
      const place = site * clients.models.length + requests.model[request]!;
      this.waits[place]!.observe(seconds - requests.sentSeconds[request]!, seconds);
    }
    if (this.parts.queues?.takes(request) !== true) this.abandonOthers(slot, seconds);
  }

  private abandonOthers(slot: number, seconds: number): void {
    const { store, requests } = this;
    const request = store.request[slot]!;
    let other = requests.attempt[request]!;
    if (other === slot && store.sibling[slot] === NONE) return;
    while (other !== NONE) {
      const next = store.sibling[other]!;
      if (other !== slot) {
        this.parts.gateways.leave(other, undefined, seconds);
        this.discard(other, true, seconds);
      }
      other = next;
    }
    requests.attempt[request] = slot;
    store.sibling[slot] = NONE;
  }

  /** A replica has all tokens of an attempt. */
  private onAnswer(slot: number, seconds: number): void {
    const { store } = this;
    store.unmark(slot, ATTEMPT.onReplica);
    if (store.has(slot, ATTEMPT.ghost)) {
      this.releaseGhost(slot, seconds);
    } else if (this.isCutOff(slot)) {
      store.mark(slot, ATTEMPT.held);
      this.held.push(slot);
    } else {
      this.arrive(slot, seconds);
    }
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

  /** A cut is mended: answers that were held get through. */
  releaseHeld(seconds: number): void {
    const held = this.held;
    this.held = [];
    for (const slot of held) {
      if (this.store.has(slot, ATTEMPT.ghost)) {
        this.releaseGhost(slot, seconds);
      } else if (this.isCutOff(slot)) {
        this.held.push(slot);
      } else {
        this.store.unmark(slot, ATTEMPT.held);
        this.arrive(slot, seconds);
      }
    }
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
      this.unlink(slot, request);
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
    this.transfers.start(
      slot,
      store.replica[slot]!,
      pool,
      store.computedTokens[slot]!,
      order,
      seconds,
    );
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
      this.fail(slot, REASON["replica-lost"], true, STARTED, seconds);
      return;
    }
    const chosen = gateways.moveToDecode(slot);
    if (chosen === NONE) {
      this.fail(slot, REASON["no-healthy-replica"], undefined, STARTED, seconds);
    } else if (!replicas.isServing(chosen) || replicas.isCut(chosen)) {
      this.fail(slot, REASON["connect-failure"], true, STARTED, seconds);
    } else {
      store.isTransferred[slot] = 1;
      replicas.send(slot, chosen, seconds);
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
    const triggers = isPlanned && !isStarted ? NOT_STARTED : STARTED;
    this.fail(slot, REASON["replica-lost"], true, triggers, seconds);
  }

  /** A gateway process is gone, and with it every connection that went through it. */
  onGatewayLost(process: number, seconds: number): void {
    const { requests } = this;
    for (const request of requests.liveRequests()) {
      // Some may have ended, or moved on, with one before them.
      if (requests.gateway[request] !== process) continue;
      this.parts.clients.fail(request, REASON["no-gateway"], 0, seconds);
    }
  }

  /** A replica is lost: so is what is on its way out of it. */
  onReplicaLost(replica: number): void {
    this.isDoomed[replica] = 0;
    this.transfers.lose(replica);
  }

  /** The time to connect is over: of the client to its region, or of a gateway to a replica. */
  onConnectFailed(request: number, seconds: number): void {
    const { store, requests } = this;
    let slot = requests.attempt[request]!;
    if (slot === NONE) {
      this.parts.clients.fail(request, REASON["connect-timeout"], 0, seconds);
      return;
    }
    while (slot !== NONE && !store.has(slot, ATTEMPT.connecting)) slot = store.sibling[slot]!;
    if (slot !== NONE) this.fail(slot, REASON["connect-timeout"], true, UNANSWERED, seconds);
  }

  /** The first attempt has no token yet: a second one may be faster. */
  onHedge(request: number, seconds: number): void {
    const { store, requests } = this;
    const first = requests.attempt[request]!;
    if (first === NONE || !Number.isNaN(store.firstTokenSeconds[first]!)) return;
    if (this.parts.gateways.hedge(request, seconds)) this.recorder.hedged(request);
  }
}
