/** A stretch of a scenario as a scenario of its own: the requests of the stretch, no others, and at the same times. */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import { expectedArrivals } from "../../../planner/sizing/expected-arrivals";
import { type RunWindow, withinWindow, withLoad } from "../../../planner/sizing/run-window";
import { createSources } from "../../../planner/traffic/create-sources";
import { resolveSmall } from "../../support/scenario-text";

const WINDOW: RunWindow = { fromSeconds: 240, durationSeconds: 120, warmUpSeconds: 60 };

/** Times of all requests, from the start of the scenario. */
function arrivalsOf(scenario: ResolvedScenario): number[] {
  const [source] = createSources(scenario, 1);
  const times: number[] = [];
  const draw = {
    arrivalSeconds: 0,
    inputTokens: 0,
    outputTokens: 0,
    originIndex: 0,
    tenantIndex: 0,
    prefix: undefined,
    chain: undefined,
    isRefused: false,
    client: -1,
  };
  while (source!.peekSeconds() < Number.POSITIVE_INFINITY) {
    source!.take(draw);
    times.push(draw.arrivalSeconds);
  }
  return times;
}

describe("a stretch of a scenario", () => {
  it("has the rows of a trace that arrive in it, counted from its start", () => {
    const trace = { trace: "small.csv" };
    const arrivals = (speed: number) =>
      resolveSmall([
        `workloads.chat={model: llama-3.1-8b-instruct, arrivals: {trace: ${trace.trace}, speed: ${speed}}}`,
        "horizon={duration: 10 s, warmUp: 0 s}",
      ]);
    // The trace has rows at 0, 1 and 4 s.
    const window = { fromSeconds: 1, durationSeconds: 3, warmUpSeconds: 0 };
    expect(arrivalsOf(withinWindow(arrivals(1), window))).toEqual([0]);
    const wider = { fromSeconds: 1, durationSeconds: 3.5, warmUpSeconds: 0 };
    expect(arrivalsOf(withinWindow(arrivals(1), wider))).toEqual([0, 3]);
    // Twice as fast they arrive at 0, 0.5 and 2 s.
    const half = { fromSeconds: 0.5, durationSeconds: 2, warmUpSeconds: 0 };
    expect(arrivalsOf(withinWindow(arrivals(2), half))).toEqual([0, 1.5]);
  });

  it.each([
    "{diurnal: {peakHour: 14, peakToMean: 2}}",
    "{weekly: [1, 2, 3, 4, 5, 6, 7]}",
    "{ramp: {from: 0.5, to: 3, over: 8 min}}",
    "{spike: {at: 5 min, for: 1 min, factor: 4}}",
    "{schedule: [{at: 0 s, factor: 1}, {at: 250 s, factor: 3}, {at: 5 min, factor: 0.5}]}",
  ])("expects the requests that the whole does there: %s", (profile) => {
    const whole = resolveSmall([
      `workloads.chat.arrivals={rate: 5/s, profile: ${profile}}`,
      "horizon={start: tue 12:30, duration: 10 min, warmUp: 1 min}",
    ]);
    const part = withinWindow(whole, WINDOW);
    const { warmUpSeconds: shift, durationSeconds } = WINDOW;
    const start = WINDOW.fromSeconds - shift;
    for (let at = 0; at + 20 <= shift + durationSeconds; at += 20) {
      const here = expectedArrivals(part, "chat", [at, at + 20]);
      const there = expectedArrivals(whole, "chat", [start + at, start + at + 20]);
      expect(Math.abs(here - there)).toBeLessThan(1e-6 * Math.max(1, there));
    }
    expect(part.horizon).toMatchObject({ durationSeconds: 180, warmUpSeconds: 60 });
  });

  it("has as many more or fewer requests as it is told", () => {
    const scenario = resolveSmall(["horizon={duration: 60 min, warmUp: 0 s}"]);
    const count = (factor: number): number => arrivalsOf(withLoad(scenario, factor)).length;
    const once = count(1);
    for (const factor of [0.1, 0.5, 3]) {
      expect(Math.abs(count(factor) / once / factor - 1)).toBeLessThan(0.06);
    }
  });
});
