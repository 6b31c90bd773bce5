/** A program for tests: a network and a cluster on each cloud, put together the way a stack would. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import { EksGpuCluster, GkeGpuCluster } from "../../../components/cluster";
import { AwsNetwork, GcpNetwork } from "../../../components/network";
import { AwsFleetKey, GcpFleetKey } from "../../../components/security";

const drainSeconds = 600;
const onAws = { provider: new aws.Provider("us-east-1", { region: "us-east-1" }) };
const onGcp = { provider: new gcp.Provider("europe-west4", { region: "europe-west4" }) };

const awsNetwork = new AwsNetwork(
  "support-us",
  { region: "us-east-1", zones: ["us-east-1a", "us-east-1b"] },
  onAws,
);
const awsKey = new AwsFleetKey(
  "support-us",
  { region: "us-east-1", accountId: "123456789012" },
  onAws,
);
const eks = new EksGpuCluster(
  "support-us",
  {
    region: "us-east-1",
    version: "1.34",
    vpcId: awsNetwork.vpcId,
    subnetIds: awsNetwork.privateSubnetIds,
    administrators: { deployer: "arn:aws:iam::123456789012:role/deployer" },
    kmsKeyArn: awsKey.keyArn,
    drainSeconds,
    gpuNodes: { by: "karpenter", amiVersion: "v20261115" },
    pools: {
      l4: {
        instanceType: "g6.12xlarge",
        accelerators: { type: "l4", count: 4 },
        capacity: [{ kind: "on-demand", nodesMax: 2 }],
      },
    },
  },
  onAws,
);

const gcpNetwork = new GcpNetwork("support-eu", { region: "europe-west4" }, onGcp);
const gcpKey = new GcpFleetKey(
  "support-eu",
  { projectId: "acme-serving", projectNumber: "123456789", location: "europe-west4" },
  onGcp,
);
const gke = new GkeGpuCluster(
  "support-eu",
  {
    project: "acme-serving",
    region: "europe-west4",
    zones: ["europe-west4-a", "europe-west4-b"],
    networkId: gcpNetwork.networkId,
    subnetworkId: gcpNetwork.subnetworkId,
    podsRangeName: gcpNetwork.podsRangeName,
    servicesRangeName: gcpNetwork.servicesRangeName,
    kmsKeyId: gcpKey.keyName,
    drainSeconds,
    pools: {
      l4: {
        instanceType: "g2-standard-48",
        accelerators: { type: "nvidia-l4", count: 4 },
        capacity: [{ kind: "on-demand", nodesMax: 2, nodesMin: 1 }],
      },
    },
  },
  onGcp,
);

export const clusterNames = [eks.clusterName, gke.clusterName];
export const pools = [eks.pools, gke.pools];
