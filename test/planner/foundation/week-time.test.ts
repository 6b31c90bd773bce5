import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatWeekTime, readWeekTime, WEEK_SECONDS } from "../../../planner/foundation/week-time";

const DAY = 86_400;

describe("readWeekTime", () => {
  // Expected values by hand: days from Monday, hours and minutes.
  it.each([
    ["00:00", 0],
    ["14:00", 14 * 3600],
    ["9:05", 9 * 3600 + 300],
    ["mon 14:00", 14 * 3600],
    ["Tuesday 01:00", DAY + 3600],
    ["SAT 09:30", 5 * DAY + 9.5 * 3600],
    [" sun 23:59:59 ", 7 * DAY - 1],
  ])("reads %s", (text, value) => {
    expect(readWeekTime(text)).toEqual({ ok: true, value });
  });

  it.each([
    [14, "expected a time of the week in UTC such as 14:00, mon 14:00 or sat 09:30, got 14"],
    ["", /^expected a time of the week .*, got ""$/],
    ["mon", /^expected a time of the week .*, got "mon"$/],
    ["14", /^expected a time of the week/],
    ["14:5", /^expected a time of the week/],
    ["-1:00", /^expected a time of the week/],
    ["mon 14:00 CET", /^expected a time of the week/],
    [["14:00"], /^expected a time of the week .*, got a list$/],
    ["moon 14:00", 'unknown day "moon" in "moon 14:00"; use mon, tue, wed, thu, fri, sat, sun'],
    ["24:00", 'a day goes from 00:00 to 23:59, got "24:00"'],
    ["12:60", 'a day goes from 00:00 to 23:59, got "12:60"'],
  ])("fails for %j", (value, message) => {
    const reading = readWeekTime(value);
    expect(reading.ok ? "" : reading.message).toEqual(
      typeof message === "string" ? message : expect.stringMatching(message),
    );
  });

  it("for all times of the week, reads back what is written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: WEEK_SECONDS - 1 }), (value) => {
        expect(readWeekTime(formatWeekTime(value))).toEqual({ ok: true, value });
      }),
      { seed: 31, numRuns: 300 },
    );
  });
});
