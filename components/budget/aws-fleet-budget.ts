/** The budget of a fleet on AWS: what was planned, and who is told before and after it is spent. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { type AwsFleetBudgetArgs, checkAwsFleetBudget } from "./aws-fleet-budget-args";
import { type ResolvedBudget, resolveBudget } from "./budget-limits";

/** A tenth of the budget, beyond what was expected, is worth a message. */
const ANOMALY_SHARE = 0.1;

/**
 * A monthly budget in US dollars, notifications of what is spent and of what is going to be, on demand an action that
 * keeps new nodes from being made, a monitor of anomalies, and the activation of the tags by which a bill is split. Costs
 * are amortized: what was paid ahead counts in the month in which it is used, as it does in a plan.
 *
 * Refused: a budget of nothing, or that nobody is told of; an action at or below what was planned; anomalies without a
 * tag.
 *
 * Budgets see a cost 8 to 24 hours after it arose, and forecast only after five weeks. The alert CapplanCostAbovePlan of
 * FleetMonitoring sees the replicas at once, and none of the other costs.
 *
 * **Cost**: the budget, its notifications and the monitor are free; a budget with an action is billed by the day beyond
 * the account's first two.
 *
 * @example
 * new AwsFleetBudget("support-budget", {
 *   plannedUsdPerMonth: 402_000, forecast: { p50UsdPerMonth: 410_000, p90UsdPerMonth: 470_000 },
 *   scope: { workload: "support-chat" }, notify: { emails: ["finance@example.com"] },
 * }, { provider });
 */
export class AwsFleetBudget extends pulumi.ComponentResource {
  readonly usdPerMonth: number;
  /** How the amount follows from the plan. */
  readonly derivation: string;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsFleetBudgetArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsFleetBudget "${name}"`, [
      ...checkComponentName(name),
      ...checkAwsFleetBudget(args),
    ]);
    super(componentType("budget", "AwsFleetBudget"), name, {}, opts);
    const place: BudgetPlace = {
      name,
      args,
      resolved: resolveBudget(args),
      // Budgets have to be told what they are, too: an account with tags on everything has no exceptions.
      tags: { ...awsTags(args.allocation ?? args.scope ?? {}), "capplan:component": name },
      opts: placedChildOptions(this, "aws"),
    };

    const budget = createBudget(place);
    createAction(place, budget);
    createAnomalyMonitor(place);
    activateTags(place);

    this.usdPerMonth = place.resolved.usdPerMonth;
    this.derivation = place.resolved.derivation;
    this.registerOutputs({ usdPerMonth: this.usdPerMonth, derivation: this.derivation });
  }
}

/** A budget that is being made. */
interface BudgetPlace {
  readonly name: string;
  readonly args: AwsFleetBudgetArgs;
  readonly resolved: ResolvedBudget;
  readonly tags: Readonly<Record<string, string>>;
  readonly opts: pulumi.CustomResourceOptions;
}

/** The tag by which costs are told apart. */
function scopeTag({ args: { scope } }: BudgetPlace): readonly [string, string] | undefined {
  return scope === undefined ? undefined : Object.entries(awsTags(scope))[0];
}

function createBudget(place: BudgetPlace): aws.budgets.Budget {
  const { name, args, resolved, tags, opts } = place;
  const { snsTopicArns = [], emails = [] } = args.notify;
  const tag = scopeTag(place);
  return new aws.budgets.Budget(
    ...transformed<aws.budgets.BudgetArgs>(
      args.transform?.budget,
      childName(name, "month"),
      {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(resolved.usdPerMonth),
        limitUnit: "USD",
        // The API takes an expression and a metric, or neither and kinds of cost.
        ...(tag === undefined
          ? { costTypes: { useAmortized: true } }
          : {
              metrics: "AmortizedCost",
              filterExpression: {
                tags: { key: tag[0], values: [tag[1]], matchOptions: ["EQUALS"] },
              },
            }),
        notifications: resolved.thresholds.map(({ basis, percent }) => ({
          comparisonOperator: "GREATER_THAN",
          notificationType: basis === "actual" ? "ACTUAL" : "FORECASTED",
          threshold: percent,
          thresholdType: "PERCENTAGE",
          subscriberEmailAddresses: [...emails],
          subscriberSnsTopicArns: [...snsTopicArns],
        })),
        tags,
      },
      opts,
    ),
  );
}

function createAction({ name, args, tags, opts }: BudgetPlace, budget: aws.budgets.Budget): void {
  const { action, notify } = args;
  if (action === undefined) return;
  const { snsTopicArns = [], emails = [] } = notify;
  new aws.budgets.BudgetAction(
    childName(name, "action"),
    {
      budgetName: budget.name,
      actionType: "APPLY_IAM_POLICY",
      approvalModel: action.approval ?? "MANUAL",
      executionRoleArn: action.executionRoleArn,
      notificationType: "ACTUAL",
      actionThreshold: { actionThresholdType: "PERCENTAGE", actionThresholdValue: action.percent },
      definition: {
        iamActionDefinition: { policyArn: action.policyArn, roles: [...action.roleNames] },
      },
      subscribers: [
        ...snsTopicArns.map((address) => ({ address, subscriptionType: "SNS" })),
        ...emails.map((address) => ({ address, subscriptionType: "EMAIL" })),
      ],
      tags,
    },
    opts,
  );
}

function createAnomalyMonitor(place: BudgetPlace): void {
  const { name, args, resolved, tags, opts } = place;
  const tag = scopeTag(place);
  if (tag === undefined) return;
  const { snsTopicArns = [], emails = [] } = args.notify;
  const monitorName = childName(name, "anomalies");
  const monitor = new aws.costexplorer.AnomalyMonitor(
    ...transformed<aws.costexplorer.AnomalyMonitorArgs>(
      args.transform?.anomalyMonitor,
      monitorName,
      {
        name: monitorName,
        monitorType: "CUSTOM",
        monitorSpecification: JSON.stringify({ Tags: { Key: tag[0], Values: [tag[1]] } }),
        tags,
      },
      opts,
    ),
  );
  const usd = args.anomalyUsdMin ?? Math.ceil(resolved.usdPerMonth * ANOMALY_SHARE);
  // A topic is told at once and nothing else; mail comes once a day and not at once (CreateAnomalySubscription).
  for (const { what, frequency, type, addresses } of [
    { what: "topic", frequency: "IMMEDIATE", type: "SNS", addresses: snsTopicArns },
    { what: "mail", frequency: "DAILY", type: "EMAIL", addresses: emails },
  ] as const) {
    if (addresses.length === 0) continue;
    const subscriptionName = childName(monitorName, what);
    new aws.costexplorer.AnomalySubscription(
      ...transformed<aws.costexplorer.AnomalySubscriptionArgs>(
        args.transform?.anomalySubscription,
        subscriptionName,
        {
          name: subscriptionName,
          frequency,
          monitorArnLists: [monitor.arn],
          subscribers: addresses.map((address) => ({ type, address })),
          thresholdExpression: {
            dimension: {
              key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
              matchOptions: ["GREATER_THAN_OR_EQUAL"],
              values: [String(usd)],
            },
          },
          tags,
        },
        opts,
      ),
    );
  }
}

/** Everything that components write on resources. */
const EVERY_TAG = Object.keys(
  awsTags({ workload: "-", tenant: "-", model: "-", planDigest: "-", region: "-", pool: "-" }),
);

function activateTags({ name, args, opts }: BudgetPlace): void {
  if (args.activatesTags !== true) return;
  for (const tagKey of EVERY_TAG) {
    new aws.costexplorer.CostAllocationTag(
      childName(name, "tag", tagKey.replace("capplan:", "")),
      { tagKey, status: "Active" },
      opts,
    );
  }
}
