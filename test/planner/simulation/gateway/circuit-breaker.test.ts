/** The breaker against a list of the requests that it holds, under legal and illegal calls. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedCircuitBreaker } from "../../../../planner/fleet/resolved-policies";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import {
  CircuitBreaker,
  OVERFLOW,
  PENDING,
  STARTED,
  shareOfProcess,
} from "../../../../planner/simulation/gateway/circuit-breaker";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };
const NONE = Number.POSITIVE_INFINITY;

function limits(changes: Partial<ResolvedCircuitBreaker> = {}): ResolvedCircuitBreaker {
  return {
    maxConnections: NONE,
    maxPendingRequests: NONE,
    maxParallelRequests: NONE,
    maxParallelRetries: NONE,
    retryBudget: undefined,
    ...changes,
  };
}

const limit = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(NONE));
const anyLimits: fc.Arbitrary<ResolvedCircuitBreaker> = fc.record({
  maxConnections: limit,
  maxPendingRequests: limit,
  maxParallelRequests: limit,
  maxParallelRetries: limit,
  retryBudget: fc.option(
    fc.record({
      share: fc.constantFrom(0, 0.2, 0.5, 1),
      minRetryConcurrency: fc.integer({ min: 0, max: 3 }),
    }),
    { nil: undefined },
  ),
});

interface Call {
  readonly what: "enter" | "promote" | "leave" | "leavePending";
  readonly isRetry: boolean;
}

const call: fc.Arbitrary<Call> = fc.record({
  what: fc.constantFrom<Call["what"][]>(
    "enter",
    "enter",
    "enter",
    "promote",
    "leave",
    "leave",
    "leavePending",
  ),
  isRetry: fc.boolean(),
});

/** A breaker that keeps every request; each rule stands here once more, as a count over the list. */
class Ledger {
  active: boolean[] = [];
  pending: boolean[] = [];

  constructor(private readonly limits: ResolvedCircuitBreaker) {}

  get retries(): number {
    return [...this.active, ...this.pending].filter((isRetry) => isRetry).length;
  }

  get retriesMax(): number {
    const { retryBudget, maxParallelRetries } = this.limits;
    if (retryBudget === undefined) return maxParallelRetries;
    const held = this.active.length + this.pending.length;
    return Math.max(Math.floor(retryBudget.share * held), retryBudget.minRetryConcurrency);
  }

  enter(isRetry: boolean): number {
    if (isRetry && this.retries + 1 > this.retriesMax) return OVERFLOW;
    const hasConnection = this.active.length + 1 <= this.limits.maxConnections;
    const [list, max] = hasConnection
      ? [this.active, this.limits.maxParallelRequests]
      : [this.pending, this.limits.maxPendingRequests];
    if (list.length + 1 > max) return OVERFLOW;
    list.push(isRetry);
    return hasConnection ? STARTED : PENDING;
  }

  get canPromote(): boolean {
    const { maxConnections, maxParallelRequests } = this.limits;
    return (
      this.pending.length > 0 && this.active.length < Math.min(maxConnections, maxParallelRequests)
    );
  }

  /** Whether there is such a request to take away. */
  remove(list: boolean[], isRetry: boolean): boolean {
    const index = list.indexOf(isRetry);
    if (index < 0) return false;
    list.splice(index, 1);
    return true;
  }
}

/** The same call to both, if it is legal; what each answers. */
function play(breaker: CircuitBreaker, ledger: Ledger, { what, isRetry }: Call): [number, number] {
  if (what === "enter") return [breaker.enter(isRetry), ledger.enter(isRetry)];
  if (what === "promote") {
    if (!ledger.canPromote) return [0, 0];
    breaker.promote();
    ledger.active.push(ledger.pending.shift()!);
    return [0, 0];
  }
  const list = what === "leave" ? ledger.active : ledger.pending;
  if (ledger.remove(list, isRetry)) breaker[what](isRetry);
  return [0, 0];
}
function counts(breaker: CircuitBreaker): number[] {
  return [breaker.active, breaker.pending, breaker.activeRetries];
}

describe("CircuitBreaker", () => {
  it("for all sequences of calls, holds what a list of its requests holds, within every limit", () => {
    const law = fc.property(
      anyLimits,
      fc.array(call, { maxLength: 80, size: "max" }),
      (resolved, calls) => {
        const breaker = new CircuitBreaker(resolved);
        const ledger = new Ledger(resolved);
        const [seen, wanted]: [unknown[], unknown[]] = [[], []];
        let isWithin = true;
        for (const one of calls) {
          const { retries, retriesMax } = ledger;
          seen.push(breaker.mayRetry(), breaker.canPromote);
          wanted.push(retries < retriesMax, ledger.canPromote);
          const [answer, expected] = play(breaker, ledger, one);
          seen.push(answer, ...counts(breaker));
          wanted.push(expected, ledger.active.length, ledger.pending.length, ledger.retries);
          const { maxConnections, maxParallelRequests, maxPendingRequests } = resolved;
          isWithin &&= breaker.active <= Math.min(maxConnections, maxParallelRequests);
          isWithin &&= breaker.pending <= maxPendingRequests;
          isWithin &&= breaker.activeRetries <= Math.max(retries, retriesMax);
        }
        expect(seen).toEqual(wanted);
        expect(isWithin).toBe(true);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all sequences of calls, legal or not, never counts below zero: it throws and changes nothing", () => {
    const law = fc.property(
      anyLimits,
      fc.array(call, { maxLength: 60, size: "max" }),
      (resolved, calls) => {
        const breaker = new CircuitBreaker(resolved);
        const breaches: unknown[] = [];
        for (const { what, isRetry } of calls) {
          const before = counts(breaker);
          try {
            if (what === "promote") breaker.promote();
            else breaker[what](isRetry);
          } catch (error) {
            if (!(error instanceof InvariantViolation)) throw error;
            if (String(counts(breaker)) !== String(before)) breaches.push(before, what);
          }
          if (Math.min(...counts(breaker)) < 0) breaches.push(before, what);
        }
        expect(breaches).toEqual([]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  // Envoy, arch_overview/upstream/circuit_breaking: over HTTP/2, where requests share a connection, the limit on
  // parallel requests overflows at once and nothing is pending
  it("overflows beyond maxParallelRequests when connections are not limited", () => {
    const breaker = new CircuitBreaker(limits({ maxParallelRequests: 2 }));
    expect([1, 2, 3].map(() => breaker.enter(false))).toEqual([STARTED, STARTED, OVERFLOW]);
    breaker.leave(false);
    expect(breaker.enter(false)).toBe(STARTED);
  });

  // Over HTTP/1.1 requests beyond the connections queue, and max_pending_requests limits the queue
  it("holds requests beyond maxConnections until a connection is free", () => {
    const breaker = new CircuitBreaker(
      limits({ maxConnections: 2, maxParallelRequests: 2, maxPendingRequests: 1 }),
    );
    const answers = [1, 2, 3, 4].map(() => breaker.enter(false));
    expect(answers).toEqual([STARTED, STARTED, PENDING, OVERFLOW]);
    expect(breaker.canPromote).toBe(false);
    breaker.leave(false);
    expect(breaker.canPromote).toBe(true);
    breaker.promote();
    expect(counts(breaker)).toEqual([2, 0, 0]);
  });

  // Envoy's RetryBudget: budget_percent 20 and min_retry_concurrency 3 are its defaults
  it("gives retries a fifth of what is under way, rounded down, and three at least", () => {
    const allowedAt = (others: number): number => {
      const breaker = new CircuitBreaker(
        limits({ retryBudget: { share: 0.2, minRetryConcurrency: 3 }, maxParallelRetries: 0 }),
      );
      for (let i = 0; i < others; i++) breaker.enter(false);
      let retries = 0;
      while (breaker.enter(true) === STARTED) retries++;
      return retries;
    };
    // By hand: the least r that is not below max(3, ⌊(others + r) / 5⌋)
    expect([0, 16, 17, 20, 21, 40].map(allowedAt)).toEqual([3, 3, 4, 4, 5, 9]);
  });

  it("counts a pending retry as under way", () => {
    const breaker = new CircuitBreaker(limits({ maxConnections: 0, maxParallelRetries: 1 }));
    expect(breaker.enter(true)).toBe(PENDING);
    expect(breaker.enter(true)).toBe(OVERFLOW);
    breaker.leavePending(true);
    expect(breaker.enter(true)).toBe(PENDING);
  });
});

describe("shareOfProcess", () => {
  it("for all limits, is the least that adds up to the plan's over all processes", () => {
    const law = fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 20 }),
      (total, processes) => {
        const share = shareOfProcess(
          limits({
            maxConnections: total,
            maxPendingRequests: total,
            maxParallelRequests: total,
            maxParallelRetries: total,
            retryBudget: { share: 0.2, minRetryConcurrency: total },
          }),
          processes,
        );
        const each = share.maxConnections;
        expect(each * processes).toBeGreaterThanOrEqual(total);
        expect(Math.max(0, each - 1) * processes).toBeLessThanOrEqual(total === 0 ? 0 : total - 1);
        expect(share).toEqual({
          maxConnections: each,
          maxPendingRequests: each,
          maxParallelRequests: each,
          maxParallelRetries: each,
          retryBudget: { share: 0.2, minRetryConcurrency: each },
        });
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("leaves what is not limited unlimited", () => {
    expect(shareOfProcess(limits(), 3)).toEqual(limits());
  });
});
