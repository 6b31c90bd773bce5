/**
 * Shared prompt prefixes: a share of the requests start with one of several system prompts or documents,
 * some more popular than others (Zipf). The chains are made once, so a draw allocates nothing.
 *
 * A cache keeps and evicts a segment as a whole, so a long prefix is a chain of short segments, as a trace's
 * hash blocks are: under pressure its end goes first and its beginning stays.
 */
import type { RandomStream } from "../foundation/random";
import type { ResolvedPrefix } from "../scenario/resolved-scenario";
import { AliasTable } from "./alias-table";
import type { PrefixChain, SegmentIds } from "./request-source";

export class PrefixGroups {
  private readonly share: number;
  private readonly sharedTokens: number;
  private readonly table: AliasTable;
  private readonly chains: readonly PrefixChain[];

  constructor(prefix: ResolvedPrefix, ids: SegmentIds) {
    this.share = prefix.share;
    this.sharedTokens = prefix.sharedTokens;
    const weights = Array.from({ length: prefix.groups }, (_, rank) => (rank + 1) ** -prefix.skew);
    this.table = new AliasTable(weights);
    this.chains = weights.map(() => sharedChain(prefix.sharedTokens, ids));
  }

  /** The group of a request, or -1: one uniform, whatever comes out. */
  drawGroup(random: RandomStream): number {
    const u = random.uniform();
    // Given u < share, u / share is uniform again.
    return u < this.share ? this.table.pick(u / this.share) : -1;
  }

  /**
   * The chain of a request of `group` with an input of `inputTokens`; undefined when the input does
   * not go on past the shared prefix, since a segment is shared as a whole or not at all.
   */
  chainOf(group: number, inputTokens: number): PrefixChain | undefined {
    return group >= 0 && inputTokens > this.sharedTokens ? this.chains[group] : undefined;
  }
}

/** Tokens of a segment: those of a hash block of the Mooncake traces. */
const SEGMENT_TOKENS = 512;

function sharedChain(sharedTokens: number, ids: SegmentIds): PrefixChain {
  const length = Math.ceil(sharedTokens / SEGMENT_TOKENS);
  const first = ids.allocate(length);
  return {
    ids: Array.from({ length }, (_, i) => first + i),
    endTokens: Array.from({ length }, (_, i) => Math.min((i + 1) * SEGMENT_TOKENS, sharedTokens)),
    length,
  };
}
