/** Parts of launch templates that all nodes of EKS share. Pure. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Pods get their credentials from Pod Identity, and cannot reach those of the node. */
export const METADATA_OPTIONS = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
} as const;

/** The boot disk, encrypted. */
export function diskOf(
  sizeGib: number,
  kmsKeyArn: pulumi.Input<string>,
): aws.types.input.ec2.LaunchTemplateBlockDeviceMapping {
  return {
    deviceName: "/dev/xvda",
    ebs: {
      volumeSize: sizeGib,
      volumeType: "gp3",
      encrypted: "true",
      kmsKeyId: kmsKeyArn,
      deleteOnTermination: "true",
    },
  };
}

/** Tags of what a template starts: a launch template's own tags stay with the template. */
export function tagSpecificationsOf(
  tags: Readonly<Record<string, string>>,
): aws.types.input.ec2.LaunchTemplateTagSpecification[] {
  return ["instance", "volume"].map((resourceType) => ({ resourceType, tags: { ...tags } }));
}

/**
 * The part of a node's configuration that puts all local disks into one RAID 0 for images and pods
 * (awslabs.github.io/amazon-eks-ami/nodeadm/doc/api, NodeConfig). EKS adds its own part on start.
 */
export function localDiskUserData(): string {
  const boundary = "==NODECONFIG==";
  const lines = [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: application/node.eks.aws",
    "",
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    "  instance:",
    "    localStorage:",
    "      strategy: RAID0",
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(lines.join("\n")).toString("base64");
}
