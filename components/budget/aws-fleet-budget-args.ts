/** Arguments of AwsFleetBudget: what they mean, what is refused, and what they are when left out. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkUnique } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { type BudgetLimits, checkBudgetLimits, checkScope } from "./budget-limits";

/** Who is told. At least one of both. */
export interface AwsBudgetSubscribers {
  /** Topics of SNS whose policy lets `budgets.amazonaws.com` and `costalerts.amazonaws.com` publish. At most one. */
  readonly snsTopicArns?: readonly pulumi.Input<string>[];
  /** At most ten. Known early. */
  readonly emails?: readonly string[];
}

/** What AWS does by itself once so much is spent: attaches a policy that denies. Known early, but for identifiers. */
export interface AwsBudgetActionArgs {
  /** Share of the budget that is spent, percent. */
  readonly percent: number;
  /** Roles that get the policy, by name: those that make nodes, so that no new ones are made. */
  readonly roleNames: readonly pulumi.Input<string>[];
  /** The policy: one that denies `ec2:RunInstances`, say. */
  readonly policyArn: pulumi.Input<string>;
  /** Role that AWS Budgets takes for it. */
  readonly executionRoleArn: pulumi.Input<string>;
  /** Whether a person has to agree first. @default "MANUAL", because it stops a fleet that serves */
  readonly approval?: "MANUAL" | "AUTOMATIC";
}

/** Changes to single resources, in the provider's words. */
export interface AwsFleetBudgetTransforms {
  readonly budget?: Transform<aws.budgets.BudgetArgs>;
  readonly anomalyMonitor?: Transform<aws.costexplorer.AnomalyMonitorArgs>;
  readonly anomalySubscription?: Transform<aws.costexplorer.AnomalySubscriptionArgs>;
}

/** Arguments of AwsFleetBudget. */
export interface AwsFleetBudgetArgs extends BudgetLimits {
  readonly notify: AwsBudgetSubscribers;
  /**
   * Which costs count: those with this tag. Exactly one field, because a monitor of anomalies knows one tag. A plan's
   * digest changes with every plan, so that a budget by it begins anew; a tag counts from the day on which it was
   * activated. Known early. @default - the whole account, and no monitor of anomalies, of which an account has one
   */
  readonly scope?: Allocation;
  /**
   * Whether the tags of all components are activated for cost allocation, which is once per payer account, and only
   * possible once some resource has carried them for a day. Known early. @default false
   */
  readonly activatesTags?: boolean;
  /** Known early, but for identifiers. @default - nothing but messages */
  readonly action?: AwsBudgetActionArgs;
  /**
   * Cost beyond what was expected at which an anomaly is told of, US dollars, above 0; with `scope` only. Known early.
   * @default - a tenth of the budget
   */
  readonly anomalyUsdMin?: number;
  /** Who pays for the resources of this component, which are free. @default - as scope */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: AwsFleetBudgetTransforms;
}

/** Subscribers of one notification (AWS Budgets, CreateBudget: 1 topic and 10 addresses). */
const TOPICS_MAX = 1;
const EMAILS_MAX = 10;

/** What is wrong with the arguments. */
export function checkAwsFleetBudget(args: AwsFleetBudgetArgs): readonly InputProblem[] {
  const { action, anomalyUsdMin } = args;
  const { snsTopicArns = [], emails = [] } = args.notify;
  const problems: InputProblem[] = [
    ...checkBudgetLimits(args),
    ...checkUnique("notify.emails", emails),
    ...emails.flatMap((email, index) =>
      checkForm(`notify.emails[${index}]`, email, {
        pattern: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
        must: "be an address of mail",
      }),
    ),
    ...checkOneOf("action.approval", action?.approval, ["MANUAL", "AUTOMATIC"]),
  ];
  if (snsTopicArns.length + emails.length === 0) {
    problems.push({
      path: "notify",
      must: "name somebody, or nobody is ever told",
      got: args.notify,
    });
  }
  if (snsTopicArns.length > TOPICS_MAX) {
    const must = `hold at most ${TOPICS_MAX}, because a notification has no more`;
    problems.push({ path: "notify.snsTopicArns", must, got: snsTopicArns.length });
  }
  if (emails.length > EMAILS_MAX) {
    const must = `hold at most ${EMAILS_MAX}, because a notification has no more`;
    problems.push({ path: "notify.emails", must, got: emails.length });
  }
  if (anomalyUsdMin !== undefined && !(anomalyUsdMin > 0)) {
    problems.push({ path: "anomalyUsdMin", must: "be above 0", got: anomalyUsdMin });
  }
  if (anomalyUsdMin !== undefined && args.scope === undefined) {
    const must = "be left out without scope: the account's own monitor tells of anomalies then";
    problems.push({ path: "anomalyUsdMin", must, got: anomalyUsdMin });
  }
  problems.push(...checkScope(args.scope, "a monitor of anomalies knows one tag"));
  if (action !== undefined) problems.push(...checkAction(action));
  return problems;
}

function checkAction({ percent, roleNames }: AwsBudgetActionArgs): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  // Below 100 it would stop a fleet that costs what was planned.
  if (!(percent > 100 && percent <= 1000)) {
    const must = "be above 100, or it stops a fleet that costs what was planned, and at most 1000";
    problems.push({ path: "action.percent", must, got: percent });
  }
  if (roleNames.length === 0) {
    const must = "name a role, or the action does nothing";
    problems.push({ path: "action.roleNames", must, got: roleNames });
  }
  return problems;
}
