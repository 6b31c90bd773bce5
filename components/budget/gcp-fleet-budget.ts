/** The budget of a fleet on Google Cloud: what was planned, and who is told before and after it is spent. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { resolveBudget } from "./budget-limits";
import { checkGcpFleetBudget, type GcpFleetBudgetArgs } from "./gcp-fleet-budget-args";

/** Who publishes the spend (cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications). */
const PUBLISHER = "serviceAccount:billing-budget-alert@system.gserviceaccount.com";

/**
 * A monthly budget in US dollars over some projects, thresholds of what is spent and of what is going to be, and on
 * demand a topic with the spend, several times a day. A budget tells; it never stops anything.
 *
 * Refused: a budget of nothing; one over everything of a billing account; a filter by several labels, of which a budget
 * knows one. The billing account has to be in US dollars.
 *
 * **Cost**: none, but for the messages of the topic.
 *
 * @example
 * new GcpFleetBudget("support-budget", {
 *   billingAccount: "012345-6789AB-CDEF01", projectNumbers: ["123456789012"], plannedUsdPerMonth: 31_000,
 *   scope: { workload: "support-chat" },
 * }, { provider });
 */
export class GcpFleetBudget extends pulumi.ComponentResource {
  readonly usdPerMonth: number;
  /** How the amount follows from the plan. */
  readonly derivation: string;
  /** Id of the topic; undefined without `topicProject`. */
  readonly topicId: pulumi.Output<string> | undefined;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpFleetBudgetArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpFleetBudget "${name}"`, [
      ...checkComponentName(name),
      ...checkGcpFleetBudget(args),
    ]);
    super(componentType("budget", "GcpFleetBudget"), name, {}, opts);
    const childOpts = placedChildOptions(this, "gcp");
    const { usdPerMonth, thresholds, derivation } = resolveBudget(args);
    const { notificationChannels = [], scope } = args;

    const topic = createTopic(name, args, childOpts);
    new gcp.billing.Budget(
      ...transformed<gcp.billing.BudgetArgs>(
        args.transform?.budget,
        childName(name, "month"),
        {
          billingAccount: args.billingAccount,
          displayName: name,
          amount: { specifiedAmount: { currencyCode: "USD", units: String(usdPerMonth) } },
          budgetFilter: {
            projects: args.projectNumbers.map((number) => pulumi.interpolate`projects/${number}`),
            ...(scope === undefined ? {} : { labels: gcpLabels(scope) }),
            calendarPeriod: "MONTH",
            // Discounts for commitments are credits, and a plan's prices have them.
            creditTypesTreatment: "INCLUDE_ALL_CREDITS",
          },
          thresholdRules: thresholds.map(({ basis, percent }) => ({
            thresholdPercent: percent / 100,
            spendBasis: basis === "actual" ? "CURRENT_SPEND" : "FORECASTED_SPEND",
          })),
          ...(topic === undefined && notificationChannels.length === 0
            ? {}
            : {
                allUpdatesRule: {
                  schemaVersion: "1.0",
                  ...(topic === undefined ? {} : { pubsubTopic: topic.id }),
                  ...(notificationChannels.length === 0
                    ? {}
                    : {
                        monitoringNotificationChannels: [...notificationChannels],
                        disableDefaultIamRecipients: true,
                      }),
                },
              }),
        },
        childOpts,
      ),
    );

    this.usdPerMonth = usdPerMonth;
    this.derivation = derivation;
    this.topicId = topic?.id;
    this.registerOutputs({ usdPerMonth, derivation, topicId: this.topicId });
  }
}

/** The topic, and who publishes to it. */
function createTopic(
  name: string,
  { topicProject, allocation, scope, transform }: GcpFleetBudgetArgs,
  opts: pulumi.CustomResourceOptions,
): gcp.pubsub.Topic | undefined {
  if (topicProject === undefined) return undefined;
  const topicName = childName(name, "spend");
  const topic = new gcp.pubsub.Topic(
    ...transformed<gcp.pubsub.TopicArgs>(
      transform?.topic,
      topicName,
      {
        project: topicProject,
        labels: { ...gcpLabels(allocation ?? scope ?? {}), "capplan-component": name },
      },
      opts,
    ),
  );
  new gcp.pubsub.TopicIAMMember(
    topicName,
    { project: topicProject, topic: topic.name, role: "roles/pubsub.publisher", member: PUBLISHER },
    opts,
  );
  return topic;
}
