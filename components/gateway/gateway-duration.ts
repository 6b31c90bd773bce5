/** Durations as Gateway API and Envoy Gateway write them (GEP-2257): whole milliseconds, at most five digits a unit. */

const UNITS = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;
const DIGITS_MAX = 99_999;

/** Longest duration that can be written, seconds. */
export const DURATION_SECONDS_MAX = DIGITS_MAX * 3600;

/**
 * A duration, in the largest unit that writes it whole where there is one; 0 means none.
 * @example gatewayDuration(0.05) // "50ms"
 * @example gatewayDuration(200_000) // "55h33m20s"
 */
export function gatewayDuration(seconds: number): string {
  let left = Math.round(seconds * 1000);
  if (left === 0) return "0s";
  const whole = UNITS.find(
    ([, unitMs]) => unitMs <= 1000 && left % unitMs === 0 && left / unitMs <= DIGITS_MAX,
  );
  if (whole !== undefined) return `${left / whole[1]}${whole[0]}`;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * unitMs;
  }
  return parts.join("");
}
