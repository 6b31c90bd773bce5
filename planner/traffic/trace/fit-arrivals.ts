/**
 * Fits arrivals: a mean rate, steps of the rate over time, and a process for what is left when the
 * steps are taken out. To take them out, time is stretched so that the rate becomes constant
 * (operational time); the generator does the same in reverse.
 * Bursts longer than a gap show in how the dispersion of counts grows with the window: a renewal
 * process is told from a two-state Markov-modulated one by which comes closer when it is run.
 * Dispersion of the two-state process: Heffes and Lucantoni (1986).
 */
import { PlannerError } from "../../foundation/errors";
import { formatRate } from "../../foundation/format-units";
import { RandomStream } from "../../foundation/random";
import { RATE_MAX } from "../../scenario/arrivals-spec";
import type { ArrivalProcess } from "../../scenario/resolved-scenario";
import type { TraceTable } from "../../scenario/trace-table";
import { createArrivalClock } from "../arrivals";
import { RateCurve } from "../rate-profile";
import { type ArrivalInspection, bucketFor, gapsOf } from "./inspect-arrivals";
import {
  coefficientOfVariation,
  countsInWindows,
  dispersionInWindows,
  kolmogorovDistance,
} from "./trace-statistics";

interface RateStep {
  readonly atSeconds: number;
  readonly factor: number;
}

export interface FittedArrivals {
  readonly requestsPerSecond: number;
  readonly process: ArrivalProcess;
  /** Undefined when the rate does not change more than chance explains. */
  readonly steps: readonly RateStep[] | undefined;
}

const STEPS_MAX = 30;
/** Traces of several days need an hour's resolution, up to a week. */
const STEPS_MAX_OF_DAYS = 168;
const REQUESTS_PER_STEP_MIN = 40;
const DAY_SECONDS = 86_400;
/** Requests drawn of each candidate when they are compared. */
const TRIAL_REQUESTS = 60_000;
/** A simpler process wins unless a richer one is closer by this much. */
const RICHER_MUST_GAIN = 0.02;
/** Gaps with a cv this close to 1 are called Poisson. */
const NEARLY_POISSON = 0.04;
/** Gaps with a cv up to this are all alike, if there are so many of them: clocks and networks jitter more. */
const REGULAR_CV = 0.02;
const REGULAR_GAPS_MIN = 10;

/** @throws PlannerError when the rate is above what a scenario may have: the block would be refused. */
export function fitArrivals(trace: TraceTable, arrivals: ArrivalInspection): FittedArrivals {
  const { durationSeconds, requestsPerSecond } = arrivals;
  const writtenRate = Number(requestsPerSecond.toPrecision(5));
  refuseBeyondScenarios(writtenRate, "in the mean", trace.source);
  const steps = fitSteps(trace.arrivalSeconds, durationSeconds);
  const peak = Math.max(1, ...(steps ?? []).map(({ factor }) => factor));
  refuseBeyondScenarios(writtenRate * peak, "at their peak", trace.source);
  const curve =
    steps === undefined
      ? new RateCurve([0], [requestsPerSecond], false)
      : curveOfSteps(steps, requestsPerSecond, durationSeconds);
  // Operational time in seconds of the mean rate, so that windows mean what they say.
  const level = trace.arrivalSeconds.map(
    (arrival) => curve.countUntil(arrival) / requestsPerSecond,
  );
  const process = chooseProcess(level, requestsPerSecond, arrivals.clockStepSeconds);
  return { requestsPerSecond: writtenRate, process, steps };
}

function refuseBeyondScenarios(rate: number, when: string, source: string): void {
  if (rate <= RATE_MAX) return;
  const message = `requests arrive at ${formatRate(rate)} ${when}, and the rate of a scenario must stay within ${formatRate(RATE_MAX)}`;
  const hint = "check the unit of the arrivals; replay a burst with arrivals: { trace: FILE }";
  throw new PlannerError([{ code: "invalid-value", path: source, message, hint }]);
}

/** Steps of equal length, with the factor of each; undefined when counts vary no more than by chance. */
function fitSteps(
  arrivalSeconds: Float64Array,
  durationSeconds: number,
): readonly RateStep[] | undefined {
  const stepsMax = durationSeconds < 2 * DAY_SECONDS ? STEPS_MAX : STEPS_MAX_OF_DAYS;
  const wanted = Math.min(stepsMax, arrivalSeconds.length / REQUESTS_PER_STEP_MIN);
  if (wanted < 2) return undefined;
  const stepSeconds = bucketFor((durationSeconds / wanted) * 72);
  const counts = countsInWindows(arrivalSeconds, durationSeconds, stepSeconds);
  const index = dispersionInWindows(arrivalSeconds, durationSeconds, stepSeconds);
  // For Poisson counts the index has mean 1 and standard deviation √(2 / (n − 1)); three of them.
  if (index === undefined || index < 1 + 3 * Math.sqrt(2 / (counts.length - 1))) return undefined;
  const steps = Array.from(counts, (count, i) => ({ atSeconds: i * stepSeconds, count }));
  const restSeconds = durationSeconds - counts.length * stepSeconds;
  const rest = arrivalSeconds.length - counts.reduce((sum, count) => sum + count, 0);
  if (restSeconds >= stepSeconds / 4) {
    steps.push({
      atSeconds: counts.length * stepSeconds,
      count: (rest * stepSeconds) / restSeconds,
    });
  }
  const meanCount = (arrivalSeconds.length * stepSeconds) / durationSeconds;
  return steps.map(({ atSeconds, count }) => ({
    atSeconds,
    factor: Number((count / meanCount).toFixed(3)),
  }));
}

/** λ(t) of steps that hold until the next one. */
function curveOfSteps(
  steps: readonly RateStep[],
  requestsPerSecond: number,
  durationSeconds: number,
): RateCurve {
  const times: number[] = [];
  const rates: number[] = [];
  steps.forEach((step, i) => {
    const end = steps[i + 1]?.atSeconds ?? Math.max(durationSeconds, step.atSeconds);
    times.push(step.atSeconds, end);
    rates.push(step.factor * requestsPerSecond, step.factor * requestsPerSecond);
  });
  return new RateCurve(times, rates, false);
}

function chooseProcess(
  levelSeconds: Float64Array,
  rate: number,
  clockStepSeconds: number | undefined,
): ArrivalProcess {
  const gaps = gapsOf(levelSeconds);
  const windows = windowsFor(levelSeconds, rate, clockStepSeconds);
  const target: Fingerprint = {
    sortedGaps: clockStepSeconds === undefined ? gaps.toSorted() : undefined,
    dispersion: dispersionAt(levelSeconds, windows),
  };
  if (isRegular(gaps, target)) return { kind: "deterministic" };
  let best: { process: ArrivalProcess; distance: number } = {
    process: { kind: "poisson" },
    distance: distanceOf({ kind: "poisson" }, rate, windows, target, levelSeconds.length),
  };
  for (const process of richerProcesses(gaps, rate, windows, target)) {
    const distance = distanceOf(process, rate, windows, target, levelSeconds.length);
    if (distance < best.distance - RICHER_MUST_GAIN) best = { process, distance };
  }
  return best.process;
}

/** What a process is recognised by. */
interface Fingerprint {
  /** Undefined when the clock of the trace is too coarse for gaps to mean anything. */
  readonly sortedGaps: Float64Array | undefined;
  readonly dispersion: readonly (number | undefined)[];
}

/** Whether the gaps are all alike, or where the clock is too coarse for them the counts of all windows. */
function isRegular(gaps: Float64Array, { sortedGaps, dispersion }: Fingerprint): boolean {
  if (gaps.length < REGULAR_GAPS_MIN) return false;
  if (sortedGaps !== undefined) return (coefficientOfVariation(gaps) ?? 1) <= REGULAR_CV;
  const known = dispersion.filter((index) => index !== undefined);
  return known.length > 0 && known.every((index) => index <= REGULAR_CV ** 2);
}

function richerProcesses(
  gaps: Float64Array,
  rate: number,
  windows: readonly number[],
  target: Fingerprint,
): ArrivalProcess[] {
  const candidates: ArrivalProcess[] = [];
  // The dispersion of long windows of a renewal process tends to the square of the cv of its gaps.
  const longest = target.dispersion.findLast((index) => index !== undefined);
  const cvs = [
    target.sortedGaps === undefined ? undefined : coefficientOfVariation(gaps),
    longest === undefined ? undefined : Math.sqrt(longest),
  ];
  for (const cv of cvs) {
    if (cv === undefined || !(cv > REGULAR_CV) || Math.abs(cv - 1) < NEARLY_POISSON) continue;
    const rounded = Math.min(10, Number(cv.toFixed(2)));
    candidates.push({ kind: "gamma", cv: rounded }, { kind: "weibull", cv: rounded });
  }
  const modulated = fitModulated(rate, windows, target.dispersion);
  if (modulated !== undefined) candidates.push(modulated);
  return candidates;
}

/** Windows from a few gaps to a twentieth of the trace, each twice the one before. */
function windowsFor(
  levelSeconds: Float64Array,
  rate: number,
  clockStepSeconds: number | undefined,
): number[] {
  const duration = levelSeconds[levelSeconds.length - 1] ?? 0;
  const windows: number[] = [];
  const shortest = Math.max(2 / rate, 3 * (clockStepSeconds ?? 0));
  for (let window = shortest; window <= duration / 20; window *= 2) windows.push(window);
  return windows;
}

function dispersionAt(
  arrivalSeconds: Float64Array,
  windows: readonly number[],
): (number | undefined)[] {
  const duration = arrivalSeconds[arrivalSeconds.length - 1] ?? 0;
  return windows.map((window) => dispersionInWindows(arrivalSeconds, duration, window));
}

/**
 * Distance of gaps (KS) plus mean distance of dispersions (natural logarithm), over a trial run.
 * Of a difference in dispersion only what is beyond chance counts: few long windows say little.
 */
function distanceOf(
  process: ArrivalProcess,
  rate: number,
  windows: readonly number[],
  target: Fingerprint,
  requests: number,
): number {
  const sample = drawArrivals(process, rate, Math.min(TRIAL_REQUESTS, Math.max(2000, requests)));
  const gaps =
    target.sortedGaps === undefined
      ? 0
      : kolmogorovDistance(gapsOf(sample).toSorted(), target.sortedGaps);
  const beyondChance = dispersionAt(sample, windows).flatMap((index, i) => {
    const wanted = target.dispersion[i];
    if (index === undefined || wanted === undefined || index === 0 || wanted === 0) return [];
    // The logarithm of a variance over n windows has a standard deviation of about √(2 / (n − 1)).
    const windowCount = requests / rate / (windows[i] ?? 1);
    const chance = 2 * Math.sqrt(2 / Math.max(1, windowCount - 1));
    return [Math.max(0, Math.abs(Math.log(index / wanted)) - chance)];
  });
  if (beyondChance.length === 0) return gaps;
  return gaps + beyondChance.reduce((sum, log) => sum + log, 0) / beyondChance.length;
}

function drawArrivals(process: ArrivalProcess, rate: number, requests: number): Float64Array {
  const curve = new RateCurve([0], [rate], false);
  const random = new RandomStream(1, "trace-fit");
  const clock = createArrivalClock(process, curve, random, Number.POSITIVE_INFINITY);
  const arrivals = new Float64Array(requests);
  for (let i = 0; i < requests; i++) arrivals[i] = clock.next();
  return arrivals;
}

/**
 * Two states whose dispersion I(w) = 1 + A (1 − (1 − e^(−w/τ)) τ/w) comes closest to the trace's,
 * with A = 2 · rate · variance · τ. A variance above 1 needs a silent state.
 */
function fitModulated(
  rate: number,
  windows: readonly number[],
  dispersion: readonly (number | undefined)[],
): ArrivalProcess | undefined {
  let best: { error: number; amplitude: number; tau: number } | undefined;
  const [shortest] = windows;
  const longest = windows.at(-1);
  // A trace of a few requests has no window in which it could show.
  if (shortest === undefined || longest === undefined) return undefined;
  // States much shorter than the shortest window leave no trace in the dispersion.
  for (let tau = shortest / 8; tau <= longest; tau *= 1.3) {
    const shape = windows.map((w) => 1 - ((1 - Math.exp(-w / tau)) * tau) / w);
    let above = 0;
    let below = 0;
    // Least squares of relative errors, so that long windows do not decide alone.
    dispersion.forEach((index, i) => {
      if (index === undefined || index <= 0) return;
      const form = shape[i] ?? 0;
      above += ((index - 1) * form) / index ** 2;
      below += form ** 2 / index ** 2;
    });
    const amplitude = above / below;
    if (!(amplitude > 0.05)) continue;
    let error = 0;
    dispersion.forEach((index, i) => {
      if (index === undefined || index <= 0) return;
      error += Math.abs(Math.log((1 + amplitude * (shape[i] ?? 0)) / index));
    });
    if (best === undefined || error < best.error) best = { error, amplitude, tau };
  }
  if (best === undefined) return undefined;
  const { amplitude, tau } = best;
  return statesOf(amplitude / (2 * rate * tau), tau);
}

function statesOf(variance: number, tau: number): ArrivalProcess {
  if (variance <= 1) {
    const deviation = Math.sqrt(variance);
    const meanSeconds = round(2 * tau);
    return {
      kind: "mmpp",
      states: [
        { relativeRate: round(1 + deviation), meanSeconds },
        { relativeRate: round(1 - deviation), meanSeconds },
      ],
    };
  }
  const shareOn = 1 / (1 + variance);
  return {
    kind: "mmpp",
    states: [
      { relativeRate: 1, meanSeconds: round(tau / (1 - shareOn)) },
      { relativeRate: 0, meanSeconds: round(tau / shareOn) },
    ],
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
