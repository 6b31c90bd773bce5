/**
 * One replica: continuous batching as vLLM v1 schedules it, with the closed form of a run of decode steps.
 *
 * At every step boundary the scheduler (1) gives each decoding request the block for its next token and, when
 * there is none, preempts the most recent admission; (2) goes on with the prompts it was in the middle of;
 * (3) unless it preempted, admits waiting requests in order, as chunks within the token budget. Between two
 * *interesting* boundaries (a finish, a window passed, blocks run out, an arrival that could be admitted)
 * nothing is decided and step times grow linearly, so the replica jumps: T(K) = K·a + b·K(K−1)/2. This is
 * exact for the model; the step-by-step oracle it is tested against is in test/support/.
 *
 * Not here: where requests come from and go to (simulate.ts), and seconds per step (step-time.ts).
 */

import { InvariantViolation } from "../foundation/errors";
import type { PrefixChain } from "../traffic/request-source";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import { DecodeBatch } from "./decode-batch";
import { KvPool } from "./kv-pool";
import type { RunObserver } from "./observer";
import type { PoolRun } from "./pool-run";
import { runSeconds, segmentOf, stepsUntil, wholeBlocks, windowedPairs } from "./run-arithmetic";
import { WaitingQueue } from "./waiting-queue";

/** Whom a replica tells. Called at the simulated time `seconds` of the event. */
export interface ReplicaListener {
  /** A request leaves the waiting queue for the batch: for the first time, after a preemption, or a transfer. */
  onScheduled(slot: number, seconds: number): void;
  onFinished(slot: number, seconds: number): void;
  /** A prefill replica has the first token; the KV stays until `releaseTransferred`. */
  onPrefilled(slot: number, seconds: number): void;
  /** A watched attempt (`isWatched` of the store) has its first token. */
  onFirstToken(slot: number, seconds: number): void;
  /** A cancelled attempt has left the engine, at the first boundary after its cancellation. */
  onCancelled(slot: number, seconds: number): void;
}

/** Admission numbers are unique over the run: they order members and tell stale heap entries. */
export interface AdmissionCounter {
  next: number;
}

const NONE = -1;
type Phase = "idle" | "waking" | "decoding" | "mixed";

export class Replica {
  readonly index: number;
  readonly pool: PoolRun;
  kv: KvPool;
  /** End of the current step or run of steps; Infinity when idle. */
  nextEventSeconds = Number.POSITIVE_INFINITY;
  /** Requests sent here and not over: waiting and running. */
  outstanding = 0;

  private readonly store: AttemptStore;
  private readonly listener: ReplicaListener;
  private readonly observer: RunObserver | undefined;
  private readonly admissions: AdmissionCounter;
  private readonly priorityOf: Int32Array;
  private readonly batch: DecodeBatch;
  private readonly waiting: WaitingQueue;

  private phase: Phase = "idle";
  /** Each step takes so many times its time: a throttled or ailing accelerator. */
  private slowdown = 1;
  /** Cancelled while running: they leave at the next boundary, as an engine aborts between two steps. */
  private readonly cancelled: number[] = [];
  /** Blocks in use at `blocksSince`. */
  private blocksInUse = 0;
  private blocksSince = 0;

  // The current run: `runSteps` steps of runFirst + j·runGrowth seconds from `runStart`
  private runStart = 0;
  private runSteps = 0;
  private runFirst = 0;
  private runGrowth = 0;
  /** Whether a request that arrives now could be admitted at the next boundary. */
  private isOpen = true;
  /**
   * The head of the queue was refused for KV while part of its cached prefix lay in the free queue. Losing
   * that part makes its first chunk smaller, so each boundary must be looked at.
   */
  private isHeadPartlyCached = false;
  /** Tokens past the token clock for which the decoding requests have their blocks. */
  private allocatedTokens = 0;

  // Prefill in the current step
  /** Requests in the middle of their prompt between steps, in the order of admission. */
  private readonly partials: number[] = [];
  private partialCount = 0;
  /** While the scheduler goes on with partial prompts, chunk i is that of partial i. */
  private chunks = 0;
  private readonly chunkSlots: number[] = [];
  private readonly chunkTokens: number[] = [];
  /** Whether the scheduler has preempted at this boundary. */
  private hasPreempted = false;
  /** Transferred requests that join in this step: their first gap is not a step long. */
  private readonly joined: number[] = [];
  /** Cache nodes that the prompt being admitted found: scratch. */
  private readonly hitNodes: number[] = [];

  constructor(
    index: number,
    pool: PoolRun,
    store: AttemptStore,
    context: {
      readonly listener: ReplicaListener;
      readonly observer: RunObserver | undefined;
      readonly admissions: AdmissionCounter;
      /** By workload: 0 is the most urgent. */
      readonly priorityOf: Int32Array;
      readonly priorityLevels: number;
    },
  ) {
    this.index = index;
    this.pool = pool;
    this.store = store;
    this.listener = context.listener;
    this.observer = context.observer;
    this.admissions = context.admissions;
    this.priorityOf = context.priorityOf;
    const settings = pool.settings;
    this.kv = new KvPool(settings.geometry.blocks, settings.isPrefixCaching);
    this.batch = new DecodeBatch(store, settings, context.priorityOf.length);
    this.waiting = new WaitingQueue(settings.isPriorityScheduling ? context.priorityLevels : 1);
  }

  /** Decoding requests and those in the middle of their prompt. */
  get running(): number {
    return this.batch.size + this.partialCount;
  }

  get waitingRequests(): number {
    return this.waiting.length;
  }

  /**
   * Share of KV blocks in use by running requests at `seconds`, which is not before the last boundary: what a scrape
   * then sees, however far the replica has jumped.
   */
  kvUtilizationAt(seconds: number): number {
    const { free, blocks } = this.kv;
    return 1 - (free - this.blocksTakenBy(seconds)) / blocks;
  }

  /** Blocks that the steps of the current run after its first take, as far as they have begun at `seconds`. */
  private blocksTakenBy(seconds: number): number {
    if (this.phase !== "decoding") return 0;
    const begun = this.stepsEndedBy(seconds, this.nextEventSeconds) + 1;
    const tokens = this.batch.tokensIn(Math.min(begun, this.runSteps));
    return tokens > this.allocatedTokens
      ? this.batch.blocksBetween(this.allocatedTokens, tokens)
      : 0;
  }

  /** Whether a request of this size could ever run here. */
  canHold(inputTokens: number, outputTokens: number): boolean {
    const overshoot = this.pool.settings.tokensComputedPerStep - 1;
    return this.batch.blocksOf(inputTokens + outputTokens + overshoot) <= this.kv.blocks;
  }

  /** A request reaches the replica's queue. */
  enqueue(slot: number, seconds: number): void {
    this.outstanding++;
    this.store.targetTokens[slot] =
      this.store.inputTokens[slot]! + this.store.generatedTokens[slot]!;
    this.store.computedTokens[slot] = 0;
    this.store.queuedSeconds[slot] = seconds;
    this.waiting.pushBack(slot, this.priorityOf[this.store.workload[slot]!]!);
    this.wakeOrCut(seconds);
  }

  /**
   * Nobody waits for this attempt any more. It leaves at once when it waits (true); when it runs, at the next
   * step boundary, and `onCancelled` tells when.
   */
  cancel(slot: number, seconds: number): boolean {
    const isWaiting = this.waiting.remove(slot, this.priorityOf[this.store.workload[slot]!]!);
    if (isWaiting) this.outstanding--;
    else this.cancelled.push(slot);
    this.interrupt(seconds);
    return isWaiting;
  }

  /**
   * The replica is gone at `seconds`: all it held is lost, what it had generated by its last whole step is in
   * `generatedTokens`. It is then as new: idle and empty.
   *
   * @returns the slots of all attempts that waited or ran here; those whose KV is on its way are not among them
   */
  lose(seconds: number): number[] {
    this.settle(seconds);
    const { store, batch } = this;
    const lost: number[] = [];
    for (let i = 0; i < this.chunks; i++) lost.push(this.chunkSlots[i]!);
    for (let i = 0; i < this.partialCount; i++) {
      if (!lost.includes(this.partials[i]!)) lost.push(this.partials[i]!);
    }
    while (batch.tail !== NONE) {
      const slot = batch.tail;
      store.generatedTokens[slot]! += batch.clock - store.startClock[slot]!;
      batch.leaveEarly(slot);
      lost.push(slot);
    }
    while (this.waiting.length > 0) lost.push(this.waiting.popFront());
    for (const slot of lost) {
      store.admission[slot] = NONE;
      store.heldSegments[slot] = 0;
      store.heldNode[slot] = NONE;
      store.heldBlocks[slot] = 0;
    }
    this.kv = new KvPool(this.kv.blocks, this.kv.isCaching);
    this.accountBlocks(seconds);
    this.partialCount = 0;
    this.chunks = 0;
    this.joined.length = 0;
    this.cancelled.length = 0;
    this.isOpen = true;
    this.isHeadPartlyCached = false;
    this.outstanding = 0;
    this.phase = "idle";
    this.nextEventSeconds = Number.POSITIVE_INFINITY;
    return lost;
  }

  /** From the next step boundary on, every step takes `factor` times as long as the model says. */
  setSlowdown(factor: number, seconds: number): void {
    this.slowdown = factor;
    this.interrupt(seconds);
  }

  /** Forgets the cached prefixes that nobody uses. */
  clearPrefixCache(seconds: number): void {
    this.kv.forgetUnreferenced();
    this.interrupt(seconds);
  }

  /** The KV of a prefilled request has been read by its decode replica: its blocks are free. */
  releaseTransferred(slot: number, seconds: number): void {
    this.accountBlocks(seconds);
    this.freeBlocks(slot, this.batch.blocksOf(this.store.computedTokens[slot]!));
    this.accountBlocks(seconds);
    if (this.waiting.length > 0 || this.partialCount > 0) this.wakeOrCut(seconds);
  }

  /** Something changed at `seconds`: start when idle, otherwise end the run at the next boundary. */
  private wakeOrCut(seconds: number): void {
    if (this.phase === "idle") {
      this.phase = "waking";
      this.nextEventSeconds = seconds;
    } else if (this.phase === "decoding" && this.isOpen && this.runSteps > 1) {
      this.cutRun(seconds);
    }
  }

  /** Makes the scheduler look at the first boundary from `seconds` on, whatever it decided before. */
  private interrupt(seconds: number): void {
    if (this.phase === "idle") {
      if (this.waiting.length === 0 && this.cancelled.length === 0) return;
      this.phase = "waking";
      this.nextEventSeconds = seconds;
    } else if (this.phase === "decoding" && this.runSteps > 1) {
      this.cutRun(seconds);
    }
  }

  /** Ends the current run at the first step boundary at or after `seconds`. */
  private cutRun(seconds: number): void {
    const a = this.runFirst;
    const b = this.runGrowth;
    const steps = stepsUntil(a, b, seconds - this.runStart);
    if (steps < this.runSteps) {
      this.runSteps = steps;
      this.nextEventSeconds = this.runStart + runSeconds(a, b, steps);
    }
  }

  /** Completes what ends at `nextEventSeconds`. The scheduler runs next, in `schedule`. */
  finishRun(): void {
    const seconds = this.nextEventSeconds;
    if (this.phase === "decoding" || this.phase === "mixed") {
      this.measureRun(seconds);
      this.allocateRun();
      this.accountBlocks(seconds);
      this.completeDecodes(seconds);
      if (this.chunks > 0) this.completePrefills(seconds);
    } else {
      this.accountBlocks(seconds);
    }
    if (this.cancelled.length > 0) this.dropCancelled(seconds);
    this.phase = "waking";
  }

  /** Takes the cancelled attempts out that the last steps have not brought to their end. */
  private dropCancelled(seconds: number): void {
    const { store, batch } = this;
    for (const slot of this.cancelled) {
      if (store.admission[slot] === NONE) continue;
      const partial = this.partials.indexOf(slot);
      if (partial >= 0 && partial < this.partialCount) {
        this.partialCount--;
        this.partials.copyWithin(partial, partial + 1, this.partialCount + 1);
        this.freeBlocks(slot, this.blocksOfPrefill(slot, 0));
        store.admission[slot] = NONE;
      } else {
        const blocks = batch.blocksHeldBy(slot);
        batch.leaveEarly(slot);
        this.freeBlocks(slot, blocks);
      }
      this.outstanding--;
      this.listener.onCancelled(slot, seconds);
    }
    this.cancelled.length = 0;
  }

  private measureRun(seconds: number): void {
    const { pool, batch } = this;
    let prefillTokens = 0;
    for (let i = 0; i < this.chunks; i++) prefillTokens += this.chunkTokens[i]!;
    this.measureSteps(seconds, prefillTokens);
    if (this.observer !== undefined) {
      this.observer.onStep(
        pool.index,
        this.index,
        this.runStart,
        seconds,
        this.runSteps,
        batch.size,
        prefillTokens,
        this.kv.blocks - this.kv.free,
        this.waiting.length,
      );
    }
  }

  /** Adds the steps of the run that ends at `seconds` as far as they end within the measured window. */
  private measureSteps(seconds: number, prefillTokens: number): void {
    const { pool } = this;
    if (this.runStart >= pool.measureFrom && seconds <= pool.measureTo) {
      pool.busySeconds += seconds - this.runStart;
      this.countSteps(0, this.runSteps, prefillTokens);
      return;
    }
    pool.busySeconds += pool.measuredSeconds(this.runStart, seconds);
    const before = this.stepsEndedBy(pool.measureFrom, seconds);
    const steps = this.stepsEndedBy(pool.measureTo, seconds) - before;
    if (steps > 0) this.countSteps(before, steps, prefillTokens);
  }

  /** Counts `steps` steps of the run after the first `before`. */
  private countSteps(before: number, steps: number, prefillTokens: number): void {
    const { pool, batch } = this;
    pool.steps += steps;
    pool.requestSteps += steps * (batch.size + this.chunks);
    pool.prefillTokens += prefillTokens;
    pool.decodeTokens += steps * batch.size * pool.settings.tokensGainedPerStep;
    if (batch.size > 0) this.measureGaps(before, steps);
  }

  /** Steps of the current run, which ends at `end`, that are over at `seconds`. */
  private stepsEndedBy(seconds: number, end: number): number {
    if (seconds >= end) return this.runSteps;
    const elapsed = seconds - this.runStart;
    if (elapsed < this.runFirst) return 0;
    const steps = stepsUntil(this.runFirst, this.runGrowth, elapsed);
    return runSeconds(this.runFirst, this.runGrowth, steps) > elapsed ? steps - 1 : steps;
  }

  /** Inter-token gaps of `steps` steps after the first `before`: each decoding request has one per step. */
  private measureGaps(before: number, steps: number): void {
    const first = this.runFirst + before * this.runGrowth;
    const counts = this.batch.sizeByWorkload;
    for (let workload = 0; workload < counts.length; workload++) {
      let count = counts[workload]!;
      for (let i = 0; i < this.joined.length; i++) {
        if (this.store.workload[this.joined[i]!] === workload) count--;
      }
      if (count > 0) {
        this.pool.itlSeconds[workload]!.addSequence(first, this.runGrowth, steps, count);
      }
    }
  }

  private measureGap(slot: number, seconds: number): void {
    if (!this.pool.isMeasured(seconds)) return;
    const gap = seconds - this.store.lastTokenSeconds[slot]!;
    this.pool.itlSeconds[this.store.workload[slot]!]!.add(gap);
  }

  /** Takes the blocks of the steps after the first, whose blocks `schedule` took. */
  private allocateRun(): void {
    const batch = this.batch;
    if (batch.size === 0) return;
    const tokens = batch.tokensIn(this.runSteps);
    if (tokens > this.allocatedTokens) {
      this.kv.allocate(batch.blocksBetween(this.allocatedTokens, tokens));
      this.allocatedTokens = tokens;
    }
  }

  private completeDecodes(seconds: number): void {
    const batch = this.batch;
    if (batch.size === 0) return;
    if (this.joined.length > 0) this.measureJoined(seconds);
    batch.advance(this.runSteps);
    for (;;) {
      const slot = batch.popFinished();
      if (slot === NONE) break;
      this.finish(slot, seconds, batch.blocksHeldBy(slot), true);
    }
  }

  private measureJoined(seconds: number): void {
    for (const slot of this.joined) this.measureGap(slot, seconds);
    this.joined.length = 0;
  }

  private completePrefills(seconds: number): void {
    const store = this.store;
    for (let i = 0; i < this.chunks; i++) {
      const slot = this.chunkSlots[i]!;
      const computed = store.computedTokens[slot]! + this.chunkTokens[i]!;
      store.computedTokens[slot] = computed;
      if (computed === store.targetTokens[slot]!) this.completePrompt(slot, computed, seconds);
    }
    this.chunks = 0;
  }

  /** All of a prompt is computed: it has its next token, and goes on to decode unless that was the last. */
  private completePrompt(slot: number, computed: number, seconds: number): void {
    const store = this.store;
    if (Number.isNaN(store.firstTokenSeconds[slot]!)) {
      store.firstTokenSeconds[slot] = seconds;
      if (store.has(slot, ATTEMPT.watched)) this.listener.onFirstToken(slot, seconds);
    } else {
      this.measureGap(slot, seconds);
    }
    store.lastTokenSeconds[slot] = seconds;
    const generated = ++store.generatedTokens[slot]!;
    const remaining = store.outputTokens[slot]! - generated;
    if (remaining === 0) this.finish(slot, seconds, this.batch.blocksOf(computed), false);
    else if (this.pool.settings.role !== "prefill") this.batch.join(slot, computed, remaining);
    else this.handOver(slot, seconds);
  }

  /** A prefill replica is done with a request but for its KV. */
  private handOver(slot: number, seconds: number): void {
    this.outstanding--;
    this.store.admission[slot] = NONE;
    this.listener.onPrefilled(slot, seconds);
  }

  private finish(slot: number, seconds: number, blocks: number, isDecoding: boolean): void {
    if (isDecoding) {
      if (this.kv.isCaching) this.publishUpTo(slot, this.batch.contextOf(slot));
      this.batch.leave(slot);
    }
    this.store.admission[slot] = NONE;
    this.freeBlocks(slot, blocks);
    this.outstanding--;
    this.listener.onFinished(slot, seconds);
  }

  /** Gives back all blocks of a request, the deepest first, so that shared beginnings live longest. */
  private freeBlocks(slot: number, blocks: number): void {
    const store = this.store;
    this.kv.release(blocks - store.heldBlocks[slot]!);
    if (store.heldSegments[slot] === 0) return;
    this.kv.dereferenceChain(store.heldNode[slot]!);
    store.heldSegments[slot] = 0;
    store.heldNode[slot] = NONE;
    store.heldBlocks[slot] = 0;
  }

  /** Decides what the next step computes and how long the run from `seconds` lasts. Comes after `finishRun`. */
  schedule(seconds: number): void {
    this.hasPreempted = false;
    this.isHeadPartlyCached = false;
    this.makeRoomForDecodes(seconds);
    const hasStalled = this.partialCount > 0 && !this.continuePartials(seconds);
    const settings = this.pool.settings;
    let budget = this.budgetLeft();
    const mayAdmit = this.waiting.length > 0 && !this.hasPreempted && !hasStalled;
    if (mayAdmit) budget = this.admit(budget, seconds);
    // Between steps without a chunk there are no partial prompts: only an idle replica lets one wait.
    this.isOpen =
      budget > 0 &&
      this.running < settings.maxSequences &&
      (this.waiting.length === 0 || settings.isPriorityScheduling);
    this.blocksInUse = this.kv.blocks - this.kv.free;
    this.startRun(seconds, this.hasPreempted);
  }

  /** Tokens of the coming step that neither a decode nor a chunk has taken. */
  private budgetLeft(): number {
    const settings = this.pool.settings;
    let left = settings.tokenBudget - this.batch.size * settings.tokensComputedPerStep;
    for (let i = 0; i < this.chunks; i++) left -= this.chunkTokens[i]!;
    return left;
  }

  /** Allocates the blocks of the next step's decodes, preempting while there are too few. */
  private makeRoomForDecodes(seconds: number): void {
    const batch = this.batch;
    const tokens = batch.tokensIn(1);
    this.allocatedTokens = 0;
    while (batch.size > 0) {
      const needed = batch.blocksBetween(0, tokens);
      if (needed <= this.kv.free) {
        this.kv.allocate(needed);
        break;
      }
      this.preempt(this.victim(), seconds);
    }
    this.allocatedTokens = tokens;
  }

  /**
   * The most recent admission among the running requests; under priority scheduling among the least urgent.
   */
  private victim(): number {
    const { batch, partials, priorityOf } = this;
    const isPriority = this.pool.settings.isPriorityScheduling;
    let victim = isPriority ? batch.leastUrgent(priorityOf) : batch.tail;
    for (let i = 0; i < this.partialCount; i++) {
      if (victim === NONE || this.isPreemptedBefore(partials[i]!, victim)) victim = partials[i]!;
    }
    return victim;
  }

  private isPreemptedBefore(slot: number, other: number): boolean {
    const { store, priorityOf } = this;
    if (this.pool.settings.isPriorityScheduling) {
      const urgency = priorityOf[store.workload[slot]!]!;
      const otherUrgency = priorityOf[store.workload[other]!]!;
      if (urgency !== otherUrgency) return urgency > otherUrgency;
    }
    return store.admission[slot]! > store.admission[other]!;
  }

  /** Recompute preemption: the victim loses its KV and its part in the coming step, and waits at the front. */
  private preempt(victim: number, seconds: number): void {
    const { store, batch } = this;
    for (let i = 0; i < this.partialCount; i++) {
      if (this.partials[i] !== victim) continue;
      this.preemptPartial(i, seconds);
      return;
    }
    const gained = batch.clock - store.startClock[victim]!;
    const blocks = batch.blocksOf(batch.contextOf(victim) + this.allocatedTokens);
    store.generatedTokens[victim]! += gained;
    store.lastTokenSeconds[victim] = seconds;
    batch.leaveEarly(victim);
    this.requeue(victim, blocks, seconds);
  }

  private preemptPartial(index: number, seconds: number): void {
    const slot = this.partials[index]!;
    const chunk = index < this.chunks ? this.chunkTokens[index]! : 0;
    const blocks = this.blocksOfPrefill(slot, chunk);
    this.partialCount--;
    for (let i = index; i < this.partialCount; i++) this.partials[i] = this.partials[i + 1]!;
    if (index < this.chunks) {
      this.chunks--;
      for (let i = index; i < this.chunks; i++) {
        this.chunkSlots[i] = this.chunkSlots[i + 1]!;
        this.chunkTokens[i] = this.chunkTokens[i + 1]!;
      }
    }
    this.store.admission[slot] = NONE;
    this.requeue(slot, blocks, seconds);
  }

  private requeue(slot: number, blocks: number, seconds: number): void {
    const store = this.store;
    store.queuedSeconds[slot] = seconds;
    this.freeBlocks(slot, blocks);
    store.computedTokens[slot] = 0;
    store.targetTokens[slot] = store.inputTokens[slot]! + store.generatedTokens[slot]!;
    store.preemptions[slot]!++;
    this.pool.preemptions++;
    this.hasPreempted = true;
    this.waiting.pushFront(slot, this.priorityOf[store.workload[slot]!]!);
  }

  /**
   * Blocks of a request in the middle of its prompt: those of its computed tokens and of `chunk` more, or of
   * its cached prefix.
   */
  private blocksOfPrefill(slot: number, chunk: number): number {
    const blocks = this.batch.blocksOf(this.store.computedTokens[slot]! + chunk);
    return Math.max(blocks, this.store.heldBlocks[slot]!);
  }

  /**
   * Gives every partial prompt its next chunk, oldest first; says whether all have one. The only running
   * request is not preempted for want of blocks: it waits for those whose KV is on its way elsewhere.
   */
  private continuePartials(seconds: number): boolean {
    const { store, kv } = this;
    const { chunkTokensMax } = this.pool.settings;
    while (this.chunks < this.partialCount) {
      const slot = this.partials[this.chunks]!;
      const rest = store.targetTokens[slot]! - store.computedTokens[slot]!;
      const tokens = Math.min(rest, chunkTokensMax, this.budgetLeft());
      if (tokens <= 0) break;
      const needed = this.blocksOfPrefill(slot, tokens) - this.blocksOfPrefill(slot, 0);
      let victim = NONE;
      while (needed > kv.free && this.running > 1 && victim !== slot) {
        victim = this.victim();
        this.preempt(victim, seconds);
      }
      if (victim === slot) continue;
      if (needed > kv.free) break;
      kv.allocate(needed);
      this.addChunk(slot, tokens);
    }
    const haveAll = this.chunks === this.partialCount;
    this.publishChunks();
    return haveAll;
  }

  /** Publishes what the chunks of partial prompts will have computed; prompts that they finish are partial no more. */
  private publishChunks(): void {
    const { store, partials } = this;
    const count = this.partialCount;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const slot = partials[i]!;
      const computed = store.computedTokens[slot]! + (i < this.chunks ? this.chunkTokens[i]! : 0);
      // Not before now: a chunk could be preempted again, and its KV never be computed.
      if (i < this.chunks) this.publishUpTo(slot, computed);
      if (computed < store.targetTokens[slot]!) partials[kept++] = slot;
    }
    this.partialCount = kept;
  }

  private addChunk(slot: number, tokens: number): void {
    this.chunkSlots[this.chunks] = slot;
    this.chunkTokens[this.chunks] = tokens;
    this.chunks++;
  }

  /** Admits waiting requests in order until one does not fit; returns what is left of the budget. */
  private admit(budget: number, seconds: number): number {
    const settings = this.pool.settings;
    let left = budget;
    let running = this.batch.size + this.chunks;
    while (
      this.waiting.length > 0 &&
      left > 0 &&
      running < settings.maxSequences &&
      this.partialCount < settings.partialPromptsMax
    ) {
      const slot = this.waiting.front;
      const taken =
        this.store.isTransferred[slot] === 1
          ? this.admitTransferred(slot, left)
          : this.admitPrompt(slot, left);
      if (taken === 0) break;
      this.waiting.popFront();
      left -= taken;
      running++;
      this.listener.onScheduled(slot, seconds);
    }
    return left;
  }

  /** Admits a prompt, reusing what the prefix cache holds of it; returns the tokens it computes, 0 if it cannot. */
  private admitPrompt(slot: number, budget: number): number {
    const { store, kv, batch } = this;
    const { geometry, chunkTokensMax, isPrefillChunked } = this.pool.settings;
    const target = store.targetTokens[slot]!;
    const prefix = kv.isCaching ? store.prefix[slot] : undefined;
    const hits = prefix === undefined ? 0 : this.findHits(prefix, target);
    const hitTokens =
      hits === 0 ? 0 : wholeBlocks(prefix!.endTokens[hits - 1]!, geometry.blockTokens);
    // At least one token is computed, so that there are logits to sample from.
    const computed = Math.min(hitTokens, wholeBlocks(target - 1, geometry.blockTokens));
    const toCompute = target - computed;
    const tokens = Math.min(toCompute, chunkTokensMax, budget);
    if (tokens < toCompute && !isPrefillChunked) return 0;
    const hitBlocks = batch.blocksOf(hitTokens);
    const needed = Math.max(0, batch.blocksOf(computed + tokens) - hitBlocks);
    const freeHits = hits === 0 ? 0 : this.freeBlocksOfHits(hits);
    if (needed + freeHits > kv.free) {
      this.isHeadPartlyCached = freeHits > 0;
      return 0;
    }
    if (hits > 0) this.holdHits(slot, hits, hitBlocks);
    kv.allocate(needed);
    store.computedTokens[slot] = computed;
    store.admission[slot] = this.admissions.next++;
    if (store.preemptions[slot] === 0) this.countPrompt(slot, target, computed);
    this.addChunk(slot, tokens);
    if (prefix !== undefined) this.publishUpTo(slot, computed + tokens);
    if (computed + tokens < target) this.partials[this.partialCount++] = slot;
    return tokens;
  }

  /** Counts what the cache has of a prompt at its first schedule. */
  private countPrompt(slot: number, target: number, cached: number): void {
    const { store, pool } = this;
    // It goes on from where a lost replica has left it.
    if (store.generatedTokens[slot]! > 0) return;
    store.cachedTokens[slot] = cached;
    pool.promptTokens += target;
    pool.cachedTokens += cached;
  }

  /** Finds the leading segments of a prompt of `target` tokens that are cached, as nodes in `hitNodes`. */
  private findHits(prefix: PrefixChain, target: number): number {
    const { blockTokens } = this.pool.settings.geometry;
    let hits = 0;
    for (; hits < prefix.length; hits++) {
      const end = wholeBlocks(prefix.endTokens[hits]!, blockTokens);
      const node = end <= target ? this.kv.find(prefix.ids[hits]!) : NONE;
      if (node === NONE) break;
      this.hitNodes[hits] = node;
    }
    return hits;
  }

  private freeBlocksOfHits(hits: number): number {
    let blocks = 0;
    for (let i = 0; i < hits; i++) blocks += this.kv.freeBlocksOf(this.hitNodes[i]!);
    return blocks;
  }

  /** Takes references on the cached segments that were found: they hold `blocks`. */
  private holdHits(slot: number, hits: number, blocks: number): void {
    const { store, hitNodes } = this;
    let parent = NONE;
    for (let i = 0; i < hits; i++) {
      this.kv.reference(hitNodes[i]!, parent);
      parent = hitNodes[i]!;
    }
    store.heldSegments[slot] = hits;
    store.heldNode[slot] = parent;
    store.heldBlocks[slot] = blocks;
  }

  /** Admits a request whose prompt was computed elsewhere: it decodes in this very step. */
  private admitTransferred(slot: number, budget: number): number {
    const { store, batch } = this;
    const settings = this.pool.settings;
    // The token that the prefill has sampled is not computed yet.
    const context = store.inputTokens[slot]! + store.generatedTokens[slot]! - 1;
    const computed = settings.tokensComputedPerStep;
    if (budget < computed || batch.blocksOf(context + computed) > this.kv.free) return 0;
    this.kv.allocate(batch.blocksOf(context + batch.tokensIn(1)));
    store.isTransferred[slot] = 0;
    store.admission[slot] = this.admissions.next++;
    batch.join(slot, context, store.outputTokens[slot]! - store.generatedTokens[slot]!);
    this.joined.push(slot);
    return settings.tokensComputedPerStep;
  }

  /** Puts the segments of the prefix that lie within `tokens` into the cache, or shares those already there. */
  private publishUpTo(slot: number, tokens: number): void {
    const prefix = this.store.prefix[slot];
    if (prefix === undefined || !this.kv.isCaching) return;
    if (this.store.heldSegments[slot]! < prefix.length) this.publish(slot, prefix, tokens);
  }

  private publish(slot: number, prefix: PrefixChain, tokens: number): void {
    const { store } = this;
    const blockTokens = this.pool.settings.geometry.blockTokens;
    let held = store.heldSegments[slot]!;
    while (held < prefix.length) {
      const end = wholeBlocks(prefix.endTokens[held]!, blockTokens);
      if (end > tokens) break;
      const upTo = this.batch.blocksOf(end);
      const blocks = upTo - store.heldBlocks[slot]!;
      const parent = store.heldNode[slot]!;
      let node = this.kv.find(prefix.ids[held]!);
      if (node === NONE) {
        node = this.kv.publish(prefix.ids[held]!, blocks, parent);
      } else {
        this.kv.release(blocks);
        this.kv.reference(node, parent);
      }
      held++;
      store.heldSegments[slot] = held;
      store.heldNode[slot] = node;
      store.heldBlocks[slot] = upTo;
    }
  }

  private startRun(seconds: number, hasPreempted: boolean): void {
    this.runStart = seconds;
    this.runSteps = 1;
    if (this.chunks > 0) {
      this.phase = "mixed";
      this.paceMixedStep();
    } else if (this.batch.size > 0) {
      this.phase = "decoding";
      const { context } = this.pool.settings.stepTime;
      const segment = segmentOf(context.start, this.batch.contextTokens);
      this.paceDecodes(segment);
      const isJump = !hasPreempted && !this.isHeadPartlyCached && this.joined.length === 0;
      if (isJump) this.runSteps = this.stepsAhead(segment);
    } else {
      this.rest();
      return;
    }
    if (!(this.runFirst > 0 && this.runFirst < Number.POSITIVE_INFINITY)) this.refusePace();
    this.nextEventSeconds = seconds + runSeconds(this.runFirst, this.runGrowth, this.runSteps);
  }

  private refusePace(): never {
    throw new InvariantViolation("a step takes a positive time", {
      seconds: this.runFirst,
      batch: this.batch.size,
    });
  }

  private rest(): void {
    this.phase = "idle";
    this.nextEventSeconds = Number.POSITIVE_INFINITY;
    if (this.waiting.length > 0 && this.kv.free === this.kv.blocks) {
      throw new InvariantViolation("an idle replica has nothing that it could run", {
        replica: this.index,
        pool: this.pool.index,
        waiting: this.waiting.length,
      });
    }
  }

  /** Seconds of the first decode step from now, and what each step after it takes more. */
  private paceDecodes(segment: number): void {
    const { batch, pool, slowdown } = this;
    const { stepTime, tokensGainedPerStep } = pool.settings;
    const perToken =
      stepTime.context.slope[segment]! * batch.size +
      stepTime.windowSecondsPerToken * batch.withinWindow;
    const ways = pool.contextWays(batch.size);
    const contextSeconds = this.contextSeconds(segment) / ways;
    this.runFirst = (pool.decodeSeconds(batch.size) + contextSeconds) * slowdown;
    this.runGrowth = ((tokensGainedPerStep * perToken) / ways) * slowdown;
  }

  /** Seconds of the context term of the decoding requests now, on one part. */
  private contextSeconds(segment: number): number {
    const { context, windowSecondsPerToken } = this.pool.settings.stepTime;
    return (
      context.intercept[segment]! +
      context.slope[segment]! * this.batch.contextTokens +
      windowSecondsPerToken * this.batch.windowTokens
    );
  }

  /** Seconds of a step that computes chunks beside its decodes. */
  private paceMixedStep(): void {
    const { store, batch, pool } = this;
    const { stepTime } = pool.settings;
    let tokens = 0;
    let pairs = 0;
    let windowPairs = 0;
    for (let i = 0; i < this.chunks; i++) {
      const chunk = this.chunkTokens[i]!;
      const before = store.computedTokens[this.chunkSlots[i]!]!;
      tokens += chunk;
      pairs += chunk * (before + chunk / 2);
      windowPairs += windowedPairs(before, chunk, stepTime.windowTokens);
    }
    let seconds = stepTime.mixedSeconds(batch.size, this.chunks, tokens, pairs, windowPairs);
    if (batch.size > 0) {
      const segment = segmentOf(stepTime.context.start, batch.contextTokens);
      seconds += this.contextSeconds(segment) / pool.contextWays(batch.size);
    }
    this.runFirst = seconds * this.slowdown;
    this.runGrowth = 0;
  }

  /** How many steps nothing is decided in, and the linear form holds. At least 1. */
  private stepsAhead(segment: number): number {
    const { batch, kv } = this;
    const settings = this.pool.settings;
    let steps = batch.stepsToNextMark();
    if (steps > settings.stepsPerRunMax) steps = settings.stepsPerRunMax;
    const nextStart = settings.stepTime.context.start[segment + 1];
    if (nextStart !== undefined) {
      const perStep = batch.size * settings.tokensGainedPerStep;
      steps = Math.min(steps, Math.ceil((nextStart - batch.contextTokens) / perStep));
    }
    const tokens = batch.tokensIn(steps) - this.allocatedTokens;
    if (batch.blocksAtMost(tokens) > kv.free) steps = this.stepsWithinBlocks(steps);
    return Math.max(1, steps);
  }

  /** Most of `steps` steps for which there are blocks. */
  private stepsWithinBlocks(steps: number): number {
    const { batch, kv } = this;
    const fits = (count: number): boolean =>
      batch.blocksBetween(this.allocatedTokens, batch.tokensIn(count)) <= kv.free;
    if (fits(steps)) return steps;
    let low = 1;
    let high = steps;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Adds the time since the last call to ∫ blocks in use dt; within a run blocks grow about linearly. */
  private accountBlocks(seconds: number): void {
    const inUse = this.kv.blocks - this.kv.free;
    if (seconds > this.blocksSince) {
      this.pool.addBlocks(this.blocksSince, seconds, this.blocksInUse, inUse);
      this.blocksSince = seconds;
    }
    this.blocksInUse = inUse;
  }

  /** The run of the simulation is cut off at `seconds`: measures what of the current steps is over by then. */
  close(seconds: number): void {
    this.settle(seconds);
    this.accountBlocks(seconds);
  }

  /** Brings the replica to the last step boundary at or before `seconds`, in the middle of a run. */
  private settle(seconds: number): void {
    if (this.phase === "decoding" || this.phase === "mixed") {
      const ended = this.stepsEndedBy(seconds, this.nextEventSeconds);
      const steps = Math.min(ended, this.runSteps - 1);
      if (steps > 0) {
        this.runSteps = steps;
        const boundary = this.runStart + runSeconds(this.runFirst, this.runGrowth, steps);
        this.measureRun(boundary);
        this.allocateRun();
        this.accountBlocks(boundary);
        this.batch.advance(steps);
        this.pool.busySeconds += this.pool.measuredSeconds(boundary, seconds);
      } else {
        this.pool.busySeconds += this.pool.measuredSeconds(this.runStart, seconds);
      }
    }
  }

  /** Free blocks counted anew, and those that running requests hold: for tests of conservation. */
  recountBlocks(): { free: number; referenced: number; counted: number } {
    return { ...this.kv.recount(), counted: this.kv.free };
  }
}
