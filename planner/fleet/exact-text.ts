/**
 * Quantities in base units as text that reads back to the very same number: as a person would write it where that is
 * exact, and otherwise with every digit. The other direction is `foundation/units.ts` and `schema-kit.ts`.
 */
import type { Distribution } from "../foundation/distributions";
import { formatBandwidth, formatDuration, formatRate } from "../foundation/format-units";
import { type ReadQuantity, readBandwidth, readDuration, readRate } from "../foundation/units";

/** Seconds → `250 ms`, `4 d`, `0.1234567 s`. */
export function durationText(seconds: number): string {
  return exact(seconds, formatDuration, readDuration, "s");
}

/** Per second → `40/s`, `2.5/min`. */
export function rateText(perSecond: number): string {
  return exact(perSecond, formatRate, readRate, "/s");
}

/** Bytes per second → `50 GB/s`. */
export function bandwidthText(bytesPerSecond: number): string {
  return exact(bytesPerSecond, formatBandwidth, readBandwidth, "B/s");
}

/** 0.2 → `20%`: the decimal digits of the share with the point moved, so that nothing is rounded. */
export function percentText(share: number): string {
  return `${percentDigits(share)}%`;
}

/** 0.999 → `99.9`: without an exponent, as names of quantiles are written. */
function percentDigits(share: number): string {
  if (share === 0) return "0";
  const [mantissa = "", exponent = "0"] = share.toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 3;
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return `${digits}${"0".repeat(point - digits.length)}`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function exact(
  value: number,
  format: (value: number) => string,
  read: (text: string) => ReadQuantity,
  unit: string,
): string {
  const text = format(value);
  const reading = read(text);
  if (reading.ok && reading.value === value) return text;
  return unit.startsWith("/") ? `${value}${unit}` : `${value} ${unit}`;
}

/** A distribution of times, as the schema takes it. */
export function durationDistribution(distribution: Distribution): unknown {
  const upTo = (max: number) =>
    max === Number.POSITIVE_INFINITY ? {} : { max: durationText(max) };
  switch (distribution.kind) {
    case "constant":
      return durationText(distribution.value);
    case "uniform":
      return {
        uniform: { min: durationText(distribution.min), max: durationText(distribution.max) },
      };
    case "exponential":
      return { exponential: { mean: durationText(distribution.mean) } };
    case "normal": {
      const { mean, sd, min, max } = distribution;
      const given = { mean: durationText(mean), sd: durationText(sd), min: durationText(min) };
      return { normal: { ...given, ...upTo(max) } };
    }
    case "lognormal": {
      const { median, sigma, max } = distribution;
      return { lognormal: { median: durationText(median), sigma, ...upTo(max) } };
    }
    case "gamma": {
      const { mean, cv, max } = distribution;
      return { gamma: { mean: durationText(mean), cv, ...upTo(max) } };
    }
    case "quantiles": {
      const { probabilities, values } = distribution;
      const named = probabilities.map((probability, index) => [
        `p${percentDigits(probability)}`,
        durationText(values[index]!),
      ]);
      return { quantiles: Object.fromEntries(named) };
    }
  }
}
