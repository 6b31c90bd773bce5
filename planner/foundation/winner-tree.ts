/**
 * The smallest of a fixed set of keys, kept up to date as keys change: a complete binary tree of winners.
 * Among equal keys the lowest index wins. O(1) to read, O(log n) to change, no allocation.
 */

export class WinnerTree {
  private readonly keys: Float64Array;
  private readonly leaves: number;
  /** winners[node] is the index of the smallest key below it; node 1 is the root. */
  private readonly winners: Int32Array;

  /** `size` keys, all Infinity at first unless `initial` is given. */
  constructor(size: number, initial = Number.POSITIVE_INFINITY) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.leaves = leaves;
    this.keys = new Float64Array(leaves).fill(Number.POSITIVE_INFINITY);
    this.keys.fill(initial, 0, size);
    this.winners = new Int32Array(2 * leaves);
    for (let i = 0; i < leaves; i++) this.winners[leaves + i] = i;
    for (let node = leaves - 1; node >= 1; node--) this.settle(node);
  }

  /** Index of the smallest key. */
  get winner(): number {
    return this.winners[1]!;
  }

  /** The smallest key. */
  get smallest(): number {
    return this.keys[this.winners[1]!]!;
  }

  key(index: number): number {
    return this.keys[index]!;
  }

  set(index: number, key: number): void {
    const keys = this.keys;
    const winners = this.winners;
    keys[index] = key;
    let node = (this.leaves + index) >> 1;
    while (node >= 1) {
      const left = winners[2 * node]!;
      const right = winners[2 * node + 1]!;
      const winner = keys[right]! < keys[left]! ? right : left;
      // Another one wins here, as before: nothing changes further up.
      if (winner !== index && winners[node] === winner) return;
      winners[node] = winner;
      node >>= 1;
    }
  }

  private settle(node: number): void {
    const left = this.winners[2 * node]!;
    const right = this.winners[2 * node + 1]!;
    this.winners[node] = this.keys[right]! < this.keys[left]! ? right : left;
  }
}
