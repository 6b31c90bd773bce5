/**
 * Requests that are delivered by queue: messages in the queue of a region, which consumers beside the replicas pull
 * when these have room. A message is done when an attempt at it has its answer; a consumer that dies leaves it to the
 * visibility timeout. The queue's own rules are queue/message-queue.ts.
 */
import type { ResolvedQueue } from "../fleet/resolved-policies";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import type { Clients } from "./clients";
import { REASON } from "./end-reasons";
import type { Gateways } from "./gateways";
import { MessageQueue } from "./queue/message-queue";
import type { Recorder } from "./recorder";
import type { ReplicaSet } from "./replica-set";
import type { RequestTable } from "./request-table";
import type { QueueRecord } from "./run-record";
import { TIMER, type Timers } from "./timers";

const NONE = -1;

/**
 * Consumers extend the visibility after so much of it. No multiple of it is the whole, so that it is never for rounding
 * to say whether the heartbeat after a missed one is in time.
 */
const HEARTBEAT_SHARE = 0.4;

interface RegionQueue {
  readonly region: number;
  readonly model: number;
  readonly messages: MessageQueue;
  /** Gateway process that counts what the region's consumers have under way. */
  readonly consumer: number;
  oldestSeconds: number;
  /** Messages that were deleted without an answer: no replica could hold them, or their client had given up. */
  unfit: number;
  unwanted: number;
}

export interface QueueParts {
  readonly store: AttemptStore;
  readonly requests: RequestTable;
  readonly timers: Timers;
  readonly recorder: Recorder;
  readonly clients: Clients;
  readonly gateways: Gateways;
  readonly replicas: ReplicaSet;
  /** A queue has something to do at another time than before. */
  readonly onChange: (queue: number, seconds: number) => void;
}

export class QueueDelivery {
  readonly queues: readonly RegionQueue[];
  private readonly policy: ResolvedQueue;
  private readonly parts: QueueParts;
  private readonly isQueued: readonly boolean[];
  /** Queue of each region and model: [region][model], or −1. */
  private readonly queueOf: number[][];
  private readonly regionOfPool: readonly number[];
  private readonly modelOfPool: readonly number[];
  /** One gateway and one queue serve all regions. */
  private readonly isGlobal: boolean;
  private isPumping = false;

  constructor(
    scenario: ResolvedScenario,
    regionsOfModel: readonly (readonly number[])[],
    parts: QueueParts,
  ) {
    const { fleet } = scenario;
    const { models } = parts.clients;
    this.policy = fleet.policies.queue;
    this.isGlobal = fleet.routing.regions === "any";
    this.parts = parts;
    this.isQueued = scenario.workloads.map(({ delivery }) => delivery === "queue");
    this.regionOfPool = fleet.pools.map((pool) => pool.regionIndex);
    this.modelOfPool = fleet.pools.map((pool) => models.indexOf(pool.model.name));
    this.queueOf = fleet.regions.map(() => models.map(() => NONE));
    const asked = new Set(
      scenario.workloads
        .filter(({ delivery }) => delivery === "queue")
        .map(({ model }) => models.indexOf(model)),
    );
    const queues: RegionQueue[] = [];
    for (const model of [...asked].sort((a, b) => a - b)) {
      for (const region of regionsOfModel[model]!) {
        this.queueOf[region]![model] = queues.length;
        const messages = new MessageQueue(this.policy);
        const consumer = parts.gateways.addConsumer(parts.gateways.siteOf(region));
        const counts = { oldestSeconds: 0, unfit: 0, unwanted: 0 };
        queues.push({ region, model, messages, consumer, ...counts });
      }
    }
    this.queues = queues;
  }

  /** Whether a request is delivered by queue. */
  takes(request: number): boolean {
    return this.isQueued[this.parts.requests.workload[request]!]!;
  }

  /** A client sends its request as a message. With a gateway for all regions, to the first that has a queue. */
  send(request: number, region: number, seconds: number): void {
    const { requests, clients } = this.parts;
    const model = requests.model[request]!;
    const index = this.queueFor(region, model);
    const queue = this.queues[index]!;
    requests.region[request] = queue.region;
    if (!queue.messages.isAvailable) {
      clients.fail(request, REASON["queue-unavailable"], 0, seconds);
      return;
    }
    requests.waitingSeconds[request] = seconds;
    queue.messages.send(request, seconds);
    this.pump(index, seconds);
  }

  /** Queue that serves a region (−1: all of them), or −1. */
  private queueFor(region: number, model: number): number {
    if (region !== NONE && !this.isGlobal) return this.queueOf[region]![model]!;
    return this.queues.findIndex((queue) => queue.model === model);
  }

  private indexOf(request: number): number {
    const { requests } = this.parts;
    return this.queueOf[requests.region[request]!]![requests.model[request]!]!;
  }

  /** What was cut off gets through again. */
  onMended(seconds: number): void {
    for (const [index] of this.queues.entries()) this.pump(index, seconds);
  }

  /** A replica has room, or is new. */
  onRoom(replica: number, seconds: number): void {
    const pool = this.parts.replicas.replicas[replica]!.pool.index;
    const index = this.queueFor(this.regionOfPool[pool]!, this.modelOfPool[pool]!);
    if (index !== NONE && this.queues[index]!.messages.visible > 0) this.pump(index, seconds);
  }

  /** A queue has messages that are visible again, or too old. */
  advance(index: number, seconds: number): void {
    this.queues[index]!.messages.advance(seconds);
    this.pump(index, seconds);
  }

  /** Consumers pull while there are messages, and replicas with room. */
  private pump(index: number, seconds: number): void {
    // What is sent below may give room elsewhere, and come back here.
    if (this.isPumping) return;
    this.isPumping = true;
    const queue = this.queues[index]!;
    const { gateways } = this.parts;
    const hasRoom = (replica: number, own: number): boolean => this.hasRoom(replica, own);
    while (queue.messages.visible > 0 && queue.messages.isAvailable) {
      const process = gateways.processes[queue.consumer]!;
      const replica = process.chooseWithRoom(queue.model, hasRoom);
      if (replica === NONE) break;
      const age = queue.messages.oldestVisibleAgeSeconds(seconds);
      if (age > queue.oldestSeconds) queue.oldestSeconds = age;
      const request = queue.messages.receive(seconds);
      this.endLost(queue, seconds);
      if (request === NONE) continue;
      this.start(request, queue, replica, seconds);
    }
    this.endLost(queue, seconds);
    this.isPumping = false;
    this.parts.onChange(index, queue.messages.nextSeconds);
  }

  private hasRoom(replica: number, own: number): boolean {
    const { replicas } = this.parts;
    return (
      own < this.policy.consumersPerReplica &&
      replicas.isReady(replica) &&
      !replicas.isCut(replica) &&
      replicas.replicas[replica]!.outstanding < this.policy.maxOutstandingPerReplica
    );
  }

  private start(request: number, queue: RegionQueue, replica: number, seconds: number): void {
    const { requests, recorder, gateways, timers } = this.parts;
    const since = requests.waitingSeconds[request]!;
    if (!Number.isNaN(since)) recorder.waited(request, since, seconds);
    requests.waitingSeconds[request] = Number.NaN;
    requests.gateway[request] = queue.consumer;
    gateways.consume(request, queue.consumer, replica, seconds);
    if (this.policy.heartbeat) {
      timers.after(
        seconds,
        HEARTBEAT_SHARE * this.policy.visibilityTimeoutSeconds,
        TIMER.heartbeat,
        request,
      );
    }
  }

  /** A consumer says that it still works on its message. */
  onHeartbeat(request: number, seconds: number): void {
    const { requests, timers } = this.parts;
    if (requests.attempt[request] === NONE) return;
    const index = this.indexOf(request);
    const { messages } = this.queues[index]!;
    if (this.reachesQueue(request)) messages.extend(request, seconds);
    timers.after(
      seconds,
      HEARTBEAT_SHARE * this.policy.visibilityTimeoutSeconds,
      TIMER.heartbeat,
      request,
    );
    this.parts.onChange(index, messages.nextSeconds);
  }

  /** Whether one of those that work on a message is not cut off. */
  private reachesQueue(request: number): boolean {
    const { store, requests, replicas } = this.parts;
    let slot = requests.attempt[request]!;
    while (slot !== NONE && replicas.isCut(store.replica[slot]!)) slot = store.sibling[slot]!;
    return slot !== NONE;
  }

  /** The last attempt at a message is lost: a consumer that was told to go has given it back. */
  onLost(request: number, isGivenBack: boolean, seconds: number): void {
    const index = this.indexOf(request);
    this.parts.requests.waitingSeconds[request] = seconds;
    if (!isGivenBack) return;
    this.queues[index]!.messages.release(request, seconds);
    this.pump(index, seconds);
  }

  /** An attempt has the answer: the others go on for nothing. */
  onDone(request: number, slot: number): void {
    const { store, requests } = this.parts;
    const index = this.indexOf(request);
    const { messages } = this.queues[index]!;
    messages.delete(request);
    for (let other = requests.attempt[request]!; other !== NONE; other = store.sibling[other]!) {
      if (other !== slot) store.mark(other, ATTEMPT.ghost);
    }
    this.parts.onChange(index, messages.nextSeconds);
  }

  /** Its client has given up: the message, if there is one, is of no use any more. */
  forget(request: number, seconds: number): void {
    const { requests, recorder } = this.parts;
    const index = this.indexOf(request);
    const since = requests.waitingSeconds[request]!;
    if (!Number.isNaN(since)) recorder.waited(request, since, seconds);
    requests.waitingSeconds[request] = Number.NaN;
    const queue = this.queues[index]!;
    const { messages } = queue;
    const before = messages.deleted;
    messages.delete(request);
    queue.unwanted += messages.deleted - before;
    this.parts.onChange(index, messages.nextSeconds);
  }

  /** A message that no replica could ever hold is taken out. */
  drop(request: number, reason: number, seconds: number): void {
    const queue = this.queues[this.indexOf(request)]!;
    queue.messages.delete(request);
    queue.unfit++;
    this.parts.clients.end(request, reason, seconds);
  }

  /** Ends the requests whose messages are too old, or were received too often. */
  private endLost(queue: RegionQueue, seconds: number): void {
    for (;;) {
      const expired = queue.messages.takeExpired();
      const dead = expired === NONE ? queue.messages.takeDeadLetter() : NONE;
      const request = expired === NONE ? dead : expired;
      if (request === NONE) return;
      this.giveUp(request, expired === NONE ? REASON["dead-lettered"] : REASON.expired, seconds);
    }
  }

  private giveUp(request: number, reason: number, seconds: number): void {
    const { store, requests, recorder, clients } = this.parts;
    const since = requests.waitingSeconds[request]!;
    if (!Number.isNaN(since)) recorder.waited(request, since, seconds);
    for (let slot = requests.attempt[request]!; slot !== NONE; slot = store.sibling[slot]!) {
      store.mark(slot, ATTEMPT.ghost);
    }
    clients.touch(request);
    clients.end(request, reason, seconds);
  }

  setAvailable(region: number, isAvailable: boolean, seconds: number): void {
    for (const [index, queue] of this.queues.entries()) {
      if (queue.region !== region) continue;
      queue.messages.isAvailable = isAvailable;
      if (isAvailable) this.advance(index, seconds);
    }
  }

  /** Messages that a pool's consumers could pull, and those that they have. */
  depthOf(pool: number): number {
    const index = this.queueFor(this.regionOfPool[pool]!, this.modelOfPool[pool]!);
    if (index === NONE) return 0;
    const { messages } = this.queues[index]!;
    return messages.visible + messages.inFlight;
  }

  /** What the queues of each region have seen. */
  records(): QueueRecord[] {
    const regions = [...new Set(this.queues.map(({ region }) => region))].sort((a, b) => a - b);
    return regions.map((region) => {
      const own = this.queues.filter((queue) => queue.region === region);
      const sum = (of: (queue: MessageQueue) => number): number =>
        own.reduce((total, { messages }) => total + of(messages), 0);
      const unfit = own.reduce((total, queue) => total + queue.unfit, 0);
      const unwanted = own.reduce((total, queue) => total + queue.unwanted, 0);
      return {
        region,
        sent: sum((queue) => queue.sent),
        received: sum((queue) => queue.received),
        completed: sum((queue) => queue.deleted) - unfit - unwanted,
        deadLettered: sum((queue) => queue.deadLettered) + unfit,
        expired: sum((queue) => queue.expired) + unwanted,
        left: sum((queue) => queue.visible + queue.inFlight),
        deepest: sum((queue) => queue.deepest),
        oldestSeconds: Math.max(...own.map(({ oldestSeconds }) => oldestSeconds)),
      };
    });
  }
}
