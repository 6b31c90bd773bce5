/** Clients' retries: when they give up, how long they wait, and that their budget holds. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { RandomStream } from "../../../../planner/foundation/random";
import type {
  AttemptFailure,
  ResolvedClientRetries,
} from "../../../../planner/scenario/resolved-client";
import { ClientRetries } from "../../../../planner/simulation/client/client-retries";
import { KS_LIMIT, kolmogorovSmirnov, meanOfSample } from "../../../support/statistics";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };

function clients(changes: Partial<ResolvedClientRetries> = {}): ClientRetries {
  const policy: ResolvedClientRetries = {
    max: Number.POSITIVE_INFINITY,
    on: ["rejected", "timed-out", "failed"],
    backoff: "exponential",
    baseSeconds: 0.5,
    maxSeconds: 20,
    jitter: "none",
    honoursRetryAfter: true,
    budget: undefined,
    ...changes,
  };
  return new ClientRetries(policy, new RandomStream(7, "client"));
}

/** Waits before the first retries of one request that fails each time. */
function waits(count: number, changes: Partial<ResolvedClientRetries> = {}): number[] {
  const retries = clients(changes);
  return Array.from({ length: count }, (_, i) => retries.next(i + 1, "failed", 0, 0));
}

function sample(jitter: ResolvedClientRetries["jitter"], attempts: number): number[] {
  const retries = clients({ jitter });
  return Array.from({ length: 4000 }, () => retries.next(attempts, "failed", 0, 0));
}

describe("ClientRetries", () => {
  it("doubles the wait up to the longest, without end", () => {
    expect(waits(8)).toEqual([0.5, 1, 2, 4, 8, 16, 20, 20]);
    expect(clients().next(1_000_000, "failed", 0, 0)).toBe(20);
    expect(clients({ baseSeconds: 0 }).next(1_000_000, "failed", 0, 0)).toBe(0);
  });

  it("waits the same each time when the backoff is fixed", () => {
    expect(waits(3, { backoff: "fixed" })).toEqual([0.5, 0.5, 0.5]);
    expect(waits(1, { backoff: "fixed", maxSeconds: 0.2 })).toEqual([0.2]);
  });

  it("gives up after its retries, and on failures that it does not retry", () => {
    expect(waits(3, { max: 2 })).toEqual([0.5, 1, Number.NaN]);
    expect(waits(1, { max: 0 })).toEqual([Number.NaN]);
    const retries = clients({ on: ["rejected"] });
    const failures: AttemptFailure[] = ["rejected", "timed-out", "failed"];
    expect(failures.map((failure) => retries.next(1, failure, 0, 0))).toEqual([
      0.5,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("waits at least as long as it is told to, when it listens", () => {
    expect(clients().next(1, "rejected", 3, 0)).toBe(3);
    expect(clients().next(4, "rejected", 3, 0)).toBe(4);
    expect(clients({ honoursRetryAfter: false }).next(1, "rejected", 3, 0)).toBe(0.5);
  });

  // Uniform in [0, 4] and in [2, 4]; slack of 4.9 standard deviations of the mean, for 1e-6
  it.each([
    { jitter: "full", low: 0, mean: 2 },
    { jitter: "equal", low: 2, mean: 3 },
  ] as const)("draws $jitter jitter evenly from $low s to the backoff of 4 s", (row) => {
    const drawn = sample(row.jitter, 4);
    const range = 4 - row.low;
    expect(kolmogorovSmirnov(drawn, (value) => (value - row.low) / range)).toBeLessThan(KS_LIMIT);
    const slack = (4.9 * range) / Math.sqrt(12 * drawn.length);
    expect(Math.abs(meanOfSample(drawn) - row.mean)).toBeLessThan(slack);
  });
});

describe("the retry budget", () => {
  const event = fc.record({
    gap: fc.oneof(
      fc.constant(0),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
      fc.double({ min: 0, max: 25, noNaN: true }),
    ),
    isFirst: fc.boolean(),
  });

  it("for all loads, allows at most share × first attempts + minPerSecond × (time + 10 s)", () => {
    const law = fc.property(
      fc.constantFrom(0, 0.1, 0.29, 0.5, 1),
      fc.constantFrom(0, 0.1, 0.5, 2),
      fc.array(event, { maxLength: 250, size: "max" }),
      (share, minPerSecond, events) => {
        const retries = clients({ budget: { share, minPerSecond } });
        let seconds = 0;
        let first = 0;
        let allowed = 0;
        const breaches: number[] = [];
        for (const { gap, isFirst } of events) {
          seconds += gap;
          if (isFirst) {
            retries.onFirstAttempt(seconds);
            first++;
          } else if (!Number.isNaN(retries.next(1, "failed", 0, seconds))) {
            allowed++;
          }
          const most = share * first + minPerSecond * (seconds + 10);
          if (allowed > most + 1e-6) breaches.push(seconds);
        }
        expect(breaches).toEqual([]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all loads, in ten seconds allows a retry just when the window's share has room", () => {
    const law = fc.property(
      fc.constantFrom(0, 0.25, 0.5),
      fc.constantFrom(0, 0.125, 0.5),
      fc.array(event, { maxLength: 150, size: "max" }),
      (share, minPerSecond, events) => {
        const retries = clients({ budget: { share, minPerSecond } });
        const firsts: number[] = [];
        const taken: number[] = [];
        const [seen, wanted]: [boolean[], boolean[]] = [[], []];
        let seconds = 0;
        // Ten slices of a second, the present one among them
        const inWindow = (times: number[]): number =>
          times.filter((time) => Math.floor(time) > Math.floor(seconds) - 10).length;
        for (const { gap, isFirst } of events) {
          seconds += gap;
          if (isFirst) {
            retries.onFirstAttempt(seconds);
            firsts.push(seconds);
            continue;
          }
          const expected = inWindow(taken) + 1 <= share * inWindow(firsts) + minPerSecond * 10;
          seen.push(!Number.isNaN(retries.next(1, "failed", 0, seconds)));
          wanted.push(expected);
          if (expected) taken.push(seconds);
        }
        expect(seen).toEqual(wanted);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  // With every attempt failing and every retry asked for, retries settle at share × rate + minPerSecond
  it("lets a fifth of the first attempts and one a second be tried again in an outage", () => {
    const retries = clients({ budget: { share: 0.2, minPerSecond: 1 } });
    let allowed = 0;
    for (let i = 0; i < 100_000; i++) {
      const seconds = i / 100;
      retries.onFirstAttempt(seconds);
      while (!Number.isNaN(retries.next(1, "failed", 0, seconds))) allowed++;
    }
    // 1000 s: 0.2 × 100/s + 1/s, and the reserve of ten seconds at the start
    expect(allowed).toBeGreaterThan(20_900);
    expect(allowed).toBeLessThanOrEqual(0.2 * 100_000 + 1 * 1010);
  });

  it("keeps no more than ten seconds' worth of what was not used", () => {
    const retries = clients({ budget: { share: 0.5, minPerSecond: 0 } });
    for (let i = 0; i < 1000; i++) retries.onFirstAttempt(i);
    const ask = (): boolean => !Number.isNaN(retries.next(1, "failed", 0, 999));
    expect(Array.from({ length: 20 }, ask).filter((isAllowed) => isAllowed)).toHaveLength(5);
  });

  it("counts whole shares: 0.29 of a hundred is 28.999999999999996 in floating point", () => {
    const retries = clients({ budget: { share: 0.29, minPerSecond: 0 } });
    for (let i = 0; i < 100; i++) retries.onFirstAttempt(0);
    const waited = Array.from({ length: 40 }, () => retries.next(1, "failed", 0, 0));
    expect(waited.filter((wait) => !Number.isNaN(wait))).toHaveLength(29);
  });

  it("takes nothing for a retry that is not made", () => {
    const retries = clients({ max: 1, budget: { share: 1, minPerSecond: 0 } });
    retries.onFirstAttempt(0);
    expect(retries.next(2, "failed", 0, 0)).toBe(Number.NaN);
    expect(retries.next(1, "failed", 0, 0)).toBe(0.5);
    expect(retries.next(1, "failed", 0, 0)).toBe(Number.NaN);
  });
});
