/**
 * Distributions of positive quantities (tokens, seconds): what they are, their mean and their inverse
 * CDF, exactly. Drawing from them fast is `sampler.ts`; correlated draws are `copula-marginal.ts`.
 */
import {
  gammaCdf,
  gammaQuantile,
  gammaTail,
  normalCdf,
  normalDensity,
  normalQuantile,
} from "./special-functions";

/**
 * A distribution of a positive quantity, in the unit of its context (seconds or tokens).
 *
 * `min` and `max` of `normal`, and `max` of `lognormal` and `gamma`, **clip**: a draw outside becomes
 * the bound, as the length options of serving benchmarks do. That moves the mean away from the
 * parameter (a normal 1024 ± 512 clipped at 1 has mean 1028.4); `meanOf` gives the mean that results.
 * Infinity stands for no bound.
 */
export type Distribution =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "exponential"; readonly mean: number }
  | {
      readonly kind: "normal";
      readonly mean: number;
      readonly sd: number;
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly kind: "lognormal";
      readonly median: number;
      readonly sigma: number;
      readonly max: number;
    }
  | { readonly kind: "gamma"; readonly mean: number; readonly cv: number; readonly max: number }
  | {
      /** Linear between the points; below the first and above the last probability, the end value. */
      readonly kind: "quantiles";
      readonly probabilities: readonly number[];
      readonly values: readonly number[];
    };

/** The mean, with clipping accounted for. */
export function meanOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "uniform":
      return (distribution.min + distribution.max) / 2;
    case "exponential":
      return distribution.mean;
    case "normal":
      return clippedNormalMean(distribution);
    case "lognormal":
      return clippedLognormalMean(distribution.median, distribution.sigma, distribution.max);
    case "gamma":
      return clippedGammaMean(distribution.mean, distribution.cv, distribution.max);
    case "quantiles":
      return quantilesMean(distribution.probabilities, distribution.values);
  }
}

/**
 * The value below which a share `u` of the draws lies: the inverse CDF, after clipping.
 *
 * @param u in [0, 1]
 */
export function quantile(distribution: Distribution, u: number): number {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "uniform":
      return distribution.min + (distribution.max - distribution.min) * u;
    case "exponential":
      return -Math.log1p(-u) * distribution.mean;
    case "normal": {
      const { mean, sd, min, max } = distribution;
      return Math.min(max, Math.max(min, sd === 0 ? mean : mean + sd * normalQuantile(u)));
    }
    case "lognormal": {
      const { median, sigma, max } = distribution;
      return Math.min(max, sigma === 0 ? median : median * Math.exp(sigma * normalQuantile(u)));
    }
    case "gamma": {
      const { mean, cv, max } = distribution;
      if (cv === 0) return Math.min(max, mean);
      return Math.min(max, gammaQuantile(1 / (cv * cv), u) * mean * cv * cv);
    }
    case "quantiles":
      return interpolateQuantile(distribution.probabilities, distribution.values, u);
  }
}

/** E[min(max(X, min), max)] for a normal X: the mass at each bound and the truncated middle. */
function clippedNormalMean(bounds: {
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}): number {
  const { mean, sd, min, max } = bounds;
  if (sd === 0) return Math.min(max, Math.max(min, mean));
  const low = (min - mean) / sd;
  const high = (max - mean) / sd;
  const below = normalCdf(low);
  const above = normalCdf(-high);
  // A bound at infinity has no mass; Infinity · 0 would be NaN.
  const atMin = below === 0 ? 0 : min * below;
  const atMax = above === 0 ? 0 : max * above;
  const middle = mean * (1 - below - above) + sd * (normalDensity(low) - normalDensity(high));
  return atMin + middle + atMax;
}

function clippedLognormalMean(median: number, sigma: number, max: number): number {
  if (sigma === 0) return Math.min(max, median);
  const mean = median * Math.exp((sigma * sigma) / 2);
  if (max === Number.POSITIVE_INFINITY) return mean;
  const z = Math.log(max / median) / sigma;
  return mean * normalCdf(z - sigma) + max * normalCdf(-z);
}

function clippedGammaMean(mean: number, cv: number, max: number): number {
  if (cv === 0) return Math.min(max, mean);
  if (max === Number.POSITIVE_INFINITY) return mean;
  const shape = 1 / (cv * cv);
  const scaled = (max * shape) / mean;
  return mean * gammaCdf(shape + 1, scaled) + max * gammaTail(shape, scaled);
}

function quantilesMean(probabilities: readonly number[], values: readonly number[]): number {
  const last = probabilities.length - 1;
  let sum = probabilities[0]! * values[0]! + (1 - probabilities[last]!) * values[last]!;
  for (let i = 0; i < last; i++) {
    sum += ((probabilities[i + 1]! - probabilities[i]!) * (values[i]! + values[i + 1]!)) / 2;
  }
  return sum;
}

function interpolateQuantile(
  probabilities: readonly number[],
  values: readonly number[],
  u: number,
): number {
  const last = probabilities.length - 1;
  if (u <= probabilities[0]!) return values[0]!;
  if (u >= probabilities[last]!) return values[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (probabilities[middle]! <= u) low = middle;
    else high = middle;
  }
  const width = probabilities[high]! - probabilities[low]!;
  const share = width > 0 ? (u - probabilities[low]!) / width : 1;
  return values[low]! + share * (values[high]! - values[low]!);
}
