/**
 * A doubly linked list of small integers, each in it at most once, with its links in flat arrays by index; they grow
 * with the largest index. Every operation is O(1).
 */

const ABSENT = -2;
/** Before the first and after the last. */
const END = -1;
const INITIAL_CAPACITY = 16;

export class IndexList {
  length = 0;
  private head = END;
  private tail = END;
  private previous = new Int32Array(INITIAL_CAPACITY).fill(ABSENT);
  private next = new Int32Array(INITIAL_CAPACITY).fill(ABSENT);

  /** Front of the list; only when `length > 0`. */
  get front(): number {
    return this.head;
  }

  has(index: number): boolean {
    return index < this.next.length && this.next[index] !== ABSENT;
  }

  /** Only one that is not in it. */
  pushBack(index: number): void {
    if (index >= this.next.length) this.grow(index);
    this.previous[index] = this.tail;
    this.next[index] = END;
    if (this.tail === END) this.head = index;
    else this.next[this.tail] = index;
    this.tail = index;
    this.length++;
  }

  /** Only one that is in it. */
  remove(index: number): void {
    const before = this.previous[index]!;
    const after = this.next[index]!;
    if (before === END) this.head = after;
    else this.next[before] = after;
    if (after === END) this.tail = before;
    else this.previous[after] = before;
    this.previous[index] = ABSENT;
    this.next[index] = ABSENT;
    this.length--;
  }

  private grow(index: number): void {
    let capacity = this.next.length;
    while (capacity <= index) capacity *= 2;
    const { previous, next } = this;
    this.previous = new Int32Array(capacity).fill(ABSENT);
    this.previous.set(previous);
    this.next = new Int32Array(capacity).fill(ABSENT);
    this.next.set(next);
  }
}
