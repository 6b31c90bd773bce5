/**
 * From a fleet as written to a fleet that can be simulated: names become catalog rows, gaps become defaults, and
 * what cannot be built is refused. Problems are collected, not thrown: the scenario reports all of its own at once.
 */
import { clientRoundTrip, findOrigin, findRegion } from "../catalog";
import type { Problem } from "../foundation/errors";
import { checkFleet, checkPrices } from "./check-fleet";
import { checkQueue } from "./check-queue";
import { REGION_DEFAULTS, ROUTING_DEFAULTS } from "./defaults";
import type { FleetSpec, RoutingSpec } from "./fleet-spec";
import { poolPath, unknown } from "./names";
import { coldStartGiven, spotGiven } from "./resolve-capacity";
import { resolveFailover } from "./resolve-failover";
import { resolvePolicies } from "./resolve-policies";
import { resolvePool, withCircuitBreakers } from "./resolve-pool";
import type { FleetPrices } from "./resolve-price";
import { resolveResidency } from "./resolve-residency";
import type { ResolvedFleet, ResolvedRegion, ResolvedRouting } from "./resolved-fleet";

/** What a fleet is resolved with beside its own text. */
export interface FleetContext {
  /** Canonical names of the places requests come from. */
  readonly origins: readonly string[];
  readonly prices: FleetPrices;
}

/** Resolves a fleet. Pools with problems are left out of the answer. */
export function resolveFleet(
  spec: FleetSpec,
  { origins, prices }: FleetContext,
  problems: Problem[],
): ResolvedFleet {
  const regions = resolveRegions(spec, problems);
  refuseEmpty(spec, regions, problems);
  const shared = {
    fleet: spec,
    coldStart: coldStartGiven(spec.coldStart, "fleet.coldStart", problems),
    spot: spotGiven(spec.spot, "fleet.spot", problems),
    prices,
  };
  const drafts = regions.flatMap(({ key, spec: row }, regionIndex) =>
    Object.entries(spec.regions[key]?.pools ?? {})
      .toSorted(byName)
      .flatMap(([name, pool]) => {
        const placed = { path: poolPath(key, name), region: key, name: `${key}/${name}`, pool };
        const place = { name: `${row.name}/${name}`, region: row, regionIndex };
        const resolved = resolvePool(placed, { ...place, ...shared }, problems);
        return resolved === undefined ? [] : [{ placed, resolved }];
      }),
  );
  const routing = resolveRouting(spec.routing ?? {});
  checkFleet(spec, routing, problems);
  checkPrices(drafts, routing, problems);
  const failover =
    spec.failover === undefined
      ? undefined
      : resolveFailover(spec.failover, { fleet: spec, regions, origins }, problems);
  const policies = resolvePolicies(spec, failover);
  const residency =
    spec.residency === undefined
      ? undefined
      : resolveResidency(spec.residency, { fleet: spec, regions, origins }, problems);
  if (spec.queue !== undefined)
    checkQueue(spec.queue, policies.queue, policies.timeout, regions, problems);
  return {
    regions: regions.map(({ name, spec: row, zones }) => ({ name, spec: row, zones })),
    pools: withCircuitBreakers(spec, drafts, policies.gateway),
    routing,
    policies,
    ...(residency === undefined ? {} : { residency }),
    origins,
    roundTripSeconds: origins.map((origin) => roundTripsFrom(origin, regions)),
  };
}

/** A place without pools is for `capplan size` to fill. */
function refuseEmpty(spec: FleetSpec, regions: readonly NamedRegion[], problems: Problem[]): void {
  const empty = regions.filter(
    ({ key }) => Object.keys(spec.regions[key]?.pools ?? {}).length === 0,
  );
  if (empty.length === regions.length && empty.length > 0) {
    problems.push({
      code: "empty",
      path: "fleet.regions",
      message: "none has a pool, so that there is nothing to run",
      hint: "let `capplan size` find out which, or add some",
    });
    return;
  }
  for (const { key } of empty) {
    problems.push({
      code: "empty",
      path: `fleet.regions.${key}.pools`,
      message: "needs at least one pool",
      hint: "add one, or let `capplan size` find out which",
    });
  }
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

interface NamedRegion extends ResolvedRegion {
  /** As written in the scenario. */
  readonly key: string;
}

function resolveRegions(spec: FleetSpec, problems: Problem[]): NamedRegion[] {
  const regions: NamedRegion[] = [];
  for (const [key, { zones }] of Object.entries(spec.regions)) {
    const path = `fleet.regions.${key}`;
    const lookup = findRegion(key);
    if (!lookup.found) {
      problems.push(unknown(path, "region", key, lookup.hint, "regions"));
      continue;
    }
    const twin = regions.find(({ name }) => name === lookup.row.name);
    if (twin !== undefined) {
      const message = `is the same region as ${twin.key}`;
      problems.push({
        code: "conflict",
        path,
        message,
        hint: "put all of its pools under one name",
      });
      continue;
    }
    const { row } = lookup;
    regions.push({ key, name: row.name, spec: row, zones: zones ?? REGION_DEFAULTS.zones.value });
  }
  return regions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function roundTripsFrom(name: string, regions: readonly ResolvedRegion[]): number[] {
  const origin = findOrigin(name);
  return regions.map(({ spec }) =>
    origin.found ? clientRoundTrip(origin.row, spec).seconds : Number.NaN,
  );
}

function resolveRouting(spec: RoutingSpec): ResolvedRouting {
  return {
    policy: spec.policy ?? ROUTING_DEFAULTS.policy.value,
    regions: spec.regions ?? ROUTING_DEFAULTS.regions.value,
    spillOutstanding: spec.spillOutstanding ?? ROUTING_DEFAULTS.spillOutstanding.value,
    affinitySlack: spec.affinitySlack ?? ROUTING_DEFAULTS.affinitySlack.value,
  };
}
