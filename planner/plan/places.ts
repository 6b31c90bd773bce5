/**
 * Where the places of a fleet lie, as far as DNS has to know: the region of the other cloud that is nearest to one, and
 * the continent of an origin.
 */
import { findOrigin, findRegion } from "../catalog";
import { regions } from "../catalog/regions";
import { fibreRoundTripSeconds } from "../catalog/round-trip-times";
import type { RegionSpec } from "../catalog/specs";

export type CatalogContinent = RegionSpec["continent"];

/**
 * The region of a cloud that is nearest to a region of any: itself, where it is of that cloud. Undefined for a region
 * that the catalog does not know.
 *
 * @example nearestRegion("europe-west4", "aws") // "eu-central-1"
 */
export function nearestRegion(region: string, cloud: "aws" | "gcp"): string | undefined {
  const names = regions.filter((one) => one.cloud === cloud).map(({ name }) => name);
  return nearestOf(region, names);
}

/** The nearest of some regions to one, as the crow flies; by name where two are as near. Undefined where none is known. */
export function nearestOf(region: string, others: readonly string[]): string | undefined {
  const place = findRegion(region);
  if (!place.found) return undefined;
  const [nearest] = others
    .flatMap((name) => {
      const other = findRegion(name);
      return other.found ? [{ name, seconds: fibreRoundTripSeconds(place.row, other.row) }] : [];
    })
    .toSorted((a, b) => a.seconds - b.seconds || (a.name < b.name ? -1 : 1));
  return nearest?.name;
}

/** The continent of an origin of requests; undefined for one that the catalog does not know. */
export function continentOfOrigin(origin: string): CatalogContinent | undefined {
  const found = findOrigin(origin);
  return found.found ? found.row.continent : undefined;
}
