/**
 * Karpenter in a cluster of EKS, and a NodePool with its EC2NodeClass for each slice of a GPU pool. Part of
 * EksGpuCluster; a component of its own so that what Karpenter needs stands together.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { transformed } from "../foundation/transform";
import type { EksControlPlane } from "./eks-control-plane";
import type { EksPlace } from "./eks-place";
import type { EksSystemNodes } from "./eks-system-nodes";
import type { GpuPoolSlice } from "./gpu-pool-slices";
import { createKarpenterController } from "./karpenter-controller";
import { nodeClassSpec, nodePoolSpec } from "./karpenter-manifests";

/** What EksGpuCluster hands on. */
export interface KarpenterGpuPoolsArgs {
  readonly place: EksPlace;
  readonly plane: EksControlPlane;
  readonly system: EksSystemNodes;
  readonly slices: readonly GpuPoolSlice[];
  readonly rdmaSecurityGroupId: pulumi.Output<string> | undefined;
  readonly amiVersion: string;
}

/** Until the instances of a pool have stopped, once their pods are gone. */
const STOP_SECONDS = 1800;

/**
 * Karpenter and its pools. Its nodes have the role of the system nodes, for which EKS lets them join: a second entry for
 * one role is refused.
 */
export class KarpenterGpuPools extends pulumi.ComponentResource {
  readonly controller: kubernetes.helm.v3.Release;
  /** By slice. */
  readonly nodePools: Readonly<Record<string, kubernetes.apiextensions.CustomResource>>;

  constructor(name: string, args: KarpenterGpuPoolsArgs, opts: pulumi.ComponentResourceOptions) {
    super(componentType("cluster", "KarpenterGpuPools"), name, {}, opts);
    const { plane, system } = args;
    const place: EksPlace = { ...args.place, name, opts: placedChildOptions(this, "aws") };
    const inCluster = placedChildOptions(this, "kubernetes");
    this.controller = createKarpenterController(place, plane, system, {
      ...inCluster,
      // With the cluster gone there is nothing left of it to delete.
      deletedWith: plane.cluster,
    });
    const { drainSeconds } = place.settings;
    this.nodePools = Object.fromEntries(
      args.slices.map((slice) => [
        slice.name,
        createPool({ ...args, place }, slice, {
          ...inCluster,
          // Deleted one by one while Karpenter is there: it is what stops the instances, which would outlive the cluster.
          dependsOn: [this.controller],
          customTimeouts: { delete: `${drainSeconds + STOP_SECONDS}s` },
        }),
      ]),
    );
    this.registerOutputs({ controller: this.controller.name });
  }
}

function createPool(
  { place, plane, system, rdmaSecurityGroupId, amiVersion }: KarpenterGpuPoolsArgs,
  slice: GpuPoolSlice,
  opts: pulumi.CustomResourceOptions,
): kubernetes.apiextensions.CustomResource {
  const { settings } = place;
  const name = childName(place.name, slice.name);
  const nodeClass = new kubernetes.apiextensions.CustomResource(
    ...transformed<kubernetes.apiextensions.CustomResourceArgs>(
      settings.transform.nodeClass,
      childName(name, "class"),
      {
        apiVersion: "karpenter.k8s.aws/v1",
        kind: "EC2NodeClass",
        metadata: { name: slice.name, labels: { ...slice.labels } },
        spec: nodeClassSpec(slice, {
          nodeRoleName: system.nodeRole.name,
          subnetIds: settings.subnetIds,
          securityGroupIds: [plane.cluster.vpcConfig.clusterSecurityGroupId],
          rdmaSecurityGroupId,
          kmsKeyArn: plane.kmsKeyArn,
          amiVersion,
          allocation: settings.allocation,
        }),
      },
      opts,
    ),
  );
  return new kubernetes.apiextensions.CustomResource(
    ...transformed<kubernetes.apiextensions.CustomResourceArgs>(
      settings.transform.nodePool,
      childName(name, "pool"),
      {
        apiVersion: "karpenter.sh/v1",
        kind: "NodePool",
        metadata: { name: slice.name, labels: { ...slice.labels } },
        spec: nodePoolSpec(slice, slice.name, settings.drainSeconds),
      },
      { ...opts, dependsOn: [nodeClass] },
    ),
  );
}
