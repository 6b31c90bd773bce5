/** Arguments of SqsRequestQueue: what they mean, what is refused, and what they are when left out. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkWorkload } from "./check-workload";
import { checkQueueLimits } from "./queue-limits";
import type { QueueAlarmsArgs, RequestQueueLimits } from "./request-queue";

/** A workload of an EKS cluster, by its service account. */
export interface EksWorkloadArgs {
  readonly clusterName: pulumi.Input<string>;
  /** Known early. */
  readonly namespace: string;
  /** Known early. EKS gives a service account one role: when it needs more, use `nodes.policies` with that role. */
  readonly serviceAccount: string;
}

/** Changes to single resources, in the provider's words. */
export interface SqsRequestQueueTransforms {
  readonly queue?: Transform<aws.sqs.QueueArgs>;
  readonly deadLetterQueue?: Transform<aws.sqs.QueueArgs>;
  readonly alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
  readonly role?: Transform<aws.iam.RoleArgs>;
}

/** Arguments of SqsRequestQueue. */
export interface SqsRequestQueueArgs extends RequestQueueLimits {
  /** Region of the provider that is passed: `us-east-1`. Known early. */
  readonly region: string;
  /**
   * Key that encrypts the messages. Its policy must let producers and consumers use it.
   * @default - SQS's own keys
   */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** Who receives, and gets a role for it. Known early. @default - nobody */
  readonly consumer?: EksWorkloadArgs;
  /** Who sends, and gets a role for it. Known early. @default - nobody */
  readonly producer?: EksWorkloadArgs;
  /** @default - for dead letters only, and nobody is told */
  readonly alarms?: QueueAlarmsArgs;
  /** Whether the queues, which hold work, are protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: SqsRequestQueueTransforms;
}

/** What is wrong with the arguments. */
export function checkSqsRequestQueue(args: SqsRequestQueueArgs): readonly InputProblem[] {
  const { consumer, producer } = args;
  const problems = [
    ...checkForm("region", args.region, {
      pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
      must: 'name a region, such as "us-east-1"',
    }),
    ...checkQueueLimits("SQS", args, args.alarms),
    ...checkWorkload("consumer", consumer),
    ...checkWorkload("producer", producer),
  ];
  const isShared =
    consumer !== undefined &&
    producer !== undefined &&
    consumer.namespace === producer.namespace &&
    consumer.serviceAccount === producer.serviceAccount;
  if (isShared && consumer.clusterName === producer.clusterName) {
    problems.push({
      path: "producer",
      must: "be another service account than consumer, because EKS gives each one role",
      got: `${producer.namespace}/${producer.serviceAccount}`,
    });
  }
  return problems;
}
