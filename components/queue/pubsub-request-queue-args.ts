/** Arguments of PubSubRequestQueue: what they mean, what is refused, and what they are when left out. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkWorkload } from "./check-workload";
import { checkQueueLimits } from "./queue-limits";
import type { QueueAlarmsArgs, RequestQueueLimits } from "./request-queue";

/** A workload of a GKE cluster of the same project, by its service account, through Workload Identity Federation. */
export interface GkeWorkloadArgs {
  /** Known early. */
  readonly namespace: string;
  /** Known early. */
  readonly serviceAccount: string;
}

/** Waits between deliveries of a message that failed. Known early. */
export interface RedeliveryArgs {
  /** Before the second delivery, seconds, 0 to 600. @default 10 */
  readonly backoffSecondsMin?: number;
  /** Longest, seconds, 0 to 600. @default 600 */
  readonly backoffSecondsMax?: number;
}

/** Changes to single resources, in the provider's words. */
export interface PubSubRequestQueueTransforms {
  readonly topic?: Transform<gcp.pubsub.TopicArgs>;
  readonly subscription?: Transform<gcp.pubsub.SubscriptionArgs>;
  readonly deadLetterTopic?: Transform<gcp.pubsub.TopicArgs>;
  readonly deadLetterSubscription?: Transform<gcp.pubsub.SubscriptionArgs>;
  readonly alarm?: Transform<gcp.monitoring.AlertPolicyArgs>;
}

/** Arguments of PubSubRequestQueue. */
export interface PubSubRequestQueueArgs extends RequestQueueLimits {
  /** Region in which messages are kept: `europe-west4`. Known early. */
  readonly region: string;
  readonly projectId: pulumi.Input<string>;
  /** Number of the same project, which the names of Google's service agents hold. */
  readonly projectNumber: pulumi.Input<string>;
  /** Key of Cloud KMS that encrypts the messages; Pub/Sub's service agent is let use it. @default - Google's own keys */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Who receives. Known early. @default - nobody */
  readonly consumer?: GkeWorkloadArgs;
  /** Who sends. Known early. @default - nobody */
  readonly producer?: GkeWorkloadArgs;
  /** @default - after 10 s, and less and less often up to every 600 s */
  readonly redelivery?: RedeliveryArgs;
  /** @default - for dead letters only, and nobody is told */
  readonly alarms?: QueueAlarmsArgs;
  /** Whether topics and subscriptions, which hold work, are protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: PubSubRequestQueueTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedPubSubRequestQueue extends PubSubRequestQueueArgs {
  readonly redelivery: Required<RedeliveryArgs>;
  readonly alarms: QueueAlarmsArgs;
  readonly isProtected: boolean;
  readonly allocation: Allocation;
  readonly transform: PubSubRequestQueueTransforms;
}

/** What is wrong with the arguments. */
export function checkPubSubRequestQueue(args: PubSubRequestQueueArgs): readonly InputProblem[] {
  const { backoffSecondsMin = 10, backoffSecondsMax = 600 } = args.redelivery ?? {};
  const backoff = { min: 0, max: 600 };
  const problems = [
    ...checkForm("region", args.region, {
      pattern: /^[a-z]+(-[a-z]+)+\d+$/,
      must: 'name a region, such as "europe-west4"',
    }),
    ...checkQueueLimits("Pub/Sub", args, args.alarms),
    ...checkWorkload("consumer", args.consumer),
    ...checkWorkload("producer", args.producer),
    ...checkWhole("redelivery.backoffSecondsMin", backoffSecondsMin, backoff),
    ...checkWhole("redelivery.backoffSecondsMax", backoffSecondsMax, backoff),
  ];
  if (backoffSecondsMin > backoffSecondsMax) {
    problems.push({
      path: "redelivery.backoffSecondsMin",
      must: `be at most redelivery.backoffSecondsMax (${backoffSecondsMax})`,
      got: backoffSecondsMin,
    });
  }
  return problems;
}

/** Arguments with everything that was left out. */
export function resolvePubSubRequestQueue(
  args: PubSubRequestQueueArgs,
): ResolvedPubSubRequestQueue {
  return {
    ...args,
    redelivery: { backoffSecondsMin: 10, backoffSecondsMax: 600, ...args.redelivery },
    alarms: args.alarms ?? {},
    isProtected: args.isProtected ?? true,
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
