/** What the stacks take out of a plan: its fleet in numbers, and its limits by name. */
import { resolveFleet } from "../fleet/resolve-fleet";
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { resolvePrices } from "../scenario/resolve-prices";
import type { LimitName } from "./limit-names";
import type { CapacityPlan, PlanLimit } from "./plan-spec";
import { scenarioOfPlan } from "./scenario-of-plan";

export type {
  ResolvedFleet,
  ResolvedPool,
  ResolvedRegion,
  RoutingPolicy,
} from "../fleet/resolved-fleet";
export type {
  ResolvedAutoscaling,
  ResolvedFailover,
  ResolvedPolicies,
  ResolvedRateLimit,
  ResolvedScalingRules,
} from "../fleet/resolved-policies";
export { describeProblem, PlannerError, type Problem } from "../foundation/errors";

/**
 * The fleet of a plan as it is simulated, in base units.
 *
 * @throws PlannerError with everything that is wrong with an edited fleet
 */
export function fleetOfPlan(plan: CapacityPlan): ResolvedFleet {
  const problems: Problem[] = [];
  const origins = plan.workloads.flatMap((workload) => workload.origins.map(({ name }) => name));
  const sorted = [...new Set(origins)].sort();
  const spec = scenarioOfPlan(plan);
  const { book, prices } = resolvePrices(spec.prices, problems);
  const context = { origins: sorted, prices: { book, estimateSpot: prices.estimateSpot } };
  const fleet = resolveFleet(spec.fleet, context, problems);
  if (problems.length > 0) throw new PlannerError(problems);
  return fleet;
}

/**
 * A limit of a place; undefined where the plan has none of it.
 *
 * @param of `fleet`, a region, or `region/pool`
 * @param subject where a place has several of the name
 * @example limitOfPlan(plan, "us-east-1/h100", "acceleratorsMax")?.value // 24
 */
export function limitOfPlan(
  { limits }: Pick<CapacityPlan, "limits">,
  of: string,
  name: LimitName,
  subject: string | null = null,
): PlanLimit | undefined {
  return limits.find(
    (limit) => limit.of === of && limit.name === name && limit.subject === subject,
  );
}
