/**
 * Quantities in base units written as a person reads them. What `units.ts` reads back: the value is the
 * same to the digits shown (at most six).
 */

/** Up to `digits` significant digits, without trailing zeros or exponent for the usual range. */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return value > 0 ? "unlimited" : String(value);
  const rounded = Number(value.toPrecision(digits));
  return String(rounded);
}

/** `28154` → `28,154`. */
export function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

const DURATION_STEPS: readonly (readonly [limit: number, factor: number, unit: string])[] = [
  [1e-6, 1e-9, "ns"],
  [1e-3, 1e-6, "us"],
  [1, 1e-3, "ms"],
  [120, 1, "s"],
  [7200, 60, "min"],
  [172800, 3600, "h"],
  [Number.POSITIVE_INFINITY, 86400, "d"],
];

/** Seconds → `250 ms`, `90 s`, `30 min`, `24 h`, `4 d`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (!Number.isFinite(seconds)) return "unlimited";
  const [, factor, unit] =
    DURATION_STEPS.find(([limit]) => seconds < limit) ?? ([0, 86400, "d"] as const);
  return `${formatNumber(seconds / factor)} ${unit}`;
}

/** Requests per second → `40/s`, `2.5/min`, `30/h`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0 || perSecond >= 0.1) return `${formatNumber(perSecond)}/s`;
  return perSecond * 60 >= 0.1
    ? `${formatNumber(perSecond * 60)}/min`
    : `${formatNumber(perSecond * 3600)}/h`;
}

/** Bytes → `80 GiB`, `512 MiB`, `100 B`: powers of 1024. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "unlimited";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let index = 0;
  let amount = bytes;
  while (amount >= 1024 && index < units.length - 1) {
    amount /= 1024;
    index += 1;
  }
  return `${formatNumber(amount)} ${units[index]}`;
}

/** Bytes per second → `50 GB/s`: powers of 1000, as links are sold. */
export function formatBandwidth(bytesPerSecond: number): string {
  const units = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"];
  let index = 0;
  let amount = bytesPerSecond;
  while (amount >= 1000 && index < units.length - 1) {
    amount /= 1000;
    index += 1;
  }
  return `${formatNumber(amount)} ${units[index]}`;
}

/** Tokens → `1200`, `8k`, `8Ki`, `131072` → `128Ki`: a suffix only where nothing is lost. */
export function formatTokens(tokens: number): string {
  if (!Number.isFinite(tokens)) return "unlimited";
  if (tokens >= 4096 && tokens % 1024 === 0) return `${tokens / 1024}Ki`;
  if (tokens >= 1000 && tokens % 1000 === 0) return `${tokens / 1000}k`;
  return formatNumber(tokens);
}

/** 0.95 → `95%`. */
export function formatShare(share: number): string {
  return `${formatNumber(share * 100)}%`;
}

/** 98.32 → `$98.32`. */
export function formatDollars(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}
