/** Arguments of GcpFleetBudget: what they mean and what is refused. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { type BudgetLimits, checkBudgetLimits, checkScope } from "./budget-limits";

/** Changes to single resources, in the provider's words. */
export interface GcpFleetBudgetTransforms {
  readonly budget?: Transform<gcp.billing.BudgetArgs>;
  readonly topic?: Transform<gcp.pubsub.TopicArgs>;
}

/** Arguments of GcpFleetBudget. */
export interface GcpFleetBudgetArgs extends BudgetLimits {
  /** `012345-6789AB-CDEF01`. */
  readonly billingAccount: pulumi.Input<string>;
  /** Numbers of the projects whose costs count, at least one. How many is known early. */
  readonly projectNumbers: readonly pulumi.Input<string>[];
  /**
   * Which of their costs count: those with this label. Exactly one field, because a budget filters by one label. Known
   * early. @default - all costs of the projects
   */
  readonly scope?: Allocation;
  /** Notification channels of Cloud Monitoring, at most 5. How many is known early. @default - billing administrators */
  readonly notificationChannels?: readonly pulumi.Input<string>[];
  /**
   * Project that gets a topic of Pub/Sub with the spend, several times a day, for what acts on it.
   * @default - no topic
   */
  readonly topicProject?: string;
  /** Who pays for the topic. @default - as scope */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: GcpFleetBudgetTransforms;
}

const CHANNELS_MAX = 5;

/** What is wrong with the arguments. */
export function checkGcpFleetBudget(args: GcpFleetBudgetArgs): readonly InputProblem[] {
  const { scope, notificationChannels = [], projectNumbers } = args;
  const problems: InputProblem[] = [
    ...checkBudgetLimits(args),
    ...(typeof args.billingAccount === "string"
      ? checkForm("billingAccount", args.billingAccount, {
          pattern: /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/,
          must: 'be an account of Cloud Billing, such as "012345-6789AB-CDEF01"',
        })
      : []),
    ...projectNumbers.flatMap((number, index) =>
      typeof number === "string"
        ? checkForm(`projectNumbers[${index}]`, number, {
            pattern: /^\d{6,}$/,
            must: "be the number of a project, not its id",
          })
        : [],
    ),
  ];
  if (projectNumbers.length === 0) {
    const must = "hold a project, or everything of the billing account counts";
    problems.push({ path: "projectNumbers", must, got: projectNumbers });
  }
  problems.push(...checkScope(scope, "a budget filters by one label"));
  if (notificationChannels.length > CHANNELS_MAX) {
    const must = `hold at most ${CHANNELS_MAX}`;
    problems.push({ path: "notificationChannels", must, got: notificationChannels.length });
  }
  return problems;
}
