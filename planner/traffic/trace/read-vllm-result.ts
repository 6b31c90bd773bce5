/**
 * Reads a result document of `vllm bench serve --save-detailed`: one JSON object whose arrays hold
 * the lengths of each request. Not streamed (JSON.parse needs the whole), so bounded in size.
 */
import { PlannerError, type Problem } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";
import { type RowFormat, rowFormat } from "./formats/trace-format";
import { VLLM_RESULT_KEYS } from "./formats/vllm-bench";
import { isRecord } from "./read-json-lines";
import { RowReader } from "./row-reader";
import { describeValue } from "./token-count";
import type { TraceBuilder } from "./trace-builder";

/** Well below the longest string of the runtime; 1,000 requests with their texts are about 2 MB. */
const DOCUMENT_BYTES_MAX = 256 * 2 ** 20;

export interface VllmResult {
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
  /** Absent in files of older versions. */
  readonly arrivals: readonly unknown[] | undefined;
}

/** Whether the beginning of a JSON text is that of a result document. */
export function looksLikeVllmResult(head: string): boolean {
  return /"(input_lens|output_lens|total_input_tokens|request_throughput)"\s*:/.test(head);
}

/** @throws PlannerError when the text is no JSON, or has no lengths. */
export async function readVllmResult(chunks: Chunks, source: string): Promise<VllmResult> {
  const document = parseDocument(await readAll(chunks, source), source);
  const { input, output, arrival } = VLLM_RESULT_KEYS;
  const inputs = document[input];
  const outputs = document[output];
  const arrivals = document[arrival];
  if (inputs === undefined || outputs === undefined) {
    throw problem(source, "missing", {
      message: `no arrays ${input} and ${output}: the result has totals only`,
      hint: "run the benchmark with --save-result --save-detailed",
    });
  }
  if (!Array.isArray(inputs)) throw noArray(source, input, inputs);
  if (!Array.isArray(outputs)) throw noArray(source, output, outputs);
  // A result whose times are something else is not one without times.
  if (arrivals !== undefined && !Array.isArray(arrivals)) throw noArray(source, arrival, arrivals);
  const lengths = [inputs, outputs, ...(arrivals === undefined ? [] : [arrivals])].map(
    (array) => array.length,
  );
  if (new Set(lengths).size > 1) {
    throw problem(source, "conflict", {
      message: `arrays of one length expected, got ${lengths.join(", ")} (${input}, ${output}, ${arrival})`,
    });
  }
  return { inputs, outputs, arrivals };
}

/** The result as rows of a format, for the builder. */
export function vllmResultFormat(result: VllmResult): RowFormat {
  const { input, output, arrival } = VLLM_RESULT_KEYS;
  return rowFormat({
    name: "vllm-result",
    input,
    output,
    arrival: result.arrivals === undefined ? undefined : { column: arrival, unit: "s" },
    zeroOutputIsFailure: true,
  });
}

/** Adds every request; its "line" is its number in the arrays, from 1. */
export function addVllmResult(result: VllmResult, format: RowFormat, builder: TraceBuilder): void {
  const rows = new RowReader(format, builder);
  result.inputs.forEach((input, index) => {
    rows.read(index + 1, result.arrivals?.[index], input, result.outputs[index], undefined);
  });
}

async function readAll(chunks: Chunks, source: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes > DOCUMENT_BYTES_MAX) {
      throw problem(source, "unreadable-file", {
        message: `a result document longer than ${DOCUMENT_BYTES_MAX / 2 ** 20} MiB cannot be read`,
        hint: "keep its input_lens, output_lens and start_times only, with jq",
      });
    }
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parseDocument(text: string, source: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw problem(source, "unreadable-file", {
    message: "begins like a vllm bench result, but is not one complete JSON object",
    hint: "of a file with several results appended, take one line",
  });
}

function noArray(source: string, key: string, value: unknown): PlannerError {
  const message = `${key}: must be an array with a number for each request, got ${describeValue(value)}`;
  return problem(source, "invalid-type", { message });
}

function problem(
  source: string,
  code: Problem["code"],
  words: Pick<Problem, "message" | "hint">,
): PlannerError {
  return new PlannerError([{ code, path: source, ...words }]);
}
