/**
 * A binary min-heap over flat arrays, ordered by (key, order); each entry carries an integer value.
 * No entry can be changed or removed from the middle: a caller that needs this marks its values as stale.
 */

export class FlatHeap {
  size = 0;
  private keys: Float64Array;
  private orders: Float64Array;
  private values: Int32Array;

  constructor(capacity = 16) {
    this.keys = new Float64Array(capacity);
    this.orders = new Float64Array(capacity);
    this.values = new Int32Array(capacity);
  }

  /** Smallest key; Infinity when empty. */
  get topKey(): number {
    return this.size > 0 ? this.keys[0]! : Number.POSITIVE_INFINITY;
  }

  /** Value of the entry with the smallest (key, order); only when `size > 0`. */
  get topValue(): number {
    return this.values[0]!;
  }

  /** Order of that entry; only when `size > 0`. */
  get topOrder(): number {
    return this.orders[0]!;
  }

  push(key: number, order: number, value: number): void {
    if (this.size === this.keys.length) this.grow();
    const { keys, orders, values } = this;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const parentKey = keys[parent]!;
      if (parentKey < key || (parentKey === key && orders[parent]! <= order)) break;
      keys[i] = parentKey;
      orders[i] = orders[parent]!;
      values[i] = values[parent]!;
      i = parent;
    }
    keys[i] = key;
    orders[i] = order;
    values[i] = value;
  }

  /** Removes the top and returns its value; only when `size > 0`. */
  pop(): number {
    const { keys, orders, values } = this;
    const top = values[0]!;
    const n = --this.size;
    if (n > 0) {
      const key = keys[n]!;
      const order = orders[n]!;
      const value = values[n]!;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= n) break;
        if (
          child + 1 < n &&
          (keys[child + 1]! < keys[child]! ||
            (keys[child + 1] === keys[child] && orders[child + 1]! < orders[child]!))
        ) {
          child++;
        }
        if (key < keys[child]! || (key === keys[child] && order <= orders[child]!)) break;
        keys[i] = keys[child]!;
        orders[i] = orders[child]!;
        values[i] = values[child]!;
        i = child;
      }
      keys[i] = key;
      orders[i] = order;
      values[i] = value;
    }
    return top;
  }

  private grow(): void {
    const capacity = this.keys.length * 2;
    const keys = new Float64Array(capacity);
    keys.set(this.keys);
    this.keys = keys;
    const orders = new Float64Array(capacity);
    orders.set(this.orders);
    this.orders = orders;
    const values = new Int32Array(capacity);
    values.set(this.values);
    this.values = values;
  }
}
