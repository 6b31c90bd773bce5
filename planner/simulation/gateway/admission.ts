/**
 * Whom one gateway process lets in: one decision per request, before any pool is chosen. It counts those inside and
 * those in its queue; the queue itself, its order and its timeouts are the caller's, who lets the first one in as
 * soon as `canEnter` says so.
 *
 * Checks in this order, and the first that fails names the reason: rate limits, shedding of the priority, room
 * (`maxConcurrency`, then the queue), deadline, admission control. Nothing is taken before all have passed: a refused
 * request costs no token, no place and no draw of chance beyond its own.
 */
import { PRIORITIES } from "../../fleet/priority";
import type { ResolvedAdmission, ResolvedRateLimit } from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";
import type { RandomStream } from "../../foundation/random";
import { END_REASONS } from "../end-reasons";
import { AdmissionControl } from "./admission-control";
import { TokenBuckets } from "./token-bucket";

/** What `admit` says of those it does not refuse. */
export const LET_IN = -1;
export const WAITS = -2;

// The refusals, by index into END_REASONS
const RATE_LIMITED = END_REASONS.indexOf("rate-limited");
const SHED = END_REASONS.indexOf("shed");
const CONCURRENCY = END_REASONS.indexOf("concurrency");
const QUEUE_FULL = END_REASONS.indexOf("queue-full");
const DEADLINE = END_REASONS.indexOf("deadline");
const ADMISSION_CONTROL = END_REASONS.indexOf("admission-control");

/** Rounding of a share of a limit: 0.07 × 100 is 7, not 8. */
const SLACK = 1e-9;

interface RateLimiter {
  readonly buckets: TokenBuckets;
  readonly isPerTenant: boolean;
  readonly countsTokens: boolean;
}

export class Admission {
  // Read only outside
  inside = 0;
  queued = 0;
  private readonly rateLimiters: readonly RateLimiter[];
  private readonly insideMax: number;
  /** By index into PRIORITIES: refused from so many inside on. */
  private readonly shedFrom: Float64Array;
  private readonly queuedMax: number;
  private readonly isDeadlineAware: boolean;
  private readonly control: AdmissionControl | undefined;

  /**
   * @param policy limits of the gateway over all its `processes`; this one has its share of each
   * @param tenants of the whole run
   */
  constructor(policy: ResolvedAdmission, processes: number, tenants: number, random: RandomStream) {
    this.rateLimiters = policy.rateLimit.map((limit) => rateLimiter(limit, processes, tenants));
    const insideMax = Math.ceil(policy.maxConcurrency / processes);
    this.insideMax = insideMax;
    this.shedFrom = Float64Array.from(PRIORITIES, (priority) =>
      shedFrom(policy.shedAboveShare[priority], insideMax),
    );
    this.queuedMax = Math.ceil(policy.queueLimit / processes);
    this.isDeadlineAware = policy.isDeadlineAware;
    this.control =
      policy.admissionControl === undefined
        ? undefined
        : new AdmissionControl(policy.admissionControl, processes, random);
  }

  /**
   * LET_IN, WAITS (in the gateway's queue), or why it is refused, as an index into END_REASONS. A priority with a
   * share below 1 is shed before there is no room, so it never waits.
   * @param tenant index over all tenants of the run
   * @param priority index into PRIORITIES
   * @param expectedWaitSeconds what the caller expects until the first token, or the answer
   * @param patienceSeconds how long the client, or its objective, allows that to last
   */
  admit(
    tenant: number,
    priority: number,
    inputTokens: number,
    expectedWaitSeconds: number,
    patienceSeconds: number,
    seconds: number,
  ): number {
    if (!this.hasTokens(tenant, inputTokens, seconds)) return RATE_LIMITED;
    if (this.inside >= this.shedFrom[priority]!) return SHED;
    const isFull = this.inside >= this.insideMax;
    if (isFull && this.queued >= this.queuedMax) {
      return this.queuedMax === 0 ? CONCURRENCY : QUEUE_FULL;
    }
    if (this.isDeadlineAware && expectedWaitSeconds > patienceSeconds) return DEADLINE;
    if (this.control?.refuses(seconds)) return ADMISSION_CONTROL;
    this.takeTokens(tenant, inputTokens, seconds);
    if (isFull) {
      this.queued++;
      return WAITS;
    }
    this.inside++;
    return LET_IN;
  }

  /** One that was let in, at once or from the queue, is over. */
  onOver(success: boolean, seconds: number): void {
    if (this.inside === 0) this.fail("only a request that is inside can be over");
    this.inside--;
    this.control?.record(success, seconds);
  }

  /** Whether one of this priority may come in from the queue now. */
  canEnter(priority: number): boolean {
    return (
      this.queued > 0 && this.inside < this.insideMax && this.inside < this.shedFrom[priority]!
    );
  }

  /** One comes in from the queue; only when `canEnter`. */
  enterFromQueue(): void {
    if (this.queued === 0 || this.inside >= this.insideMax) {
      this.fail("only a waiting request with room inside can enter");
    }
    this.queued--;
    this.inside++;
  }

  /** One that waited gave up, or its time in the queue is over. */
  leaveQueue(): void {
    if (this.queued === 0) this.fail("only a request that waits can leave the queue");
    this.queued--;
  }

  private hasTokens(tenant: number, inputTokens: number, seconds: number): boolean {
    for (const limiter of this.rateLimiters) {
      const amount = limiter.countsTokens ? inputTokens : 1;
      if (!limiter.buckets.has(limiter.isPerTenant ? tenant : 0, amount, seconds)) return false;
    }
    return true;
  }

  private takeTokens(tenant: number, inputTokens: number, seconds: number): void {
    for (const limiter of this.rateLimiters) {
      const amount = limiter.countsTokens ? inputTokens : 1;
      limiter.buckets.take(limiter.isPerTenant ? tenant : 0, amount, seconds);
    }
  }

  private fail(law: string): never {
    const { inside, queued } = this;
    throw new InvariantViolation(law, { inside, queued });
  }
}

/** A process has its share of the rate and of the burst, but always room for one request. */
function rateLimiter(limit: ResolvedRateLimit, processes: number, tenants: number): RateLimiter {
  const countsTokens = limit.unit === "input-tokens";
  const burst = limit.burst / processes;
  const share = {
    perSecond: limit.perSecond / processes,
    burst: countsTokens ? burst : Math.max(burst, Math.min(limit.burst, 1)),
  };
  const isPerTenant = limit.per === "tenant";
  return {
    buckets: new TokenBuckets(share, isPerTenant ? tenants : 1),
    isPerTenant,
    countsTokens,
  };
}

function shedFrom(share: number, insideMax: number): number {
  if (share >= 1 || insideMax === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.ceil(share * insideMax - SLACK);
}
