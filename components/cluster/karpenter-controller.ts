/**
 * Karpenter itself: its definitions and its controller from the project's charts, its rights, and the queue through
 * which EC2 tells it of interruptions.
 */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { EksControlPlane } from "./eks-control-plane";
import { type EksPlace, eksTags, POD_IDENTITY, serviceRole } from "./eks-place";
import type { EksSystemNodes } from "./eks-system-nodes";
import { karpenterPolicy } from "./karpenter-policy";

const CHARTS = "oci://public.ecr.aws/karpenter";
/** The version whose definitions the manifests are checked against. */
export const KARPENTER_VERSION = "1.14.1";
const NAMESPACE = "kube-system";
const SERVICE_ACCOUNT = "karpenter";

/** What EC2 and AWS Health say of instances (karpenter.sh/docs/reference/cloudformation). */
const EVENTS = {
  health: { source: ["aws.health"], "detail-type": ["AWS Health Event"] },
  spot: { source: ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"] },
  rebalance: { source: ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"] },
  state: { source: ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"] },
  reservation: {
    source: ["aws.ec2"],
    "detail-type": ["EC2 Capacity Reservation Instance Interruption Warning"],
  },
} as const;

/** Makes Karpenter, ready to make nodes. */
export function createKarpenterController(
  place: EksPlace,
  plane: EksControlPlane,
  system: EksSystemNodes,
  inCluster: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  const queue = createInterruptionQueue(place);
  const identity = createIdentity(place, plane, system, queue);
  const definitions = new kubernetes.helm.v3.Release(
    childName(place.name, "definitions"),
    {
      chart: `${CHARTS}/karpenter-crd`,
      version: KARPENTER_VERSION,
      namespace: NAMESPACE,
      name: "karpenter-crd",
    },
    { ...inCluster, dependsOn: [...system.ready] },
  );
  return new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      place.settings.transform.karpenter,
      childName(place.name, "controller"),
      {
        chart: `${CHARTS}/karpenter`,
        version: KARPENTER_VERSION,
        namespace: NAMESPACE,
        name: "karpenter",
        skipCrds: true,
        values: {
          serviceAccount: { name: SERVICE_ACCOUNT },
          settings: {
            clusterName: plane.cluster.name,
            clusterEndpoint: plane.cluster.endpoint,
            interruptionQueue: queue.name,
            featureGates: { reservedCapacity: true },
          },
          replicas: 2,
          // It must not run on nodes that it makes itself.
          nodeSelector: { "capplan/pool": "system" },
          dnsPolicy: "Default",
        },
      },
      { ...inCluster, dependsOn: [definitions, identity] },
    ),
  );
}

function createInterruptionQueue(place: EksPlace): aws.sqs.Queue {
  const { opts } = place;
  const name = childName(place.name, "events");
  const queue = new aws.sqs.Queue(
    name,
    {
      // News of an instance is of no use once it is gone.
      messageRetentionSeconds: 300,
      kmsMasterKeyId: place.settings.kmsKeyArn,
      tags: eksTags(place, name),
    },
    opts,
  );
  new aws.sqs.QueuePolicy(
    name,
    {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: ["events.amazonaws.com", "sqs.amazonaws.com"] },
            Action: "sqs:SendMessage",
            Resource: queue.arn,
          },
          {
            Effect: "Deny",
            Principal: "*",
            Action: "sqs:*",
            Resource: queue.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    opts,
  );
  for (const [what, pattern] of Object.entries(EVENTS)) {
    const ruleName = childName(name, what);
    const rule = new aws.cloudwatch.EventRule(
      ruleName,
      { eventPattern: JSON.stringify(pattern), tags: eksTags(place, ruleName) },
      opts,
    );
    new aws.cloudwatch.EventTarget(ruleName, { rule: rule.name, arn: queue.arn }, opts);
  }
  return queue;
}

function createIdentity(
  place: EksPlace,
  { cluster }: EksControlPlane,
  { nodeRole }: EksSystemNodes,
  queue: aws.sqs.Queue,
): aws.eks.PodIdentityAssociation {
  const { settings, opts, clusterName } = place;
  const name = childName(place.name, "identity");
  const { role } = serviceRole(place, name, {
    ...POD_IDENTITY,
    description: "Lets Karpenter start and stop the nodes of its cluster",
    policies: [],
  });
  const policy = new aws.iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: pulumi
        .all([cluster.arn, nodeRole.arn, queue.arn, settings.kmsKeyArn])
        .apply(([clusterArn, nodeRoleArn, queueArn, kmsKeyArn]) =>
          JSON.stringify(
            karpenterPolicy({
              region: settings.region,
              clusterName,
              clusterArn,
              nodeRoleArn,
              queueArn,
              kmsKeyArn,
            }),
          ),
        ),
    },
    opts,
  );
  return new aws.eks.PodIdentityAssociation(
    name,
    {
      clusterName: cluster.name,
      namespace: NAMESPACE,
      serviceAccount: SERVICE_ACCOUNT,
      roleArn: role.arn,
      tags: eksTags(place, name),
    },
    { ...opts, dependsOn: [policy] },
  );
}
