/** Processes, profiles and distributions in one line each, for `capplan validate`. */
import { formatDuration, formatNumber } from "../foundation/format-units";
import type { ArrivalProcess, Distribution, RateProfile } from "./resolved-scenario";

/** `gamma (cv 1.6)` */
export function formatProcess(process: ArrivalProcess): string {
  switch (process.kind) {
    case "poisson":
    case "deterministic":
      return process.kind;
    case "gamma":
    case "weibull":
      return `${process.kind} (cv ${formatNumber(process.cv)})`;
    case "mmpp":
      return `mmpp (${process.states
        .map(
          (state) =>
            `× ${formatNumber(state.relativeRate, 3)} for ${formatDuration(state.meanSeconds)}`,
        )
        .join(", ")})`;
  }
}

/** `diurnal (peak at 14:00 local, × 2, weekend × 1)` */
export function formatProfile(profile: RateProfile): string {
  switch (profile.kind) {
    case "constant":
      return "constant";
    case "diurnal":
      return `diurnal (peak at ${formatHour(profile.peakHour)} local, × ${formatNumber(profile.peakToMean)}, weekend × ${formatNumber(profile.weekendFactor)})`;
    case "points": {
      const factors = profile.points.map(({ factor }) => factor);
      const [low, high] = [Math.min(...factors), Math.max(...factors)];
      const every =
        profile.repeatSeconds === undefined
          ? ""
          : `, every ${formatDuration(profile.repeatSeconds)}`;
      return `× ${formatNumber(low, 3)} to × ${formatNumber(high, 3)} over ${profile.points.length} points${every}`;
    }
  }
}

/** 9.5 → `09:30`: to the minute. */
function formatHour(hour: number): string {
  const minutes = Math.round(hour * 60);
  const parts = [Math.floor(minutes / 60), minutes % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** A distribution in one line, its values written by `format`. */
export function formatDistribution(
  distribution: Distribution,
  format: (value: number) => string,
): string {
  switch (distribution.kind) {
    case "constant":
      return format(distribution.value);
    case "uniform":
      return `uniform ${format(distribution.min)} to ${format(distribution.max)}`;
    case "exponential":
      return `exponential, mean ${format(distribution.mean)}`;
    case "normal":
      return `normal, mean ${format(distribution.mean)}, sd ${format(distribution.sd)}`;
    case "lognormal":
      return `lognormal, median ${format(Math.round(distribution.median * 1e6) / 1e6)}, sigma ${formatNumber(distribution.sigma, 4)}`;
    case "gamma":
      return `gamma, mean ${format(distribution.mean)}, cv ${formatNumber(distribution.cv)}`;
    case "quantiles": {
      const { probabilities, values } = distribution;
      const middle = probabilities.findIndex((probability) => probability >= 0.5);
      return `quantiles ${format(values[0]!)} … ${format(values[middle]!)} … ${format(values.at(-1)!)}`;
    }
  }
}
