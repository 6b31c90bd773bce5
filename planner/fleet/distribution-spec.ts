/**
 * Distributions as written in a scenario file, in the unit of their context (seconds, tokens, counts).
 * Moments and pairs of quantiles become parameters in `resolve-distribution.ts`.
 */
import { z } from "zod";
import { oneForm } from "./one-form";
import { plainNumber, strict } from "./schema-kit";

/** Builds the schema of one value: `tokens`, `duration`, `count`. */
type Quantity = (
  description: string,
  limits?: { readonly min?: number; readonly above?: number },
) => z.ZodType<number>;

/**
 * A distribution whose values are read by `value`. A bare value is a constant.
 *
 * @param least smallest constant that makes sense
 */
export function distribution(value: Quantity, description: string, least = 0) {
  const constant = value("The same value every time", { min: least });
  const max = value("Values above this are cut to it", { above: 0 }).optional();
  const cv = plainNumber("Coefficient of variation: standard deviation / mean", { above: 0 });
  const mean = value("Mean", { above: 0 });
  const lognormal = oneForm({
    what: "lognormal",
    description: "Lognormal distribution by median and sigma, by mean and cv, or by p50 and p99",
    style: "keys",
    bare: z.never(),
    forms: {
      median: strict({
        median: value("Median", { above: 0 }),
        sigma: plainNumber("Standard deviation of the natural logarithm", { min: 0 }),
        max,
      }),
      mean: strict({ mean, cv, max }),
      p50: strict({
        p50: value("Median", { above: 0 }),
        p99: value("99th percentile", { above: 0 }),
        max,
      }),
    },
  });
  return oneForm({
    what: "distribution",
    description,
    style: "tag",
    bare: constant,
    forms: {
      constant: strict({ constant }),
      uniform: strict({
        uniform: strict(
          { min: value("Smallest value"), max: value("Largest value") },
          "Every value between two is equally likely",
        ),
      }),
      exponential: strict({ exponential: strict({ mean }, "Exponential distribution") }),
      normal: strict({
        normal: strict(
          {
            mean,
            sd: value("Standard deviation"),
            min: value("Values below this are cut to it; 0 when left out").optional(),
            max,
          },
          "Normal distribution, cut at both ends",
        ),
      }),
      lognormal: strict({ lognormal }),
      gamma: strict({ gamma: strict({ mean, cv, max }, "Gamma distribution") }),
      quantiles: strict({
        quantiles: z.record(z.string(), value("Value of this quantile")).meta({
          description:
            "Quantiles p0 to p100, such as { p0: 1, p50: 120, p99.9: 3k, p100: 4k }; straight lines between",
        }),
      }),
    },
  });
}

export type DistributionSpec = z.output<ReturnType<typeof distribution>>;
