/** A queue of requests on SQS, with dead letters. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import type { QueueTriggerSource } from "./queue-trigger";
import { type ConsumerSettings, consumerSettings, type RequestQueue } from "./request-queue";
import { createWorkloadRole, type SqsPolicies, sqsPolicies, tlsOnlyPolicy } from "./sqs-access";
import { createSqsAlarms } from "./sqs-alarms";
import { checkSqsRequestQueue, type SqsRequestQueueArgs } from "./sqs-request-queue-args";

/** The resources of a SqsRequestQueue. */
export interface SqsRequestQueueNodes {
  readonly queue: aws.sqs.Queue;
  readonly deadLetterQueue: aws.sqs.Queue;
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
  readonly consumerRole: aws.iam.Role | undefined;
  readonly producerRole: aws.iam.Role | undefined;
  /** For roles that exist already. */
  readonly policies: SqsPolicies;
}

/** Longest wait of a receive; a shorter one asks, and pays, more often (ReceiveMessage, WaitTimeSeconds). */
const RECEIVE_WAIT_SECONDS = 20;

/**
 * A standard queue, another for what failed at every delivery, alarms, and roles for those who send and receive.
 * Encrypted, and closed to whoever does not come over TLS. Delivers at least once, in no order.
 *
 * Refused: dead letters that are dropped no later than their source's messages; a visibility timeout of more than 12
 * hours, or one that ends while a consumer without a heartbeat still works; a retention that ends before the last
 * delivery.
 *
 * **Cost** (us-east-1, planner/catalog/prices/services-aws.ts): 0.40 USD per million requests, and a message
 * takes at least three: send, receive, delete; each heartbeat is one more. An alarm is billed by the month.
 *
 * @example
 * const queue = new SqsRequestQueue("batch", {
 *   region: "us-east-1", visibilityTimeoutSeconds: 90, serviceSecondsMax: 1200, maxReceiveCount: 5,
 *   retentionSeconds: 345_600, deadLetterRetentionSeconds: 1_209_600,
 * }, { provider });
 */
export class SqsRequestQueue extends pulumi.ComponentResource implements RequestQueue {
  readonly cloud = "aws";
  readonly producerAddress: pulumi.Output<string>;
  readonly consumerAddress: pulumi.Output<string>;
  readonly deadLetterAddress: pulumi.Output<string>;
  readonly consumerSettings: ConsumerSettings;
  readonly triggerSource: QueueTriggerSource;
  readonly queueArn: pulumi.Output<string>;
  readonly nodes: SqsRequestQueueNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: SqsRequestQueueArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`SqsRequestQueue "${name}"`, [
      ...checkComponentName(name),
      ...checkSqsRequestQueue(args),
    ]);
    super(componentType("queue", "SqsRequestQueue"), name, {}, opts);
    const settings = { ...args, allocation: { region: args.region, ...args.allocation } };
    const childOpts = placedChildOptions(this, "aws");

    const queues = createQueues(name, settings, childOpts);
    const { queue, deadLetterQueue } = queues;
    const alarms = createSqsAlarms(name, queues, settings, childOpts);
    const policies = sqsPolicies(queue.arn, args.kmsKeyArn);
    const roleOf = (party: "consumer" | "producer"): aws.iam.Role | undefined => {
      const workload = args[party];
      if (workload === undefined) return undefined;
      return createWorkloadRole(name, party, workload, policies[party], settings, childOpts);
    };

    this.producerAddress = queue.url;
    this.consumerAddress = queue.url;
    this.deadLetterAddress = deadLetterQueue.url;
    this.consumerSettings = consumerSettings(args);
    this.triggerSource = { kind: "sqs", queueUrl: queue.url, region: args.region };
    this.queueArn = queue.arn;
    this.nodes = {
      queue,
      deadLetterQueue,
      alarms,
      policies,
      consumerRole: roleOf("consumer"),
      producerRole: roleOf("producer"),
    };
    this.registerOutputs({
      producerAddress: this.producerAddress,
      consumerAddress: this.consumerAddress,
      deadLetterAddress: this.deadLetterAddress,
      consumerSettings: this.consumerSettings,
      queueArn: this.queueArn,
    });
  }
}

function createQueues(
  name: string,
  args: SqsRequestQueueArgs,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<"queue" | "deadLetterQueue", aws.sqs.Queue>> {
  const { kmsKeyArn, allocation = {}, isProtected = true, transform = {} } = args;
  const encryption =
    kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn };
  const tags = awsTags(allocation);
  const deadLetterName = childName(name, "dead-letters");
  const deadLetterQueue = new aws.sqs.Queue(
    ...transformed<aws.sqs.QueueArgs>(
      transform.deadLetterQueue,
      deadLetterName,
      { messageRetentionSeconds: args.deadLetterRetentionSeconds, ...encryption, tags },
      { ...opts, protect: isProtected },
    ),
  );
  const queueName = childName(name, "requests");
  const queue = new aws.sqs.Queue(
    ...transformed<aws.sqs.QueueArgs>(
      transform.queue,
      queueName,
      {
        visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        messageRetentionSeconds: args.retentionSeconds,
        receiveWaitTimeSeconds: RECEIVE_WAIT_SECONDS,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetterQueue.arn,
          maxReceiveCount: args.maxReceiveCount,
        }),
        ...encryption,
        tags,
      },
      { ...opts, protect: isProtected },
    ),
  );
  // A resource of its own, because the queues name each other.
  new aws.sqs.RedriveAllowPolicy(
    deadLetterName,
    {
      queueUrl: deadLetterQueue.url,
      redriveAllowPolicy: pulumi.jsonStringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [queue.arn],
      }),
    },
    opts,
  );
  for (const [policyName, { url, arn }] of [
    [queueName, queue],
    [deadLetterName, deadLetterQueue],
  ] as const) {
    new aws.sqs.QueuePolicy(policyName, { queueUrl: url, policy: tlsOnlyPolicy(arn) }, opts);
  }
  return { queue, deadLetterQueue };
}
