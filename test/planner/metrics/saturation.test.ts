/**
 * Does the flag for a growing queue come up when it should, and only then? Single-server queues with known
 * utilisation, over many seeds. Stated rates: at ρ ≤ 0.95 no false alarm in 160 runs of 4,000 requests each
 * (true rate below 1.9 % with 95 % confidence, by the rule of three); at ρ = 1.1 with 10,000 requests and at
 * ρ = 1.3 with 2,000 none is missed in 20 seeds of each setting; and of an overload of 4 %, which adds less than
 * chance may in either half, at most a tenth in 40 seeds of 20,000 requests.
 */
import { describe, expect, it } from "@jest/globals";
import { groupCells } from "../../../planner/metrics/cell-group";
import { isSaturated } from "../../../planner/metrics/saturation";
import { simulate } from "../../../planner/simulation/simulate";
import { lawSettings } from "../../support/random-fleet";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";
import { cellByHand, recordByHand } from "../../support/run-records";
import { traceOf } from "../../support/traffic-scenario";

const STEP_SECONDS = 0.01;
/** A mean of 2 steps a request, with a coefficient of variation of 0.71. */
const OUTPUT_TOKENS = [1, 1, 1, 5] as const;
const SERVICE_SECONDS = 2 * STEP_SECONDS;

interface Load {
  readonly utilization: number;
  readonly requests: number;
  readonly drain: boolean;
}

function isFlagged({ utilization, requests, drain }: Load, seed: number): boolean {
  const requestsPerSecond = utilization / SERVICE_SECONDS;
  const seconds = requests / requestsPerSecond;
  const trace = traceOf(OUTPUT_TOKENS.map((tokens) => [0, 1, tokens] as const));
  const scenario = resolvedScenario({
    pools: [resolvedPool({ engine: { maxSequences: 1 } })],
    workloads: [
      resolvedWorkload({
        arrivals: {
          kind: "open",
          requestsPerSecond,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: Number.POSITIVE_INFINITY,
        },
        tokens: { kind: "pairs", trace },
      }),
    ],
    durationSeconds: seconds,
    warmUpSeconds: 0.1 * seconds,
    drain,
  });
  const record = simulate(scenario, seed, {
    engineSettingsFor: (pool) => {
      const settings = lawSettings(pool);
      const constant = { decodeSeconds: () => STEP_SECONDS, mixedSeconds: () => STEP_SECONDS };
      const context = { start: [0], intercept: [0], slope: [0] };
      return { ...settings, stepTime: { ...settings.stepTime, ...constant, context } };
    },
  });
  return isSaturated(groupCells([record], () => true, false));
}

function alarms(load: Load, runs: number): number {
  let flagged = 0;
  for (let seed = 1; seed <= runs; seed++) if (isFlagged(load, seed)) flagged++;
  return flagged;
}

describe("isSaturated", () => {
  it.each([0.5, 0.8, 0.9, 0.95])("raises no false alarm at utilisation %d", (utilization) => {
    expect(alarms({ utilization, requests: 4000, drain: true }, 40)).toBe(0);
  });

  it.each([
    { utilization: 1.1, requests: 10_000, drain: true },
    { utilization: 1.1, requests: 10_000, drain: false },
    { utilization: 1.3, requests: 2000, drain: true },
    { utilization: 3, requests: 500, drain: false },
  ])("misses no overload: %j", (load) => {
    expect(alarms(load, 20)).toBe(20);
  });

  it("sees an overload of a few percent that never stops", () => {
    const load = { utilization: 1.04, requests: 20_000, drain: false };
    expect(alarms(load, 40)).toBeGreaterThanOrEqual(36);
  });

  it("asks of a steady growth two standard deviations, and half of one in each half", () => {
    const grown = (atMiddle: number, atEnd: number): boolean => {
      const counts = {
        offered: 2 * 10_000,
        waitingAtStart: 100,
        waitingAtMiddle: 100 + atMiddle,
        waitingAtEnd: 100 + atEnd,
      };
      return isSaturated(groupCells([recordByHand([cellByHand({ counts })])], () => true, false));
    };
    // Two deviations of 20,000 are 282.8, half of one of 10,000 is 50, three of 10,000 are 300.
    expect([grown(140, 282), grown(140, 283)]).toEqual([false, true]);
    expect([grown(49, 290), grown(51, 290)]).toEqual([false, true]);
    expect([grown(250, 300), grown(249, 300)]).toEqual([false, true]);
  });

  it("does not flag a peak that is over before the window ends", () => {
    const counts = { offered: 10_000, waitingAtMiddle: 900 };
    const cell = cellByHand({ counts, offeredSecondHalf: 4000 });
    const group = groupCells([recordByHand([cell])], () => true, false);
    expect(isSaturated(group)).toBe(false);
  });

  it("asks for growth by 0.3 % of the offered requests and by three standard deviations", () => {
    const grown = (offeredSecondHalf: number, waitingAtEnd: number): boolean => {
      const counts = { offered: 2 * offeredSecondHalf, waitingAtEnd };
      return isSaturated(groupCells([recordByHand([cellByHand({ counts })])], () => true, false));
    };
    // 0.3 % of 4,000,000 are 12,000, three deviations 6,000; of 100 they are 0.3 and 30.
    expect([grown(4e6, 11_999), grown(4e6, 12_001)]).toEqual([false, true]);
    expect([grown(100, 30), grown(100, 31)]).toEqual([false, true]);
  });
});
