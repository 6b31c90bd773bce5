/**
 * The place with the smallest count of a fixed set of places whose counts go up and down by small amounts: a bit set
 * of places for each count. Among equal counts the lowest place wins. A change is O(1), and a look at the winner is
 * O(places / 32) at most. For keys that are any numbers, see winner-tree.ts.
 */

const WORD_BITS = 32;

export class LeastCounts {
  private readonly words: number;
  /** Row c: the places that have count c. */
  private rows: Int32Array;
  /** By count: how many places have it. */
  private sizes: Int32Array;
  /** Places that are in, and the smallest of their counts. */
  private size = 0;
  private least = 0;

  /** Places 0 … `places` − 1, all in with count 0. */
  constructor(places: number) {
    this.words = Math.ceil(places / WORD_BITS);
    this.rows = new Int32Array(8 * this.words);
    this.sizes = new Int32Array(8);
    for (let place = 0; place < places; place++) this.insert(place, 0);
  }

  /** The smallest count of a place that is in; Infinity when none is. */
  get smallest(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.least;
  }

  /** The lowest place with the smallest count; only when one is in. */
  get winner(): number {
    const row = this.least * this.words;
    let word = row;
    while (this.rows[word] === 0) word++;
    const bits = this.rows[word]!;
    const lowest = WORD_BITS - 1 - Math.clz32(bits & -bits);
    return (word - row) * WORD_BITS + lowest;
  }

  /** Puts in a place that is not in. */
  insert(place: number, count: number): void {
    if (count >= this.sizes.length) this.grow(count);
    this.rows[count * this.words + (place >> 5)]! |= 1 << (place & 31);
    this.sizes[count]!++;
    this.size++;
    if (this.size === 1 || count < this.least) this.least = count;
  }

  /** Takes out a place that is in with this count. */
  remove(place: number, count: number): void {
    this.rows[count * this.words + (place >> 5)]! &= ~(1 << (place & 31));
    this.sizes[count]!--;
    this.size--;
    if (this.size > 0) this.climb();
  }

  /** Changes the count of a place that is in. */
  move(place: number, from: number, to: number): void {
    if (to >= this.sizes.length) this.grow(to);
    const word = place >> 5;
    const bit = 1 << (place & 31);
    this.rows[from * this.words + word]! &= ~bit;
    this.rows[to * this.words + word]! |= bit;
    this.sizes[from]!--;
    this.sizes[to]!++;
    if (to < this.least) this.least = to;
    else this.climb();
  }

  /** To the first count that a place has: there is one. */
  private climb(): void {
    while (this.sizes[this.least] === 0) this.least++;
  }

  private grow(count: number): void {
    const sizes = new Int32Array(2 * count);
    sizes.set(this.sizes);
    this.sizes = sizes;
    const rows = new Int32Array(2 * count * this.words);
    rows.set(this.rows);
    this.rows = rows;
  }
}
