/** Expected values are worked out by hand from small traces, or known of the process drawn from. */
import { createReadStream } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { RandomStream } from "../../../../planner/foundation/random";
import { inspectTrace } from "../../../../planner/traffic/trace/inspect-trace";
import { readTrace } from "../../../../planner/traffic/trace/read-trace";
import { rankCorrelation } from "../../../../planner/traffic/trace/trace-statistics";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";
import { tableOf } from "./trace-fixture";

/** Blocks of requests, as the reader would number them. */
function blocksOf(requests: readonly (readonly number[])[], tokensPerBlock: number) {
  const offsets = [0];
  for (const ids of requests) offsets.push((offsets[offsets.length - 1] ?? 0) + ids.length);
  return {
    tokensPerBlock,
    ids: Int32Array.from(requests.flat()),
    offsets: Int32Array.from(offsets),
    distinct: new Set(requests.flat()).size,
  };
}

describe("inspectTrace", () => {
  it("gives rates, gaps and lengths of four requests", () => {
    const inspection = inspectTrace(tableOf([0, 1, 3, 4], [10, 20, 30, 40], [4, 3, 2, 1]));
    expect(inspection.arrivals).toMatchObject({
      durationSeconds: 4,
      requestsPerSecond: 0.75,
      inputTokensPerSecond: 25,
      outputTokensPerSecond: 2.5,
    });
    expect(inspection.arrivals?.gaps.p50Seconds).toBe(1);
    expect(inspection.inputTokens).toMatchObject({ mean: 25, min: 10, max: 40, sum: 100 });
    // Type 7: position 0.5 · 3 = 1.5, half way from 20 to 30.
    expect(inspection.inputTokens.quantiles).toContainEqual({ probability: 0.5, tokens: 25 });
    expect(inspection.rankCorrelation).toBeCloseTo(-1, 12);
  });

  it("leaves arrivals out of a list of lengths and of requests that arrive at once", () => {
    const lengths = tableOf([0, 0], [1, 2], [1, 1], { hasArrivals: false });
    expect(inspectTrace(lengths).arrivals).toBeUndefined();
    expect(inspectTrace(tableOf([0, 0], [1, 2], [1, 1])).arrivals).toBeUndefined();
    expect(inspectTrace(lengths).rankCorrelation).toBeUndefined();
  });

  it("finds the busiest time of a trace of any length", () => {
    const durations = [1e-12, 1e-9, 7e-9, 2.5e-7, 4.99e-4, 5e-4, 1e-3, 0.07, 1, 86_400, 1e9];
    for (const duration of durations) {
      const trace = tableOf([0, duration / 2, duration], [1, 2, 3], [1, 1, 1]);
      const { overTime } = inspectTrace(trace).arrivals!;
      const peak = Math.max(...overTime.requestsPerSecond);
      // Of three requests at least one and at most all are in a bucket of at most the whole time.
      expect(peak * duration).toBeGreaterThan(0.9);
      expect(peak * overTime.bucketSeconds).toBeLessThan(6.1);
      expect(overTime.requestsPerSecond.length).toBeLessThanOrEqual(73);
    }
  });

  it("gives tied ranks their mean", () => {
    // Ranks 1.5, 1.5, 3 and 1, 2, 3: covariance 1.5, squares 1.5 and 2.
    const correlation = rankCorrelation(Int32Array.of(5, 5, 9), Int32Array.of(1, 2, 3));
    expect(correlation).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });

  it("finds an index of dispersion of 1 and a cv of 1 in Poisson arrivals, at every window", () => {
    const random = new RandomStream(7, "poisson");
    let now = 0;
    const arrivals = Array.from({ length: 50_000 }, () => (now += random.exponential() / 10));
    const ones = arrivals.map(() => 1);
    const { arrivals: found } = inspectTrace(tableOf(arrivals, ones, ones));
    expect(found?.gaps.cv).toBeCloseTo(1, 1);
    // 5,000 s: 5,000, 500 and 83 windows; five standard deviations √(2 / windows).
    for (const { windowSeconds, index } of found?.dispersion ?? []) {
      expect(Math.abs(index - 1)).toBeLessThan(5 * Math.sqrt((2 * windowSeconds) / 5000));
    }
    expect(found?.dispersion.map(({ windowSeconds }) => windowSeconds)).toEqual([1, 10, 60]);
    expect(found?.clockStepSeconds).toBeUndefined();
  });

  it("notices a clock that ticks every 3 s", () => {
    const arrivals = Array.from({ length: 400 }, (_, i) => 3 * Math.floor(i / 8));
    const ones = arrivals.map(() => 1);
    expect(inspectTrace(tableOf(arrivals, ones, ones)).arrivals?.clockStepSeconds).toBe(3);
  });

  it("gives the mean rate by hour over whole days", () => {
    // One request each hour for two days, from 06:00; a second one at every 12:00.
    const hours = Array.from({ length: 49 }, (_, hour) => hour);
    const arrivals = hours.flatMap((hour) => ((hour + 6) % 24 === 12 ? [hour, hour] : [hour]));
    const ones = arrivals.map(() => 1);
    const trace = tableOf(
      arrivals.map((hour) => hour * 3600),
      ones,
      ones,
      { clockSeconds: 21_600 },
    );
    const found = inspectTrace(trace).arrivals?.hours?.map((hour) => hour.requestsPerSecond * 3600);
    expect(found).toHaveLength(24);
    expect(found?.[12]).toBeCloseTo(2, 12);
    expect(found?.[13]).toBeCloseTo(1, 12);
  });

  it("counts a block as reused only behind an unbroken prefix, and its partial tokens only", () => {
    // Blocks of 10: [a b c(5)], [a b c(5)], [x b c]: 25 tokens each; only the second reuses, all 25.
    const trace = tableOf([0, 5, 20], [25, 25, 25], [1, 1, 1], {
      prefixBlocks: blocksOf(
        [
          [0, 1, 2],
          [0, 1, 2],
          [3, 1, 2],
        ],
        10,
      ),
    });
    const { prefix } = inspectTrace(trace);
    expect(prefix?.reusedShare).toBeCloseTo(25 / 75, 12);
    expect(prefix?.requestsWithReuse).toBeCloseTo(1 / 3, 12);
    const within = (seconds: number) =>
      prefix?.byAge.find(({ withinSeconds }) => withinSeconds === seconds)?.share;
    expect(within(1)).toBe(0);
    expect(within(10)).toBeCloseTo(25 / 75, 12);
  });

  it("agrees with an LRU cache that is simulated", () => {
    const random = new RandomStream(3, "blocks");
    const requests = Array.from({ length: 300 }, () => [random.below(40)]);
    const seen = requests.map(([id]) => id ?? 0);
    const numbers = [...new Set(seen)];
    const renumbered = requests.map(([id]) => [numbers.indexOf(id ?? 0)]);
    const lengths = requests.map(() => 50_000);
    const trace = tableOf(
      requests.map((_, i) => i),
      lengths,
      lengths,
      {
        prefixBlocks: blocksOf(renumbered, 50_000),
      },
    );
    const { prefix } = inspectTrace(trace);
    for (const { cacheTokens, share } of prefix?.byCacheSize ?? []) {
      const cache: number[] = [];
      let hits = 0;
      for (const id of seen) {
        const at = cache.indexOf(id);
        if (at >= 0) hits++;
        if (at >= 0) cache.splice(at, 1);
        cache.push(id);
        if (cache.length > cacheTokens / 50_000) cache.shift();
      }
      expect(share).toBeCloseTo(hits / 300, 12);
    }
  });

  it("counts what context windows would clip", () => {
    const inspection = inspectTrace(tableOf([0, 1, 2], [4095, 4095, 4096], [1, 2, 1]));
    expect(inspection.clipped[0]).toEqual({
      windowTokens: 4096,
      inputShare: 1 / 3,
      totalShare: 2 / 3,
    });
  });
});

describeWithSharedData("inspectTrace on published traces", () => {
  it("finds the reuse of the Mooncake conversation trace", async () => {
    const path = sharedDataPath("traces/mooncake_conversation_trace.jsonl");
    if (path === undefined) throw new Error("the trace is not in the shared data");
    const trace = await readTrace(createReadStream(path), { source: "mooncake" });
    const { prefix, arrivals } = inspectTrace(trace);
    // Counted independently over the file: 288,500 block references, 182,790 different blocks.
    expect(prefix).toMatchObject({ distinctBlocks: 182_790, blockReferences: 288_500 });
    expect(prefix?.reusedShare).toBeCloseTo(0.374, 3);
    expect(arrivals?.clockStepSeconds).toBe(3);
  });
});
