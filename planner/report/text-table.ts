/**
 * Lays a table out for a fixed width: columns without rules, numbers right-aligned. A table that is too
 * wide first breaks the columns that may wrap, then goes on below with its first column repeated. No
 * information is left out at any width. Which columns stand where and how wide is decided here; cli-table3
 * draws them.
 */
import type { CellOptions, CharName, Table } from "cli-table3";
import { type Cell, cellText, type ReportTable, type Tone } from "./report";
import { textWidth, wrapWords } from "./wrap-words";

const GAP = 2;
/** A column that wraps is not made narrower than this. */
const WRAPPED_WIDTH_MIN = 18;

/** cli-table3 compares every cell with all rows above it: long tables are drawn piece by piece. */
const ROWS_AT_ONCE = 50;

const NO_RULES: Readonly<Record<CharName, string>> = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

/** Puts a tone's colour around a text that is already padded. */
export type Paint = (text: string, tone: Tone) => string;

/** Lines of the table, each at most `width` wide where the cells allow it. */
export function layOutTable(tableToShow: ReportTable, width: number, paint: Paint): string[] {
  if (tableToShow.columns.length === 0) return [];
  const widths = fitWidths(tableToShow, width);
  const lines: string[] = [];
  for (const group of evenGroups(widths, width)) {
    if (lines.length > 0) lines.push("");
    lines.push(...layOutGroup(tableToShow, group, widths, paint));
  }
  return lines;
}

/**
 * Natural width of each column; when that is too much, headers are broken over lines, and then the columns that
 * may wrap are shrunk from the right as far as is needed and allowed.
 */
function fitWidths(tableToShow: ReportTable, width: number): readonly number[] {
  const bodies = tableToShow.columns.map((_, index) =>
    Math.max(0, ...tableToShow.rows.map((row) => textWidth(cellText(row[index] ?? "")))),
  );
  const full = bodies.map((body, index) =>
    Math.max(body, textWidth(tableToShow.columns[index]!.header)),
  );
  if (totalWidth(full) <= width) return full;
  const widths = bodies.map((body, index) =>
    Math.max(body, longestWordWidth([tableToShow.columns[index]!.header])),
  );
  // Long words are kept whole if that is possible, and cut before columns are set apart.
  for (const wordWidthMax of [32, WRAPPED_WIDTH_MIN]) {
    let excess = totalWidth(widths) - width;
    for (let index = widths.length - 1; index >= 0 && excess > 0; index--) {
      if (tableToShow.columns[index]!.wraps !== true) continue;
      const longest = longestWordWidth(tableToShow.rows.map((row) => cellText(row[index] ?? "")));
      const narrowest = Math.max(WRAPPED_WIDTH_MIN, Math.min(longest, wordWidthMax));
      const cut = Math.min(excess, Math.max(0, widths[index]! - narrowest));
      widths[index]! -= cut;
      excess -= cut;
    }
  }
  return totalWidth(widths) <= width ? widths : capWidths(tableToShow, widths, width);
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, columnWidth) => sum + columnWidth + GAP, -GAP);
}

/** No column that may wrap is so wide that it does not fit beside the first one. */
function capWidths(
  tableToShow: ReportTable,
  widths: readonly number[],
  width: number,
): readonly number[] {
  const first = tableToShow.columns[0]!.wraps === true ? Math.floor(width / 2) : width;
  const firstWidth = Math.min(widths[0]!, first);
  const beside = Math.max(WRAPPED_WIDTH_MIN / 2, width - GAP - firstWidth);
  return widths.map((columnWidth, index) => {
    if (index === 0) return firstWidth;
    return tableToShow.columns[index]!.wraps === true ? Math.min(columnWidth, beside) : columnWidth;
  });
}

function longestWordWidth(texts: readonly string[]): number {
  return Math.max(0, ...texts.flatMap((text) => text.split(" ").map(textWidth)));
}

/** As few groups as fit, and none of them wider than it has to be: rather 3 and 3 columns than 5 and 1. */
function evenGroups(widths: readonly number[], width: number): number[][] {
  let best = groupColumns(widths, width);
  for (let narrower = width - 1; narrower > 0 && best.length > 1; narrower--) {
    const groups = groupColumns(widths, narrower);
    if (groups.length > best.length) break;
    best = groups;
  }
  return best;
}

/** Column indexes that stand beside each other; every group starts with column 0. */
function groupColumns(widths: readonly number[], width: number): number[][] {
  const groups: number[][] = [];
  let group = [0];
  let used = widths[0]!;
  for (let index = 1; index < widths.length; index++) {
    const needed = GAP + widths[index]!;
    if (used + needed > width && group.length > 1) {
      groups.push(group);
      group = [0];
      used = widths[0]!;
    }
    group.push(index);
    used += needed;
  }
  groups.push(group);
  return groups;
}

/** Header and rows of one group of columns. */
function layOutGroup(
  tableToShow: ReportTable,
  group: readonly number[],
  widths: readonly number[],
  paint: Paint,
): string[] {
  const layOut = (row: readonly Cell[], vAlign: "top" | "bottom"): CellOptions[] =>
    group.map((index) => ({ content: cellLines(row[index] ?? "", widths[index]!, paint), vAlign }));
  const headers: Cell[] = tableToShow.columns.map(({ header }) => ({
    text: header,
    tone: "quiet",
  }));
  const hasHeaders = group.some((index) => tableToShow.columns[index]!.header !== "");
  const rows = tableToShow.rows.map((row) => layOut(row, "top"));
  if (hasHeaders) rows.unshift(layOut(headers, "bottom"));
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const table = borderless(tableToShow, group, widths);
    table.push(...rows.slice(start, start + ROWS_AT_ONCE));
    lines.push(...table.toString().split("\n"));
  }
  return lines.map((line) => line.trimEnd());
}

/** cli-table3 breaks lines as well, but cuts long words off, and a colour would run on into the next column. */
function cellLines(cell: Cell, width: number, paint: Paint): string {
  const tone = typeof cell === "string" ? "plain" : cell.tone;
  return wrapWords(cellText(cell), width)
    .map((line) => (line === "" ? "" : paint(line, tone)))
    .join("\n");
}

function borderless(
  tableToShow: ReportTable,
  group: readonly number[],
  widths: readonly number[],
): Table {
  // Loaded here: results in other formats do without.
  const CliTable = require("cli-table3") as typeof import("cli-table3");
  return new CliTable({
    chars: { ...NO_RULES, middle: " ".repeat(GAP) },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colWidths: group.map((index) => widths[index]!),
    colAligns: group.map((index) => tableToShow.columns[index]!.align),
  });
}
