/**
 * Fits a quantile table to a column of lengths: the usual quantiles, then more where the table is
 * furthest from the data, until the two CDFs are within 1 %, and more where straight lines move the
 * mean, until the means are within 0.5 %, or the table is long enough. A length that many requests
 * share (a system limit, a template) gets a flat piece of its own.
 */

export interface QuantileTable {
  /** Ascending, in steps of 0.0001, from 0 to 1. */
  readonly probabilities: readonly number[];
  /** Whole tokens. */
  readonly values: readonly number[];
}

/** Probabilities are counted in ten-thousandths, so that a table has no long decimals. */
const STEPS = 10_000;
const FIRST_STEPS = [0, 100, 500, 1000, 2500, 5000, 7500, 9000, 9500, 9900, 9990, STEPS] as const;
/** The shape is fitted in thousandths; only the tail, which moves the mean, needs finer steps. */
const SHAPE_STEP = 0.001;
const COARSE = SHAPE_STEP * STEPS;
/** Points spent on the shape, and points in all. */
const SHAPE_POINTS_MAX = 40;
const POINTS_MAX = 48;
const DISTANCE_GOAL = 0.01;
const MEAN_ERROR_GOAL = 0.005;

/** @param lengths - at least one */
export function fitQuantileTable(lengths: Int32Array): QuantileTable {
  const sorted = lengths.toSorted();
  const steps = new Set<number>(FIRST_STEPS);
  while (steps.size < SHAPE_POINTS_MAX) {
    const worst = worstPoint(sorted, tableAt(sorted, steps));
    if (worst.distance <= DISTANCE_GOAL) break;
    const before = steps.size;
    steps.add(Math.min(STEPS, (Math.floor(worst.shareBelow / SHAPE_STEP) + 1) * COARSE));
    steps.add(Math.floor(worst.shareUpTo / SHAPE_STEP) * COARSE);
    if (steps.size === before) break;
  }
  while (steps.size < POINTS_MAX) {
    const middle = stepThatMovesMean(sorted, tableAt(sorted, steps));
    if (middle === undefined) break;
    steps.add(middle);
  }
  return withoutRepeats(tableAt(sorted, steps));
}

function tableAt(sorted: Int32Array, steps: ReadonlySet<number>): QuantileTable {
  const ascending = [...steps].sort((a, b) => a - b);
  return {
    probabilities: ascending.map((step) => step / STEPS),
    values: ascending.map((step) => sorted[rowAt(sorted, step)] ?? 0),
  };
}

function rowAt(sorted: Int32Array, step: number): number {
  return Math.max(0, Math.ceil((step * sorted.length) / STEPS) - 1);
}

/** Middle of the piece whose straight line is furthest off in the mean; undefined when the mean is good. */
function stepThatMovesMean(sorted: Int32Array, table: QuantileTable): number | undefined {
  const { probabilities, values } = table;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let error = 0;
  let worst: { off: number; middle: number } | undefined;
  for (let i = 1; i < values.length; i++) {
    const from = Math.round((probabilities[i - 1] ?? 0) * STEPS);
    const to = Math.round((probabilities[i] ?? 0) * STEPS);
    const rows = sorted.subarray(rowAt(sorted, from), rowAt(sorted, to));
    const line = ((values[i - 1] ?? 0) + (values[i] ?? 0)) / 2;
    const off = rows.length * line - rows.reduce((sum, value) => sum + value, 0);
    error += off;
    const middle = Math.round((from + to) / 2);
    const splits = middle > from && middle < to;
    if (splits && (worst === undefined || Math.abs(off) > Math.abs(worst.off))) {
      worst = { off, middle };
    }
  }
  return Math.abs(error) <= MEAN_ERROR_GOAL * total ? undefined : worst?.middle;
}

/** Where the CDF of drawn lengths, rounded to whole tokens, is furthest from the CDF of the data. */
function worstPoint(
  sorted: Int32Array,
  table: QuantileTable,
): { distance: number; shareBelow: number; shareUpTo: number } {
  let worst = { distance: 0, shareBelow: 0, shareUpTo: 0 };
  for (let first = 0; first < sorted.length; ) {
    const value = sorted[first] ?? 0;
    let next = first + 1;
    while (next < sorted.length && sorted[next] === value) next++;
    const shareUpTo = next / sorted.length;
    const distance = Math.abs(cdfOfTable(table, value + 0.5) - shareUpTo);
    if (distance > worst.distance) {
      worst = { distance, shareBelow: first / sorted.length, shareUpTo };
    }
    first = next;
  }
  return worst;
}

/** Share of draws at or below `value`. */
export function cdfOfTable(table: QuantileTable, value: number): number {
  const { probabilities, values } = table;
  let share = 0;
  for (let i = 0; i < values.length; i++) {
    const here = values[i] ?? 0;
    if (here <= value) {
      share = probabilities[i] ?? 0;
      continue;
    }
    const before = values[i - 1];
    if (before === undefined) return 0;
    const probability = probabilities[i] ?? 0;
    return share + ((value - before) / (here - before)) * (probability - share);
  }
  return 1;
}

/** Of three or more equal values in a row only the ends say anything. */
function withoutRepeats(table: QuantileTable): QuantileTable {
  const { probabilities, values } = table;
  const kept = values
    .map((_, i) => i)
    .filter((i) => values[i - 1] !== values[i] || values[i + 1] !== values[i]);
  return {
    probabilities: kept.map((i) => probabilities[i] ?? 0),
    values: kept.map((i) => values[i] ?? 0),
  };
}
