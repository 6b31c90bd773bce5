/**
 * When a scenario expects its peak: the expected tokens that arrive over the measured window, in equal slices, from
 * the rates of its workloads and the rows of its traces. Nothing is simulated, and nothing is drawn.
 *
 * Left out, because it is not known before a run: closed-loop clients (their rate follows the fleet, so they make no
 * peak), and how far the turns of a session lag behind its start.
 */
import { meanOf } from "../foundation/distributions";
import type { ResolvedStep } from "../scenario/resolved-client";
import type {
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedTokens,
  ResolvedWorkload,
} from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";
import { compileProfile } from "../traffic/rate-profile";
import { periodOf } from "../traffic/trace-clock";

/** Slices that the window is cut into. A peak is looked for in stretches of `STRETCH_SLICES` of them. */
const SLICES = 240;
const STRETCH_SLICES = 12;
/** A load whose busiest stretch is less than this above the mean has no peak worth the name. */
const PEAK_TO_MEAN_MIN = 1.1;
/** What still counts as peak, as a share of the busiest stretch. */
const NEAR_PEAK_SHARE = 0.9;

export interface ExpectedPeak {
  /** False when the load is flat, or not known: the middle of the window stands for the peak. */
  readonly isPeak: boolean;
  readonly seconds: number;
  /** The stretch around it in which the load is at least nine tenths of the peak's; the window when there is none. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** @returns the busiest twentieth of the measured window, by expected tokens of prompts and answers */
export function expectedPeak(scenario: ResolvedScenario): ExpectedPeak {
  const { warmUpSeconds: from, durationSeconds: to } = scenario.horizon;
  const width = (to - from) / SLICES;
  const stretches = movingMeans(expectedTokens(scenario), STRETCH_SLICES);
  const highest = Math.max(...stretches);
  const mean = stretches.reduce((sum, load) => sum + load, 0) / stretches.length;
  if (!(highest > mean * PEAK_TO_MEAN_MIN)) {
    return { isPeak: false, seconds: (from + to) / 2, fromSeconds: from, toSeconds: to };
  }
  const peak = stretches.indexOf(highest);
  let first = peak;
  let last = peak;
  while (first > 0 && stretches[first - 1]! >= NEAR_PEAK_SHARE * highest) first--;
  while (last + 1 < stretches.length && stretches[last + 1]! >= NEAR_PEAK_SHARE * highest) last++;
  return {
    isPeak: true,
    seconds: from + (peak + STRETCH_SLICES / 2) * width,
    fromSeconds: from + first * width,
    toSeconds: from + (last + STRETCH_SLICES) * width,
  };
}

/**
 * Requests that a workload is expected to send in [from, to); undefined for closed-loop clients, whose rate follows
 * the fleet. Turns of a session count where it starts.
 */
export function expectedRequests(
  scenario: ResolvedScenario,
  workload: ResolvedWorkload,
  [from, to]: readonly [from: number, to: number],
): number | undefined {
  const turns = workload.sessions === undefined ? 1 : meanOf(workload.sessions.turns);
  const count = arrivalsUntil(scenario, workload);
  return count === undefined ? undefined : (count(to) - count(from)) * turns;
}

/** Tokens by slice of the window, all workloads together. */
function expectedTokens(scenario: ResolvedScenario): number[] {
  const { warmUpSeconds, durationSeconds } = scenario.horizon;
  const width = (durationSeconds - warmUpSeconds) / SLICES;
  const tokens = Array.from({ length: SLICES }, () => 0);
  for (const workload of scenario.workloads) {
    const { arrivals } = workload;
    const count = arrivalsUntil(scenario, workload);
    if (count === undefined) continue;
    const perRequest = tokensOfRequest(workload, arrivals);
    for (let slice = 0; slice < SLICES; slice++) {
      const start = warmUpSeconds + slice * width;
      tokens[slice]! += (count(start + width) - count(start)) * perRequest;
    }
  }
  return tokens;
}

/** Arrivals expected in [0, t); undefined for closed-loop clients. */
export function arrivalsUntil(
  scenario: ResolvedScenario,
  { arrivals, origins }: ResolvedWorkload,
): ((seconds: number) => number) | undefined {
  switch (arrivals.kind) {
    case "closed":
      return undefined;
    case "open": {
      const { profile, requestsPerSecond, requestsMax } = arrivals;
      const { startSeconds } = scenario.horizon;
      const { total } = compileProfile(profile, requestsPerSecond, origins, startSeconds);
      return (seconds) => Math.min(requestsMax, total.countUntil(seconds));
    }
    case "trace":
      return (seconds) => rowsUntil(arrivals, seconds);
  }
}

function rowsUntil(
  arrivals: Extract<ResolvedArrivals, { kind: "trace" }>,
  seconds: number,
): number {
  const { trace, speed, loop, sample } = arrivals;
  const period = loop ? periodOf(trace) : 0;
  const traceSeconds = seconds * speed;
  const passes = period > 0 ? Math.floor(traceSeconds / period) : 0;
  const rows = rowsBefore(trace, traceSeconds - passes * period);
  return (passes * trace.requests + rows) * sample;
}

/** Rows that arrive before `seconds` of the trace: the first row at or after it. */
function rowsBefore({ arrivalSeconds, requests }: TraceTable, seconds: number): number {
  let low = 0;
  let high = requests;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (arrivalSeconds[middle]! < seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean tokens of prompt and answer, over all model steps of a request. */
function tokensOfRequest(workload: ResolvedWorkload, arrivals: ResolvedArrivals): number {
  const steps = workload.chain?.filter(isModelStep) ?? [workload];
  return steps.reduce((sum, { tokens }) => sum + meanTokens(tokens, arrivals), 0);
}

function isModelStep(step: ResolvedStep): step is Extract<ResolvedStep, { kind: "model" }> {
  return step.kind === "model";
}

function meanTokens(tokens: ResolvedTokens, arrivals: ResolvedArrivals): number {
  switch (tokens.kind) {
    case "distributions":
      return meanOf(tokens.input) + meanOf(tokens.output);
    case "pairs":
      return meanRowTokens(tokens.trace);
    case "from-arrivals":
      return arrivals.kind === "trace" ? meanRowTokens(arrivals.trace) : 0;
  }
}

function meanRowTokens({ inputTokens, outputTokens, requests }: TraceTable): number {
  let sum = 0;
  for (let row = 0; row < requests; row++) sum += inputTokens[row]! + outputTokens[row]!;
  return requests === 0 ? 0 : sum / requests;
}

/** Mean of each run of `length` neighbours, in order of its first. */
function movingMeans(values: readonly number[], length: number): number[] {
  return Array.from({ length: values.length - length + 1 }, (_, first) => {
    let sum = 0;
    for (let i = first; i < first + length; i++) sum += values[i]!;
    return sum / length;
  });
}
