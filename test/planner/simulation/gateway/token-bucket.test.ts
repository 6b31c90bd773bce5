/** Token buckets against the definition of their limit: no window of time lets more through than it may. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import { TokenBuckets } from "../../../../planner/simulation/gateway/token-bucket";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };

/** Quarter seconds and whole tokens: all sums are exact in floating point, so the law has no tolerance. */
const exactCase = fc.record({
  perSecond: fc.integer({ min: 0, max: 12 }),
  burst: fc.integer({ min: 1, max: 20 }),
  asks: fc.array(
    fc.record({
      quarters: fc.integer({ min: 0, max: 12 }),
      amount: fc.integer({ min: 0, max: 24 }),
    }),
    { maxLength: 60, size: "max" },
  ),
});

describe("TokenBuckets", () => {
  // Cruz (1991), a (σ, ρ)-regulator: what passes is just what keeps burst + rate × t in every window
  it("for all arrivals, lets through exactly what breaks no window", () => {
    const law = fc.property(exactCase, ({ perSecond, burst, asks }) => {
      const buckets = new TokenBuckets({ perSecond, burst }, 1);
      const taken: { seconds: number; amount: number }[] = [];
      const [seen, wanted]: [boolean[], boolean[]] = [[], []];
      let seconds = 0;
      for (const { quarters, amount } of asks) {
        seconds += quarters / 4;
        const breaksWindow = [...taken.entries()].some(([first, { seconds: start }]) => {
          const since = taken.slice(first).reduce((sum, take) => sum + take.amount, 0);
          return since + amount > burst + perSecond * (seconds - start);
        });
        const passes = amount <= burst && !breaksWindow;
        seen.push(buckets.has(0, amount, seconds));
        wanted.push(passes);
        if (!passes) continue;
        buckets.take(0, amount, seconds);
        taken.push({ seconds, amount });
      }
      expect(seen).toEqual(wanted);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all real rates and times, never lets more than burst + rate × t through", () => {
    const law = fc.property(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 3, noNaN: true }), {
        minLength: 1,
        maxLength: 80,
        size: "max",
      }),
      (perSecond, burst, gaps) => {
        const buckets = new TokenBuckets({ perSecond, burst }, 1);
        const amount = burst / 3;
        const times: number[] = [];
        let seconds = 1e6;
        for (const gap of gaps) {
          seconds += gap;
          if (!buckets.has(0, amount, seconds)) continue;
          buckets.take(0, amount, seconds);
          times.push(seconds);
        }
        const breaches = times.flatMap((start, first) =>
          times.slice(first).filter((end, count) => {
            const most = burst + perSecond * (end - start);
            return (count + 1) * amount > most * (1 + 1e-8);
          }),
        );
        expect(breaches).toEqual([]);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("loses nothing to rounding: ten a second pass at every tenth of a second for a day", () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 1 }, 1);
    let passed = 0;
    for (let tenth = 0; tenth < 864_000; tenth++) {
      if (!buckets.has(0, 1, tenth / 10)) continue;
      buckets.take(0, 1, tenth / 10);
      passed++;
    }
    expect(passed).toBe(864_000);
  });

  it("lets nothing through before there is enough", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 1);
    buckets.take(0, 2, 0);
    expect([1.999_99, 2].map((seconds) => buckets.has(0, 2, seconds))).toEqual([false, true]);
  });

  it("keeps a bucket for each", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 2);
    buckets.take(0, 2, 0);
    expect([buckets.level(0, 0.5), buckets.level(1, 0.5)]).toEqual([0.5, 2]);
    expect(buckets.level(0, 100)).toBe(2);
  });

  it("fails when more is taken than there is, and takes nothing", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, 1);
    expect(() => buckets.take(0, 3, 0)).toThrow(InvariantViolation);
    expect(buckets.level(0, 0)).toBe(2);
  });
});
