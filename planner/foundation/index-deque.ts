/** A double-ended queue of integers in a ring of flat memory. */
export class IndexDeque {
  length = 0;
  private ring: Int32Array;
  private head = 0;

  constructor(capacity = 16) {
    this.ring = new Int32Array(capacity);
  }

  /** Front element; only when `length > 0`. */
  get front(): number {
    return this.ring[this.head]!;
  }

  pushBack(value: number): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length) & (this.ring.length - 1)] = value;
    this.length++;
  }

  pushFront(value: number): void {
    if (this.length === this.ring.length) this.grow();
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = value;
    this.length++;
  }

  /** Removes and returns the front; only when `length > 0`. */
  popFront(): number {
    const value = this.ring[this.head]!;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.length--;
    return value;
  }

  /** Takes out the first `value` from the front; false when there is none. O(place): cheap near the front. */
  remove(value: number): boolean {
    const { ring } = this;
    const mask = ring.length - 1;
    for (let i = 0; i < this.length; i++) {
      if (ring[(this.head + i) & mask] !== value) continue;
      for (let j = i; j > 0; j--) ring[(this.head + j) & mask] = ring[(this.head + j - 1) & mask]!;
      this.head = (this.head + 1) & mask;
      this.length--;
      return true;
    }
    return false;
  }

  private grow(): void {
    const wider = new Int32Array(this.ring.length * 2);
    for (let i = 0; i < this.length; i++) {
      wider[i] = this.ring[(this.head + i) & (this.ring.length - 1)]!;
    }
    this.ring = wider;
    this.head = 0;
  }
}
