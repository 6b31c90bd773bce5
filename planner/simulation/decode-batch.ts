/**
 * The decoding requests of one replica as aggregates: how many, the sum of their contexts, who is next to
 * finish, and how many KV blocks they will need after so many more tokens. O(1) or O(block size) per run of
 * steps, never O(batch).
 *
 * All of them gain the same tokens in a step, so one token clock serves the whole batch: `clock(step)` =
 * ⌊step · tokensGainedPerStep⌋. A request that needs r more tokens finishes when the clock has advanced by
 * r; a context modulo the block size is a constant relative to the clock, so a histogram of these constants
 * gives the blocks needed over any number of tokens. The clock grows without bound and is a float; what is
 * taken modulo the block size is kept as small whole numbers, for which that is fast.
 */

import { FlatHeap } from "../foundation/flat-heap";
import type { AttemptStore } from "./attempt-store";
import type { EngineSettings } from "./pool-run";

const NONE = -1;

export class DecodeBatch {
  /** Decoding requests. */
  size = 0;
  /** Σ context tokens, by expectation under speculative decoding. */
  contextTokens = 0;
  /** Σ min(context, window of the step-time model). */
  windowTokens = 0;
  /** Requests whose context is still within that window. */
  withinWindow = 0;
  /** Steps since the start of the run in which something decoded, and the token clock after them. */
  step = 0;
  clock = 0;
  /** Running order: oldest admission first. */
  tail = NONE;
  private head = NONE;
  readonly sizeByWorkload: Int32Array;

  private readonly store: AttemptStore;
  private readonly gain: number;
  private readonly blockTokens: number;
  private readonly timeWindow: number;
  /** Tokens of the KV window, and the context beyond which a request holds all of its window's blocks. */
  private readonly kvWindow: number;
  private readonly kvWindowFull: number;
  private readonly fullGroups: number;
  private readonly windowGroups: number;
  /** By (context − clock) mod block size: requests that grow in all KV groups, and in the full ones only. */
  private readonly residues: Int32Array;
  private readonly residuesPastWindow: Int32Array;
  private pastWindow = 0;
  /** The token clock modulo the block size. */
  private clockResidue = 0;
  /** Whether a mark may be that of a member that has left before it. */
  private hasStaleMarks = false;
  /** Whether there is a window that a context can pass. */
  private readonly hasWindows: boolean;
  /** By token clock: slot at which a request has all its output; ~slot where it fills its KV window. */
  private readonly marks = new FlatHeap(64);
  /** By step: slot whose context passes the window of the step-time model. */
  private readonly windowMarks = new FlatHeap(4);

  constructor(store: AttemptStore, settings: EngineSettings, workloads: number) {
    this.store = store;
    this.gain = settings.tokensGainedPerStep;
    this.blockTokens = settings.geometry.blockTokens;
    this.timeWindow = settings.stepTime.windowTokens;
    this.kvWindow = settings.geometry.windowTokens;
    this.kvWindowFull = this.kvWindow - this.blockTokens;
    this.hasWindows = Math.min(this.timeWindow, this.kvWindow) < Number.POSITIVE_INFINITY;
    this.fullGroups = settings.geometry.fullGroups;
    this.windowGroups = settings.geometry.windowGroups;
    this.residues = new Int32Array(this.blockTokens);
    this.residuesPastWindow = new Int32Array(this.blockTokens);
    this.sizeByWorkload = new Int32Array(workloads);
  }

  /** Token clock after `step` steps. */
  private clockAt(step: number): number {
    return this.gain === 1 ? step : Math.floor(step * this.gain + 1e-9);
  }

  /** Tokens that every member gains in the next `steps` steps. */
  tokensIn(steps: number): number {
    return this.gain === 1 ? steps : this.clockAt(this.step + steps) - this.clock;
  }

  /** KV blocks of a context of `tokens`. */
  blocksOf(tokens: number): number {
    const blocks = this.wholeBlocksOf(tokens);
    if (this.windowGroups === 0) return this.fullGroups * blocks;
    const windowed = Math.min(blocks, this.kvWindow / this.blockTokens);
    return this.fullGroups * blocks + this.windowGroups * windowed;
  }

  /** Blocks of one group that `tokens` fill, the last in part. */
  private wholeBlocksOf(tokens: number): number {
    return ((tokens + this.blockTokens - 1) / this.blockTokens) | 0;
  }

  /** KV tokens of a member now. */
  contextOf(slot: number): number {
    const store = this.store;
    return store.startContext[slot]! + ((this.clock - store.startClock[slot]!) | 0);
  }

  /** KV blocks that a member holds now, shared ones included. */
  blocksHeldBy(slot: number): number {
    const blocks = this.wholeBlocksOf(this.contextOf(slot));
    if (this.store.isPastKvWindow[slot] === 0) {
      return (this.fullGroups + this.windowGroups) * blocks;
    }
    return this.fullGroups * blocks + (this.windowGroups * this.kvWindow) / this.blockTokens;
  }

  /** Blocks that the batch takes while the token clock goes from `from` to `to` tokens past what it is now. */
  blocksBetween(from: number, to: number): number {
    const size = this.blockTokens;
    const tokens = to - from;
    const whole = (tokens / size) | 0;
    const rest = tokens - whole * size;
    // A context with key k needs its next block when the clock passes −k modulo the block size.
    let key = size - 1 - ((this.clockResidue + from + size - 1) % size);
    const first = key;
    let all = whole * (this.size - this.pastWindow);
    for (let i = 0; i < rest; i++) {
      all += this.residues[key]!;
      if (--key < 0) key = size - 1;
    }
    const blocks = all * (this.fullGroups + this.windowGroups);
    if (this.pastWindow === 0) return blocks;
    return blocks + this.fullGroups * this.requestsPastWindow(first, whole, rest);
  }

  /** How often one past its KV window needs a block: `whole` times round the histogram, and `rest` from `first` on. */
  private requestsPastWindow(first: number, whole: number, rest: number): number {
    let count = whole * this.pastWindow;
    for (let i = 0, key = first; i < rest; i++) {
      count += this.residuesPastWindow[key]!;
      if (--key < 0) key = this.blockTokens - 1;
    }
    return count;
  }

  /** No more than the blocks of `blocksBetween`, in O(1). */
  blocksAtMost(tokens: number): number {
    return this.size * (this.fullGroups + this.windowGroups) * this.wholeBlocksOf(tokens);
  }

  /** Adds a request whose KV holds `contextTokens` and which needs `remaining` more tokens. */
  join(slot: number, contextTokens: number, remaining: number): void {
    const store = this.store;
    const clock = this.clock;
    store.startContext[slot] = contextTokens;
    store.startClock[slot] = clock;
    store.startStep[slot] = this.step;
    store.residue[slot] = (contextTokens + this.blockTokens - this.clockResidue) % this.blockTokens;
    this.size++;
    this.sizeByWorkload[store.workload[slot]!]!++;
    this.contextTokens += contextTokens;
    this.marks.push(clock + remaining, store.admission[slot]!, slot);
    this.windowTokens += contextTokens;
    this.withinWindow++;
    this.residues[store.residue[slot]!]!++;
    store.isPastTimeWindow[slot] = 0;
    store.isPastKvWindow[slot] = 0;
    if (this.hasWindows) this.joinWindows(slot, contextTokens, remaining);
    this.link(slot);
  }

  /** Puts a member into the running order: admissions before it may join after it, at the end of their step. */
  private link(slot: number): void {
    const store = this.store;
    const admission = store.admission[slot]!;
    let before = this.tail;
    while (before !== NONE && store.admission[before]! > admission)
      before = store.previous[before]!;
    const after = before === NONE ? this.head : store.next[before]!;
    store.previous[slot] = before;
    store.next[slot] = after;
    if (before === NONE) this.head = slot;
    else store.next[before] = slot;
    if (after === NONE) this.tail = slot;
    else store.previous[after] = slot;
  }

  /** A context may be past a window, or pass it before the request's end. */
  private joinWindows(slot: number, contextTokens: number, remaining: number): void {
    const admission = this.store.admission[slot]!;
    const tokensToPass = this.timeWindow - contextTokens;
    if (tokensToPass <= 0) {
      this.passTimeWindow(slot);
    } else if (tokensToPass < remaining) {
      this.windowMarks.push(this.step + Math.ceil(tokensToPass / this.gain), admission, slot);
    }
    const tokensToFull = this.kvWindowFull + 1 - contextTokens;
    if (tokensToFull <= 0) this.fillKvWindow(slot);
    else if (tokensToFull < remaining) this.marks.push(this.clock + tokensToFull, admission, ~slot);
  }

  /** Takes back for a member that leaves what it was counted as past its windows. */
  private leaveWindows(slot: number, expectedContext: number): void {
    const { store } = this;
    if (store.isPastTimeWindow[slot] === 1) {
      this.windowTokens += expectedContext - this.timeWindow;
      this.withinWindow++;
    }
    if (store.isPastKvWindow[slot] === 1) {
      this.residues[store.residue[slot]!]!++;
      this.residuesPastWindow[store.residue[slot]!]!--;
      this.pastWindow--;
    }
  }

  /** Takes a member out before its end; its marks turn stale with its admission number. */
  leaveEarly(slot: number): void {
    this.leave(slot);
    this.hasStaleMarks = true;
  }

  /** Takes a member that `popFinished` has named out of all aggregates. */
  leave(slot: number): void {
    const store = this.store;
    const expectedContext =
      store.startContext[slot]! + this.gain * (this.step - store.startStep[slot]!);
    this.size--;
    this.sizeByWorkload[store.workload[slot]!]!--;
    this.contextTokens -= expectedContext;
    this.windowTokens -= expectedContext;
    this.withinWindow--;
    this.residues[store.residue[slot]!]!--;
    if (this.hasWindows) this.leaveWindows(slot, expectedContext);
    if (this.size === 0) {
      // Speculative gains are fractions: drop what rounding left.
      this.contextTokens = 0;
      this.windowTokens = 0;
    }
    const previous = store.previous[slot]!;
    const next = store.next[slot]!;
    if (previous === NONE) this.head = next;
    else store.next[previous] = next;
    if (next === NONE) this.tail = previous;
    else store.previous[next] = previous;
    store.admission[slot] = NONE;
  }

  /** Least urgent member, the latest admitted among equals. */
  leastUrgent(priorityOf: Int32Array): number {
    const store = this.store;
    let chosen = NONE;
    for (let slot = this.head; slot !== NONE; slot = store.next[slot]!) {
      if (
        chosen === NONE ||
        priorityOf[store.workload[slot]!]! >= priorityOf[store.workload[chosen]!]!
      ) {
        chosen = slot;
      }
    }
    return chosen;
  }

  /** Steps until the next member finishes or passes a window: no aggregate changes its slope before. */
  stepsToNextMark(): number {
    if (this.hasStaleMarks) this.dropStaleMarks();
    const byClock = this.marks.topKey;
    const steps = this.gain === 1 ? (byClock - this.step) | 0 : this.stepsToClock(byClock);
    return this.hasWindows ? Math.min(steps, this.windowMarks.topKey - this.step) : steps;
  }

  /** Fewest steps, at least 1, after which the token clock is at `clock` or past it. */
  private stepsToClock(clock: number): number {
    let steps = Math.max(1, Math.ceil((clock - 1e-9) / this.gain) - this.step);
    while (steps > 1 && this.clockAt(this.step + steps - 1) >= clock) steps--;
    while (this.clockAt(this.step + steps) < clock) steps++;
    return steps;
  }

  /** Moves `steps` steps on. Members whose mark is reached are then taken one by one with `popFinished`. */
  advance(steps: number): void {
    this.clockResidue = (this.clockResidue + this.tokensIn(steps)) % this.blockTokens;
    this.step += steps;
    this.clock = this.clockAt(this.step);
    this.contextTokens += steps * this.gain * this.size;
    this.windowTokens += steps * this.gain * this.withinWindow;
    if (this.hasWindows) this.passTimeWindows();
  }

  private passTimeWindows(): void {
    const marks = this.windowMarks;
    while (marks.size > 0 && marks.topKey <= this.step) {
      if (!this.isTopStale(marks)) this.passTimeWindow(marks.topValue);
      marks.pop();
    }
  }

  /** Next member that has all its output, or -1. Members that fill their KV window on the way change class. */
  popFinished(): number {
    const marks = this.marks;
    while (marks.size > 0 && marks.topKey <= this.clock) {
      const isStale = this.hasStaleMarks && this.isTopStale(marks);
      const value = marks.pop();
      if (isStale) continue;
      if (value >= 0) return value;
      this.fillKvWindow(~value);
    }
    return NONE;
  }

  private fillKvWindow(slot: number): void {
    const key = this.store.residue[slot]!;
    this.residues[key]!--;
    this.residuesPastWindow[key]!++;
    this.pastWindow++;
    this.store.isPastKvWindow[slot] = 1;
  }

  private passTimeWindow(slot: number): void {
    const store = this.store;
    const expectedContext =
      store.startContext[slot]! + this.gain * (this.step - store.startStep[slot]!);
    this.windowTokens += this.timeWindow - expectedContext;
    this.withinWindow--;
    store.isPastTimeWindow[slot] = 1;
  }

  private isTopStale(heap: FlatHeap): boolean {
    const value = heap.topValue;
    return this.store.admission[value >= 0 ? value : ~value] !== heap.topOrder;
  }

  private dropStaleMarks(): void {
    this.dropStale(this.marks);
    this.dropStale(this.windowMarks);
    this.hasStaleMarks = this.marks.size + this.windowMarks.size > 0;
  }

  private dropStale(heap: FlatHeap): void {
    while (heap.size > 0 && this.isTopStale(heap)) heap.pop();
  }
}
