/**
 * AWS services that a cluster reaches over an endpoint inside the VPC rather than through a NAT gateway.
 *
 * Names: docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html; what a cluster without a way
 * out needs: docs.aws.amazon.com/eks/latest/userguide/private-clusters.html.
 */

/** Services with interface endpoints that serving may use, by the last part of `com.amazonaws.REGION.…`. */
export const interfaceServices = [
  "aps-workspaces",
  "autoscaling",
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "kms",
  "logs",
  "monitoring",
  "secretsmanager",
  "sqs",
  "ssm",
  "sts",
] as const;

/** A service with an interface endpoint. */
export type InterfaceService = (typeof interfaceServices)[number];

/** Registries, queues, logs and identity: what moves most bytes, or must work when NAT does not. */
export const defaultServices: readonly InterfaceService[] = [
  "ecr.api",
  "ecr.dkr",
  "eks-auth",
  "logs",
  "sqs",
  "sts",
];

/** Without these a cluster in a network without NAT does not start: nodes cannot join, pods get no identity. */
export const isolatedServices: readonly InterfaceService[] = [
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "logs",
  "ssm",
  "sts",
];
