/**
 * Reads JSON lines into a builder, streaming: one object per line, of bounded length.
 */
import { PlannerError } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";
import type { RowFormat } from "./formats/trace-format";
import { RowReader } from "./row-reader";
import { describeValue } from "./token-count";
import type { TraceBuilder } from "./trace-builder";

/** Bytes of one line. A request of 2 M tokens in blocks of 16 has 1 MB of hashes. */
const LINE_BYTES_MAX = 16 * 2 ** 20;

const LINE_FEED = 0x0a;

/**
 * @param onKeys - decides the format from the keys of the first object, and makes the builder
 * @returns the builder with all rows, and the time of day of the first arrival when known
 */
export async function readJsonLines(
  chunks: Chunks,
  source: string,
  onKeys: (keys: readonly string[]) => {
    readonly format: RowFormat;
    readonly builder: TraceBuilder;
  },
): Promise<{ readonly builder: TraceBuilder; readonly clockSeconds: number | undefined }> {
  let started: { format: RowFormat; builder: TraceBuilder; rows: RowReader } | undefined;
  let blankLines: number[] = [];
  const takeLine = (text: string, line: number): void => {
    if (text.trim() === "") {
      blankLines.push(line);
      return;
    }
    const value = parseObject(text);
    if (started === undefined) {
      if (value === undefined) throw firstLineProblem(text, source, line);
      const { format, builder } = onKeys(Object.keys(value));
      started = { format, builder, rows: new RowReader(format, builder) };
      blankLines = [];
    }
    const { format, builder, rows } = started;
    for (const blank of blankLines) builder.malformed(blank, "blank line");
    if (blankLines.length > 0) blankLines = [];
    if (value === undefined) {
      builder.malformed(line, `not a JSON object: ${describeValue(text.trim())}`);
      return;
    }
    rows.read(
      line,
      format.arrival === undefined ? undefined : value[format.arrival.column],
      value[format.input],
      value[format.output],
      format.blocks === undefined ? undefined : value[format.blocks.column],
    );
  };
  await eachLine(chunks, source, takeLine);
  if (started === undefined) throw new Error("a text that is not blank has a first line");
  return { builder: started.builder, clockSeconds: started.rows.clockSeconds };
}

/** Calls `take` with each line, without its line feed, and its number from 1. */
async function eachLine(
  chunks: Chunks,
  source: string,
  take: (text: string, line: number) => void,
): Promise<void> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end >= 0; end = buffer.indexOf(LINE_FEED, start)) {
      const rest = buffer.subarray(start, end);
      take((pieces.length === 0 ? rest : Buffer.concat([...pieces, rest])).toString("utf8"), line);
      if (pieces.length > 0) pieces = [];
      bytes = 0;
      line++;
      start = end + 1;
    }
    if (start === buffer.length) continue;
    pieces.push(buffer.subarray(start));
    bytes += buffer.length - start;
    if (bytes > LINE_BYTES_MAX) throw lineTooLong(source, line);
  }
  if (bytes > 0) take(Buffer.concat(pieces).toString("utf8"), line);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstLineProblem(text: string, source: string, line: number): PlannerError {
  const message = `not a JSON object: ${describeValue(text.trim())}`;
  const hint = "JSON traces have one object per line; `jq -c .` writes them so";
  return new PlannerError([{ code: "malformed-row", path: `${source}:${line}`, message, hint }]);
}

function lineTooLong(source: string, line: number): PlannerError {
  const message = `the line is longer than ${LINE_BYTES_MAX / 2 ** 20} MiB; a trace has one request per line`;
  return new PlannerError([{ code: "malformed-row", path: `${source}:${line}`, message }]);
}
