/** Reads durations by the grammar of GEP-2257, independently of what writes them. */

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration. */
export function parseDurationMs(text: string): number {
  return [...text.matchAll(/(\d{1,5})(h|ms|m|s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!,
    0,
  );
}
