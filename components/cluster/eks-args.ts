/**
 * Arguments of EksGpuCluster: what they mean, what is refused, and what they are when left out.
 */
import type * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkGpuPools } from "./check-gpu-pools";
import type { GpuPools } from "./gpu-cluster";

/** Who makes GPU nodes. */
export type EksGpuNodes =
  | {
      /** Karpenter makes a node when a pod waits for one, out of all kinds of capacity of its pool. */
      readonly by: "karpenter";
      /** Release of the AL2023 image with NVIDIA's driver: `v20261115`. Nodes are replaced when it changes. */
      readonly amiVersion: string;
    }
  | {
      /** EKS keeps groups of nodes; something else, such as the cluster autoscaler, changes their size. */
      readonly by: "managed-node-groups";
      /** Release of the AL2023 image with NVIDIA's driver, for the cluster's version: `1.34.2-20261115`. */
      readonly releaseVersion: string;
    };

/** Nodes for what runs the cluster: Karpenter, DNS, gateways. Never GPUs. */
export interface EksSystemNodesArgs {
  /** @default ["m7i.xlarge"] */
  readonly instanceTypes?: readonly string[];
  /** At least two, so that one can go. @default 2 */
  readonly nodesMin?: number;
  /** @default 6 */
  readonly nodesMax?: number;
}

/** Changes to single resources, in the provider's words. */
export interface EksGpuClusterTransforms {
  readonly cluster?: Transform<aws.eks.ClusterArgs>;
  readonly addon?: Transform<aws.eks.AddonArgs>;
  readonly systemNodes?: Transform<aws.eks.NodeGroupArgs>;
  readonly gpuNodes?: Transform<aws.eks.NodeGroupArgs>;
  readonly launchTemplate?: Transform<aws.ec2.LaunchTemplateArgs>;
  readonly karpenter?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly nodePool?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly nodeClass?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
}

/** Arguments of EksGpuCluster. */
export interface EksGpuClusterArgs {
  /** Region of the provider that is passed. Known early. */
  readonly region: string;
  /** Version of Kubernetes: `1.34`. Known early. */
  readonly version: string;
  /** Private subnets by zone, at least two. The zones are known early. */
  readonly subnetIds: Readonly<Record<string, pulumi.Input<string>>>;
  /** VPC of the subnets. */
  readonly vpcId: pulumi.Input<string>;
  /**
   * Roles that administer the cluster, by a short name that is known early. The one that runs Pulumi has to be among
   * them: whoever makes a cluster has no right to it otherwise.
   */
  readonly administrators: Readonly<Record<string, pulumi.Input<string>>>;
  /** The pools. Known early. */
  readonly pools: GpuPools;
  /** Who makes GPU nodes. Known early. */
  readonly gpuNodes: EksGpuNodes;
  /** How long a node that is to go waits for its pods: at least the longest stream, seconds. Known early. */
  readonly drainSeconds: number;
  /** Nodes for what runs the cluster. Known early. @default - two to six m7i.xlarge */
  readonly systemNodes?: EksSystemNodesArgs;
  /**
   * Blocks of addresses that reach the control plane from the internet; without any it has no public address, and
   * Pulumi has to run where it reaches the VPC. Known early. @default []
   */
  readonly publicAccessCidrs?: readonly string[];
  /**
   * Key that encrypts secrets, disks, records and Karpenter's queue: AwsFleetKey's, of which the services `ec2`,
   * `events` and `logs` use it.
   */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** Days that records of the control plane are kept. Known early. @default 365 */
  readonly auditRetentionDays?: number;
  /**
   * Support of the version: `STANDARD` upgrades when it ends, `EXTENDED` costs six times as much per hour instead.
   * Known early. @default "STANDARD"
   */
  readonly support?: "STANDARD" | "EXTENDED";
  /** Versions of add-ons by name. Known early. @default - EKS's default for the version of Kubernetes */
  readonly addonVersions?: Readonly<Partial<Record<EksAddonName, string>>>;
  /** Whether the cluster and its records are protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: EksGpuClusterTransforms;
}

/** Add-ons of every cluster. */
export const eksAddonNames = [
  "vpc-cni",
  "kube-proxy",
  "eks-pod-identity-agent",
  "coredns",
  "aws-ebs-csi-driver",
] as const;

/** An add-on of every cluster. */
export type EksAddonName = (typeof eksAddonNames)[number];

/** Arguments with their defaults. */
export type ResolvedEksGpuCluster = Required<Omit<EksGpuClusterArgs, "systemNodes">> & {
  readonly systemNodes: Required<EksSystemNodesArgs>;
  /** Names of the zones, sorted. */
  readonly zones: readonly string[];
};

/** What is wrong with the arguments. */
export function checkEksGpuCluster(args: EksGpuClusterArgs): readonly InputProblem[] {
  const zones = Object.keys(args.subnetIds);
  const problems: InputProblem[] = [
    ...checkForm("version", args.version, {
      pattern: /^1\.\d{2}$/,
      must: 'be a version of Kubernetes without the patch, such as "1.34"',
    }),
    ...checkWhole("drainSeconds", args.drainSeconds, { min: 30, max: 24 * 3600 }),
    ...checkOneOf("support", args.support, ["STANDARD", "EXTENDED"]),
    ...checkWhole("systemNodes.nodesMin", args.systemNodes?.nodesMin, { min: 2, max: 450 }),
    ...checkWhole("systemNodes.nodesMax", args.systemNodes?.nodesMax, { min: 2, max: 450 }),
    ...checkGpuNodes(args),
    ...checkGpuPools(args.pools, {
      cloud: "AWS",
      kinds: ["on-demand", "spot", "reserved", "capacity-block"],
      instanceType: {
        pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
        must: 'be an instance type of EC2, such as "p5.48xlarge"',
      },
      zones,
      keepsNodes: args.gpuNodes.by === "managed-node-groups",
      hasImageCache: false,
      needsNetworkCards: true,
    }),
  ];
  if (zones.length < 2) {
    problems.push({ path: "subnetIds", must: "hold subnets of at least two zones", got: zones });
  }
  if (Object.keys(args.administrators).length === 0) {
    problems.push({
      path: "administrators",
      must: "name the role that runs Pulumi, or nobody can put anything into the cluster",
      got: args.administrators,
    });
  }
  (args.publicAccessCidrs ?? []).forEach((cidr, index) => {
    if (!cidr.endsWith("/0")) return;
    problems.push({
      path: `publicAccessCidrs[${index}]`,
      must: "leave most of the internet out",
      got: cidr,
      fix: "name the addresses of those who administer the cluster",
    });
  });
  const { nodesMin = 2, nodesMax = 6 } = args.systemNodes ?? {};
  if (nodesMin > nodesMax) {
    const must = `be at most systemNodes.nodesMax, which is ${nodesMax}`;
    problems.push({ path: "systemNodes.nodesMin", must, got: nodesMin });
  }
  return problems;
}

function checkGpuNodes({ gpuNodes, version, pools }: EksGpuClusterArgs): readonly InputProblem[] {
  if (gpuNodes.by === "karpenter") {
    return checkForm("gpuNodes.amiVersion", gpuNodes.amiVersion, {
      pattern: /^v\d{8}$/,
      must: 'be a release of the image, such as "v20261115", since "latest" replaces nodes unasked',
    });
  }
  const problems = [
    ...checkForm("gpuNodes.releaseVersion", gpuNodes.releaseVersion, {
      pattern: /^1\.\d{2}\.\d+-\d{8}$/,
      must: 'be a release of the image, such as "1.34.2-20261115"',
    }),
  ];
  if (problems.length === 0 && !gpuNodes.releaseVersion.startsWith(`${version}.`)) {
    const must = `be a release for version ${version} of the cluster`;
    problems.push({ path: "gpuNodes.releaseVersion", must, got: gpuNodes.releaseVersion });
  }
  for (const [name, { capacity }] of Object.entries(pools)) {
    capacity.forEach((one, index) => {
      if (!("reservations" in one) || one.reservations.length < 2) return;
      problems.push({
        path: `pools.${name}.capacity[${index}].reservations`,
        must: "be one reservation, since the template of a node group targets one",
        got: one.reservations.length,
        fix: 'use gpuNodes: { by: "karpenter", … }',
      });
    });
  }
  return problems;
}

/** Arguments with everything that was left out. */
export function resolveEksGpuCluster(args: EksGpuClusterArgs): ResolvedEksGpuCluster {
  return {
    ...args,
    systemNodes: {
      instanceTypes: args.systemNodes?.instanceTypes ?? ["m7i.xlarge"],
      nodesMin: args.systemNodes?.nodesMin ?? 2,
      nodesMax: args.systemNodes?.nodesMax ?? 6,
    },
    zones: Object.keys(args.subnetIds).toSorted(),
    publicAccessCidrs: args.publicAccessCidrs ?? [],
    auditRetentionDays: args.auditRetentionDays ?? 365,
    support: args.support ?? "STANDARD",
    addonVersions: args.addonVersions ?? {},
    isProtected: args.isProtected ?? true,
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
