/**
 * Prefix block hashes of a trace, renumbered from 0 in order of appearance while they are read,
 * so that later code can index arrays by them. Hashes may be numbers or strings.
 */
import type { TraceTable } from "../../scenario/trace-table";
import { int32Column } from "./growing-column";

export class BlockColumn {
  private readonly ids = int32Column();
  private readonly offsets = int32Column();
  private readonly numberOf = new Map<number | string, number>();

  constructor(private readonly tokensPerBlock: number) {
    this.offsets.push(0);
  }

  /** Why the hashes of a request with `inputTokens` cannot be right; undefined when they can. */
  problemWith(
    hashes: readonly (number | string)[] | undefined,
    inputTokens: number,
  ): string | undefined {
    if (hashes === undefined) return "hash_ids must be a list of block hashes, got nothing";
    if (!hashes.every((hash) => typeof hash === "number" || typeof hash === "string")) {
      return "hash_ids must be a list of numbers or strings";
    }
    const blocks = Math.ceil(inputTokens / this.tokensPerBlock);
    if (hashes.length <= blocks) return undefined;
    return `${hashes.length} hash_ids of ${this.tokensPerBlock} tokens are more than ${inputTokens} input tokens hold (${blocks})`;
  }

  push(hashes: readonly (number | string)[]): void {
    for (const hash of hashes) {
      let id = this.numberOf.get(hash);
      if (id === undefined) {
        id = this.numberOf.size;
        this.numberOf.set(hash, id);
      }
      this.ids.push(id);
    }
    this.offsets.push(this.ids.length);
  }

  finish(): NonNullable<TraceTable["prefixBlocks"]> {
    return {
      tokensPerBlock: this.tokensPerBlock,
      ids: this.ids.finish() as Int32Array,
      offsets: this.offsets.finish() as Int32Array,
      distinct: this.numberOf.size,
    };
  }
}
