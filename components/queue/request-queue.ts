/**
 * What a request queue is on any cloud: the limits that it is asked for, and what serving needs to know of it. The
 * classes of this folder take these limits and implement this interface, so a consumer does not know its cloud.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { QueueTriggerSource } from "./queue-trigger";

/** Limits of a queue. All are known early: whether they go together is checked before anything is registered. */
export interface RequestQueueLimits {
  /**
   * Seconds for which a received message is hidden from other consumers: 0 to 43200 on SQS; on Pub/Sub, where it is the
   * deadline of an acknowledgement, 10 to 600.
   */
  readonly visibilityTimeoutSeconds: number;
  /** Longest that a consumer works on one message, seconds. */
  readonly serviceSecondsMax: number;
  /** Whether consumers extend the time of what they still work on. @default true */
  readonly hasHeartbeat?: boolean;
  /** Deliveries after which a message becomes a dead letter: 1 to 1000 on SQS, 5 to 100 on Pub/Sub. */
  readonly maxReceiveCount: number;
  /** Seconds after which a message that nobody handled is dropped. */
  readonly retentionSeconds: number;
  /** Seconds that dead letters are kept; on SQS they count from when a message was first sent. */
  readonly deadLetterRetentionSeconds: number;
}

/** When somebody is told. Dead letters always sound an alarm. Known early, but for whom to tell. */
export interface QueueAlarmsArgs {
  /** Age of the oldest message, seconds. @default - no alarm */
  readonly maxAgeSeconds?: number;
  /** Messages that wait or are worked on. @default - no alarm */
  readonly maxDepth?: number;
  /** SNS topics on AWS, notification channels on Google Cloud. @default - nobody; the alarm shows in the console */
  readonly notify?: readonly pulumi.Input<string>[];
}

/** How a consumer must treat messages, for its configuration. */
export interface ConsumerSettings {
  /** Seconds for which a message is hidden when it is received, and by each extension. */
  readonly visibilityTimeoutSeconds: number;
  /** Seconds between two extensions; undefined when it must not extend. */
  readonly heartbeatSeconds: number | undefined;
  /** Seconds after which a consumer gives a message up and no longer extends. */
  readonly extensionSecondsMax: number;
}

/** What serving needs to know of a queue. */
export interface RequestQueue {
  readonly cloud: "aws" | "gcp";
  /** Where requests are sent: URL of an SQS queue, full name of a Pub/Sub topic. */
  readonly producerAddress: pulumi.Output<string>;
  /** Where requests are received: URL of an SQS queue, full name of a Pub/Sub subscription. */
  readonly consumerAddress: pulumi.Output<string>;
  /** Where dead letters are read: as `consumerAddress`. */
  readonly deadLetterAddress: pulumi.Output<string>;
  readonly consumerSettings: ConsumerSettings;
  /** To be passed to `queueTrigger`. */
  readonly triggerSource: QueueTriggerSource;
}

/** A heartbeat may be lost twice before a message is taken for abandoned. */
const HEARTBEATS_IN_TIMEOUT = 3;

/** What the limits mean to a consumer. */
export function consumerSettings(limits: RequestQueueLimits): ConsumerSettings {
  const { visibilityTimeoutSeconds, serviceSecondsMax, hasHeartbeat = true } = limits;
  return {
    visibilityTimeoutSeconds,
    heartbeatSeconds: hasHeartbeat
      ? Math.floor(visibilityTimeoutSeconds / HEARTBEATS_IN_TIMEOUT)
      : undefined,
    extensionSecondsMax: hasHeartbeat
      ? Math.max(serviceSecondsMax, visibilityTimeoutSeconds)
      : visibilityTimeoutSeconds,
  };
}
