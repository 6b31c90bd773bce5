/**
 * What is to happen at a later time and may be over before: timeouts, backoffs, waits outside the fleet, and events of
 * replicas. A timer of a request carries the request's stamp at the time; once that has changed the timer means
 * nothing and is dropped unseen. Timers with a fixed delay are kept in a line each, in which they come in order of
 * time; the others in a heap.
 */
import { FlatHeap } from "../foundation/flat-heap";

/** Kinds of timers. Up to LAST_OF_REQUEST the subject is a request, then a replica (with a stamp of its own). */
export const TIMER = {
  /** The current attempt has had its whole time, or its time to the first token. */
  attemptTimeout: 0,
  firstTokenTimeout: 1,
  hedge: 2,
  clientRetry: 3,
  gatewayRetry: 4,
  waitStepOver: 5,
  /** A connection attempt is given up. */
  connectFailed: 6,
  gatewayQueueTimeout: 7,
  heartbeat: 8,
  /** Time of replicas. */
  replicaReady: 16,
  replicaDelisted: 17,
  drainOver: 18,
} as const;

const LAST_OF_REQUEST = 15;
/** A timer's kind and subject as one number. */
const KIND_BITS = 5;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** Stamps of the subjects, read at any time: the tables grow. */
export interface Stamps {
  readonly requests: { readonly stamp: Int32Array };
  readonly replicas: { readonly stamp: Int32Array<ArrayBuffer> };
}

/** Timers of one fixed delay, in order of time. */
class DelayLine {
  length = 0;
  private head = 0;
  private seconds = new Float64Array(256);
  private codes = new Int32Array(256);
  private stamps = new Int32Array(256);

  get topSeconds(): number {
    return this.seconds[this.head]!;
  }

  get topCode(): number {
    return this.codes[this.head]!;
  }

  get topStamp(): number {
    return this.stamps[this.head]!;
  }

  push(seconds: number, code: number, stamp: number): void {
    if (this.length === this.seconds.length) this.grow();
    const at = (this.head + this.length++) & (this.seconds.length - 1);
    this.seconds[at] = seconds;
    this.codes[at] = code;
    this.stamps[at] = stamp;
  }

  drop(): void {
    this.head = (this.head + 1) & (this.seconds.length - 1);
    this.length--;
  }

  private grow(): void {
    const size = this.seconds.length;
    const seconds = new Float64Array(size * 2);
    const codes = new Int32Array(size * 2);
    const stamps = new Int32Array(size * 2);
    for (let i = 0; i < this.length; i++) {
      const from = (this.head + i) & (size - 1);
      seconds[i] = this.seconds[from]!;
      codes[i] = this.codes[from]!;
      stamps[i] = this.stamps[from]!;
    }
    this.seconds = seconds;
    this.codes = codes;
    this.stamps = stamps;
    this.head = 0;
  }
}

export class Timers {
  /** Of the timer last taken. */
  kind = 0;
  subject = 0;
  private readonly stamps: Stamps;
  private readonly heap = new FlatHeap(256);
  /** Order of entries at one time is that of their making; the heap's value is a place in these. */
  private made = 0;
  private codes = new Int32Array(256);
  private heapStamps = new Int32Array(256);
  private readonly vacant: number[] = [];
  private places = 0;
  private readonly lines: DelayLine[] = [];
  private readonly lineOf = new Map<number, DelayLine>();

  constructor(stamps: Stamps) {
    this.stamps = stamps;
  }

  /** Time of the next timer that still means something; Infinity when there is none. */
  get nextSeconds(): number {
    const { heap, lines } = this;
    while (
      heap.size > 0 &&
      this.isStale(this.codes[heap.topValue]!, this.heapStamps[heap.topValue]!)
    )
      this.vacant.push(heap.pop());
    let next = heap.topKey;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      while (line.length > 0 && this.isStale(line.topCode, line.topStamp)) line.drop();
      if (line.length > 0 && line.topSeconds < next) next = line.topSeconds;
    }
    return next;
  }

  /** Sets a timer for a time of its own. */
  at(seconds: number, kind: number, subject: number): void {
    if (seconds === Number.POSITIVE_INFINITY) return;
    const place = this.vacant.pop() ?? this.newPlace();
    this.codes[place] = (subject << KIND_BITS) | kind;
    this.heapStamps[place] = this.stampOf(kind, subject);
    this.heap.push(seconds, this.made++, place);
  }

  /** Sets a timer `delaySeconds` from now; delays that occur often are cheap. */
  after(now: number, delaySeconds: number, kind: number, subject: number): void {
    if (delaySeconds === Number.POSITIVE_INFINITY) return;
    let line = this.lineOf.get(delaySeconds);
    if (line === undefined) {
      line = new DelayLine();
      this.lineOf.set(delaySeconds, line);
      this.lines.push(line);
    }
    line.push(now + delaySeconds, (subject << KIND_BITS) | kind, this.stampOf(kind, subject));
  }

  /** Takes the timer of `nextSeconds` (of the heap first, then of the oldest line) into `kind` and `subject`. */
  take(seconds: number): void {
    if (this.heap.topKey === seconds) {
      const place = this.heap.pop();
      this.vacant.push(place);
      this.read(this.codes[place]!);
      return;
    }
    for (const line of this.lines) {
      if (line.length === 0 || line.topSeconds !== seconds) continue;
      this.read(line.topCode);
      line.drop();
      return;
    }
  }

  private read(code: number): void {
    this.kind = code & KIND_MASK;
    this.subject = code >> KIND_BITS;
  }

  private isStale(code: number, stamp: number): boolean {
    return this.stampOf(code & KIND_MASK, code >> KIND_BITS) !== stamp;
  }

  private stampOf(kind: number, subject: number): number {
    const { requests, replicas } = this.stamps;
    return kind <= LAST_OF_REQUEST ? requests.stamp[subject]! : replicas.stamp[subject]!;
  }

  private newPlace(): number {
    if (this.places === this.codes.length) {
      const codes = new Int32Array(this.places * 2);
      codes.set(this.codes);
      this.codes = codes;
      const stamps = new Int32Array(this.places * 2);
      stamps.set(this.heapStamps);
      this.heapStamps = stamps;
    }
    return this.places++;
  }
}
