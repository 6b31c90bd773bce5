/** The serving layer's side of AWS: a load balancer with fixed addresses, and who may read weights and queues. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AwsEdge, type AwsEdgeArgs, checkAwsEdge } from "../components/gateway";
import { alertmanagerSecretOf } from "./cloud-secrets";
import type { Derived } from "./derive/derived";
import { hasQueue } from "./derive/fleet-context";
import { type AccessSettings, sourceCidrsOf } from "./derive/gateway-access";
import type { PlaceContext } from "./derive/place-context";
import type { ServingLayer } from "./derive/serving-layer";
import { translateProblems } from "./derive/translate-problems";
import { type Entrance, MONITORING_NAMESPACE, type ServingCloud } from "./serving-cloud";
import type { FoundationHandover } from "./stack-outputs";
import type { ServingSettings } from "./stack-settings";

type AwsFoundation = pulumi.Output<FoundationHandover & { readonly cloud: "aws" }>;
type EdgeArgs = Omit<AwsEdgeArgs, "vpcId" | "subnetIds" | "gatewaySecurityGroupId">;

const PATHS = {
  sourceCidrs: "capplan:sourceCidrs",
  longestStreamSeconds: "fleet.timeout.requestTimeout",
  longestSilenceSeconds: "fleet.timeout.streamIdleTimeout",
  idleTimeoutSeconds: "fleet.timeout.streamIdleTimeout",
};

/** The load balancer of a place: it only passes on, and cuts nothing. */
export function deriveAwsEdge(
  place: PlaceContext,
  settings: AccessSettings & Pick<ServingSettings, "isProtected">,
): Derived<EdgeArgs> {
  const args: EdgeArgs = {
    region: place.region.name,
    kind: "nlb",
    sourceCidrs: sourceCidrsOf(settings),
    ...place.lengths,
    isProtected: settings.isProtected,
    allocation: place.allocation,
  };
  const subnetIds = Object.fromEntries(place.zones.map((zone) => [zone, zone]));
  const found = checkAwsEdge({ ...args, vpcId: "", subnetIds });
  return {
    args,
    derivations: [
      {
        what: "edge.kind",
        value: "nlb",
        because: "fixed addresses, which DNS checks and answers, and TLS that ends at the gateway",
      },
    ],
    problems: translateProblems(found, PATHS, "edge"),
  };
}

/** AWS's side. */
export function servingOnAws(
  place: PlaceContext,
  { gateway }: ServingLayer,
  settings: ServingSettings,
  edge: EdgeArgs,
  foundation: AwsFoundation,
): ServingCloud {
  const region = place.region.name;
  const provider = new aws.Provider(region, { region });
  const { clusterName } = foundation;
  const queued = hasQueue(place);
  const { weightsBucket, weightsKmsKeyArn } = settings;
  return {
    provider,
    addons: { cluster: { kind: "eks", clusterName, region, vpcId: foundation.vpcId } },
    keda: queued ? { policies: { queue: sqsOf(foundation, "scalerPolicy") } } : {},
    monitors: [{ namespace: MONITORING_NAMESPACE }],
    monitoring: { kind: "kube-prometheus-stack", ...alertmanagerSecretOf(settings) },
    alertmanagerNamespace: MONITORING_NAMESPACE,
    secretSource: { kind: "aws-secrets-manager", region },
    metricsFrom: (queryUrl) => ({ kind: "prometheus", serverAddress: queryUrl! }),
    queue: queued ? { kind: "sqs", queueUrl: sqsOf(foundation, "queueUrl"), region } : undefined,
    weightsIn: (prefix) => ({
      kind: "s3",
      bucket: weightsBucket,
      prefix,
      region,
      clusterName,
      ...(weightsKmsKeyArn === undefined ? {} : { kmsKeyArn: weightsKmsKeyArn }),
    }),
    entrance: gateway && entranceOf(place, edge, foundation, provider),
  };
}

function sqsOf(
  foundation: AwsFoundation,
  field: "queueUrl" | "scalerPolicy",
): pulumi.Output<string> {
  // A foundation of this plan has the queue that the plan has.
  return foundation.apply(({ queue }) => (queue?.kind === "sqs" ? queue[field] : ""));
}

function entranceOf(
  place: PlaceContext,
  args: EdgeArgs,
  foundation: AwsFoundation,
  provider: aws.Provider,
): Entrance {
  const subnetIds = Object.fromEntries(
    place.zones.map((zone) => [zone, foundation.publicSubnetIds.apply((ids) => ids[zone]!)]),
  );
  const edge = new AwsEdge(
    place.name,
    {
      ...args,
      vpcId: foundation.vpcId,
      subnetIds,
      gatewaySecurityGroupId: foundation.nodeSecurityGroupId,
    },
    { provider },
  );
  return {
    attachment: { kind: "target-group", targetGroupArn: edge.targetGroupArn },
    // So that the gateway sees who calls.
    clients: { hasProxyProtocol: true },
    addresses: edge.addresses,
    alias: pulumi.output({ dnsName: edge.dnsName, zoneId: edge.zoneId }),
  };
}
