/** The budgets of the fleet's clouds: what each may cost, and who hears of it. */
import {
  AwsFleetBudget,
  type AwsFleetBudgetArgs,
  checkAwsFleetBudget,
  checkGcpFleetBudget,
  GcpFleetBudget,
  type GcpFleetBudgetArgs,
} from "../components/budget";
import type { Problem } from "../planner/plan/fleet-of-plan";
import type { FleetBudgets } from "./derive/budgets";
import type { FleetContext } from "./derive/fleet-context";
import { placeName } from "./derive/names";
import { fleetAllocation } from "./derive/place-context";
import { translateProblems } from "./derive/translate-problems";
import type { EdgeProviders } from "./edge-sites";
import { missing } from "./region-problems";
import type { EdgeSettings } from "./stack-settings";

/** Arguments of the budgets, by cloud. */
interface BudgetArgs {
  readonly aws: AwsFleetBudgetArgs | undefined;
  readonly gcp: GcpFleetBudgetArgs | undefined;
}

function budgetArgs(
  context: FleetContext,
  budgets: FleetBudgets,
  { budgetEmails = [], billingAccount = "", projectNumber = "" }: EdgeSettings,
): BudgetArgs {
  const allocation = fleetAllocation(context);
  return {
    aws: budgets.aws && { ...budgets.aws, notify: { emails: budgetEmails }, allocation },
    gcp: budgets.gcp && {
      ...budgets.gcp,
      billingAccount,
      projectNumbers: [projectNumber],
      allocation,
    },
  };
}

/** Who is told, and whose costs count. */
export function budgetProblems(
  context: FleetContext,
  budgets: FleetBudgets,
  settings: EdgeSettings,
): readonly Problem[] {
  const { budgetEmails, billingAccount, projectNumber } = settings;
  const args = budgetArgs(context, budgets, settings);
  const problems: Problem[] = [];
  if (args.aws !== undefined) {
    problems.push(
      ...(budgetEmails === undefined
        ? [missing("capplan:budgetEmails", "who hears of the budget of AWS")]
        : translateProblems(
            checkAwsFleetBudget(args.aws),
            { "notify.emails": "capplan:budgetEmails" },
            "budgets.aws",
          )),
    );
  }
  if (args.gcp === undefined) return problems;
  if (billingAccount === undefined) {
    problems.push(missing("capplan:billingAccount", "the account of Cloud Billing"));
  }
  if (projectNumber === undefined) {
    problems.push(missing("capplan:projectNumber", "the number of the project"));
  }
  if (billingAccount === undefined || projectNumber === undefined) return problems;
  const paths = {
    billingAccount: "capplan:billingAccount",
    projectNumbers: "capplan:projectNumber",
  };
  return [...problems, ...translateProblems(checkGcpFleetBudget(args.gcp), paths, "budgets.gcp")];
}

/** Registers a budget for each cloud. */
export function createBudgets(
  context: FleetContext,
  budgets: FleetBudgets,
  settings: EdgeSettings,
  providers: EdgeProviders,
): void {
  const name = placeName(context.plan.scenario.name);
  const args = budgetArgs(context, budgets, settings);
  if (args.aws !== undefined) new AwsFleetBudget(name, args.aws, { provider: providers.aws! });
  if (args.gcp !== undefined) new GcpFleetBudget(name, args.gcp, { provider: providers.gcp! });
}
