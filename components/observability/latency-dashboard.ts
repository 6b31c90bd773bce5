/** What the latency dashboard shows: percentiles of each workload beside what was promised. */
import type { DashboardPanel, DashboardSection } from "./dashboard-model";
import type { LatencyMetric, LatencyObjectiveArgs } from "./objective-args";
import { describeBound, type MeasuredSeries, objectiveName, quantileOf } from "./objective-share";
import { latencyHistogram } from "./request-metrics";
import { decimal, selector } from "./rule";
import { type RuleContext, workloadLabels } from "./rule-context";

/** Always shown of a workload, whatever it promises. */
const LATENCIES = ["ttft", "tpot", "e2e"] as const satisfies readonly LatencyMetric[];
const QUANTILES = [0.5, 0.95, 0.99];
const UNPROMISED = "Estimated from a histogram: even spread inside each bucket.";

/** One section a workload. */
export function latencySections(context: RuleContext): readonly DashboardSection[] {
  return Object.entries(context.workloads).map(([name, workload]) => {
    const labels = workloadLabels(context, workload);
    const objectives = workload.objectives ?? [];
    const metrics = new Set<LatencyMetric>([
      ...LATENCIES,
      ...objectives.map(({ metric }) => metric),
    ]);
    return {
      title: `${name} (${workload.servedModel})`,
      panels: [
        ...[...metrics].map((metric) =>
          latencyPanel(
            metric,
            { labels, measuredBy: workload.measuredBy },
            objectives.filter((one) => one.metric === metric),
          ),
        ),
        ...(objectives.some(({ statistic }) => statistic !== "mean") ? [burnPanel(name)] : []),
      ],
    };
  });
}

function latencyPanel(
  metric: LatencyMetric,
  { labels, measuredBy }: MeasuredSeries,
  objectives: readonly LatencyObjectiveArgs[],
): DashboardPanel {
  const { name } = latencyHistogram(metric, measuredBy);
  const quantiles = new Set([
    ...QUANTILES,
    ...objectives.flatMap(({ statistic }) => quantileOf(statistic) ?? []),
  ]);
  const notes = objectives.flatMap((objective) => describeBound(objective, measuredBy) ?? []);
  return {
    title: metric,
    unit: "s",
    description: [UNPROMISED, ...notes].join(" "),
    queries: [
      ...[...quantiles].sort().map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket${selector(labels)}[5m])))`,
        legend: `P${decimal(100 * quantile)}`,
      })),
      ...objectives.map((objective) => ({
        expr: `vector(${decimal(objective.limitSeconds)})`,
        legend: `limit ${objectiveName(objective)}`,
      })),
    ],
  };
}

function burnPanel(workload: string): DashboardPanel {
  const series = selector({ workload, bound: "certain" });
  return {
    title: "Requests that miss their limit",
    unit: "percentunit",
    description: "For certain: above the boundary of the histogram that follows the limit.",
    queries: ["5m", "1h", "6h"].map((window) => ({
      expr: `capplan:objective_bad:ratio_rate${window}${series}`,
      legend: `{{objective}} ${window}`,
    })),
  };
}
