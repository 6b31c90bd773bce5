/**
 * Alarms of a queue on Pub/Sub: dead letters, age and depth (metrics of
 * cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-pubsub, read 2026-11-30).
 */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { PubSubQueues } from "./pubsub-access";
import type { ResolvedPubSubRequestQueue } from "./pubsub-request-queue-args";

interface AlarmOf {
  readonly what: string;
  readonly description: string;
  readonly subscription: gcp.pubsub.Subscription;
  /** Last part of the metric's name. */
  readonly metric: "num_undelivered_messages" | "oldest_unacked_message_age";
  /** The alarm sounds above this. */
  readonly threshold: number;
}

/** Makes the alarms that the arguments ask for. */
export function createPubSubAlarms(
  name: string,
  { subscription, deadLetterSubscription }: PubSubQueues,
  settings: ResolvedPubSubRequestQueue,
  opts: pulumi.CustomResourceOptions,
): readonly gcp.monitoring.AlertPolicy[] {
  const { maxAgeSeconds, maxDepth, notify = [] } = settings.alarms;
  const alarms: AlarmOf[] = [
    {
      what: "dead-letters",
      description: "Requests failed at every delivery and are dead letters",
      subscription: deadLetterSubscription,
      metric: "num_undelivered_messages",
      threshold: 0,
    },
  ];
  if (maxAgeSeconds !== undefined) {
    alarms.push({
      what: "age",
      description: `The oldest request is older than ${maxAgeSeconds} s`,
      subscription,
      metric: "oldest_unacked_message_age",
      threshold: maxAgeSeconds,
    });
  }
  if (maxDepth !== undefined) {
    alarms.push({
      what: "depth",
      description: `More than ${maxDepth} requests wait or are worked on`,
      subscription,
      metric: "num_undelivered_messages",
      threshold: maxDepth,
    });
  }
  return alarms.map(({ what, description, subscription: watched, metric, threshold }) => {
    const alarmName = childName(name, what);
    return new gcp.monitoring.AlertPolicy(
      ...transformed<gcp.monitoring.AlertPolicyArgs>(
        settings.transform.alarm,
        alarmName,
        {
          displayName: alarmName,
          documentation: { content: description },
          combiner: "OR",
          conditions: [
            {
              displayName: description,
              conditionThreshold: {
                filter: pulumi.interpolate`resource.type = "pubsub_subscription" AND resource.labels.subscription_id = "${watched.name}" AND metric.type = "pubsub.googleapis.com/subscription/${metric}"`,
                comparison: "COMPARISON_GT",
                thresholdValue: threshold,
                duration: "0s",
                aggregations: [{ alignmentPeriod: "60s", perSeriesAligner: "ALIGN_MAX" }],
              },
            },
          ],
          notificationChannels: [...notify],
          userLabels: gcpLabels(settings.allocation),
        },
        opts,
      ),
    );
  });
}
