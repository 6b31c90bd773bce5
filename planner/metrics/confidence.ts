/**
 * 95 % confidence intervals: over independent replications by Student's t, and of a share of independent trials by
 * Wilson.
 */

/** Two-sided 95 % quantiles of Student's t for 1 … 30 degrees of freedom (standard table). */
const STUDENT_T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/** 95 % quantile of the normal distribution, two-sided. */
export const NORMAL_975 = 1.96;

/** Quantile of Student's t; beyond the table by the first term of its expansion in 1/df (within 0.2 %). */
function studentT975(degreesOfFreedom: number): number {
  const beyond = NORMAL_975 + (NORMAL_975 ** 3 + NORMAL_975) / (4 * degreesOfFreedom);
  return STUDENT_T_975[degreesOfFreedom - 1] ?? beyond;
}

/** Half-width of the 95 % interval of the mean of `values`; null with fewer than two, or where one is not a number. */
export function halfWidth95(values: readonly number[]): number | null {
  const n = values.length;
  if (n < 2 || values.some((value) => !Number.isFinite(value))) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return studentT975(n - 1) * Math.sqrt(squares / (n - 1) / n);
}

/**
 * 95 % interval of a share of independent trials: E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22 (1927). Neither end leaves 0 … 1, and a share of 1 has a lower end below it.
 *
 * @param successes 0 … trials
 * @param trials above 0
 */
export function wilson95(
  successes: number,
  trials: number,
): { readonly low: number; readonly high: number } {
  const share = successes / trials;
  const square = NORMAL_975 ** 2 / trials;
  const middle = (share + square / 2) / (1 + square);
  const halfWidth = Math.sqrt(square * share * (1 - share) + square ** 2 / 4) / (1 + square);
  return { low: Math.max(0, middle - halfWidth), high: Math.min(1, middle + halfWidth) };
}
