/**
 * The catalog's price modules as source text: figures as sheets without holes, one line per instance type. Knows nothing
 * of where the figures come from.
 */
import {
  type CsvRow,
  type Figure,
  figure,
  type Head,
  order,
  place,
  rounded,
} from "./price-book-figures";

const writtenBy = "Written by test/bench/price-book.ts; do not edit by hand.";

export function sheetModule(name: string, title: string, figures: readonly Figure[]): string {
  const text = sheets(name, figures);
  const suppression = / 0\.693[,\]]/.test(text)
    ? "// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: 0.693 is a price, not ln 2\n"
    : "";
  return `/**
 * ${title}, in US dollars per instance and hour, for the types and regions of the catalog.
 * ${writtenBy}
 */
${suppression}import type { PriceSheet, SheetHead } from "./price-sheet";

${text}`;
}

/** Figures by head and set of regions, so that no sheet has a hole. */
function sheets(name: string, figures: readonly Figure[]): string {
  const byHead = grouped(figures, ({ head }) => headText(head));
  const constants = [...byHead.keys()].map(
    (head, i) => `const ${headName(i)}: SheetHead = ${head};`,
  );
  const text = [...byHead.values()].flatMap((ofHead, i) => {
    const byType = grouped(ofHead, ({ instanceType }) => instanceType);
    const byRegions = grouped([...byType.values()], (ofType) =>
      JSON.stringify(ofType.map(({ region }) => region)),
    );
    return [...byRegions].map(([regionList, types]) => {
      const lines = types.map((ofType) =>
        line([ofType[0]!.instanceType, ...ofType.map(({ usdPerHour }) => usdPerHour)]),
      );
      return `  {\n    ...${headName(i)},\n    regions: ${regionList.replaceAll(",", ", ")},\n    lines: [\n${lines.map((one) => `      ${one},\n`).join("")}    ],\n  },\n`;
    });
  });
  return `${constants.join("\n")}

// biome-ignore format: one line per instance type, one figure per region
export const ${name}: readonly PriceSheet[] = [
${text.join("")}];
`;
}

/** The head as source text, its fields always in one order. */
function headText({ cloud, purchase, kind, terms, confidence, source, date }: Head): string {
  return JSON.stringify({ cloud, purchase, kind, terms, confidence, source, date });
}

function headName(index: number): string {
  return `source${String.fromCharCode(65 + index)}`;
}

/** AWS has a spot price per zone. */
export function quoteModule(figures: readonly Figure[]): string {
  const byHead = grouped(figures, ({ head }) => headText(head));
  const constants = [...byHead.keys()].map(
    (head, i) => `const ${headName(i)}: SheetHead = ${head};`,
  );
  const text = [...byHead.values()].map((ofHead, i) => {
    const lines = ofHead.map((one) =>
      line([one.instanceType, one.region, one.usdPerHour, one.lowest!]),
    );
    return `  {\n    ...${headName(i)},\n    quotes: [\n${lines.map((one) => `      ${one},\n`).join("")}    ],\n  },\n`;
  });
  return `/**
 * Spot prices of AWS that were seen, in US dollars per instance and hour: instance type, region, median and lowest of
 * the zones that quote one. Other types have none here, not even an estimate (aws-spot-savings.ts, estimate.ts).
 * ${writtenBy}
 */
import type { SheetHead, ZoneQuotes } from "./price-sheet";

${constants.join("\n")}

// biome-ignore format: one line per instance type and region
export const awsSpot: readonly ZoneQuotes[] = [
${text.join("")}];
`;
}

/** What the Spot Advisor showed, for the types and regions of which no spot price was seen. */
export function savingsModule(rows: readonly CsvRow[]): string {
  const lines = sortedRows(rows).flatMap((row) => {
    const match = /^ESTIMATE od\*\(1-advisor savings (\d+)%, 2025-06-28\)$/.exec(
      row["spot_source"]!,
    );
    return match === null ? [] : [{ row, percent: Number(match[1]) }];
  });
  const byType = grouped(lines, ({ row }) => row["instance_type"]!);
  const byRegions = grouped([...byType.values()], (ofType) =>
    JSON.stringify(ofType.map(({ row }) => row["region"])),
  );
  const text = [...byRegions].map(([regionList, types]) => {
    const typeLines = types.map((ofType) =>
      line([ofType[0]!.row["instance_type"]!, ...ofType.map(({ percent }) => percent)]),
    );
    return `  {\n    regions: ${regionList.replaceAll(",", ", ")},\n    lines: [\n${typeLines.map((one) => `      ${one},\n`).join("")}    ],\n  },\n`;
  });
  return `/**
 * By how many percent the spot price of an AWS type lay below its on-demand price, on average over a month, as the Spot
 * Advisor showed it in June 2025: the base of an estimate, not a price. Only where no spot price was seen (aws-spot.ts).
 * ${writtenBy}
 */
import type { Provenance } from "../specs";
import type { PriceLine } from "./price-sheet";

export const spotSavingProvenance: Provenance = {
  source: "AWS Spot Advisor in alexei-led/spotinfo spot-advisor-data.json",
  date: "2025-06-28",
};

// biome-ignore format: one line per instance type, one percentage per region
export const awsSpotSavings: readonly {
  readonly regions: readonly string[];
  readonly lines: readonly PriceLine[];
}[] = [
${text.join("")}];
`;
}

export function gcpSpotModule(figures: readonly Figure[], history: readonly CsvRow[]): string {
  const first = "2025-07-31";
  const last = "2026-07-30";
  const recent = history.filter((row) => row["date"]! >= first && row["date"]! <= last);
  const series = grouped(sortedRows(recent), (row) => `${row["instance_type"]} ${row["region"]}`);
  const ranges = [...series.values()].flatMap((ofPlace) => {
    if (ofPlace[0]!["date"] !== first) return [];
    const prices = ofPlace.map((row) => figure(row, "spot_usd_h")!);
    const { instanceType, region } = place(ofPlace[0]!);
    const [low, high] = [Math.min(...prices), Math.max(...prices)];
    return [line([instanceType, region, rounded(low), rounded(high)])];
  });
  return `/**
 * Spot prices of Google Cloud, in US dollars per instance and hour: one price per region, set anew at most once a month,
 * and between which prices some types went over the last year. ${writtenBy}
 */
import type { PriceSheet, SheetHead, SpotRanges } from "./price-sheet";

${sheets("gcpSpot", figures)}
/** Monthly prices from ${first} to ${last}, both included. */
// biome-ignore format: one line per instance type and region
export const gcpSpotRanges: SpotRanges = {
  over: "months from ${first} to ${last}",
  ranges: [
${ranges.map((one) => `    ${one},\n`).join("")}  ],
};
`;
}

function sortedRows(rows: readonly CsvRow[]): CsvRow[] {
  return [...rows].sort(
    (a, b) => order(place(a), place(b)) || (a["date"] ?? "").localeCompare(b["date"] ?? ""),
  );
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function line(cells: readonly (string | number)[]): string {
  return `[${cells.map((cell) => JSON.stringify(cell)).join(", ")}]`;
}
