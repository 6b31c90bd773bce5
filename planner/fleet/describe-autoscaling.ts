/** What `capplan validate` prints of one pool's autoscaling. */
import { formatDuration, formatNumber, formatRate, formatShare } from "../foundation/format-units";
import { formatWeekTime } from "../foundation/week-time";
import type { FleetSpec } from "./fleet-spec";
import { autoscalingOf, type PlacedPool } from "./placed-pools";
import { AUTOSCALING_DEFAULTS, SCALING_RULES_DEFAULTS } from "./policy-defaults";
import type { ResolvedPool } from "./resolved-fleet";
import type {
  AutoscalingMetric,
  ResolvedPredictiveScaling,
  ResolvedScalingRules,
} from "./resolved-policies";
import { type PutRow, policyRows, type ResolvedRow, row } from "./resolved-row";
import type { AutoscalingSpec, ScalingRulesSpec, ScheduleTime } from "./scaling-spec";

/** Every setting, at the pool's path, wherever the policy stands. */
export function describeAutoscaling(
  spec: FleetSpec,
  placed: PlacedPool,
  pool: ResolvedPool,
): ResolvedRow[] {
  const { autoscaling } = pool;
  const at = `${placed.path}.autoscaling`;
  const followed = autoscalingOf(spec, placed);
  if (followed === undefined || autoscaling === undefined)
    return [row(at, "none", placed.pool.autoscaling, "the pool keeps its replicas")];
  const { policy } = followed;
  const defaults = AUTOSCALING_DEFAULTS;
  const put = policyRows(at, followed.path);
  return [
    put("metric", autoscaling.metric, policy.metric, ""),
    put("target", formatAmount(autoscaling.target, policy.metric), policy.target, ""),
    put(
      "pollingInterval",
      formatDuration(autoscaling.pollingIntervalSeconds),
      policy.pollingInterval,
      defaults.pollingInterval.reason,
    ),
    put(
      "metricLag",
      formatDuration(autoscaling.metricLagSeconds),
      policy.metricLag,
      defaults.metricLag.reason,
    ),
    put(
      "tolerance",
      formatShare(autoscaling.tolerance),
      policy.tolerance,
      defaults.tolerance.reason,
    ),
    ...describeRules("scaleUp", autoscaling.scaleUp, policy.scaleUp, put),
    ...describeRules("scaleDown", autoscaling.scaleDown, policy.scaleDown, put),
    ...(pool.replicasMin === 0
      ? [
          put(
            "cooldownPeriod",
            formatDuration(autoscaling.cooldownSeconds),
            policy.cooldownPeriod,
            defaults.cooldownPeriod.reason,
          ),
          put(
            "activation",
            formatAmount(autoscaling.activation, policy.metric),
            policy.activation,
            defaults.activation.reason,
          ),
        ]
      : []),
    put("schedule", formatSchedule(policy.schedule), policy.schedule, defaults.schedule.reason),
    ...describePredictive(autoscaling.predictive, policy, put),
  ];
}

function describeRules(
  direction: "scaleUp" | "scaleDown",
  rules: ResolvedScalingRules,
  written: ScalingRulesSpec | undefined,
  put: PutRow,
): ResolvedRow[] {
  const defaults = SCALING_RULES_DEFAULTS[direction];
  const replaced = written?.pods !== undefined || written?.percent !== undefined;
  const because = (reason: string) =>
    replaced ? "HPA: the policy that is given stands alone" : reason;
  return [
    put(
      `${direction}.stabilizationWindow`,
      formatDuration(rules.stabilizationWindowSeconds),
      written?.stabilizationWindow,
      defaults.stabilizationWindow.reason,
    ),
    put(
      `${direction}.pods`,
      formatPolicy(rules.pods, formatNumber),
      written?.pods,
      because(defaults.pods.reason),
    ),
    put(
      `${direction}.percent`,
      formatPolicy(rules.share, formatShare),
      written?.percent,
      because(defaults.percent.reason),
    ),
    put(
      `${direction}.period`,
      formatDuration(rules.periodSeconds),
      written?.period,
      defaults.period.reason,
    ),
  ];
}

function formatPolicy(value: number, format: (value: number) => string): string {
  return value === Number.POSITIVE_INFINITY ? "none" : format(value);
}

function formatAmount(value: number, metric: AutoscalingMetric): string {
  if (metric === "kv-utilization") return formatShare(value);
  return metric === "request-rate" ? formatRate(value) : formatNumber(value);
}

/** `at least 6 from mon 08:00 to mon 20:00, at least 2 from 22:00 to 06:00 every day`: as written, in UTC. */
function formatSchedule(schedule: AutoscalingSpec["schedule"] = []): string {
  if (schedule.length === 0) return "none";
  return schedule
    .map(({ start, end, replicas }) => {
      const days = start.isDaily ? " every day" : "";
      return `at least ${replicas} from ${formatTime(start)} to ${formatTime(end)}${days}`;
    })
    .join(", ");
}

/** Times of every day are counted on a Monday. */
function formatTime({ seconds, isDaily }: ScheduleTime): string {
  const text = formatWeekTime(seconds);
  return isDaily ? text.slice(text.indexOf(" ") + 1) : text;
}

function describePredictive(
  predictive: ResolvedPredictiveScaling | undefined,
  { predictive: written }: AutoscalingSpec,
  put: PutRow,
): ResolvedRow[] {
  if (predictive === undefined)
    return [put("predictive", "none", undefined, "follows the load of now")];
  const { predictiveMethod, predictiveWindow } = AUTOSCALING_DEFAULTS;
  const rows = [
    put(
      "predictive.lookahead",
      formatDuration(predictive.lookaheadSeconds),
      written?.lookahead,
      "the pool's mean cold start",
    ),
    put("predictive.method", predictive.method, written?.method, predictiveMethod.reason),
  ];
  if (predictive.method === "profile") return rows;
  const window = formatDuration(predictive.windowSeconds);
  return [...rows, put("predictive.window", window, written?.window, predictiveWindow.reason)];
}
