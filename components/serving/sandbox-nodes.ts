/**
 * Nodes on which gVisor stands between tools and the kernel, and the RuntimeClass that puts pods there.
 *
 * GKE brings gVisor and the class with a pool of GKE Sandbox. On EKS there is neither: nodes fetch a pinned release and
 * compare its checksums before they join (gvisor.dev/docs/user_guide/install,
 * awslabs.github.io/amazon-eks-ami/nodeadm/doc/api). A node that cannot do so switches itself off.
 */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { commonNodeConfig, diskOf, METADATA_OPTIONS, tagSpecificationsOf } from "../cluster";
import { awsTags, gcpLabels, kubernetesLabels, withoutPlan } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type {
  EksSandboxNodes,
  GkeSandboxNodes,
  GvisorReleaseArgs,
  ToolSandboxArgs,
} from "./tool-sandbox-args";

/** Name of the RuntimeClass, on both clouds. */
export const RUNTIME_CLASS = "gvisor";
/** Label and taint of the nodes on EKS; GKE has its own. */
const SANDBOX = { key: "capplan/sandbox", value: "gvisor" } as const;
const DISK_GIB = 100;
const RELEASES = "https://storage.googleapis.com/gvisor/releases/release";

/** Makes the nodes, and the RuntimeClass where the cloud does not. */
export function createSandboxNodes(
  name: string,
  args: ToolSandboxArgs,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const { nodes } = args;
  return nodes.kind === "eks"
    ? [createEksNodes(name, args, nodes, opts), createRuntimeClass(name, args, opts)]
    : [createGkeNodes(name, args, nodes, opts)];
}

function createRuntimeClass(
  name: string,
  { allocation = {} }: ToolSandboxArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.node.v1.RuntimeClass {
  return new kubernetes.node.v1.RuntimeClass(
    childName(name, "runtime"),
    {
      metadata: { name: RUNTIME_CLASS, labels: kubernetesLabels(allocation) },
      handler: "runsc",
      scheduling: {
        nodeSelector: { [SANDBOX.key]: SANDBOX.value },
        tolerations: [{ ...SANDBOX, operator: "Equal", effect: "NoSchedule" }],
      },
    },
    opts,
  );
}

function createEksNodes(
  name: string,
  { nodesMin = 1, nodesMax, allocation = {}, transform = {} }: ToolSandboxArgs,
  nodes: EksSandboxNodes,
  opts: pulumi.CustomResourceOptions,
): aws.eks.NodeGroup {
  const nodesName = childName(name, "nodes");
  const tags = { ...awsTags(allocation), Name: nodesName };
  const template = new aws.ec2.LaunchTemplate(
    ...transformed<aws.ec2.LaunchTemplateArgs>(
      transform.launchTemplate,
      nodesName,
      {
        metadataOptions: METADATA_OPTIONS,
        blockDeviceMappings: [diskOf(DISK_GIB, nodes.kmsKeyArn)],
        tagSpecifications: tagSpecificationsOf({
          ...awsTags(withoutPlan(allocation)),
          Name: nodesName,
        }),
        userData: Buffer.from(gvisorUserData(nodes.gvisor)).toString("base64"),
        updateDefaultVersion: true,
        tags,
      },
      opts,
    ),
  );
  return new aws.eks.NodeGroup(
    ...transformed<aws.eks.NodeGroupArgs>(
      transform.eksNodes,
      nodesName,
      {
        clusterName: nodes.clusterName,
        nodeRoleArn: nodes.nodeRoleArn,
        subnetIds: [...nodes.subnetIds],
        capacityType: "ON_DEMAND",
        amiType: "AL2023_x86_64_STANDARD",
        releaseVersion: nodes.releaseVersion,
        instanceTypes: [nodes.instanceType ?? "m7i.xlarge"],
        scalingConfig: { minSize: nodesMin, desiredSize: nodesMin, maxSize: nodesMax },
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        labels: { [SANDBOX.key]: SANDBOX.value, "capplan/pool": "tools" },
        taints: [{ ...SANDBOX, effect: "NO_SCHEDULE" }],
        tags,
      },
      opts,
    ),
  );
}

/** What a node does before it joins: it fetches gVisor, and tells containerd of it. */
export function gvisorUserData(release: GvisorReleaseArgs): string {
  const boundary = "==SANDBOX==";
  const from = `${release.mirror ?? RELEASES}/${release.version}/x86_64`;
  // Under the names of containerd 1.7 and of 2: the other one is not read.
  const tables = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"].flatMap((plugin) => [
    `      [plugins."${plugin}".containerd.runtimes.runsc]`,
    '      runtime_type = "io.containerd.runsc.v1"',
  ]);
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    "",
    "#!/bin/bash",
    "set -euo pipefail",
    "trap poweroff ERR",
    "cd /usr/local/bin",
    `curl -fsSL --retry 5 -o runsc ${from}/runsc`,
    `curl -fsSL --retry 5 -o containerd-shim-runsc-v1 ${from}/containerd-shim-runsc-v1`,
    `echo "${release.runscSha512}  runsc" | sha512sum -c -`,
    `echo "${release.shimSha512}  containerd-shim-runsc-v1" | sha512sum -c -`,
    "chmod 0755 runsc containerd-shim-runsc-v1",
    "",
    `--${boundary}`,
    "Content-Type: application/node.eks.aws",
    "",
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    "  containerd:",
    "    config: |",
    ...tables,
    `--${boundary}--`,
    "",
  ].join("\n");
}

function createGkeNodes(
  name: string,
  { nodesMin = 1, nodesMax, allocation = {}, transform = {} }: ToolSandboxArgs,
  nodes: GkeSandboxNodes,
  opts: pulumi.CustomResourceOptions,
): gcp.container.NodePool {
  return new gcp.container.NodePool(
    ...transformed<gcp.container.NodePoolArgs>(
      transform.gkeNodes,
      childName(name, "nodes"),
      {
        cluster: nodes.clusterId,
        nodeLocations: [...nodes.zones],
        initialNodeCount: Math.ceil(nodesMin / nodes.zones.length),
        autoscaling: { totalMinNodeCount: nodesMin, totalMaxNodeCount: nodesMax },
        management: { autoRepair: true, autoUpgrade: true },
        networkConfig: { enablePrivateNodes: true },
        nodeConfig: {
          ...commonNodeConfig(nodes),
          machineType: nodes.machineType ?? "n2-standard-4",
          diskSizeGb: DISK_GIB,
          diskType: "pd-balanced",
          // GKE labels and taints the nodes for it, and makes the RuntimeClass.
          sandboxConfig: { type: "GVISOR" },
          labels: { "capplan/pool": "tools" },
          resourceLabels: gcpLabels(allocation),
        },
      },
      { ...opts, ignoreChanges: ["initialNodeCount"] },
    ),
  );
}
