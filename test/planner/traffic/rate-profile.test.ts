import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { RateProfile } from "../../../planner/scenario/resolved-scenario";
import { compileProfile, RateCurve } from "../../../planner/traffic/rate-profile";
import { dailyFactor, hourlyFactor } from "../../support/daily-factor";

const HOUR = 3600;
const DAY = 24 * HOUR;
const atUtc = [{ originIndex: 0, share: 1, utcOffsetHours: 0 }];

/** Random corners from 0, with jumps, and at least one positive rate. */
const curves = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 40 })), {
      minLength: 1,
      maxLength: 12,
    }),
    fc.boolean(),
  )
  .map(([steps, repeats]) => {
    const times = [0];
    const rates = [3];
    for (const [width, rate] of steps) {
      times.push(times[times.length - 1]! + width);
      rates.push(rate);
    }
    times.push(times[times.length - 1]! + 5);
    rates.push(2);
    return { times, rates, repeats, curve: new RateCurve(times, rates, repeats) };
  });

describe("RateCurve", () => {
  it("for all curves, timeOfCount inverts countUntil and never goes back", () => {
    fc.assert(
      fc.property(
        curves,
        fc.array(fc.double({ min: 0, max: 3000, noNaN: true })),
        ({ curve }, counts) => {
          let previous = 0;
          for (const count of counts.sort((x, y) => x - y)) {
            const time = curve.timeOfCount(count);
            expect(time).toBeGreaterThanOrEqual(previous);
            expect(Math.abs(curve.countUntil(time) - count)).toBeLessThan(1e-7);
            previous = time;
          }
        },
      ),
      { seed: 21, numRuns: 300 },
    );
  });

  it("for all curves, countUntil is the integral of the rate", () => {
    fc.assert(
      fc.property(curves, fc.double({ min: 0, max: 400, noNaN: true }), ({ curve, times }, end) => {
        // Midpoints of small steps: exact within a straight piece, off by a step's worth at each corner.
        const steps = 4000;
        let sum = 0;
        for (let i = 0; i < steps; i++) sum += curve.rateAt(((i + 0.5) * end) / steps);
        const cycles = Math.ceil(end / times[times.length - 1]!);
        const tolerance = (end / steps) * 40 * times.length * Math.max(1, cycles) + 1e-9;
        expect(Math.abs((sum * end) / steps - curve.countUntil(end))).toBeLessThan(tolerance);
      }),
      { seed: 22, numRuns: 100 },
    );
  });

  it("a constant rate is exact, and known to be constant", () => {
    const { total } = compileProfile({ kind: "constant" }, 12.5, atUtc);
    expect(total.constantRate).toBe(12.5);
    expect(total.timeOfCount(100)).toBe(8);
    expect(total.countUntil(8)).toBe(100);
  });

  it("has no time for a count that is never reached", () => {
    const fading = new RateCurve([0, 10], [1, 0], false);
    expect(fading.timeOfCount(5)).toBeCloseTo(10, 5);
    expect(fading.timeOfCount(5.01)).toBe(Number.POSITIVE_INFINITY);
    expect(new RateCurve([0, 10], [0, 0], true).timeOfCount(0.5)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("points profile", () => {
  const spike: RateProfile = {
    kind: "points",
    points: [
      { atSeconds: 100, factor: 1 },
      { atSeconds: 100, factor: 5 },
      { atSeconds: 160, factor: 5 },
      { atSeconds: 160, factor: 1 },
      { atSeconds: 200, factor: 2 },
    ],
    repeatSeconds: undefined,
  };

  it("holds the first factor before it, jumps where two points share a time, and holds the last", () => {
    const { total } = compileProfile(spike, 10, atUtc);
    expect(total.rateAt(0)).toBe(10);
    expect(total.rateAt(99)).toBe(10);
    expect(total.rateAt(100)).toBe(50);
    expect(total.rateAt(180)).toBeCloseTo(15, 12);
    expect(total.rateAt(1e6)).toBe(20);
    expect(total.countUntil(200)).toBeCloseTo(1000 + 3000 + 600, 9);
  });

  it("repeats after the period, and holds the last factor until then", () => {
    const { total } = compileProfile({ ...spike, repeatSeconds: 300 }, 10, atUtc);
    expect(total.rateAt(299)).toBe(20);
    expect(total.rateAt(3 * 300 + 130)).toBe(50);
    expect(total.countUntil(300 * 7)).toBeCloseTo(7 * (4600 + 2000), 6);
  });
});

describe("the start of a run", () => {
  const step: RateProfile = {
    kind: "points",
    points: [
      { atSeconds: 0, factor: 1 },
      { atSeconds: 100, factor: 1 },
      { atSeconds: 100, factor: 3 },
      { atSeconds: 300, factor: 3 },
    ],
    repeatSeconds: undefined,
  };

  it("moves points that repeat, and jumps stay jumps", () => {
    const repeating = { ...step, repeatSeconds: 300 };
    const at = (start: number, seconds: number): number =>
      compileProfile(repeating, 10, atUtc, start).total.rateAt(seconds);
    expect([at(99, 0), at(99, 0.999), at(99, 1), at(99, 201)]).toEqual([10, 10, 30, 10]);
    // A start at the jump begins after it, and ends before it.
    expect([at(100, 0), at(100, 199.9), at(100, 200), at(100, 299.9)]).toEqual([30, 30, 10, 10]);
    expect([at(100, 300), at(700, 0), at(604_700, 0)]).toEqual([30, 30, 30]);
    const { total } = compileProfile(repeating, 10, atUtc, 250);
    expect(total.countUntil(300)).toBeCloseTo(7000, 9);
    expect(total.countUntil(60)).toBeCloseTo(50 * 30 + 10 * 10, 9);
    expect(total.timeOfCount(1500 + 1000 + 30)).toBeCloseTo(151, 9);
  });

  it("leaves points that do not repeat where they are: they count from the start of the run", () => {
    const moved = compileProfile(step, 10, atUtc, 12_345).total;
    expect([moved.rateAt(0), moved.rateAt(99), moved.rateAt(100)]).toEqual([10, 10, 30]);
  });
});

describe("diurnal profile", () => {
  const diurnals = fc.record({
    kind: fc.constant("diurnal" as const),
    peakHour: fc.double({ min: 0, max: 23.99, noNaN: true }),
    peakToMean: fc.double({ min: 1, max: 6, noNaN: true }),
    weekendFactor: fc.constantFrom(1, 0.4, 1.7, 0),
  });
  const offsets = fc.constantFrom(-8, -5, 0, 1, 5.5, 5.75, 9, 13);

  it("for all shapes and time zones, a week has the mean rate", () => {
    fc.assert(
      fc.property(
        diurnals,
        offsets,
        offsets,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (profile, first, second, share) => {
          const origins = [
            { originIndex: 0, share, utcOffsetHours: first },
            { originIndex: 1, share: 1 - share, utcOffsetHours: second },
          ];
          const { total } = compileProfile(profile, 40, origins);
          expect(total.countUntil(7 * DAY) / (40 * 7 * DAY)).toBeCloseTo(1, 9);
        },
      ),
      { seed: 23, numRuns: 60 },
    );
  });

  it("for all shapes, the peak is at the local hour asked for and as high as asked for", () => {
    fc.assert(
      fc.property(diurnals, offsets, (profile, utcOffsetHours) => {
        const { total } = compileProfile({ ...profile, weekendFactor: 1 }, 40, [
          { originIndex: 0, share: 1, utcOffsetHours },
        ]);
        const peakSeconds = (((profile.peakHour - utcOffsetHours + 48) % 24) + 24) * HOUR;
        expect(total.rateAt(peakSeconds) / 40).toBeCloseTo(profile.peakToMean, 4);
        for (let hours = 0; hours < 24; hours += 0.7) {
          expect(total.rateAt(peakSeconds + hours * HOUR)).toBeLessThanOrEqual(
            total.rateAt(peakSeconds) + 1e-3,
          );
          expect(total.rateAt(hours * HOUR)).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 24, numRuns: 60 },
    );
  });

  it("a weekend day has its share of a weekday's requests, by the origin's own calendar", () => {
    const profile = { kind: "diurnal", peakHour: 14, peakToMean: 2, weekendFactor: 0.3 } as const;
    const { total } = compileProfile(profile, 10, [
      { originIndex: 0, share: 1, utcOffsetHours: -6 },
    ]);
    // t = 0 is Monday 00:00 UTC, so the origin's Monday begins at 6 h, and its Saturday five days later.
    const dayCount = (day: number): number =>
      total.countUntil(6 * HOUR + (day + 1) * DAY) - total.countUntil(6 * HOUR + day * DAY);
    for (const weekday of [1, 2, 3, 4]) expect(dayCount(weekday)).toBeCloseTo(dayCount(0), 4);
    for (const weekend of [5, 6]) expect(dayCount(weekend) / dayCount(0)).toBeCloseTo(0.3, 9);
    // The origin's Sunday still runs in the first 6 hours.
    expect(total.rateAt(6 * HOUR - 1) / total.rateAt(6 * HOUR + 1)).toBeCloseTo(0.3, 3);
  });

  it.each([
    ["the peak", 14, 0],
    ["the trough", 2, 12],
    ["a slope", 9, -5],
  ])("an hour that starts at %s has the arrivals of that hour", (_, startHour, hoursFromPeak) => {
    const profile = { kind: "diurnal", peakHour: 14, peakToMean: 2.1, weekendFactor: 1 } as const;
    const factor = dailyFactor(2.1);
    const { total } = compileProfile(profile, 50, atUtc, startHour * HOUR);
    // Straight lines between corners 10 minutes apart: within 3e-4 of the curve.
    expect(total.rateAt(0) / (50 * factor(hoursFromPeak))).toBeCloseTo(1, 3);
    const expected = 3600 * 50 * hourlyFactor(2.1, hoursFromPeak);
    expect(total.countUntil(HOUR) / expected).toBeCloseTo(1, 3);
  });

  it("for all shapes, time zones and starts, a run sees the week from its start on", () => {
    fc.assert(
      fc.property(
        diurnals,
        offsets,
        offsets,
        fc.oneof(fc.integer({ min: 0, max: 7 * DAY - 1 }), fc.constantFrom(5 * DAY, 7 * DAY - 1)),
        (profile, first, second, startSeconds) => {
          const origins = [
            { originIndex: 0, share: 0.7, utcOffsetHours: first },
            { originIndex: 1, share: 0.3, utcOffsetHours: second },
          ];
          const week = compileProfile(profile, 40, origins);
          const run = compileProfile(profile, 40, origins, startSeconds);
          for (let seconds = 0; seconds < 8 * DAY; seconds += 40_009.3) {
            const expected =
              week.total.countUntil(startSeconds + seconds) - week.total.countUntil(startSeconds);
            expect(Math.abs(run.total.countUntil(seconds) - expected)).toBeLessThan(1e-5);
            for (const [origin, curve] of run.byOrigin!.entries()) {
              const rate = week.byOrigin![origin]!.rateAt(startSeconds + seconds);
              expect(Math.abs(curve.rateAt(seconds) - rate)).toBeLessThan(1e-6);
            }
          }
        },
      ),
      { seed: 25, numRuns: 60 },
    );
  });

  it("sums the origins, each by its own clock and share", () => {
    const profile = { kind: "diurnal", peakHour: 12, peakToMean: 3, weekendFactor: 1 } as const;
    const origins = [
      { originIndex: 0, share: 0.75, utcOffsetHours: 0 },
      { originIndex: 1, share: 0.25, utcOffsetHours: 12 },
    ];
    const both = compileProfile(profile, 100, origins);
    const alone = compileProfile(profile, 1, atUtc).total;
    for (let seconds = 0; seconds < DAY; seconds += 1234) {
      const expected = 75 * alone.rateAt(seconds) + 25 * alone.rateAt(seconds + 12 * HOUR);
      expect(both.total.rateAt(seconds)).toBeCloseTo(expected, 6);
    }
    expect(both.byOrigin![0]!.rateAt(12 * HOUR)).toBeCloseTo(225, 6);
  });
});
