/** Fleets and scenarios with what faults and failover look at set by hand, and schedules taken to their end. */
import type { ResolvedFleet, ResolvedPool } from "../../../../planner/fleet/resolved-fleet";
import { NO_POLICIES, type ResolvedPurchase } from "../../../../planner/fleet/resolved-policies";
import {
  NO_FAULTS,
  type ResolvedFault,
  type ResolvedFaults,
} from "../../../../planner/scenario/resolved-faults";
import type { ResolvedScenario } from "../../../../planner/scenario/resolved-scenario";
import { FaultSchedule } from "../../../../planner/simulation/faults/fault-schedule";
import type { FaultTransition } from "../../../../planner/simulation/faults/fault-transition";
import { resolvedPool, resolvedScenario } from "../../../support/resolved";

export const ON_DEMAND: ResolvedPurchase = {
  committed: [],
  onDemandReplicas: Number.POSITIVE_INFINITY,
  spot: undefined,
};

/** A pool of so many replicas, all on demand, one per node, unless something else is given. */
export function poolOf(
  name: string,
  regionIndex: number,
  replicas: number,
  changes: Partial<Pick<ResolvedPool, "replicasPerNode" | "purchase">> = {},
): ResolvedPool {
  return {
    ...resolvedPool({ name, regionIndex }),
    replicas,
    replicasMin: replicas,
    replicasMax: replicas,
    replicasPerNode: 1,
    purchase: ON_DEMAND,
    ...changes,
  };
}

export interface RegionOf {
  readonly name: string;
  readonly cloud?: "aws" | "gcp";
  readonly zones?: number;
}

/** Round trips are 10 ms unless given: [origin][region]. */
export function fleetOf(
  regions: readonly RegionOf[],
  pools: readonly ResolvedPool[],
  roundTripSeconds: readonly (readonly number[])[] = [regions.map(() => 0.01)],
): ResolvedFleet {
  const { fleet } = resolvedScenario({ pools });
  const { spec } = fleet.regions[0]!;
  return {
    ...fleet,
    regions: regions.map(({ name, cloud, zones }) => ({
      name,
      spec: { ...spec, name, cloud: cloud ?? "aws" },
      zones: zones ?? 1,
    })),
    policies: NO_POLICIES,
    origins: roundTripSeconds.map((_, origin) => `origin-${origin}`),
    roundTripSeconds,
  };
}

export function faultyScenario(
  fleet: ResolvedFleet,
  faults: Partial<ResolvedFaults>,
): ResolvedScenario {
  return { ...resolvedScenario({}), fleet, faults: { ...NO_FAULTS, ...faults } };
}

export function scheduledFault(
  name: string,
  startSeconds: number,
  durationSeconds: number,
  targets: ResolvedFault["targets"] = [{ kind: "fleet" }],
): ResolvedFault {
  return {
    name,
    targets,
    effect: { kind: "lose" },
    when: { kind: "at", startSeconds, durationSeconds },
  };
}

export function randomFault(
  name: string,
  mtbfSeconds: number,
  meanRepairSeconds: number,
  targets: ResolvedFault["targets"],
): ResolvedFault {
  const repairSeconds = { kind: "exponential", mean: meanRepairSeconds } as const;
  return {
    name,
    targets,
    effect: { kind: "lose" },
    when: { kind: "random", mtbfSeconds, repairSeconds },
  };
}

/** All transitions up to the end. */
export function takeAll(
  scenario: ResolvedScenario,
  endSeconds: number,
  seed = 1,
): FaultTransition[] {
  const schedule = new FaultSchedule(scenario, seed, endSeconds);
  const taken: FaultTransition[] = [];
  while (schedule.peekSeconds < Number.POSITIVE_INFINITY) {
    const due = schedule.peekSeconds;
    const transition = schedule.take();
    if (transition.seconds !== due) throw new Error("peekSeconds is not the time of take()");
    taken.push(transition);
  }
  return taken;
}
