/**
 * What a promise costs: the cheapest fleet for tighter and looser limits, or for losing more and more of it. The points
 * of a frontier are in an order in which each asks no more than the one before, so that a fleet of one point keeps the
 * promises of all after it. Its cost is therefore an upper bound of theirs; and where two points cost the same, so does
 * everything between them, which is then not searched.
 */

import type { SizingContext } from "../evaluation-job";
import type { SizingResult } from "../sizing-result";
import {
  type StudiedFleet,
  type StudyOptions,
  type StudyOutcome,
  sizeForStudy,
  studyOutcome,
} from "./study-outcome";

export interface Frontier {
  readonly kind: "latency" | "survival";
  /** Whose limits are scaled, in words; null of a frontier of survival. */
  readonly scaled: string | null;
  /** The least demanding first. */
  readonly points: readonly FrontierPoint[];
}

export interface FrontierPoint {
  /** `0.7 × limits`, `any-zone` */
  readonly name: string;
  /** Of the limits; null of a frontier of survival. */
  readonly factor: number | null;
  /** The scenario as it is. */
  readonly isBase: boolean;
  readonly outcome: FrontierOutcome;
}

export type FrontierOutcome =
  /** `fleetOf` names the more demanding point whose fleet this is; null where the search of this point found it. */
  | (StudiedFleet & { readonly fleetOf: string | null })
  | Exclude<StudyOutcome, StudiedFleet>
  /** The fleet's regions and zones leave nothing of the kind to lose. */
  | { readonly kind: "not-applicable"; readonly reason: string };

/** A point before it is known. */
export interface AskedPoint {
  readonly name: string;
  readonly factor: number | null;
  readonly context: SizingContext;
  readonly isBase: boolean;
}

/** What is known of the scenario as it is, so that it is not sized again. */
export interface FrontierOptions extends StudyOptions {
  readonly base: SizingResult | undefined;
}

/** A fleet of a more demanding point, at another one. */
type Adapt = (fleet: StudiedFleet, from: AskedPoint, to: AskedPoint) => StudiedFleet;

/**
 * Sizes a chain of points.
 *
 * @param asked the most demanding first
 * @returns in the same order
 */
export async function sizeChain(
  asked: readonly AskedPoint[],
  options: FrontierOptions,
  adapt: Adapt,
): Promise<readonly FrontierPoint[]> {
  const found = new Map<number, StudyOutcome>();
  const size = async (place: number): Promise<StudyOutcome> => {
    const point = asked[place]!;
    const outcome =
      point.isBase && options.base !== undefined
        ? studyOutcome(options.base)
        : await sizeForStudy(point.context, options);
    found.set(place, outcome);
    return outcome;
  };
  /** Both ends are known. */
  const between = async (first: number, last: number): Promise<void> => {
    if (last - first < 2) return;
    if (isSameCost(found.get(first)!, found.get(last)!)) return;
    const middle = Math.floor((first + last) / 2);
    await size(middle);
    await between(first, middle);
    await between(middle, last);
  };
  const last = asked.length - 1;
  for (const place of new Set([0, last])) if (place >= 0) await size(place);
  await between(0, last);
  return settled(asked, found, adapt);
}

function isSameCost(a: StudyOutcome, b: StudyOutcome): boolean {
  if (a.kind !== "sized" || b.kind !== "sized" || a.verdict !== "PASS") return false;
  return Math.abs(a.usdPerHour - b.usdPerHour) <= COST_TOLERANCE * b.usdPerHour;
}

const COST_TOLERANCE = 1e-9;

/** Every point with the cheapest fleet that is known to hold there: its own, or one of a more demanding point. */
function settled(
  asked: readonly AskedPoint[],
  found: ReadonlyMap<number, StudyOutcome>,
  adapt: Adapt,
): readonly FrontierPoint[] {
  let cheapest: { readonly fleet: StudiedFleet; readonly of: AskedPoint } | undefined;
  return asked.map((point, place) => {
    const own = found.get(place);
    const isOwn =
      own !== undefined &&
      (cheapest === undefined ||
        (own.kind === "sized" &&
          (own.verdict === "PASS" || cheapest.fleet.verdict !== "PASS") &&
          own.usdPerHour <= cheapest.fleet.usdPerHour * (1 + COST_TOLERANCE)));
    const { name, factor, isBase } = point;
    if (isOwn) {
      if (own.kind === "sized" && own.verdict === "PASS") cheapest = { fleet: own, of: point };
      const outcome = own.kind === "sized" ? { ...own, fleetOf: null } : own;
      return { name, factor, isBase, outcome };
    }
    // What was not searched lies between two points, of which the first has a fleet that passes.
    const { fleet, of } = cheapest!;
    return { name, factor, isBase, outcome: { ...adapt(fleet, of, point), fleetOf: of.name } };
  });
}
