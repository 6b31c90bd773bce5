/**
 * All attempts in flight: an attempt is one try of a request, on its way through a gateway or on a replica. What the
 * client wants, over all its attempts, is in request-table.ts.
 */
import type { PrefixChain } from "../traffic/request-source";
import { ColumnTable } from "./column-table";

const NONE = -1;

/** What may be true of an attempt. */
export const ATTEMPT = {
  /** Nobody waits for it: it holds its place until the engine is done with it. */
  ghost: 1,
  /** Made by a gateway after one that failed; a second one beside a first. */
  retry: 2,
  hedge: 4,
  /** Waits at the gateway for a connection; its connection is being tried. */
  pending: 8,
  connecting: 16,
  /** The engine has it, waiting or running; its KV is on the way; its answer cannot get through now. */
  onReplica: 32,
  moving: 64,
  held: 128,
  /** Its first token is to be told. */
  watched: 256,
  /** Its first token cannot get through now. */
  muted: 512,
} as const;

export class AttemptStore extends ColumnTable {
  /** The request that it is a try of; meaningless once it is a ghost. */
  request = new Int32Array(0);
  /** Next attempt of the same request, or −1. */
  sibling = new Int32Array(0);

  // What is to be computed
  inputTokens = new Int32Array(0);
  outputTokens = new Int32Array(0);
  workload = new Int32Array(0);
  readonly prefix: (PrefixChain | undefined)[] = [];

  // Where it is
  /** Replica it is on, and its pool; −1 before it is sent to one. */
  replica = new Int32Array(0);
  pool = new Int32Array(0);
  /** Gateway process that sent it, or −1. */
  gateway = new Int32Array(0);
  /** Pool and replica that the gateway counts it at: those of the prefill when decoding runs apart. */
  entryPool = new Int32Array(0);
  entryReplica = new Int32Array(0);
  /** When it was sent; added network delay of both ways. */
  sentSeconds = new Float64Array(0);
  delaySeconds = new Float64Array(0);

  // Progress
  /** Output tokens sent so far; only brought up to date when the attempt leaves the decode batch. */
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
  /** Admission number on its replica: the running order; −1 while it does not run. */
  admission = new Int32Array(0);
  /** Token clock and step number of the replica when it began to decode, and its context then. */
  startClock = new Float64Array(0);
  startStep = new Float64Array(0);
  startContext = new Int32Array(0);
  /** Its context less the token clock, modulo the block size. */
  residue = new Int32Array(0);
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

  /** A slot for a new attempt; the caller writes what is to be computed. */
  acquire(): number {
    const slot = this.take();
    this.replica[slot] = NONE;
    this.pool[slot] = NONE;
    this.generatedTokens[slot] = 0;
    this.cachedTokens[slot] = 0;
    this.heldSegments[slot] = 0;
    this.heldNode[slot] = NONE;
    this.heldBlocks[slot] = 0;
    this.preemptions[slot] = 0;
    this.isTransferred[slot] = 0;
    this.admission[slot] = NONE;
    this.queuedSeconds[slot] = Number.NaN;
    this.firstScheduledSeconds[slot] = Number.NaN;
    this.firstTokenSeconds[slot] = Number.NaN;
    return slot;
  }

  release(slot: number): void {
    this.prefix[slot] = undefined;
    this.giveBack(slot);
  }

  /** Slots that are in use, ghosts included. */
  liveSlots(): number[] {
    return this.live();
  }

  protected growObjects(from: number, to: number): void {
    for (let slot = from; slot < to; slot++) this.prefix.push(undefined);
  }
}
