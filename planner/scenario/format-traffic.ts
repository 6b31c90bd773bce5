/** Processes and profiles in one line each, for `capplan validate`. */
import { formatDuration, formatNumber } from "../foundation/format-units";
import type { ArrivalProcess, RateProfile } from "./resolved-scenario";

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
