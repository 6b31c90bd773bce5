/** Distributions in one line each, for `capplan validate`. */
import type { Distribution } from "../foundation/distributions";
import { formatNumber } from "../foundation/format-units";

/** A distribution in one line, its values written by `format`. */
export function formatDistribution(
  distribution: Distribution,
  format: (value: number) => string,
): string {
  switch (distribution.kind) {
    case "constant":
      return format(distribution.value);
    case "uniform":
      return `uniform ${format(distribution.min)} to ${format(distribution.max)}`;
    case "exponential":
      return `exponential, mean ${format(distribution.mean)}`;
    case "normal":
      return `normal, mean ${format(distribution.mean)}, sd ${format(distribution.sd)}`;
    case "lognormal":
      return `lognormal, median ${format(Math.round(distribution.median * 1e6) / 1e6)}, sigma ${formatNumber(distribution.sigma, 4)}`;
    case "gamma":
      return `gamma, mean ${format(distribution.mean)}, cv ${formatNumber(distribution.cv)}`;
    case "quantiles": {
      const { probabilities, values } = distribution;
      const middle = probabilities.findIndex((probability) => probability >= 0.5);
      return `quantiles ${format(values[0]!)} … ${format(values[middle]!)} … ${format(values.at(-1)!)}`;
    }
  }
}
