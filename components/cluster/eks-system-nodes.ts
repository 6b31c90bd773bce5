/** The nodes that run the cluster itself, and the add-ons that make nodes usable. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { EksAddonName } from "./eks-args";
import type { EksControlPlane } from "./eks-control-plane";
import { diskOf, METADATA_OPTIONS, tagSpecificationsOf } from "./eks-launch-template";
import { type EksPlace, eksTags, nodeTags, POD_IDENTITY, serviceRole } from "./eks-place";

/** What Karpenter and GPU nodes build on. */
export interface EksSystemNodes {
  readonly nodeGroup: aws.eks.NodeGroup;
  readonly nodeRole: aws.iam.Role;
  /** All that has to be there before a pod runs. */
  readonly ready: readonly pulumi.Resource[];
  /** What makes disks for pods. */
  readonly disks: aws.eks.Addon;
}

/** Makes the role of all nodes, the system nodes, and the add-ons. */
export function createSystemNodes(place: EksPlace, plane: EksControlPlane): EksSystemNodes {
  const { role, attached } = serviceRole(place, childName(place.name, "node"), {
    service: "ec2.amazonaws.com",
    description: "Lets nodes join the cluster and pull images",
    policies: [
      "AmazonEKSWorkerNodePolicy",
      "AmazonEC2ContainerRegistryPullOnly",
      "AmazonSSMManagedInstanceCore",
    ],
  });
  // A node without these does not become ready, so they come before it; DNS needs a node to run on.
  const before = [
    createAddon(place, plane, "eks-pod-identity-agent", {}),
    createAddon(place, plane, "kube-proxy", {}),
    createNetworkAddon(place, plane),
  ];
  const nodeGroup = createNodeGroup(place, plane, role, [...attached, ...before]);
  const dns = createAddon(place, plane, "coredns", {}, [nodeGroup]);
  const disks = createDiskAddon(place, plane, nodeGroup);
  return { nodeGroup, nodeRole: role, ready: [nodeGroup, dns], disks };
}

function createAddon(
  place: EksPlace,
  { cluster }: EksControlPlane,
  addonName: EksAddonName,
  args: Partial<aws.eks.AddonArgs>,
  dependsOn: pulumi.Resource[] = [],
): aws.eks.Addon {
  const { settings, opts } = place;
  const name = childName(place.name, "addon", addonName);
  const addonVersion = settings.addonVersions[addonName];
  return new aws.eks.Addon(
    ...transformed<aws.eks.AddonArgs>(
      settings.transform.addon,
      name,
      {
        clusterName: cluster.name,
        addonName,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
        tags: eksTags(place, name),
        ...(addonVersion === undefined ? {} : { addonVersion }),
        ...args,
      },
      { ...opts, dependsOn },
    ),
  );
}

/** The network of pods: blocks of addresses for each node, policies enforced, and rights of its own. */
function createNetworkAddon(place: EksPlace, plane: EksControlPlane): aws.eks.Addon {
  const { role, attached } = serviceRole(place, childName(place.name, "vpc-cni"), {
    ...POD_IDENTITY,
    description: "Lets the network add-on assign addresses to pods",
    policies: ["AmazonEKS_CNI_Policy"],
  });
  return createAddon(
    place,
    plane,
    "vpc-cni",
    {
      podIdentityAssociations: [{ roleArn: role.arn, serviceAccount: "aws-node" }],
      configurationValues: JSON.stringify({
        enableNetworkPolicy: "true",
        env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
      }),
    },
    [...attached],
  );
}

/** Disks of pods, which EKS makes none of by itself. */
function createDiskAddon(
  place: EksPlace,
  plane: EksControlPlane,
  nodeGroup: aws.eks.NodeGroup,
): aws.eks.Addon {
  const { role, attached } = serviceRole(place, childName(place.name, "ebs-csi"), {
    ...POD_IDENTITY,
    description: "Lets the disk add-on make and attach disks of pods",
    policies: ["service-role/AmazonEBSCSIDriverPolicy"],
  });
  const associations = [{ roleArn: role.arn, serviceAccount: "ebs-csi-controller-sa" }];
  return createAddon(
    place,
    plane,
    "aws-ebs-csi-driver",
    { podIdentityAssociations: associations },
    [...attached, nodeGroup],
  );
}

function createNodeGroup(
  place: EksPlace,
  { cluster, kmsKeyArn }: EksControlPlane,
  role: aws.iam.Role,
  dependsOn: pulumi.Resource[],
): aws.eks.NodeGroup {
  const { settings, opts } = place;
  const { instanceTypes, nodesMin, nodesMax } = settings.systemNodes;
  const name = childName(place.name, "system");
  const template = new aws.ec2.LaunchTemplate(
    name,
    {
      metadataOptions: METADATA_OPTIONS,
      blockDeviceMappings: [diskOf(50, kmsKeyArn)],
      tagSpecifications: tagSpecificationsOf(nodeTags(place, name)),
      updateDefaultVersion: true,
      tags: eksTags(place, name),
    },
    opts,
  );
  return new aws.eks.NodeGroup(
    ...transformed<aws.eks.NodeGroupArgs>(
      settings.transform.systemNodes,
      name,
      {
        clusterName: cluster.name,
        nodeRoleArn: role.arn,
        subnetIds: settings.zones.map((zone) => settings.subnetIds[zone]!),
        capacityType: "ON_DEMAND",
        amiType: "AL2023_x86_64_STANDARD",
        instanceTypes: [...instanceTypes],
        scalingConfig: { minSize: nodesMin, desiredSize: nodesMin, maxSize: nodesMax },
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        labels: { "capplan/pool": "system" },
        tags: eksTags(place, name),
      },
      {
        ...opts,
        dependsOn,
        // Beside Karpenter nothing else changes the size, and EKS refuses a least number above the present one.
        ...(settings.gpuNodes.by === "karpenter"
          ? {}
          : { ignoreChanges: ["scalingConfig.desiredSize"] }),
      },
    ),
  );
}
