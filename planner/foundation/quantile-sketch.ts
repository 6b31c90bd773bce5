/**
 * A quantile sketch with a bounded relative error, mergeable without loss: logarithmic buckets as in
 * DDSketch (Masson, Rim and Lee, VLDB 2019), kept in one dense array that grows at both ends.
 * Not an exact record: a quantile is the middle of its bucket. Mean, minimum and maximum are exact.
 */

/** Largest relative error of `quantile`. */
export const SKETCH_RELATIVE_ERROR = 0.005;

const GAMMA = (1 + SKETCH_RELATIVE_ERROR) / (1 - SKETCH_RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** Values at or below this many units count as zero: 1 ns when the unit is a second. */
const SMALLEST = 1e-9;
/** Room that is added at an end of the array when a value falls outside. */
const GROWTH_BUCKETS = 64;

/** Stands for all values that count as zero. */
const ZERO_BUCKET = -(2 ** 30);

/** A sketch as plain data; buckets that are not empty, each with its count. */
export interface PlainSketch {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/** Bucket i holds values in (γ^(i−1), γ^i]. */
function bucketOf(value: number): number {
  return value <= SMALLEST ? ZERO_BUCKET : Math.ceil(Math.log(value) * PER_LOG);
}

export class QuantileSketch {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  private zeros = 0;
  /** Bucket `first + i` holds values in (γ^(first+i-1), γ^(first+i)]. */
  private first = 0;
  private buckets = new Float64Array(0);

  static fromPlain({ count, sum, min, max, zeros, buckets }: PlainSketch): QuantileSketch {
    const sketch = new QuantileSketch();
    Object.assign(sketch, { count, sum, min, max, zeros });
    for (const [bucket, weight] of buckets) {
      const { first, buckets: own } = sketch;
      if (bucket < first || bucket >= first + own.length) sketch.grow(bucket);
      sketch.buckets[bucket - sketch.first] = weight;
    }
    return sketch;
  }

  toPlain(): PlainSketch {
    const { count, sum, min, max, zeros, first } = this;
    const buckets = [...this.buckets].flatMap((weight, place): [number, number][] =>
      weight === 0 ? [] : [[first + place, weight]],
    );
    return { count, sum, min, max, zeros, buckets };
  }

  /** Adds `value` (not negative) `weight` times. */
  add(value: number, weight = 1): void {
    this.addToBucket(bucketOf(value), value, weight);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /**
   * Adds the arithmetic sequence a, a + b, …, a + (steps − 1)·b, each `weight` times, by splitting it at
   * bucket edges: a handful of buckets however many steps. `a > 0`, `b ≥ 0`.
   */
  addSequence(a: number, b: number, steps: number, weight: number): void {
    if (steps === 1) this.add(a, weight);
    else this.addSteps(a, b, steps, weight);
  }

  private addSteps(a: number, b: number, steps: number, weight: number): void {
    const end = a + b * (steps - 1);
    if (a < this.min) this.min = a;
    if (end > this.max) this.max = end;
    const lastBucket = bucketOf(end);
    let done = 0;
    while (done < steps) {
      const first = a + b * done;
      const bucket = bucketOf(first);
      let upTo = steps;
      if (bucket !== lastBucket) {
        const edge = bucket === ZERO_BUCKET ? SMALLEST : Math.exp(bucket / PER_LOG);
        upTo = Math.min(steps, Math.max(done + 1, Math.floor((edge - a) / b) + 1));
      }
      const last = a + b * (upTo - 1);
      this.addToBucket(bucket, (first + last) / 2, (upTo - done) * weight);
      done = upTo;
    }
  }

  /** Counts `weight` values with the mean `value` in `bucket`. */
  private addToBucket(bucket: number, value: number, weight: number): void {
    this.count += weight;
    this.sum += value * weight;
    if (bucket === ZERO_BUCKET) {
      this.zeros += weight;
      return;
    }
    if (bucket < this.first || bucket >= this.first + this.buckets.length) this.grow(bucket);
    this.buckets[bucket - this.first]! += weight;
  }

  /** Adds all of `other`. The order of merges changes no count and no quantile. */
  merge(other: QuantileSketch): void {
    if (other.count === 0) return;
    this.count += other.count;
    this.sum += other.sum;
    this.zeros += other.zeros;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
    if (other.buckets.length === 0) return;
    this.grow(other.first);
    this.grow(other.first + other.buckets.length - 1);
    const shift = other.first - this.first;
    for (let i = 0; i < other.buckets.length; i++) {
      this.buckets[i + shift]! += other.buckets[i]!;
    }
  }

  /** Mean of what was added; NaN when empty. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** Value below which a share `q` lies, within the relative error; NaN when empty. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = q * (this.count - 1);
    let seen = this.zeros;
    if (seen > rank) return Math.min(this.min, SMALLEST);
    for (let i = 0; i < this.buckets.length; i++) {
      seen += this.buckets[i]!;
      if (seen > rank) {
        const middle = (2 * Math.exp((this.first + i) / PER_LOG)) / (GAMMA + 1);
        return Math.min(Math.max(middle, this.min), this.max);
      }
    }
    return this.max;
  }

  /** Share of the values at or below `limit`, within one bucket's width of the limit; NaN when empty. */
  shareAtMost(limit: number): number {
    if (this.count === 0) return Number.NaN;
    if (limit >= this.max) return 1;
    let seen = this.zeros;
    const last = limit <= SMALLEST ? -1 : bucketOf(limit) - this.first;
    for (let i = 0; i <= Math.min(last, this.buckets.length - 1); i++) seen += this.buckets[i]!;
    return seen / this.count;
  }

  /** Makes room for `bucket`. */
  private grow(bucket: number): void {
    const length = this.buckets.length;
    if (length === 0) {
      this.first = bucket - (GROWTH_BUCKETS >> 1);
      this.buckets = new Float64Array(GROWTH_BUCKETS);
    } else if (bucket < this.first) {
      const extra = this.first - bucket + GROWTH_BUCKETS;
      const wider = new Float64Array(length + extra);
      wider.set(this.buckets, extra);
      this.buckets = wider;
      this.first -= extra;
    } else if (bucket >= this.first + length) {
      const wider = new Float64Array(bucket - this.first + 1 + GROWTH_BUCKETS);
      wider.set(this.buckets);
      this.buckets = wider;
    }
  }
}
