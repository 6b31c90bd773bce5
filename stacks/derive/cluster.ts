/** The cluster of a region: its pools, and how long a node that goes waits for its streams. */
import {
  checkEksGpuCluster,
  checkGkeGpuCluster,
  type EksGpuClusterArgs,
  type GkeGpuClusterArgs,
  type GpuPools,
} from "../../components/cluster";
import { PICKER_REPLICAS } from "../../components/gateway";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import { limitValue } from "./fleet-context";
import type { PlaceContext } from "./place-context";
import { loadBalancingOf } from "./traffic-policy";
import { translateProblems } from "./translate-problems";

/** Arguments of a cluster that follow from the plan and the configuration, without what a network and a key give. */
export type EksArgs = Omit<
  EksGpuClusterArgs,
  "vpcId" | "subnetIds" | "administrators" | "kmsKeyArn"
>;
export type GkeArgs = Omit<
  GkeGpuClusterArgs,
  "networkId" | "subnetworkId" | "podsRangeName" | "servicesRangeName" | "kmsKeyId"
>;

/** What of a stack's configuration an EKS cluster depends on. */
export interface EksSettings {
  readonly kubernetesVersion: string;
  readonly amiVersion: string;
  readonly administrators: Readonly<Record<string, string>>;
  readonly publicAccessCidrs?: readonly string[] | undefined;
  readonly isProtected: boolean;
}

/** What of a stack's configuration a GKE cluster depends on. */
export interface GkeSettings {
  readonly project: string;
  readonly isProtected: boolean;
}

const PATHS = {
  version: "capplan:kubernetesVersion",
  "gpuNodes.amiVersion": "capplan:amiVersion",
  administrators: "capplan:administrators",
  publicAccessCidrs: "capplan:publicAccessCidrs",
  zones: "capplan:zones",
  project: "gcp:project",
  drainSeconds: "fleet.draining.timeout",
};

/** Nodes wait no shorter than this, which Kubernetes needs to move what is on them. */
const DRAIN_SECONDS_MIN = 30;

/** As long as the most patient replica of the place. */
function drainSeconds(
  place: PlaceContext,
  problems: Problem[],
): Derivation & { readonly value: number } {
  const graces = place.pools.map(
    ({ name }) => limitValue(place, name, "terminationGracePeriodSeconds", problems).value,
  );
  const value = Math.max(DRAIN_SECONDS_MIN, ...graces);
  const because = `the longest terminationGracePeriodSeconds of the region's pools, ${DRAIN_SECONDS_MIN} s at least`;
  return { what: "cluster.drainSeconds", value, because };
}

const SYSTEM_NODES_MIN = 2;
/** At most, where the plan needs no more: the components' defaults. */
const SYSTEM_NODES_MAX = 6;
const SYSTEM_NODES_PER_ZONE_MAX = 3;

/**
 * System nodes, of which each holds one process of the gateway, or one endpoint picker, and small things beside it. One
 * more lets a process be replaced, which needs room before the old one goes.
 */
function systemNodes({ fleet, pools }: PlaceContext): Derivation & { readonly value: number } {
  const models = new Set(pools.map(({ model }) => model.name)).size;
  const isPicked = loadBalancingOf(fleet.routing.policy) === undefined;
  const processes = fleet.policies.gateway.replicas;
  const pickers = isPicked ? models * PICKER_REPLICAS : 0;
  return {
    what: "cluster.systemNodes",
    value: Math.max(SYSTEM_NODES_MIN, processes + pickers + 1),
    because: `gateway.replicas (${processes}), ${pickers} endpoint pickers and one to spare, which each take half a node`,
  };
}

/** Arguments of EksGpuCluster. */
export function deriveEks(
  place: PlaceContext,
  pools: GpuPools,
  settings: EksSettings,
): Derived<EksArgs> {
  const problems: Problem[] = [];
  const drain = drainSeconds(place, problems);
  const system = systemNodes(place);
  const { publicAccessCidrs, administrators } = settings;
  const args: EksArgs = {
    region: place.region.name,
    version: settings.kubernetesVersion,
    pools,
    gpuNodes: { by: "karpenter", amiVersion: settings.amiVersion },
    systemNodes: {
      nodesMin: system.value,
      nodesMax: Math.max(SYSTEM_NODES_MAX, system.value),
    },
    drainSeconds: drain.value,
    isProtected: settings.isProtected,
    allocation: place.allocation,
    ...(publicAccessCidrs === undefined ? {} : { publicAccessCidrs }),
  };
  const subnetIds = Object.fromEntries(place.zones.map((zone) => [zone, zone]));
  const found = checkEksGpuCluster({
    ...args,
    vpcId: "",
    kmsKeyArn: "",
    subnetIds,
    administrators,
  });
  return {
    args,
    derivations: [drain, system],
    problems: [...problems, ...ofPools(place, translateProblems(found, PATHS, "cluster"))],
  };
}

/** Arguments of GkeGpuCluster. */
export function deriveGke(
  place: PlaceContext,
  pools: GpuPools,
  settings: GkeSettings,
): Derived<GkeArgs> {
  const problems: Problem[] = [];
  const drain = drainSeconds(place, problems);
  const system = systemNodes(place);
  const args: GkeArgs = {
    project: settings.project,
    region: place.region.name,
    zones: place.poolZones,
    pools,
    drainSeconds: drain.value,
    // GKE adds nodes as they are needed.
    systemNodes: {
      nodesMaxPerZone: Math.max(
        SYSTEM_NODES_PER_ZONE_MAX,
        Math.ceil(system.value / place.poolZones.length),
      ),
    },
    isProtected: settings.isProtected,
    allocation: place.allocation,
  };
  const network = { networkId: "", subnetworkId: "", podsRangeName: "", servicesRangeName: "" };
  const found = checkGkeGpuCluster({ ...args, ...network, kmsKeyId: "" });
  return {
    args,
    derivations: [drain, system],
    problems: [...problems, ...ofPools(place, translateProblems(found, PATHS, "cluster"))],
  };
}

/** Without a pool that can be deployed there are problems already, which say why. */
function ofPools(place: PlaceContext, problems: readonly Problem[]): readonly Problem[] {
  const path = `fleet.regions.${place.region.name}.pools`;
  return problems
    .filter((problem) => problem.path !== "cluster.pools")
    .map((problem) => ({ ...problem, path: problem.path.replace(/^cluster\.pools/, path) }));
}
