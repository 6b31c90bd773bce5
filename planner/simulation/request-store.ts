/**
 * All requests in flight, as a struct of arrays: a request is an index (a slot), reused when it is over,
 * so that memory follows the number in flight and not the number simulated.
 */
import type { PrefixChain } from "../traffic/request-source";

export class RequestStore {
  /** Slots in use. */
  inFlight = 0;
  private capacity = 0;
  private readonly vacant: number[] = [];

  // What the client sent
  arrivalSeconds = new Float64Array(0);
  inputTokens = new Int32Array(0);
  outputTokens = new Int32Array(0);
  workload = new Int32Array(0);
  tenant = new Int32Array(0);
  origin = new Int32Array(0);
  client = new Int32Array(0);
  /** Running number over the whole run, for per-request rows. */
  serial = new Float64Array(0);
  readonly prefix: (PrefixChain | undefined)[] = [];

  // Where it is
  /** Replica it is on, and its pool; -1 before it is sent to one. */
  replica = new Int32Array(0);
  pool = new Int32Array(0);
  /** Metrics cell: workload × tenant × pool of the first replica. */
  cell = new Int32Array(0);

  // Progress
  /** Output tokens sent so far; only brought up to date when the request leaves the decode batch. */
  generatedTokens = new Int32Array(0);
  /** Prefill: tokens whose KV is there, and how many must be before the next output token. */
  computedTokens = new Int32Array(0);
  targetTokens = new Int32Array(0);
  /** Input tokens found in the prefix cache at the first schedule. */
  cachedTokens = new Int32Array(0);
  /** Leading segments of its prefix that it holds references on, the cache node of the last, and their blocks. */
  heldSegments = new Int32Array(0);
  heldNode = new Int32Array(0);
  heldBlocks = new Int32Array(0);
  preemptions = new Int32Array(0);
  /** 1 when the KV of the prompt arrives from a prefill replica. */
  isTransferred = new Uint8Array(0);

  // Decoding
  /** Admission number on its replica: the running order. */
  admission = new Float64Array(0);
  /** Token clock and step number of the replica when it began to decode, and its context then. */
  startClock = new Float64Array(0);
  startStep = new Float64Array(0);
  startContext = new Int32Array(0);
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** 1 once its context is past the window of the step-time model, and of the KV geometry. */
  isPastTimeWindow = new Uint8Array(0);
  isPastKvWindow = new Uint8Array(0);

  // Times
  /** Since when it is in a waiting queue; NaN while it is in none. */
  queuedSeconds = new Float64Array(0);
  firstScheduledSeconds = new Float64Array(0);
  firstTokenSeconds = new Float64Array(0);
  lastTokenSeconds = new Float64Array(0);

  /** A slot for a new request; the caller writes what the client sent. */
  acquire(): number {
    if (this.vacant.length === 0) this.grow();
    const slot = this.vacant.pop()!;
    this.inFlight++;
    this.generatedTokens[slot] = 0;
    this.cachedTokens[slot] = 0;
    this.heldSegments[slot] = 0;
    this.heldNode[slot] = -1;
    this.heldBlocks[slot] = 0;
    this.preemptions[slot] = 0;
    this.isTransferred[slot] = 0;
    this.queuedSeconds[slot] = Number.NaN;
    this.firstScheduledSeconds[slot] = Number.NaN;
    this.firstTokenSeconds[slot] = Number.NaN;
    this.replica[slot] = -1;
    this.pool[slot] = -1;
    return slot;
  }

  release(slot: number): void {
    this.prefix[slot] = undefined;
    this.vacant.push(slot);
    this.inFlight--;
  }

  /** Slots that are in use, in order of arrival. */
  liveSlots(): number[] {
    const isVacant = new Uint8Array(this.capacity);
    for (const slot of this.vacant) isVacant[slot] = 1;
    const live: number[] = [];
    for (let slot = 0; slot < this.capacity; slot++) if (isVacant[slot] === 0) live.push(slot);
    return live.sort((a, b) => this.serial[a]! - this.serial[b]!);
  }

  private grow(): void {
    const from = this.capacity;
    const capacity = Math.max(1024, from * 2);
    for (const [name, column] of Object.entries(this)) {
      if (column instanceof Float64Array) this.replace(name, new Float64Array(capacity), column);
      else if (column instanceof Int32Array) this.replace(name, new Int32Array(capacity), column);
      else if (column instanceof Uint8Array) this.replace(name, new Uint8Array(capacity), column);
    }
    for (let slot = from; slot < capacity; slot++) this.prefix.push(undefined);
    for (let slot = capacity - 1; slot >= from; slot--) this.vacant.push(slot);
    this.capacity = capacity;
  }

  private replace<Column extends Float64Array | Int32Array | Uint8Array>(
    name: string,
    wider: Column,
    column: Column,
  ): void {
    wider.set(column);
    Object.assign(this, { [name]: wider });
  }
}
