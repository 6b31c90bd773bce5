/** Rules of latency objectives: the share of late requests in several windows, and alerts on how fast it burns. */
import { BURN_WINDOWS, badShareLimit } from "./burn-rate";
import type { LatencyObjectiveArgs, MonitoredWorkloadArgs } from "./objective-args";
import {
  badShare,
  budgetOf,
  describeBound,
  type MeasuredSeries,
  objectiveName,
  type ShareBound,
} from "./objective-share";
import { latencyHistogram } from "./request-metrics";
import { type AlertingRule, decimal, type RecordingRule, type RuleGroup, selector } from "./rule";
import { alert, type RuleContext, workloadLabels } from "./rule-context";

/** One objective of one workload. */
interface ObjectivePlace {
  readonly context: RuleContext;
  readonly workload: string;
  readonly monitored: MonitoredWorkloadArgs;
  readonly objective: LatencyObjectiveArgs;
}

const BOUND_OF = { page: "certain", ticket: "estimate" } as const;

/** The groups of all latency objectives: recordings before the alerts that read them. */
export function objectiveRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const places = Object.entries(context.workloads).flatMap(([workload, monitored]) =>
    (monitored.objectives ?? []).map((objective) => ({ context, workload, monitored, objective })),
  );
  if (places.length === 0) return [];
  return [
    {
      name: "capplan-objectives",
      interval: "30s",
      rules: [
        ...places.flatMap((place) => shareRecordings(place, ["5m", "30m", "1h"])),
        ...places.flatMap((place) => shareRecordings(place, ["6h", "3d"])),
        ...places.flatMap(objectiveAlerts),
      ],
    },
  ];
}

/** Name of the recorded share of a window. */
function shareRecord(window: string): string {
  return `capplan:objective_bad:ratio_rate${window}`;
}

/** Matchers of a recorded share. */
function shareLabels({ workload, objective }: ObjectivePlace, bound: ShareBound) {
  return { workload, objective: objectiveName(objective), bound };
}

function shareRecordings(
  place: ObjectivePlace,
  windows: readonly string[],
): readonly RecordingRule[] {
  const { objective } = place;
  if (budgetOf(objective.statistic) === undefined) return [];
  return windows.flatMap((window) => {
    const bounds = new Set(
      BURN_WINDOWS.filter(({ long, short }) => [long, short].includes(window)).map(
        ({ severity }) => BOUND_OF[severity],
      ),
    );
    return [...bounds].map((bound) => ({
      record: shareRecord(window),
      expr: badShare(objective, bound, seriesOf(place), window),
      labels: shareLabels(place, bound),
    }));
  });
}

function seriesOf({ context, monitored }: ObjectivePlace): MeasuredSeries {
  return { labels: workloadLabels(context, monitored), measuredBy: monitored.measuredBy };
}

function objectiveAlerts(place: ObjectivePlace): readonly AlertingRule[] {
  const budget = budgetOf(place.objective.statistic);
  return budget === undefined ? [meanAlert(place)] : burnAlerts(place, budget);
}

/** What was promised, for people. */
function promiseOf({ objective: { metric, statistic, limitSeconds } }: ObjectivePlace): string {
  return `${metric} ${statistic} at most ${decimal(limitSeconds)} s`;
}

/** So few requests say nothing of a share. */
function enoughRequests(place: ObjectivePlace, window: string): string {
  const { context, monitored, objective } = place;
  const { name } = latencyHistogram(objective.metric, monitored.measuredBy);
  const series = `${name}_count${selector(workloadLabels(context, monitored))}[${window}]`;
  return `sum(increase(${series})) >= ${context.limits.requestsMin}`;
}

function burnAlerts(place: ObjectivePlace, budget: number): readonly AlertingRule[] {
  const { context, workload, objective } = place;
  const note = describeBound(objective, place.monitored.measuredBy);
  const alertOf = (severity: "page" | "ticket") => {
    const series = (window: string) =>
      `${shareRecord(window)}${selector(shareLabels(place, BOUND_OF[severity]))}`;
    const expr = BURN_WINDOWS.filter((window) => window.severity === severity)
      .map((window) => {
        const limit = decimal(badShareLimit(budget, window));
        return (
          `(${series(window.long)} > ${limit} and ${series(window.short)} > ${limit} ` +
          `and on() (${enoughRequests(place, window.long)}))`
        );
      })
      .join(" or ");
    return { severity, expr };
  };
  return [
    alert(context, {
      ...alertOf("page"),
      name: "CapplanObjectiveBurnsFast",
      forTime: "2m",
      labels: { workload, objective: objectiveName(objective), model: place.monitored.servedModel },
      text: {
        summary: `${workload} misses ${promiseOf(place)}`,
        description: descriptionOf(
          "Requests are late so fast that the month's budget is gone within days",
          note,
        ),
      },
    }),
    alert(context, {
      ...alertOf("ticket"),
      name: "CapplanObjectiveBurnsSlowly",
      forTime: "1h",
      labels: { workload, objective: objectiveName(objective), model: place.monitored.servedModel },
      text: {
        summary: `${workload} slowly misses ${promiseOf(place)}`,
        description: descriptionOf(
          "For three days more requests have been late than the promise allows",
          note,
        ),
      },
    }),
  ];
}

function descriptionOf(what: string, note: string | undefined): string {
  return `${what}: {{ $value | humanizePercentage }} of them.${note === undefined ? "" : ` ${note}.`}`;
}

/** A mean has no share of late requests, and no budget: it is above its limit or it is not. */
function meanAlert(place: ObjectivePlace): AlertingRule {
  const { context, workload, monitored, objective } = place;
  const { name } = latencyHistogram(objective.metric, monitored.measuredBy);
  const labels = selector(workloadLabels(context, monitored));
  const mean = (window: string) =>
    `sum(rate(${name}_sum${labels}[${window}])) / sum(rate(${name}_count${labels}[${window}]))`;
  const limit = decimal(objective.limitSeconds);
  return alert(context, {
    name: "CapplanObjectiveMeanAboveLimit",
    severity: "page",
    expr: `${mean("1h")} > ${limit} and ${mean("5m")} > ${limit} and ${enoughRequests(place, "1h")}`,
    forTime: "5m",
    labels: { workload, objective: objectiveName(objective), model: monitored.servedModel },
    text: {
      summary: `${workload} misses ${promiseOf(place)}`,
      description:
        "The mean of the last hour, and of the last five minutes, is {{ $value | humanizeDuration }}.",
    },
  });
}
