/** The law of detection: interval × threshold, and what a lost checker does not see. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { RegionHealthCheck } from "../../../../planner/simulation/dns/region-health-check";

function policy(intervalSeconds: number, failureThreshold: number, successThreshold: number) {
  return { intervalSeconds, failureThreshold, successThreshold, minHealthyShare: 0.5 };
}

/** Runs checks until one changes the status; a check passes when `passes` says so at its time. */
function nextChange(check: RegionHealthCheck, passes: (seconds: number) => boolean): number {
  for (;;) {
    const seconds = check.nextCheckSeconds;
    if (check.check(passes(seconds))) return seconds;
  }
}

/** Intervals and offsets are whole eighths of a second: sums of them are exact. */
const eighths = (min: number, max: number) =>
  fc.integer({ min: min * 8, max: max * 8 }).map((n) => n / 8);
const settings = fc.record({
  interval: eighths(1, 60),
  failureThreshold: fc.integer({ min: 1, max: 10 }),
  successThreshold: fc.integer({ min: 1, max: 10 }),
  offset: eighths(0, 60),
  checksBefore: fc.integer({ min: 0, max: 50 }),
});

describe("RegionHealthCheck", () => {
  it("sees a loss right after a check exactly interval × failureThreshold later", () => {
    fc.assert(
      fc.property(settings, ({ interval, failureThreshold, offset, checksBefore }) => {
        const check = new RegionHealthCheck(policy(interval, failureThreshold, 1), offset);
        const lastGood = offset + checksBefore * interval;
        const seen = nextChange(check, (seconds) => seconds <= lastGood);
        expect(seen - lastGood).toBe(interval * failureThreshold);
        expect(check.isHealthy).toBe(false);
      }),
    );
  });

  it("sees any loss within (interval × (threshold − 1), interval × threshold]", () => {
    const phase = fc.integer({ min: 0, max: 1023 }).map((n) => n / 1024);
    fc.assert(
      fc.property(settings, phase, (given, share) => {
        const { interval, failureThreshold, offset, checksBefore } = given;
        const check = new RegionHealthCheck(policy(interval, failureThreshold, 1), offset);
        const lost = offset + (checksBefore + share) * interval;
        // At the very time of a check, the check is first.
        const seen = nextChange(check, (seconds) => seconds <= lost) - lost;
        expect(seen).toBeGreaterThan(interval * (failureThreshold - 1));
        expect(seen).toBeLessThanOrEqual(interval * failureThreshold);
      }),
    );
  });

  it("comes back after successThreshold passes in a row, by the same law", () => {
    fc.assert(
      fc.property(settings, (given) => {
        const { interval, failureThreshold, successThreshold, offset } = given;
        const check = new RegionHealthCheck(
          policy(interval, failureThreshold, successThreshold),
          offset,
        );
        const unhealthy = nextChange(check, () => false);
        expect(nextChange(check, () => true) - unhealthy).toBe(interval * successThreshold);
        expect(check.isHealthy).toBe(true);
      }),
    );
  });

  it("agrees with a count of the last results, whatever they are", () => {
    const results = fc.array(fc.boolean(), { maxLength: 200 });
    const threshold = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(results, threshold, threshold, (passes, failures, successes) => {
        const check = new RegionHealthCheck(policy(10, failures, successes), 0);
        let healthy = true;
        for (const [i, passed] of passes.entries()) {
          // The definition, read off the results: the last n all speak against the status.
          const n = healthy ? failures : successes;
          const last = passes.slice(Math.max(0, i + 1 - n), i + 1);
          const turns = last.length === n && last.every((one) => one !== healthy);
          expect(check.check(passed)).toBe(turns);
          if (turns) healthy = !healthy;
          expect(check.isHealthy).toBe(healthy);
        }
      }),
    );
  });

  it("one good check among failures starts the count again", () => {
    const check = new RegionHealthCheck(policy(10, 3, 2), 4);
    const changes = [false, false, true, false, false, false].map((passes) => check.check(passes));
    expect(changes).toEqual([false, false, false, false, false, true]);
  });

  it("keeps its status while the checker is lost, and then needs the full threshold", () => {
    const check = new RegionHealthCheck(policy(10, 3, 1), 0);
    check.check(false);
    check.check(false);
    check.isStuck = true;
    for (let i = 0; i < 100; i++) expect(check.check(false)).toBe(false);
    expect(check.isHealthy).toBe(true);
    check.isStuck = false;
    const back = check.nextCheckSeconds;
    expect(back).toBe(1020);
    expect(nextChange(check, () => false)).toBe(back + 20);
    check.isStuck = true;
    expect(check.check(true)).toBe(false);
    expect(check.isHealthy).toBe(false);
  });

  it("keeps to offset + k × interval without drift", () => {
    const check = new RegionHealthCheck(policy(0.1, 3, 1), 0.05);
    for (let i = 0; i < 1000; i++) check.check(true);
    expect(check.nextCheckSeconds).toBe(0.05 + 1000 * 0.1);
  });
});
