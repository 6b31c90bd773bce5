/**
 * How like a trace the traffic of a fitted block is: requests are drawn with the generator that
 * simulations use, inspected like the trace, and the two compared.
 */
import { RandomStream } from "../../foundation/random";
import type { ResolvedArrivals, ResolvedTokens } from "../../scenario/resolved-scenario";
import type { TraceTable } from "../../scenario/trace-table";
import { createArrivalClock } from "../arrivals";
import { createLengthSource } from "../lengths";
import { compileProfile, type RateCurve } from "../rate-profile";
import type { PrefixFit } from "./fit-prefix";
import { type ArrivalInspection, gapsOf } from "./inspect-arrivals";
import type { TraceInspection } from "./inspect-trace";
import { dispersionInWindows, kolmogorovDistance, mean, rankCorrelation } from "./trace-statistics";

/** A fitted block with its values resolved, as the generator takes them. */
export interface ResolvedFit {
  readonly arrivals: Extract<ResolvedArrivals, { kind: "open" }> | undefined;
  readonly tokens: Extract<ResolvedTokens, { kind: "distributions" }>;
}

export interface FitGoodness {
  /** Requests drawn from the block, to compare with. */
  readonly drawnRequests: number;
  readonly input: LengthGoodness;
  readonly output: LengthGoodness;
  readonly rankCorrelation: {
    readonly trace: number | undefined;
    readonly fit: number | undefined;
  };
  /** Undefined for a list of lengths. */
  readonly arrivals: ArrivalGoodness | undefined;
  /** Share of input tokens reusable with an endless cache; undefined without block hashes. */
  readonly prefixReuse: { readonly trace: number; readonly fit: number } | undefined;
}

interface LengthGoodness {
  /** Largest difference of the CDFs, 0 … 1. */
  readonly ksDistance: number;
  readonly traceMean: number;
  readonly fitMean: number;
}

interface ArrivalGoodness {
  /** Largest difference of the CDFs of gaps; undefined when the clock of the trace is too coarse. */
  readonly gapKsDistance: number | undefined;
  /** Mean absolute difference between the rate in a bucket of time and the fitted one, relative to the mean rate. */
  readonly rateOverTimeError: number;
  readonly bucketSeconds: number;
  readonly dispersion: readonly {
    readonly windowSeconds: number;
    readonly trace: number;
    readonly fit: number;
  }[];
}

const SEED = 1;
/** At least this many requests are drawn, however short the trace, so that chance shows little. */
const DRAWN_MIN = 50_000;
const DRAWN_MAX = 2_000_000;
/** Passes over the time of the trace whose dispersions are averaged. */
const PASSES_MAX = 20;

export function judgeFit(
  trace: TraceTable,
  inspection: TraceInspection,
  fit: ResolvedFit,
  prefix: PrefixFit | undefined,
): FitGoodness {
  const drawn = Math.min(DRAWN_MAX, Math.max(DRAWN_MIN, trace.requests));
  const { input, output } = drawLengths(fit, drawn);
  return {
    drawnRequests: drawn,
    input: judgeLengths(trace.inputTokens, input),
    output: judgeLengths(trace.outputTokens, output),
    rankCorrelation: { trace: inspection.rankCorrelation, fit: rankCorrelation(input, output) },
    arrivals:
      inspection.arrivals === undefined || fit.arrivals === undefined
        ? undefined
        : judgeArrivals(trace, inspection.arrivals, fit.arrivals),
    prefixReuse:
      prefix === undefined || inspection.prefix === undefined
        ? undefined
        : { trace: inspection.prefix.reusedShare, fit: prefix.reusedShare },
  };
}

function drawLengths(fit: ResolvedFit, count: number): { input: Int32Array; output: Int32Array } {
  const lengths = createLengthSource(fit.tokens);
  const inputRandom = new RandomStream(SEED, "trace-fit/input");
  const outputRandom = new RandomStream(SEED, "trace-fit/output");
  const input = new Int32Array(count);
  const output = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    lengths.draw(inputRandom, outputRandom);
    input[i] = lengths.inputTokens;
    output[i] = lengths.outputTokens;
  }
  return { input, output };
}

function judgeLengths(trace: Int32Array, drawn: Int32Array): LengthGoodness {
  return {
    ksDistance: kolmogorovDistance(trace.toSorted(), drawn.toSorted()),
    traceMean: mean(trace),
    fitMean: mean(drawn),
  };
}

function judgeArrivals(
  trace: TraceTable,
  inspection: ArrivalInspection,
  fit: NonNullable<ResolvedFit["arrivals"]>,
): ArrivalGoodness {
  const { durationSeconds, dispersion, overTime, clockStepSeconds } = inspection;
  const origin = { originIndex: 0, share: 1, utcOffsetHours: 0 };
  const curve = compileProfile(fit.profile, fit.requestsPerSecond, [origin]).total;
  const passes = Math.min(PASSES_MAX, Math.ceil(DRAWN_MIN / trace.requests));
  const runs = Array.from({ length: passes }, (_, pass) =>
    drawArrivals(fit, curve, durationSeconds, pass),
  );
  return {
    gapKsDistance:
      clockStepSeconds === undefined
        ? kolmogorovDistance(gapsOf(trace.arrivalSeconds).toSorted(), gapsOfAll(runs).toSorted())
        : undefined,
    rateOverTimeError: rateError(overTime, curve, fit.requestsPerSecond),
    bucketSeconds: overTime.bucketSeconds,
    dispersion: dispersion.map(({ windowSeconds, index }) => ({
      windowSeconds,
      trace: index,
      fit: meanDispersion(runs, durationSeconds, windowSeconds),
    })),
  };
}

function drawArrivals(
  fit: NonNullable<ResolvedFit["arrivals"]>,
  curve: RateCurve,
  durationSeconds: number,
  pass: number,
): Float64Array {
  const random = new RandomStream(SEED, `trace-fit/arrivals/${pass}`);
  const clock = createArrivalClock(fit.process, curve, random, durationSeconds);
  const arrivals: number[] = [];
  for (let next = clock.next(); next < durationSeconds; next = clock.next()) {
    if (arrivals.length >= DRAWN_MAX) break;
    arrivals.push(next);
  }
  return Float64Array.from(arrivals);
}

function gapsOfAll(runs: readonly Float64Array[]): Float64Array {
  const gaps = runs.map(gapsOf);
  const all = new Float64Array(gaps.reduce((sum, some) => sum + some.length, 0));
  let used = 0;
  for (const some of gaps) {
    all.set(some, used);
    used += some.length;
  }
  return all;
}

function meanDispersion(
  runs: readonly Float64Array[],
  durationSeconds: number,
  windowSeconds: number,
): number {
  const indexes = runs.flatMap((run) => {
    // A run that was cut off is compared over the time that it covers.
    const covered = run.length >= DRAWN_MAX ? (run[run.length - 1] ?? 0) : durationSeconds;
    return dispersionInWindows(run, covered, windowSeconds) ?? [];
  });
  return indexes.reduce((sum, index) => sum + index, 0) / indexes.length;
}

function rateError(
  overTime: ArrivalInspection["overTime"],
  curve: RateCurve,
  requestsPerSecond: number,
): number {
  const { bucketSeconds, requestsPerSecond: rates } = overTime;
  const errors = rates.map((rate, i) => {
    const expected =
      curve.countUntil((i + 1) * bucketSeconds) - curve.countUntil(i * bucketSeconds);
    return Math.abs(rate - expected / bucketSeconds);
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length / requestsPerSecond;
}
