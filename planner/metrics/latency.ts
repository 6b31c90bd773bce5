/**
 * Latency blocks from sketches: one block per metric, pooled over replications, with the half-width of the
 * confidence interval that the replications show. The only place where seconds become milliseconds.
 */

import { QuantileSketch, SKETCH_RELATIVE_ERROR } from "../foundation/quantile-sketch";
import { halfWidth95 } from "./confidence";
import type { LatencyBlock } from "./simulation-summary";

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

type Statistic = "mean" | keyof typeof QUANTILES;
const STATISTICS: readonly Statistic[] = ["mean", "p50", "p90", "p95", "p99", "p999"];

/** All sketches as one. */
export function mergeSketches(sketches: readonly QuantileSketch[]): QuantileSketch {
  const merged = new QuantileSketch();
  for (const sketch of sketches) merged.merge(sketch);
  return merged;
}

/** Seconds of one statistic; NaN when nothing was measured. */
export function statisticSeconds(sketch: QuantileSketch, statistic: Statistic): number {
  return statistic === "mean" ? sketch.mean : sketch.quantile(QUANTILES[statistic]);
}

/** Probability of a quantile statistic; undefined for the mean. */
export function probabilityOf(statistic: Statistic): number | undefined {
  return statistic === "mean" ? undefined : QUANTILES[statistic];
}

/**
 * @param replications one sketch of the metric per replication, in seconds
 * @returns the block in milliseconds, or null when nothing was measured
 */
export function latencyBlock(replications: readonly QuantileSketch[]): LatencyBlock | null {
  const pooled = mergeSketches(replications);
  if (pooled.count === 0) return null;
  const values = byStatistic((statistic) => statisticSeconds(pooled, statistic) * 1e3);
  const halfWidths = byStatistic((statistic) => {
    const halfWidth = halfWidth95(
      replications.map((sketch) => statisticSeconds(sketch, statistic) * 1e3),
    );
    // Quantiles that fall into one bucket of the sketch agree only as far as the bucket is wide.
    const resolution = statistic === "mean" ? 0 : values[statistic] * SKETCH_RELATIVE_ERROR;
    const isTailSeen = replications.every((sketch) => tailCount(sketch, statistic) >= TAIL_MIN);
    return halfWidth === null || !isTailSeen ? null : Math.max(halfWidth, resolution);
  });
  const isAnyKnown = STATISTICS.some((statistic) => halfWidths[statistic] !== null);
  return { ...values, count: pooled.count, ci95: isAnyKnown ? halfWidths : null };
}

/** A quantile of one replication with fewer values beyond it is biased, and its spread says little. */
const TAIL_MIN = 10;

function tailCount(sketch: QuantileSketch, statistic: Statistic): number {
  const probability = probabilityOf(statistic);
  return sketch.count * (probability === undefined ? 1 : 1 - probability);
}

function byStatistic<T>(of: (statistic: Statistic) => T): Record<Statistic, T> {
  return Object.fromEntries(STATISTICS.map((statistic) => [statistic, of(statistic)])) as Record<
    Statistic,
    T
  >;
}
