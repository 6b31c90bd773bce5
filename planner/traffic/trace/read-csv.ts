/**
 * Reads CSV records into a builder, streaming. Quotes, CRLF and separators are csv-parse's business
 * (comma, semicolon or tab, whichever the header has most of); meaning is the format's.
 */
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { PlannerError } from "../../foundation/errors";
import type { TextBytes } from "./byte-stream";
import type { RowFormat } from "./formats/trace-format";
import { RowReader } from "./row-reader";
import type { TraceBuilder } from "./trace-builder";

/** Characters of one record; a longer one is no row of numbers. */
const RECORD_LENGTH_MAX = 1 << 20;

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
  const records = new CsvRecords(onColumns);
  const parser = parse({
    delimiter: separatorOf(text.head),
    relax_column_count: true,
    max_record_size: RECORD_LENGTH_MAX,
    // Taken here and not from the stream: no object passes through a queue.
    on_record: (record: readonly string[], { lines }) => {
      records.take(record, lines);
      return null;
    },
  });
  parser.resume();
  const end = finished(parser);
  // The rejection is awaited below; until then it must not count as unhandled.
  end.catch(() => undefined);
  try {
    for await (const chunk of text.chunks) {
      if (!parser.write(chunk)) await Promise.race([once(parser, "drain"), end]);
    }
    parser.end();
    await end;
  } catch (error) {
    throw describeCsvError(error, source);
  } finally {
    parser.destroy();
  }
  return records.finish();
}

class CsvRecords {
  private builder: TraceBuilder | undefined;
  private rows: RowReader | undefined;
  private arrival = -1;
  private input = -1;
  private output = -1;
  private columnCount = 0;
  private blankLines: number[] = [];

  constructor(private readonly onColumns: OnColumns) {}

  take(record: readonly string[], line: number): void {
    if (record.length === 1 && record[0]?.trim() === "") {
      this.blankLines.push(line);
      return;
    }
    if (this.rows === undefined) {
      this.blankLines = [];
      this.start(record.map((name) => name.trim()));
      return;
    }
    for (const blank of this.blankLines) this.builder?.malformed(blank, "blank line");
    if (this.blankLines.length > 0) this.blankLines = [];
    if (record.length !== this.columnCount) {
      const message = `has ${record.length} fields, the header has ${this.columnCount}`;
      this.builder?.malformed(line, message);
      return;
    }
    this.rows.read(
      line,
      record[this.arrival]?.trim(),
      record[this.input]?.trim(),
      record[this.output]?.trim(),
      undefined,
    );
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
    if (this.builder === undefined) throw new Error("a text that is not blank has a first record");
    return { builder: this.builder, clockSeconds: this.rows?.clockSeconds };
  }
}

function separatorOf(head: string): string {
  const header = head.trimStart().split("\n", 1)[0] ?? "";
  const count = (separator: string) => header.split(separator).length;
  return [",", ";", "\t"].reduce((best, one) => (count(one) > count(best) ? one : best));
}

function describeCsvError(error: unknown, source: string): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = typeof error["lines"] === "number" ? `:${error["lines"]}` : "";
  const messages: Readonly<Record<string, string>> = {
    CSV_MAX_RECORD_SIZE: "a row is longer than 1 MiB; a trace has one request per line",
    CSV_QUOTE_NOT_CLOSED: "a quoted field does not end",
    CSV_INVALID_CLOSING_QUOTE: "text follows the closing quote of a field",
    INVALID_OPENING_QUOTE: "a quote stands in the middle of a field",
  };
  const message = messages[error.code];
  if (message === undefined) return error;
  return new PlannerError([{ code: "malformed-row", path: `${source}${line}`, message }]);
}
