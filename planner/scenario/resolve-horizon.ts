/**
 * How long a run is and how often it is repeated, when the scenario does not say: an hour, the whole of the traces, or
 * the time in which the requests that it asks for are expected.
 */
import type { Default } from "../fleet/defaults";
import type { Problem } from "../foundation/errors";
import { formatDuration, formatNumber } from "../foundation/format-units";
import { SCENARIO_DEFAULTS, warmUpDefault } from "./defaults";
import type { ResolvedScenario } from "./resolved-scenario";
import type { HorizonSpec, ScenarioSpec } from "./scenario-spec";
import { type TracesRead, traceFilesOf } from "./trace-files";
import type { WorkloadSpec } from "./workload-spec";

/** Whether every workload repeats a trace with its own lengths, so that little is left to chance. */
function replaysOnly(spec: ScenarioSpec): boolean {
  return Object.values(spec.workloads).every(({ arrivals }) => "trace" in arrivals);
}

/** Replications when the scenario does not say. */
export function replicationsDefault(spec: ScenarioSpec): Default<number> {
  const isFixed = Object.values(spec.workloads).every(
    ({ arrivals, tokens, chain, client }) =>
      "trace" in arrivals &&
      tokens === undefined &&
      chain === undefined &&
      client === undefined &&
      (arrivals.sample ?? 1) === 1,
  );
  return isFixed && !isFaultDrawn(spec)
    ? { value: 1, reason: "replays of traces repeat themselves" }
    : SCENARIO_DEFAULTS.replications;
}

/** Whether some fault strikes at random, or strikes random requests or nodes. */
function isFaultDrawn({ faults = [] }: ScenarioSpec): boolean {
  return faults.some(
    (fault) => "poison" in fault || "spotReclaim" in fault || fault.mtbf !== undefined,
  );
}

/** Duration when the scenario does not say. */
function durationDefault(spec: ScenarioSpec, traces: TracesRead, problems: Problem[]): number {
  const { requests } = spec.horizon ?? {};
  if (requests !== undefined && !replaysOnly(spec))
    return secondsOfRequests(spec, requests, problems);
  const span = secondsOfTraces(spec, traces);
  return Number.isFinite(span) ? Math.floor(span) + 1 : SCENARIO_DEFAULTS.durationSeconds.value;
}

/** Why the duration is what it is when the scenario does not say, for `capplan validate`. */
export function durationReason(spec: ScenarioSpec, durationSeconds: number): string {
  if (spec.horizon?.requests !== undefined) return "in which that many requests are expected";
  const { value, reason } = SCENARIO_DEFAULTS.durationSeconds;
  return durationSeconds === value ? reason : "until the last request of the traces";
}

/** Requests per second of a workload whose rate never changes; undefined where it depends on the time or the fleet. */
function steadyRateRps({ arrivals, sessions }: WorkloadSpec): number | undefined {
  if (!("rate" in arrivals) || sessions !== undefined) return undefined;
  const { profile = SCENARIO_DEFAULTS.profile.value } = arrivals;
  return profile === "constant" ? arrivals.rate : undefined;
}

/** When the slowest workload is expected to have sent this many: later, nothing would arrive any more. */
function secondsOfRequests(spec: ScenarioSpec, requests: number, problems: Problem[]): number {
  let seconds = 0;
  for (const [name, workload] of Object.entries(spec.workloads)) {
    const rateRps = steadyRateRps(workload);
    if (rateRps !== undefined) {
      seconds = Math.max(seconds, requests / rateRps);
      continue;
    }
    problems.push({
      code: "missing",
      path: "horizon.duration",
      message: `is missing; how long ${requests} requests of ${name} take is not known before they are run`,
      hint: "give a duration; arrivals end at it or after that many requests",
    });
    return SCENARIO_DEFAULTS.durationSeconds.value;
  }
  return seconds;
}

/** Workloads whose requests are over before anything is measured; told where the rate never changes. */
function endsInWarmUp(
  spec: ScenarioSpec,
  { requests = Number.POSITIVE_INFINITY }: HorizonSpec,
  warmUpSeconds: number,
): Problem[] {
  return Object.entries(spec.workloads).flatMap(([name, workload]) => {
    const seconds = requests / (steadyRateRps(workload) ?? 0);
    if (seconds > warmUpSeconds) return [];
    const message = `${requests} requests of ${name} arrive in about ${formatNumber(seconds, 3)} s, and the first ${formatDuration(warmUpSeconds)} are not measured`;
    const hint = "ask for more requests, or shorten horizon.warmUp";
    return [{ code: "conflict", path: "horizon.requests", message, hint }];
  });
}

/** When the last trace ends; not finite when there is another kind of arrivals, or a loop. */
function secondsOfTraces(spec: ScenarioSpec, traces: TracesRead): number {
  const keyAt = new Map(
    traceFilesOf(spec).flatMap(({ key, namedAt }) => namedAt.map((at) => [at, key])),
  );
  const ends = Object.entries(spec.workloads).map(([name, { arrivals }]) => {
    if (!("trace" in arrivals) || arrivals.loop === true) return Number.NaN;
    const table = traces.get(keyAt.get(`workloads.${name}.arrivals.trace`) ?? "");
    const last = table?.arrivalSeconds[table.requests - 1] ?? Number.NaN;
    return last / (arrivals.speed ?? SCENARIO_DEFAULTS.speed.value);
  });
  return Math.max(...ends);
}

/** Whether every workload is a fixed number of clients, so that the run has no rate of its own. */
function closedOnly(spec: ScenarioSpec): boolean {
  return Object.values(spec.workloads).every(({ arrivals }) => "closed" in arrivals);
}

/** The horizon with every default filled in; problems with it are added to `problems`. */
export function resolveHorizon(
  spec: ScenarioSpec,
  traces: TracesRead,
  problems: Problem[],
): ResolvedScenario["horizon"] {
  const given: HorizonSpec = spec.horizon ?? {};
  const durationSeconds = given.duration ?? durationDefault(spec, traces, problems);
  const isReplay = replaysOnly(spec);
  const isCounted = given.requests !== undefined && closedOnly(spec);
  const warmUpSeconds = given.warmUp ?? warmUpDefault(durationSeconds, isReplay || isCounted).value;
  if (warmUpSeconds >= durationSeconds) {
    problems.push({
      code: "conflict",
      path: "horizon.warmUp",
      message: `must be shorter than the duration (${formatDuration(durationSeconds)}), got ${formatDuration(warmUpSeconds)}`,
    });
  }
  if (given.requests !== undefined) problems.push(...endsInWarmUp(spec, given, warmUpSeconds));
  if (given.requests !== undefined && isReplay) {
    problems.push({
      code: "conflict",
      path: "horizon.requests",
      message: "replayed traces end with their last request",
      hint: "use horizon.duration or arrivals.sample",
    });
  }
  return {
    startSeconds: given.start ?? SCENARIO_DEFAULTS.startSeconds.value,
    durationSeconds,
    warmUpSeconds,
    drain: given.drain ?? SCENARIO_DEFAULTS.drain.value,
  };
}
