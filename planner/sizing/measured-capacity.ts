/**
 * How much a unit of each option can take without breaking an objective: by bisection with the simulator, of as many
 * units as the largest load of a region needs when each takes so much, with clients beside them: large pools waste
 * less than small ones. Options that cannot keep the objectives even with nearly nothing to do are told apart.
 */
import { settleAll } from "../foundation/settle-all";
import type { Evaluation, EvaluationJob } from "./evaluation-job";
import type { Evaluator } from "./evaluator";
import { totalRate } from "./expected-arrivals";
import { poolsOf } from "./fleet-units";
import type { Offer } from "./offer";
import { kinOf } from "./serving-option";
import { largestSiteLoad } from "./site-load";
import type { SizingProblem } from "./sizing-problem";

/** Calls per second and unit. */
export interface MeasuredOption {
  /** It keeps the objectives at `holds`, and breaks one at `breaks`; `holds` is 0 where it never does. */
  readonly holds: number;
  readonly breaks: number;
  /** With nearly nothing to do: for saying what breaks. */
  readonly idle: Evaluation;
}

/** Pools larger than this gain next to nothing from their size. */
const UNITS_MAX = 8;
/** Load of an idle pool, as a share of what it can never exceed. */
const IDLE_SHARE = 0.03;
/** Bisection stops when the two ends are this close. */
const TOLERANCE = 1.05;
const ROUNDS_MAX = 8;

/** Measures offers, one of each kin: what they can do depends on neither region nor price. By `kinOf` the option. */
export async function measureOptions(
  problem: SizingProblem,
  offers: readonly Offer[],
  evaluator: Evaluator,
): Promise<ReadonlyMap<string, MeasuredOption>> {
  const results = await settleAll(
    offers.map(async (offer) => await new Bisection(problem, offer, evaluator).run()),
  );
  return new Map(offers.map(({ option }, place) => [kinOf(option), results[place]!]));
}

class Bisection {
  private readonly bound: number;
  private readonly siteLoad: number;
  private low = 0;
  private high: number;

  constructor(
    private readonly problem: SizingProblem,
    private readonly offer: Offer,
    private readonly evaluator: Evaluator,
  ) {
    const { bounds, demand } = problem;
    this.bound = bounds[offer.index]!;
    this.siteLoad = largestSiteLoad(demand, offer.option.model, demand.losses);
    this.high = this.bound;
  }

  async run(): Promise<MeasuredOption> {
    const least = this.bound * IDLE_SHARE;
    const idle = await this.evaluate(least);
    if (idle.holds) this.low = least;
    for (let round = 0; round < ROUNDS_MAX && this.isOpen; round++) {
      const { middle } = this;
      if ((await this.evaluate(middle)).holds) this.low = middle;
      else this.high = middle;
    }
    return { holds: this.low, breaks: this.high, idle };
  }

  private async evaluate(callsPerSecond: number): Promise<Evaluation> {
    const [evaluation] = await this.evaluator.evaluate([this.jobAt(callsPerSecond)]);
    return evaluation!;
  }

  private get isOpen(): boolean {
    return this.low > 0 && this.high / this.low > TOLERANCE;
  }

  /** Geometric while the low end is far below: most options break well below their bound. */
  private get middle(): number {
    return this.high / this.low > 3 ? Math.sqrt(this.high * this.low) : (this.high + this.low) / 2;
  }

  /** @param callsPerSecond of the option's model, for each unit */
  private jobAt(callsPerSecond: number): EvaluationJob {
    const { demand, offers, bounds, search, seed } = this.problem;
    const { model } = this.offer.option;
    const group = demand.groups.findIndex(({ models }) => models.includes(model));
    const { workloads, models } = demand.groups[group]!;
    const peak = demand.peaks[0]!;
    const load = (name: string): number => totalRate(peak.rates.get(name));
    const pool = Math.max(1, Math.min(UNITS_MAX, Math.ceil(this.siteLoad / callsPerSecond)));
    const factor = (callsPerSecond * pool) / load(model);
    // Other models of the group get more than they need, so that only this one is measured.
    const units = offers.map(() => 0);
    units[this.offer.index] = pool;
    for (const other of models) {
      if (other === model) continue;
      const helper = strongest(offers, this.offer.region, other, bounds);
      if (helper === undefined) continue;
      const needed = (HELPER_MARGIN * load(other) * factor) / bounds[helper.index]!;
      // A fallback that is never called must be there all the same.
      units[helper.index] = Math.max(1, Math.ceil(needed));
    }
    const durationSeconds = Math.min(
      WINDOW_SECONDS_MAX,
      Math.max(WINDOW_SECONDS_MIN, search.requestsPerRun / (load(model) * factor)),
    );
    const { fromSeconds, warmUpSeconds } = peak.windows[group]!;
    return {
      pools: poolsOf(offers, units),
      workloads,
      window: {
        fromSeconds,
        warmUpSeconds: Math.min(warmUpSeconds, WARM_UP_SECONDS),
        durationSeconds,
      },
      loss: null,
      loadFactor: factor,
      clients: { beside: this.offer.region, perSecond: this.steadyRates(workloads) },
      seed,
    };
  }

  /** Requests per second of each workload at the peak. */
  private steadyRates(workloads: readonly string[]): Record<string, number> {
    const { workloadRates } = this.problem;
    return Object.fromEntries(
      workloads.flatMap((name) => {
        const rate = workloadRates.get(name);
        return rate === undefined ? [] : [[name, rate]];
      }),
    );
  }
}

const WARM_UP_SECONDS = 60;
const WINDOW_SECONDS_MIN = 180;
const WINDOW_SECONDS_MAX = 1200;
const HELPER_MARGIN = 3;

/** The offer of a model in a region with the highest bound. */
function strongest(
  offers: readonly Offer[],
  region: string,
  model: string,
  bounds: readonly number[],
): Offer | undefined {
  return offers
    .filter((offer) => offer.region === region && offer.option.model === model)
    .toSorted((a, b) => bounds[b.index]! - bounds[a.index]!)[0];
}
