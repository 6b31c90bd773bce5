import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { arrivalClock } from "../../../../planner/traffic/trace/arrival-clock";

describe("arrivalClock", () => {
  it("for all dates and zones, agrees with the Date of the language", () => {
    const date = fc.date({
      min: new Date("1970-01-02"),
      max: new Date("2099-12-30"),
      noInvalidDate: true,
    });
    const zone = fc.constantFrom("Z", "+00:00", "+05:30", "-08:00", "+0200");
    fc.assert(
      fc.property(date, date, zone, (first, second, suffix) => {
        const clock = arrivalClock("iso", false);
        const write = (moment: Date) => moment.toISOString().replace("Z", suffix);
        const parse = (moment: Date) =>
          Date.parse(write(moment).replace(/([+-]\d\d)(\d\d)$/, "$1:$2")) / 1000;
        expect(clock.read(write(first))).toBe(0);
        expect(clock.read(write(second))).toBeCloseTo(parse(second) - parse(first), 5);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("for all integers of any size, keeps differences of one tick", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 24n }),
        fc.integer({ min: -99, max: 99 }),
        (from, by) => {
          const clock = arrivalClock("ns", false);
          fc.pre(from + BigInt(by) >= 0n && from >= 10n ** 15n);
          clock.read(String(from));
          expect(clock.read(String(from + BigInt(by)))).toBeCloseTo(by * 1e-9, 15);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each([
    "2023-13-01 00:00:00",
    "2023-04-31 00:00:00",
    "2023-04-30 24:00:00",
    "2023-04-30",
    "x",
    "",
  ])("takes %p for no time", (text) => {
    expect(arrivalClock("iso", false).read(text)).toBeNaN();
  });

  it.each(["", "1,5", "0x10", "1e999", "NaN", "Infinity", "1 2"])(
    "takes %p for no number",
    (text) => {
      expect(arrivalClock("s", false).read(text)).toBeNaN();
    },
  );

  it("knows the time of day of numbers that count from midnight", () => {
    const clock = arrivalClock("s", true);
    clock.read("90000");
    expect(clock.clockSeconds).toBe(3600);
  });
});
