/** The schemas of what one layer hands to the next. */
import { z } from "zod";

const queue = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sqs"),
    queueUrl: z.string(),
    region: z.string(),
    /** Document of IAM with which KEDA reads the depth. */
    scalerPolicy: z.string(),
    producerAddress: z.string(),
    consumerAddress: z.string(),
  }),
  z.strictObject({
    kind: z.literal("pubsub"),
    projectId: z.string(),
    subscription: z.string(),
    producerAddress: z.string(),
    consumerAddress: z.string(),
  }),
]);

const cluster = {
  region: z.string(),
  planDigest: z.string(),
  clusterName: z.string(),
  /** Holds no credentials. */
  kubeconfig: z.string(),
  /** The cluster is the same while this is. */
  clusterIdentifier: z.string(),
  /** Block of the network, in which the cluster's API answers. */
  networkCidr: z.string(),
  /** Block of the addresses of Services, one of which is that of the cluster's API. */
  serviceCidr: z.string(),
  /** Addresses of the object storage inside the network. */
  storageCidrs: z.array(z.string()),
  queue: queue.optional(),
  /** In the cloud's secret manager, by what they are. */
  secretNames: z.record(z.string(), z.string()),
};

/** What a foundation hands over. */
export const foundationHandover = z.discriminatedUnion("cloud", [
  z.strictObject({
    cloud: z.literal("aws"),
    ...cluster,
    vpcId: z.string(),
    /** Of all nodes; it lets in only itself. */
    nodeSecurityGroupId: z.string(),
    /** By zone. */
    publicSubnetIds: z.record(z.string(), z.string()),
  }),
  z.strictObject({ cloud: z.literal("gcp"), ...cluster }),
]);

/** What a serving layer hands over: how clients reach the gateway of its region. */
export const servingHandover = z.strictObject({
  region: z.string(),
  planDigest: z.string(),
  cloud: z.enum(["aws", "gcp"]),
  /** By zone on AWS; one, of the gateway, on Google Cloud. Empty where no client calls anything. */
  addresses: z.record(z.string(), z.string()),
  /** Load balancer of AWS. */
  alias: z.strictObject({ dnsName: z.string(), zoneId: z.string() }).optional(),
});

export type FoundationHandover = z.output<typeof foundationHandover>;
export type ServingHandover = z.output<typeof servingHandover>;
