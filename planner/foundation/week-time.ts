/**
 * Times of the week in UTC, as a person writes them: `14:00`, `sat 09:30`. In seconds they count from Monday 00:00
 * and are less than a week. Dates and time zones are no part of a scenario; local clocks belong to the origins.
 */
import { quoteValue, type ReadQuantity } from "./units";

const DAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
const DAY_LETTERS = 3;
const DAY_SECONDS = 86400;

/** Seconds in a week: every time of the week is less. */
export const WEEK_SECONDS = DAYS.length * DAY_SECONDS;

const EXPECTED = "a time of the week in UTC such as 14:00, mon 14:00 or sat 09:30";

/**
 * `14:00`, `mon 14:00`, `Saturday 09:30:15` → seconds since Monday 00:00; without a day it is a Monday.
 *
 * @example readWeekTime("tue 01:00") // { ok: true, value: 90000 }
 */
export function readWeekTime(value: unknown): ReadQuantity {
  const refused = { ok: false, message: `expected ${EXPECTED}, got ${quoteValue(value)}` } as const;
  if (typeof value !== "string") return refused;
  const match = /^(?:([a-z]+)\s+)?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?$/i.exec(value.trim());
  if (match === null) return refused;
  const [, dayName, hours, minutes, seconds] = match;
  const day = dayName === undefined ? 0 : dayIndex(dayName);
  if (day < 0) {
    const names = DAYS.map((name) => name.slice(0, DAY_LETTERS)).join(", ");
    return { ok: false, message: `unknown day "${dayName}" in "${value}"; use ${names}` };
  }
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) {
    return { ok: false, message: `a day goes from 00:00 to 23:59, got ${quoteValue(value)}` };
  }
  return { ok: true, value: day * DAY_SECONDS + hour * 3600 + minute * 60 + second };
}

/** Seconds since Monday 00:00 → `mon 14:00`; seconds of a minute are written where there are any. */
export function formatWeekTime(secondsOfWeek: number): string {
  const day = DAYS[Math.floor(secondsOfWeek / DAY_SECONDS) % DAYS.length] ?? DAYS[0];
  const rest = Math.floor(secondsOfWeek % DAY_SECONDS);
  const parts = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60];
  if (rest % 60 !== 0) parts.push(rest % 60);
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${day.slice(0, DAY_LETTERS)} ${clock}`;
}

/** 0 for Monday; -1 for what is neither a day's name nor its first three letters. */
function dayIndex(name: string): number {
  const wanted = name.toLowerCase();
  return DAYS.findIndex((day) => day === wanted || day.slice(0, DAY_LETTERS) === wanted);
}
