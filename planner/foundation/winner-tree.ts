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
    const keys = this.keys;
    const winners = this.winners;
    let node = this.leaves + index;
    keys[node] = key;
    for (node >>= 1; node >= 1; node >>= 1) {
      const left = 2 * node;
      const child = keys[left + 1]! < keys[left]! ? left + 1 : left;
      const winner = winners[child]!;
      // Another one wins here, as before: nothing changes further up.
      if (winner !== index && winners[node] === winner) return;
      winners[node] = winner;
      keys[node] = keys[child]!;
    }
  }
}
