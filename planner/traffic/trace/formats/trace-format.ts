/**
 * What a trace format is: where it keeps arrivals and lengths, in which unit, and how it marks a
 * failed request. A format is data; one reader per container (CSV, JSON lines, one JSON document or array) does the
 * work.
 */
import type { LengthEstimate } from "../../../scenario/trace-table";

/** Unit of an arrival column; `iso` is a date and time. */
export type TimeUnit = "s" | "ms" | "us" | "ns" | "iso";

export const TIME_UNITS: readonly TimeUnit[] = ["s", "ms", "us", "ns", "iso"];

export type TraceFormatName =
  | "azure"
  | "burstgpt"
  | "mooncake"
  | "bailian"
  | "vidur"
  | "splitwise"
  | "apexplus"
  | "lengths"
  | "vllm-lengths"
  | "vllm-custom"
  | "vllm-result"
  | "sharegpt"
  | "columns";

/** Which column (CSV) or key (JSON lines) holds what, as given by the user. */
export interface ColumnMapping {
  /** Absent: the file is a list of lengths. */
  readonly arrival?: string;
  readonly input: string;
  readonly output: string;
  /** @default "s" */
  readonly timeUnit?: TimeUnit;
}

/** A format of rows: one request per CSV record or JSON line. */
export interface RowFormat {
  readonly name: TraceFormatName;
  readonly container: "csv" | "jsonl";
  readonly arrival: { readonly column: string; readonly unit: TimeUnit } | undefined;
  readonly input: string;
  readonly output: string;
  /** Columns that tell it from a format with the same three; all must be there. */
  readonly alsoHas: readonly string[];
  /** Column of prefix block hashes, and the tokens one hash stands for. */
  readonly blocks?: { readonly column: string; readonly tokensPerBlock: number };
  /** Lengths that the file has as text. */
  readonly text?: LengthEstimate["of"];
  /** True when the publisher says that a row without output is a failed request. */
  readonly zeroOutputIsFailure: boolean;
  /** True when arrival 0 is midnight, so that the time of day is known. */
  readonly countsFromMidnight: boolean;
}

/** Columns that a file must have to be of this format. */
export function requiredColumns(format: RowFormat): readonly string[] {
  const arrival = format.arrival === undefined ? [] : [format.arrival.column];
  const blocks = format.blocks === undefined ? [] : [format.blocks.column];
  return [...arrival, format.input, format.output, ...format.alsoHas, ...blocks];
}

/** A row format from what differs from the usual. */
export function rowFormat(
  format: Omit<
    RowFormat,
    "container" | "alsoHas" | "zeroOutputIsFailure" | "countsFromMidnight" | "arrival"
  > &
    Partial<RowFormat>,
): RowFormat {
  return {
    container: "csv",
    alsoHas: [],
    zeroOutputIsFailure: false,
    countsFromMidnight: false,
    arrival: undefined,
    ...format,
  };
}

/** The format of a user's own columns. */
export function formatOfMapping(
  columns: ColumnMapping,
  container: RowFormat["container"],
): RowFormat {
  return rowFormat({
    name: "columns",
    container,
    arrival:
      columns.arrival === undefined
        ? undefined
        : { column: columns.arrival, unit: columns.timeUnit ?? "s" },
    input: columns.input,
    output: columns.output,
  });
}
