/**
 * A binary min-heap in one flat array, ordered by (key, order); each entry carries a 32-bit integer as its value.
 * An entry's three numbers lie side by side, so that a comparison touches one cache line.
 * No entry can be changed or removed from the middle: a caller that needs this marks its values as stale.
 */

const WIDTH = 3;

export class FlatHeap {
  size = 0;
  /** Entry i: key, order and value at 3·i. */
  private entries: Float64Array;

  constructor(capacity = 16) {
    this.entries = new Float64Array(capacity * WIDTH);
  }

  /** Smallest key; Infinity when empty. */
  get topKey(): number {
    return this.size > 0 ? this.entries[0]! : Number.POSITIVE_INFINITY;
  }

  /** Order of the entry with the smallest (key, order); only when `size > 0`. */
  get topOrder(): number {
    return this.entries[1]!;
  }

  /** Value of that entry; only when `size > 0`. */
  get topValue(): number {
    return this.entries[2]! | 0;
  }

  push(key: number, order: number, value: number): void {
    if (this.size * WIDTH === this.entries.length) this.grow();
    const entries = this.entries;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const from = parent * WIDTH;
      const parentKey = entries[from]!;
      if (parentKey < key || (parentKey === key && entries[from + 1]! <= order)) break;
      this.move(from, i * WIDTH);
      i = parent;
    }
    this.write(i * WIDTH, key, order, value);
  }

  /** Removes the top and returns its value; only when `size > 0`. */
  pop(): number {
    const entries = this.entries;
    const top = entries[2]! | 0;
    const n = --this.size;
    if (n === 0) return top;
    const last = n * WIDTH;
    const key = entries[last]!;
    const order = entries[last + 1]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && this.isBefore((child + 1) * WIDTH, child * WIDTH)) child++;
      const from = child * WIDTH;
      if (key < entries[from]! || (key === entries[from]! && order <= entries[from + 1]!)) break;
      this.move(from, i * WIDTH);
      i = child;
    }
    this.write(i * WIDTH, key, order, entries[last + 2]!);
    return top;
  }

  private isBefore(a: number, b: number): boolean {
    const entries = this.entries;
    return (
      entries[a]! < entries[b]! || (entries[a] === entries[b] && entries[a + 1]! < entries[b + 1]!)
    );
  }

  private move(from: number, to: number): void {
    const entries = this.entries;
    entries[to] = entries[from]!;
    entries[to + 1] = entries[from + 1]!;
    entries[to + 2] = entries[from + 2]!;
  }

  private write(at: number, key: number, order: number, value: number): void {
    const entries = this.entries;
    entries[at] = key;
    entries[at + 1] = order;
    entries[at + 2] = value;
  }

  private grow(): void {
    const wider = new Float64Array(this.entries.length * 2);
    wider.set(this.entries);
    this.entries = wider;
  }
}
