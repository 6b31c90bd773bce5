/** What every file of rules needs: the arguments with their defaults, the series of a model or a pool, and an alert. */
import type {
  AlertLimitsArgs,
  FleetRulesArgs,
  Measurer,
  MonitoredWorkloadArgs,
} from "./objective-args";
import type { AlertingRule, AlertSeverity, AlertText } from "./rule";

/** Arguments with their defaults. */
export interface RuleContext extends FleetRulesArgs {
  readonly limits: Required<AlertLimitsArgs>;
}

const LIMITS: Required<AlertLimitsArgs> = {
  requestsMin: 50,
  driftTolerance: 0.25,
  kvUsageMax: 0.9,
  preemptionShareMax: 0.05,
  costTolerance: 0.1,
};

/** The arguments with everything that was left out. */
export function ruleContext(args: FleetRulesArgs): RuleContext {
  return { ...args, limits: { ...LIMITS, ...args.limits } };
}

/** The label that collectors make of the pods' label `app.kubernetes.io/name`: whose replica, or which picker, it is. */
export const NAME_SERIES_LABEL = "app_kubernetes_io_name";

/** Matchers of the series of a model's requests, from whoever measures them. */
export function modelLabels(
  { servingNamespace, gateway }: FleetRulesArgs,
  servedModel: string,
  measuredBy?: Measurer,
): Readonly<Record<string, string>> {
  const isPickers = measuredBy === "picker" && gateway !== undefined;
  return { namespace: isPickers ? gateway.namespace : servingNamespace, model_name: servedModel };
}

/** Matchers of a workload's series. */
export function workloadLabels(
  args: FleetRulesArgs,
  { servedModel, measuredBy, seriesLabels = {} }: MonitoredWorkloadArgs,
): Readonly<Record<string, string>> {
  return { ...modelLabels(args, servedModel, measuredBy), ...seriesLabels };
}

/** Matchers of a pool's series. */
export function poolLabels(
  { servingNamespace }: FleetRulesArgs,
  pool: string,
): Readonly<Record<string, string>> {
  return { namespace: servingNamespace, [NAME_SERIES_LABEL]: pool };
}

/** An alert, with what all alerts carry. */
export function alert(
  { region, runbookUrl }: FleetRulesArgs,
  {
    name,
    severity,
    expr,
    forTime,
    labels = {},
    text,
  }: {
    readonly name: `Capplan${string}`;
    readonly severity: AlertSeverity;
    readonly expr: string;
    readonly forTime: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly text: AlertText;
  },
): AlertingRule {
  return {
    alert: name,
    expr,
    for: forTime,
    labels: { severity, region, ...labels },
    annotations: {
      ...text,
      ...(runbookUrl === undefined ? {} : { runbook_url: `${runbookUrl}#${name}` }),
    },
  };
}
