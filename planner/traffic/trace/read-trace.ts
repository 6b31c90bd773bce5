/**
 * Reads a request trace from bytes: plain or gzipped, CSV, JSON lines, a `vllm bench` result or a ShareGPT dataset, in
 * a format that is detected or given. Streams: memory is the columns and one chunk. Opening files
 * is the caller's business. Nothing malformed is passed over in silence.
 */
import { PlannerError } from "../../foundation/errors";
import type { TraceTable } from "../../scenario/trace-table";
import { type Chunks, openText, type TextBytes } from "./byte-stream";
import { chooseFormat } from "./choose-format";
import { estimateOf } from "./estimate-tokens";
import type { ColumnMapping, RowFormat, TraceFormatName } from "./formats/trace-format";
import { sharegpt } from "./formats/vllm-bench";
import { readCsv } from "./read-csv";
import { readJsonLines } from "./read-json-lines";
import { readShareGpt } from "./read-sharegpt";
import {
  addVllmResult,
  looksLikeVllmResult,
  readVllmResult,
  vllmResultFormat,
} from "./read-vllm-result";
import { type HintsFor, READING_HINTS, type ReadingHints } from "./reading-hints";
import { TraceBuilder } from "./trace-builder";

export interface ReadTraceOptions {
  /** Name of the file, for messages and provenance. */
  readonly source: string;
  /** @default - detected from the header or the keys of the first line */
  readonly format?: TraceFormatName | undefined;
  /** The user's own columns, instead of a format. */
  readonly columns?: ColumnMapping | undefined;
  /** Leave malformed rows out and count them in `malformedRows`. @default false: they are an error */
  readonly skipMalformed?: boolean;
  /** Put arrivals in order. @default false: a decreasing arrival is an error */
  readonly sort?: boolean;
  /** Whose settings the hints of problems name: options of `capplan trace`, or keys of a scenario. @default "command" */
  readonly hints?: HintsFor;
}

/**
 * @throws PlannerError with every problem of the file: at most 20 malformed rows one by one, and their number.
 * @example const trace = await readTrace(createReadStream("conv.csv"), { source: "conv.csv" })
 */
export async function readTrace(chunks: Chunks, options: ReadTraceOptions): Promise<TraceTable> {
  const { source } = options;
  const text = await openText(chunks, source);
  const first = text.head.trimStart()[0];
  if (first === "[") return await readArray(text, options);
  if (first === "{") return await readJson(text, options);
  if (options.format === "vllm-result") throw notAResult(options);
  const { builder, clockSeconds } = await readCsv(text, source, (columns) =>
    start("csv", columns, options),
  );
  return builder.finish(clockSeconds);
}

async function readJson(text: TextBytes, options: ReadTraceOptions): Promise<TraceTable> {
  const { source } = options;
  const isResult =
    options.format === "vllm-result" ||
    (options.format === undefined &&
      options.columns === undefined &&
      looksLikeVllmResult(text.head));
  if (isResult) {
    const result = await readVllmResult(text.chunks, source);
    const format = vllmResultFormat(result);
    const builder = builderOf(format, options);
    addVllmResult(result, format, builder);
    return builder.finish(undefined);
  }
  const { builder, clockSeconds } = await readJsonLines(text.chunks, source, (keys) =>
    start("jsonl", keys, options),
  );
  return builder.finish(clockSeconds);
}

async function readArray(text: TextBytes, options: ReadTraceOptions): Promise<TraceTable> {
  const { source, format, columns } = options;
  if (columns !== undefined || (format !== undefined && format !== "sharegpt")) {
    const message = "is one JSON array, which is read as a ShareGPT dataset only";
    const hint = "JSON traces have one object per line; `jq -c '.[]'` writes them so";
    throw new PlannerError([{ code: "conflict", path: source, message, hint }]);
  }
  const builder = builderOf(sharegpt, options);
  await readShareGpt(text.chunks, source, builder);
  return builder.finish(undefined);
}

function start(
  container: RowFormat["container"],
  present: readonly string[],
  options: ReadTraceOptions,
): { format: RowFormat; builder: TraceBuilder } {
  const { source, format: name, columns } = options;
  if (container === "jsonl" && columns === undefined) refuseUnknownOutputs(present, source);
  const choice = { source, format: name, columns, hints: hintsOf(options) };
  const format = chooseFormat(container, present, choice);
  return { format, builder: builderOf(format, options) };
}

function builderOf(format: RowFormat, options: ReadTraceOptions): TraceBuilder {
  return new TraceBuilder({
    source: options.source,
    format: format.name,
    hasArrivals: format.arrival !== undefined,
    zeroOutputIsFailure: format.zeroOutputIsFailure,
    skipMalformed: options.skipMalformed ?? false,
    sort: options.sort ?? false,
    tokensPerBlock: format.blocks?.tokensPerBlock,
    estimatedLengths: format.text === undefined ? undefined : estimateOf(format.text),
    hints: hintsOf(options),
  });
}

function hintsOf({ hints = "command" }: ReadTraceOptions): ReadingHints {
  return READING_HINTS[hints];
}

/** A custom dataset of `vllm bench` may leave the lengths of the outputs to the benchmark. */
function refuseUnknownOutputs(keys: readonly string[], source: string): void {
  if (!keys.includes("prompt")) return;
  if (keys.some((key) => key === "output_tokens" || /(_len|_length|_tokens_in)$/.test(key))) return;
  const message = "holds prompts without the lengths of their outputs";
  const hint =
    "write output_tokens beside each prompt, or run the benchmark once with --save-result --save-detailed and read its result";
  throw new PlannerError([{ code: "missing", path: source, message, hint }]);
}

function notAResult(options: ReadTraceOptions): PlannerError {
  const message = "format vllm-result is one JSON document, but the file is not JSON";
  const hint = hintsOf(options).detectFormat;
  return new PlannerError([{ code: "conflict", path: options.source, message, hint }]);
}
