/**
 * How much of the inputs a prefix cache could have skipped: with a cache that never forgets (the
 * upper bound), within a time since the last use, and with an LRU cache of a given size.
 * LRU hit rates of all sizes at once come from stack distances (Mattson et al., 1970), counted with
 * a Fenwick tree: O(n log n) in the number of block references.
 */
import type { TraceTable } from "../../scenario/trace-table";

export interface PrefixInspection {
  readonly tokensPerBlock: number;
  readonly distinctBlocks: number;
  readonly blockReferences: number;
  /** Share of all input tokens in blocks that an earlier request had, as an unbroken prefix. */
  readonly reusedShare: number;
  /** Share of requests with at least one such block. */
  readonly requestsWithReuse: number;
  /** Share of input tokens reused within a time since the block was last used. */
  readonly byAge: readonly { readonly withinSeconds: number; readonly share: number }[];
  /** Share of input tokens an LRU cache of this many tokens would have had, requests served one by one. */
  readonly byCacheSize: readonly { readonly cacheTokens: number; readonly share: number }[];
}

const AGES_SECONDS = [1, 10, 60, 600, 3600, 86_400] as const;
const CACHE_TOKENS = [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000] as const;

/** Undefined when the trace has no block hashes. */
export function inspectPrefixReuse(trace: TraceTable): PrefixInspection | undefined {
  const { prefixBlocks: blocks, arrivalSeconds, inputTokens } = trace;
  if (blocks === undefined) return undefined;
  const stack = new LruStack(blocks.distinct, blocks.ids.length);
  const lastSeconds = new Float64Array(blocks.distinct);
  const byAge = new Float64Array(AGES_SECONDS.length);
  const bySize = new Float64Array(CACHE_TOKENS.length);
  let reusedTokens = 0;
  let requestsWithReuse = 0;
  let allTokens = 0;
  for (let row = 0; row < trace.requests; row++) {
    const first = blocks.offsets[row] ?? 0;
    const end = blocks.offsets[row + 1] ?? first;
    const now = arrivalSeconds[row] ?? 0;
    const length = inputTokens[row] ?? 0;
    allTokens += length;
    // A block is only of use when all before it are there too: the oldest and deepest one decides.
    let oldestSeconds = 0;
    let deepestTokens = 0;
    let isPrefix = true;
    for (let at = first; at < end; at++) {
      const block = blocks.ids[at] ?? 0;
      const depth = stack.touch(block);
      if (depth < 0) isPrefix = false;
      if (isPrefix) {
        const start = (at - first) * blocks.tokensPerBlock;
        const tokens = Math.max(0, Math.min(blocks.tokensPerBlock, length - start));
        oldestSeconds = Math.max(oldestSeconds, now - (lastSeconds[block] ?? 0));
        deepestTokens = Math.max(deepestTokens, depth * blocks.tokensPerBlock);
        reusedTokens += tokens;
        addFrom(byAge, AGES_SECONDS, oldestSeconds, tokens);
        addFrom(bySize, CACHE_TOKENS, deepestTokens, tokens);
        if (at === first) requestsWithReuse++;
      }
      lastSeconds[block] = now;
    }
  }
  return {
    tokensPerBlock: blocks.tokensPerBlock,
    distinctBlocks: blocks.distinct,
    blockReferences: blocks.ids.length,
    reusedShare: reusedTokens / allTokens,
    requestsWithReuse: requestsWithReuse / trace.requests,
    byAge: trace.hasArrivals
      ? AGES_SECONDS.map((withinSeconds, i) => ({
          withinSeconds,
          share: (byAge[i] ?? 0) / allTokens,
        })).filter(({ withinSeconds }, i) => i === 0 || withinSeconds <= lastArrival(trace))
      : [],
    byCacheSize: CACHE_TOKENS.map((cacheTokens, i) => ({
      cacheTokens,
      share: (bySize[i] ?? 0) / allTokens,
    })),
  };
}

/** Adds `tokens` to every sum whose limit is at least `value`. */
function addFrom(
  sums: Float64Array,
  limits: readonly number[],
  value: number,
  tokens: number,
): void {
  for (let i = limits.length - 1; i >= 0 && value <= (limits[i] ?? 0); i--) {
    sums[i] = (sums[i] ?? 0) + tokens;
  }
}

function lastArrival(trace: TraceTable): number {
  return trace.arrivalSeconds[trace.requests - 1] ?? 0;
}

/** Positions of last use, with a Fenwick tree over them that counts the blocks used since. */
class LruStack {
  private readonly lastPosition: Int32Array;
  private readonly tree: Int32Array;
  private position = 0;
  private live = 0;

  constructor(distinct: number, references: number) {
    this.lastPosition = new Int32Array(distinct);
    this.tree = new Int32Array(references + 1);
  }

  /** Distinct blocks touched since this one was, itself included; −1 at its first touch. */
  touch(block: number): number {
    const last = this.lastPosition[block] ?? 0;
    this.position++;
    let depth = -1;
    if (last > 0) {
      depth = this.live - this.countUpTo(last) + 1;
      this.add(last, -1);
    } else {
      this.live++;
    }
    this.add(this.position, 1);
    this.lastPosition[block] = this.position;
    return depth;
  }

  private add(position: number, change: number): void {
    const { tree } = this;
    for (let i = position; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + change;
  }

  private countUpTo(position: number): number {
    let count = 0;
    for (let i = position; i > 0; i -= i & -i) count += this.tree[i] ?? 0;
    return count;
  }
}
