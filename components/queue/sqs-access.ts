/** Who may do what with a queue on SQS: documents of policies, and roles for service accounts of EKS. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { createPodIdentityRole } from "../foundation/pod-identity-role";
import type { EksWorkloadArgs, SqsRequestQueueArgs } from "./sqs-request-queue-args";

/** Policies of those who use a queue, as JSON, to be attached to a role that exists already. */
export interface SqsPolicies {
  readonly consumer: pulumi.Output<string>;
  readonly producer: pulumi.Output<string>;
  /** For KEDA's operator, which reads the depth. */
  readonly scaler: pulumi.Output<string>;
}

const ACTIONS = {
  consumer: [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
  ],
  producer: ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
  scaler: ["sqs:GetQueueAttributes"],
} as const;

/** What each party does with the key (docs.aws.amazon.com/AWSSimpleQueueService … sqs-key-management.html). */
const KEY_ACTIONS = {
  consumer: ["kms:Decrypt"],
  producer: ["kms:GenerateDataKey", "kms:Decrypt"],
  scaler: [],
} as const;

/** The documents of a queue. */
export function sqsPolicies(
  queueArn: pulumi.Input<string>,
  kmsKeyArn: pulumi.Input<string> | undefined,
): SqsPolicies {
  const document = (party: keyof SqsPolicies): pulumi.Output<string> =>
    pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ACTIONS[party], Resource: queueArn },
        ...(kmsKeyArn === undefined || KEY_ACTIONS[party].length === 0
          ? []
          : [{ Effect: "Allow", Action: KEY_ACTIONS[party], Resource: kmsKeyArn }]),
      ],
    });
  return {
    consumer: document("consumer"),
    producer: document("producer"),
    scaler: document("scaler"),
  };
}

/** Refuses whoever does not come over TLS. */
export function tlsOnlyPolicy(queueArn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queueArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

/** A role that only this service account can take. */
export function createWorkloadRole(
  name: string,
  party: "consumer" | "producer",
  workload: EksWorkloadArgs,
  policy: pulumi.Output<string>,
  { allocation = {}, transform = {} }: SqsRequestQueueArgs,
  opts: pulumi.CustomResourceOptions,
): aws.iam.Role {
  const { clusterName, namespace, serviceAccount } = workload;
  const { role } = createPodIdentityRole(
    childName(name, party),
    {
      description: `Lets ${namespace}/${serviceAccount} use a request queue as its ${party}`,
      clusterName,
      namespace,
      serviceAccount,
      policy,
      tags: awsTags(allocation),
      transform: transform.role,
    },
    opts,
  );
  return role;
}
