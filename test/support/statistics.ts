/**
 * Tests of fit for statistical tests. A critical value is chosen so that a correct generator fails with
 * probability 1e-6 per assertion when the seed is changed; with the fixed seeds of the suite it never does.
 */

/** Kolmogorov–Smirnov statistic of a sample against a continuous CDF, times √n. */
export function kolmogorovSmirnov(
  sample: readonly number[],
  cdf: (value: number) => number,
): number {
  const sorted = Float64Array.from(sample).sort();
  let distance = 0;
  for (let i = 0; i < sorted.length; i++) {
    const expected = cdf(sorted[i]!);
    distance = Math.max(distance, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }
  return distance * Math.sqrt(sorted.length);
}

/** Exceeded with probability 1e-6: √(−ln(1e-6 / 2) / 2) (Kolmogorov's limit distribution). */
export const KS_LIMIT = Math.sqrt(-Math.log(1e-6 / 2) / 2);

/** Pearson's χ² of counts against expected counts. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

/** Exceeded with probability 1e-6 for these degrees of freedom: Wilson and Hilferty (1931), z = 4.7534. */
export function chiSquareLimit(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - spread + 4.7534 * Math.sqrt(spread)) ** 3;
}

export function meanOfSample(sample: readonly number[]): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

export function varianceOfSample(sample: readonly number[]): number {
  const mean = meanOfSample(sample);
  return sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1);
}

/** Standard deviation over mean. */
export function cvOfSample(sample: readonly number[]): number {
  return Math.sqrt(varianceOfSample(sample)) / meanOfSample(sample);
}
