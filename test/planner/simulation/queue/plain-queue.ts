/**
 * A message queue that is obvious and slow: a list of objects, searched from one end to the other. The oracle of
 * `message-queue.test.ts`; it shares no code with the queue.
 */
import type { ResolvedQueue } from "../../../../planner/fleet/resolved-policies";

interface PlainMessage {
  readonly message: number;
  readonly sentSeconds: number;
  receives: number;
  /** undefined: visible. */
  hiddenUntil: number | undefined;
}

export class PlainQueue {
  isAvailable = true;
  counts = { sent: 0, received: 0, deleted: 0, deadLettered: 0, expired: 0, deepest: 0 };
  /** In order of sending. */
  messages: PlainMessage[] = [];
  expired: number[] = [];
  deadLetters: number[] = [];
  private readonly policy: ResolvedQueue;

  constructor(policy: ResolvedQueue) {
    this.policy = policy;
  }

  get visible(): PlainMessage[] {
    return this.messages.filter((one) => one.hiddenUntil === undefined);
  }

  get inFlight(): PlainMessage[] {
    return this.messages.filter((one) => one.hiddenUntil !== undefined);
  }

  get nextSeconds(): number {
    const times = this.messages.map(
      (one) => one.hiddenUntil ?? one.sentSeconds + this.policy.retentionSeconds,
    );
    return Math.min(Number.POSITIVE_INFINITY, ...times);
  }

  send(message: number, seconds: number): void {
    this.advance(seconds);
    this.messages.push({ message, sentSeconds: seconds, receives: 0, hiddenUntil: undefined });
    this.counts.sent++;
    this.measureDepth();
  }

  receive(seconds: number): number {
    this.advance(seconds);
    if (!this.isAvailable) return -1;
    for (const one of this.visible) {
      if (one.receives === this.policy.maxReceiveCount) {
        this.drop(one);
        this.deadLetters.push(one.message);
        this.counts.deadLettered++;
        continue;
      }
      one.receives++;
      one.hiddenUntil = seconds + this.policy.visibilityTimeoutSeconds;
      this.counts.received++;
      return one.message;
    }
    return -1;
  }

  extend(message: number, seconds: number): void {
    this.advance(seconds);
    const one = this.inFlight.find((other) => other.message === message);
    if (this.isAvailable && one !== undefined) {
      one.hiddenUntil = seconds + this.policy.visibilityTimeoutSeconds;
    }
  }

  release(message: number, seconds: number): void {
    this.advance(seconds);
    const one = this.inFlight.find((other) => other.message === message);
    if (!this.isAvailable || one === undefined) return;
    one.hiddenUntil = undefined;
    this.advance(seconds);
  }

  delete(message: number): void {
    const one = this.messages.find((other) => other.message === message);
    if (one === undefined) return;
    this.drop(one);
    this.counts.deleted++;
  }

  advance(seconds: number): void {
    for (const one of this.messages) {
      if (one.hiddenUntil !== undefined && one.hiddenUntil <= seconds) one.hiddenUntil = undefined;
    }
    for (const one of this.visible) {
      if (one.sentSeconds + this.policy.retentionSeconds > seconds) continue;
      this.drop(one);
      this.expired.push(one.message);
      this.counts.expired++;
    }
    this.measureDepth();
  }

  private measureDepth(): void {
    this.counts.deepest = Math.max(this.counts.deepest, this.visible.length);
  }

  private drop(one: PlainMessage): void {
    this.messages = this.messages.filter((other) => other !== one);
  }
}
