/** Rules of the budget: a fleet that costs more than its plan is noticed while the month lasts. */
import { fleetOfPlan, limitOfPlan } from "../../planner/plan/fleet-of-plan";
import { oneOrMore, shown, UNKNOWN, valueAt } from "./plain-values";
import { type PlanConfig, planConfigProperties, planOfStack } from "./plan-of-stack";
import { type Breach, type JudgedInStack, ofType, stackRule } from "./rule";

const AWS = "aws:budgets/budget:Budget";
const GCP = "gcp:billing/budget:Budget";

/** By type: where the amount and whom it alarms stand. */
const PATHS: Readonly<Record<string, { readonly amount: string; readonly alarms: string }>> = {
  [AWS]: { amount: "limitAmount", alarms: "notifications" },
  [GCP]: { amount: "amount.specifiedAmount.units", alarms: "thresholdRules" },
};

/** The layer that is there once for a fleet has the budgets of all clouds that the fleet is on. */
export const fleetHasBudget = stackRule<PlanConfig>({
  name: "fleet-has-budget",
  description: "Each cloud of the fleet has a budget that alarms, no larger than the plan's.",
  severity: "medium",
  configSchema: { properties: planConfigProperties },
  breachesOf: (resources, config) => {
    const budgets = [...ofType(resources, AWS), ...ofType(resources, GCP)];
    const { plan, layer, problem } = planOfStack(resources[0]?.urn ?? "", config);
    const silent = budgets.flatMap(silence);
    if (layer !== "edge") return silent;
    if (plan === undefined) return [...silent, { message: problem! }];
    const clouds = new Set(
      fleetOfPlan(plan).regions.map(({ spec }) => (spec.cloud === "gcp" ? GCP : AWS)),
    );
    const missing = [...clouds]
      .filter((type) => ofType(budgets, type).length === 0)
      .map((type) => ({
        message: `no ${type}, although the fleet has regions on that cloud; add a budget to the edge layer`,
      }));
    const limit = limitOfPlan(plan, "fleet", "budgetAlertUsdPerMonth")?.value;
    return [...silent, ...missing, ...budgets.flatMap((one) => tooLarge(one, limit))];
  },
});

/** A budget that tells nobody is a number. */
function silence({ type, urn, props }: JudgedInStack): readonly Breach[] {
  const { alarms } = PATHS[type]!;
  const value = valueAt(props, alarms);
  if (value === UNKNOWN || oneOrMore(value).length > 0) return [];
  return [{ urn, message: `${alarms}: must say when to alarm, got nothing` }];
}

/** Beyond what autoscaling and a bad month may add to the planned cost, an alarm comes too late. */
function tooLarge({ type, urn, props }: JudgedInStack, limit: number | undefined): Breach[] {
  const { amount } = PATHS[type]!;
  const value = valueAt(props, amount);
  if (limit === undefined || typeof value !== "string" || Number(value) <= limit) return [];
  const message = `${amount}: must be at most the ${limit} USD a month of the plan, got ${shown(value)}; take budgetUsdPerMonth of the plan`;
  return [{ urn, message }];
}
