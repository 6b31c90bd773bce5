/** Budgets of a fleet: what the plan costs, told of before and after it is spent; one class per cloud. */

export { AwsFleetBudget } from "./aws-fleet-budget";
export {
  type AwsBudgetActionArgs,
  type AwsBudgetSubscribers,
  type AwsFleetBudgetArgs,
  type AwsFleetBudgetTransforms,
  checkAwsFleetBudget,
} from "./aws-fleet-budget-args";
export type { BudgetLimits, BudgetThreshold, ResolvedBudget } from "./budget-limits";
export { GcpFleetBudget } from "./gcp-fleet-budget";
export {
  checkGcpFleetBudget,
  type GcpFleetBudgetArgs,
  type GcpFleetBudgetTransforms,
} from "./gcp-fleet-budget-args";
