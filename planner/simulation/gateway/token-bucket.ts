/**
 * Token buckets of one rate limit: `burst` tokens at the start, filled at `perSecond` and never above `burst`.
 * Filled when looked at, so a bucket that nobody asks costs nothing. In any time t no bucket lets more than
 * burst + perSecond × t through; an amount above `burst` never passes. Envoy's local rate limit fills in steps of
 * its `fill_interval`; these fill steadily, which is the same rate.
 */
import { InvariantViolation } from "../../foundation/errors";

/** Rounding of levels, relative to the burst: what lacks so little of the amount is enough. */
const SLACK = 1e-9;

export class TokenBuckets {
  private readonly levels: Float64Array;
  private readonly filledAtSeconds: Float64Array;
  private readonly perSecond: number;
  private readonly burst: number;
  private readonly slack: number;

  /** @param count buckets, each with the whole of the limit */
  constructor(limit: { readonly perSecond: number; readonly burst: number }, count: number) {
    this.perSecond = limit.perSecond;
    this.burst = limit.burst;
    this.slack = SLACK * limit.burst;
    this.levels = new Float64Array(count).fill(limit.burst);
    this.filledAtSeconds = new Float64Array(count);
  }

  /** Tokens in it at a time that is not before the last `take` from it. */
  level(bucket: number, seconds: number): number {
    const filled =
      this.levels[bucket]! + (seconds - this.filledAtSeconds[bucket]!) * this.perSecond;
    return Math.min(filled, this.burst);
  }

  /** Whether so many can be taken; changes nothing. */
  has(bucket: number, amount: number, seconds: number): boolean {
    return this.level(bucket, seconds) + this.slack >= amount;
  }

  /** Takes them; only when it has them. */
  take(bucket: number, amount: number, seconds: number): void {
    const left = this.level(bucket, seconds) - amount;
    if (left + this.slack < 0) {
      throw new InvariantViolation("only tokens that are there can be taken", { bucket, left });
    }
    this.levels[bucket] = left;
    this.filledAtSeconds[bucket] = seconds;
  }
}
