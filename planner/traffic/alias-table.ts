/**
 * A draw from weighted indexes in constant time and with one uniform: Walker's alias method (1977) as
 * built by Vose (1991).
 */

export class AliasTable {
  private readonly size: number;
  private readonly threshold: Float64Array;
  private readonly alias: Int32Array;

  /** @param weights not negative, with a positive sum; they need not add up to 1 */
  constructor(weights: readonly number[]) {
    this.size = weights.length;
    this.threshold = new Float64Array(this.size).fill(1);
    this.alias = Int32Array.from({ length: this.size }, (_, index) => index);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const scaled = weights.map((weight) => (weight * this.size) / total);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < this.size; i++) (scaled[i]! < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!;
      const rich = large.pop()!;
      this.threshold[poor] = scaled[poor]!;
      this.alias[poor] = rich;
      scaled[rich] = scaled[rich]! - (1 - scaled[poor]!);
      (scaled[rich]! < 1 ? small : large).push(rich);
    }
  }

  /** The index that a uniform draw `u` in [0, 1) stands for. */
  pick(u: number): number {
    const position = u * this.size;
    const index = Math.floor(position);
    return position - index < this.threshold[index]! ? index : this.alias[index]!;
  }
}
