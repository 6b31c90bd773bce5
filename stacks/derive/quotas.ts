/**
 * The quotas that a region must give before its pools can be there. Every way in which a pool is bought needs its row in
 * the plan's limits: a region without it was never asked about, and would fail in the middle of a deployment.
 */
import { limitOfPlan, type Problem } from "../../planner/plan/fleet-of-plan";
import type { PlanLimit } from "../../planner/plan/plan-spec";
import type { PlaceContext } from "./place-context";

/** A quota to have before the foundation is put up. */
export interface NeededQuota {
  /** `h100-sxm-80gb on-demand`, `P instances on-demand`. */
  readonly subject: string;
  readonly value: number;
  readonly unit: string;
}

/** Every quota of a place. */
export function neededQuotas({ plan, region }: PlaceContext): readonly NeededQuota[] {
  return plan.limits
    .filter(({ of, name }) => of === region.name && isQuota(name))
    .map(({ subject, value, unit }) => ({ subject: subject ?? "", value, unit }));
}

function isQuota(name: PlanLimit["name"]): boolean {
  return name === "acceleratorQuota" || name === "vcpuQuota";
}

/** Pools whose capacity no quota of the plan speaks of. */
export function quotaProblems({ plan, region, pools }: PlaceContext): readonly Problem[] {
  const missing = pools.flatMap((pool) => {
    const nodes = (name: Parameters<typeof limitOfPlan>[2]): number =>
      limitOfPlan(plan, pool.name, name)?.value ?? 0;
    const bought = {
      "on-demand": nodes("reservedNodes") + nodes("onDemandNodesMax"),
      spot: nodes("spotNodesMax"),
      "capacity-block": nodes("capacityBlockNodes"),
    };
    return Object.entries(bought)
      .filter(([, count]) => count > 0)
      .map(([purchase]) => `${pool.accelerator.name} ${purchase}`)
      .filter(
        (subject) => limitOfPlan(plan, region.name, "acceleratorQuota", subject) === undefined,
      );
  });
  return [...new Set(missing)].map((subject) => ({
    code: "missing",
    path: "limits",
    message: `acceleratorQuota of ${region.name} says nothing of ${subject}, so that nobody has asked for it`,
    hint: "make the plan again: capplan size",
  }));
}
