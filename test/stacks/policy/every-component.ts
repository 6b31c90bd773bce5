/** A place on each cloud out of every component that makes resources which the rules know, as a stack would put it together. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import { EksGpuCluster, GkeGpuCluster } from "../../../components/cluster";
import { AwsEdge, GatewayController, GcpEdge, RegionalGateway } from "../../../components/gateway";
import { AwsNetwork, GcpNetwork } from "../../../components/network";
import { PubSubRequestQueue, SqsRequestQueue } from "../../../components/queue";
import { AwsFleetKey, GcpFleetKey } from "../../../components/security";
import { gatewayArgs } from "../../components/gateway/gateway-fixture";

export const longestStreamSeconds = gatewayArgs.longestStreamSeconds;
export const longestSilenceSeconds = gatewayArgs.longestSilenceSeconds;
const allocation = { workload: "support", planDigest: "0123456789ab" };
const queueTimes = {
  visibilityTimeoutSeconds: 90,
  serviceSecondsMax: 1200,
  maxReceiveCount: 5,
  retentionSeconds: 345_600,
  deadLetterRetentionSeconds: 1_209_600,
};
const streams = { longestStreamSeconds, longestSilenceSeconds };

/** On AWS: the pool `h100` has 24 accelerators, out of two kinds of capacity. */
export function placeOnAws(): Record<string, unknown> {
  const region = "us-east-1";
  const onAws = { provider: new aws.Provider(region, { region }) };
  const network = new AwsNetwork(
    "east",
    { region, zones: ["us-east-1a", "us-east-1b"], endpoints: ["sqs"], allocation },
    onAws,
  );
  const key = new AwsFleetKey("east", { region, accountId: "123456789012", allocation }, onAws);
  const cluster = new EksGpuCluster(
    "east",
    {
      region,
      version: "1.34",
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      administrators: { deployer: "arn:aws:iam::123456789012:role/deployer" },
      kmsKeyArn: key.keyArn,
      drainSeconds: longestStreamSeconds,
      gpuNodes: { by: "karpenter", amiVersion: "v20261115" },
      pools: {
        h100: {
          instanceType: "p5.48xlarge",
          accelerators: { type: "h100", count: 8 },
          capacity: [
            { kind: "on-demand", nodesMax: 1 },
            { kind: "spot", nodesMax: 2 },
          ],
        },
      },
      allocation,
    },
    onAws,
  );
  const worker = {
    clusterName: cluster.clusterName,
    namespace: "batch",
    serviceAccount: "worker",
  };
  new SqsRequestQueue(
    "batch",
    {
      region,
      ...queueTimes,
      consumer: worker,
      producer: { ...worker, serviceAccount: "api" },
      allocation,
    },
    onAws,
  );
  const edge = new AwsEdge(
    "front",
    {
      region,
      kind: "nlb",
      vpcId: network.vpcId,
      subnetIds: network.publicSubnetIds,
      sourceCidrs: ["0.0.0.0/0"],
      ...streams,
      allocation,
    },
    onAws,
  );
  const inCluster = { provider: cluster.kubernetesProvider };
  new GatewayController("gateways", {}, inCluster);
  new RegionalGateway("support", { ...gatewayArgs, allocation }, inCluster);
  return { dnsName: edge.dnsName };
}

/** On Google Cloud: the pool `h100` has 2 accelerators. */
export function placeOnGcp(): Record<string, unknown> {
  const region = "europe-west4";
  const onGcp = { provider: new gcp.Provider(region, { region }) };
  const project = { projectId: "acme-serving", projectNumber: "123456789" };
  const network = new GcpNetwork("west", { region, allocation }, onGcp);
  const key = new GcpFleetKey("west", { ...project, location: region, allocation }, onGcp);
  const cluster = new GkeGpuCluster(
    "west",
    {
      project: project.projectId,
      region,
      zones: ["europe-west4-a", "europe-west4-b"],
      networkId: network.networkId,
      subnetworkId: network.subnetworkId,
      podsRangeName: network.podsRangeName,
      servicesRangeName: network.servicesRangeName,
      kmsKeyId: key.keyName,
      drainSeconds: longestStreamSeconds,
      pools: {
        h100: {
          instanceType: "a3-highgpu-1g",
          accelerators: { type: "nvidia-h100-80gb", count: 1 },
          capacity: [{ kind: "on-demand", nodesMax: 2 }],
        },
      },
      allocation,
    },
    onGcp,
  );
  const worker = { namespace: "batch", serviceAccount: "worker" };
  new PubSubRequestQueue(
    "batch",
    {
      region,
      ...project,
      ...queueTimes,
      consumer: worker,
      producer: { ...worker, serviceAccount: "api" },
      allocation,
    },
    onGcp,
  );
  new GcpEdge(
    "front",
    {
      backends: { "europe-west4-a": { group: "neg-a", maxRequestsPerSecondPerEndpoint: 50 } },
      certificateMap: "//certificatemanager.googleapis.com/projects/probe/maps/probe",
      ...streams,
      allocation,
    },
    onGcp,
  );
  const elsewhere = new kubernetes.Provider("elsewhere", { kubeconfig: "{}" });
  new RegionalGateway("support", { ...gatewayArgs, allocation }, { provider: elsewhere });
  return { clusterName: cluster.clusterName };
}
