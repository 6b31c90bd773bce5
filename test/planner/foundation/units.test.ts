import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  formatBandwidth,
  formatBytes,
  formatDuration,
  formatRate,
  formatShare,
  formatTokens,
} from "../../../planner/foundation/format-units";
import {
  type ReadQuantity,
  readBandwidth,
  readBytes,
  readDollars,
  readDuration,
  readRate,
  readShare,
  readTokens,
} from "../../../planner/foundation/units";

type Reader = (value: unknown) => ReadQuantity;

// Expected values by hand from the definitions of the units (SI, IEC 80000-13).
const good: readonly (readonly [Reader, unknown, number])[] = [
  [readDuration, "250 ms", 0.25],
  [readDuration, "250ms", 0.25],
  [readDuration, "24h", 86400],
  [readDuration, "1h30m", 5400],
  [readDuration, "1 h 30 min", 5400],
  [readDuration, "4 d", 345600],
  [readDuration, "90s", 90],
  [readDuration, "0.5 s", 0.5],
  [readDuration, ".5 s", 0.5],
  [readDuration, "2 w", 1209600],
  [readDuration, "10 us", 1e-5],
  [readDuration, "1e-7 s", 1e-7],
  [readDuration, 0, 0],
  [readRate, "40/s", 40],
  [readRate, "2.5/min", 2.5 / 60],
  [readRate, "1000/h", 1000 / 3600],
  [readRate, "1,000/h", 1000 / 3600],
  [readRate, "1.5k/s", 1500],
  [readRate, "40 / s", 40],
  [readRate, "86400/day", 1],
  [readBytes, "80 GiB", 85899345920],
  [readBytes, "40 GB", 4e10],
  [readBytes, "512MiB", 536870912],
  [readBytes, "100 B", 100],
  [readBandwidth, "400 Gbps", 5e10],
  [readBandwidth, "50 GB/s", 5e10],
  [readBandwidth, "8 Gbit/s", 1e9],
  [readTokens, "8k", 8000],
  [readTokens, "8K", 8000],
  [readTokens, "8Ki", 8192],
  [readTokens, "128K", 128000],
  [readTokens, "1.5 M", 1.5e6],
  [readTokens, "1200 tokens", 1200],
  [readTokens, 512, 512],
  [readShare, "95%", 0.95],
  [readShare, 0.95, 0.95],
  [readShare, "99.95%", 0.9995],
  [readDollars, "$2.50", 2.5],
  [readDollars, "$98.32/h", 98.32],
  [readDollars, 2.5, 2.5],
  [readDollars, "$1,234.5", 1234.5],
];

const bad: readonly (readonly [Reader, unknown, RegExp])[] = [
  [readDuration, 30, /^a duration needs a unit \(ms, s, min, h, d\), got 30$/],
  [readDuration, "30", /needs a unit .* got "30"/],
  [readDuration, "-5 s", /^must not be negative, got "-5 s"$/],
  [readDuration, -5, /^must not be negative, got -5$/],
  [readDuration, "", /empty text/],
  [readDuration, Number.NaN, /^must be finite, got NaN/],
  [readDuration, "Infinity", /^must be finite/],
  [readDuration, "5 parsecs", /^unknown unit "parsecs" in "5 parsecs"; use /],
  [readDuration, "5 s 5 s", /large to small, each once/],
  [readDuration, "30 min 1 h", /large to small/],
  [readDuration, "5 s banana", /^expected a duration such as .*, got "5 s banana"$/],
  [readDuration, "1e400 s", /expected a duration/],
  [readDuration, { s: 1 }, /got a map$/],
  [readDuration, true, /got true$/],
  [readDuration, "5 constructor", /unknown unit "constructor"/],
  [readRate, 40, /^a rate needs a unit \(\/s, \/min, \/h, \/d\), got 40$/],
  [readRate, "40/fortnight", /^unknown unit "\/fortnight"/],
  [readRate, "40/s/s", /expected a rate/],
  [readRate, "forty/s", /expected a rate/],
  [readRate, "-1/s", /must not be negative/],
  [readBytes, "80", /needs a unit/],
  [readBytes, "80 GibiB", /unknown unit "GibiB"/],
  [readBytes, "80 G", /unknown unit "G"/],
  [readBandwidth, "400", /needs a unit/],
  [readBandwidth, "400 GB", /unknown unit "GB"/],
  [readTokens, "8q", /unknown unit "q"/],
  [readTokens, "k", /expected tokens/],
  [readShare, 95, /^must be at most 1 \(100%\), got 95; did you mean 95%\?$/],
  [readShare, "950%", /must be at most 1/],
  [readShare, "0.5 of it", /expected a share/],
  [readDollars, "2.50 EUR", /expected dollars/],
  [readDollars, "$-1", /expected dollars/],
  [readDollars, "1,23", /expected dollars/],
];

describe("units", () => {
  it.each(good)("%p reads %p as %p", (read, text, value) => {
    const reading = read(text);
    expect(reading.ok).toBe(true);
    if (reading.ok) expect(Math.abs(reading.value - value)).toBeLessThanOrEqual(value * 1e-15);
  });

  it.each(bad)("fails when %p gets %p", (read, text, message) => {
    const reading = read(text);
    expect(reading).toMatchObject({ ok: false });
    if (!reading.ok) expect(reading.message).toMatch(message);
  });

  it("says nothing of a value that would flood the terminal", () => {
    const reading = readTokens("x".repeat(10_000));
    expect(reading.ok ? "" : reading.message.length).toBeLessThan(200);
  });

  it.each([
    ["duration", readDuration, formatDuration, 1e-8, 1e8],
    ["rate", readRate, formatRate, 1e-4, 1e6],
    ["bytes", readBytes, formatBytes, 1, 1e14],
    ["bandwidth", readBandwidth, formatBandwidth, 1, 1e13],
    ["share", readShare, formatShare, 1e-6, 1],
  ] as const)(
    "for all values, %s written and read again is the same to 6 digits",
    (_, read, format, min, max) => {
      fc.assert(
        fc.property(
          fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }),
          (exponent) => {
            const value = Math.min(max, Math.exp(exponent));
            const reading = read(format(value));
            expect(reading.ok).toBe(true);
            if (reading.ok) expect(Math.abs(reading.value / value - 1)).toBeLessThan(1e-5);
          },
        ),
        { seed: 1, numRuns: 300 },
      );
    },
  );

  it("for all whole numbers, tokens written and read again are exact", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), (count) => {
        expect(readTokens(formatTokens(count))).toEqual({ ok: true, value: count });
        expect(readTokens(formatTokens(count * 1024))).toMatchObject({ ok: true });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("for all texts, a reader answers and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (value) => {
        for (const read of [
          readDuration,
          readRate,
          readBytes,
          readBandwidth,
          readTokens,
          readShare,
          readDollars,
        ]) {
          const reading = read(value);
          if (reading.ok) expect(reading.value).toBeGreaterThanOrEqual(0);
          else expect(reading.message).toMatch(/^[a-z].*[^.]$/su);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
