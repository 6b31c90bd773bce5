/**
 * The namespace of what works on messages of the queue: that program is the fleet's owner's, since it knows what is in a
 * message. It finds its account, with rights for the queue, and the settings that were simulated.
 */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../components/foundation/allocation";
import { consumerSettings } from "../components/queue";
import type { PlaceContext } from "./derive/place-context";
import type { QueueArgs } from "./derive/queue";
import { QUEUE_ACCOUNTS, QUEUE_NAMESPACE } from "./queue-accounts";
import type { FoundationHandover } from "./stack-outputs";

/** Registers the namespace, its accounts and the settings. */
export function createQueueNamespace(
  place: PlaceContext,
  { limits }: QueueArgs,
  foundation: pulumi.Output<FoundationHandover>,
  provider: kubernetes.Provider,
): kubernetes.core.v1.Namespace {
  const labels = kubernetesLabels(place.allocation);
  const name = `${place.name}-${QUEUE_NAMESPACE}`;
  const namespace = new kubernetes.core.v1.Namespace(
    name,
    {
      metadata: {
        name: QUEUE_NAMESPACE,
        labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" },
      },
    },
    { provider },
  );
  const opts = { provider, dependsOn: [namespace] };
  for (const account of Object.values(QUEUE_ACCOUNTS)) {
    new kubernetes.core.v1.ServiceAccount(
      `${name}-${account}`,
      {
        metadata: { name: account, namespace: QUEUE_NAMESPACE, labels },
        automountServiceAccountToken: false,
      },
      opts,
    );
  }
  const { queue } = place.fleet.policies;
  const { visibilityTimeoutSeconds, heartbeatSeconds, extensionSecondsMax } =
    consumerSettings(limits);
  new kubernetes.core.v1.ConfigMap(
    `${name}-settings`,
    {
      metadata: { name: "queue", namespace: QUEUE_NAMESPACE, labels },
      data: {
        consumerAddress: foundation.apply((one) => one.queue?.consumerAddress ?? ""),
        producerAddress: foundation.apply((one) => one.queue?.producerAddress ?? ""),
        visibilityTimeoutSeconds: String(visibilityTimeoutSeconds),
        ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds: String(heartbeatSeconds) }),
        extensionSecondsMax: String(extensionSecondsMax),
        consumersPerReplica: String(queue.consumersPerReplica),
        maxOutstandingPerReplica: String(queue.maxOutstandingPerReplica),
      },
    },
    opts,
  );
  return namespace;
}
