/** Blocks of latencies against sorted data, and milliseconds against seconds. */
import { describe, expect, it } from "@jest/globals";
import { latencyBlock } from "../../../planner/metrics/latency";
import { sketchOf } from "../../support/run-records";

const VALUES = Array.from({ length: 1000 }, (_, i) => (i + 1) / 100);

describe("latencyBlock", () => {
  it("gives mean and quantiles in milliseconds", () => {
    const block = latencyBlock([sketchOf(VALUES)])!;
    expect(block.mean).toBeCloseTo(5005, 6);
    expect(block.count).toBe(1000);
    for (const [name, exact] of [
      ["p50", 5000],
      ["p90", 9000],
      ["p95", 9500],
      ["p99", 9900],
      ["p999", 9990],
    ] as const) {
      expect(Math.abs(block[name] - exact) / exact).toBeLessThan(0.0062);
    }
    expect(block.ci95).toBeNull();
  });

  it("pools replications, and its interval is that of their means", () => {
    const shifted = (by: number) => sketchOf(VALUES.map((value) => value + by));
    const block = latencyBlock([shifted(0), shifted(1), shifted(2)])!;
    expect(block.mean).toBeCloseTo(6005, 6);
    expect(block.count).toBe(3000);
    // Means 5.005, 6.005, 7.005: s = 1, t(2) = 4.303, 4.303 / √3.
    expect(block.ci95!.mean).toBeCloseTo(2484.3, 0);
  });

  it("is unknown when nothing was measured, and its interval when one replication measured nothing", () => {
    expect(latencyBlock([sketchOf(), sketchOf()])).toBeNull();
    expect(latencyBlock([sketchOf([1]), sketchOf()])!.ci95).toBeNull();
  });
});
