/**
 * A stretch of a scenario as a scenario of its own: the same traffic at the same time of the week, for as long as a
 * run of the search lasts. Times are seconds from the start of the scenario; the stretch may begin before it where
 * traffic follows the clock, so that a peak at the start has a warm-up, too.
 */
import type {
  RateProfile,
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedWorkload,
} from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";
import { withMoreTraffic } from "../stress/more-traffic";

export interface RunWindow {
  /** Of the measured part. */
  readonly fromSeconds: number;
  readonly durationSeconds: number;
  readonly warmUpSeconds: number;
}

const WEEK_SECONDS = 7 * 86400;

/** The scenario from `warmUpSeconds` before the window to its end. */
export function withinWindow(scenario: ResolvedScenario, window: RunWindow): ResolvedScenario {
  const start = window.fromSeconds - window.warmUpSeconds;
  const { horizon, workloads } = scenario;
  const durationSeconds = window.warmUpSeconds + window.durationSeconds;
  return {
    ...scenario,
    horizon: {
      ...horizon,
      startSeconds: modulo(horizon.startSeconds + start, WEEK_SECONDS),
      durationSeconds,
      warmUpSeconds: window.warmUpSeconds,
    },
    workloads: workloads.map((workload) => ({
      ...workload,
      arrivals: arrivalsFrom(workload.arrivals, start, durationSeconds),
    })),
  };
}

/** Whether a run can start before the scenario does: nothing in it counts from the start. */
export function mayStartEarlier({ workloads }: ResolvedScenario): boolean {
  return workloads.every(
    ({ arrivals }) =>
      arrivals.kind === "open" &&
      (arrivals.profile.kind !== "points" || arrivals.profile.repeatSeconds !== undefined),
  );
}

function arrivalsFrom(
  arrivals: ResolvedArrivals,
  startSeconds: number,
  durationSeconds: number,
): ResolvedArrivals {
  switch (arrivals.kind) {
    case "open":
      // The count of the whole scenario says nothing of a stretch of it.
      return {
        ...arrivals,
        profile: profileFrom(arrivals.profile, startSeconds),
        requestsMax: Number.POSITIVE_INFINITY,
      };
    case "closed":
      return { ...arrivals, requestsMax: Number.POSITIVE_INFINITY };
    case "trace": {
      const { speed, loop } = arrivals;
      if (startSeconds === 0 || loop) return arrivals;
      const from = startSeconds * speed;
      return {
        ...arrivals,
        trace: rowsBetween(arrivals.trace, from, from + durationSeconds * speed),
      };
    }
  }
}

/** Points that repeat follow the clock, which the horizon sets. */
function profileFrom(profile: RateProfile, startSeconds: number): RateProfile {
  if (profile.kind !== "points" || profile.repeatSeconds !== undefined) return profile;
  const points = profile.points.map(({ atSeconds, factor }) => ({
    atSeconds: atSeconds - startSeconds,
    factor,
  }));
  const later = points.filter(({ atSeconds }) => atSeconds > 0);
  const before = points.filter(({ atSeconds }) => atSeconds <= 0);
  const last = before.at(-1);
  const next = later[0];
  const atStart =
    last === undefined
      ? next!.factor
      : next === undefined
        ? last.factor
        : last.factor +
          ((next.factor - last.factor) * -last.atSeconds) / (next.atSeconds - last.atSeconds);
  return { ...profile, points: [{ atSeconds: 0, factor: atStart }, ...later] };
}

/** Rows that arrive in [from, to) of the trace, counted from `from`. */
function rowsBetween(trace: TraceTable, from: number, to: number): TraceTable {
  const first = trace.arrivalSeconds.findIndex((seconds) => seconds >= from);
  const start = first < 0 ? trace.requests : first;
  let end = start;
  while (end < trace.requests && trace.arrivalSeconds[end]! < to) end++;
  const { prefixBlocks } = trace;
  return {
    ...trace,
    requests: end - start,
    arrivalSeconds: trace.arrivalSeconds.slice(start, end).map((seconds) => seconds - from),
    inputTokens: trace.inputTokens.slice(start, end),
    outputTokens: trace.outputTokens.slice(start, end),
    ...(prefixBlocks === undefined
      ? {}
      : {
          prefixBlocks: {
            ...prefixBlocks,
            ids: prefixBlocks.ids.slice(prefixBlocks.offsets[start]!, prefixBlocks.offsets[end]!),
            offsets: prefixBlocks.offsets
              .slice(start, end + 1)
              .map((offset) => offset - prefixBlocks.offsets[start]!),
          },
        }),
  };
}

/** The same traffic with `factor` times the requests. */
export function withLoad(scenario: ResolvedScenario, factor: number): ResolvedScenario {
  if (factor === 1) return scenario;
  const workloads = scenario.workloads.map((workload) =>
    factor > 1 ? withMoreTraffic(workload, factor) : withFewerRequests(workload, factor),
  );
  return { ...scenario, workloads };
}

/** @param share of the requests that are left, at most 1 */
export function withFewerRequests(workload: ResolvedWorkload, share: number): ResolvedWorkload {
  return { ...workload, arrivals: fewerArrivals(workload.arrivals, share) };
}

function fewerArrivals(arrivals: ResolvedArrivals, factor: number): ResolvedArrivals {
  switch (arrivals.kind) {
    case "open":
      return { ...arrivals, requestsPerSecond: arrivals.requestsPerSecond * factor };
    case "closed":
      return { ...arrivals, concurrency: Math.max(1, Math.round(arrivals.concurrency * factor)) };
    case "trace":
      return { ...arrivals, sample: arrivals.sample * factor };
  }
}

function modulo(value: number, base: number): number {
  return ((value % base) + base) % base;
}
