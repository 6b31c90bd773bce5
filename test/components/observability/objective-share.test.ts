/** Laws of what rules are made of: burn rates, shares of late requests, what is planned of a model. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BURN_WINDOWS, badShareLimit } from "../../../components/observability/burn-rate";
import {
  LATENCY_METRICS,
  type LatencyMetric,
} from "../../../components/observability/objective-args";
import { boundWeights, budgetOf } from "../../../components/observability/objective-share";
import { plannedModels } from "../../../components/observability/planned-traffic";
import { LATENCY_HISTOGRAMS, placeOfLimit } from "../../../components/observability/vllm-metrics";
import { rulesArgs } from "./monitoring-fixture";

describe("burn rates", () => {
  it("are those of The Site Reliability Workbook, table 5-8", () => {
    expect(BURN_WINDOWS.map(({ long, short, burnRate }) => [long, short, burnRate])).toEqual([
      ["1h", "5m", 14.4],
      ["6h", "30m", 6],
      ["3d", "6h", 1],
    ]);
  });

  it("can be reached, whatever the budget, and never tell below it", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 0.5, noNaN: true }), (budget) => {
        for (const window of BURN_WINDOWS) {
          const limit = badShareLimit(budget, window);
          expect(limit).toBeLessThan(1);
          expect(limit).toBeGreaterThanOrEqual(budget);
        }
      }),
    );
  });

  it("leave as much to burn as a statistic lets through", () => {
    expect((["p50", "p90", "p95", "p99", "p999", "mean"] as const).map(budgetOf)).toEqual([
      0.5,
      0.1,
      0.05,
      0.01,
      0.001,
      undefined,
    ]);
  });
});

describe("the share of requests that miss a limit", () => {
  /** What Prometheus would compute of a histogram of these durations. */
  const share = (
    metric: LatencyMetric,
    limitSeconds: number,
    bound: "certain" | "estimate",
    durations: readonly number[],
  ) =>
    1 -
    boundWeights({ metric, statistic: "p95", limitSeconds }, bound)
      .map(
        ({ boundSeconds, weight }) =>
          weight * durations.filter((one) => one <= boundSeconds).length,
      )
      .reduce((sum, one) => sum + one, 0) /
      durations.length;

  it("is never more than there are when it is certain, and exact on a boundary", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LATENCY_METRICS),
        fc.double({ min: 0.002, max: 80, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (metric, limitSeconds, durations) => {
          const late = (limit: number) =>
            durations.filter((one) => one > limit).length / durations.length;
          const certain = share(metric, limitSeconds, "certain", durations);
          expect(certain).toBeLessThanOrEqual(late(limitSeconds) + 1e-9);
          expect(share(metric, limitSeconds, "estimate", durations)).toBeGreaterThanOrEqual(
            certain - 1e-9,
          );
          const { aboveSeconds } = placeOfLimit(LATENCY_HISTOGRAMS[metric], limitSeconds)!;
          for (const bound of ["certain", "estimate"] as const) {
            expect(share(metric, aboveSeconds, bound, durations)).toBeCloseTo(
              late(aboveSeconds),
              9,
            );
          }
        },
      ),
    );
  });

  it("is exact for requests that are spread evenly inside a bucket, when it is estimated", () => {
    // 1.5 thousandths apart between the boundaries 1 s and 2.5 s.
    const even = Array.from({ length: 1000 }, (_, index) => 1 + 0.0015 * (index + 1));
    expect(share("ttft", 2, "estimate", even)).toBeCloseTo(1 / 3, 2);
    expect(share("ttft", 2, "certain", even)).toBe(0);
  });

  it("has boundaries in ascending order, and none above the last", () => {
    for (const histogram of Object.values(LATENCY_HISTOGRAMS)) {
      const { boundsSeconds } = histogram;
      expect(boundsSeconds).toEqual([...boundsSeconds].sort((one, other) => one - other));
      expect(placeOfLimit(histogram, boundsSeconds.at(-1)! * 1.01)).toBeUndefined();
      expect(placeOfLimit(histogram, boundsSeconds[0]! / 2)).toEqual({
        belowSeconds: 0,
        aboveSeconds: boundsSeconds[0],
      });
    }
  });
});

describe("plannedModels", () => {
  const of = (workloads: (typeof rulesArgs)["workloads"]) =>
    plannedModels({ ...rulesArgs, workloads });

  it("adds rates, weighs lengths by them, and shares that add up to 1", () => {
    const planned = { requestsPerSecond: 3, promptTokensMean: 100, outputTokensMean: 10 };
    const models = of({
      one: { servedModel: "llama", planned },
      two: {
        servedModel: "llama",
        planned: { ...planned, requestsPerSecond: 1, promptTokensMean: 500 },
      },
      three: { servedModel: "qwen", planned },
    });
    expect(models).toMatchObject([
      {
        servedModel: "llama",
        workloads: ["one", "two"],
        requestsPerSecond: 4,
        promptTokensMean: 200,
      },
      { servedModel: "qwen", requestsPerSecond: 3, promptTokensMean: 100 },
    ]);
    expect(models.map(({ share }) => share)).toEqual([4 / 7, 3 / 7]);
  });

  it("knows nothing of a model when one of its workloads says nothing", () => {
    const [model] = of({
      one: { servedModel: "llama", planned: { requestsPerSecond: 3, promptTokensMean: 100 } },
      two: { servedModel: "llama" },
    });
    expect(model).toMatchObject({
      requestsPerSecond: undefined,
      promptTokensMean: undefined,
      share: undefined,
    });
  });
});
