/**
 * Fast draws from a `Distribution`. One class for every kind, with a number for the kind and plain
 * fields, so that a call site stays monomorphic whatever the scenario mixes. The stream is an argument:
 * one sampler serves every client and session that has a stream of its own.
 */
import type { Distribution } from "./distributions";
import { QuantileCurve } from "./quantile-curve";
import type { RandomStream } from "./random";

const CONSTANT = 0;
const UNIFORM = 1;
const EXPONENTIAL = 2;
const NORMAL = 3;
const LOGNORMAL = 4;
const GAMMA = 5;
const QUANTILES = 6;

/** Draws from one distribution; made by `createSampler`. */
export class Sampler {
  constructor(
    private readonly kind: number,
    /** Location, or the value, minimum, mean or scale of kinds without one. */
    private readonly location: number,
    /** Scale, or the shape of a gamma. */
    private readonly spread: number,
    private readonly min: number,
    private readonly max: number,
    private readonly curve: QuantileCurve | undefined,
  ) {}

  sample(random: RandomStream): number {
    switch (this.kind) {
      case CONSTANT:
        return this.location;
      case UNIFORM:
        return this.location + this.spread * random.uniform();
      case EXPONENTIAL:
        return this.location * random.exponential();
      case NORMAL:
        return this.clip(this.location + this.spread * random.normal());
      case LOGNORMAL:
        return this.clip(this.location * Math.exp(this.spread * random.normal()));
      case GAMMA:
        return this.clip(this.location * random.gamma(this.spread));
      default:
        return this.curve!.at(random.uniform());
    }
  }

  private clip(value: number): number {
    return value < this.min ? this.min : Math.min(value, this.max);
  }
}

/** The sampler of a distribution: `createSampler(d).sample(random)`. */
export function createSampler(distribution: Distribution): Sampler {
  const none = Number.NEGATIVE_INFINITY;
  switch (distribution.kind) {
    case "constant":
      return new Sampler(
        CONSTANT,
        distribution.value,
        0,
        none,
        Number.POSITIVE_INFINITY,
        undefined,
      );
    case "uniform": {
      const { min, max } = distribution;
      return new Sampler(UNIFORM, min, max - min, min, max, undefined);
    }
    case "exponential":
      return new Sampler(EXPONENTIAL, distribution.mean, 0, 0, Number.POSITIVE_INFINITY, undefined);
    case "normal": {
      const { mean, sd, min, max } = distribution;
      return new Sampler(NORMAL, mean, sd, min, max, undefined);
    }
    case "lognormal": {
      const { median, sigma, max } = distribution;
      return new Sampler(LOGNORMAL, median, sigma, 0, max, undefined);
    }
    case "gamma": {
      const { mean, cv, max } = distribution;
      if (cv === 0) return createSampler({ kind: "constant", value: Math.min(mean, max) });
      return new Sampler(GAMMA, mean * cv * cv, 1 / (cv * cv), 0, max, undefined);
    }
    case "quantiles": {
      const curve = new QuantileCurve(distribution.probabilities, distribution.values);
      return new Sampler(QUANTILES, 0, 0, none, Number.POSITIVE_INFINITY, curve);
    }
  }
}
