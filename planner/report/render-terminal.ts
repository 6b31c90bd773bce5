/**
 * A report as text for a terminal or a log: answer first, then sections, warnings, and the command that
 * reproduces it. Colour only when asked for.
 */
import pc from "picocolors";
import type { Report, ReportBlock, ReportTable, Tone } from "./report";
import { layOutTable, type Paint } from "./text-table";
import { wrapWords } from "./wrap-words";

export interface TerminalOptions {
  /** Width in characters. */
  readonly columns: number;
  readonly color: boolean;
}

/** Narrower than this nothing reads well: text is then laid out for this width. */
const COLUMNS_MIN = 24;
/** Text wider than this is hard to read; tables may be wider. */
const TEXT_COLUMNS_MAX = 100;

export function renderTerminal(report: Report, options: TerminalOptions): string {
  const columns = Math.max(COLUMNS_MIN, options.columns);
  const textColumns = Math.min(columns, TEXT_COLUMNS_MAX);
  const colors = pc.createColors(options.color);
  const paint = painter(options.color);
  const lines: string[] = [];

  lines.push(...wrapWords(report.title, textColumns).map((line) => colors.bold(line)));
  if (report.answer.length > 0) lines.push("");
  for (const line of report.answer) {
    lines.push(...wrapAnswer(line.text, textColumns).map((text) => paint(text, line.tone)));
  }
  for (const section of report.sections) {
    lines.push("", colors.bold(section.heading));
    section.blocks.forEach((block, index) => {
      if (index > 0 && block.kind === "table") lines.push("");
      lines.push(...layOutBlock(block, columns, paint));
    });
  }
  if (report.warnings.length > 0) {
    lines.push("", colors.bold("Warnings"));
    for (const warning of report.warnings) lines.push(...hanging(warning, "! ", textColumns));
  }
  if (report.reproduce !== undefined) {
    // Never broken over lines: it is there to be copied.
    lines.push("", colors.bold("Reproduce"), `  ${report.reproduce}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Only the table, for commands that print nothing else. */
export function renderTableText(table: ReportTable, options: TerminalOptions): string {
  const columns = Math.max(COLUMNS_MIN, options.columns);
  return `${layOutTable(table, columns, painter(options.color)).join("\n")}\n`;
}

function layOutBlock(block: ReportBlock, columns: number, paint: Paint): string[] {
  const textColumns = Math.min(columns, TEXT_COLUMNS_MAX);
  switch (block.kind) {
    case "table":
      return layOutTable(block.table, columns - 2, paint).map((line) =>
        line === "" ? "" : `  ${line}`,
      );
    case "paragraph":
      return wrapWords(block.text, textColumns - 2).map((line) => `  ${line}`);
    case "list":
      return block.items.flatMap((item) =>
        block.isPlain === true
          ? hanging(item, "  ", textColumns, "    ")
          : hanging(item, "- ", textColumns),
      );
  }
}

/** Lines after the first stand two characters further in; a text may start with spaces. */
function wrapAnswer(text: string, columns: number): string[] {
  const body = text.trimStart();
  const indent = " ".repeat(text.length - body.length);
  const [first = "", ...rest] = wrapWords(body, columns - indent.length - 2);
  return [indent + first, ...rest.map((line) => `${indent}  ${line}`)];
}

/** Lines after the first stand below its text, or behind `indent`. */
function hanging(
  text: string,
  bullet: string,
  columns: number,
  indent = " ".repeat(bullet.length),
): string[] {
  return wrapWords(text, columns - 2 - indent.length).map(
    (line, index) => `  ${index === 0 ? bullet : indent}${line}`,
  );
}

function painter(color: boolean): Paint {
  const colors = pc.createColors(color);
  const byTone: Readonly<Record<Tone, (text: string) => string>> = {
    good: colors.green,
    bad: colors.red,
    unsure: colors.yellow,
    quiet: colors.dim,
    plain: (text) => text,
  };
  return (text, tone) => byTone[tone](text);
}
