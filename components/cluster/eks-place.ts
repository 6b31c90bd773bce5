/** What every part of a cluster on EKS needs to know to make its resources. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { awsTags, withoutPlan } from "../foundation/allocation";
import type { ResolvedEksGpuCluster } from "./eks-args";

/** A cluster that is being made. */
export interface EksPlace {
  /** Name of the component. */
  readonly name: string;
  /** The cluster's name in the cloud. */
  readonly clusterName: string;
  readonly settings: ResolvedEksGpuCluster;
  /** Options of all children. */
  readonly opts: pulumi.CustomResourceOptions;
}

/** Tags of a resource, with the name that the console shows. */
export function eksTags({ settings }: EksPlace, name: string): Record<string, string> {
  return { ...awsTags(settings.allocation), Name: name };
}

/** Tags of instances and their disks. */
export function nodeTags({ settings }: EksPlace, name: string): Record<string, string> {
  return { ...awsTags(withoutPlan(settings.allocation)), Name: name };
}

/** A role that one service of AWS takes, with policies of AWS. */
export function serviceRole(
  place: EksPlace,
  name: string,
  role: {
    readonly service: string;
    readonly description: string;
    readonly policies: readonly string[];
    /** Pod Identity passes session tags. */
    readonly actions?: readonly string[];
  },
): { readonly role: aws.iam.Role; readonly attached: readonly aws.iam.RolePolicyAttachment[] } {
  const made = new aws.iam.Role(
    name,
    {
      description: role.description,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: role.service },
            Action: role.actions ?? ["sts:AssumeRole"],
          },
        ],
      }),
      tags: eksTags(place, name),
    },
    place.opts,
  );
  const attached = role.policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy.split("/").at(-1)}`,
        { role: made.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        place.opts,
      ),
  );
  return { role: made, attached };
}

/** Actions by which Pod Identity takes a role. */
export const POD_IDENTITY = {
  service: "pods.eks.amazonaws.com",
  actions: ["sts:AssumeRole", "sts:TagSession"],
} as const;
