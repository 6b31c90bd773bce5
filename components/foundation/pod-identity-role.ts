/**
 * A role of AWS that exactly one service account of an EKS cluster can take, through EKS Pod Identity
 * (docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html).
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "./transform";

/** Whose role it is, and what it may do. */
export interface PodIdentityRoleArgs {
  readonly description: string;
  readonly clusterName: pulumi.Input<string>;
  /** Known early. */
  readonly namespace: string;
  /** Known early. */
  readonly serviceAccount: string;
  /** Document of what it may do, as JSON. */
  readonly policy: pulumi.Input<string>;
  readonly tags: Readonly<Record<string, string>>;
  /** @default - none */
  readonly transform?: Transform<aws.iam.RoleArgs> | undefined;
}

/** The role, and the association that pods have to wait for. */
export interface PodIdentityRole {
  readonly role: aws.iam.Role;
  readonly association: aws.eks.PodIdentityAssociation;
}

/** Makes a role, its policy and its association, all of the given name. */
export function createPodIdentityRole(
  name: string,
  args: PodIdentityRoleArgs,
  opts: pulumi.CustomResourceOptions,
): PodIdentityRole {
  const { clusterName, namespace, serviceAccount, description, tags } = args;
  const role = new aws.iam.Role(
    ...transformed<aws.iam.RoleArgs>(
      args.transform,
      name,
      {
        description,
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "pods.eks.amazonaws.com" },
              Action: ["sts:AssumeRole", "sts:TagSession"],
              Condition: {
                StringEquals: {
                  "aws:RequestTag/kubernetes-namespace": namespace,
                  "aws:RequestTag/kubernetes-service-account": serviceAccount,
                },
              },
            },
          ],
        }),
        tags,
      },
      opts,
    ),
  );
  const granted = new aws.iam.RolePolicy(name, { role: role.name, policy: args.policy }, opts);
  const association = new aws.eks.PodIdentityAssociation(
    name,
    { clusterName, namespace, serviceAccount, roleArn: role.arn, tags },
    // A pod that starts in between would run without rights until it is started again.
    { ...opts, dependsOn: [granted] },
  );
  return { role, association };
}
