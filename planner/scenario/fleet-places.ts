/** Regions of a fleet as written, by their canonical names: what the parts of `search` and `survive` refer to. */
import { findRegion } from "../catalog";
import type { RegionSpec } from "../catalog/specs";
import type { FleetSpec } from "../fleet/fleet-spec";
import { unknown } from "../fleet/names";
import type { Problem } from "../foundation/errors";

/** Catalog rows of the fleet's regions; those that the catalog does not know are left out. */
export function regionsOf({ regions }: FleetSpec): readonly RegionSpec[] {
  return Object.keys(regions).flatMap((name) => {
    const lookup = findRegion(name);
    return lookup.found ? [lookup.row] : [];
  });
}

/** Canonical name of a region of the fleet; undefined after a problem. */
export function placeOf(
  written: string,
  path: string,
  fleet: FleetSpec,
  problems: Problem[],
): string | undefined {
  const lookup = findRegion(written);
  if (!lookup.found) {
    problems.push(unknown(path, "region", written, lookup.hint, "regions"));
    return undefined;
  }
  if (regionsOf(fleet).includes(lookup.row)) return lookup.row.name;
  const message = `${written} is not a region of this fleet`;
  problems.push({ code: "conflict", path, message, hint: "add it to fleet.regions" });
  return undefined;
}
