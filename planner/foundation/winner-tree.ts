/**
 * The smallest of a fixed set of keys, kept up to date as keys change: a complete binary tree of winners.
 * Among equal keys the lowest index wins. O(1) to read, O(log n) to change, no allocation.
 */

export class WinnerTree {
  private readonly leaves: number;
  /** By node: the smallest key below it, and whose it is. Node 1 is the root; leaf i is node leaves + i. */
  private readonly keys: Float64Array;
  private readonly winners: Int32Array;

  /** `size` keys, all Infinity at first unless `initial` is given. */
  constructor(size: number, initial = Number.POSITIVE_INFINITY) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.leaves = leaves;
    this.keys = new Float64Array(2 * leaves).fill(Number.POSITIVE_INFINITY);
    this.keys.fill(initial, leaves, leaves + size);
    this.winners = new Int32Array(2 * leaves);
    for (let i = 0; i < leaves; i++) this.winners[leaves + i] = i;
    for (let node = leaves - 1; node >= 1; node--) {
      const child = this.keys[2 * node + 1]! < this.keys[2 * node]! ? 2 * node + 1 : 2 * node;
      this.keys[node] = this.keys[child]!;
      this.winners[node] = this.winners[child]!;
    }
  }

  /** Index of the smallest key. */
  get winner(): number {
    return this.winners[1]!;
  }

  /** The smallest key. */
  get smallest(): number {
    return this.keys[1]!;
  }

  key(index: number): number {
    return this.keys[this.leaves + index]!;
  }

  set(index: number, key: number): void {
    const { keys } = this;
    const leaf = this.leaves + index;
    const before = keys[leaf]!;
    if (key === before) return;
    keys[leaf] = key;
    if (key < before) this.lowered(index, key, leaf >> 1);
    else this.raised(index, leaf >> 1);
  }

  /** It wins from its leaf up to where another one is still as good. */
  private lowered(index: number, key: number, from: number): void {
    const { keys, winners } = this;
    for (let node = from; node >= 1; node >>= 1) {
      const best = keys[node]!;
      const winner = winners[node]!;
      if (best < key || (best === key && winner < index)) return;
      keys[node] = key;
      winners[node] = index;
    }
  }

  /** What it has won is played again; where another one has won, nothing changes from there up. */
  private raised(index: number, from: number): void {
    const { keys, winners } = this;
    for (let node = from; node >= 1; node >>= 1) {
      if (winners[node] !== index) return;
      const left = 2 * node;
      // Added, not branched on: which of the two is smaller cannot be predicted.
      const child = left + Number(keys[left + 1]! < keys[left]!);
      winners[node] = winners[child]!;
      keys[node] = keys[child]!;
    }
  }
}
