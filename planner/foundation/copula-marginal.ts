/**
 * A distribution as a function of a standard normal score z: F⁻¹(Φ(z)). Two marginals fed with
 * correlated normals make a Gaussian copula. Normal and lognormal are exact; gamma and exponential come
 * from a table over z, uniform and quantiles from a table of Φ, both interpolated linearly.
 * Error of the tables: at most 5e-6 in probability, and 4e-4 of the larger of value and mean for a gamma
 * with cv ≤ 4.
 */
import { type Distribution, quantile } from "./distributions";
import { QuantileCurve } from "./quantile-curve";
import { normalCdf } from "./special-functions";

/** Tables reach from −6 to 6; the outermost cell is extended to the one draw in 5·10⁸ beyond. */
const REACH = 6;
const CELLS = 1024;

const EXACT_NORMAL = 0;
const EXACT_LOGNORMAL = 1;
const TABLE = 2;
const UNIFORM = 3;
const QUANTILES = 4;

export class CopulaMarginal {
  constructor(
    private readonly kind: number,
    private readonly location: number,
    private readonly spread: number,
    private readonly min: number,
    private readonly max: number,
    private readonly table: Float64Array,
    private readonly curve: QuantileCurve | undefined,
  ) {}

  /** The value at normal score `z`. */
  at(z: number): number {
    switch (this.kind) {
      case EXACT_NORMAL:
        return this.clip(this.location + this.spread * z);
      case EXACT_LOGNORMAL:
        return this.clip(this.location * Math.exp(this.spread * z));
      case TABLE:
        return this.clip(interpolate(this.table, z));
      case UNIFORM:
        return this.clip(this.location + this.spread * interpolate(this.table, z));
      default:
        return this.curve!.at(interpolate(this.table, z));
    }
  }

  private clip(value: number): number {
    return value < this.min ? this.min : Math.min(value, this.max);
  }
}

/** The marginal of a distribution; builds a table of 1,025 quantiles for gamma and exponential. */
export function createCopulaMarginal(distribution: Distribution): CopulaMarginal {
  const empty = new Float64Array(0);
  switch (distribution.kind) {
    case "constant": {
      const { value } = distribution;
      return new CopulaMarginal(EXACT_NORMAL, value, 0, value, value, empty, undefined);
    }
    case "normal": {
      const { mean, sd, min, max } = distribution;
      return new CopulaMarginal(EXACT_NORMAL, mean, sd, min, max, empty, undefined);
    }
    case "lognormal": {
      const { median, sigma, max } = distribution;
      return new CopulaMarginal(EXACT_LOGNORMAL, median, sigma, 0, max, empty, undefined);
    }
    case "uniform": {
      const { min, max } = distribution;
      const table = tabulate(normalCdf);
      return new CopulaMarginal(UNIFORM, min, max - min, min, max, table, undefined);
    }
    case "exponential":
    case "gamma": {
      // The table holds the distribution before clipping, which has no kink to interpolate across.
      const unclipped = { ...distribution, max: Number.POSITIVE_INFINITY };
      const table = tabulate((z) => quantile(unclipped, normalCdf(z)));
      const max = distribution.kind === "gamma" ? distribution.max : Number.POSITIVE_INFINITY;
      return new CopulaMarginal(TABLE, 0, 1, 0, max, table, undefined);
    }
    case "quantiles": {
      const curve = new QuantileCurve(distribution.probabilities, distribution.values);
      const table = tabulate(normalCdf);
      return new CopulaMarginal(QUANTILES, 0, 1, 0, Number.POSITIVE_INFINITY, table, curve);
    }
  }
}

function tabulate(value: (z: number) => number): Float64Array {
  const table = new Float64Array(CELLS + 1);
  for (let i = 0; i <= CELLS; i++) table[i] = value(-REACH + (2 * REACH * i) / CELLS);
  return table;
}

function interpolate(table: Float64Array, z: number): number {
  const position = ((z + REACH) * CELLS) / (2 * REACH);
  const cell = position < 0 ? 0 : position >= CELLS ? CELLS - 1 : Math.floor(position);
  const low = table[cell]!;
  return low + (position - cell) * (table[cell + 1]! - low);
}

/** Pearson correlation of the normals that gives a Gaussian copula this Spearman rank correlation. */
export function pearsonOfSpearman(rankCorrelation: number): number {
  return 2 * Math.sin((Math.PI * rankCorrelation) / 6);
}
