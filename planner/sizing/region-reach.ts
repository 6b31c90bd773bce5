/**
 * Which region requests from a place go to, given the regions that serve their model: what the gateways and DNS of
 * the fleet do once traffic has moved, in a form that a search can reason with.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";

/** `pooled`: any region. `ordered`: by origin, regions that may serve it, the preferred one first. */
export type RegionReach =
  | { readonly kind: "pooled" }
  | { readonly kind: "ordered"; readonly orders: readonly (readonly number[])[] };

/** Of a scenario whose fleet has every region of the search; indexes are those of `fleet.regions` and `origins`. */
export function regionReach({ fleet }: Pick<ResolvedScenario, "fleet">): RegionReach {
  if (fleet.routing.regions === "any") return { kind: "pooled" };
  const { failover } = fleet.policies;
  const orders = fleet.origins.map((_, origin) => {
    const roundTrips = fleet.roundTripSeconds[origin]!;
    const allowed = fleet.regions
      .map((__, region) => region)
      .filter((region) => fleet.residency?.[origin]?.[region] ?? true);
    const nearest = allowed.toSorted((a, b) => roundTrips[a]! - roundTrips[b]! || a - b);
    return preferred(failover?.policy, origin, nearest);
  });
  return { kind: "ordered", orders };
}

type FailoverPolicy = NonNullable<ResolvedScenario["fleet"]["policies"]["failover"]>["policy"];

function preferred(
  policy: FailoverPolicy | undefined,
  origin: number,
  nearest: readonly number[],
): readonly number[] {
  switch (policy?.kind) {
    case "geo": {
      const own = policy.regionOfOrigin[origin]!;
      return nearest.includes(own) ? [own, ...nearest.filter((one) => one !== own)] : nearest;
    }
    case "primary-backup": {
      const named = policy.order.filter((region) => nearest.includes(region));
      return [
        ...named,
        ...nearest.filter((region) => !named.includes(region)).toSorted((a, b) => a - b),
      ];
    }
    default:
      return nearest;
  }
}

/** The region that an origin's requests go to: the first of its order that is open; undefined when none is. */
export function regionOf(
  order: readonly number[],
  isOpen: (region: number) => boolean,
): number | undefined {
  return order.find(isOpen);
}
