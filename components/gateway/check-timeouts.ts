/** Timeouts of a traffic policy: that they can be written, and that they cut no stream that is expected. */
import type { InputProblem } from "../foundation/input-problem";
import { DURATION_SECONDS_MAX } from "./gateway-duration";
import type { StreamLengths, TrafficPolicyArgs } from "./traffic-policy-args";

/** What is wrong with the durations of a policy. */
export function checkTimeouts(
  policy: TrafficPolicyArgs,
  path: string,
  { longestStreamSeconds, longestSilenceSeconds }: StreamLengths,
): readonly InputProblem[] {
  const { timeouts = {}, passiveHealthCheck, activeHealthCheck, retry, admissionControl } = policy;
  const durations: readonly (readonly [key: string, seconds: number | undefined])[] = [
    ["timeouts.connectSeconds", timeouts.connectSeconds],
    ["timeouts.requestSeconds", timeouts.requestSeconds],
    ["timeouts.streamIdleSeconds", timeouts.streamIdleSeconds],
    ["timeouts.maxStreamSeconds", timeouts.maxStreamSeconds],
    ["passiveHealthCheck.intervalSeconds", passiveHealthCheck?.intervalSeconds],
    ["passiveHealthCheck.baseEjectionSeconds", passiveHealthCheck?.baseEjectionSeconds],
    ["activeHealthCheck.intervalSeconds", activeHealthCheck?.intervalSeconds],
    ["activeHealthCheck.timeoutSeconds", activeHealthCheck?.timeoutSeconds],
    ["retry.perRetryTimeoutSeconds", retry?.perRetryTimeoutSeconds],
    ["retry.baseIntervalSeconds", retry?.baseIntervalSeconds],
    ["retry.maxIntervalSeconds", retry?.maxIntervalSeconds],
    ["slowStartSeconds", policy.slowStartSeconds],
  ];
  const problems = durations.flatMap(([key, seconds]) => checkDuration(`${path}.${key}`, seconds));
  const { samplingWindowSeconds } = admissionControl ?? {};
  if (samplingWindowSeconds !== undefined && !(samplingWindowSeconds >= 1)) {
    problems.push({
      path: `${path}.admissionControl.samplingWindowSeconds`,
      must: "be at least 1",
      got: samplingWindowSeconds,
    });
  }
  const cuts = [
    ["requestSeconds", "longestStreamSeconds", longestStreamSeconds],
    ["maxStreamSeconds", "longestStreamSeconds", longestStreamSeconds],
    ["streamIdleSeconds", "longestSilenceSeconds", longestSilenceSeconds],
  ] as const;
  for (const [key, name, least] of cuts) {
    const seconds = timeouts[key];
    if (seconds === undefined || seconds >= least) continue;
    problems.push({
      path: `${path}.timeouts.${key}`,
      must: `be at least ${name} (${least}), or it cuts answers that are expected`,
      got: seconds,
      fix: "raise it, or leave it out",
    });
  }
  return problems;
}

/** A duration of at least a millisecond that can be written; Infinity is none. */
function checkDuration(path: string, seconds: number | undefined): InputProblem[] {
  if (seconds === undefined || seconds === Number.POSITIVE_INFINITY) return [];
  if (seconds >= 0.001 && seconds <= DURATION_SECONDS_MAX) return [];
  const must = `be between 0.001 and ${DURATION_SECONDS_MAX} seconds`;
  return [{ path, must, got: seconds }];
}

/** Lengths must be there to compare with. */
export function checkLengths({
  longestStreamSeconds,
  longestSilenceSeconds,
}: StreamLengths): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  if (!(longestStreamSeconds > 0 && longestStreamSeconds <= DURATION_SECONDS_MAX)) {
    problems.push({
      path: "longestStreamSeconds",
      must: "be a number of seconds above 0",
      got: longestStreamSeconds,
    });
  }
  if (!(longestSilenceSeconds > 0 && longestSilenceSeconds <= longestStreamSeconds)) {
    problems.push({
      path: "longestSilenceSeconds",
      must: "be above 0 and at most longestStreamSeconds",
      got: longestSilenceSeconds,
    });
  }
  return problems;
}
