/**
 * The retry budget of a workload's clients, in a window of ten seconds as Finagle's `RetryBudget` and Linkerd's
 * service profiles keep it (`ttl` 10 s in ten slices): a retry is allowed while
 * retries + 1 ≤ share × first attempts + minPerSecond × 10 s, all counted in the window. What a window has not used
 * is lost, so over any time t there are at most share × first attempts + minPerSecond × (t + 10 s) retries.
 */

const SLICES = 10;
const SLICE_SECONDS = 1;
/** Rounding of share × count: 0.29 × 100 is enough for 29. */
const SLACK = 1e-9;

export class RetryBudget {
  private readonly firstAttempts = new Int32Array(SLICES);
  private readonly retries = new Int32Array(SLICES);
  private firstAttemptsInWindow = 0;
  private retriesInWindow = 0;
  /** Number of the slice that is being counted. */
  private slice = 0;
  private readonly reserve: number;

  constructor(private readonly policy: { readonly share: number; readonly minPerSecond: number }) {
    this.reserve = policy.minPerSecond * SLICES * SLICE_SECONDS;
  }

  onFirstAttempt(seconds: number): void {
    this.advance(seconds);
    this.firstAttempts[this.slice % SLICES]!++;
    this.firstAttemptsInWindow++;
  }

  /** Takes one retry from the budget; false, and nothing taken, when there is none. */
  take(seconds: number): boolean {
    this.advance(seconds);
    const allowed = this.policy.share * this.firstAttemptsInWindow + this.reserve;
    if (this.retriesInWindow + 1 > allowed + SLACK) return false;
    this.retries[this.slice % SLICES]!++;
    this.retriesInWindow++;
    return true;
  }

  private advance(seconds: number): void {
    const now = Math.floor(seconds / SLICE_SECONDS);
    if (now === this.slice) return;
    const stale = Math.min(now - this.slice, SLICES);
    for (let i = 1; i <= stale; i++) {
      const place = (this.slice + i) % SLICES;
      this.firstAttemptsInWindow -= this.firstAttempts[place]!;
      this.retriesInWindow -= this.retries[place]!;
      this.firstAttempts[place] = 0;
      this.retries[place] = 0;
    }
    this.slice = now;
  }
}
