/** Puts the rows of a trace in order of arrival; rows of the same time keep their order. */
import type { TraceTable } from "../../scenario/trace-table";

export function sortByArrival(trace: TraceTable): TraceTable {
  const order = new Int32Array(trace.requests).map((_, index) => index);
  const arrivals = trace.arrivalSeconds;
  order.sort((a, b) => (arrivals[a] ?? 0) - (arrivals[b] ?? 0) || a - b);
  return {
    ...trace,
    arrivalSeconds: Float64Array.from(order, (row) => arrivals[row] ?? 0),
    inputTokens: Int32Array.from(order, (row) => trace.inputTokens[row] ?? 0),
    outputTokens: Int32Array.from(order, (row) => trace.outputTokens[row] ?? 0),
    ...(trace.prefixBlocks === undefined
      ? {}
      : { prefixBlocks: reorderBlocks(trace.prefixBlocks, order) }),
  };
}

function reorderBlocks(
  blocks: NonNullable<TraceTable["prefixBlocks"]>,
  order: Int32Array,
): NonNullable<TraceTable["prefixBlocks"]> {
  const ids = new Int32Array(blocks.ids.length);
  const offsets = new Int32Array(order.length + 1);
  let used = 0;
  order.forEach((row, position) => {
    const own = blocks.ids.subarray(blocks.offsets[row], blocks.offsets[row + 1]);
    ids.set(own, used);
    used += own.length;
    offsets[position + 1] = used;
  });
  return { ...blocks, ids, offsets };
}
