/**
 * Arrivals of one workload as they are drawn: processes with a mean rate of 1, profiles as points on the time axis
 * (straight lines between; two points at one time are a step), traces that were read.
 */

import { resolveDistribution } from "../fleet/resolve-distribution";
import type { Problem } from "../foundation/errors";
import { formatDuration, formatRate } from "../foundation/format-units";
import { WEEK_SECONDS } from "../foundation/week-time";
import { type ArrivalsSpec, RATE_MAX } from "./arrivals-spec";
import { SCENARIO_DEFAULTS } from "./defaults";
import type { ArrivalProcess, RateProfile, ResolvedArrivals } from "./resolved-scenario";
import { type TracesRead, traceOf } from "./trace-files";
import type { TraceTable } from "./trace-table";

type OpenSpec = Extract<ArrivalsSpec, { rate: number }>;
type ReplaySpec = Extract<ArrivalsSpec, { trace: string }>;
type ProcessSpec = NonNullable<OpenSpec["process"]>;
type ProfileSpec = NonNullable<OpenSpec["profile"]>;

/**
 * The arrivals, or undefined after their problems were added to `problems`.
 *
 * @param path of the arrivals in the scenario
 * @param requestsMax Infinity when only the horizon ends them
 */
export function resolveArrivals(
  spec: ArrivalsSpec,
  context: { readonly path: string; readonly requestsMax: number; readonly traces: TracesRead },
  problems: Problem[],
): ResolvedArrivals | undefined {
  const { path, requestsMax, traces } = context;
  if ("closed" in spec) {
    const { concurrency, think = SCENARIO_DEFAULTS.thinkSeconds.value } = spec.closed;
    const thinkSeconds = resolveDistribution(think, `${path}.closed.think`, problems);
    return thinkSeconds && { kind: "closed", concurrency, thinkSeconds, requestsMax };
  }
  if ("trace" in spec) return resolveReplay(spec, path, traces, problems);
  const profile = resolveProfile(
    spec.profile ?? SCENARIO_DEFAULTS.profile.value,
    `${path}.profile`,
    problems,
  );
  const process = resolveProcess(
    spec.process ?? SCENARIO_DEFAULTS.process.value,
    `${path}.process`,
    problems,
  );
  if (profile === undefined || process === undefined) return undefined;
  checkPeak(spec.rate, profile, `${path}.profile`, problems);
  return { kind: "open", requestsPerSecond: spec.rate, process, profile, requestsMax };
}

/** A bounded rate times any factor would not be bounded. */
function checkPeak(rate: number, profile: RateProfile, path: string, problems: Problem[]): void {
  if (profile.kind !== "points") return;
  const peak = rate * Math.max(...profile.points.map(({ factor }) => factor));
  if (peak <= RATE_MAX) return;
  problems.push({
    code: "invalid-value",
    path,
    message: `brings ${formatRate(peak)} at its peak, and must stay within ${formatRate(RATE_MAX)}`,
    hint: "use smaller factors, or a smaller rate",
  });
}

function resolveReplay(
  spec: ReplaySpec,
  path: string,
  traces: TracesRead,
  problems: Problem[],
): ResolvedArrivals | undefined {
  const trace = traceOf(spec, `${path}.trace`, traces, problems);
  if (trace === undefined) return undefined;
  const loop = spec.loop ?? SCENARIO_DEFAULTS.loop.value;
  if (!trace.hasArrivals) {
    problems.push({
      code: "conflict",
      path: `${path}.trace`,
      message: `${spec.trace} has lengths but no arrival times`,
      hint: "give arrivals.rate, and the file as tokens.trace",
    });
    return undefined;
  }
  const { sample } = SCENARIO_DEFAULTS;
  const speed = spec.speed ?? SCENARIO_DEFAULTS.speed.value;
  if (loop) checkLoop({ file: spec.trace, trace, speed, path }, problems);
  return {
    kind: "trace",
    trace,
    speed,
    loop,
    sample: spec.sample ?? sample.value,
  };
}

/** A trace that begins again takes some time, and does not outrun the bound of a written rate. */
function checkLoop(
  {
    file,
    trace,
    speed,
    path,
  }: {
    readonly file: string;
    readonly trace: TraceTable;
    readonly speed: number;
    readonly path: string;
  },
  problems: Problem[],
): void {
  const durationSeconds = trace.arrivalSeconds[trace.requests - 1]!;
  if (durationSeconds === 0) {
    const message = `all arrivals of ${file} are at one time, which cannot be looped`;
    problems.push({ code: "conflict", path: `${path}.loop`, message, hint: "leave out loop" });
    return;
  }
  const rate = (speed * trace.requests) / durationSeconds;
  if (rate <= RATE_MAX) return;
  const message = `brings ${formatRate(rate)} without end, and must stay within ${formatRate(RATE_MAX)}`;
  const hint = "use a lower speed, or leave out loop";
  problems.push({ code: "invalid-value", path: `${path}.speed`, message, hint });
}

function resolveProcess(
  spec: ProcessSpec,
  path: string,
  problems: Problem[],
): ArrivalProcess | undefined {
  if (typeof spec === "string") return { kind: spec };
  if ("gamma" in spec) return { kind: "gamma", cv: spec.gamma.cv };
  if ("weibull" in spec) return { kind: "weibull", cv: spec.weibull.cv };
  const states =
    "onOff" in spec
      ? [
          { relativeRate: 1, mean: spec.onOff.on, path: `${path}.onOff.on` },
          { relativeRate: 0, mean: spec.onOff.off, path: `${path}.onOff.off` },
        ]
      : spec.mmpp.states.map((state, i) => ({ ...state, path: `${path}.mmpp.states[${i}].mean` }));
  const tooShort = states.filter(({ mean }) => mean < STATE_SECONDS_MIN);
  if (tooShort.length > 0) {
    problems.push(...tooShort.map((state) => shortStateProblem(state.path, state.mean)));
    return undefined;
  }
  const totalSeconds = states.reduce((sum, state) => sum + state.mean, 0);
  const meanRate =
    states.reduce((sum, { relativeRate, mean }) => sum + relativeRate * mean, 0) / totalSeconds;
  if (meanRate === 0) {
    const message = "needs a state with a relativeRate above 0";
    problems.push({ code: "conflict", path: `${path}.mmpp.states`, message });
    return undefined;
  }
  return {
    kind: "mmpp",
    states: states.map(({ relativeRate, mean }) => ({
      relativeRate: relativeRate / meanRate,
      meanSeconds: mean,
    })),
  };
}

/** Each visit of a state is drawn: shorter ones cost more than the requests, and nobody sees them in the arrivals. */
const STATE_SECONDS_MIN = 0.001;

function shortStateProblem(path: string, meanSeconds: number): Problem {
  return {
    code: "invalid-value",
    path,
    message: `must be at least ${formatDuration(STATE_SECONDS_MIN)}, got ${formatDuration(meanSeconds)}`,
    hint: "states this short average out: use process: poisson",
  };
}

function resolveProfile(
  spec: ProfileSpec,
  path: string,
  problems: Problem[],
): RateProfile | undefined {
  if (typeof spec === "string") return { kind: spec };
  if ("diurnal" in spec) {
    const { peakHour, peakToMean, weekend = SCENARIO_DEFAULTS.weekend.value } = spec.diurnal;
    return { kind: "diurnal", peakHour, peakToMean, weekendFactor: weekend };
  }
  if ("weekly" in spec) return resolveWeekly(spec.weekly, `${path}.weekly`, problems);
  if ("ramp" in spec) {
    const { from, to, over } = spec.ramp;
    return points([
      [0, from],
      [over, to],
    ]);
  }
  if ("spike" in spec) {
    const { at, for: length, factor } = spec.spike;
    return points([...step(0, 1, 1), ...step(at, 1, factor), ...step(at + length, factor, 1)]);
  }
  return resolveSchedule(spec.schedule, `${path}.schedule`, problems);
}

function points(list: readonly (readonly [number, number])[], repeatSeconds?: number): RateProfile {
  return {
    kind: "points",
    points: list.map(([atSeconds, factor]) => ({ atSeconds, factor })),
    repeatSeconds,
  };
}

/** A jump from one factor to another. */
function step(atSeconds: number, before: number, after: number): (readonly [number, number])[] {
  return before === after
    ? [[atSeconds, after]]
    : [
        [atSeconds, before],
        [atSeconds, after],
      ];
}

function resolveWeekly(
  factors: readonly number[],
  path: string,
  problems: Problem[],
): RateProfile | undefined {
  const total = factors.reduce((sum, factor) => sum + factor, 0);
  if (factors.length !== 7 && factors.length !== 168) {
    const message = `needs 7 factors (days from Monday) or 168 (hours), got ${factors.length}`;
    problems.push({ code: "invalid-value", path, message });
    return undefined;
  }
  if (total === 0) {
    problems.push({ code: "conflict", path, message: "needs a factor above 0" });
    return undefined;
  }
  const width = WEEK_SECONDS / factors.length;
  const scaled = factors.map((factor) => (factor * factors.length) / total);
  const jumps = scaled.flatMap((factor, i) => step(i * width, scaled[i - 1] ?? factor, factor));
  return points([...jumps, [WEEK_SECONDS, scaled.at(-1)!]], WEEK_SECONDS);
}

function resolveSchedule(
  steps: readonly { readonly at: number; readonly factor: number }[],
  path: string,
  problems: Problem[],
): RateProfile | undefined {
  for (let i = 1; i < steps.length; i++) {
    const [before, after] = [steps[i - 1]!, steps[i]!];
    if (after.at > before.at) continue;
    problems.push({
      code: "unsorted",
      path: `${path}[${i}].at`,
      message: `must be later than the step before (${formatDuration(before.at)}), got ${formatDuration(after.at)}`,
    });
    return undefined;
  }
  const jumps = steps.flatMap(({ at, factor }, i) => step(at, steps[i - 1]?.factor ?? 1, factor));
  return points(steps[0]!.at > 0 ? [[0, 1], ...jumps] : jumps);
}
