/**
 * The scenario that one evaluation of the search runs: some workloads, the pools of a fleet, the policies that go
 * with these pools, and a part of the fleet that is gone.
 */
import { findOrigin, findRegion } from "../catalog";
import { clientRoundTrip } from "../catalog/round-trip-times";
import type { FleetSpec, PoolSpec } from "../fleet/fleet-spec";
import type { TargetSpec } from "../scenario/faults-spec";
import type { ScenarioSpec } from "../scenario/scenario-spec";
import type { PoolsByRegion } from "./fleet-units";

/**
 * `from`: only the requests from these places, as many as there are. `beside`: requests from clients beside this
 * region, so that no round trip is long, at a steady rate per second for each workload whose rate is given.
 */
export type Clients =
  | { readonly from: readonly string[] }
  | { readonly beside: string; readonly perSecond: Readonly<Record<string, number>> };

export interface EvaluatedParts {
  readonly pools: PoolsByRegion;
  /** Names; all when absent. */
  readonly workloads?: readonly string[];
  /** Whose requests are looked at; all when absent. */
  readonly clients?: Clients;
  /** Gone from the start to the end. */
  readonly loss?: readonly TargetSpec[];
}

/** The scenario as written, with these parts. Its own faults, cases and pools stay out. */
export function evaluatedScenario(spec: ScenarioSpec, parts: EvaluatedParts): ScenarioSpec {
  const { pools, workloads, clients, loss } = parts;
  const { faults: _, stress: __, stressed: ___, survive: ____, search: _____, ...rest } = spec;
  const chosen = Object.entries(spec.workloads).filter(
    ([name]) => workloads === undefined || workloads.includes(name),
  );
  const isElsewhere = clients !== undefined && "beside" in clients;
  return {
    ...rest,
    workloads: Object.fromEntries(
      chosen.map(([name, workload]) => [
        name,
        isElsewhere ? { ...workload, origins: { [clients.beside]: 1 } } : workload,
      ]),
    ),
    // Only those places are looked at whose requests these regions may serve.
    fleet: fleetWith(spec.fleet, pools, clients !== undefined),
    ...(loss === undefined ? {} : { faults: [{ name: "loss", at: 0, lose: [...loss] }] }),
  };
}

/**
 * The fleet's policies around other pools. What has nothing to act on is left out: failover of a single region, rules
 * for regions that are not used, bounds of autoscaling and spot capacity where the pools have none.
 */
export function fleetWith(fleet: FleetSpec, pools: PoolsByRegion, isPlaceless: boolean): FleetSpec {
  const { failover, residency, spot, autoscaling, ...policies } = fleet;
  const used = Object.keys(pools).toSorted();
  const written = new Map(
    Object.entries(fleet.regions).map(([name, region]) => [canonical(name), region]),
  );
  const all = Object.values(pools).flatMap((byName): PoolSpec[] => Object.values(byName));
  const buysSpot = all.some(({ purchase }) => (purchase?.spot ?? 0) !== 0);
  const scales = all.some(({ replicas }) => typeof replicas !== "number");
  return {
    ...policies,
    regions: Object.fromEntries(
      used.map((name) => [name, { ...written.get(name), pools: { ...pools[name] } }]),
    ),
    ...(failover === undefined || used.length < 2
      ? {}
      : { failover: { ...failover, ...policyFor(failover, used, residency ?? {}) } }),
    ...(residency === undefined || isPlaceless ? {} : { residency: within(residency, used) }),
    ...(spot === undefined || !buysSpot ? {} : { spot }),
    ...(autoscaling === undefined || !scales ? {} : { autoscaling }),
  };
}

type Failover = NonNullable<FleetSpec["failover"]>;

/** The rule of a failover policy for the regions that are used, as `region-reach.ts` has it. */
function policyFor(
  { policy }: Failover,
  used: readonly string[],
  residency: NonNullable<FleetSpec["residency"]>,
): Pick<Failover, "policy"> {
  if (policy === undefined || policy === "latency") return policy === undefined ? {} : { policy };
  const isUsed = (name: string): boolean => used.includes(canonical(name));
  if ("primaryBackup" in policy) {
    const named = policy.primaryBackup.filter(isUsed).map(canonical);
    return { policy: { primaryBackup: [...new Set([...named, ...used])] } };
  }
  if ("weighted" in policy) {
    return { policy: { weighted: entriesWhere(policy.weighted, ([name]) => isUsed(name)) } };
  }
  const geo = Object.entries(policy.geo).map(([origin, region]) => {
    if (isUsed(region)) return [origin, region] as const;
    // As when its region is down; the others keep theirs.
    const allowed = residency[origin]?.map(canonical) ?? used;
    const near = nearest(
      origin,
      used.filter((name) => allowed.includes(name)),
    );
    return [origin, near ?? used[0]!] as const;
  });
  return { policy: { geo: Object.fromEntries(geo) } };
}

/** By round trip, and of equal ones the first. */
function nearest(origin: string, regions: readonly string[]): string | undefined {
  const from = findOrigin(origin);
  if (!from.found) return regions[0];
  const seconds = (name: string): number => {
    const to = findRegion(name);
    return to.found ? clientRoundTrip(from.row, to.row).seconds : Number.POSITIVE_INFINITY;
  };
  return regions.toSorted((a, b) => seconds(a) - seconds(b))[0];
}

function within(
  residency: NonNullable<FleetSpec["residency"]>,
  used: readonly string[],
): NonNullable<FleetSpec["residency"]> {
  return Object.fromEntries(
    Object.entries(residency).map(([origin, regions]) => [
      origin,
      regions.filter((name) => used.includes(canonical(name))),
    ]),
  );
}

function entriesWhere<Value>(
  map: Readonly<Record<string, Value>>,
  keep: (entry: readonly [string, Value]) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).filter(keep));
}

function canonical(region: string): string {
  const lookup = findRegion(region);
  return lookup.found ? lookup.row.name : region;
}
