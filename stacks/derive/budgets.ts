/** What the fleet may cost in each cloud: the plan's cost, which the accelerators of each cloud divide between them. */
import type { BudgetLimits } from "../../components/budget";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import { limitOfPlan } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import type { FleetContext } from "./fleet-context";

/** A cloud, by its name in the catalog. */
export type Cloud = "aws" | "gcp";

/** Budgets by cloud; none where the plan knows no price. */
export type FleetBudgets = Partial<Record<Cloud, BudgetLimits>>;

/** What is told of first, as shares of the budget: half of it, most of it, all of it. */
const ACTUAL_PERCENTS = [50, 80, 100];

/** The budgets of all clouds of the fleet. */
export function deriveBudgets({ plan, fleet }: FleetContext): Derived<FleetBudgets> {
  const total = limitOfPlan(plan, "fleet", "budgetUsdPerMonth");
  const alert = limitOfPlan(plan, "fleet", "budgetAlertUsdPerMonth");
  const clouds = [...new Set(fleet.regions.map(({ spec }) => spec.cloud))].toSorted();
  if (total === undefined || alert === undefined) {
    const because = "no price of the fleet is known: see the plan's warnings";
    return { args: {}, derivations: [{ what: "budgets", value: "none", because }], problems: [] };
  }
  const problems: Problem[] = [];
  const shares = sharesOf(plan.cost.lines, fleet, clouds);
  const alertPercent = Math.ceil((100 * alert.value) / total.value);
  const derivations: Derivation[] = [];
  const budgets: FleetBudgets = {};
  for (const cloud of clouds) {
    const share = shares.get(cloud) ?? 0;
    if (share === 0) continue;
    const plannedUsdPerMonth = Math.ceil(total.value * share * 100 - 1e-6) / 100;
    budgets[cloud] = {
      plannedUsdPerMonth,
      isLowerBound: plan.cost.isLowerBound,
      actualPercents: [...ACTUAL_PERCENTS, alertPercent],
    };
    derivations.push(
      {
        what: `budgets.${cloud}.plannedUsdPerMonth`,
        value: plannedUsdPerMonth,
        because:
          clouds.length === 1
            ? total.derivation
            : `${total.derivation}, times ${Number(share.toFixed(4))}, the cloud's share of the accelerators' cost`,
      },
      {
        what: `budgets.${cloud}.actualPercents`,
        value: budgets[cloud]!.actualPercents!,
        because: `half, most and all of it, and limit budgetAlertUsdPerMonth (${alert.derivation})`,
      },
      {
        what: `budgets.${cloud}.isLowerBound`,
        value: plan.cost.isLowerBound,
        because: "cost.isLowerBound of the plan",
      },
    );
  }
  return { args: budgets, derivations, problems };
}

function sharesOf(
  lines: FleetContext["plan"]["cost"]["lines"],
  fleet: FleetContext["fleet"],
  clouds: readonly Cloud[],
): ReadonlyMap<Cloud, number> {
  const usd = new Map<Cloud, number>(clouds.map((cloud) => [cloud, 0]));
  for (const { pool, usdPerHour } of lines) {
    const region = fleet.regions.find(({ name }) => pool.startsWith(`${name}/`));
    if (region === undefined || usdPerHour === null) continue;
    const { cloud } = region.spec;
    usd.set(cloud, (usd.get(cloud) ?? 0) + usdPerHour);
  }
  const sum = [...usd.values()].reduce((a, b) => a + b, 0);
  const isKnown = sum > 0;
  return new Map(
    [...usd].map(([cloud, value]) => [cloud, isKnown ? value / sum : 1 / clouds.length]),
  );
}
