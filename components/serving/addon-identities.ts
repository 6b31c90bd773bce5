/** The rights in the cloud of what runs in a cluster for all: EKS Pod Identity, and Workload Identity Federation. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { type Allocation, awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { type Transform, transformed } from "../foundation/transform";
import { ADDON_ACCOUNTS, ADDON_CHARTS } from "./addon-charts";
import type { EksAddonsCluster, GkeAddonsCluster } from "./serving-addons-args";

/** A role of a service account of the cluster. */
interface AddonRole {
  readonly part: keyof typeof ADDON_ACCOUNTS;
  readonly description: string;
  /** Documents, by what they are for. */
  readonly policies: Readonly<Record<string, pulumi.Input<string>>>;
  readonly allocation: Allocation;
  readonly transform: Transform<aws.iam.RoleArgs> | undefined;
}

/** Makes a role on AWS; what its pods have to wait for. */
export function createAddonRole(
  name: string,
  { clusterName }: EksAddonsCluster,
  { part, description, policies, allocation, transform }: AddonRole,
  opts: pulumi.CustomResourceOptions,
): aws.eks.PodIdentityAssociation {
  const tags = awsTags(allocation);
  const role = new aws.iam.Role(
    ...transformed<aws.iam.RoleArgs>(
      transform,
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
            },
          ],
        }),
        tags,
      },
      opts,
    ),
  );
  const granted = Object.entries(policies).map(
    ([what, policy]) =>
      new aws.iam.RolePolicy(childName(name, what), { role: role.name, policy }, opts),
  );
  return new aws.eks.PodIdentityAssociation(
    name,
    {
      clusterName,
      namespace: ADDON_CHARTS[part].namespace,
      serviceAccount: ADDON_ACCOUNTS[part],
      roleArn: role.arn,
      tags,
    },
    { ...opts, dependsOn: granted },
  );
}

/** Lets KEDA's operator read the metrics of a project of Google Cloud. */
export function createMetricsReader(
  name: string,
  { projectId, projectNumber }: GkeAddonsCluster,
  opts: pulumi.CustomResourceOptions,
): gcp.projects.IAMMember {
  const { namespace } = ADDON_CHARTS.keda;
  return new gcp.projects.IAMMember(
    name,
    {
      project: projectId,
      role: "roles/monitoring.viewer",
      member: pulumi.interpolate`principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${ADDON_ACCOUNTS.keda}`,
    },
    opts,
  );
}
