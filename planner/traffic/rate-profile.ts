/**
 * Rate over time. Every profile is compiled to a piecewise-linear rate λ(t), so that the number of
 * arrivals expected until t, Λ(t), and its inverse are exact: a quadratic per piece. An arrival process
 * with unit-mean gaps in "operational time" Λ then has the given rate and keeps its burstiness.
 *
 * t = 0 is the start of the run. Profiles with a clock (diurnal, and points that repeat) are made for a week from
 * Monday 00:00 UTC and then turned to the time of the week at which the run starts. An origin's local time is UTC
 * plus its offset.
 */
import type { RateProfile, ResolvedWorkload } from "../scenario/resolved-scenario";
import { dailyCurve, STEPS_PER_DAY } from "./diurnal";

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

type Origins = ResolvedWorkload["origins"];

/** λ(t) in requests per second, with its integral and the inverse of that. */
export class RateCurve {
  /** Start of each piece and the end of the last; a jump is two equal times. */
  readonly times: Float64Array;
  readonly rates: Float64Array;
  /** Λ at each time. */
  private readonly cumulative: Float64Array;
  private readonly period: number;
  private readonly periodCount: number;
  private piece = 0;

  /**
   * @param times seconds, not decreasing, first 0
   * @param rates requests per second at each time
   * @param repeats whether the curve starts again at the last time; otherwise its last rate goes on
   */
  constructor(times: readonly number[], rates: readonly number[], repeats: boolean) {
    this.times = Float64Array.from(times);
    this.rates = Float64Array.from(rates);
    this.cumulative = new Float64Array(times.length);
    for (let i = 1; i < times.length; i++) {
      const area =
        ((this.times[i]! - this.times[i - 1]!) * (this.rates[i]! + this.rates[i - 1]!)) / 2;
      this.cumulative[i] = this.cumulative[i - 1]! + area;
    }
    this.period = repeats ? this.times[times.length - 1]! : Number.POSITIVE_INFINITY;
    this.periodCount = repeats ? this.cumulative[times.length - 1]! : Number.POSITIVE_INFINITY;
  }

  /** The rate when it never changes; undefined otherwise. */
  get constantRate(): number | undefined {
    const first = this.rates[0]!;
    return this.rates.every((rate) => rate === first) ? first : undefined;
  }

  /** λ(t). At a jump, the rate after it. */
  rateAt(seconds: number): number {
    const { piece, offset } = this.locate(seconds);
    return this.rates[piece]! + this.slope(piece) * offset;
  }

  /** Λ(t), the arrivals expected in [0, t]. */
  countUntil(seconds: number): number {
    const cycles = this.cyclesBefore(seconds);
    const { piece, offset } = this.locate(seconds);
    const area = (this.rates[piece]! + 0.5 * this.slope(piece) * offset) * offset;
    return (cycles === 0 ? 0 : cycles * this.periodCount) + this.cumulative[piece]! + area;
  }

  /** The first t with Λ(t) ≥ `count`; Infinity when it is never reached. Fast for growing counts. */
  timeOfCount(count: number): number {
    const repeats = this.period !== Number.POSITIVE_INFINITY;
    if (repeats && this.periodCount === 0) return Number.POSITIVE_INFINITY;
    const cycles = repeats ? Math.floor(count / this.periodCount) : 0;
    const rest = repeats ? count - cycles * this.periodCount : count;
    const start = repeats ? cycles * this.period : 0;
    const last = this.cumulative.length - 1;
    let piece = this.piece;
    if (piece > last || this.cumulative[piece]! >= rest) piece = 0;
    while (piece < last && this.cumulative[piece + 1]! < rest) piece++;
    this.piece = piece;
    const missing = rest - this.cumulative[piece]!;
    if (missing <= 0) return start + this.times[piece]!;
    const rate = this.rates[piece]!;
    // Root of slope/2·dt² + rate·dt = missing, in the form that loses no digits when the slope is small.
    const root = Math.sqrt(Math.max(0, rate * rate + 2 * this.slope(piece) * missing));
    return rate + root > 0
      ? start + this.times[piece]! + (2 * missing) / (rate + root)
      : Number.POSITIVE_INFINITY;
  }

  /** Piece that holds a time, and seconds since its start. */
  locate(seconds: number): { readonly piece: number; readonly offset: number } {
    const cycles = this.cyclesBefore(seconds);
    const rest = cycles === 0 ? seconds : seconds - cycles * this.period;
    let low = 0;
    let high = this.times.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.times[middle]! <= rest) low = middle;
      else high = middle;
    }
    return { piece: low, offset: rest - this.times[low]! };
  }

  private cyclesBefore(seconds: number): number {
    return this.period === Number.POSITIVE_INFINITY ? 0 : Math.floor(seconds / this.period);
  }

  /** Change of the rate per second; 0 after the last time. */
  private slope(piece: number): number {
    if (piece + 1 >= this.times.length) return 0;
    const width = this.times[piece + 1]! - this.times[piece]!;
    return width > 0 ? (this.rates[piece + 1]! - this.rates[piece]!) / width : 0;
  }
}

/**
 * The repeating curve as seen from `startSeconds` after its beginning: the same corners, turned. Turning the corners
 * once leaves the look-ups as they are, and no digits are lost to the difference of two large counts.
 */
function turned(
  times: readonly number[],
  rates: readonly number[],
  startSeconds: number,
): RateCurve {
  const period = times[times.length - 1]!;
  const start = modulo(startSeconds, period);
  if (start === 0) return new RateCurve(times, rates, true);
  const { piece, offset } = new RateCurve(times, rates, true).locate(start);
  // Where the start is a jump, the rate after it comes first and the rate before it last.
  const isCorner = offset === 0;
  const firstOfJump = times.indexOf(times[piece]!);
  const width = times[piece + 1]! - times[piece]!;
  const between = rates[piece]! + ((rates[piece + 1]! - rates[piece]!) * offset) / width;
  const after = times.slice(piece + 1).map((seconds) => seconds - start);
  const before = times.slice(0, isCorner ? firstOfJump : piece + 1);
  return new RateCurve(
    [0, ...after, ...before.map((seconds) => seconds + (period - start)), period],
    [
      isCorner ? rates[piece]! : between,
      ...rates.slice(piece + 1),
      ...rates.slice(0, before.length),
      isCorner ? rates[firstOfJump]! : between,
    ],
    true,
  );
}

/** The curve of all origins together, and what each contributes to it. */
export interface CompiledProfile {
  readonly total: RateCurve;
  /** One curve per origin on the same times; undefined when the mix of origins never changes. */
  readonly byOrigin: readonly RateCurve[] | undefined;
}

/**
 * Compiles a profile.
 *
 * `points` are factors of the mean rate and are not normalised: the scenario says what it wants.
 * Before the first point its factor holds; after the last, its factor holds or the points repeat.
 *
 * @param requestsPerSecond mean rate, of all origins together
 * @param startSeconds from Monday 00:00 UTC to t = 0; read by profiles with a clock. @default 0
 */
export function compileProfile(
  profile: RateProfile,
  requestsPerSecond: number,
  origins: Origins,
  startSeconds = 0,
): CompiledProfile {
  switch (profile.kind) {
    case "constant":
      return { total: new RateCurve([0], [requestsPerSecond], false), byOrigin: undefined };
    case "points":
      return { total: pointsCurve(profile, requestsPerSecond, startSeconds), byOrigin: undefined };
    case "diurnal":
      return compileDiurnal(profile, requestsPerSecond, { origins, startSeconds });
  }
}

function pointsCurve(
  profile: Extract<RateProfile, { kind: "points" }>,
  requestsPerSecond: number,
  startSeconds: number,
): RateCurve {
  const { points, repeatSeconds } = profile;
  const times = points.map((point) => point.atSeconds);
  const rates = points.map((point) => point.factor * requestsPerSecond);
  if (times[0]! > 0) {
    times.unshift(0);
    rates.unshift(rates[0]!);
  }
  if (repeatSeconds !== undefined && times[times.length - 1]! < repeatSeconds) {
    times.push(repeatSeconds);
    rates.push(rates[rates.length - 1]!);
  }
  return repeatSeconds === undefined
    ? new RateCurve(times, rates, false)
    : turned(times, rates, startSeconds);
}

function compileDiurnal(
  profile: Extract<RateProfile, { kind: "diurnal" }>,
  requestsPerSecond: number,
  { origins, startSeconds }: { readonly origins: Origins; readonly startSeconds: number },
): CompiledProfile {
  const daily = dailyCurve(profile.peakToMean);
  const days = profile.weekendFactor === 1 ? 1 : 7;
  const weekMean = (5 + 2 * profile.weekendFactor) / 7;
  const factorAt = (localSeconds: number, dayOf: number): number => {
    const day = ((Math.floor(dayOf / DAY_SECONDS) % 7) + 7) % 7;
    const dayFactor = day >= 5 ? profile.weekendFactor : 1;
    const fromPeak = localSeconds / HOUR_SECONDS - profile.peakHour;
    return (daily(fromPeak) * dayFactor) / weekMean;
  };
  const grid = mergedGrid(profile.peakHour, origins, days);
  const ratesByOrigin = origins.map(({ share, utcOffsetHours }) => {
    const offset = utcOffsetHours * HOUR_SECONDS;
    return grid.map((seconds, i) => {
      // Of the two equal times of a jump, the first belongs to the day before, the second to the day after.
      const isBefore = grid[i + 1] === seconds || i === grid.length - 1;
      const side = isBefore ? -1 : 1;
      return share * requestsPerSecond * factorAt(seconds + offset, seconds + offset + side);
    });
  });
  const totals = grid.map((_, i) => ratesByOrigin.reduce((sum, rates) => sum + rates[i]!, 0));
  const total = turned(grid, totals, startSeconds);
  if (origins.length < 2) return { total, byOrigin: undefined };
  return { total, byOrigin: ratesByOrigin.map((rates) => turned(grid, rates, startSeconds)) };
}

/**
 * Every time at which some origin's curve has a corner: its grid of equal steps from its own peak, and
 * its midnights, each twice when days differ, since the weekend begins with a jump.
 */
function mergedGrid(peakHour: number, origins: Origins, days: number): number[] {
  const span = days * DAY_SECONDS;
  const step = DAY_SECONDS / STEPS_PER_DAY;
  const corners = new Set<number>([0, span]);
  const midnights = new Set<number>();
  for (const { utcOffsetHours } of origins) {
    const phase = modulo((peakHour - utcOffsetHours) * HOUR_SECONDS, step);
    for (let seconds = phase; seconds < span; seconds += step)
      corners.add(Math.round(seconds * 1000) / 1000);
    if (days === 1) continue;
    const midnight = modulo(-utcOffsetHours * HOUR_SECONDS, DAY_SECONDS);
    for (let seconds = midnight; seconds < span; seconds += DAY_SECONDS) midnights.add(seconds);
  }
  const grid = [...new Set([...corners, ...midnights])].sort((x, y) => x - y);
  return grid.flatMap((seconds) =>
    midnights.has(seconds) && seconds > 0 ? [seconds, seconds] : [seconds],
  );
}

function modulo(value: number, base: number): number {
  return ((value % base) + base) % base;
}
