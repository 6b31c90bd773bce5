/**
 * When the trouble of a case strikes and how long it lasts, derived from the scenario: at the expected peak, or in
 * the middle of the measured window when the load is flat; long enough for detection, failover and cold starts to be
 * seen, and early enough for recovery to be seen before the window ends.
 */
import { meanOf } from "../foundation/distributions";
import { formatDuration } from "../foundation/format-units";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { type ExpectedPeak, expectedPeak } from "./expected-load";

/** No trouble takes more than this share of the window. */
const WINDOW_SHARE_MAX = 0.25;
/** Kept free before it, to compare with; all that is left may be needed to come back. */
const BEFORE_SHARE = 0.125;
/** A loss lasts at least this long, if the window allows it. */
const LOSS_SECONDS = 600;
/** The last replica of many takes longer than the mean. */
const SLOW_START = 1.5;
/** After a fault, at least this long is looked at, if the window allows it. */
const AFTER_SECONDS = 300;

export interface StressTimes {
  readonly windowStartSeconds: number;
  readonly windowEndSeconds: number;
  readonly peak: ExpectedPeak;
  /** Until DNS knows that a region is gone: interval × threshold; 0 without failover. */
  readonly detectionSeconds: number;
  /** Until the last client that keeps to the TTL has gone elsewhere. */
  readonly shiftSeconds: number;
  /** Mean time of a replica of the slowest pool from the decision to start it to its first request. */
  readonly coldStartSeconds: number;
  /** From the end of a fault, what cold starts and failover take of the time until the fleet can be back. */
  readonly comebackSeconds: number;
  /** How long a loss should last so that detection, failover and cold starts are over before it is. */
  readonly lossSeconds: number;
}

export function stressTimes(scenario: ResolvedScenario): StressTimes {
  const { horizon, fleet } = scenario;
  const { failover } = fleet.policies;
  const { intervalSeconds = 0, failureThreshold = 0 } = failover?.healthCheck ?? {};
  const detectionSeconds = intervalSeconds * failureThreshold;
  const shiftSeconds = detectionSeconds + (failover?.ttlSeconds ?? 0);
  const coldStarts = fleet.pools.map(
    ({ coldStart: { nodeSeconds, imagePullSeconds, weightLoadSeconds } }) =>
      meanOf(nodeSeconds) + meanOf(imagePullSeconds) + meanOf(weightLoadSeconds),
  );
  const coldStartSeconds = Math.max(0, ...coldStarts);
  return {
    windowStartSeconds: horizon.warmUpSeconds,
    windowEndSeconds: horizon.durationSeconds,
    peak: expectedPeak(scenario),
    detectionSeconds,
    shiftSeconds,
    coldStartSeconds,
    comebackSeconds: shiftSeconds + SLOW_START * coldStartSeconds,
    lossSeconds: Math.max(LOSS_SECONDS, 3 * shiftSeconds, 2 * (shiftSeconds + coldStartSeconds)),
  };
}

/** A stretch of the run, and what to know about how it was chosen. */
export interface Strike {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** `at the expected peak, 14 h into the run, for 15 min` */
  readonly text: string;
  /** What had to be cut short or moved: whole sentences. */
  readonly notes: readonly string[];
}

/**
 * @param wantedSeconds how long it should last; cut to a quarter of the window
 * @param afterSeconds how long the run should go on after it; 0 = what cold starts and failover suggest
 */
export function strikeAt(times: StressTimes, wantedSeconds: number, afterSeconds = 0): Strike {
  const { windowStartSeconds: from, windowEndSeconds: to, peak } = times;
  const windowSeconds = to - from;
  const longest = windowSeconds * WINDOW_SHARE_MAX;
  const seconds = tidy(Math.min(wantedSeconds, longest));
  const wantedAfter = Math.max(
    AFTER_SECONDS,
    afterSeconds,
    2 * times.coldStartSeconds,
    2 * times.shiftSeconds,
  );
  const earliest = from + windowSeconds * BEFORE_SHARE;
  const latest = to - seconds - wantedAfter;
  const startSeconds = tidy(Math.max(Math.min(peak.seconds, latest), earliest));
  const notes: string[] = [];
  if (wantedSeconds > longest) {
    notes.push(
      `Shortened from ${spoken(wantedSeconds)}: no fault takes more than a quarter of the ${spoken(windowSeconds)} that are measured.`,
    );
  }
  const isMoved = Math.abs(startSeconds - peak.seconds) > windowSeconds / 100;
  if (peak.isPeak && isMoved) {
    notes.push(
      `The expected peak is at ${spoken(peak.seconds)}; it strikes at another time so that the run shows what was before and what comes after.`,
    );
  }
  const where = peak.isPeak && !isMoved ? "at the expected peak, " : "";
  return {
    startSeconds,
    endSeconds: startSeconds + seconds,
    text: `${where}${spoken(startSeconds)} into the run, for ${spoken(seconds)}`,
    notes,
  };
}

/** Whole seconds where that changes little: times that a person can read and repeat. */
function tidy(seconds: number): number {
  return seconds >= 20 ? Math.floor(seconds) : seconds;
}

const UNITS_SECONDS: readonly (readonly [belowSeconds: number, unitSeconds: number])[] = [
  [120, 1],
  [7200, 60],
  [172_800, 3600],
  [Number.POSITIVE_INFINITY, 86_400],
];

/** A time in a sentence: `90 s`, `20.6 min`, `14 h`; three digits say when something was. */
export function spoken(seconds: number): string {
  const [, unit] = UNITS_SECONDS.find(([below]) => seconds < below) ?? [0, 1];
  return formatDuration(Number((seconds / unit).toPrecision(3)) * unit);
}
