/**
 * The share of requests that miss a limit, as PromQL over a histogram. A histogram only knows how many requests lie below
 * its boundaries, so a limit between two of them has three answers:
 *
 * - `certain`: requests above the next boundary. All of them are late, and some that are late are missing. Pages count
 *   these, so that a page is never about requests that kept the promise.
 * - `estimate`: requests above the limit if those of its bucket are spread evenly, as histogram_quantile assumes. Tickets
 *   count these, so that what hides inside the bucket is found, if later.
 * - What lies above the boundary below would be an upper bound. Nothing counts it: it would accuse most of a bucket.
 *
 * On a boundary all are the same.
 */
import type { LatencyObjectiveArgs, Measurer, ObjectiveStatistic } from "./objective-args";
import { latencyHistogram } from "./request-metrics";
import { decimal, selector } from "./rule";
import { placeOfLimit } from "./vllm-metrics";

/** Which of the answers. */
export type ShareBound = "certain" | "estimate";

const QUANTILES: Readonly<Record<Exclude<ObjectiveStatistic, "mean">, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
};

/** Share of requests that may miss the limit: 0.05 for a P95. Undefined for a mean, which has no such share. */
export function budgetOf(statistic: ObjectiveStatistic): number | undefined {
  return statistic === "mean" ? undefined : Number((1 - QUANTILES[statistic]).toPrecision(6));
}

/** The quantile of a statistic; undefined for a mean. */
export function quantileOf(statistic: ObjectiveStatistic): number | undefined {
  return statistic === "mean" ? undefined : QUANTILES[statistic];
}

/** Short name of an objective: `ttft-p95`. */
export function objectiveName({ metric, statistic }: LatencyObjectiveArgs): string {
  return `${metric}-${statistic}`;
}

/** The weight of the requests below each boundary; they add up to 1. */
export function boundWeights(
  objective: LatencyObjectiveArgs,
  bound: ShareBound,
  measuredBy?: Measurer,
): readonly { readonly boundSeconds: number; readonly weight: number }[] {
  const histogram = latencyHistogram(objective.metric, measuredBy);
  const place = placeOfLimit(histogram, objective.limitSeconds);
  if (place === undefined) {
    throw new Error(`${objectiveName(objective)}: limit above the last boundary was not refused`);
  }
  const { belowSeconds, aboveSeconds } = place;
  if (bound === "certain" || belowSeconds === aboveSeconds) {
    return [{ boundSeconds: aboveSeconds, weight: 1 }];
  }
  const weight = (objective.limitSeconds - belowSeconds) / (aboveSeconds - belowSeconds);
  const above = { boundSeconds: aboveSeconds, weight };
  // No request takes less than nothing: below the first boundary there is no other.
  return belowSeconds === 0 ? [above] : [{ boundSeconds: belowSeconds, weight: 1 - weight }, above];
}

/** Series of requests. */
export interface MeasuredSeries {
  /** Which: the model and its namespace. */
  readonly labels: Readonly<Record<string, string>>;
  readonly measuredBy: Measurer | undefined;
}

/** The share of requests in a window that miss the limit. */
export function badShare(
  objective: LatencyObjectiveArgs,
  bound: ShareBound,
  { labels, measuredBy }: MeasuredSeries,
  window: string,
): string {
  const { name } = latencyHistogram(objective.metric, measuredBy);
  const kept = boundWeights(objective, bound, measuredBy)
    .map(({ boundSeconds, weight }) => {
      const series = `${name}_bucket${withBound(labels, boundSeconds)}[${window}]`;
      const rate = `sum(rate(${series}))`;
      return weight === 1 ? rate : `${decimal(weight)} * ${rate}`;
    })
    .join(" + ");
  return `1 - (${kept}) / sum(rate(${name}_count${selector(labels)}[${window}]))`;
}

/** Python writes 1.0 where others write 1. */
function withBound(labels: Readonly<Record<string, string>>, boundSeconds: number): string {
  const matchers = selector(labels).slice(1, -1);
  const le = Number.isInteger(boundSeconds)
    ? `le=~"${boundSeconds}(\\\\.0)?"`
    : `le="${boundSeconds}"`;
  return `{${matchers === "" ? "" : `${matchers},`}${le}}`;
}

/** What is said of a limit that is not a boundary; undefined for one that is. */
export function describeBound(
  objective: LatencyObjectiveArgs,
  measuredBy: Measurer | undefined,
): string | undefined {
  const histogram = latencyHistogram(objective.metric, measuredBy);
  const place = placeOfLimit(histogram, objective.limitSeconds);
  if (place === undefined || place.belowSeconds === place.aboveSeconds) return undefined;
  const { belowSeconds, aboveSeconds } = place;
  return (
    `${decimal(objective.limitSeconds)} s lies between the boundaries ${belowSeconds} s and ${aboveSeconds} s of the ` +
    `histogram: pages count requests above ${aboveSeconds} s, tickets estimate those above the limit`
  );
}
