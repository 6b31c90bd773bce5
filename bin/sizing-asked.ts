/**
 * What `capplan size` is asked: whether a fleet is searched or the one that is there is verified, in which scenario, and
 * which plan was there before.
 */
import type { CapacityPlan } from "../planner/plan/plan-spec";
import type { FleetChange } from "../planner/report/sizing/sizing-report";
import type { SizingContext } from "../planner/sizing/evaluation-job";
import type { SizingOptions } from "../planner/sizing/size-fleet";
import type { SizedFleet, VerifiedFleet } from "../planner/sizing/sizing-result";
import { displayPath, type Io } from "./io";
import type { LoadedSpec } from "./load-scenario";
import { readTextFile } from "./read-text-file";

export interface AskedOptions {
  readonly seed?: number;
  /** undefined: what the scenario asks for by itself. */
  readonly verify?: boolean;
  readonly from?: string;
}

/** A plan that is changed as little as pays. */
export interface PlanBefore {
  readonly name: string;
  readonly plan: CapacityPlan;
  readonly existing: NonNullable<SizingOptions["existing"]>;
  /** Replicas by `region/pool`. */
  readonly replicas: ReadonlyMap<string, number>;
}

/** @param usdPerReplicaHour what a replica more or less is taken to cost */
export async function planBefore(
  io: Io,
  from: string | undefined,
  usdPerReplicaHour: number,
): Promise<PlanBefore | undefined> {
  if (from === undefined) return undefined;
  const { readPlan } = await import("../planner/plan/read-plan");
  const { fleetOfPlan } = await import("../planner/plan/fleet-of-plan");
  const name = displayPath(io, from);
  const plan = readPlan(readTextFile(io, from, "a plan"), { source: name });
  const { pools, regions } = fleetOfPlan(plan);
  const existing = pools.map((pool) => {
    const region = regions[pool.regionIndex]!.name;
    const { replicasMax: replicas } = pool;
    return { region, name: pool.name.slice(region.length + 1), replicas, pool };
  });
  return {
    name,
    plan,
    existing: { pools: existing, usdPerHour: usdPerReplicaHour },
    replicas: new Map(pools.map((pool) => [pool.name, pool.replicasMax])),
  };
}

export interface Asked {
  readonly verifies: boolean;
  readonly context: SizingContext;
  readonly seed: number;
  readonly notes: readonly string[];
}

/** From what the command line says to what is searched or verified. */
export async function whatIsAsked(
  { name, plan, spec: loadedSpec, traces }: LoadedSpec,
  { seed: given, verify, from }: AskedOptions,
): Promise<Asked> {
  const { SCENARIO_DEFAULTS } = await import("../planner/scenario/defaults");
  const notes: string[] = [];
  let spec = loadedSpec;
  let verifies = verify === true;
  if (plan !== undefined) {
    const { withinItsRegions } = await import("../planner/plan/search-of-plan");
    const { checkDigest } = await import("../planner/plan/plan-digest");
    const inside = withinItsRegions(spec);
    spec = inside.spec;
    for (const path of inside.left) {
      notes.push(
        `${name}: ${path} is of a region that the plan's fleet does not have, and is left out`,
      );
    }
    const isEdited = !checkDigest(plan).isIntact;
    verifies = verify ?? (isEdited && from === undefined);
    if (verify === undefined && verifies) {
      notes.push(
        `${name} was edited after it was verified: the fleet that it has now is verified as it is (--no-verify sizes it anew)`,
      );
    }
    if (!verifies) {
      notes.push(
        `only the regions of ${name} are looked at; size its scenario file to look at others`,
      );
    }
  }
  const seed = given ?? spec.seed ?? SCENARIO_DEFAULTS.seed.value;
  return { verifies, context: { spec: { ...spec, seed }, traces: [...traces] }, seed, notes };
}

/** Pool by pool, against the plan before. */
export function changeOf(
  { pools }: SizedFleet | VerifiedFleet,
  before: PlanBefore | undefined,
): FleetChange | null {
  if (before === undefined) return null;
  const after = new Map(pools.map(({ region, name, replicas }) => [`${region}/${name}`, replicas]));
  const names = [...new Set([...before.replicas.keys(), ...after.keys()])].toSorted();
  return {
    from: before.name,
    beforeUsdPerHour: before.plan.cost.usdPerHour,
    usdPerReplicaHour: before.existing.usdPerHour,
    pools: names.map((pool) => ({
      pool,
      before: before.replicas.get(pool) ?? 0,
      after: after.get(pool) ?? 0,
    })),
  };
}
