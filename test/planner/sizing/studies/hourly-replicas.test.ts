import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Offer } from "../../../../planner/sizing/offer";
import {
  type NeededHour,
  type UnitSchedule,
  unitSchedule,
} from "../../../../planner/sizing/studies/hourly-replicas";

const HOUR = 3600;
const OFFER = { index: 0 } as Offer;

function hoursOf(counts: readonly number[], firstHour: number): NeededHour[] {
  return counts.map((units, place) => ({
    fromSeconds: place * HOUR,
    toSeconds: (place + 1) * HOUR,
    hourOfWeek: (firstHour + place) % 168,
    units: [units],
  }));
}

function schedule(counts: readonly number[], firstHour: number, leadSeconds: number): UnitSchedule {
  return unitSchedule(hoursOf(counts, firstHour), OFFER, Math.max(...counts), {
    leadSeconds,
    startSeconds: firstHour * HOUR,
  });
}

/** What KEDA's cron trigger asks for at a time of the week. */
function scheduledAt({ windows, min }: UnitSchedule, seconds: number): number {
  const active = windows.filter(({ start, end }) => {
    const period = start.isDaily ? 86_400 : 604_800;
    const at = seconds % period;
    return start.seconds < end.seconds
      ? start.seconds <= at && at < end.seconds
      : at >= start.seconds || at < end.seconds;
  });
  return Math.max(min, ...active.map(({ replicas }) => replicas));
}

describe("unitSchedule", () => {
  it("for all loads, has what each hour needs from a lead before it to its end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 167 }),
        fc.integer({ min: 0, max: 100 }),
        (counts, firstHour, leadMinutes) => {
          const lead = leadMinutes * 60;
          const made = schedule(counts, firstHour, lead);
          for (const [place, count] of counts.entries()) {
            const start = (firstHour + place) * HOUR;
            for (const seconds of [start, start + HOUR / 2, start + HOUR - 1]) {
              expect(scheduledAt(made, seconds % 604_800)).toBeGreaterThanOrEqual(count);
            }
            // Of a period that is never without more than the fewest, no time may be left for a lead.
            if (place > 0 && counts.length <= 24 && lead < HOUR) {
              expect(scheduledAt(made, (start - lead + 604_800) % 604_800)).toBeGreaterThanOrEqual(
                count,
              );
            }
          }
          expect(made.initial).toBeGreaterThanOrEqual(counts[0]!);
          for (const { replicas } of made.windows) expect(replicas).toBeGreaterThan(made.min);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });

  it("is one of every day where the days are alike, and of the week where they are not", () => {
    const day = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 18 ? 4 : 1));
    const alike = schedule([...day, ...day, ...day], 0, 600);
    expect(alike).toEqual({
      min: 1,
      max: 4,
      initial: 1,
      windows: [
        {
          start: { seconds: 8 * HOUR - 600, isDaily: true },
          end: { seconds: 18 * HOUR, isDaily: true },
          replicas: 4,
        },
      ],
    });
    const quiet = Array.from({ length: 24 }, () => 1);
    const week = schedule([...Array(5).fill(day).flat(), ...quiet, ...quiet], 0, 600);
    expect(week.windows).toHaveLength(5);
    expect(week.windows[1]!.start).toEqual({ seconds: 32 * HOUR - 600, isDaily: false });
  });

  it("keeps all units in hours that the scenario does not have", () => {
    const made = schedule([1, 3], 6, 0);
    expect(made.min).toBe(1);
    expect(scheduledAt(made, 6.5 * HOUR)).toBe(1);
    expect(scheduledAt(made, 12 * HOUR)).toBe(3);
  });
});
