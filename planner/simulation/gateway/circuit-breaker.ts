/**
 * The circuit breaker of one gateway process towards one pool: three counters and their limits. It knows no time,
 * no replica and no request; who waits, and in what order, is the caller's.
 *
 * As Envoy's connection pool decides (`conn_pool_base.cc`, `newStreamImpl` and `attachStreamToClient`): a request
 * that finds a connection is active unless `maxParallelRequests` are; one that finds none is pending unless
 * `maxPendingRequests` are. A connection carries one request at a time here, as under HTTP/1.1. Envoy opens one
 * connection per endpoint even beyond its limit; here the limit is hard.
 */
import type { ResolvedCircuitBreaker } from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";

/** What `enter` says: it is active, it waits for a connection, it is refused. */
export const STARTED = 0;
export const PENDING = 1;
export const OVERFLOW = 2;

export class CircuitBreaker {
  // Read only outside
  active = 0;
  pending = 0;
  /** Active and pending ones that are retries. */
  activeRetries = 0;
  private readonly maxConnections: number;
  private readonly maxPending: number;
  private readonly maxParallel: number;
  private readonly maxRetries: number;
  private readonly hasBudget: boolean;
  private readonly budgetShare: number;
  private readonly budgetMin: number;

  /** @param limits the process's own share, see `shareOfProcess` */
  constructor(limits: ResolvedCircuitBreaker) {
    this.maxConnections = limits.maxConnections;
    this.maxPending = limits.maxPendingRequests;
    this.maxParallel = limits.maxParallelRequests;
    this.maxRetries = limits.maxParallelRetries;
    this.hasBudget = limits.retryBudget !== undefined;
    this.budgetShare = limits.retryBudget === undefined ? 0 : limits.retryBudget.share;
    this.budgetMin = limits.retryBudget === undefined ? 0 : limits.retryBudget.minRetryConcurrency;
  }

  /**
   * An attempt arrives: STARTED, PENDING or OVERFLOW. One that overflows is not counted, a retry for which
   * `mayRetry` is false overflows.
   */
  enter(isRetry: boolean): typeof STARTED | typeof PENDING | typeof OVERFLOW {
    if (isRetry && !this.mayRetry()) return OVERFLOW;
    if (this.active < this.maxConnections) {
      if (this.active >= this.maxParallel) return OVERFLOW;
      this.active++;
      if (isRetry) this.activeRetries++;
      return STARTED;
    }
    if (this.pending >= this.maxPending) return OVERFLOW;
    this.pending++;
    if (isRetry) this.activeRetries++;
    return PENDING;
  }

  /** Whether there is a connection for one of those that are pending. */
  get canPromote(): boolean {
    return this.pending > 0 && this.active < this.maxConnections && this.active < this.maxParallel;
  }

  /** A pending one becomes active; only when `canPromote`. */
  promote(): void {
    if (!this.canPromote) this.fail("only a pending request with a free connection can start");
    this.pending--;
    this.active++;
  }

  /** A pending one gave up. */
  leavePending(isRetry: boolean): void {
    if (this.pending === 0) this.fail("a request leaves a breaker that holds it");
    if (isRetry) this.endRetry();
    this.pending--;
  }

  /** An active one is over. */
  leave(isRetry: boolean): void {
    if (this.active === 0) this.fail("a request leaves a breaker that holds it");
    if (isRetry) this.endRetry();
    this.active--;
  }

  /**
   * Whether one more retry may be under way now. With a budget: fewer than max(min, ⌊share × (active + pending)⌋),
   * otherwise fewer than `maxParallelRetries` (Envoy `resource_manager_impl.h`, `RetryBudgetImpl::max`).
   */
  mayRetry(): boolean {
    if (!this.hasBudget) return this.activeRetries < this.maxRetries;
    const allowed = Math.floor(this.budgetShare * (this.active + this.pending));
    return this.activeRetries < Math.max(allowed, this.budgetMin);
  }

  private endRetry(): void {
    if (this.activeRetries === 0) this.fail("a retry leaves a breaker that holds it");
    this.activeRetries--;
  }

  private fail(law: string): never {
    const { active, pending, activeRetries } = this;
    throw new InvariantViolation(law, { active, pending, activeRetries });
  }
}

/**
 * One process's share of a gateway's limits: each knows only what it has sent itself. Rounded up, so a limit above 0
 * stays above 0 and the processes together may hold up to `processes − 1` more than the plan says.
 */
export function shareOfProcess(
  limits: ResolvedCircuitBreaker,
  processes: number,
): ResolvedCircuitBreaker {
  const share = (limit: number): number => Math.ceil(limit / processes);
  return {
    maxConnections: share(limits.maxConnections),
    maxPendingRequests: share(limits.maxPendingRequests),
    maxParallelRequests: share(limits.maxParallelRequests),
    maxParallelRetries: share(limits.maxParallelRetries),
    retryBudget:
      limits.retryBudget === undefined
        ? undefined
        : {
            share: limits.retryBudget.share,
            minRetryConcurrency: share(limits.retryBudget.minRetryConcurrency),
          },
  };
}
