/**
 * Prefix block hashes of a trace, renumbered from 0 in order of appearance while they are read,
 * so that later code can index arrays by them. Hashes may be numbers or strings.
 *
 * A number stands for a block *and all before it*: the same content after another beginning is another
 * block, since a prefix cache can only hit what follows the same beginning. Hashes that are chained
 * already (Mooncake's) come out as they are.
 */
import type { TraceTable } from "../../scenario/trace-table";
import { int32Column } from "./growing-column";
import { describeValue } from "./token-count";

/** More than a Map can hold (2²⁴ entries), so that a pair of numbers is one exact integer. */
const HASHES_MAX = 2 ** 25;

export class BlockColumn {
  private readonly ids = int32Column();
  private readonly offsets = int32Column();
  private readonly hashes = new Map<number | string, number>();
  /** By the number of the block before (or −1) and the number of the hash. */
  private readonly numberOf = new Map<number, number>();

  constructor(private readonly tokensPerBlock: number) {
    this.offsets.push(0);
  }

  /** Adds the hashes of a request with `inputTokens`, or says why they cannot be right. */
  add(hashes: unknown, inputTokens: number): string | undefined {
    if (!Array.isArray(hashes)) {
      return `hash_ids must be a list of block hashes, got ${describeValue(hashes)}`;
    }
    const wrong = hashes.findIndex((hash) => typeof hash !== "number" && typeof hash !== "string");
    if (wrong >= 0) {
      return `hash_ids must be a list of numbers or strings, got ${describeValue(hashes[wrong])} in it`;
    }
    const blocks = Math.ceil(inputTokens / this.tokensPerBlock);
    if (hashes.length > blocks) {
      return `${hashes.length} hash_ids of ${this.tokensPerBlock} tokens are more than ${inputTokens} input tokens hold (${blocks})`;
    }
    this.push(hashes);
    return undefined;
  }

  finish(): NonNullable<TraceTable["prefixBlocks"]> {
    return {
      tokensPerBlock: this.tokensPerBlock,
      ids: this.ids.finish() as Int32Array,
      offsets: this.offsets.finish() as Int32Array,
      distinct: this.numberOf.size,
    };
  }

  private push(hashes: readonly (number | string)[]): void {
    let before = -1;
    for (const hash of hashes) {
      const hashNumber = numberIn(this.hashes, hash);
      before = numberIn(this.numberOf, (before + 1) * HASHES_MAX + hashNumber);
      this.ids.push(before);
    }
    this.offsets.push(this.ids.length);
  }
}

/** Number of a key, the next free one when it is new. */
function numberIn<Key>(numbers: Map<Key, number>, key: Key): number {
  let known = numbers.get(key);
  if (known === undefined) {
    known = numbers.size;
    numbers.set(key, known);
  }
  return known;
}
