/** The control plane of EKS: its records, its role, the cluster, and who may administer it. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type EksPlace, eksTags, serviceRole } from "./eks-place";

/** The control plane. */
export interface EksControlPlane {
  readonly cluster: aws.eks.Cluster;
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Rights that have to be there before anything is put into the cluster. */
  readonly access: readonly pulumi.Resource[];
}

/** Makes the control plane. */
export function createControlPlane(place: EksPlace): EksControlPlane {
  const { kmsKeyArn } = place.settings;
  const records = createRecords(place, kmsKeyArn);
  const { role, attached } = serviceRole(place, childName(place.name, "control-plane"), {
    service: "eks.amazonaws.com",
    description: "Lets the control plane of EKS manage interfaces of the cluster",
    policies: ["AmazonEKSClusterPolicy"],
  });
  const cluster = createCluster(place, { kmsKeyArn, role, dependsOn: [...attached, records] });
  return { cluster, kmsKeyArn, access: createAccess(place, cluster) };
}

/** Made before the cluster, which would otherwise make its own, kept for ever and unencrypted by the key. */
function createRecords(place: EksPlace, kmsKeyArn: pulumi.Input<string>): aws.cloudwatch.LogGroup {
  const { settings, opts, clusterName } = place;
  const name = childName(place.name, "audit");
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: `/aws/eks/${clusterName}/cluster`,
      retentionInDays: settings.auditRetentionDays,
      kmsKeyId: kmsKeyArn,
      tags: eksTags(place, name),
    },
    { ...opts, protect: settings.isProtected },
  );
}

function createCluster(
  place: EksPlace,
  needs: {
    readonly kmsKeyArn: pulumi.Input<string>;
    readonly role: aws.iam.Role;
    readonly dependsOn: pulumi.Resource[];
  },
): aws.eks.Cluster {
  const { settings, opts, clusterName } = place;
  const { publicAccessCidrs } = settings;
  return new aws.eks.Cluster(
    ...transformed<aws.eks.ClusterArgs>(
      settings.transform.cluster,
      childName(place.name, "cluster"),
      {
        name: clusterName,
        version: settings.version,
        roleArn: needs.role.arn,
        // Rights come from access entries alone, also those of whoever made the cluster.
        accessConfig: {
          authenticationMode: "API",
          bootstrapClusterCreatorAdminPermissions: false,
        },
        bootstrapSelfManagedAddons: false,
        vpcConfig: {
          subnetIds: settings.zones.map((zone) => settings.subnetIds[zone]!),
          endpointPrivateAccess: true,
          endpointPublicAccess: publicAccessCidrs.length > 0,
          ...(publicAccessCidrs.length > 0 ? { publicAccessCidrs: [...publicAccessCidrs] } : {}),
        },
        encryptionConfig: { provider: { keyArn: needs.kmsKeyArn }, resources: ["secrets"] },
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        zonalShiftConfig: { enabled: true },
        upgradePolicy: { supportType: settings.support },
        deletionProtection: settings.isProtected,
        tags: eksTags(place, clusterName),
      },
      { ...opts, protect: settings.isProtected, dependsOn: needs.dependsOn },
    ),
  );
}

function createAccess(place: EksPlace, cluster: aws.eks.Cluster): readonly pulumi.Resource[] {
  return Object.entries(place.settings.administrators).map(([who, principalArn]) => {
    const name = childName(place.name, "administrator", who);
    const entry = new aws.eks.AccessEntry(
      name,
      { clusterName: cluster.name, principalArn, type: "STANDARD", tags: eksTags(place, name) },
      place.opts,
    );
    return new aws.eks.AccessPolicyAssociation(
      name,
      {
        clusterName: cluster.name,
        principalArn,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
      { ...place.opts, dependsOn: [entry] },
    );
  });
}
