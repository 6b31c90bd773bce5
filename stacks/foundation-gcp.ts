/** The foundation of a region of Google Cloud. */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { GkeGpuCluster } from "../components/cluster";
import { GcpNetwork } from "../components/network";
import { PubSubRequestQueue } from "../components/queue";
import {
  ExternalSecrets,
  GcpFleetKey,
  GcpFleetSecrets,
  type SecretPurposes,
} from "../components/security";
import type { Problem } from "../planner/plan/fleet-of-plan";
import { deriveGke } from "./derive/cluster";
import { deriveGcpNetwork } from "./derive/network";
import type { PlaceContext } from "./derive/place-context";
import type { QueueArgs } from "./derive/queue";
import { neededQuotas } from "./derive/quotas";
import type { DerivedFoundation } from "./foundation-parts";
import { commonExports, settled } from "./layer-exports";
import { QUEUE_ACCOUNTS, QUEUE_NAMESPACE } from "./queue-accounts";
import { missing } from "./region-problems";
import type { StackExports } from "./stack-exports";
import type { FoundationHandover, Unresolved } from "./stack-outputs";
import type { CloudSettings, FoundationSettings, GcpProject } from "./stack-settings";

/** Registers the foundation. @throws PlannerError with everything that cannot be deployed */
export function gcpFoundation(
  { place, pools, queue, secrets, derivations }: DerivedFoundation,
  settings: FoundationSettings,
  { gcpProject = "unknown-project" }: CloudSettings,
  problems: readonly Problem[],
): StackExports {
  const { projectNumber, isProtected } = settings;
  const project = { projectId: gcpProject, projectNumber: projectNumber ?? "0" };
  const network = deriveGcpNetwork(place, settings);
  const cluster = deriveGke(place, pools.args, { project: gcpProject, isProtected });
  const parts = [{ derivations, problems: [] }, network, pools, cluster, queue];
  const unnumbered =
    projectNumber === undefined
      ? [missing("capplan:projectNumber", "the number of the project")]
      : [];
  const all = settled(parts, [...problems, ...unnumbered]);

  const region = place.region.name;
  const provider = new gcp.Provider(region, { project: gcpProject, region });
  const opts = { provider };
  const { keyName } = createKey(place, settings, project, opts);
  const vpc = new GcpNetwork(place.name, network.args, opts);
  const gke = new GkeGpuCluster(
    place.name,
    {
      ...cluster.args,
      networkId: vpc.networkId,
      subnetworkId: vpc.subnetworkId,
      podsRangeName: vpc.podsRangeName,
      servicesRangeName: vpc.servicesRangeName,
      kmsKeyId: keyName,
    },
    opts,
  );
  const requests =
    queue.args &&
    createQueue(place, queue.args, settings, { ...project, kmsKeyName: keyName }, opts);
  const kept =
    secrets && createSecrets(place, secrets, settings, { ...project, kmsKeyName: keyName }, opts);

  const handover: Unresolved<FoundationHandover & { readonly cloud: "gcp" }> = {
    cloud: "gcp",
    region,
    planDigest: place.plan.digest,
    clusterName: gke.clusterName,
    kubeconfig: gke.kubeconfig,
    clusterIdentifier: gke.nodes.cluster.id,
    networkCidr: network.args.cidrBlock!,
    serviceCidr: vpc.ranges.services,
    storageCidrs: [`${vpc.ranges.apiAddress}/32`],
    secretNames: pulumi.output(kept?.secretNames ?? {}),
    ...(requests === undefined
      ? {}
      : {
          queue: pulumi.output({
            kind: "pubsub" as const,
            projectId: gcpProject,
            subscription: requests.nodes.subscription.name,
            producerAddress: requests.producerAddress,
            consumerAddress: requests.consumerAddress,
          }),
        }),
  };
  return {
    handover,
    ...commonExports(place.plan, all),
    quotas: neededQuotas(place),
    clusterName: gke.clusterName,
    ...(requests === undefined ? {} : { deadLetterAddress: requests.deadLetterAddress }),
  };
}

/** The key of all that the region keeps. A queue lets the agent of Pub/Sub use it itself. */
function createKey(
  place: PlaceContext,
  { isProtected, cloudSecrets }: FoundationSettings,
  project: GcpProject,
  opts: { readonly provider: gcp.Provider },
): GcpFleetKey {
  return new GcpFleetKey(
    place.name,
    {
      ...project,
      location: place.region.name,
      agents: [
        "compute",
        "gke",
        ...(cloudSecrets === undefined ? [] : ["secret-manager" as const]),
      ],
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
  inProject: ProjectWithKey,
  opts: pulumi.ComponentResourceOptions,
): GcpFleetSecrets {
  return new GcpFleetSecrets(
    place.name,
    {
      ...inProject,
      location: place.region.name,
      secrets,
      reader: ExternalSecrets.reader,
      isProtected,
      allocation: place.allocation,
    },
    opts,
  );
}

type ProjectWithKey = GcpProject & { readonly kmsKeyName: pulumi.Output<string> };

function createQueue(
  place: PlaceContext,
  { limits, maxAgeSeconds }: QueueArgs,
  { notify, isProtected }: FoundationSettings,
  inProject: ProjectWithKey,
  opts: pulumi.ComponentResourceOptions,
): PubSubRequestQueue {
  const account = (serviceAccount: string) => ({ namespace: QUEUE_NAMESPACE, serviceAccount });
  return new PubSubRequestQueue(
    place.name,
    {
      ...limits,
      region: place.region.name,
      ...inProject,
      consumer: account(QUEUE_ACCOUNTS.consumer),
      producer: account(QUEUE_ACCOUNTS.producer),
      alarms: { maxAgeSeconds, ...(notify === undefined ? {} : { notify }) },
      isProtected,
      allocation: place.allocation,
    },
    opts,
  );
}
