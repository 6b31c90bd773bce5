/** The control plane of GKE: the account of its nodes, and the cluster. */
import * as gcp from "@pulumi/gcp";
import { gcpLabels } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { physicalName } from "../foundation/physical-name";
import { transformed } from "../foundation/transform";
import type { GkeNodeNeeds, GkePlace } from "./gke-place";

/** Roles of the nodes' account: logs, metrics, and images of the project. */
const NODE_ROLES = ["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"];

/** The control plane, and what its nodes need. */
export interface GkeControlPlane extends GkeNodeNeeds {
  readonly serviceAccount: gcp.serviceaccount.Account;
}

/** Makes the control plane. */
export function createGkeControlPlane(place: GkePlace): GkeControlPlane {
  const serviceAccount = createNodeAccount(place);
  return {
    cluster: createCluster(place, serviceAccount),
    serviceAccount,
    serviceAccountEmail: serviceAccount.email,
    kmsKeyId: place.settings.kmsKeyId,
  };
}

function createNodeAccount({ name, settings, opts }: GkePlace): gcp.serviceaccount.Account {
  const accountName = childName(name, "node");
  const account = new gcp.serviceaccount.Account(
    accountName,
    {
      accountId: physicalName("gcpServiceAccount", accountName),
      displayName: `Nodes of the GKE cluster ${name}`,
    },
    opts,
  );
  for (const role of NODE_ROLES) {
    new gcp.projects.IAMMember(
      childName(accountName, role.replace("roles/", "")),
      { project: settings.project, role, member: account.member },
      opts,
    );
  }
  return account;
}

function createCluster(
  place: GkePlace,
  serviceAccount: gcp.serviceaccount.Account,
): gcp.container.Cluster {
  const { name, clusterName, settings, opts } = place;
  return new gcp.container.Cluster(
    ...transformed<gcp.container.ClusterArgs>(
      settings.transform.cluster,
      childName(name, "cluster"),
      {
        name: clusterName,
        location: settings.region,
        nodeLocations: [...settings.zones],
        network: settings.networkId,
        subnetwork: settings.subnetworkId,
        networkingMode: "VPC_NATIVE",
        ipAllocationPolicy: {
          clusterSecondaryRangeName: settings.podsRangeName,
          servicesSecondaryRangeName: settings.servicesRangeName,
        },
        defaultMaxPodsPerNode: settings.podsPerNodeMax,
        datapathProvider: "ADVANCED_DATAPATH",
        // Pods on the accelerator network of an rdma pool need it, and a cluster cannot be given it later.
        enableMultiNetworking: true,
        // All nodes are in pools of their own; the one that GKE insists on is removed at once.
        removeDefaultNodePool: true,
        initialNodeCount: 1,
        nodeConfig: { serviceAccount: serviceAccount.email, bootDiskKmsKey: settings.kmsKeyId },
        ...accessOf(settings.project),
        ...safetyOf(place),
        ...operationOf(place),
        resourceLabels: gcpLabels(settings.allocation),
      },
      {
        ...opts,
        protect: settings.isProtected,
        // Of the pool that is removed.
        ignoreChanges: ["nodeConfig", "initialNodeCount"],
        customTimeouts: { create: "60m", update: "90m", delete: "60m" },
      },
    ),
  );
}

/** How the cluster is reached: by name, with a right of IAM, over no address of its own. */
function accessOf(project: string): Partial<gcp.container.ClusterArgs> {
  return {
    privateClusterConfig: { enablePrivateNodes: true },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: true },
      ipEndpointsConfig: { enabled: false },
    },
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
    // GKE takes its own definitions of Gateway API back from whoever installs others, as Envoy Gateway needs them.
    gatewayApiConfig: { channel: "CHANNEL_DISABLED" },
  };
}

function safetyOf({ settings }: GkePlace): Partial<gcp.container.ClusterArgs> {
  return {
    databaseEncryption: { state: "ENCRYPTED", keyName: settings.kmsKeyId },
    enableShieldedNodes: true,
    securityPostureConfig: { mode: "BASIC" },
    binaryAuthorization: {
      evaluationMode: settings.hasImagePolicy ? "PROJECT_SINGLETON_POLICY_ENFORCE" : "DISABLED",
    },
    deletionProtection: settings.isProtected,
  };
}

function operationOf({ settings }: GkePlace): Partial<gcp.container.ClusterArgs> {
  return {
    releaseChannel: { channel: settings.releaseChannel },
    maintenancePolicy: { dailyMaintenanceWindow: { startTime: settings.maintenanceStart } },
    // Without WORKLOADS: what models are asked does not go to the cloud's logs by default.
    loggingConfig: {
      enableComponents: ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
    },
    monitoringConfig: {
      enableComponents: ["SYSTEM_COMPONENTS", "DCGM", "HPA", "POD", "DEPLOYMENT", "STORAGE"],
      managedPrometheus: { enabled: true },
    },
    costManagementConfig: { enabled: true },
    addonsConfig: {
      gcsFuseCsiDriverConfig: { enabled: true },
      gcePersistentDiskCsiDriverConfig: { enabled: true },
      dnsCacheConfig: { enabled: true },
    },
  };
}
