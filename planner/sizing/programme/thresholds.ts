/** Variables that say that a fleet has more of an offer than another had, or less of it on spot capacity: for cuts. */
import type { Offer } from "../offer";
import type { LinearProgramme, Term, Variable } from "./linear-programme";

export interface ThresholdParts {
  /** By offer. */
  readonly units: readonly Variable[];
  readonly unitsMax: readonly number[];
  /** Nodes on spot capacity, of each part of an offer. */
  readonly spotNodes: (offer: Offer) => readonly Variable[];
  /** Nodes of an offer at most, of all its parts. */
  readonly nodesMax: (offer: Offer) => number;
}

export class Thresholds {
  private readonly atLeast = new Map<string, Variable>();
  private readonly lessSpot = new Map<string, Variable>();

  constructor(
    private readonly programme: LinearProgramme,
    private readonly parts: ThresholdParts,
  ) {}

  /** 1 only where more than so many units of an offer are bought; undefined when that cannot be. */
  moreThan(offer: number, count: number): Variable | undefined {
    const { units, unitsMax } = this.parts;
    if (count + 1 > unitsMax[offer]!) return undefined;
    const key = `${offer} ${count}`;
    const known = this.atLeast.get(key);
    if (known !== undefined) return known;
    const variable = this.programme.variable("binary", 1);
    this.programme.compare(units[offer]!, ">=", count + 1, variable);
    this.atLeast.set(key, variable);
    return variable;
  }

  /** 1 only where fewer nodes than so many of an offer are on spot capacity; undefined when that cannot be. */
  lessSpotThan(offer: Offer, count: number): Variable | undefined {
    if (count === 0) return undefined;
    const key = `${offer.index} ${count}`;
    const known = this.lessSpot.get(key);
    if (known !== undefined) return known;
    const variable = this.programme.variable("binary", 1);
    const bought = this.parts.spotNodes(offer).map((node): Term => [1, node]);
    // Without a limit where the variable is 0.
    const most = Math.max(count, this.parts.nodesMax(offer));
    this.programme.row([...bought, [most - count + 1, variable]], "<=", most);
    this.lessSpot.set(key, variable);
    return variable;
  }
}
