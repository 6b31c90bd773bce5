/** Plans of random fleets: workloads and evidence of a scenario that really ran, limits derived as sizing derives them. */
import type * as fc from "fast-check";
import { explicitFleet } from "../../../planner/fleet/explicit-fleet";
import { deriveLimits } from "../../../planner/plan/derive-limits";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { type FleetContext, fleetContext } from "../../../stacks/derive/fleet-context";
import { readFleet } from "../../planner/fleet/small-fleet";
import { writtenFleet } from "../../support/random-fleet-spec";
import type { PlannedCase } from "../../support/small-plan";

/** A random fleet in a plan; undefined when nothing good was left of the fleet. */
export function randomContext(base: PlannedCase): fc.Arbitrary<FleetContext | undefined> {
  const { resolved, runs, cost } = base.input;
  return writtenFleet.map((written) => {
    const { fleet } = written === undefined ? { fleet: undefined } : readFleet(written);
    if (fleet === undefined) return undefined;
    const { limits } = deriveLimits({ ...resolved, fleet, runs, cost });
    const plan: CapacityPlan = { ...base.plan, fleet: explicitFleet(fleet), limits: [...limits] };
    return fleetContext(plan);
  });
}

/** Every value in a tree that is no map and no list, with its path. */
export function leavesOf(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    return leavesOf(item, `${path}${step}`);
  });
}
