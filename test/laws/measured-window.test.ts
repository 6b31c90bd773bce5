/**
 * What a pool measures is what happens between the end of the warm-up and the horizon, however the engine
 * gets there: a jump that spans an edge counts for the steps that end within, as if they were taken singly.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { PoolRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { lawSettings } from "../support/random-fleet";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../support/resolved";

const CAMPAIGN = { seed: 20_261_122, numRuns: 60 };

const windowCase = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  warmUpSeconds: fc.double({ min: 0, max: 6, noNaN: true }),
  measuredSeconds: fc.double({ min: 0.5, max: 12, noNaN: true }),
  drain: fc.boolean(),
  requestsPerSecond: fc.double({ min: 0.2, max: 3, noNaN: true }),
  outputTokens: fc.integer({ min: 50, max: 400 }),
});

function poolOf(
  one: typeof windowCase extends fc.Arbitrary<infer T> ? T : never,
  jump: number,
): PoolRecord {
  const scenario = resolvedScenario({
    durationSeconds: one.warmUpSeconds + one.measuredSeconds,
    warmUpSeconds: one.warmUpSeconds,
    drain: one.drain,
    pools: [resolvedPool({ engine: { kvBlocks: 400 } })],
    workloads: [
      resolvedWorkload({
        arrivals: {
          kind: "open",
          requestsPerSecond: one.requestsPerSecond,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: Number.POSITIVE_INFINITY,
        },
        tokens: {
          kind: "distributions",
          input: { kind: "uniform", min: 1, max: 120 },
          output: { kind: "constant", value: one.outputTokens },
          rankCorrelation: 0,
        },
      }),
    ],
  });
  const record = simulate(scenario, one.seed, {
    engineSettingsFor: (pool) => ({ ...lawSettings(pool), stepsPerRunMax: jump }),
  });
  return record.pools[0]!;
}

describe("the measured window", () => {
  it("for all edges, holds the same in jumps as step by step", () => {
    let cut = 0;
    const law = fc.property(windowCase, (one) => {
      const jumping = poolOf(one, Number.POSITIVE_INFINITY);
      const stepping = poolOf(one, 1);
      if (stepping.steps > 0) cut++;
      expect(jumping.steps).toBe(stepping.steps);
      expect(jumping.requestSteps).toBe(stepping.requestSteps);
      expect(jumping.decodeTokens).toBe(stepping.decodeTokens);
      expect(jumping.prefillTokens).toBe(stepping.prefillTokens);
      expect(jumping.busySeconds).toBeCloseTo(stepping.busySeconds, 9);
      expect(jumping.itlSeconds[0]!.count).toBe(stepping.itlSeconds[0]!.count);
      expect(jumping.itlSeconds[0]!.sum).toBeCloseTo(stepping.itlSeconds[0]!.sum, 8);
      // Blocks are taken one at a time and are counted as growing evenly in between: one block per request.
      expect(Math.abs(jumping.kvUtilization - stepping.kvUtilization)).toBeLessThan(0.02);
    });
    fc.assert(law, CAMPAIGN);
    expect(cut).toBeGreaterThan(20);
  });
});
