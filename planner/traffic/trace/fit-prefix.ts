/**
 * Fits shared prefixes: one length, a number of groups and the share of requests in them. Groups
 * cannot express conversations that grow turn by turn, so the reuse they give is compared with the
 * trace's and the difference reported.
 */
import type { TraceTable } from "../../scenario/trace-table";

interface FittedPrefix {
  readonly shared: number;
  readonly groups: number;
  readonly share: number;
  readonly skew: number;
}

export interface PrefixFit {
  /** Undefined when no two requests share a block. */
  readonly prefix: FittedPrefix | undefined;
  /** Share of input tokens that the fitted groups let an endless cache reuse. */
  readonly reusedShare: number;
}

/** Deepest prefix that is tried, in blocks. */
const DEPTH_MAX = 256;

interface Candidate {
  readonly depth: number;
  readonly reusedTokens: number;
  readonly members: number;
  /** Requests per group, largest first. */
  readonly sizes: readonly number[];
}

/** Undefined when the trace has no block hashes. */
export function fitPrefix(trace: TraceTable): PrefixFit | undefined {
  if (trace.prefixBlocks === undefined) return undefined;
  let best: Candidate | undefined;
  for (let depth = 1; depth <= DEPTH_MAX; depth++) {
    const candidate = groupsAtDepth(trace, trace.prefixBlocks, depth);
    if (candidate.members === 0) break;
    if (best === undefined || candidate.reusedTokens > best.reusedTokens) best = candidate;
  }
  if (best === undefined) return { prefix: undefined, reusedShare: 0 };
  const allTokens = trace.inputTokens.reduce((sum, tokens) => sum + tokens, 0);
  return {
    prefix: {
      shared: best.depth * trace.prefixBlocks.tokensPerBlock,
      groups: best.sizes.length,
      share: Number((best.members / trace.requests).toFixed(4)),
      skew: fitSkew(best.sizes),
    },
    reusedShare: best.reusedTokens / allTokens,
  };
}

/** Groups of at least two requests that agree in their first `depth` blocks and go on after them. */
function groupsAtDepth(
  trace: TraceTable,
  blocks: NonNullable<TraceTable["prefixBlocks"]>,
  depth: number,
): Candidate {
  const sizes = new Map<number, number>();
  const sharedTokens = depth * blocks.tokensPerBlock;
  for (let row = 0; row < trace.requests; row++) {
    const at = (blocks.offsets[row] ?? 0) + depth - 1;
    if (at >= (blocks.offsets[row + 1] ?? 0)) continue;
    if ((trace.inputTokens[row] ?? 0) <= sharedTokens) continue;
    const block = blocks.ids[at] ?? 0;
    sizes.set(block, (sizes.get(block) ?? 0) + 1);
  }
  const groups = [...sizes.values()].filter((size) => size > 1).sort((a, b) => b - a);
  const members = groups.reduce((sum, size) => sum + size, 0);
  return {
    depth,
    members,
    sizes: groups,
    // The first request of a group pays; the others reuse.
    reusedTokens: (members - groups.length) * sharedTokens,
  };
}

/** Zipf exponent that gives the largest group its share of the requests, by bisection. */
function fitSkew(sizes: readonly number[]): number {
  const members = sizes.reduce((sum, size) => sum + size, 0);
  const target = (sizes[0] ?? 0) / members;
  const topShare = (skew: number) => {
    let total = 0;
    for (let rank = 1; rank <= sizes.length; rank++) total += rank ** -skew;
    return 1 / total;
  };
  let low = 0;
  let high = 10;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (topShare(middle) < target) low = middle;
    else high = middle;
  }
  return Number(((low + high) / 2).toFixed(2));
}
