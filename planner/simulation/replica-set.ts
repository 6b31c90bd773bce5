/**
 * All replicas of a run and what they are at: absent, provisioned, starting, ready, draining or down. Faults hold
 * replicas down, slow them or cut them off; scaling and repair start them, with a cold start; what each pool has ready
 * and pays for is integrated here. What a replica computes is replica.ts; who sends to it, and what becomes of
 * attempts that are lost, is the listener's.
 */
import type { ResolvedFleet, ResolvedPool } from "../fleet/resolved-fleet";
import { RandomStream } from "../foundation/random";
import { WinnerTree } from "../foundation/winner-tree";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { ColdStarts } from "./autoscaling/cold-start";
import { PaidReplicas } from "./paid-replicas";
import type { Recorder } from "./recorder";
import type { Replica } from "./replica";
import { TIMER, type Timers } from "./timers";

/** Whom the set tells. */
export interface ReplicaSetListener {
  /** The cluster lists a replica as ready, or no longer. */
  onListed(replica: number, isListed: boolean, seconds: number): void;
  /** An attempt went with its replica; `isPlanned` when the replica had been told to go. */
  onLost(slot: number, seconds: number, isPlanned: boolean): void;
  /** Before that: all that the replica held is gone. */
  onReplicaLost(replica: number): void;
}

const STATE = { absent: 0, provisioning: 1, starting: 2, ready: 3, draining: 4, down: 5 } as const;

/**
 * Until the cluster takes a crashed replica out of its endpoints: the kubelet sees the container end at once, and
 * endpoint slices follow within about a second.
 */
const CRASH_DELIST_SECONDS = 1;
/** Until it notices that a node is gone: `--node-monitor-grace-period` of Kubernetes, 50 s since 1.32 (40 s before). */
const NODE_DELIST_SECONDS = 50;

export class ReplicaSet {
  /** Of each replica; changes whenever its timers mean nothing any more. */
  readonly stamp: Int32Array<ArrayBuffer>;
  readonly replicas: readonly Replica[];
  readonly events: WinnerTree;
  /** First replica of each pool, and the number of all at the end. */
  readonly poolStart: Int32Array;
  private readonly fleet: ResolvedFleet;
  private readonly store: AttemptStore;
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly listener: ReplicaSetListener;
  private readonly coldStarts: readonly ColdStarts[];
  private readonly state: Uint8Array;
  private readonly isWanted: Uint8Array;
  private readonly isListed: Uint8Array;
  /** Faults that keep it down, that cut it off, and whether the node went with it. */
  private readonly holds: Int32Array;
  private readonly cuts: Int32Array;
  private readonly hasLostNode: Uint8Array;
  private readonly isDoomed: Uint8Array;
  private readonly slowFactor: Float64Array;
  private readonly delays: Float64Array;
  /** Of the start under way: from its node on. */
  private readonly startSeconds: Float64Array;
  private readonly ready: Int32Array;
  private readonly paid: readonly PaidReplicas[];
  private readonly wanted: Int32Array;

  constructor(
    fleet: ResolvedFleet,
    seed: number,
    parts: {
      readonly replicas: readonly Replica[];
      readonly poolStart: Int32Array;
      readonly store: AttemptStore;
      readonly timers: Timers;
      readonly recorder: Recorder;
      readonly listener: ReplicaSetListener;
    },
  ) {
    const count = parts.replicas.length;
    const pools = fleet.pools.length;
    this.fleet = fleet;
    this.replicas = parts.replicas;
    this.poolStart = parts.poolStart;
    this.store = parts.store;
    this.timers = parts.timers;
    this.recorder = parts.recorder;
    this.listener = parts.listener;
    this.events = new WinnerTree(count);
    this.coldStarts = fleet.pools.map(
      (pool) => new ColdStarts(pool, new RandomStream(seed, `${pool.name}/cold-start`)),
    );
    this.stamp = new Int32Array(count);
    this.state = new Uint8Array(count);
    this.isWanted = new Uint8Array(count);
    this.isListed = new Uint8Array(count);
    this.holds = new Int32Array(count);
    this.cuts = new Int32Array(count);
    this.hasLostNode = new Uint8Array(count);
    this.isDoomed = new Uint8Array(count);
    this.slowFactor = new Float64Array(count).fill(1);
    this.delays = new Float64Array(count);
    this.startSeconds = new Float64Array(count);
    this.ready = new Int32Array(pools);
    this.paid = fleet.pools.map((pool) => new PaidReplicas(pool));
    this.wanted = new Int32Array(pools);
  }

  /** Puts the replicas that the fleet starts with in place, warm and ready. */
  begin(): void {
    for (const [index, pool] of this.fleet.pools.entries()) {
      const from = this.poolStart[index]!;
      this.wanted[index] = pool.replicas;
      // What is committed is paid before anything runs.
      this.recorder.poolChanged(index, 0, 0, this.paid[index]!);
      for (let replica = from; replica < this.poolStart[index + 1]!; replica++) {
        const isThere = replica - from < pool.replicas;
        this.isWanted[replica] = isThere ? 1 : 0;
        this.isListed[replica] = isThere ? 1 : 0;
        if (isThere) this.enter(replica, STATE.ready, 0);
        else this.listener.onListed(replica, false, 0);
      }
    }
  }

  // What is asked of it

  poolOf(replica: number): ResolvedPool {
    return this.fleet.pools[this.replicas[replica]!.pool.index]!;
  }

  /** Whether it answers: alive, and past its start. */
  isServing(replica: number): boolean {
    const state = this.state[replica];
    return state === STATE.ready || state === STATE.draining;
  }

  /** Whether it takes new work by itself: ready, and not on its way out. */
  isReady(replica: number): boolean {
    return this.state[replica] === STATE.ready;
  }

  /** Whether the cluster lists it, so that gateways send to it and check it: also for a while after its end. */
  isEndpoint(replica: number): boolean {
    return this.isListed[replica] === 1;
  }

  isCut(replica: number): boolean {
    return this.cuts[replica]! > 0;
  }

  /** Whether whoever connects to the dead replica gets no answer at all: its machine is gone too. */
  isSilent(replica: number): boolean {
    return this.hasLostNode[replica] === 1;
  }

  /** Network delay that faults add on the way to a replica and back. */
  delaySeconds(replica: number): number {
    return this.delays[replica]!;
  }

  readyReplicas(pool: number): number {
    return this.ready[pool]!;
  }

  wantedReplicas(pool: number): number {
    return this.wanted[pool]!;
  }

  // Attempts

  /** Gives an attempt to a replica that serves. */
  send(slot: number, replica: number, seconds: number): void {
    const target = this.replicas[replica]!;
    this.store.replica[slot] = replica;
    this.store.pool[slot] = target.pool.index;
    this.store.mark(slot, ATTEMPT.onReplica);
    target.enqueue(slot, seconds);
    this.events.set(replica, target.nextEventSeconds);
  }

  /** Nobody waits for the attempt any more: true when it is gone, false when it leaves at the next boundary. */
  cancel(slot: number, seconds: number): boolean {
    const replica = this.store.replica[slot]!;
    const target = this.replicas[replica]!;
    const isGone = target.cancel(slot, seconds);
    this.events.set(replica, target.nextEventSeconds);
    return isGone;
  }

  /** A replica that drains may be done. */
  settle(replica: number, seconds: number): void {
    if (this.state[replica] !== STATE.draining) return;
    // Prompts that are computed keep their KV until it has been sent to where they are decoded.
    const target = this.replicas[replica]!;
    if (target.outstanding === 0 && target.kvUtilizationAt(seconds) === 0) {
      this.goDown(replica, seconds);
    }
  }

  // Scaling

  /** Wants so many replicas of a pool from now on: starts some, the lowest first, or drains the highest. */
  want(pool: number, count: number, seconds: number): void {
    const from = this.poolStart[pool]!;
    const to = this.poolStart[pool + 1]!;
    this.wanted[pool] = count;
    let have = 0;
    for (let replica = from; replica < to; replica++) have += this.isWanted[replica]!;
    for (let replica = from; replica < to && have < count; replica++) {
      if (this.isWanted[replica] === 1) continue;
      have++;
      this.isWanted[replica] = 1;
      this.revive(replica, seconds);
    }
    const { absent, down, provisioning, starting, draining, ready } = STATE;
    // Those first of which least is lost; one that drains anyway does not come back.
    for (const state of [absent, down, provisioning, starting, draining, ready]) {
      for (let replica = to - 1; replica >= from && have > count; replica--) {
        if (this.isWanted[replica] === 0 || this.state[replica] !== state) continue;
        have--;
        this.isWanted[replica] = 0;
        if (state === ready) this.drain(replica, seconds, this.drainSeconds);
        else if (state !== absent && state !== draining) this.goDown(replica, seconds);
      }
    }
  }

  private get drainSeconds(): number {
    return this.fleet.policies.draining.timeoutSeconds;
  }

  /** Takes no new requests, finishes what it has within `within` seconds, and goes. */
  drain(replica: number, seconds: number, within: number): void {
    if (this.state[replica] !== STATE.ready) return;
    this.enter(replica, STATE.draining, seconds);
    this.list(replica, false, seconds);
    this.timers.at(seconds + within, TIMER.drainOver, replica);
    this.settle(replica, seconds);
  }

  /** Its machine will be taken: it drains, and nothing starts there until `release`. */
  condemn(replica: number, seconds: number, within: number): void {
    this.holds[replica]!++;
    const state = this.state[replica];
    const isComing = state === STATE.provisioning || state === STATE.starting;
    if (isComing) this.enter(replica, STATE.down, seconds);
    else this.drain(replica, seconds, within);
  }

  // Faults

  /** Something takes the replica down, and keeps it down until `release`. */
  hold(replica: number, seconds: number, takesNode: boolean): void {
    this.holds[replica]!++;
    this.crash(replica, seconds, takesNode);
  }

  release(replica: number, seconds: number): void {
    this.holds[replica]!--;
    if (this.isWanted[replica] === 1) this.revive(replica, seconds);
  }

  /** The replica is gone; it starts again unless something holds it down. */
  crash(replica: number, seconds: number, takesNode: boolean): void {
    const state = this.state[replica]!;
    if (takesNode) this.hasLostNode[replica] = 1;
    if (state === STATE.absent || state === STATE.down) return;
    const wasServing = this.isServing(replica);
    const isPlanned = state === STATE.draining;
    this.enter(replica, STATE.down, seconds);
    if (wasServing) this.loseAttempts(replica, seconds, isPlanned);
    if (this.isListed[replica] === 1) {
      const delay = takesNode ? NODE_DELIST_SECONDS : CRASH_DELIST_SECONDS;
      this.timers.at(seconds + delay, TIMER.replicaDelisted, replica);
    }
    if (this.holds[replica] === 0 && this.isWanted[replica] === 1) this.revive(replica, seconds);
  }

  /** The step that was decided has a poisonous request in it: the replica's last. */
  doom(replica: number): void {
    this.isDoomed[replica] = 1;
  }

  /**
   * A step is through: true when a poisonous request has killed the replica in it, and nothing of the step is left.
   * Not before its end: requests that are migrated would kill one replica after the other in no time at all.
   */
  hasCrashed(replica: number, seconds: number): boolean {
    if (this.isDoomed[replica] === 0) return false;
    this.crash(replica, seconds, false);
    return true;
  }

  cut(replica: number): void {
    this.cuts[replica]!++;
  }

  mend(replica: number): void {
    this.cuts[replica]!--;
  }

  /** Every step takes `factor` times as long, on top of what other faults do. */
  slowDown(replica: number, factor: number, seconds: number): void {
    this.slowFactor[replica]! *= factor;
    // Factors that come and go must leave exactly 1.
    if (Math.abs(this.slowFactor[replica]! - 1) < 1e-12) this.slowFactor[replica] = 1;
    this.replicas[replica]!.setSlowdown(this.slowFactor[replica]!, seconds);
    this.events.set(replica, this.replicas[replica]!.nextEventSeconds);
  }

  addDelay(replica: number, addedSeconds: number): void {
    this.delays[replica]! = Math.max(0, this.delays[replica]! + addedSeconds);
  }

  clearPrefixCache(replica: number, seconds: number): void {
    const target = this.replicas[replica]!;
    target.clearPrefixCache(seconds);
    this.events.set(replica, target.nextEventSeconds);
  }

  /** A timer of a replica is due. */
  onTimer(kind: number, replica: number, seconds: number): void {
    if (kind === TIMER.replicaReady) this.goOn(replica, seconds);
    else if (kind === TIMER.replicaDelisted) this.list(replica, false, seconds);
    else this.goDown(replica, seconds);
  }

  /** Starts a replica that nothing holds down and that is not there. */
  private revive(replica: number, seconds: number): void {
    const state = this.state[replica];
    if (this.holds[replica]! > 0 || (state !== STATE.absent && state !== STATE.down)) return;
    this.list(replica, false, seconds);
    const { nodeSeconds, startSeconds } =
      this.coldStarts[this.replicas[replica]!.pool.index]!.next();
    this.startSeconds[replica] = startSeconds;
    const isNewNode = state === STATE.absent || this.hasLostNode[replica] === 1;
    if (!isNewNode) {
      this.goOn(replica, seconds);
      return;
    }
    this.enter(replica, STATE.provisioning, seconds);
    this.timers.at(seconds + nodeSeconds, TIMER.replicaReady, replica);
  }

  /** The node is there, or the replica has started. */
  private goOn(replica: number, seconds: number): void {
    if (this.state[replica] !== STATE.starting) {
      this.hasLostNode[replica] = 0;
      this.enter(replica, STATE.starting, seconds);
      this.timers.at(seconds + this.startSeconds[replica]!, TIMER.replicaReady, replica);
      return;
    }
    this.enter(replica, STATE.ready, seconds);
    this.list(replica, true, seconds);
  }

  /** Leaves the fleet, or is taken by its drain's end: what is left on it is lost. */
  private goDown(replica: number, seconds: number): void {
    const wasDraining = this.state[replica] === STATE.draining;
    const isWanted = this.isWanted[replica] === 1;
    // A dead one may still be listed.
    this.list(replica, false, seconds);
    this.enter(replica, isWanted ? STATE.down : STATE.absent, seconds);
    if (wasDraining) this.loseAttempts(replica, seconds, true);
    if (isWanted) this.revive(replica, seconds);
  }

  private loseAttempts(replica: number, seconds: number, isPlanned: boolean): void {
    const lost = this.replicas[replica]!.lose(seconds);
    this.events.set(replica, Number.POSITIVE_INFINITY);
    this.isDoomed[replica] = 0;
    this.listener.onReplicaLost(replica);
    for (const slot of lost) {
      this.store.unmark(slot, ATTEMPT.onReplica);
      this.listener.onLost(slot, seconds, isPlanned);
    }
  }

  private list(replica: number, isListed: boolean, seconds: number): void {
    if ((this.isListed[replica] === 1) === isListed) return;
    this.isListed[replica] = isListed ? 1 : 0;
    this.listener.onListed(replica, isListed, seconds);
  }

  /** Changes the state, and what the pool has ready and pays for. */
  private enter(replica: number, state: number, seconds: number): void {
    const pool = this.replicas[replica]!.pool.index;
    const before = this.state[replica]!;
    this.state[replica] = state;
    this.stamp[replica]!++;
    this.ready[pool]! += Number(state === STATE.ready) - Number(before === STATE.ready);
    const change = Number(isPaid(state)) - Number(isPaid(before));
    this.paid[pool]!.count(replica - this.poolStart[pool]!, change);
    this.recorder.poolChanged(pool, seconds, this.ready[pool]!, this.paid[pool]!);
    const isDown = before === STATE.ready && state === STATE.down;
    // Those that the fleet starts with are there without a start.
    if (isDown || (state === STATE.ready && before !== STATE.absent)) {
      const kind = isDown ? "replica-down" : "replica-ready";
      this.recorder.control({ seconds, kind, replica, pool });
    }
  }
}

/** A node is billed from the moment that the cloud has given it until it is given back or gone. */
function isPaid(state: number): boolean {
  return state === STATE.starting || state === STATE.ready || state === STATE.draining;
}
