/** The foundation of a region of AWS. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EksGpuCluster } from "../components/cluster";
import { AwsNetwork } from "../components/network";
import { SqsRequestQueue } from "../components/queue";
import {
  AwsFleetKey,
  AwsFleetSecrets,
  ExternalSecrets,
  type SecretPurposes,
} from "../components/security";
import type { Problem } from "../planner/plan/fleet-of-plan";
import { deriveEks } from "./derive/cluster";
import { deriveAwsNetwork } from "./derive/network";
import type { PlaceContext } from "./derive/place-context";
import type { QueueArgs } from "./derive/queue";
import { neededQuotas } from "./derive/quotas";
import type { DerivedFoundation } from "./foundation-parts";
import { commonExports, settled } from "./layer-exports";
import { QUEUE_ACCOUNTS, QUEUE_NAMESPACE } from "./queue-accounts";
import type { StackExports } from "./stack-exports";
import type { FoundationHandover, Unresolved } from "./stack-outputs";
import type { FoundationSettings } from "./stack-settings";

/** Registers the foundation. @throws PlannerError with everything that cannot be deployed */
export function awsFoundation(
  { place, pools, queue, secrets, derivations }: DerivedFoundation,
  settings: FoundationSettings,
  problems: readonly Problem[],
): StackExports {
  const network = deriveAwsNetwork(place, settings);
  const administrators = settings.administrators ?? {};
  const cluster = deriveEks(place, pools.args, { ...settings, administrators });
  const parts = [{ derivations, problems: [] }, network, pools, cluster, queue];
  const all = settled(parts, problems);

  const provider = new aws.Provider(place.region.name, { region: place.region.name });
  const opts = { provider };
  const { keyArn } = createKey(place, settings, opts);
  const vpc = new AwsNetwork(
    place.name,
    { ...network.args, flowLogs: { kmsKeyArn: keyArn } },
    opts,
  );
  const eks = new EksGpuCluster(
    place.name,
    {
      ...cluster.args,
      administrators,
      vpcId: vpc.vpcId,
      subnetIds: vpc.privateSubnetIds,
      kmsKeyArn: keyArn,
    },
    opts,
  );
  const requests =
    queue.args && createQueue(place, queue.args, settings, eks.clusterName, keyArn, opts);
  const kept = secrets && createSecrets(place, secrets, settings, eks.clusterName, keyArn, opts);

  const handover: Unresolved<FoundationHandover & { readonly cloud: "aws" }> = {
    cloud: "aws",
    region: place.region.name,
    planDigest: place.plan.digest,
    clusterName: eks.clusterName,
    kubeconfig: eks.kubeconfig,
    clusterIdentifier: eks.clusterArn,
    networkCidr: vpc.cidrBlock,
    serviceCidr: eks.serviceCidr,
    storageCidrs: vpc.nodes.endpoints["s3"]!.cidrBlocks,
    vpcId: vpc.vpcId,
    nodeSecurityGroupId: eks.securityGroupId,
    publicSubnetIds: pulumi.output(vpc.publicSubnetIds),
    secretNames: pulumi.output(kept?.secretNames ?? {}),
    ...(requests === undefined
      ? {}
      : {
          queue: pulumi.output({
            kind: "sqs" as const,
            queueUrl: requests.consumerAddress,
            region: place.region.name,
            scalerPolicy: requests.nodes.policies.scaler,
            producerAddress: requests.producerAddress,
            consumerAddress: requests.consumerAddress,
          }),
        }),
  };
  return {
    handover,
    ...commonExports(place.plan, all),
    quotas: neededQuotas(place),
    clusterName: eks.clusterName,
    natAddresses: vpc.natAddresses,
    ...(requests === undefined ? {} : { deadLetterAddress: requests.deadLetterAddress }),
  };
}

/** The key of all that the region keeps. Queues use it in the name of who sends and receives. */
function createKey(
  place: PlaceContext,
  { isProtected }: FoundationSettings,
  opts: { readonly provider: aws.Provider },
): AwsFleetKey {
  return new AwsFleetKey(
    place.name,
    {
      region: place.region.name,
      accountId: aws.getCallerIdentityOutput({}, opts).accountId,
      services: ["ec2", "events", "logs"],
      isProtected,
      allocation: place.allocation,
    },
    opts,
  );
}

/** Places for values, which External Secrets alone may read. */
function createSecrets(
  place: PlaceContext,
  secrets: SecretPurposes,
  { isProtected }: FoundationSettings,
  clusterName: pulumi.Output<string>,
  kmsKeyArn: pulumi.Output<string>,
  opts: pulumi.ComponentResourceOptions,
): AwsFleetSecrets {
  return new AwsFleetSecrets(
    place.name,
    {
      region: place.region.name,
      secrets,
      kmsKeyArn,
      reader: { ...ExternalSecrets.reader, clusterName },
      isProtected,
      allocation: place.allocation,
    },
    opts,
  );
}

function createQueue(
  place: PlaceContext,
  { limits, maxAgeSeconds }: QueueArgs,
  { notify, isProtected }: FoundationSettings,
  clusterName: pulumi.Output<string>,
  kmsKeyArn: pulumi.Output<string>,
  opts: pulumi.ComponentResourceOptions,
): SqsRequestQueue {
  const account = (serviceAccount: string) => ({
    clusterName,
    namespace: QUEUE_NAMESPACE,
    serviceAccount,
  });
  return new SqsRequestQueue(
    place.name,
    {
      ...limits,
      region: place.region.name,
      kmsKeyArn,
      consumer: account(QUEUE_ACCOUNTS.consumer),
      producer: account(QUEUE_ACCOUNTS.producer),
      alarms: { maxAgeSeconds, ...(notify === undefined ? {} : { notify }) },
      isProtected,
      allocation: place.allocation,
    },
    opts,
  );
}
