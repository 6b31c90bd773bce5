/**
 * Whether and when the clients of one workload try again after an attempt without an answer. It knows no request:
 * the caller counts the attempts, and holds the client to the time after which it gives up.
 */
import type { RandomStream } from "../../foundation/random";
import type { AttemptFailure, ResolvedClientRetries } from "../../scenario/resolved-client";
import { RetryBudget } from "./retry-budget";

export class ClientRetries {
  private readonly budget: RetryBudget | undefined;

  constructor(
    private readonly policy: ResolvedClientRetries,
    private readonly random: RandomStream,
  ) {
    this.budget = policy.budget === undefined ? undefined : new RetryBudget(policy.budget);
  }

  /** Feeds the budget. */
  onFirstAttempt(seconds: number): void {
    this.budget?.onFirstAttempt(seconds);
  }

  /**
   * Seconds until the next attempt, or NaN when the client gives up. Takes from the budget when it is not NaN.
   * @param attempts made so far, at least 1
   * @param retryAfterSeconds what the answer told it to wait; 0 = nothing
   */
  next(
    attempts: number,
    failure: AttemptFailure,
    retryAfterSeconds: number,
    seconds: number,
  ): number {
    const { policy } = this;
    if (attempts > policy.max || !policy.on.includes(failure)) return Number.NaN;
    if (this.budget !== undefined && !this.budget.take(seconds)) return Number.NaN;
    const wait = this.waitSeconds(attempts);
    return policy.honoursRetryAfter && retryAfterSeconds > wait ? retryAfterSeconds : wait;
  }

  /**
   * Before the n-th retry: the base, or base × 2^(n − 1), at most `maxSeconds`; jitter as in Brooker, "Exponential
   * Backoff and Jitter" (AWS, 2015): full is uniform in [0, backoff], equal keeps one half and draws the other.
   */
  private waitSeconds(retry: number): number {
    const { backoff, baseSeconds, maxSeconds, jitter } = this.policy;
    const grown = backoff === "fixed" ? baseSeconds : baseSeconds * doublings(retry - 1);
    const whole = Math.min(grown, maxSeconds);
    if (jitter === "none") return whole;
    const drawn = this.random.uniform();
    return jitter === "full" ? whole * drawn : (whole / 2) * (1 + drawn);
  }
}

/** 2^n, finite for clients that never give up: 0 s doubled is 0 s. */
function doublings(count: number): number {
  return 2 ** Math.min(count, 1000);
}
