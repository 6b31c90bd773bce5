/**
 * A workload with more of the same traffic over the whole run. Rates and numbers of clients are multiplied; a trace
 * gets more rows at the same times of its day, with lengths of their own rows and prefixes of their own.
 */
import type { ResolvedArrivals, ResolvedWorkload } from "../scenario/resolved-scenario";
import type { TraceTable } from "../scenario/trace-table";

/** @param factor at least 1 */
export function withMoreTraffic(workload: ResolvedWorkload, factor: number): ResolvedWorkload {
  return { ...workload, arrivals: moreArrivals(workload.arrivals, factor) };
}

function moreArrivals(arrivals: ResolvedArrivals, factor: number): ResolvedArrivals {
  switch (arrivals.kind) {
    case "open":
      return {
        ...arrivals,
        requestsPerSecond: arrivals.requestsPerSecond * factor,
        requestsMax: Math.round(arrivals.requestsMax * factor),
      };
    case "closed":
      return {
        ...arrivals,
        concurrency: Math.round(arrivals.concurrency * factor),
        requestsMax: Math.round(arrivals.requestsMax * factor),
      };
    case "trace":
      return { ...arrivals, trace: withMoreRows(arrivals.trace, factor) };
  }
}

/**
 * The trace with each row `factor` times on average: of row i, ⌊(i + 1)·factor⌋ − ⌊i·factor⌋. Copies stand evenly in
 * the gap before the next row, so that arrivals are no more bunched than they were. The n-th copies are other
 * customers with the same habits: their prefix blocks are shared among themselves only.
 */
export function withMoreRows(trace: TraceTable, factor: number): TraceTable {
  const { arrivalSeconds, inputTokens, outputTokens, prefixBlocks } = trace;
  const copies = Array.from(
    { length: trace.requests },
    (_, row) => Math.floor((row + 1) * factor) - Math.floor(row * factor),
  );
  const origins = copies.flatMap((count, row) =>
    Array.from({ length: count }, (_, copy) => ({ row, copy })),
  );
  const timeOf = ({ row, copy }: { readonly row: number; readonly copy: number }): number => {
    const start = arrivalSeconds[row]!;
    const next = arrivalSeconds[row + 1] ?? start;
    return start + ((next - start) * copy) / copies[row]!;
  };
  return {
    ...trace,
    requests: origins.length,
    arrivalSeconds: Float64Array.from(origins, timeOf),
    inputTokens: Int32Array.from(origins, ({ row }) => inputTokens[row]!),
    outputTokens: Int32Array.from(origins, ({ row }) => outputTokens[row]!),
    ...(prefixBlocks === undefined ? {} : { prefixBlocks: moreBlocks(prefixBlocks, origins) }),
  };
}

function moreBlocks(
  { tokensPerBlock, ids, offsets, distinct }: NonNullable<TraceTable["prefixBlocks"]>,
  origins: readonly { readonly row: number; readonly copy: number }[],
): NonNullable<TraceTable["prefixBlocks"]> {
  const blocks: number[] = [];
  const starts = [0];
  let populations = 0;
  for (const { row, copy } of origins) {
    for (let i = offsets[row]!; i < offsets[row + 1]!; i++) blocks.push(ids[i]! + copy * distinct);
    starts.push(blocks.length);
    populations = Math.max(populations, copy + 1);
  }
  return {
    tokensPerBlock,
    ids: Int32Array.from(blocks),
    offsets: Int32Array.from(starts),
    distinct: distinct * populations,
  };
}
