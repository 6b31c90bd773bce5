/** Alarms of a queue on SQS: dead letters, age and depth. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { SqsRequestQueueArgs } from "./sqs-request-queue-args";

interface AlarmOf {
  readonly what: string;
  readonly description: string;
  readonly queueName: pulumi.Input<string>;
  readonly metricName: string;
  /** The alarm sounds above this. */
  readonly threshold: number;
}

/** Makes the alarms that the arguments ask for. */
export function createSqsAlarms(
  name: string,
  { queue, deadLetterQueue }: Readonly<Record<"queue" | "deadLetterQueue", aws.sqs.Queue>>,
  args: SqsRequestQueueArgs,
  opts: pulumi.CustomResourceOptions,
): readonly aws.cloudwatch.MetricAlarm[] {
  const { maxAgeSeconds, maxDepth, notify = [] } = args.alarms ?? {};
  const alarms: AlarmOf[] = [
    {
      what: "dead-letters",
      description: "Requests failed at every delivery and are dead letters",
      queueName: deadLetterQueue.name,
      metricName: "ApproximateNumberOfMessagesVisible",
      threshold: 0,
    },
  ];
  if (maxAgeSeconds !== undefined) {
    alarms.push({
      what: "age",
      description: `The oldest request is older than ${maxAgeSeconds} s`,
      queueName: queue.name,
      metricName: "ApproximateAgeOfOldestMessage",
      threshold: maxAgeSeconds,
    });
  }
  if (maxDepth !== undefined) {
    alarms.push({
      what: "depth",
      description: `More than ${maxDepth} requests wait`,
      queueName: queue.name,
      metricName: "ApproximateNumberOfMessagesVisible",
      threshold: maxDepth,
    });
  }
  return alarms.map(
    ({ what, description, queueName, metricName, threshold }) =>
      new aws.cloudwatch.MetricAlarm(
        ...transformed<aws.cloudwatch.MetricAlarmArgs>(
          args.transform?.alarm,
          childName(name, what),
          {
            alarmDescription: description,
            namespace: "AWS/SQS",
            metricName,
            dimensions: { QueueName: queueName },
            statistic: "Maximum",
            period: 60,
            evaluationPeriods: 1,
            comparisonOperator: "GreaterThanThreshold",
            threshold,
            // An idle queue sends no metrics.
            treatMissingData: "notBreaching",
            alarmActions: [...notify],
            okActions: [...notify],
            tags: awsTags(args.allocation ?? {}),
          },
          opts,
        ),
      ),
  );
}
