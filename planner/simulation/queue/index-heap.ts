/**
 * A binary min-heap of small integers, each in it at most once, that any of them can be taken out of. Flat arrays by
 * index; they grow with the largest index. O(log n); O(1) to push a key larger than all others.
 */

const ABSENT = -1;
const INITIAL_CAPACITY = 16;

export class IndexHeap {
  size = 0;
  private heap = new Int32Array(INITIAL_CAPACITY);
  /** By index: its place in the heap, or ABSENT. */
  private places = new Int32Array(INITIAL_CAPACITY).fill(ABSENT);
  private keys = new Float64Array(INITIAL_CAPACITY);

  /** Index with the smallest key; only when `size > 0`. */
  get top(): number {
    return this.heap[0]!;
  }

  has(index: number): boolean {
    return index < this.places.length && this.places[index] !== ABSENT;
  }

  /** Only one that is not in it; no two keys are the same. */
  push(index: number, key: number): void {
    if (index >= this.places.length) this.grow(index);
    this.keys[index] = key;
    this.rise(this.size++, index);
  }

  /** Only one that is in it. */
  remove(index: number): void {
    const place = this.places[index]!;
    this.places[index] = ABSENT;
    const last = this.heap[--this.size]!;
    if (last === index) return;
    this.rise(place, last);
    this.sink(this.places[last]!, last);
  }

  /** Puts an index at a free place, or above it. */
  private rise(place: number, index: number): void {
    const { heap, places, keys } = this;
    const key = keys[index]!;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent]!;
      if (keys[above]! < key) break;
      heap[place] = above;
      places[above] = place;
      place = parent;
    }
    heap[place] = index;
    places[index] = place;
  }

  /** Puts an index at its place, or below it. */
  private sink(place: number, index: number): void {
    const { heap, places, keys, size } = this;
    const key = keys[index]!;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[heap[child + 1]!]! < keys[heap[child]!]!) child++;
      const below = heap[child]!;
      if (key < keys[below]!) break;
      heap[place] = below;
      places[below] = place;
      place = child;
    }
    heap[place] = index;
    places[index] = place;
  }

  private grow(index: number): void {
    let capacity = this.places.length;
    while (capacity <= index) capacity *= 2;
    const { heap, places, keys } = this;
    this.heap = new Int32Array(capacity);
    this.heap.set(heap);
    this.places = new Int32Array(capacity).fill(ABSENT);
    this.places.set(places);
    this.keys = new Float64Array(capacity);
    this.keys.set(keys);
  }
}
