/** The filter against the formula of Envoy's documentation, and what follows from it. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedAdmissionControl } from "../../../../planner/fleet/resolved-policies";
import { RandomStream } from "../../../../planner/foundation/random";
import {
  AdmissionControl,
  rejectionProbability,
} from "../../../../planner/simulation/gateway/admission-control";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };

/** Envoy's defaults: 95 %, 30 s, at most 80 %, aggression 1. */
function policy(changes: Partial<ResolvedAdmissionControl> = {}): ResolvedAdmissionControl {
  return {
    minSuccessRate: 0.95,
    minRequestsPerSecond: 0,
    samplingWindowSeconds: 30,
    maxRejectionShare: 0.8,
    rejectionAggression: 1,
    ...changes,
  };
}

function control(changes: Partial<ResolvedAdmissionControl> = {}, processes = 1): AdmissionControl {
  return new AdmissionControl(policy(changes), processes, new RandomStream(11, "admission"));
}

describe("rejectionProbability", () => {
  // P = ((n − s / threshold) / (n + 1)) ^ (1 / aggression), worked out by hand
  it.each([
    { n: 99, s: 0, aggression: 1, expected: 0.8 },
    { n: 99, s: 38, aggression: 1, expected: 0.59 },
    { n: 99, s: 38, aggression: 2, expected: Math.sqrt(0.59) },
    { n: 99, s: 76, aggression: 1, expected: 0.19 },
    { n: 99, s: 76, aggression: 3, expected: Math.cbrt(0.19) },
    { n: 99, s: 76, aggression: 0.5, expected: 0.19 },
    { n: 1, s: 0, aggression: 1, expected: 0.5 },
    { n: 0, s: 0, aggression: 1, expected: 0 },
    { n: 100, s: 95, aggression: 1, expected: 0 },
    { n: 100, s: 96, aggression: 2, expected: 0 },
  ])("is $expected after $s successes of $n with aggression $aggression", (row) => {
    const resolved = policy({ rejectionAggression: row.aggression });
    expect(rejectionProbability(resolved, row.n, row.s)).toBeCloseTo(row.expected, 12);
  });

  it("for all counts, grows with failures and aggression, and stays within its bounds", () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      (requests, rate, minSuccessRate, rejectionAggression) => {
        const successes = Math.floor(rate * requests);
        const resolved = policy({ minSuccessRate, rejectionAggression });
        const probability = rejectionProbability(resolved, requests, successes);
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(0.8);
        if (successes >= minSuccessRate * requests) expect(probability).toBeLessThan(1e-6);
        if (successes > 0) {
          const fewer = rejectionProbability(resolved, requests, successes - 1);
          expect(fewer).toBeGreaterThanOrEqual(probability);
        }
        const milder = policy({ minSuccessRate, rejectionAggression: 1 });
        expect(rejectionProbability(milder, requests, successes)).toBeLessThanOrEqual(probability);
      },
    );
    fc.assert(law, CAMPAIGN);
  });
});

describe("AdmissionControl", () => {
  it("refuses the share that the formula says", () => {
    const filter = control();
    for (let i = 0; i < 99; i++) filter.record(i < 38, 5);
    const asked = 40_000;
    let refused = 0;
    for (let i = 0; i < asked; i++) if (filter.refuses(6)) refused++;
    // 4.9 standard deviations of a binomial share: exceeded with probability 1e-6
    const slack = 4.9 * Math.sqrt((0.59 * 0.41) / asked);
    expect(Math.abs(refused / asked - 0.59)).toBeLessThan(slack);
  });

  it("forgets failures after the window", () => {
    const filter = control({ maxRejectionShare: 1 });
    for (let i = 0; i < 10_000; i++) filter.record(false, 0);
    const refusedAt = (seconds: number): boolean[] =>
      Array.from({ length: 50 }, () => filter.refuses(seconds));
    expect(refusedAt(29.9)).toContain(true);
    expect(refusedAt(30)).not.toContain(true);
  });

  // 30 s × 2/s = 60 requests over all processes, 20 in each of three
  it("lets everything through below its process's share of the request rate", () => {
    const filter = control({ minRequestsPerSecond: 2, maxRejectionShare: 1 }, 3);
    const refusals = (): number =>
      Array.from({ length: 100 }).filter(() => filter.refuses(1)).length;
    for (let i = 0; i < 19; i++) filter.record(false, 0);
    expect(refusals()).toBe(0);
    filter.record(false, 0);
    expect(refusals()).toBeGreaterThan(50);
  });
});
