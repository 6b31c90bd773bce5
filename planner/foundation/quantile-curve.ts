/**
 * An inverse CDF given by points, evaluated in constant time: a guide table (Chen and Asau, 1974) says
 * where in the points to start looking. Same values as `quantile` of a `quantiles` distribution.
 */

const GUIDE_SIZE = 1024;

export class QuantileCurve {
  private readonly probabilities: Float64Array;
  private readonly values: Float64Array;
  /** For each of 1024 equal slices of [0, 1), the last point at or below its start. */
  private readonly guide = new Int32Array(GUIDE_SIZE);
  private readonly last: number;

  /**
   * @param probabilities not decreasing, within [0, 1]
   * @param values as many, not decreasing
   */
  constructor(probabilities: readonly number[], values: readonly number[]) {
    this.probabilities = Float64Array.from(probabilities);
    this.values = Float64Array.from(values);
    this.last = probabilities.length - 1;
    let point = 0;
    for (let slice = 0; slice < GUIDE_SIZE; slice++) {
      while (point < this.last && this.probabilities[point + 1]! <= slice / GUIDE_SIZE) point++;
      this.guide[slice] = point;
    }
  }

  /** The value at probability `u`, linear between the points. */
  at(u: number): number {
    const { probabilities, values, last } = this;
    if (u <= probabilities[0]!) return values[0]!;
    if (u >= probabilities[last]!) return values[last]!;
    let low = this.guide[Math.floor(u * GUIDE_SIZE)]!;
    while (probabilities[low + 1]! <= u) low++;
    const start = probabilities[low]!;
    const share = (u - start) / (probabilities[low + 1]! - start);
    return values[low]! + share * (values[low + 1]! - values[low]!);
  }
}
