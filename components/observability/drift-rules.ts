/**
 * Rules that compare what comes with what was planned: lengths of prompts and answers, rates, and the share of each
 * model. A plan holds for its traffic; another traffic needs another plan, even while every objective is still met.
 */
import { backendMatchers } from "./availability-rules";
import { type PlannedModel, plannedModels } from "./planned-traffic";
import { requestMetrics } from "./request-metrics";
import { type AlertingRule, decimal, type RecordingRule, type RuleGroup, selector } from "./rule";
import { alert, modelLabels, type RuleContext } from "./rule-context";

/** Requests of a model per second, over the last minutes. */
export const REQUEST_RATE_RECORD = "capplan:requests:rate5m";
/** Requests of a model per second, over the last day. */
const DAY_RATE_RECORD = "capplan:requests:rate1d";

const LENGTHS = [
  { field: "promptTokensMean", of: "promptTokens", record: "capplan:prompt_tokens:mean6h" },
  { field: "outputTokensMean", of: "outputTokens", record: "capplan:output_tokens:mean6h" },
] as const;

/** The group of all models. */
export function driftRuleGroups(context: RuleContext): readonly RuleGroup[] {
  const models = plannedModels(context);
  if (models.length === 0) return [];
  return [
    {
      name: "capplan-drift",
      interval: "1m",
      rules: [
        ...models.flatMap((model) => recordings(context, model)),
        ...models.flatMap((model) => [
          ...lengthAlerts(context, model),
          ...rateAlerts(context, model),
          ...mixAlerts(context, model),
        ]),
      ],
    },
  ];
}

/**
 * Requests that come in where the gateway tells, since an overloaded engine finishes fewer than come; else requests that
 * were finished.
 */
export function requestRate(context: RuleContext, model: PlannedModel, window: string): string {
  return `sum(rate(${requestSeries(context, model)}[${window}]))`;
}

function requestSeries(context: RuleContext, model: PlannedModel): string {
  const { gateway } = context;
  if (gateway === undefined || model.backends === undefined) {
    return `${requestMetrics(model.measuredBy).requests}${seriesOf(context, model)}`;
  }
  return `envoy_cluster_upstream_rq_total{${backendMatchers(gateway, model.backends)}}`;
}

/** The mean of a day, once there has been a day: before, the time without samples would count as without requests. */
function dayRate(context: RuleContext, model: PlannedModel): string {
  const before = `count(${requestSeries(context, model)} offset 1d) > 0`;
  return `${requestRate(context, model, "1d")} and on() (${before})`;
}

function seriesOf(context: RuleContext, { servedModel, measuredBy }: PlannedModel): string {
  return selector(modelLabels(context, servedModel, measuredBy));
}

function recordings(context: RuleContext, model: PlannedModel): readonly RecordingRule[] {
  const labels = { model: model.servedModel };
  const metrics = requestMetrics(model.measuredBy);
  const series = seriesOf(context, model);
  return [
    { record: REQUEST_RATE_RECORD, expr: requestRate(context, model, "5m"), labels },
    { record: DAY_RATE_RECORD, expr: dayRate(context, model), labels },
    ...LENGTHS.map(({ of, record }) => ({
      record,
      expr: `sum(rate(${metrics[of]}_sum${series}[6h])) / sum(rate(${metrics[of]}_count${series}[6h]))`,
      labels,
    })),
  ];
}

function lengthAlerts(context: RuleContext, model: PlannedModel): readonly AlertingRule[] {
  const { driftTolerance, requestsMin } = context.limits;
  const metrics = requestMetrics(model.measuredBy);
  const series = seriesOf(context, model);
  return LENGTHS.flatMap(({ field, of, record }) => {
    const planned = model[field];
    if (planned === undefined || planned === 0) return [];
    const what = field === "promptTokensMean" ? "Prompts" : "Answers";
    return [
      alert(context, {
        name:
          field === "promptTokensMean" ? "CapplanPromptLengthDrifts" : "CapplanOutputLengthDrifts",
        severity: "ticket",
        expr:
          `abs(${record}${selector({ model: model.servedModel })} / ${decimal(planned)} - 1) > ${decimal(driftTolerance)} ` +
          `and on() (sum(increase(${metrics[of]}_count${series}[6h])) >= ${requestsMin})`,
        forTime: "1h",
        labels: { model: model.servedModel },
        text: {
          summary: `${what} of ${model.servedModel} are not as long as planned`,
          description:
            `Planned are ${decimal(planned)} tokens on average, weighted over ${model.workloads.join(", ")}; ` +
            "the mean of six hours differs by {{ $value | humanizePercentage }}. Plan anew with these lengths.",
        },
      }),
    ];
  });
}

function rateAlerts(context: RuleContext, model: PlannedModel): readonly AlertingRule[] {
  const { driftTolerance } = context.limits;
  const labels = { model: model.servedModel };
  const { requestsPerSecond, requestsPerSecondMax } = model;
  const alerts: AlertingRule[] = [];
  if (requestsPerSecondMax !== undefined && requestsPerSecondMax > 0) {
    alerts.push(
      alert(context, {
        name: "CapplanRateAbovePlan",
        severity: "ticket",
        expr: `${REQUEST_RATE_RECORD}${selector(labels)} > ${decimal(requestsPerSecondMax)}`,
        forTime: "15m",
        labels,
        text: {
          summary: `More requests for ${model.servedModel} than this cluster was sized for`,
          description: `It was sized for ${decimal(requestsPerSecondMax)} requests per second; there are {{ $value | humanize }}.`,
        },
      }),
    );
  }
  if (requestsPerSecond !== undefined && requestsPerSecond > 0) {
    const share = `${DAY_RATE_RECORD}${selector(labels)} / ${decimal(requestsPerSecond)}`;
    alerts.push(
      alert(context, {
        name: "CapplanRateDrifts",
        severity: "ticket",
        expr: `abs(${share} - 1) > ${decimal(driftTolerance)}`,
        forTime: "6h",
        labels,
        text: {
          summary: `The rate of requests for ${model.servedModel} is not as planned`,
          description: `Planned are ${decimal(requestsPerSecond)} requests per second on average; the last day differs by {{ $value | humanizePercentage }}.`,
        },
      }),
    );
  }
  return alerts;
}

function mixAlerts(context: RuleContext, model: PlannedModel): readonly AlertingRule[] {
  if (model.share === undefined || model.share === 0) return [];
  const labels = { model: model.servedModel };
  const share = `${DAY_RATE_RECORD}${selector(labels)} / on() group_left() sum(${DAY_RATE_RECORD})`;
  return [
    alert(context, {
      name: "CapplanRequestMixDrifts",
      severity: "ticket",
      expr: `abs((${share}) / ${decimal(model.share)} - 1) > ${decimal(context.limits.driftTolerance)}`,
      forTime: "6h",
      labels,
      text: {
        summary: `The share of requests for ${model.servedModel} is not as planned`,
        description: `Planned are ${decimal(100 * model.share)} % of all requests; the last day differs by {{ $value | humanizePercentage }} of that.`,
      },
    }),
  ];
}
