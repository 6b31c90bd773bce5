import { beforeAll, describe, expect, it } from "@jest/globals";
import * as gcp from "@pulumi/gcp";
import fc from "fast-check";
import {
  GkeGpuCluster,
  type GkeGpuClusterArgs,
  type GpuPoolArgs,
} from "../../../components/cluster";
import { gpuNodePoolName, type NodeSettings } from "../../../components/cluster/gke-node-pools";
import { gpuPoolSlices } from "../../../components/cluster/gpu-pool-slices";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const h100: GpuPoolArgs = {
  instanceType: "a3-highgpu-8g",
  accelerators: { type: "nvidia-h100-80gb", count: 8 },
  zones: ["europe-west4-a"],
  localDisks: 16,
  imageCacheDisks: ["projects/probe/global/images/vllm"],
  capacity: [
    { kind: "reserved", nodesMax: 2, nodesMin: 2, reservations: ["h100-block"] },
    { kind: "flex-start", nodesMax: 4 },
  ],
};
const l4: GpuPoolArgs = {
  instanceType: "g2-standard-48",
  accelerators: { type: "nvidia-l4", count: 4 },
  capacity: [
    { kind: "on-demand", nodesMax: 3, nodesMin: 1 },
    { kind: "spot", nodesMax: 6 },
  ],
};
const kmsKeyId = "projects/acme-serving/locations/europe-west4/keyRings/region/cryptoKeys/region";
const minimal: GkeGpuClusterArgs = {
  project: "acme-serving",
  region: "europe-west4",
  zones: ["europe-west4-a", "europe-west4-b"],
  networkId: "projects/acme-serving/global/networks/support",
  subnetworkId: "projects/acme-serving/regions/europe-west4/subnetworks/support",
  podsRangeName: "pods",
  servicesRangeName: "services",
  kmsKeyId,
  drainSeconds: 600,
  pools: { h100, l4 },
};

function cluster(args: Partial<GkeGpuClusterArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { region: "europe-west4" });
    const made = new GkeGpuCluster("support", { ...minimal, ...args }, { provider });
    return { clusterName: made.clusterName, kubeconfig: made.kubeconfig, pools: made.pools };
  };
}

describeComponentLaws({ name: "gke-gpu-cluster", program: cluster() });

const CLUSTER = "gcp:container/cluster:Cluster";
const NODE_POOL = "gcp:container/nodePool:NodePool";

describe("GkeGpuCluster", () => {
  let run: EngineRun;
  beforeAll(async () => {
    run = await registered(cluster());
  });

  it("has private nodes, is reached by name, and keeps its secrets encrypted", () => {
    const made = only(run, CLUSTER);
    expect(made).toMatchObject({
      protect: true,
      ignoreChanges: ["nodeConfig", "initialNodeCount"],
      inputs: {
        name: "support",
        location: "europe-west4",
        removeDefaultNodePool: true,
        privateClusterConfig: { enablePrivateNodes: true },
        controlPlaneEndpointsConfig: {
          dnsEndpointConfig: { allowExternalTraffic: true },
          ipEndpointsConfig: { enabled: false },
        },
        workloadIdentityConfig: { workloadPool: "acme-serving.svc.id.goog" },
        databaseEncryption: { state: "ENCRYPTED", keyName: kmsKeyId },
        datapathProvider: "ADVANCED_DATAPATH",
        // Definitions of Gateway API are Envoy Gateway's: GKE would put its own in their place.
        gatewayApiConfig: { channel: "CHANNEL_DISABLED" },
        deletionProtection: true,
        resourceLabels: { "capplan-region": "europe-west4" },
      },
    });
    // What models are asked stays out of the logs.
    expect(made.inputs["loggingConfig"]).toEqual({
      enableComponents: ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
    });
    const kubeconfig = JSON.parse(run.stackOutputs.values["kubeconfig"] as string);
    expect(kubeconfig.clusters[0].cluster).toEqual({
      server: "https://support-cluster.gke.example",
    });
  });

  it("makes the system pool first, and taints GPU nodes itself", () => {
    const system = only(run, NODE_POOL, "support-system");
    const gpus = ofType(run, NODE_POOL).filter(({ name }) => name.startsWith("support-gpu-"));
    expect(gpus.map(({ name }) => name)).toEqual([
      "support-gpu-h100-flex-start",
      "support-gpu-h100-reserved",
      "support-gpu-l4-on-demand",
      "support-gpu-l4-spot",
    ]);
    for (const { dependencies, inputs } of gpus) {
      expect(dependencies).toContain(system.urn);
      expect(inputs["nodeConfig"]).toMatchObject({
        taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
        gvnic: { enabled: true },
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        bootDiskKmsKey: kmsKeyId,
        shieldedInstanceConfig: { enableSecureBoot: true },
      });
    }
  });

  it("says each kind of capacity in GKE's own words", () => {
    expect(only(run, NODE_POOL, "support-gpu-h100-reserved").inputs).toMatchObject({
      nodeLocations: ["europe-west4-a"],
      initialNodeCount: 2,
      autoscaling: { totalMinNodeCount: 2, totalMaxNodeCount: 2, locationPolicy: "ANY" },
      nodeConfig: {
        machineType: "a3-highgpu-8g",
        guestAccelerators: [
          {
            type: "nvidia-h100-80gb",
            count: 8,
            gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" },
          },
        ],
        reservationAffinity: {
          consumeReservationType: "SPECIFIC_RESERVATION",
          key: "compute.googleapis.com/reservation-name",
          values: ["h100-block"],
        },
        ephemeralStorageLocalSsdConfig: { localSsdCount: 16 },
        secondaryBootDisks: [
          { diskImage: "projects/probe/global/images/vllm", mode: "CONTAINER_IMAGE_CACHE" },
        ],
        gcfsConfig: { enabled: true },
        labels: { "capplan/pool": "h100", "capplan/capacity": "reserved" },
        resourceLabels: { "capplan-pool": "h100" },
      },
    });
    expect(only(run, NODE_POOL, "support-gpu-h100-flex-start").inputs).toMatchObject({
      management: { autoRepair: false },
      nodeConfig: {
        flexStart: true,
        maxRunDuration: "604800s",
        reservationAffinity: { consumeReservationType: "NO_RESERVATION" },
      },
    });
    expect(only(run, NODE_POOL, "support-gpu-l4-spot").inputs).toMatchObject({
      autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: 6, locationPolicy: "ANY" },
      nodeConfig: { spot: true },
    });
    expect(only(run, NODE_POOL, "support-gpu-l4-on-demand").inputs).toMatchObject({
      nodeLocations: ["europe-west4-a", "europe-west4-b"],
      initialNodeCount: 1,
      autoscaling: { totalMinNodeCount: 1, locationPolicy: "BALANCED" },
      upgradeSettings: { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 },
      nodeDrainConfigs: [
        { graceTerminationDuration: "600s", respectPdbDuringNodePoolDeletion: true },
      ],
    });
  });

  // cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods: only with Dataplane V2.
  it("can be given a pool with rdma later, since its network cannot be changed", async () => {
    const networkOf = (made: EngineRun) => {
      const { datapathProvider, enableMultiNetworking } = only(made, CLUSTER).inputs;
      return { datapathProvider, enableMultiNetworking };
    };
    const span: GpuPoolArgs = { ...h100, fabric: "rdma" };
    const spanning = await registered(cluster({ pools: { l4, span } }));
    expect(networkOf(run)).toEqual({
      datapathProvider: "ADVANCED_DATAPATH",
      enableMultiNetworking: true,
    });
    expect(networkOf(spanning)).toEqual(networkOf(run));
  });

  it("for rdma keeps nodes together on the accelerator network", async () => {
    const span: GpuPoolArgs = { ...h100, fabric: "rdma", imageCacheDisks: [] };
    const spanning = await registered(cluster({ pools: { span } }));
    expect(only(spanning, NODE_POOL, "support-gpu-span-reserved").inputs).toMatchObject({
      placementPolicy: { type: "COMPACT" },
      networkConfig: { acceleratorNetworkProfile: "auto", enablePrivateNodes: true },
    });
  });

  const refused: readonly [string, Partial<GkeGpuClusterArgs>][] = [
    ["project", { project: "Acme" }],
    ["drainSeconds", { drainSeconds: 0 }],
    ["podsPerNodeMax", { podsPerNodeMax: 300 }],
    ["maintenanceStart", { maintenanceStart: "3am" }],
    ["systemNodes.nodesMinPerZone", { systemNodes: { nodesMinPerZone: 5, nodesMaxPerZone: 4 } }],
    [
      "pools.l4.capacity[0].kind",
      {
        pools: {
          l4: { ...l4, capacity: [{ kind: "reserved", nodesMax: 1, reservations: ["one"] }] },
        },
      },
    ],
    [
      "pools.l4.capacity[0].runSecondsMax",
      {
        pools: {
          l4: { ...l4, capacity: [{ kind: "flex-start", nodesMax: 1, runSecondsMax: 604_801 }] },
        },
      },
    ],
    [
      "pools.h100.capacity[0].kind",
      {
        pools: {
          h100: {
            ...h100,
            capacity: [{ kind: "capacity-block", nodesMax: 1, reservations: ["cr-1"] }],
          },
        },
      },
    ],
  ];
  it.each(refused)("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(cluster(args))).rejects.toMatchObject({ propertyPath });
  });

  it("fails when its name would be cut below", async () => {
    const program = (): undefined => {
      const provider = new gcp.Provider("europe-west4", { region: "europe-west4" });
      new GkeGpuCluster("a-name-of-many-characters", minimal, { provider });
      return undefined;
    };
    await expect(registered(program)).rejects.toMatchObject({ propertyPath: "name" });
  });
});

describe("a GPU pool of GKE that is changed", () => {
  const settings = { gpuDriver: "DEFAULT", podsPerNodeMax: 32, kmsKeyId } as const;
  const nameOf = (pool: GpuPoolArgs, changed: Partial<NodeSettings> = {}): string =>
    gpuNodePoolName(gpuPoolSlices({ pool }, minimal.zones, {})[0]!, { ...settings, ...changed });

  it("for all changes that GKE cannot make in place, gets another name, so both can be there", () => {
    const flexible = (runSecondsMax: number): Partial<GpuPoolArgs> => ({
      capacity: [{ kind: "flex-start", nodesMax: 2, runSecondsMax }],
    });
    const changes: readonly Partial<GpuPoolArgs>[] = [
      { instanceType: "a3-megagpu-8g" },
      { accelerators: { type: "nvidia-h100-mega-80gb", count: 8 } },
      { taints: [{ key: "only", value: "batch", effect: "NoSchedule" }] },
      { localDisks: 8 },
      { bootDiskGib: 500 },
      { zones: ["europe-west4-b"] },
      { fabric: "rdma" },
      { imageCacheDisks: ["projects/probe/global/images/other"] },
      { capacity: [{ kind: "reserved", nodesMax: 2, reservations: ["another-block"] }] },
      { capacity: [{ kind: "spot", nodesMax: 2 }] },
      flexible(3600),
      flexible(7200),
    ];
    const everywhere: readonly Partial<NodeSettings>[] = [
      { gpuDriver: "LATEST" },
      { podsPerNodeMax: 64 },
      { kmsKeyId: `${kmsKeyId}-next` },
    ];
    const names = [
      nameOf(h100),
      ...changes.map((change) => nameOf({ ...h100, ...change })),
      ...everywhere.map((change) => nameOf(h100, change)),
    ];
    expect(new Set(names).size).toBe(1 + changes.length + everywhere.length);
  });

  it("keeps its name when its time to run is written out as it was", () => {
    const flexible: GpuPoolArgs = { ...h100, capacity: [{ kind: "flex-start", nodesMax: 2 }] };
    const writtenOut: GpuPoolArgs = {
      ...h100,
      capacity: [{ kind: "flex-start", nodesMax: 2, runSecondsMax: 604_800 }],
    };
    expect(nameOf(writtenOut)).toBe(nameOf(flexible));
  });

  it("for all limits, keeps its name when only its size changes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (nodesMax) => {
        expect(nameOf({ ...l4, capacity: [{ kind: "spot", nodesMax }] })).toBe(
          nameOf({ ...l4, capacity: [{ kind: "spot", nodesMax: 1 }] }),
        );
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it.each<[string, Partial<GkeGpuClusterArgs>]>([
    ["another driver", { gpuDriver: "LATEST" }],
    ["more pods on a node", { podsPerNodeMax: 64 }],
    ["another key", { kmsKeyId: `${kmsKeyId}-next` }],
  ])("is made anew beside the other, with %s", async (_, args) => {
    const namesOf = (made: EngineRun) =>
      ofType(made, NODE_POOL)
        .filter(({ name }) => name.startsWith("support-gpu-"))
        .map(({ inputs }) => inputs["name"]);
    const first = await registered(cluster());
    const next = await registered(cluster(args), { state: first.state });
    for (const { name, deleteBeforeReplace } of ofType(next, NODE_POOL)) {
      expect({ name, deleteBeforeReplace }).toEqual({ name, deleteBeforeReplace: undefined });
    }
    expect(new Set([...namesOf(first), ...namesOf(next)]).size).toBe(8);
  });
});
