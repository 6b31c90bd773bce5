/**
 * A Kubernetes cluster with GPU pools on EKS.
 */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { checkEksGpuCluster, type EksGpuClusterArgs, resolveEksGpuCluster } from "./eks-args";
import { createControlPlane, type EksControlPlane } from "./eks-control-plane";
import { createManagedGpuNodes } from "./eks-managed-gpu-nodes";
import { type EksPlace, eksTags } from "./eks-place";
import { createSystemNodes, type EksSystemNodes } from "./eks-system-nodes";
import type { GpuCluster, GpuPoolPlacement } from "./gpu-cluster";
import { gpuPoolSlices, placementsOf } from "./gpu-pool-slices";
import { KarpenterGpuPools } from "./karpenter-gpu-pools";
import { eksKubeconfig } from "./kubeconfig";

/** The resources of an EksGpuCluster. */
export interface EksGpuClusterNodes {
  readonly cluster: aws.eks.Cluster;
  readonly systemNodes: aws.eks.NodeGroup;
  readonly nodeRole: aws.iam.Role;
  /** By slice (`h100-spot`), when EKS keeps the groups. */
  readonly gpuNodes: Readonly<Record<string, aws.eks.NodeGroup>>;
  /** When Karpenter makes the nodes. */
  readonly karpenter: KarpenterGpuPools | undefined;
}

/**
 * An EKS cluster whose control plane is private, encrypted and recorded; system nodes; and GPU pools, whose nodes
 * Karpenter makes, or EKS in managed groups. Pods get rights by Pod Identity. Device plugins, gateways and models are
 * put into it by other components.
 *
 * It refuses an open control plane, images that change on their own, capacity that AWS does not have, and minimums
 * that Karpenter would not keep.
 *
 * **Cost** (us-east-1, planner/catalog/prices/services-aws.ts): the control plane 0.10 USD/h, 73 USD a month, in
 * extended support 0.60 USD/h; two m7i.xlarge; the nodes of the pools as priced by the plan.
 *
 * @example
 * const cluster = new EksGpuCluster("support", {
 *   region: "us-east-1", version: "1.34", vpcId: network.vpcId, subnetIds: network.privateSubnetIds, drainSeconds: 600,
 *   administrators: { deployer: deployerRoleArn }, gpuNodes: { by: "karpenter", amiVersion: "v20261115" },
 *   kmsKeyArn: key.keyArn,
 *   pools: { h100: { instanceType: "p5.48xlarge", accelerators: { type: "h100", count: 8 },
 *     capacity: [{ kind: "on-demand", nodesMax: 4 }] } },
 * }, { provider });
 */
export class EksGpuCluster extends pulumi.ComponentResource implements GpuCluster {
  readonly clusterName: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly kubernetesProvider: kubernetes.Provider;
  readonly pools: Readonly<Record<string, GpuPoolPlacement>>;
  /** Key of secrets and disks. */
  readonly kmsKeyArn: pulumi.Output<string>;
  /** Block of the addresses of Services, out of which the cluster's API has the first. */
  readonly serviceCidr: pulumi.Output<string>;
  /** Security group that the control plane and all nodes share. */
  readonly securityGroupId: pulumi.Output<string>;
  readonly nodes: EksGpuClusterNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: EksGpuClusterArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`EksGpuCluster "${name}"`, [
      ...checkComponentName(name),
      ...checkEksGpuCluster(args),
    ]);
    super(componentType("cluster", "EksGpuCluster"), name, {}, opts);
    const settings = resolveEksGpuCluster(args);
    const clusterName = physicalName("eksCluster", name);
    const place: EksPlace = { name, clusterName, settings, opts: placedChildOptions(this, "aws") };

    const plane = createControlPlane(place);
    const system = createSystemNodes(place, plane);
    const kubeconfig = eksKubeconfig({
      name: plane.cluster.name,
      region: settings.region,
      endpoint: plane.cluster.endpoint,
      certificateAuthority: plane.cluster.certificateAuthority.data,
    });
    const provider = createProvider(place, plane, kubeconfig);
    createDiskClass(place, plane, system, provider);
    const slices = gpuPoolSlices(settings.pools, settings.zones, settings.allocation);
    const hasRdma = slices.some(({ pool }) => pool.fabric === "rdma");
    const rdmaSecurityGroupId = hasRdma ? createRdmaGroup(place).id : undefined;
    const { gpuNodes } = settings;

    const groups: Record<string, aws.eks.NodeGroup> = {};
    let karpenter: KarpenterGpuPools | undefined;
    if (gpuNodes.by === "karpenter") {
      karpenter = new KarpenterGpuPools(
        childName(name, "karpenter"),
        { place, plane, system, slices, rdmaSecurityGroupId, amiVersion: gpuNodes.amiVersion },
        { parent: this, providers: [provider] },
      );
    } else {
      const { releaseVersion } = gpuNodes;
      for (const slice of slices) {
        const needs = { releaseVersion, rdmaSecurityGroupId };
        groups[slice.name] = createManagedGpuNodes(place, plane, system, slice, needs);
      }
    }

    this.clusterName = plane.cluster.name;
    this.clusterArn = plane.cluster.arn;
    this.kubeconfig = kubeconfig;
    this.kubernetesProvider = provider;
    this.pools = placementsOf(settings.pools);
    this.kmsKeyArn = pulumi.output(plane.kmsKeyArn);
    this.serviceCidr = plane.cluster.kubernetesNetworkConfig.serviceIpv4Cidr;
    this.securityGroupId = plane.cluster.vpcConfig.clusterSecurityGroupId;
    this.nodes = {
      cluster: plane.cluster,
      systemNodes: system.nodeGroup,
      nodeRole: system.nodeRole,
      gpuNodes: groups,
      karpenter,
    };
    this.registerOutputs({
      clusterName: this.clusterName,
      clusterArn: this.clusterArn,
      kubeconfig: this.kubeconfig,
      pools: this.pools,
      kmsKeyArn: this.kmsKeyArn,
      serviceCidr: this.serviceCidr,
      securityGroupId: this.securityGroupId,
    });
  }
}

function createProvider(
  place: EksPlace,
  { cluster, access }: EksControlPlane,
  kubeconfig: pulumi.Output<string>,
): kubernetes.Provider {
  return new kubernetes.Provider(
    childName(place.name, "kubernetes"),
    {
      kubeconfig,
      // The cluster is the same while its ARN is: a new address or certificate replaces nothing that is in it.
      clusterIdentifier: cluster.arn,
      enableServerSideApply: true,
      // A cluster that is gone has taken its objects along.
      deleteUnreachable: true,
    },
    { parent: place.opts.parent!, dependsOn: [...access] },
  );
}

/** What a pod that asks for a disk gets: EKS has no class of its own that is used unasked, nor one that encrypts. */
function createDiskClass(
  place: EksPlace,
  { cluster, kmsKeyArn }: EksControlPlane,
  { disks }: EksSystemNodes,
  provider: kubernetes.Provider,
): void {
  const name = childName(place.name, "disks");
  new kubernetes.storage.v1.StorageClass(
    name,
    {
      metadata: {
        name: "gp3-encrypted",
        labels: kubernetesLabels(place.settings.allocation),
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: kmsKeyArn },
      // In the zone of the pod, once that is known.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
    },
    { parent: place.opts.parent!, provider, dependsOn: [disks], deletedWith: cluster },
  );
}

/** Adapters reach each other only through a group that allows both directions to itself by name. */
function createRdmaGroup(place: EksPlace): aws.ec2.SecurityGroup {
  const { settings, opts } = place;
  const name = childName(place.name, "rdma");
  const group = new aws.ec2.SecurityGroup(
    name,
    {
      vpcId: settings.vpcId,
      description: "Elastic Fabric Adapter between GPU nodes",
      tags: eksTags(place, name),
    },
    opts,
  );
  const toItself = {
    securityGroupId: group.id,
    referencedSecurityGroupId: group.id,
    ipProtocol: "-1",
    tags: eksTags(place, name),
  };
  new aws.vpc.SecurityGroupIngressRule(name, toItself, opts);
  new aws.vpc.SecurityGroupEgressRule(name, toItself, opts);
  return group;
}
