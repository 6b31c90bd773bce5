/**
 * The arrivals of a trace: rates over time, gaps, burstiness at several time scales, the shape of
 * the day, and how fine the clock was that recorded them.
 */
import type { TraceTable } from "../../scenario/trace-table";
import {
  coefficientOfVariation,
  dispersionInWindows,
  mean,
  quantileOfSorted,
} from "./trace-statistics";

export interface ArrivalInspection {
  /** First to last arrival. */
  readonly durationSeconds: number;
  readonly requestsPerSecond: number;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly gaps: {
    readonly meanSeconds: number;
    readonly cv: number | undefined;
    readonly p50Seconds: number;
    readonly p99Seconds: number;
    readonly maxSeconds: number;
  };
  /** Index of dispersion of counts, by window; 1 at every window for a Poisson process. */
  readonly dispersion: readonly { readonly windowSeconds: number; readonly index: number }[];
  readonly overTime: RateOverTime;
  /** Mean rate by hour of the trace's own clock; for traces of a day or more that tell the time. */
  readonly hours:
    | readonly { readonly hour: number; readonly requestsPerSecond: number }[]
    | undefined;
  /**
   * Step of the clock in seconds when it is so coarse that most requests share their time with
   * another: gaps then describe the clock, not the traffic. Undefined when it is fine enough.
   */
  readonly clockStepSeconds: number | undefined;
}

/** Per bucket; a last bucket less than half full in time is left out. */
interface RateOverTime {
  readonly bucketSeconds: number;
  readonly requestsPerSecond: readonly number[];
  readonly inputTokensPerSecond: readonly number[];
  readonly outputTokensPerSecond: readonly number[];
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Lengths of buckets a person would choose. */
const BUCKETS_SECONDS = [
  0.001,
  0.01,
  0.1,
  1,
  2,
  5,
  10,
  15,
  30,
  1 * MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
] as const;
const BUCKETS_MAX = 72;

const DISPERSION_WINDOWS_SECONDS = [1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR] as const;
/** Fewer windows say nothing about their variance. */
const WINDOWS_MIN = 12;

/** Undefined for a list of lengths, and when all requests arrive at once. */
export function inspectArrivals(trace: TraceTable): ArrivalInspection | undefined {
  const { arrivalSeconds } = trace;
  const durationSeconds = arrivalSeconds[trace.requests - 1] ?? 0;
  if (!trace.hasArrivals || durationSeconds <= 0) return undefined;
  const gaps = gapsOf(arrivalSeconds);
  const clockStepSeconds = coarseClockStep(gaps);
  const sortedGaps = gaps.toSorted();
  return {
    durationSeconds,
    requestsPerSecond: gaps.length / durationSeconds,
    inputTokensPerSecond: sum(trace.inputTokens) / durationSeconds,
    outputTokensPerSecond: sum(trace.outputTokens) / durationSeconds,
    gaps: {
      meanSeconds: mean(gaps),
      cv: coefficientOfVariation(gaps),
      p50Seconds: quantileOfSorted(sortedGaps, 0.5),
      p99Seconds: quantileOfSorted(sortedGaps, 0.99),
      maxSeconds: sortedGaps[sortedGaps.length - 1] ?? 0,
    },
    dispersion: dispersionByWindow(arrivalSeconds, durationSeconds, clockStepSeconds ?? 0),
    overTime: ratesOverTime(trace, durationSeconds),
    hours: hoursOfDay(trace, durationSeconds),
    clockStepSeconds,
  };
}

export function gapsOf(arrivalSeconds: Float64Array): Float64Array {
  const gaps = new Float64Array(Math.max(0, arrivalSeconds.length - 1));
  for (let i = 0; i < gaps.length; i++) {
    gaps[i] = (arrivalSeconds[i + 1] ?? 0) - (arrivalSeconds[i] ?? 0);
  }
  return gaps;
}

function dispersionByWindow(
  arrivalSeconds: Float64Array,
  durationSeconds: number,
  clockStepSeconds: number,
): { windowSeconds: number; index: number }[] {
  return DISPERSION_WINDOWS_SECONDS.filter(
    (window) => durationSeconds / window >= WINDOWS_MIN && window > clockStepSeconds,
  ).flatMap((windowSeconds) => {
    const index = dispersionInWindows(arrivalSeconds, durationSeconds, windowSeconds);
    return index === undefined ? [] : [{ windowSeconds, index }];
  });
}

/** The step is the smallest gap that is none of rounding: the median of the gaps above 0. */
function coarseClockStep(gaps: Float64Array): number | undefined {
  const apart = gaps.filter((gap) => gap > 0).toSorted();
  if (apart.length === 0 || apart.length > gaps.length / 2) return undefined;
  return quantileOfSorted(apart, 0.5);
}

/** The bucket that gives at most 72 of them, and at least one. */
export function bucketFor(durationSeconds: number): number {
  // Below the shortest of the list a power of ten: a trace of a few nanoseconds has a busiest time too.
  if (durationSeconds < BUCKETS_SECONDS[0]) {
    return Number(`1e${Math.floor(Math.log10(durationSeconds))}`);
  }
  const bucket = BUCKETS_SECONDS.find((seconds) => durationSeconds / seconds <= BUCKETS_MAX);
  return bucket ?? Math.ceil(durationSeconds / BUCKETS_MAX / DAY) * DAY;
}

function ratesOverTime(trace: TraceTable, durationSeconds: number): RateOverTime {
  const bucketSeconds = bucketFor(durationSeconds);
  const whole = Math.floor(durationSeconds / bucketSeconds);
  const restSeconds = durationSeconds - whole * bucketSeconds;
  const buckets = restSeconds >= bucketSeconds / 2 ? whole + 1 : whole;
  const requests = new Array<number>(buckets).fill(0);
  const inputs = new Array<number>(buckets).fill(0);
  const outputs = new Array<number>(buckets).fill(0);
  for (let row = 0; row < trace.requests; row++) {
    const bucket = Math.floor((trace.arrivalSeconds[row] ?? 0) / bucketSeconds);
    if (bucket >= buckets) break;
    requests[bucket] = (requests[bucket] ?? 0) + 1;
    inputs[bucket] = (inputs[bucket] ?? 0) + (trace.inputTokens[row] ?? 0);
    outputs[bucket] = (outputs[bucket] ?? 0) + (trace.outputTokens[row] ?? 0);
  }
  const perSecond = (sums: readonly number[]) =>
    sums.map((value, bucket) => value / (bucket < whole ? bucketSeconds : restSeconds));
  return {
    bucketSeconds,
    requestsPerSecond: perSecond(requests),
    inputTokensPerSecond: perSecond(inputs),
    outputTokensPerSecond: perSecond(outputs),
  };
}

function hoursOfDay(
  trace: TraceTable,
  durationSeconds: number,
): { hour: number; requestsPerSecond: number }[] | undefined {
  const startSeconds = trace.clockSeconds;
  if (startSeconds === undefined || durationSeconds < DAY) return undefined;
  // Whole days only: otherwise the hours of a started day would count for more.
  const daysSeconds = Math.floor(durationSeconds / DAY) * DAY;
  const counts = new Array<number>(24).fill(0);
  for (const arrival of trace.arrivalSeconds) {
    if (arrival >= daysSeconds) break;
    const hour = Math.floor(((startSeconds + arrival) % DAY) / HOUR);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  const perHourSeconds = (daysSeconds / DAY) * HOUR;
  return counts.map((count, hour) => ({ hour, requestsPerSecond: count / perHourSeconds }));
}

function sum(values: Int32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
