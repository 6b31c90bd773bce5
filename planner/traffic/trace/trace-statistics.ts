/**
 * Statistics of columns of numbers, exact (not sketched): the whole trace is in memory anyway.
 * Quantiles are of type 7 (linear between order statistics), ties in ranks share their mean rank.
 */

type Numbers = Float64Array | Int32Array;

export function mean(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Standard deviation over mean; undefined when the mean is 0 or there are fewer than two values. */
export function coefficientOfVariation(values: Numbers): number | undefined {
  const average = mean(values);
  if (values.length < 2 || average === 0) return undefined;
  let squares = 0;
  for (const value of values) squares += (value - average) ** 2;
  return Math.sqrt(squares / (values.length - 1)) / average;
}

/** @param sorted - ascending, not empty */
export function quantileOfSorted(sorted: Numbers, probability: number): number {
  const position = probability * (sorted.length - 1);
  const low = Math.floor(position);
  const below = sorted[low] ?? 0;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] ?? below;
  return below + (position - low) * (above - below);
}

/** Spearman's rank correlation; undefined when one side is constant. O(n log n). */
export function rankCorrelation(a: Numbers, b: Numbers): number | undefined {
  const ranksA = meanRanks(a);
  const ranksB = meanRanks(b);
  const middle = (a.length + 1) / 2;
  let both = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const offA = (ranksA[i] ?? 0) - middle;
    const offB = (ranksB[i] ?? 0) - middle;
    both += offA * offB;
    squaresA += offA * offA;
    squaresB += offB * offB;
  }
  return squaresA === 0 || squaresB === 0 ? undefined : both / Math.sqrt(squaresA * squaresB);
}

/** Ranks from 1; equal values share the mean of theirs. */
function meanRanks(values: Numbers): Float64Array {
  const sorted = values.toSorted();
  // Lengths have far fewer different values than rows: a rank is looked up, not sorted for.
  const rankOf = new Map<number, number>();
  for (let first = 0; first < sorted.length; ) {
    const value = sorted[first] ?? 0;
    let next = first + 1;
    while (next < sorted.length && sorted[next] === value) next++;
    // Ranks first + 1 … next are tied.
    rankOf.set(value, (first + 1 + next) / 2);
    first = next;
  }
  return Float64Array.from(values, (value) => rankOf.get(value) ?? 0);
}

/** Largest distance between two empirical CDFs (Kolmogorov–Smirnov). Both ascending, not empty. */
export function kolmogorovDistance(sortedA: Numbers, sortedB: Numbers): number {
  let a = 0;
  let b = 0;
  let largest = 0;
  while (a < sortedA.length && b < sortedB.length) {
    const value = Math.min(sortedA[a] ?? 0, sortedB[b] ?? 0);
    while (a < sortedA.length && sortedA[a] === value) a++;
    while (b < sortedB.length && sortedB[b] === value) b++;
    largest = Math.max(largest, Math.abs(a / sortedA.length - b / sortedB.length));
  }
  return largest;
}

/** Arrivals in consecutive windows of equal length from 0; a last window that is cut short is left out. */
export function countsInWindows(
  arrivalSeconds: Float64Array,
  durationSeconds: number,
  windowSeconds: number,
): Float64Array {
  const counts = new Float64Array(Math.floor(durationSeconds / windowSeconds));
  for (const arrival of arrivalSeconds) {
    const window = Math.floor(arrival / windowSeconds);
    if (window < counts.length) counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts;
}

/**
 * Variance over mean of the counts in such windows: 1 for Poisson arrivals, above it when they are bursty. Undefined for
 * fewer than two windows, or without an arrival in one. O(arrivals), however many windows are empty.
 *
 * @param arrivalSeconds ascending
 */
export function dispersionInWindows(
  arrivalSeconds: Float64Array,
  durationSeconds: number,
  windowSeconds: number,
): number | undefined {
  const windows = Math.floor(durationSeconds / windowSeconds);
  let requests = 0;
  let squares = 0;
  let current = 0;
  let count = 0;
  for (const arrival of arrivalSeconds) {
    const window = Math.floor(arrival / windowSeconds);
    if (window >= windows) break;
    if (window !== current) {
      squares += count * count;
      current = window;
      count = 0;
    }
    count++;
    requests++;
  }
  squares += count * count;
  if (windows < 2 || requests === 0) return undefined;
  const average = requests / windows;
  return Math.max(0, (squares - requests * average) / (windows - 1) / average);
}
