import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  formatAvailability,
  formatCount,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
  formatUsd,
} from "../../../planner/report/format-number";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [0.041234, "0.0412"],
    [0.5, "0.500"],
    [1, "1.00"],
    [41.25, "41.3"],
    [99.96, "100"],
    [812.4, "812"],
    [999.6, "1,000"],
    [12_345, "12,300"],
    [1_234_567, "1,230,000"],
    [-5.4321, "-5.43"],
  ])("writes %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("writes what is unknown as a dash, never as 0", () => {
    expect([null, undefined, Number.NaN].map(formatNumber)).toEqual(["–", "–", "–"]);
  });

  it("for all numbers from 1e-5 to 1e14, reads back within half a unit of the third digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1e14, noNaN: true }), (value) => {
        const readBack = Number(formatNumber(value).replaceAll(",", ""));
        expect(Math.abs(readBack - value) / value).toBeLessThanOrEqual(0.005 + 1e-12);
      }),
      { seed: 1 },
    );
  });
});

describe("formatCount", () => {
  it("keeps every digit of a count", () => {
    expect(formatCount(12_031)).toBe("12,031");
    expect(formatCount(3.44)).toBe("3.4");
    expect(formatCount(1234.5)).toBe("1,235");
  });
});

describe("formatAvailability", () => {
  it.each([
    [1, "100 %"],
    [0.999523, "99.952 %"],
    [0.9995, "99.950 %"],
    [0.99, "99.0 %"],
    [0.9721, "97.2 %"],
    [0.5, "50.0 %"],
    [0, "0.0 %"],
  ])("writes %d as %s", (share, text) => {
    expect(formatAvailability(share)).toBe(text);
  });

  it("writes what is unknown as a dash", () => {
    expect(formatAvailability(null)).toBe("–");
  });

  it("for all shares, shows what is missing to two digits, and never shows it as nothing", () => {
    const missing = fc.double({ min: -6, max: 0, noNaN: true }).map((digits) => 10 ** digits);
    fc.assert(
      fc.property(missing, (gap) => {
        const text = formatAvailability(1 - gap);
        const shown = 1 - Number(text.replace(" %", "")) / 100;
        expect(shown).toBeGreaterThan(0);
        expect(Math.abs(shown - gap)).toBeLessThanOrEqual(Math.max(0.05 * gap, 1e-12));
      }),
      { seed: 1 },
    );
  });
});

describe("formatShare", () => {
  it("says 100 % and 0 % only when it is exact", () => {
    expect(formatShare(1)).toBe("100 %");
    expect(formatShare(1 + 2 ** -50)).toBe("100 %");
    expect(formatShare(0.9995)).toBe("> 99.9 %");
    expect(formatShare(0.99999)).toBe("> 99.9 %");
    expect(formatShare(0.9949)).toBe("99.5 %");
    expect(formatShare(0.00001)).toBe("< 0.1 %");
    expect(formatShare(0)).toBe("0 %");
    expect(formatShare(null)).toBe("–");
  });
});

describe("formatTime", () => {
  it("chooses the unit by the size", () => {
    expect(formatTime(0.5)).toBe("0.500 ms");
    expect(formatTime(812)).toBe("812 ms");
    expect(formatTime(999.7)).toBe("1.00 s");
    expect(formatTime(12_345)).toBe("12.3 s");
    expect(formatTime(900_000)).toBe("15.0 min");
    expect(formatTime(null)).toBe("–");
  });
});

describe("formatDuration", () => {
  it("writes lengths as a person does", () => {
    expect(formatDuration(90)).toBe("90 s");
    expect(formatDuration(1.5)).toBe("1.50 s");
    expect(formatDuration(900)).toBe("15 min");
    expect(formatDuration(5400)).toBe("1 h 30 min");
    expect(formatDuration(86_400 * 7)).toBe("7 d");
  });
});

describe("formatUsd", () => {
  it("writes cents where they matter, and says unknown in words", () => {
    expect(formatUsd(0.546)).toBe("$0.546");
    expect(formatUsd(12.4)).toBe("$12.40");
    expect(formatUsd(71_773.6)).toBe("$71,774");
    expect(formatUsd(0)).toBe("$0.00");
    expect(formatUsd(null)).toBe("unknown");
  });
});
