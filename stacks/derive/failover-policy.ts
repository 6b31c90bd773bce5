/**
 * How DNS chooses among the regions of a model, from the policy that the simulator ran. Sites are called like their
 * regions. What DNS could only do otherwise is a problem.
 */
import type { Continent, FailoverPolicy } from "../../components/dns";
import type { Problem, ResolvedFailover } from "../../planner/plan/fleet-of-plan";
import { type CatalogContinent, continentOfOrigin } from "../../planner/plan/places";
import type { FleetContext } from "./fleet-context";

/** Continents as DNS knows them: there is no Middle East. */
const CONTINENTS: Readonly<Record<CatalogContinent, Continent>> = {
  "north-america": "NA",
  "south-america": "SA",
  europe: "EU",
  asia: "AS",
  "middle-east": "AS",
  oceania: "OC",
  africa: "AF",
};

/** Route 53's largest weight; Cloud DNS takes any. */
const WEIGHT_MAX = 255;

/** The policy of the sites that serve a model; undefined after a problem. */
export function deriveFailoverPolicy(
  { fleet }: FleetContext,
  { policy }: ResolvedFailover,
  sites: readonly string[],
  problems: Problem[],
): FailoverPolicy | undefined {
  const nameOf = (index: number): string => fleet.regions[index]!.name;
  switch (policy.kind) {
    case "latency":
      return { kind: "latency" };
    case "weighted": {
      const weights = wholeWeights(policy.weights);
      if (weights === undefined) {
        problems.push({
          code: "conflict",
          path: "fleet.failover.policy.weighted",
          message: `must be in proportion to whole numbers up to ${WEIGHT_MAX}, as Route 53 takes them`,
          hint: "use such numbers and size again",
        });
        return undefined;
      }
      const named = weights.map((weight, index) => [nameOf(index), weight] as const);
      return {
        kind: "weighted",
        weights: Object.fromEntries(named.filter(([site]) => sites.includes(site))),
      };
    }
    case "primary-backup": {
      const order = policy.order.map(nameOf).filter((site) => sites.includes(site));
      return { kind: "primary-backup", order };
    }
    case "geo":
      return geoPolicy(
        fleet.origins.map((origin, index) => [origin, nameOf(policy.regionOfOrigin[index]!)]),
        sites,
        problems,
      );
  }
}

/** The same proportions in whole numbers; undefined where there are none. */
export function wholeWeights(weights: readonly number[]): readonly number[] | undefined {
  const most = Math.max(...weights);
  for (let scale = 1; scale * 1 <= WEIGHT_MAX; scale++) {
    const scaled = weights.map((weight) => (weight / most) * scale);
    const whole = scaled.map(Math.round);
    if (scaled.every((value, index) => Math.abs(value - whole[index]!) < 1e-6)) return whole;
  }
  return undefined;
}

function geoPolicy(
  regionOfOrigin: readonly (readonly [origin: string, region: string])[],
  sites: readonly string[],
  problems: Problem[],
): FailoverPolicy | undefined {
  const areas: Partial<Record<Continent, string>> = {};
  const before = problems.length;
  for (const [origin, region] of regionOfOrigin) {
    const continent = CONTINENTS[continentOfOrigin(origin) ?? "north-america"];
    const path = `fleet.failover.policy.geo.${origin}`;
    const other = areas[continent];
    if (!sites.includes(region)) {
      problems.push({
        code: "conflict",
        path,
        message: `clients go to ${region}, which does not serve every model that they ask for`,
        hint: "name a region that does, and size again",
      });
    } else if (other !== undefined && other !== region) {
      problems.push({
        code: "conflict",
        path,
        message: `DNS tells continents apart, and others of ${continent} go to ${other}, got ${region}`,
        hint: "send all origins of a continent to one region, or use latency, and size again",
      });
    } else areas[continent] = region;
  }
  if (problems.length > before) return undefined;
  const otherwise = areas.NA ?? Object.values(areas)[0] ?? sites[0]!;
  return { kind: "geo", areas, otherwise };
}
