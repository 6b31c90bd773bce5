/** A queue of requests on Pub/Sub, with dead letters. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import {
  createDeadLetterAccess,
  createKeyAccess,
  createWorkloadAccess,
  type PubSubQueues,
} from "./pubsub-access";
import { createPubSubAlarms } from "./pubsub-alarms";
import {
  checkPubSubRequestQueue,
  type PubSubRequestQueueArgs,
  type ResolvedPubSubRequestQueue,
  resolvePubSubRequestQueue,
} from "./pubsub-request-queue-args";
import type { QueueTriggerSource } from "./queue-trigger";
import { type ConsumerSettings, consumerSettings, type RequestQueue } from "./request-queue";

/** The resources of a PubSubRequestQueue. */
export interface PubSubRequestQueueNodes extends PubSubQueues {
  readonly alarms: readonly gcp.monitoring.AlertPolicy[];
}

/** Longest deadline of an acknowledgement: whoever looks at dead letters takes time. */
const DEAD_LETTER_ACK_SECONDS = 600;

/**
 * A topic with its subscription, another pair for what failed at every delivery, alarms, and rights for those who send
 * and receive, and for Pub/Sub's own service agent, which moves the dead letters. Messages stay in the region;
 * subscriptions never expire. Delivers at least once, in no order.
 *
 * Refused: dead letters that are kept no longer than their source's messages; a deadline outside 10 to 600 seconds, or
 * one that ends while a consumer without a heartbeat still works; fewer than 5 or more than 100 deliveries.
 *
 * **Cost** (planner/catalog/prices/services-gcp.ts): 0.039 USD/GiB that is published and again when it is delivered, at
 * least 1 kB a message; what is kept for more than a day is billed as storage.
 *
 * @example
 * const queue = new PubSubRequestQueue("batch", {
 *   region: "europe-west4", projectId, projectNumber, visibilityTimeoutSeconds: 90, serviceSecondsMax: 1200,
 *   maxReceiveCount: 5, retentionSeconds: 345_600, deadLetterRetentionSeconds: 1_209_600,
 * }, { provider });
 */
export class PubSubRequestQueue extends pulumi.ComponentResource implements RequestQueue {
  readonly cloud = "gcp";
  readonly producerAddress: pulumi.Output<string>;
  readonly consumerAddress: pulumi.Output<string>;
  readonly deadLetterAddress: pulumi.Output<string>;
  readonly consumerSettings: ConsumerSettings;
  readonly triggerSource: QueueTriggerSource;
  readonly nodes: PubSubRequestQueueNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: PubSubRequestQueueArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`PubSubRequestQueue "${name}"`, [
      ...checkComponentName(name),
      ...checkPubSubRequestQueue(args),
    ]);
    super(componentType("queue", "PubSubRequestQueue"), name, {}, opts);
    const settings = resolvePubSubRequestQueue(args);
    const childOpts = placedChildOptions(this, "gcp");

    const keyAccess = createKeyAccess(name, settings, childOpts);
    const queues = createQueues(name, settings, keyAccess, childOpts);
    createDeadLetterAccess(name, queues, settings, childOpts);
    createWorkloadAccess(name, queues, settings, childOpts);
    const alarms = createPubSubAlarms(name, queues, settings, childOpts);

    this.producerAddress = queues.topic.id;
    this.consumerAddress = queues.subscription.id;
    this.deadLetterAddress = queues.deadLetterSubscription.id;
    this.consumerSettings = consumerSettings(args);
    this.triggerSource = {
      kind: "pubsub",
      projectId: args.projectId,
      subscription: queues.subscription.name,
    };
    this.nodes = { ...queues, alarms };
    this.registerOutputs({
      producerAddress: this.producerAddress,
      consumerAddress: this.consumerAddress,
      deadLetterAddress: this.deadLetterAddress,
      consumerSettings: this.consumerSettings,
    });
  }
}

function createQueues(
  name: string,
  settings: ResolvedPubSubRequestQueue,
  keyAccess: readonly pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): PubSubQueues {
  const { transform, redelivery } = settings;
  const labels = gcpLabels(settings.allocation);
  const protectedOpts = { ...opts, protect: settings.isProtected };
  const topicArgs: gcp.pubsub.TopicArgs = {
    messageStoragePolicy: { allowedPersistenceRegions: [settings.region] },
    ...(settings.kmsKeyName === undefined ? {} : { kmsKeyName: settings.kmsKeyName }),
    labels,
  };
  const topicOpts = { ...protectedOpts, dependsOn: [...keyAccess] };
  const common: Pick<gcp.pubsub.SubscriptionArgs, "expirationPolicy" | "labels"> = {
    // By default an idle subscription, and with it what it holds, is deleted after 31 days.
    expirationPolicy: { ttl: "" },
    labels,
  };

  const deadLetterName = childName(name, "dead-letters");
  const deadLetterTopic = new gcp.pubsub.Topic(
    ...transformed(transform.deadLetterTopic, deadLetterName, topicArgs, topicOpts),
  );
  // A topic keeps nothing: without this subscription the dead letters would be gone.
  const deadLetterSubscription = new gcp.pubsub.Subscription(
    ...transformed<gcp.pubsub.SubscriptionArgs>(
      transform.deadLetterSubscription,
      deadLetterName,
      {
        topic: deadLetterTopic.id,
        ackDeadlineSeconds: DEAD_LETTER_ACK_SECONDS,
        messageRetentionDuration: `${settings.deadLetterRetentionSeconds}s`,
        ...common,
      },
      protectedOpts,
    ),
  );
  const requestsName = childName(name, "requests");
  const topic = new gcp.pubsub.Topic(
    ...transformed(transform.topic, requestsName, topicArgs, topicOpts),
  );
  const subscription = new gcp.pubsub.Subscription(
    ...transformed<gcp.pubsub.SubscriptionArgs>(
      transform.subscription,
      requestsName,
      {
        topic: topic.id,
        ackDeadlineSeconds: settings.visibilityTimeoutSeconds,
        messageRetentionDuration: `${settings.retentionSeconds}s`,
        deadLetterPolicy: {
          deadLetterTopic: deadLetterTopic.id,
          maxDeliveryAttempts: settings.maxReceiveCount,
        },
        retryPolicy: {
          minimumBackoff: `${redelivery.backoffSecondsMin}s`,
          maximumBackoff: `${redelivery.backoffSecondsMax}s`,
        },
        ...common,
      },
      protectedOpts,
    ),
  );
  return { topic, subscription, deadLetterTopic, deadLetterSubscription };
}
