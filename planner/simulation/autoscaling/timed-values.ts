/**
 * Numbers with the times at which they came, oldest first, as long as they are younger than a window. One that is
 * exactly as old as the window is over, as in the HPA's controller (`timestamp.After(now − window)`).
 * Memory follows what lies in the window.
 */

/** Differences of times are compared up to this, so that rounding does not decide which side of a window one is on. */
const ROUNDING_SECONDS = 1e-9;
const WIDTH = 2;

export class TimedValues {
  length = 0;
  private readonly windowSeconds: number;
  /** A ring; entry i after the head: its time, then its value. */
  private ring = new Float64Array(WIDTH * 16);
  private head = 0;

  constructor(windowSeconds: number) {
    this.windowSeconds = windowSeconds;
  }

  /** Adds the newest; times never decrease. */
  push(seconds: number, value: number): void {
    if (this.length * WIDTH === this.ring.length) this.grow();
    const at = this.place(this.length++);
    this.ring[at] = seconds;
    this.ring[at + 1] = value;
  }

  /** Drops what is no longer in the window that ends now. */
  forget(seconds: number): void {
    const oldest = this.windowSeconds - ROUNDING_SECONDS;
    while (this.length > 0 && seconds - this.ring[this.head]! >= oldest) {
      this.head = this.place(1);
      this.length--;
    }
  }

  /** Time of the i-th oldest, 0 ≤ i < length. */
  secondsAt(i: number): number {
    return this.ring[this.place(i)]!;
  }

  valueAt(i: number): number {
    return this.ring[this.place(i) + 1]!;
  }

  sum(): number {
    let sum = 0;
    for (let i = 0; i < this.length; i++) sum += this.valueAt(i);
    return sum;
  }

  /** The smallest of them and of `value`. */
  smallest(value: number): number {
    let smallest = value;
    for (let i = 0; i < this.length; i++) smallest = Math.min(smallest, this.valueAt(i));
    return smallest;
  }

  /** The largest of them and of `value`. */
  largest(value: number): number {
    let largest = value;
    for (let i = 0; i < this.length; i++) largest = Math.max(largest, this.valueAt(i));
    return largest;
  }

  /** Where the i-th oldest lies in the ring, whose length is a power of two. */
  private place(i: number): number {
    return (this.head + i * WIDTH) & (this.ring.length - 1);
  }

  private grow(): void {
    const wider = new Float64Array(this.ring.length * 2);
    for (let i = 0; i < this.length; i++) {
      wider[i * WIDTH] = this.secondsAt(i);
      wider[i * WIDTH + 1] = this.valueAt(i);
    }
    this.ring = wider;
    this.head = 0;
  }
}
