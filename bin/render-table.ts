/**
 * Tables and reports of commands in the format that `--output` asks for. The layout itself is the
 * library's (planner/report); here it meets the stream it is for.
 */
import { renderMarkdown, renderTableMarkdown } from "../planner/report/render-markdown";
import { renderTableText, renderTerminal } from "../planner/report/render-terminal";
import type { Report, ReportTable } from "../planner/report/report";
import { hasColor, type Io, type OutputStream } from "./io";

export const OUTPUT_FORMATS = ["table", "json", "markdown"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Text of `table` for `stream` (by default stdout), in its width and with colour when it is a terminal. */
export function renderTable(table: ReportTable, io: Io, stream: OutputStream = io.stdout): string {
  return renderTableText(table, { columns: stream.columns, color: hasColor(io, stream) });
}

/** A report or table in `format`; `data` is what JSON shows. Text for a file has no colour and 80 columns. */
export function renderAs(
  format: OutputFormat,
  content: { readonly report: () => Report; readonly data: () => unknown },
  io: Io,
  target: "stdout" | "file" = "stdout",
): string {
  switch (format) {
    case "json":
      return renderJson(content.data());
    case "markdown":
      return renderMarkdown(content.report());
    case "table":
      return renderTerminal(content.report(), {
        columns: target === "stdout" ? io.stdout.columns : 80,
        color: target === "stdout" && hasColor(io, io.stdout),
      });
  }
}

/** The same for a lone table. */
export function renderTableAs(
  format: OutputFormat,
  content: { readonly table: () => ReportTable; readonly data: () => unknown },
  io: Io,
): string {
  switch (format) {
    case "json":
      return renderJson(content.data());
    case "markdown":
      return `${renderTableMarkdown(content.table())}\n`;
    case "table":
      return renderTable(content.table(), io);
  }
}

/** JSON with two spaces and a final line feed; keys stand in the order in which they were written. */
export function renderJson(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
