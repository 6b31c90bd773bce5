/**
 * Lays a table out for a fixed width: columns without rules, numbers right-aligned. A table that is too
 * wide first breaks the columns that may wrap, then goes on below with its first column repeated. No
 * information is left out at any width.
 */
import { type Cell, cellText, type ReportColumn, type ReportTable, type Tone } from "./report";
import { textWidth, wrapWords } from "./text-width";

const GAP = 2;
/** A column that wraps is not made narrower than this. */
const WRAPPED_WIDTH_MIN = 18;

/** Puts a tone's colour around a text that is already padded. */
export type Paint = (text: string, tone: Tone) => string;

/** Lines of the table, each at most `width` wide where the cells allow it. */
export function layOutTable(tableToShow: ReportTable, width: number, paint: Paint): string[] {
  if (tableToShow.columns.length === 0) return [];
  const widths = fitWidths(tableToShow, width);
  const lines: string[] = [];
  for (const group of groupColumns(widths, width)) {
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
  return capWidths(tableToShow, widths, width);
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

function layOutGroup(
  tableToShow: ReportTable,
  group: readonly number[],
  widths: readonly number[],
  paint: Paint,
): string[] {
  const headers: Cell[] = tableToShow.columns.map((column) => ({
    text: column.header,
    tone: "quiet",
  }));
  const hasHeaders = group.some((index) => tableToShow.columns[index]!.header !== "");
  return [
    ...(hasHeaders ? layOutRow(tableToShow.columns, headers, group, widths, paint, "bottom") : []),
    ...tableToShow.rows.flatMap((row) =>
      layOutRow(tableToShow.columns, row, group, widths, paint, "top"),
    ),
  ];
}

/** One row, over as many lines as its longest wrapped cell needs. */
function layOutRow(
  columns: readonly ReportColumn[],
  row: readonly Cell[],
  group: readonly number[],
  widths: readonly number[],
  paint: Paint,
  stand: "top" | "bottom",
): string[] {
  const cells = group.map((index) => wrapWords(cellText(row[index] ?? ""), widths[index]!));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  const lines: string[] = [];
  for (let y = 0; y < height; y++) {
    let line = "";
    group.forEach((index, position) => {
      const texts = cells[position]!;
      const text = texts[stand === "top" ? y : y - height + texts.length] ?? "";
      const cell = row[index] ?? "";
      const tone = typeof cell === "string" ? "plain" : cell.tone;
      const padding = " ".repeat(Math.max(0, widths[index]! - textWidth(text)));
      const painted = text === "" ? "" : paint(text, tone);
      const isLast = position === group.length - 1;
      const isRight = columns[index]!.align === "right";
      line += isRight ? padding + painted : painted + (isLast ? "" : padding);
      if (!isLast) line += " ".repeat(GAP);
    });
    lines.push(line.trimEnd());
  }
  return lines;
}
