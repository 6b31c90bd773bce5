/**
 * From a fleet as it is simulated back to one as it is written, with nothing left to a default: what a plan holds, what
 * is deployed, and what a person may edit. Reading it gives the same fleet, to the last digit:
 * resolve(explicit(resolve(spec))) = resolve(spec). What the schema has no words for (an absent policy, an unlimited
 * time) is left out or called `none` and `unlimited`, as it would be in a scenario file.
 *
 * Only the names of regions change, to those of the catalog.
 */
import type { z } from "zod";
import { explicitPolicies } from "./explicit-policies";
import { explicitPool } from "./explicit-pool";
import type { fleetSpec } from "./fleet-spec";
import type { ResolvedFleet } from "./resolved-fleet";

/** A fleet as it is written in a file: quantities may be text with units. */
export type WrittenFleet = z.input<typeof fleetSpec>;

/** The fleet as written, every default filled in; without keys of undefined value. */
export function explicitFleet(fleet: ResolvedFleet): WrittenFleet {
  const hasGatewayRetries = fleet.policies.retry !== undefined;
  const written: WrittenFleet = {
    regions: Object.fromEntries(
      fleet.regions.map(({ name, zones }, regionIndex) => [
        name,
        {
          zones,
          pools: Object.fromEntries(
            fleet.pools
              .filter((pool) => pool.regionIndex === regionIndex)
              .map((pool) => [
                pool.name.slice(name.length + 1),
                explicitPool(pool, { hasGatewayRetries }),
              ]),
          ),
        },
      ]),
    ),
    routing: { ...fleet.routing },
    ...explicitPolicies(fleet),
  };
  return withoutUndefined(written) as WrittenFleet;
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [key, withoutUndefined(field)]));
}
