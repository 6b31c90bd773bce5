/**
 * A Kubernetes cluster with GPU pools on GKE.
 */
import type * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { checkGkeGpuCluster, type GkeGpuClusterArgs, resolveGkeGpuCluster } from "./gke-args";
import { createGkeControlPlane } from "./gke-control-plane";
import { createGkeGpuNodes, createGkeSystemNodes } from "./gke-node-pools";
import type { GkePlace } from "./gke-place";
import type { GpuCluster, GpuPoolPlacement } from "./gpu-cluster";
import { gpuPoolSlices, placementsOf } from "./gpu-pool-slices";
import { gkeKubeconfig } from "./kubeconfig";

/** The resources of a GkeGpuCluster. */
export interface GkeGpuClusterNodes {
  readonly cluster: gcp.container.Cluster;
  readonly systemNodes: gcp.container.NodePool;
  /** By slice (`h100-spot`). */
  readonly gpuNodes: Readonly<Record<string, gcp.container.NodePool>>;
  /** The account of all nodes. */
  readonly nodeAccount: gcp.serviceaccount.Account;
}

/**
 * A regional GKE cluster that is reached by name and IAM alone, with private nodes, encrypted secrets and disks; system
 * nodes; and a node pool for each kind of capacity of each GPU pool. GKE brings drivers and device plugin. Pods get
 * rights by Workload Identity.
 *
 * A change that GKE cannot make in place makes a pool beside the old one before that is drained and removed.
 *
 * It refuses capacity that Google Cloud does not have, reservations of several zones, and fast fabric across zones.
 *
 * **Cost** (planner/catalog/prices/services-gcp.ts): the management fee 0.10 USD/h, 73 USD a month; an e2-standard-4 in
 * each zone; the nodes of the pools as priced by the plan.
 *
 * @example
 * const cluster = new GkeGpuCluster("support", {
 *   project: "acme", region: "europe-west4", zones: ["europe-west4-a", "europe-west4-b"], kmsKeyId: key.keyName,
 *   networkId: network.networkId, subnetworkId: network.subnetworkId, podsRangeName: network.podsRangeName,
 *   servicesRangeName: network.servicesRangeName, drainSeconds: 600,
 *   pools: { h100: { instanceType: "a3-highgpu-8g", accelerators: { type: "nvidia-h100-80gb", count: 8 },
 *     capacity: [{ kind: "on-demand", nodesMax: 4 }] } },
 * }, { provider });
 */
export class GkeGpuCluster extends pulumi.ComponentResource implements GpuCluster {
  readonly clusterName: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly kubernetesProvider: kubernetes.Provider;
  readonly pools: Readonly<Record<string, GpuPoolPlacement>>;
  /** Key of secrets and disks. */
  readonly kmsKeyId: pulumi.Output<string>;
  /** What identities of pods end in: `PROJECT.svc.id.goog`. */
  readonly workloadPool: string;
  readonly nodes: GkeGpuClusterNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GkeGpuClusterArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GkeGpuCluster "${name}"`, [
      ...checkComponentName(name),
      ...checkGkeGpuCluster(args),
    ]);
    super(componentType("cluster", "GkeGpuCluster"), name, {}, opts);
    const settings = resolveGkeGpuCluster(args);
    const clusterName = physicalName("gkeCluster", name);
    const place: GkePlace = { name, clusterName, settings, opts: placedChildOptions(this, "gcp") };

    const plane = createGkeControlPlane(place);
    const system = createGkeSystemNodes(place, plane);
    const slices = gpuPoolSlices(settings.pools, settings.zones, settings.allocation);
    const gpuNodes = Object.fromEntries(
      slices.map((slice) => [slice.name, createGkeGpuNodes(place, plane, slice, system)]),
    );
    const { cluster } = plane;
    const kubeconfig = gkeKubeconfig({
      name: cluster.name,
      endpoint: cluster.controlPlaneEndpointsConfig.apply(
        ({ dnsEndpointConfig }) => dnsEndpointConfig?.endpoint ?? "",
      ),
    });

    this.clusterName = cluster.name;
    this.kubeconfig = kubeconfig;
    this.kubernetesProvider = new kubernetes.Provider(
      childName(name, "kubernetes"),
      {
        kubeconfig,
        // The cluster is the same while its identifier is.
        clusterIdentifier: cluster.id,
        enableServerSideApply: true,
        // A cluster that is gone has taken its objects along.
        deleteUnreachable: true,
      },
      { parent: this },
    );
    this.pools = placementsOf(settings.pools);
    this.kmsKeyId = pulumi.output(plane.kmsKeyId);
    this.workloadPool = `${settings.project}.svc.id.goog`;
    this.nodes = { cluster, systemNodes: system, gpuNodes, nodeAccount: plane.serviceAccount };
    this.registerOutputs({
      clusterName: this.clusterName,
      kubeconfig: this.kubeconfig,
      pools: this.pools,
      kmsKeyId: this.kmsKeyId,
      workloadPool: this.workloadPool,
    });
  }
}
