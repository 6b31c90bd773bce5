/**
 * The charts of what a cluster needs to serve, their versions, and the few values in which they differ from their own
 * defaults. Pure.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { EksAddonsCluster } from "./serving-addons-args";

/** A chart of Helm. */
export interface AddonChart {
  readonly chart: string;
  /** Repository; none for charts of a registry of images. */
  readonly repository?: string;
  readonly version: string;
  readonly namespace: string;
  readonly isNamespaceMade: boolean;
}

const EKS_CHARTS = "https://aws.github.io/eks-charts";

/** By part. */
export const ADDON_CHARTS = {
  devicePlugin: {
    chart: "nvidia-device-plugin",
    repository: "https://nvidia.github.io/k8s-device-plugin",
    version: "0.20.0",
    namespace: "kube-system",
    isNamespaceMade: false,
  },
  efaPlugin: {
    chart: "aws-efa-k8s-device-plugin",
    repository: EKS_CHARTS,
    version: "v0.5.5",
    namespace: "kube-system",
    isNamespaceMade: false,
  },
  keda: {
    chart: "keda",
    repository: "https://kedacore.github.io/charts",
    version: "2.20.2",
    namespace: "keda",
    isNamespaceMade: true,
  },
  loadBalancerController: {
    chart: "aws-load-balancer-controller",
    repository: EKS_CHARTS,
    version: "3.5.0",
    namespace: "kube-system",
    isNamespaceMade: false,
  },
  leaderWorkerSet: {
    chart: "oci://registry.k8s.io/lws/charts/lws",
    version: "0.8.0",
    namespace: "lws-system",
    isNamespaceMade: true,
  },
} as const satisfies Record<string, AddonChart>;

/** A part that a chart installs. */
export type AddonPart = keyof typeof ADDON_CHARTS;

/** Service accounts that get rights of the cloud. */
export const ADDON_ACCOUNTS = {
  keda: "keda-operator",
  loadBalancerController: "aws-load-balancer-controller",
} as const;

/** Values of NVIDIA's device plugin: on every node with GPUs, which no discovery has labelled. */
export const DEVICE_PLUGIN_VALUES = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        // Of the nodes of GPU pools, and of no others.
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "capplan/capacity", operator: "Exists" }] },
        ],
      },
    },
  },
  tolerations: [{ operator: "Exists" }],
};

/** Values of the EFA plugin, for nodes that take nothing but pods with GPUs. */
export const EFA_PLUGIN_VALUES = { tolerations: [{ operator: "Exists" }] };

/** Values of KEDA: two of what answers the autoscaler, since without it nothing is scaled. */
export const KEDA_VALUES = {
  operator: { replicaCount: 2 },
  metricsServer: { replicaCount: 2 },
  webhooks: { replicaCount: 2 },
};

/** Values of the load balancer controller, which is told what it would ask of a node. */
export function loadBalancerControllerValues({
  clusterName,
  region,
  vpcId,
}: EksAddonsCluster): Readonly<Record<string, pulumi.Input<unknown>>> {
  return {
    clusterName,
    region,
    vpcId,
    serviceAccount: { name: ADDON_ACCOUNTS.loadBalancerController },
    // It binds pods to load balancers that Pulumi makes, and makes none.
    createIngressClassResource: false,
    enableServiceMutatorWebhook: false,
    enableShield: false,
    enableWaf: false,
    enableWafv2: false,
  };
}

/** Values of LeaderWorkerSet. */
export const LEADER_WORKER_SET_VALUES = { replicaCount: 2 };

/**
 * What the load balancer controller may do: look, and put pods into target groups and take them out
 * (kubernetes-sigs.github.io/aws-load-balancer-controller, deploy/installation: rights for TargetGroupBinding alone).
 */
export function targetBindingPolicy(region: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstances",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ],
        Resource: "*",
      },
      {
        Effect: "Allow",
        Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
        Resource: `arn:aws:elasticloadbalancing:${region}:*:targetgroup/*`,
      },
    ],
  });
}
