/**
 * A fleet that is there already, among the offers of a search: which of its pools are which offers, so that they keep
 * their names and a change of them can be told from none. A pool is what it runs on and how, whatever it is called.
 */
import { isDeepStrictEqual } from "node:util";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { FleetUnits } from "./fleet-units";
import type { Offer } from "./offer";
import { poolsOfUnit, type ServingOption } from "./serving-option";

export interface ExistingPool {
  /** Canonical. */
  readonly region: string;
  readonly name: string;
  readonly replicas: number;
  readonly pool: Pick<ResolvedPool, "model" | "instanceType" | "role" | "engine">;
}

/** The offers under the names that their pools have, and how many units of each are there. */
export function offersAsTheyAre(
  offers: readonly Offer[],
  existing: readonly ExistingPool[],
): { readonly offers: readonly Offer[]; readonly units: FleetUnits } {
  const there = offers.map((offer) => poolsThere(offer, existing));
  const units = offers.map(({ option }, index) => {
    const pools = there[index]!;
    return Math.max(
      0,
      ...pools.map(({ replicas }, place) => Math.round(replicas / option.parts[place]!.replicas)),
    );
  });
  const named = offers.map((offer, index) => {
    const names = there[index]!.map(({ name }) => name);
    const isTaken = offers.some(
      (other, otherIndex) =>
        otherIndex !== index &&
        other.region === offer.region &&
        other.option.parts.some((part) => names.includes(part.name)),
    );
    return names.length === 0 || isTaken
      ? offer
      : { ...offer, option: withNames(offer.option, names) };
  });
  return { offers: named, units };
}

/** The pools of an offer's parts, in their order; none unless each part has one. */
function poolsThere(
  { region, option }: Offer,
  existing: readonly ExistingPool[],
): readonly ExistingPool[] {
  const found = poolsOfUnit(option, []).map((wanted) =>
    existing.find(
      ({ region: place, pool }) =>
        place === region &&
        pool.model.name === wanted.model.name &&
        pool.instanceType?.name === wanted.instanceType?.name &&
        pool.role === wanted.role &&
        isDeepStrictEqual(pool.engine, wanted.engine),
    ),
  );
  return found.every((pool) => pool !== undefined) ? found : [];
}

function withNames(option: ServingOption, names: readonly string[]): ServingOption {
  const parts = option.parts.map((part, place) => ({ ...part, name: names[place]! }));
  return { ...option, name: parts.length === 1 ? names[0]! : option.name, parts };
}
