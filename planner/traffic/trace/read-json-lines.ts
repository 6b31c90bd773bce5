/**
 * Reads JSON lines into a builder, streaming: one object per line, of bounded length.
 */
import { PlannerError } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";
import { eachLine } from "./each-line";
import type { RowFormat } from "./formats/trace-format";
import { RowReader } from "./row-reader";
import { describeValue } from "./token-count";
import type { TraceBuilder } from "./trace-builder";

/** Bytes of one line. A request of 2 M tokens in blocks of 16 has 1 MB of hashes. */
const LINE_BYTES_MAX = 16 * 2 ** 20;

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
  await eachLine(chunks, source, LINE_BYTES_MAX, takeLine);
  if (started === undefined) throw new Error("a text that is not blank has a first line");
  return { builder: started.builder, clockSeconds: started.rows.clockSeconds };
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
