/**
 * How KEDA reads the depth of a queue, as a plain value that a ScaledObject holds. Waiting messages and those that are
 * worked on count alike, so that a replica with work is not scaled away.
 *
 * Names: keda.sh/docs/2.20/scalers/aws-sqs and …/prometheus. KEDA's own trigger for Pub/Sub is deprecated; the metric is
 * read over the Prometheus API of Cloud Monitoring, named as cloud.google.com/monitoring/promql/promql-mapping says.
 * It is two to four minutes old.
 */
import * as pulumi from "@pulumi/pulumi";
import { checkWhole } from "../foundation/check-value";
import { refuseProblems } from "../foundation/input-problem";

/** What a trigger needs to know of a queue. */
export type QueueTriggerSource =
  | {
      readonly kind: "sqs";
      readonly queueUrl: pulumi.Input<string>;
      readonly region: string;
    }
  | {
      readonly kind: "pubsub";
      readonly projectId: pulumi.Input<string>;
      /** Short name of the subscription. */
      readonly subscription: pulumi.Input<string>;
    };

/** When replicas are added. */
export interface QueueTriggerTarget {
  /** Messages that one replica is to have, a whole number. */
  readonly messagesPerReplica: number;
  /** Messages above which a first replica is started, a whole number. @default 0 */
  readonly activation?: number;
}

/** An item of a ScaledObject's `triggers`, and the pod identity of its TriggerAuthentication. */
export interface QueueTrigger {
  readonly type: "aws-sqs-queue" | "prometheus";
  readonly metadata: Readonly<Record<string, pulumi.Input<string>>>;
  /** Provider of the TriggerAuthentication: the identity of KEDA's own operator. */
  readonly podIdentity: "aws" | "gcp";
}

/**
 * The trigger of a queue.
 * @throws {pulumi.InputPropertyError} for a target that is no whole number.
 * @example queueTrigger(queue.triggerSource, { messagesPerReplica: 32 })
 */
export function queueTrigger(
  source: QueueTriggerSource,
  { messagesPerReplica, activation = 0 }: QueueTriggerTarget,
): QueueTrigger {
  const max = Number.MAX_SAFE_INTEGER;
  refuseProblems("queueTrigger", [
    ...checkWhole("messagesPerReplica", messagesPerReplica, { min: 1, max }),
    ...checkWhole("activation", activation, { min: 0, max }),
  ]);
  if (source.kind === "sqs") {
    return {
      type: "aws-sqs-queue",
      metadata: {
        queueURL: source.queueUrl,
        awsRegion: source.region,
        queueLength: String(messagesPerReplica),
        activationQueueLength: String(activation),
        scaleOnInFlight: "true",
        scaleOnDelayed: "false",
      },
      podIdentity: "aws",
    };
  }
  const metric = "pubsub_googleapis_com:subscription_num_undelivered_messages";
  return {
    type: "prometheus",
    metadata: {
      serverAddress: pulumi.interpolate`https://monitoring.googleapis.com/v1/projects/${source.projectId}/location/global/prometheus`,
      query: pulumi.interpolate`sum(${metric}{monitored_resource="pubsub_subscription",subscription_id="${source.subscription}"})`,
      threshold: String(messagesPerReplica),
      activationThreshold: String(activation),
      // No sample is no depth of 0: the fallback of the ScaledObject decides.
      ignoreNullValues: "false",
    },
    podIdentity: "gcp",
  };
}
