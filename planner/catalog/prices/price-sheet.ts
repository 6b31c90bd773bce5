/**
 * How instance prices are written down: one sheet per source, purchase option and set of regions, one line per
 * instance type with a figure for each region. Sheets have no holes: what a source does not show stands in no sheet.
 */
import { InvariantViolation } from "../../foundation/errors";
import type { Provenance } from "../specs";
import type { Cloud, Confidence, InstancePrice, PriceRange, PurchaseOption } from "./price-rows";

/** What all figures of a sheet have in common. */
export interface SheetHead extends Provenance {
  readonly cloud: Cloud;
  readonly purchase: PurchaseOption;
  readonly kind: "list" | "spot-observed";
  readonly terms: string;
  readonly confidence: Confidence;
}

export interface PriceSheet extends SheetHead {
  readonly regions: readonly string[];
  readonly lines: readonly PriceLine[];
}

/** Instance type, then US dollars per hour in each region of the sheet, in its order. */
export type PriceLine = readonly [instanceType: string, ...usdPerHour: number[]];

/** Quotes of a market that has a price per zone: the median, and the lowest zone. */
export interface ZoneQuotes extends SheetHead {
  readonly quotes: readonly (readonly [
    instanceType: string,
    region: string,
    medianUsdPerHour: number,
    lowestUsdPerHour: number,
  ])[];
}

/** Between which prices types went over a span of time. */
export interface SpotRanges {
  readonly over: string;
  readonly ranges: readonly (readonly [
    instanceType: string,
    region: string,
    lowUsdPerHour: number,
    highUsdPerHour: number,
  ])[];
}

/**
 * Rows of a sheet.
 *
 * @throws InvariantViolation when a line has not one figure for each region
 */
export function sheetRows(sheet: PriceSheet): InstancePrice[] {
  const { regions, lines, ...head } = sheet;
  return lines.flatMap(([instanceType, ...figures]) => {
    if (figures.length !== regions.length) {
      throw new InvariantViolation("a price line has one figure for each region of its sheet", {
        instanceType,
        figures: figures.length,
        regions: regions.length,
      });
    }
    return regions.map((region, i) => ({ ...head, instanceType, region, usdPerHour: figures[i]! }));
  });
}

/** Rows of quotes per zone: the median is the price, the lowest zone the low end of its range. */
export function quoteRows({ quotes, ...head }: ZoneQuotes): InstancePrice[] {
  return quotes.map(([instanceType, region, median, lowest]) => ({
    ...head,
    instanceType,
    region,
    usdPerHour: median,
    range: { lowUsdPerHour: lowest, highUsdPerHour: undefined, over: "zones of the region" },
  }));
}

/** The same rows, with the range of those that have one. */
export function withRanges(
  rows: readonly InstancePrice[],
  { over, ranges }: SpotRanges,
): InstancePrice[] {
  const byPlace = new Map<string, PriceRange>(
    ranges.map(([instanceType, region, lowUsdPerHour, highUsdPerHour]) => [
      `${instanceType} ${region}`,
      { lowUsdPerHour, highUsdPerHour, over },
    ]),
  );
  return rows.map((row) => {
    const range = byPlace.get(`${row.instanceType} ${row.region}`);
    return range === undefined ? row : { ...row, range };
  });
}
