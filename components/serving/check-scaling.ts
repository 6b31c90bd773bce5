/** What is wrong with the autoscaling of a service: figures that are out of bounds, and rules that would do nothing. */
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type {
  HpaScalingArgs,
  KedaScalingArgs,
  ScalingArgs,
  ScalingRulesArgs,
  ScalingTriggerArgs,
} from "./scaling-args";

const REPLICAS_MAX = 100_000;
const WEEK_SECONDS = 604_800;

/** The problems of autoscaling that begins with so many replicas. */
export function checkScaling(
  scaling: ScalingArgs,
  replicas: number,
  path: string,
): readonly InputProblem[] {
  const { by, replicasMin, replicasMax, tolerance = 0.1, hasConfigurableTolerance } = scaling;
  const problems: InputProblem[] = [
    ...checkOneOf(`${path}.by`, by, ["keda", "hpa"]),
    ...checkWhole(`${path}.replicasMin`, replicasMin, { min: 0, max: REPLICAS_MAX }),
    ...checkWhole(`${path}.replicasMax`, replicasMax, { min: 1, max: REPLICAS_MAX }),
    ...checkRules(scaling.scaleUp, `${path}.scaleUp`),
    ...checkRules(scaling.scaleDown, `${path}.scaleDown`),
  ];
  if (replicasMin >= replicasMax) {
    problems.push({
      path: `${path}.replicasMin`,
      must: `be below replicasMax (${replicasMax})`,
      got: replicasMin,
      fix: "leave scaling out for a fixed number of replicas",
    });
  } else if (replicas < replicasMin || replicas > replicasMax) {
    problems.push({
      path: "replicas",
      must: `be between ${replicasMin} and ${replicasMax}, the bounds of scaling`,
      got: replicas,
    });
  }
  if (!(tolerance >= 0 && tolerance <= 1)) {
    problems.push({ path: `${path}.tolerance`, must: "be between 0 and 1", got: tolerance });
  } else if (tolerance !== 0.1 && hasConfigurableTolerance !== true) {
    problems.push({
      path: `${path}.tolerance`,
      must: "be 0.1, which is fixed before Kubernetes 1.35",
      got: tolerance,
      fix: "set hasConfigurableTolerance on a cluster of 1.35 or later",
    });
  }
  return [
    ...problems,
    ...checkOnlyOne(scaling, path),
    ...(scaling.by === "keda" ? checkKeda(scaling, path) : checkAutoscaler(scaling, path)),
  ];
}

/** What only the other kind of autoscaling does: two that scale one workload undo each other's work. */
const OTHERS = {
  keda: ["podMetric"],
  hpa: ["trigger", "pollingIntervalSeconds", "cooldownSeconds", "schedules", "fallback"],
} as const;

function checkOnlyOne(scaling: ScalingArgs, path: string): readonly InputProblem[] {
  const given: Readonly<Record<string, unknown>> = { ...scaling };
  return (OTHERS[scaling.by] ?? [])
    .filter((key) => given[key] !== undefined)
    .map((key) => ({
      path: `${path}.${key}`,
      must: `be left out with "${scaling.by}", since only one can scale a workload`,
      got: given[key],
    }));
}

function checkRules(rules: ScalingRulesArgs, path: string): readonly InputProblem[] {
  return [
    ...checkWhole(`${path}.stabilizationWindowSeconds`, rules.stabilizationWindowSeconds, {
      min: 0,
      max: 3600,
    }),
    ...checkWhole(`${path}.podsMax`, rules.podsMax, { min: 1, max: REPLICAS_MAX }),
    ...checkWhole(`${path}.percentMax`, rules.percentMax, { min: 1, max: 1_000_000 }),
    ...checkWhole(`${path}.periodSeconds`, rules.periodSeconds, { min: 1, max: 1800 }),
  ];
}

function checkKeda(scaling: KedaScalingArgs, path: string): readonly InputProblem[] {
  const { trigger, replicasMin, replicasMax, cooldownSeconds, fallback } = scaling;
  const problems: InputProblem[] = [
    ...checkTrigger(trigger, `${path}.trigger`),
    ...checkWhole(`${path}.pollingIntervalSeconds`, scaling.pollingIntervalSeconds, {
      min: 1,
      max: 3600,
    }),
    ...checkWhole(`${path}.cooldownSeconds`, cooldownSeconds, { min: 0, max: WEEK_SECONDS }),
    ...checkWhole(`${path}.fallback.failures`, fallback?.failures, { min: 1, max: 1000 }),
    ...checkWhole(`${path}.fallback.replicas`, fallback?.replicas, {
      min: replicasMin,
      max: replicasMax,
    }),
    ...checkSchedules(scaling, path),
  ];
  if (replicasMin > 0 && cooldownSeconds !== undefined) {
    problems.push({
      path: `${path}.cooldownSeconds`,
      must: "be left out with replicasMin above 0, where the last replica never goes",
      got: cooldownSeconds,
      fix: "use scaleDown.stabilizationWindowSeconds",
    });
  }
  // Without a sample KEDA would take its fallback, and start the replicas that it has just stopped.
  if (replicasMin === 0 && trigger.metric !== "queue-depth") {
    problems.push({
      path: `${path}.replicasMin`,
      must: `be at least 1 with ${trigger.metric}, which nobody measures without a replica`,
      got: 0,
      fix: "use queue-depth",
    });
  }
  return problems;
}

function checkTrigger(trigger: ScalingTriggerArgs, path: string): readonly InputProblem[] {
  const { metric } = trigger;
  const problems: InputProblem[] = [
    ...checkOneOf(`${path}.metric`, metric, [
      "kv-utilization",
      "in-flight",
      "waiting",
      "request-rate",
      "queue-depth",
    ]),
  ];
  if (metric === "queue-depth") return problems;
  const { target } = trigger;
  const most = metric === "kv-utilization" ? 1 : Number.MAX_SAFE_INTEGER;
  // The autoscaler counts in thousandths.
  if (!(target >= 0.001 && target <= most)) {
    const must = metric === "kv-utilization" ? "be a share, at most 1" : "be at least 0.001";
    problems.push({ path: `${path}.target`, must, got: target });
  }
  if (metric === "request-rate") {
    problems.push(
      ...checkForm(`${path}.route`, trigger.route, {
        pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
        must: "be the name of an HTTPRoute",
      }),
    );
  }
  return problems;
}

function checkSchedules(
  { schedules = [], replicasMin, replicasMax }: KedaScalingArgs,
  path: string,
): readonly InputProblem[] {
  return schedules.flatMap(({ startSeconds, endSeconds, replicas }, index) => {
    const at = `${path}.schedules[${index}]`;
    const problems: InputProblem[] = [
      ...checkWhole(`${at}.replicas`, replicas, { min: replicasMin + 1, max: replicasMax }),
    ];
    for (const [key, seconds] of Object.entries({ startSeconds, endSeconds })) {
      if (seconds >= 0 && seconds <= WEEK_SECONDS && seconds % 60 === 0) continue;
      problems.push({
        path: `${at}.${key}`,
        must: `be whole minutes of a week, in seconds from 0 to ${WEEK_SECONDS}`,
        got: seconds,
      });
    }
    if (startSeconds % WEEK_SECONDS === endSeconds % WEEK_SECONDS) {
      problems.push({
        path: `${at}.endSeconds`,
        must: "differ from startSeconds",
        got: endSeconds,
        fix: "raise replicasMin for the whole week",
      });
    }
    return problems;
  });
}

function checkAutoscaler(
  { replicasMin, podMetric }: HpaScalingArgs,
  path: string,
): readonly InputProblem[] {
  const problems: InputProblem[] = [
    ...checkForm(`${path}.podMetric.name`, podMetric?.name, {
      pattern: /^[a-zA-Z_][\w:./-]*$/,
      must: "be the name of a custom metric",
    }),
  ];
  if (!(podMetric?.target >= 0.001)) {
    problems.push({
      path: `${path}.podMetric.target`,
      must: "be at least 0.001",
      got: podMetric?.target,
    });
  }
  if (replicasMin === 0) {
    problems.push({
      path: `${path}.replicasMin`,
      must: "be at least 1 without KEDA, which alone starts a first replica",
      got: 0,
    });
  }
  return problems;
}
