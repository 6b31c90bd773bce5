/**
 * The DNS health check of one region (for one model): checks at fixed times, and a status that turns after so many
 * results against it in a row. Whether a single check passes is for the caller to say; what DNS answers is
 * `failover-dns.ts`. One checker stands for the many that a cloud runs, which vote.
 *
 * A region that is lost right after a check is unhealthy interval × failureThreshold later; lost at any other time,
 * it is so within (interval × (failureThreshold − 1), interval × failureThreshold].
 */
import type { ResolvedFailover } from "../../fleet/resolved-policies";

export class RegionHealthCheck {
  /** The checker is lost: checks see nothing, and the status stays as it was last. */
  isStuck = false;

  private healthy = true;
  private checks = 0;
  /** Results in a row that speak against the status. */
  private against = 0;

  /** @param offsetSeconds time of the first check; healthy before it */
  constructor(
    private readonly policy: ResolvedFailover["healthCheck"],
    private readonly offsetSeconds: number,
  ) {}

  get isHealthy(): boolean {
    return this.healthy;
  }

  /** A product, not a sum of intervals, so that checks do not drift. */
  get nextCheckSeconds(): number {
    return this.offsetSeconds + this.checks * this.policy.intervalSeconds;
  }

  /** The check at `nextCheckSeconds`. Returns true when it changes the status; the next one is an interval later. */
  check(passes: boolean): boolean {
    this.checks++;
    // A checker that comes back has seen nothing in a row.
    if (this.isStuck || passes === this.healthy) {
      this.against = 0;
      return false;
    }
    this.against++;
    const { failureThreshold, successThreshold } = this.policy;
    if (this.against < (this.healthy ? failureThreshold : successThreshold)) return false;
    this.against = 0;
    this.healthy = passes;
    return true;
  }
}
