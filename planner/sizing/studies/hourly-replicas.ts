/**
 * The units of a sized fleet that each hour of the clock needs, and the schedule (KEDA's cron trigger) that has them ready
 * when the hour begins. Every unit that is needed in the worst case that must be survived is there, so that what the
 * fleet withstands at its peak it withstands at every hour.
 */
import type { AutoscalingSpec } from "../../fleet/scaling-spec";
import { WEEK_SECONDS } from "../../foundation/week-time";
import type { Offer } from "../offer";
import { type FleetNeeds, type SiteNeed, shareNeeded } from "./site-needs";

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_HOURS = 24;
const WEEK_HOURS = WEEK_SECONDS / HOUR_SECONDS;
const TOLERANCE = 1e-9;

/** One hour of the clock, or the part of it that the scenario has. */
export interface NeededHour {
  /** Seconds of the scenario. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** From Monday 00:00 UTC. */
  readonly hourOfWeek: number;
  /** By offer index. */
  readonly units: readonly number[];
}

/**
 * @param startSeconds of the scenario, from Monday 00:00 UTC
 * @param unitsMin of an offer that is used at all
 */
export function neededHours(
  needs: FleetNeeds,
  startSeconds: number,
  unitsMin: number,
): readonly NeededHour[] {
  const { units, edges, sites } = needs;
  const slices = edges.slice(1).map((toSeconds, slice) => ({
    slice,
    fromSeconds: edges[slice]!,
    toSeconds,
    hour: Math.floor((startSeconds + edges[slice]!) / HOUR_SECONDS),
  }));
  return [...new Set(slices.map(({ hour }) => hour))].map((hour): NeededHour => {
    const own = slices.filter((one) => one.hour === hour);
    const needed = units.map((count) => Math.min(count, unitsMin));
    for (const site of sites) {
      const counts = unitsOfSite(
        needs,
        site,
        own.map(({ slice }) => slice),
      );
      for (const { index } of site.offers) {
        needed[index] = Math.max(needed[index]!, counts[index]!);
      }
    }
    return {
      fromSeconds: own[0]!.fromSeconds,
      toSeconds: own.at(-1)!.toSeconds,
      hourOfWeek: hour % WEEK_HOURS,
      units: needed,
    };
  });
}

/** The fewest units of a site, in the fleet's proportions, that are enough in each of these slices and every case. */
function unitsOfSite(
  { units }: FleetNeeds,
  site: SiteNeed,
  slices: readonly number[],
): readonly number[] {
  const isEnough = (fleet: readonly number[]): boolean =>
    site.cases.every((one) =>
      slices.every((slice) => shareNeeded(site, fleet, one, slice) <= 1 + TOLERANCE),
    );
  const steps = Math.max(...site.offers.map(({ index }) => units[index]!));
  for (let step = 0; step < steps; step++) {
    const fleet = units.map((count) => Math.ceil((count * step) / steps - TOLERANCE));
    if (isEnough(fleet)) return fleet;
  }
  return units;
}

type Schedule = NonNullable<AutoscalingSpec["schedule"]>;

/** Bounds of an offer's units, and when there are more than the fewest. */
export interface UnitSchedule {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  /** In units; those of every day where all days are alike. */
  readonly windows: Schedule;
}

/**
 * The schedule of one offer. Hours that the scenario does not have keep all units: nothing is known of them.
 *
 * @param leadSeconds before an hour at which its replicas are asked for, so that they serve when it begins
 */
export function unitSchedule(
  hours: readonly NeededHour[],
  { index }: Offer,
  max: number,
  { leadSeconds, startSeconds }: { readonly leadSeconds: number; readonly startSeconds: number },
): UnitSchedule {
  const byHour = new Map<number, number>();
  for (const { hourOfWeek, units } of hours) {
    byHour.set(hourOfWeek, Math.max(byHour.get(hourOfWeek) ?? 0, units[index]!));
  }
  const isDaily = areDaysAlike(byHour);
  const period = isDaily ? DAY_HOURS : WEEK_HOURS;
  const counts = Array.from({ length: period }, (_, hour): HourCount => {
    const known = [...byHour].filter(([one]) => one % period === hour).map(([, count]) => count);
    const isKnown = known.length > 0;
    return { isKnown, units: isKnown ? Math.max(...known) : max };
  });
  const min = Math.min(...counts.map(({ units }) => units));
  const windows = windowsAbove(counts, min, { isDaily, leadSeconds });
  const start = startSeconds % (period * HOUR_SECONDS);
  const atStart = windows.filter((window) => isWithin(window, start, period * HOUR_SECONDS));
  return {
    min,
    max,
    initial: Math.max(min, ...atStart.map(({ replicas }) => replicas)),
    windows,
  };
}

function areDaysAlike(byHour: ReadonlyMap<number, number>): boolean {
  return [...byHour].every(
    ([hour, count]) =>
      ![...byHour].some(([other, theirs]) => (other - hour) % DAY_HOURS === 0 && theirs !== count),
  );
}

interface HourCount {
  /** Of the scenario. */
  readonly isKnown: boolean;
  readonly units: number;
}

/**
 * Hours in a row with the same count are one window; it may go past the end of the period. Hours of which nothing is
 * known are asked for when they begin: there is no load to be ready for.
 */
function windowsAbove(
  counts: readonly HourCount[],
  min: number,
  { isDaily, leadSeconds }: { readonly isDaily: boolean; readonly leadSeconds: number },
): Schedule {
  const period = counts.length;
  const first = counts.findIndex(({ units }) => units === min);
  const windows: ({ from: number; to: number } & HourCount)[] = [];
  for (let step = 0; step < period; step++) {
    const hour = counts[(first + step) % period]!;
    const last = windows.at(-1);
    if (last?.units === hour.units && last.isKnown === hour.isKnown) last.to++;
    else windows.push({ from: first + step, to: first + step + 1, ...hour });
  }
  const periodSeconds = period * HOUR_SECONDS;
  const at = (seconds: number) => ({
    seconds: (seconds + periodSeconds) % periodSeconds,
    isDaily,
  });
  return windows
    .filter(({ units }) => units > min)
    .map(({ from, to, units, isKnown }) => {
      // A window that began before its own end would be no window.
      const leadMax = (period - (to - from)) * HOUR_SECONDS - MINUTE_SECONDS;
      const lead = isKnown ? Math.min(leadSeconds, leadMax) : 0;
      return {
        start: at(from * HOUR_SECONDS - lead),
        end: at(to * HOUR_SECONDS),
        replicas: units,
      };
    });
}

function isWithin(
  { start, end }: Schedule[number],
  seconds: number,
  periodSeconds: number,
): boolean {
  const length = (end.seconds - start.seconds + periodSeconds) % periodSeconds;
  return (seconds - start.seconds + periodSeconds) % periodSeconds < length;
}
