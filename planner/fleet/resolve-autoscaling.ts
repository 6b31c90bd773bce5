/**
 * Autoscaling of one pool with every default filled in. What is wrong with a policy is `check-autoscaling.ts`: a
 * policy of the fleet is checked once and resolved for each pool that follows it.
 */
import { WEEK_SECONDS } from "../foundation/week-time";
import { AUTOSCALING_DEFAULTS, SCALING_RULES_DEFAULTS } from "./policy-defaults";
import type {
  ResolvedAutoscaling,
  ResolvedPredictiveScaling,
  ResolvedScalingRules,
  ResolvedScalingSchedule,
} from "./resolved-policies";
import type { AutoscalingSpec, ScalingRulesSpec } from "./scaling-spec";

const DAY_SECONDS = 86_400;

/** What a pool's policy depends on, of the pool. */
interface ScaledPool {
  readonly replicasMin: number;
  /** Mean time until a new replica of the pool serves: how far a prediction looks ahead. */
  readonly coldStartSeconds: number;
}

/**
 * What a pool that follows the policy does. Of a policy that several pools follow, what can do nothing in this one is
 * left at its default: leaving zero where the pool has a minimum, and times with no more than that minimum.
 */
export function resolveAutoscaling(
  spec: AutoscalingSpec,
  { replicasMin, coldStartSeconds }: ScaledPool,
): ResolvedAutoscaling {
  const defaults = AUTOSCALING_DEFAULTS;
  const leavesZero = replicasMin === 0;
  const { cooldownPeriod, activation } = leavesZero
    ? spec
    : { cooldownPeriod: undefined, activation: undefined };
  const schedule = (spec.schedule ?? []).filter(({ replicas }) => replicas > replicasMin);
  return {
    metric: spec.metric,
    target: spec.target.value,
    pollingIntervalSeconds: spec.pollingInterval ?? defaults.pollingInterval.value,
    metricLagSeconds: spec.metricLag ?? defaults.metricLag.value,
    tolerance: spec.tolerance ?? defaults.tolerance.value,
    scaleUp: resolveRules(spec.scaleUp, "scaleUp"),
    scaleDown: resolveRules(spec.scaleDown, "scaleDown"),
    cooldownSeconds: cooldownPeriod ?? defaults.cooldownPeriod.value,
    activation: activation?.value ?? defaults.activation.value,
    schedule: resolveSchedule(schedule),
    predictive: resolvePredictive(spec.predictive, coldStartSeconds),
  };
}

/** As in the HPA, a policy that is given stands alone: `pods` without `percent` is no limit in per cent. */
function resolveRules(
  spec: ScalingRulesSpec | undefined,
  direction: "scaleUp" | "scaleDown",
): ResolvedScalingRules {
  const defaults = SCALING_RULES_DEFAULTS[direction];
  const isGiven = spec?.pods !== undefined || spec?.percent !== undefined;
  const { pods, percent } = isGiven
    ? { pods: Number.POSITIVE_INFINITY, percent: Number.POSITIVE_INFINITY }
    : { pods: defaults.pods.value, percent: defaults.percent.value };
  return {
    stabilizationWindowSeconds: spec?.stabilizationWindow ?? defaults.stabilizationWindow.value,
    pods: spec?.pods ?? pods,
    share: spec?.percent ?? percent,
    periodSeconds: spec?.period ?? defaults.period.value,
  };
}

/** Windows of the week in order; one of every day becomes seven. */
function resolveSchedule(
  spec: NonNullable<AutoscalingSpec["schedule"]>,
): readonly ResolvedScalingSchedule[] {
  return spec
    .flatMap(({ start, end, replicas }) => {
      if (!start.isDaily)
        return [{ startSeconds: start.seconds, endSeconds: end.seconds, replicas }];
      const length = (end.seconds - start.seconds + DAY_SECONDS) % DAY_SECONDS;
      return Array.from({ length: WEEK_SECONDS / DAY_SECONDS }, (_, day) => {
        const startSeconds = day * DAY_SECONDS + start.seconds;
        return { startSeconds, endSeconds: (startSeconds + length) % WEEK_SECONDS, replicas };
      });
    })
    .toSorted(
      (a, b) =>
        a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds || a.replicas - b.replicas,
    );
}

function resolvePredictive(
  spec: AutoscalingSpec["predictive"],
  coldStartSeconds: number,
): ResolvedPredictiveScaling | undefined {
  if (spec === undefined) return undefined;
  const { predictiveMethod, predictiveWindow } = AUTOSCALING_DEFAULTS;
  return {
    lookaheadSeconds: spec.lookahead ?? coldStartSeconds,
    method: spec.method ?? predictiveMethod.value,
    windowSeconds: spec.window ?? predictiveWindow.value,
  };
}
