/**
 * What a plan may not say where prefill and decode are apart: an endpoint picker chooses both replicas of a request, and
 * only requests that come through the gateway get to it.
 */
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { notDeployable } from "./derived";
import { type FleetContext, poolPath } from "./fleet-context";
import { loadBalancingOf } from "./traffic-policy";

/** Everything of a fleet that cannot be deployed by phases; nothing for a fleet of unified pools. */
export function phaseProblems({ fleet, plan }: FleetContext): readonly Problem[] {
  const prefill = fleet.pools.filter(({ role }) => role === "prefill");
  if (prefill.length === 0) return [];
  const { policy } = fleet.routing;
  const models = new Set(prefill.map(({ model }) => model.name));
  const queued = plan.workloads.filter(
    ({ model, delivery }) => delivery === "queue" && models.has(model),
  );
  return [
    ...(loadBalancingOf(policy) === undefined
      ? []
      : [
          notDeployable(
            "fleet.routing.policy",
            `routing ${policy} to prefill and decode apart`,
            "Envoy chooses one replica, and a request needs two: use prefix-affinity or least-kv, which are an endpoint picker's, and size again",
          ),
        ]),
    ...queued.map(({ name, model }) =>
      notDeployable(
        `workloads.${name}.delivery`,
        `a queue in front of ${model}, whose prefill and decode are apart,`,
        "who works on messages asks replicas itself, past the endpoint picker: deliver directly, or use unified pools, and size again",
      ),
    ),
    ...prefill.flatMap((pool) => unifiedBeside(pool, fleet.pools)),
  ];
}

/** The picker would read and write every answer by phases, and leave such a pool alone. */
function unifiedBeside(pool: ResolvedPool, pools: readonly ResolvedPool[]): readonly Problem[] {
  return pools
    .filter(
      ({ role, model, regionIndex }) =>
        role === "unified" && model.name === pool.model.name && regionIndex === pool.regionIndex,
    )
    .map((unified) =>
      notDeployable(
        `${poolPath(unified)}.role`,
        `a unified pool beside ${pool.name}, which only reads prompts of the same model,`,
        "serve a model of a region by one of both, and size again",
      ),
    );
}
