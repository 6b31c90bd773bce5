/**
 * Arguments of GkeGpuCluster: what they mean, what is refused, and what they are when left out.
 */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkGpuPools } from "./check-gpu-pools";
import type { GpuPools } from "./gpu-cluster";

/** Nodes for what runs the cluster. Never GPUs. */
export interface GkeSystemNodesArgs {
  /** @default "e2-standard-4" */
  readonly machineType?: string;
  /** In each zone. @default 1 */
  readonly nodesMinPerZone?: number;
  /** In each zone. @default 3 */
  readonly nodesMaxPerZone?: number;
}

/** Changes to single resources, in the provider's words. */
export interface GkeGpuClusterTransforms {
  readonly cluster?: Transform<gcp.container.ClusterArgs>;
  readonly systemNodes?: Transform<gcp.container.NodePoolArgs>;
  readonly gpuNodes?: Transform<gcp.container.NodePoolArgs>;
}

/** Arguments of GkeGpuCluster. */
export interface GkeGpuClusterArgs {
  /** Identifier of the project. Known early. */
  readonly project: string;
  /** Region of the control plane. Known early. */
  readonly region: string;
  /** Zones of the nodes, at least one. Known early. */
  readonly zones: readonly string[];
  /** The VPC network, and a subnet of it in the region. */
  readonly networkId: pulumi.Input<string>;
  readonly subnetworkId: pulumi.Input<string>;
  /** Names of the subnet's secondary ranges. */
  readonly podsRangeName: pulumi.Input<string>;
  readonly servicesRangeName: pulumi.Input<string>;
  /** The pools. Known early. */
  readonly pools: GpuPools;
  /** How long a node that is to go waits for its pods: at least the longest stream, seconds. Known early. */
  readonly drainSeconds: number;
  /**
   * Which versions of Kubernetes the cluster moves through. Known early. @default "REGULAR"
   */
  readonly releaseChannel?: "RAPID" | "REGULAR" | "STABLE" | "EXTENDED";
  /** GPU driver: `DEFAULT` of the node's version, or `LATEST` for it. A change replaces GPU nodes. @default "DEFAULT" */
  readonly gpuDriver?: "DEFAULT" | "LATEST";
  /**
   * Most pods of a node, for which GKE reserves twice as many addresses. Known early. @default 32
   */
  readonly podsPerNodeMax?: number;
  /** Nodes for what runs the cluster. Known early. @default - one to three e2-standard-4 in each zone */
  readonly systemNodes?: GkeSystemNodesArgs;
  /** Key of the region that encrypts secrets and disks: GcpFleetKey's, which the agents of GKE and Compute Engine use. */
  readonly kmsKeyId: pulumi.Input<string>;
  /** Whether nodes run only images that the project's policy admits. Known early. @default true */
  readonly hasImagePolicy?: boolean;
  /**
   * Daily window in which GKE may upgrade, as the time of day in UTC when its four hours begin. Known early.
   * @default "03:00"
   */
  readonly maintenanceStart?: string;
  /** Whether the cluster is protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: GkeGpuClusterTransforms;
}

/** Arguments with their defaults. */
export type ResolvedGkeGpuCluster = Required<Omit<GkeGpuClusterArgs, "systemNodes">> & {
  readonly systemNodes: Required<GkeSystemNodesArgs>;
};

/** What is wrong with the arguments. */
export function checkGkeGpuCluster(args: GkeGpuClusterArgs): readonly InputProblem[] {
  const { zones, region } = args;
  const { nodesMinPerZone = 1, nodesMaxPerZone = 3 } = args.systemNodes ?? {};
  const problems: InputProblem[] = [
    ...checkForm("project", args.project, {
      pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      must: "be the identifier of a project",
    }),
    ...checkUnique("zones", zones),
    ...zones.flatMap((zone, index) =>
      checkForm(`zones[${index}]`, zone, {
        pattern: new RegExp(`^${region}-[a-z]$`),
        must: `name a zone of ${region}, such as "${region}-a"`,
      }),
    ),
    ...checkOneOf("releaseChannel", args.releaseChannel, [
      "RAPID",
      "REGULAR",
      "STABLE",
      "EXTENDED",
    ]),
    ...checkOneOf("gpuDriver", args.gpuDriver, ["DEFAULT", "LATEST"]),
    ...checkWhole("drainSeconds", args.drainSeconds, { min: 30, max: 24 * 3600 }),
    ...checkWhole("podsPerNodeMax", args.podsPerNodeMax, { min: 8, max: 256 }),
    ...checkWhole("systemNodes.nodesMinPerZone", nodesMinPerZone, { min: 1, max: 1000 }),
    ...checkWhole("systemNodes.nodesMaxPerZone", nodesMaxPerZone, { min: 1, max: 1000 }),
    ...checkForm("maintenanceStart", args.maintenanceStart, {
      pattern: /^([01]\d|2[0-3]):[0-5]\d$/,
      must: 'be a time of day, such as "03:00"',
    }),
    ...checkGpuPools(args.pools, {
      cloud: "Google Cloud",
      kinds: ["on-demand", "spot", "reserved", "flex-start"],
      instanceType: {
        pattern: /^[a-z]\d?[a-z0-9]*-[a-z0-9-]+$/,
        must: 'be a machine type of Compute Engine, such as "a3-highgpu-8g"',
      },
      zones,
      keepsNodes: true,
      hasImageCache: true,
      needsNetworkCards: false,
    }),
  ];
  if (zones.length === 0) problems.push({ path: "zones", must: "name a zone", got: zones });
  if (nodesMinPerZone > nodesMaxPerZone) {
    const must = `be at most systemNodes.nodesMaxPerZone, which is ${nodesMaxPerZone}`;
    problems.push({ path: "systemNodes.nodesMinPerZone", must, got: nodesMinPerZone });
  }
  for (const [name, { capacity }] of Object.entries(args.pools)) {
    capacity.forEach((one, index) => {
      if (!("reservations" in one) || one.reservations.length < 2) return;
      problems.push({
        path: `pools.${name}.capacity[${index}].reservations`,
        must: "be one reservation, since a node pool of GKE uses one",
        got: one.reservations.length,
        fix: "make one pool for each reservation",
      });
    });
  }
  return problems;
}

/** Arguments with everything that was left out. */
export function resolveGkeGpuCluster(args: GkeGpuClusterArgs): ResolvedGkeGpuCluster {
  return {
    ...args,
    releaseChannel: args.releaseChannel ?? "REGULAR",
    gpuDriver: args.gpuDriver ?? "DEFAULT",
    podsPerNodeMax: args.podsPerNodeMax ?? 32,
    systemNodes: {
      machineType: args.systemNodes?.machineType ?? "e2-standard-4",
      nodesMinPerZone: args.systemNodes?.nodesMinPerZone ?? 1,
      nodesMaxPerZone: args.systemNodes?.nodesMaxPerZone ?? 3,
    },
    hasImagePolicy: args.hasImagePolicy ?? true,
    maintenanceStart: args.maintenanceStart ?? "03:00",
    isProtected: args.isProtected ?? true,
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
