/**
 * A column of numbers that grows by doubling while a file is read. 12 to 24 bytes a row at its
 * peak, no object per row; `finish` cuts it to size.
 */

type NumberArray = Float64Array | Int32Array;

class GrowingColumn<A extends NumberArray> {
  private values: A;
  private used = 0;

  constructor(
    private readonly make: (length: number) => A,
    initialLength = 4096,
  ) {
    this.values = make(initialLength);
  }

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.values.length) {
      const wider = this.make(this.used * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.used++] = value;
  }

  /** The values so far, in an array of exactly their number. */
  finish(): A {
    const exact = this.make(this.used);
    exact.set(this.values.subarray(0, this.used));
    return exact;
  }
}

export const float64Column = () => new GrowingColumn((length) => new Float64Array(length));
export const int32Column = () => new GrowingColumn((length) => new Int32Array(length));
