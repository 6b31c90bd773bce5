/**
 * When requests arrive. Renewal processes draw gaps with mean 1 in operational time and map them
 * through the inverse of Λ, so a profile changes the rate but not the coefficient of variation; the
 * first arrival comes one gap after t = 0. A Markov-modulated process switches states in real time and
 * is Poisson within one.
 */
import type { RandomStream } from "../foundation/random";
import { logGamma } from "../foundation/special-functions";
import type { ArrivalProcess } from "../scenario/resolved-scenario";
import type { RateCurve } from "./rate-profile";

/** Yields the times of arrivals in order. */
export interface ArrivalClock {
  /** Seconds of the next arrival; Infinity when there is no further one before the horizon. */
  next(): number;
}

/** The clock of an open-loop process. */
export function createArrivalClock(
  process: ArrivalProcess,
  curve: RateCurve,
  random: RandomStream,
  horizonSeconds: number,
): ArrivalClock {
  if (process.kind === "mmpp") {
    return new ModulatedClock(process.states, curve, random, horizonSeconds);
  }
  return new RenewalClock(createGapSampler(process), curve, random);
}

const POISSON = 0;
const DETERMINISTIC = 1;
const GAMMA = 2;
const WEIBULL = 3;

/** Draws gaps with mean 1. */
export class GapSampler {
  constructor(
    private readonly kind: number,
    /** Shape of a gamma, inverse shape of a Weibull. */
    private readonly shape: number,
    private readonly scale: number,
  ) {}

  sample(random: RandomStream): number {
    switch (this.kind) {
      case POISSON:
        return random.exponential();
      case DETERMINISTIC:
        return 1;
      case GAMMA:
        return random.gamma(this.shape) * this.scale;
      default:
        return random.exponential() ** this.shape * this.scale;
    }
  }
}

/** The gap sampler of a renewal process; a cv of 0 is deterministic. */
export function createGapSampler(process: Exclude<ArrivalProcess, { kind: "mmpp" }>): GapSampler {
  switch (process.kind) {
    case "poisson":
      return new GapSampler(POISSON, 1, 1);
    case "deterministic":
      return new GapSampler(DETERMINISTIC, 1, 1);
    case "gamma":
    case "weibull": {
      const { cv } = process;
      if (cv === 0) return new GapSampler(DETERMINISTIC, 1, 1);
      if (process.kind === "gamma") return new GapSampler(GAMMA, 1 / (cv * cv), cv * cv);
      const shape = weibullShape(cv);
      return new GapSampler(WEIBULL, 1 / shape, Math.exp(-logGamma(1 + 1 / shape)));
    }
  }
}

/** Shape of the Weibull distribution with this coefficient of variation, by bisection on its logarithm. */
export function weibullShape(cv: number): number {
  let low = Math.log(0.05);
  let high = Math.log(2000);
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    const inverse = Math.exp(-middle);
    // cv² + 1 = Γ(1 + 2/k) / Γ(1 + 1/k)², which falls as k grows.
    const square = Math.exp(logGamma(1 + 2 * inverse) - 2 * logGamma(1 + inverse)) - 1;
    if (square > cv * cv) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

class RenewalClock implements ArrivalClock {
  private count = 0;
  private readonly constantRate: number;

  constructor(
    private readonly gaps: GapSampler,
    private readonly curve: RateCurve,
    private readonly random: RandomStream,
  ) {
    this.constantRate = curve.constantRate ?? Number.NaN;
  }

  next(): number {
    this.count += this.gaps.sample(this.random);
    if (this.constantRate > 0) return this.count / this.constantRate;
    return this.curve.timeOfCount(this.count);
  }
}

/**
 * Markov-modulated Poisson process. A state lasts an exponential time and is followed by any other with
 * equal probability, so its long-run share is its mean time over the sum of all; rates are normalised
 * by those shares to keep the given mean rate, and the first state is drawn from them.
 */
class ModulatedClock implements ArrivalClock {
  private readonly factors: Float64Array;
  private readonly meanSeconds: Float64Array;
  private state: number;
  private now = 0;
  private switchSeconds: number;

  constructor(
    states: readonly { readonly relativeRate: number; readonly meanSeconds: number }[],
    private readonly curve: RateCurve,
    private readonly random: RandomStream,
    private readonly horizonSeconds: number,
  ) {
    this.meanSeconds = Float64Array.from(states, (state) => state.meanSeconds);
    const cycle = this.meanSeconds.reduce((sum, seconds) => sum + seconds, 0);
    const mean =
      states.reduce((sum, state) => sum + state.relativeRate * state.meanSeconds, 0) / cycle;
    this.factors = Float64Array.from(states, (state) => state.relativeRate / mean);
    let left = random.uniform() * cycle;
    this.state = 0;
    while (this.state < states.length - 1 && left >= this.meanSeconds[this.state]!) {
      left -= this.meanSeconds[this.state]!;
      this.state++;
    }
    // The time left in a state is exponential again, whenever one looks.
    this.switchSeconds = this.meanSeconds[this.state]! * random.exponential();
  }

  next(): number {
    let hazard = this.random.exponential();
    while (this.now < this.horizonSeconds) {
      const factor = this.factors[this.state]!;
      const counted = this.curve.countUntil(this.now);
      const available = factor * (this.curve.countUntil(this.switchSeconds) - counted);
      if (hazard <= available) {
        this.now = Math.max(this.now, this.curve.timeOfCount(counted + hazard / factor));
        return this.now;
      }
      hazard -= available;
      this.now = this.switchSeconds;
      this.state = this.otherState();
      this.switchSeconds = this.now + this.meanSeconds[this.state]! * this.random.exponential();
    }
    return Number.POSITIVE_INFINITY;
  }

  private otherState(): number {
    const count = this.factors.length;
    if (count === 1) return 0;
    return (this.state + 1 + this.random.below(count - 1)) % count;
  }
}
