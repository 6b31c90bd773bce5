/**
 * How numbers are written in every report: three significant digits, thousands grouped by commas, the unit
 * after a space. `null` and `undefined` mean unknown and are shown as `–`, never as 0. No locale is asked:
 * the text is the same on every machine.
 */
import { groupThousands } from "../foundation/format-units";
import { UNKNOWN } from "./report";

type Maybe = number | null | undefined;

/** `0.0412`, `41.2`, `812`, `12,300`: three significant digits. */
export function formatNumber(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  const magnitude = Math.abs(rounded);
  if (magnitude >= 1e15 || magnitude < 1e-6) return rounded.toExponential(2);
  if (magnitude >= 100) return groupThousands(rounded.toFixed(0));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(magnitude)));
  return rounded.toFixed(Math.min(decimals, 8));
}

/** A count in full: `12,031`; a mean count below 100 keeps one decimal (`3.4`). */
export function formatCount(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  if (Number.isInteger(value) || Math.abs(value) >= 100) return groupThousands(value.toFixed(0));
  return value.toFixed(1);
}

/** A share of 1 as `97.3 %`. Only exactly 0 and 1 are shown as 0 % and 100 %. */
export function formatShare(share: Maybe): string {
  if (!isKnown(share)) return UNKNOWN;
  // A share that was added up from parts may miss 1 by rounding.
  if (share === 0 || Math.abs(share - 1) < 1e-9) return `${Math.round(share) * 100} %`;
  if (share >= 0.9995 && share < 1) return "> 99.9 %";
  if (share < 0.0005 && share > 0) return "< 0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** A share of 1 close to it: as many decimals as show what is missing to two digits, `99.952 %`, and at least one. */
export function formatAvailability(share: Maybe): string {
  if (!isKnown(share)) return UNKNOWN;
  const missing = (1 - share) * 100;
  if (missing < 1e-7) return "100 %";
  const decimals = Math.ceil(-Math.log10(missing)) + 1;
  return `${(share * 100).toFixed(Math.min(7, Math.max(1, decimals)))} %`;
}

/** Units a time is written in; µs never appears: nothing here is known that well. */
export type TimeUnit = "ms" | "s" | "min" | "h";

const UNIT_MS: Readonly<Record<TimeUnit, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** The unit in which a time of `ms` milliseconds reads best. */
export function timeUnitFor(ms: number): TimeUnit {
  const magnitude = Math.abs(ms);
  if (magnitude < 1000) return "ms";
  if (magnitude < 600_000) return "s";
  return magnitude < 36_000_000 ? "min" : "h";
}

/** A time in milliseconds in a fixed unit, without the unit: for columns and rows that share one. */
export function formatTimeIn(unit: TimeUnit, ms: Maybe): string {
  return isKnown(ms) ? formatNumber(ms / UNIT_MS[unit]) : UNKNOWN;
}

/** `41.2 ms`, `1.24 s`, `12.5 min`. */
export function formatTime(ms: Maybe): string {
  if (!isKnown(ms)) return UNKNOWN;
  const unit = timeUnitFor(Number(ms.toPrecision(3)));
  return `${formatTimeIn(unit, ms)} ${unit}`;
}

/** A length that a person wrote: `90 s`, `15 min`, `24 h`, `1 h 30 min`, `7 d`. */
export function formatDuration(seconds: Maybe): string {
  if (!isKnown(seconds)) return UNKNOWN;
  if (seconds < 120 || !Number.isFinite(seconds)) {
    return `${Number.isInteger(seconds) ? seconds : formatNumber(seconds)} s`;
  }
  const parts: string[] = [];
  let left = Math.round(seconds);
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ");
}

/** `$0.0123`, `$12.40`, `$1,240`; unknown is said in words, since a dash could be read as nothing. */
export function formatUsd(usd: Maybe): string {
  if (!isKnown(usd)) return "unknown";
  const magnitude = Math.abs(usd);
  if (magnitude !== 0 && magnitude < 1) return `$${formatNumber(usd)}`;
  return magnitude < 1000 ? `$${usd.toFixed(2)}` : `$${groupThousands(usd.toFixed(0))}`;
}

/** `1 request`, `2 requests`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && !Number.isNaN(value);
}
