/**
 * Reads CSV rows into a builder, streaming. Comma, semicolon or tab, whichever the header has most
 * of. Lines without quotes, which is all of a published trace, are split as they stand; csv-parse
 * takes the others. A quoted field may not go over a line: no row of a trace does.
 */
import { CsvError, parse } from "csv-parse/sync";
import { PlannerError } from "../../foundation/errors";
import type { TextBytes } from "./byte-stream";
import { eachLine } from "./each-line";
import type { RowFormat } from "./formats/trace-format";
import { RowReader } from "./row-reader";
import type { TraceBuilder } from "./trace-builder";

/** Bytes of one row; a longer one is no row of numbers. */
const ROW_BYTES_MAX = 1 << 20;

/** Decides the format from the header and makes the builder. */
export type OnColumns = (columns: readonly string[]) => {
  readonly format: RowFormat;
  readonly builder: TraceBuilder;
};

/** @returns the builder with all rows, and the time of day of the first arrival when known. */
export async function readCsv(
  text: TextBytes,
  source: string,
  onColumns: OnColumns,
): Promise<{ readonly builder: TraceBuilder; readonly clockSeconds: number | undefined }> {
  const rows = new CsvRows(separatorOf(text.head), source, onColumns);
  await eachLine(text.chunks, source, ROW_BYTES_MAX, (line, number) => rows.take(line, number));
  return rows.finish();
}

class CsvRows {
  private builder: TraceBuilder | undefined;
  private rows: RowReader | undefined;
  private arrival = -1;
  private input = -1;
  private output = -1;
  private columnCount = 0;
  private blankLines: number[] = [];

  constructor(
    private readonly separator: string,
    private readonly source: string,
    private readonly onColumns: OnColumns,
  ) {}

  take(text: string, line: number): void {
    // A carriage return goes with the blanks around the last field.
    if (text.trim() === "") {
      this.blankLines.push(line);
      return;
    }
    const fields = text.includes('"') ? this.quoted(text) : text.split(this.separator);
    if (this.rows === undefined || this.builder === undefined) {
      if (typeof fields === "string") throw this.badHeader(fields, line);
      this.blankLines = [];
      this.start(fields.map((name) => name.trim()));
      return;
    }
    for (const blank of this.blankLines) this.builder.malformed(blank, "blank line");
    if (this.blankLines.length > 0) this.blankLines = [];
    if (typeof fields === "string") {
      this.builder.malformed(line, fields);
    } else if (fields.length !== this.columnCount) {
      const own = `${fields.length} ${fields.length === 1 ? "field" : "fields"}`;
      this.builder.malformed(line, `has ${own}, the header has ${this.columnCount}`);
    } else {
      const { arrival, input, output } = this;
      this.rows.read(
        line,
        fields[arrival]?.trim(),
        fields[input]?.trim(),
        fields[output]?.trim(),
        undefined,
      );
    }
  }

  /** The fields of a line with quotes, or what is wrong with them. */
  private quoted(text: string): readonly string[] | string {
    try {
      const delimiter = this.separator;
      const [fields] = parse(text, { delimiter, relax_column_count: true, trim: true });
      return fields ?? [];
    } catch (error) {
      const words = error instanceof CsvError ? QUOTE_PROBLEMS[error.code] : undefined;
      if (words === undefined) throw error;
      return words;
    }
  }

  private badHeader(message: string, line: number): PlannerError {
    return new PlannerError([{ code: "malformed-row", path: `${this.source}:${line}`, message }]);
  }

  private start(columns: readonly string[]): void {
    const { format, builder } = this.onColumns(columns);
    this.builder = builder;
    this.rows = new RowReader(format, builder);
    this.arrival = format.arrival === undefined ? -1 : columns.indexOf(format.arrival.column);
    this.input = columns.indexOf(format.input);
    this.output = columns.indexOf(format.output);
    this.columnCount = columns.length;
  }

  /** Blank lines at the end are no rows. */
  finish(): { builder: TraceBuilder; clockSeconds: number | undefined } {
    if (this.builder === undefined) throw new Error("a text that is not blank has a first line");
    return { builder: this.builder, clockSeconds: this.rows?.clockSeconds };
  }
}

const QUOTE_PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quoted field does not end on its line",
  CSV_INVALID_CLOSING_QUOTE: "text follows the closing quote of a field",
  INVALID_OPENING_QUOTE: "a quote stands in the middle of a field",
};

function separatorOf(head: string): string {
  const header = head.trimStart().split("\n", 1)[0] ?? "";
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
}
