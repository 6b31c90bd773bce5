/**
 * Who may do what with a queue on Pub/Sub: Google's own service agent, without whose rights no message ever becomes a
 * dead letter, and the workloads that send and receive
 * (cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions, …/docs/encryption, and
 * cloud.google.com/kubernetes-engine/docs/how-to/workload-identity#kubernetes-sa-to-iam, read 2026-11-30).
 */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import type { GkeWorkloadArgs, ResolvedPubSubRequestQueue } from "./pubsub-request-queue-args";

/** Topics and subscriptions of a queue. */
export interface PubSubQueues {
  readonly topic: gcp.pubsub.Topic;
  readonly subscription: gcp.pubsub.Subscription;
  readonly deadLetterTopic: gcp.pubsub.Topic;
  readonly deadLetterSubscription: gcp.pubsub.Subscription;
}

/** The account under which Pub/Sub itself acts in a project. */
export function serviceAgent(projectNumber: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.interpolate`serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

/** Lets the service agent use a key; a topic cannot be made before. Nothing without a key. */
export function createKeyAccess(
  name: string,
  { kmsKeyName, projectNumber }: ResolvedPubSubRequestQueue,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  if (kmsKeyName === undefined) return [];
  const access = new gcp.kms.CryptoKeyIAMMember(
    childName(name, "key"),
    {
      cryptoKeyId: kmsKeyName,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: serviceAgent(projectNumber),
    },
    opts,
  );
  return [access];
}

/** Lets the service agent move messages to the dead letters: publish there, and acknowledge here. */
export function createDeadLetterAccess(
  name: string,
  { subscription, deadLetterTopic }: PubSubQueues,
  { projectNumber }: ResolvedPubSubRequestQueue,
  opts: pulumi.CustomResourceOptions,
): void {
  const member = serviceAgent(projectNumber);
  const agentName = childName(name, "agent");
  new gcp.pubsub.TopicIAMMember(
    agentName,
    { topic: deadLetterTopic.name, role: "roles/pubsub.publisher", member },
    opts,
  );
  new gcp.pubsub.SubscriptionIAMMember(
    agentName,
    { subscription: subscription.name, role: "roles/pubsub.subscriber", member },
    opts,
  );
}

/** Lets workloads send and receive. */
export function createWorkloadAccess(
  name: string,
  { topic, subscription }: PubSubQueues,
  settings: ResolvedPubSubRequestQueue,
  opts: pulumi.CustomResourceOptions,
): void {
  const { consumer, producer } = settings;
  if (consumer !== undefined) {
    new gcp.pubsub.SubscriptionIAMMember(
      childName(name, "consumer"),
      {
        subscription: subscription.name,
        role: "roles/pubsub.subscriber",
        member: workloadPrincipal(consumer, settings),
      },
      opts,
    );
  }
  if (producer !== undefined) {
    new gcp.pubsub.TopicIAMMember(
      childName(name, "producer"),
      {
        topic: topic.name,
        role: "roles/pubsub.publisher",
        member: workloadPrincipal(producer, settings),
      },
      opts,
    );
  }
}

/** A service account of Kubernetes as IAM knows it, without an account of Google Cloud in between. */
function workloadPrincipal(
  { namespace, serviceAccount }: GkeWorkloadArgs,
  { projectId, projectNumber }: ResolvedPubSubRequestQueue,
): pulumi.Output<string> {
  return pulumi.interpolate`principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/${namespace}/sa/${serviceAccount}`;
}
