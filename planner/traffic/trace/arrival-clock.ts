/**
 * Reads arrival times, as written in a trace, into seconds from the first one. The first time is
 * subtracted before anything becomes a float, so that nanosecond epochs and timestamps with a
 * fraction of 100 ns lose nothing.
 */
import type { TimeUnit } from "./formats/trace-format";

export interface ArrivalClock {
  /** Seconds since the first time read (negative when earlier); NaN when the text is no time. */
  read(text: string): number;
  /** Time of day of the first time, seconds after midnight on the trace's own clock, when it has one. */
  readonly clockSeconds: number | undefined;
  /** What a time looks like, for error messages. */
  readonly expected: string;
}

/** @param countsFromMidnight - arrival 0 of a numeric clock is midnight */
export function arrivalClock(unit: TimeUnit, countsFromMidnight: boolean): ArrivalClock {
  return unit === "iso" ? new IsoClock() : new DecimalClock(unit, countsFromMidnight);
}

const DAY_SECONDS = 86_400;
const ISO =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?$/;

/** Date and time with or without zone; without one, times are taken as UTC. Offsets are honoured. */
class IsoClock implements ArrivalClock {
  readonly expected = "a date and time such as 2023-11-16 18:15:46.6805900";
  clockSeconds: number | undefined;
  private originSeconds = Number.NaN;
  private originFraction = 0;
  /** Rows of one day follow each other, so that its calendar is looked up once. */
  private day = "";
  private dayDays = Number.NaN;

  read(text: string): number {
    const match = ISO.exec(text);
    if (match === null) return Number.NaN;
    const [, day = "", hour, minute, second, digits, zone] = match;
    if (day !== this.day) {
      this.day = day;
      this.dayDays = daysSinceEpoch(day);
    }
    const days = this.dayDays;
    const timeOfDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    if (Number.isNaN(days) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
      return Number.NaN;
    }
    const fraction = digits === undefined ? 0 : Number(`0.${digits}`);
    const seconds = days * DAY_SECONDS + timeOfDay - zoneOffsetSeconds(zone);
    if (Number.isNaN(this.originSeconds)) {
      this.originSeconds = seconds;
      this.originFraction = fraction;
      this.clockSeconds = timeOfDay + fraction;
    }
    return seconds - this.originSeconds + (fraction - this.originFraction);
  }
}

const DIGITS_AFTER_POINT = { s: 0, ms: 3, us: 6, ns: 9 } as const;
const UNIT_WORDS = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
} as const;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** Decimal digits that a float64 always keeps. */
const SAFE_DIGITS = 15;

/** A number in a fixed unit, from any origin: the start of the trace, midnight, or 1970. */
class DecimalClock implements ArrivalClock {
  readonly expected: string;
  clockSeconds: number | undefined;
  private readonly ticksPerSecond: number;
  private originText: string | undefined;
  private origin = 0;

  constructor(
    unit: Exclude<TimeUnit, "iso">,
    private readonly countsFromMidnight: boolean,
  ) {
    this.ticksPerSecond = 10 ** DIGITS_AFTER_POINT[unit];
    this.expected = `a number of ${UNIT_WORDS[unit]}`;
  }

  read(text: string): number {
    if (!DECIMAL.test(text)) return Number.NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) return Number.NaN;
    if (this.originText === undefined) {
      this.originText = text;
      this.origin = value;
      if (this.countsFromMidnight) this.clockSeconds = (value / this.ticksPerSecond) % DAY_SECONDS;
    }
    if (text.length > SAFE_DIGITS) return this.exactDifference(text) / this.ticksPerSecond;
    return (value - this.origin) / this.ticksPerSecond;
  }

  /** Difference of two long decimals: whole parts as integers of any size, fractions as floats. */
  private exactDifference(text: string): number {
    const now = splitDecimal(text);
    const origin = splitDecimal(this.originText ?? text);
    if (now === undefined || origin === undefined) return Number(text) - this.origin;
    return Number(now.whole - origin.whole) + (now.fraction - origin.fraction);
  }
}

function splitDecimal(text: string): { whole: bigint; fraction: number } | undefined {
  const match = /^\+?(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  return { whole: BigInt(match[1] ?? "0"), fraction: Number(`0.${match[2] || "0"}`) };
}

/** Days since 1970 of a date such as `2023-11-16`; NaN when there is no such day. */
function daysSinceEpoch(text: string): number {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const days = Date.UTC(year, month - 1, day) / (DAY_SECONDS * 1000);
  const date = new Date(days * DAY_SECONDS * 1000);
  // Date.UTC carries 31 February over into March: such a day does not exist.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? days : Number.NaN;
}

function zoneOffsetSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || zone === "UTC") return 0;
  const digits = zone.slice(1).replace(":", "");
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2) || "0") * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}
