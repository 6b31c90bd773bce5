/**
 * The message queue of one region and model: an SQS standard queue with a dead-letter queue, or a Pub/Sub
 * subscription with a dead-letter topic. A message is the index of its request; what is in it, who works on it, and
 * duplicates of that work are the caller's.
 *
 * - A received message is invisible for the visibility timeout. If it is not deleted by then it is visible again,
 *   whoever still works on it; a heartbeat starts the timeout anew.
 *   (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html)
 * - A receive that would be one more than `maxReceiveCount` moves the message to the dead letters instead of delivering
 *   it. (…/SQSDeveloperGuide/sqs-dead-letter-queues.html)
 * - Retention counts from the sending, whatever happened since. A message that somebody works on when it is over is
 *   let go when it would be visible again: no one else can have it then, and the work at hand may still end it.
 * - The oldest visible message is received first. SQS and Pub/Sub promise no order; age is what they aim at.
 *
 * Conservation: sent = deleted + deadLettered + expired + visible + inFlight.
 * Every operation that is given a time first does what was due until then; times never decrease.
 * While the queue is not available nothing is sent or received, and no heartbeat or release gets through, while the
 * timeouts run on. A delete counts at once: a consumer repeats it until the queue is back, and its request is over.
 */
import type { ResolvedQueue } from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";
import { IndexDeque } from "../../foundation/index-deque";
import { IndexHeap } from "./index-heap";
import { IndexList } from "./index-list";

/** What the take functions answer when there is nothing. */
const NONE = -1;
const INITIAL_CAPACITY = 16;

export class MessageQueue {
  /** Set by the caller: false while a fault makes the queue unreachable. */
  isAvailable = true;
  sent = 0;
  /** Deliveries to consumers; a message may be delivered several times. */
  received = 0;
  deleted = 0;
  deadLettered = 0;
  expired = 0;
  /** Most messages that were visible at once. */
  deepest = 0;

  private readonly policy: ResolvedQueue;
  /** Visible messages by order of sending: its top is also the first to expire. */
  private readonly waiting = new IndexHeap();
  /** Messages in flight, by the end of their invisibility: all have the same timeout, so the newest is the last. */
  private readonly hidden = new IndexList();
  private readonly expiredToTake = new IndexDeque();
  private readonly deadLettersToTake = new IndexDeque();
  /** By message. */
  private sentSeconds = new Float64Array(INITIAL_CAPACITY);
  private order = new Float64Array(INITIAL_CAPACITY);
  private visibleSeconds = new Float64Array(INITIAL_CAPACITY);
  private receives = new Int32Array(INITIAL_CAPACITY);

  constructor(policy: ResolvedQueue) {
    this.policy = policy;
  }

  /** Messages that a consumer could receive. */
  get visible(): number {
    return this.waiting.size;
  }

  /** Messages received, not deleted, and invisible. */
  get inFlight(): number {
    return this.hidden.length;
  }

  /** When a message next is visible again or expires; Infinity when none does. */
  get nextSeconds(): number {
    const { hidden, waiting } = this;
    const visible =
      hidden.length > 0 ? this.visibleSeconds[hidden.front]! : Number.POSITIVE_INFINITY;
    const expires = waiting.size > 0 ? this.expirySeconds(waiting.top) : Number.POSITIVE_INFINITY;
    return Math.min(visible, expires);
  }

  /** Since the oldest visible message was sent; 0 when none is visible, as the clouds report it. */
  oldestVisibleAgeSeconds(seconds: number): number {
    return this.waiting.size > 0 ? seconds - this.sentSeconds[this.waiting.top]! : 0;
  }

  /** Only while available, and only a message that is not in the queue. */
  send(message: number, seconds: number): void {
    this.advance(seconds);
    if (!this.isAvailable || this.waiting.has(message) || this.hidden.has(message)) {
      const { isAvailable } = this;
      const state = { message, seconds, isAvailable };
      throw new InvariantViolation("a message is sent once, to a queue that is available", state);
    }
    if (message >= this.receives.length) this.grow(message);
    this.sentSeconds[message] = seconds;
    this.order[message] = this.sent++;
    this.receives[message] = 0;
    this.show(message, seconds);
  }

  /** The oldest visible message, or −1; it is in flight from now on. */
  receive(seconds: number): number {
    this.advance(seconds);
    if (!this.isAvailable) return NONE;
    while (this.waiting.size > 0) {
      const message = this.waiting.top;
      this.waiting.remove(message);
      if (this.receives[message]! < this.policy.maxReceiveCount) {
        this.receives[message]!++;
        this.received++;
        this.hide(message, seconds);
        return message;
      }
      this.deadLettered++;
      this.deadLettersToTake.pushBack(message);
    }
    return NONE;
  }

  /** A heartbeat: the visibility timeout starts anew. Without effect on a message that is not in flight. */
  extend(message: number, seconds: number): void {
    this.advance(seconds);
    if (!this.isAvailable || !this.hidden.has(message)) return;
    this.hidden.remove(message);
    this.hide(message, seconds);
  }

  /** Gives a message back: visible at once. Without effect on a message that is not in flight. */
  release(message: number, seconds: number): void {
    this.advance(seconds);
    if (!this.isAvailable || !this.hidden.has(message)) return;
    this.hidden.remove(message);
    this.show(message, seconds);
  }

  /** Done with: removes a message wherever it is; without effect when it is not in the queue (any more). */
  delete(message: number): void {
    if (this.waiting.has(message)) this.waiting.remove(message);
    else if (this.hidden.has(message)) this.hidden.remove(message);
    else return;
    this.deleted++;
  }

  /** Lets go of messages whose retention is over, and shows those whose invisibility is. */
  advance(seconds: number): void {
    const { hidden, waiting } = this;
    while (waiting.size > 0 && this.expirySeconds(waiting.top) <= seconds) {
      const message = waiting.top;
      waiting.remove(message);
      this.expire(message);
    }
    while (hidden.length > 0 && this.visibleSeconds[hidden.front]! <= seconds) {
      const message = hidden.front;
      hidden.remove(message);
      this.show(message, seconds);
    }
  }

  /** One that expired and was not taken yet, or −1. */
  takeExpired(): number {
    return this.expiredToTake.length > 0 ? this.expiredToTake.popFront() : NONE;
  }

  /** One that was dead-lettered and not taken yet, or −1. */
  takeDeadLetter(): number {
    return this.deadLettersToTake.length > 0 ? this.deadLettersToTake.popFront() : NONE;
  }

  private expire(message: number): void {
    this.expired++;
    this.expiredToTake.pushBack(message);
  }

  private expirySeconds(message: number): number {
    return this.sentSeconds[message]! + this.policy.retentionSeconds;
  }

  /** Makes a message visible, unless its retention is over. */
  private show(message: number, seconds: number): void {
    if (this.expirySeconds(message) <= seconds) {
      this.expire(message);
      return;
    }
    this.waiting.push(message, this.order[message]!);
    this.deepest = Math.max(this.deepest, this.waiting.size);
  }

  private hide(message: number, seconds: number): void {
    this.visibleSeconds[message] = seconds + this.policy.visibilityTimeoutSeconds;
    this.hidden.pushBack(message);
  }

  private grow(message: number): void {
    let capacity = this.receives.length;
    while (capacity <= message) capacity *= 2;
    this.sentSeconds = widened(this.sentSeconds, capacity);
    this.order = widened(this.order, capacity);
    this.visibleSeconds = widened(this.visibleSeconds, capacity);
    const { receives } = this;
    this.receives = new Int32Array(capacity);
    this.receives.set(receives);
  }
}

function widened(values: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(capacity);
  wider.set(values);
  return wider;
}
