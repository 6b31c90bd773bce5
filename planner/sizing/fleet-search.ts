/**
 * The search: the cheapest fleet that holds, and a bound that no cheaper one does. Both come from the same integer
 * programme. With what units were measured to take, it proposes fleets; a fleet that the simulator refuses needs more
 * capacity where it broke, until one holds. With what units can take at most, and with every fleet that was refused
 * (and all that are no larger) cut off, its least cost is a lower bound; the fleets it names are simulated, too, and
 * either hold, and are then the cheapest, or are cut off in turn (logic-based Benders decomposition: Hooker and
 * Ottosson 2003).
 *
 * The bound rests on two things besides the simulator: a fleet with no less of anything is not worse, and pools of one
 * region carry no more together than each could by itself.
 */

import type { Highs } from "highs";
import { settleAll } from "../foundation/settle-all";
import { mostUnits } from "./analytic-bound";
import { type CaseLoss, poolLosses } from "./demand";
import type { Evaluator } from "./evaluator";
import { totalRate } from "./expected-arrivals";
import { type BoughtFleet, type CheckedFleet, checkFleet, checkWholeFleet } from "./fleet-check";
import { type BrokenPlace, FleetLessons } from "./fleet-lessons";
import type { FleetUnits } from "./fleet-units";
import { type MeasuredOption, measureOptions } from "./measured-capacity";
import { solveFleet } from "./programme/fleet-programme";
import type { Correction, FleetProgrammeInput, FleetSolution } from "./programme/programme-input";
import { kinOf } from "./serving-option";
import type { SizingProblem } from "./sizing-problem";

export interface SearchInput {
  readonly problem: SizingProblem;
  /** By `kinOf` the option. What the proof needs beyond it is measured then. */
  readonly measured: ReadonlyMap<string, MeasuredOption>;
  /** Offers that proposals are made of, by index. */
  readonly isCandidate: (offer: number) => boolean;
  /** Offers that a quota leaves something of, by index. */
  readonly isObtainable: (offer: number) => boolean;
  readonly change?: { readonly units: FleetUnits; readonly usdPerHour: number };
  readonly evaluator: Evaluator;
  readonly solver: Highs;
  readonly onStep?: (step: SearchStep) => void;
}

export interface SearchStep {
  readonly bestUsdPerHour: number | undefined;
  readonly lowerBoundUsdPerHour: number | undefined;
}

/** A fleet that was simulated and does not hold. */
export interface RefusedFleet {
  readonly units: FleetUnits;
  readonly usdPerHour: number;
  readonly failed: CheckedFleet["failed"];
}

const PROPOSALS_MAX = 200;
/**
 * How far what a unit was seen to break at may lie below what another run of as many requests breaks at, times √requests.
 */
const CAPACITY_NOISE = 1;
/** What a whole-number programme may be off by. */
const COST_TOLERANCE = 1e-6;

export class FleetSearch {
  best: FleetSolution | undefined;
  /** US dollars per hour that no fleet that holds costs less than; undefined until it is known. */
  lowerBound: number | undefined;
  /** The same with what changes cost, which is what is searched for the least of. */
  objectiveBound: number | undefined;
  readonly refused: RefusedFleet[] = [];
  readonly losses: (CaseLoss | null)[];

  /** By `kinOf` the option. */
  readonly measured: Map<string, MeasuredOption>;

  private readonly lessons: FleetLessons;
  /** What the proof starts with, where it is known already. */
  private firstBound: { readonly fleet: FleetSolution | undefined } | undefined;

  constructor(private readonly input: SearchInput) {
    this.losses = [...input.problem.demand.losses];
    this.measured = new Map(input.measured);
    this.lessons = new FleetLessons(input.problem, () => this.expected);
  }

  /**
   * The first fleet that holds, cheap but not proven; undefined when there is none.
   *
   * @param isToBeProven the bound is begun beside the first simulations, which leave cores idle
   */
  async propose(isToBeProven = false): Promise<FleetSolution | undefined> {
    for (let round = 0; round < PROPOSALS_MAX; round++) {
      // What corrections ask for is a guess; when it cannot be had, the bound knows whether anything else can.
      const proposal = this.proposal() ?? (await this.cheapestPossible());
      if (proposal === undefined) return undefined;
      const holding = this.holds(proposal);
      if (isToBeProven && round === 0) await this.boundBeside(holding);
      if (await holding) {
        this.keep(proposal);
        return proposal;
      }
    }
    return undefined;
  }

  /** What is asked of the programme, for finding out why it has no answer. */
  asked(): Omit<FleetProgrammeInput, "demand" | "offers" | "search"> {
    const { losses } = this;
    const { corrections, cuts } = this.lessons;
    const capacity = this.capacities(({ holds }) => holds);
    const unitsMax = capacity.map((one, index) => mostUnits(this.input.problem, index, one));
    return { losses, capacity, unitsMax, corrections, cuts, change: this.input.change };
  }

  /** Raises the bound and looks for cheaper fleets, until the gap is small enough or the budget is spent. */
  async prove(evaluationsMax: number): Promise<void> {
    const { evaluator } = this.input;
    for (;;) {
      const bound =
        this.firstBound === undefined ? await this.cheapestPossible() : this.firstBound.fleet;
      this.firstBound = undefined;
      // Nothing cheaper is left: what is known is the cheapest.
      this.objectiveBound = bound?.objective ?? this.best?.objective;
      this.lowerBound = this.costBound();
      this.tell();
      if (bound === undefined || this.isProven(bound.objective)) return;
      if (evaluator.evaluations >= evaluationsMax) return;
      if (await this.holds(bound)) this.keep(bound);
      else await this.tryCheaper();
    }
  }

  /** A fleet that holds in the search but not in the end needs more where it is loaded most. */
  demandMore(fleet: BoughtFleet, broken: readonly BrokenPlace[]): void {
    this.lessons.askWhereBusiest(fleet, broken);
    this.best = undefined;
  }

  private async boundBeside(holding: Promise<boolean>): Promise<void> {
    const bounding = this.cheapestPossible();
    await settleAll<unknown>([holding, bounding]);
    // A fleet that was refused is cut off: the bound is another one then.
    if (await holding) this.firstBound = { fleet: await bounding };
  }

  private isProven(bound: number): boolean {
    if (this.best === undefined) return false;
    const { objective } = this.best;
    return bound >= objective * (1 - this.input.problem.search.gap) - COST_TOLERANCE;
  }

  /** What corrections have taught may have made another fleet the cheapest proposal. */
  private async tryCheaper(): Promise<void> {
    const proposal = this.proposal();
    if (proposal === undefined || this.best === undefined) return;
    if (proposal.objective >= this.best.objective - COST_TOLERANCE) return;
    if (await this.holds(proposal)) this.keep(proposal);
  }

  /** The cheapest fleet that what is known makes likely. */
  private proposal(): FleetSolution | undefined {
    const { problem, isCandidate } = this.input;
    const expected = this.expected;
    const unitsMax = expected.map((one, index) =>
      isCandidate(index) && !this.isUnknown(index) ? mostUnits(problem, index, one) : 0,
    );
    return this.solve(expected, unitsMax, this.lessons.corrections, this.input.change, true);
  }

  /** The cheapest fleet that nothing speaks against; measures what such a fleet would need first. */
  private async cheapestPossible(): Promise<FleetSolution | undefined> {
    const { problem, evaluator } = this.input;
    for (;;) {
      const { atMost } = this;
      const fleet = this.solve(atMost, this.obtainable(atMost), [], this.input.change);
      const unknown = problem.offers.filter(
        ({ index }) => fleet !== undefined && fleet.units[index]! > 0 && this.isUnknown(index),
      );
      const byKin = new Map(unknown.map((offer) => [kinOf(offer.option), offer]));
      if (byKin.size === 0) return fleet;
      const results = await measureOptions(problem, [...byKin.values()], evaluator);
      for (const [kin, result] of results) this.measured.set(kin, result);
    }
  }

  /** What is bought costs no less, whatever changes are taken to cost. */
  private costBound(): number | undefined {
    if (this.input.change === undefined) return this.objectiveBound;
    const atMost = this.atMost;
    return this.solve(atMost, this.obtainable(atMost), [], undefined)?.objective;
  }

  private measuredOf(offer: number): MeasuredOption | undefined {
    return this.measured.get(kinOf(this.input.problem.offers[offer]!.option));
  }

  /** Not measured, and of a model that is called when all goes well: fallbacks are there, however small. */
  private isUnknown(offer: number): boolean {
    const { demand, offers } = this.input.problem;
    const { model } = offers[offer]!.option;
    const isCalled = demand.peaks.some(({ rates }) => totalRate(rates.get(model)) > 0);
    return isCalled && this.measuredOf(offer) === undefined;
  }

  /** Calls per second of a unit of each offer: of those that keep no objective none, else at most the bound. */
  private capacities(of: (measured: MeasuredOption) => number): readonly number[] {
    const { bounds } = this.input.problem;
    return bounds.map((bound, index) => {
      const known = this.measuredOf(index);
      if (known === undefined) return bound;
      return known.holds === 0 ? 0 : Math.min(of(known), bound);
    });
  }

  private get expected(): readonly number[] {
    return this.capacities(({ holds }) => holds);
  }

  private get atMost(): readonly number[] {
    const noise = 1 + CAPACITY_NOISE / Math.sqrt(this.input.problem.search.requestsPerRun);
    return this.capacities(({ breaks }) => breaks * noise);
  }

  private obtainable(capacity: readonly number[]): readonly number[] {
    const { problem, isObtainable } = this.input;
    return capacity.map((one, index) => (isObtainable(index) ? mostUnits(problem, index, one) : 0));
  }

  private keep(solution: FleetSolution): void {
    if (this.best !== undefined && solution.objective >= this.best.objective) return;
    this.best = solution;
    this.tell();
  }

  private tell(): void {
    this.input.onStep?.({
      bestUsdPerHour: this.best?.usdPerHour,
      lowerBoundUsdPerHour: this.lowerBound,
    });
  }

  private solve(
    capacity: readonly number[],
    unitsMax: readonly number[],
    corrections: readonly Correction[],
    change: SearchInput["change"],
    isTidy = false,
  ): FleetSolution | undefined {
    const { problem, solver } = this.input;
    const { demand, offers, search } = problem;
    const { losses } = this;
    const { cuts } = this.lessons;
    return solveFleet(
      { demand, offers, search, losses, capacity, unitsMax, corrections, cuts, change, isTidy },
      solver,
    );
  }

  /** Part by part first; whole, with clients that have to find their way, when the parts hold. */
  private async holds(solution: FleetSolution): Promise<boolean> {
    const { problem, evaluator } = this.input;
    const { units } = solution;
    this.learnLosses(units);
    const parts = await checkFleet(problem, solution, this.losses, evaluator);
    if (!parts.holds) {
      this.refuse(solution, parts);
      return false;
    }
    const whole = await checkWholeFleet(problem, solution, this.losses, evaluator);
    if (!whole.holds) this.refuse(solution, whole);
    return whole.holds;
  }

  /** Losses of the pools that fleets turn out to have. */
  private learnLosses(units: FleetUnits): void {
    const { search, offers } = this.input.problem;
    if (!search.survive.some(({ kind }) => kind === "any-pool")) return;
    for (const loss of poolLosses(offers, units)) {
      const isKnown = this.losses.some((known) => JSON.stringify(known) === JSON.stringify(loss));
      if (!isKnown) this.losses.push(loss);
    }
  }

  private refuse(solution: FleetSolution, { failed }: CheckedFleet): void {
    const { units, usdPerHour } = solution;
    this.refused.push({ units, usdPerHour, failed });
    this.lessons.learn(solution, failed);
  }
}
