/** Bytes of traces as a reader gets them, and tables made by hand. */
import { gzipSync } from "node:zlib";
import type { PlannerError } from "../../../../planner/foundation/errors";
import type { TraceTable } from "../../../../planner/scenario/trace-table";
import { type ReadTraceOptions, readTrace } from "../../../../planner/traffic/trace/read-trace";

async function* chunksOf(bytes: Uint8Array, chunkBytes = 1 << 16): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield bytes.subarray(start, start + chunkBytes);
  }
}

export function read(
  content: string | Uint8Array,
  options: Partial<ReadTraceOptions> & {
    readonly chunkBytes?: number;
    readonly gzip?: boolean;
  } = {},
): Promise<TraceTable> {
  const { chunkBytes, gzip, ...rest } = options;
  const plain = typeof content === "string" ? Buffer.from(content) : content;
  const bytes = gzip === true ? gzipSync(plain) : plain;
  return readTrace(chunksOf(bytes, chunkBytes), { source: "t.csv", ...rest });
}

/** The error that a read ends with. */
export async function errorOf(reading: Promise<unknown>): Promise<PlannerError> {
  return await reading.then(
    () => {
      throw new Error("the trace was read without an error");
    },
    (error: PlannerError) => error,
  );
}

/** A table with the given arrivals and lengths. */
export function tableOf(
  arrivals: readonly number[],
  inputs: readonly number[],
  outputs: readonly number[],
  extra: Partial<TraceTable> = {},
): TraceTable {
  return {
    source: "made by hand",
    requests: arrivals.length,
    hasArrivals: true,
    arrivalSeconds: Float64Array.from(arrivals),
    inputTokens: Int32Array.from(inputs),
    outputTokens: Int32Array.from(outputs),
    ...extra,
  };
}
