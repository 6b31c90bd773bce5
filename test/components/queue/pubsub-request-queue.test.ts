import { describe, expect, it } from "@jest/globals";
import * as gcp from "@pulumi/gcp";
import { PubSubRequestQueue, type PubSubRequestQueueArgs } from "../../../components/queue";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const minimal: PubSubRequestQueueArgs = {
  region: "europe-west4",
  projectId: "probe",
  projectNumber: "123456789",
  visibilityTimeoutSeconds: 90,
  serviceSecondsMax: 1200,
  maxReceiveCount: 5,
  retentionSeconds: 345_600,
  deadLetterRetentionSeconds: 1_209_600,
};
const worker = { namespace: "batch", serviceAccount: "worker" };
const AGENT = "serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com";

function queue(args: Partial<PubSubRequestQueueArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { region: "europe-west4" });
    const made = new PubSubRequestQueue("batch", { ...minimal, ...args }, { provider });
    return { producerAddress: made.producerAddress, consumerSettings: made.consumerSettings };
  };
}

describeComponentLaws({ name: "pubsub-request-queue", program: queue() });
describeComponentLaws({
  name: "pubsub-request-queue-full",
  program: queue({
    kmsKeyName: "projects/probe/locations/europe-west4/keyRings/probe/cryptoKeys/probe",
    consumer: worker,
    producer: { ...worker, serviceAccount: "api" },
    alarms: { maxAgeSeconds: 900, maxDepth: 5000, notify: ["projects/probe/channels/1"] },
    isProtected: false,
  }),
});

const subscriptionOf = (run: EngineRun, what: string) =>
  only(run, "gcp:pubsub/subscription:Subscription", `batch-${what}`);

describe("PubSubRequestQueue", () => {
  it("moves what fails at every delivery to dead letters that somebody keeps", async () => {
    const run = await registered(queue());
    const requests = subscriptionOf(run, "requests");
    const deadLetters = subscriptionOf(run, "dead-letters");
    expect(requests.inputs).toMatchObject({
      ackDeadlineSeconds: 90,
      messageRetentionDuration: "345600s",
      deadLetterPolicy: { deadLetterTopic: "batch-dead-letters-id", maxDeliveryAttempts: 5 },
      retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
    });
    expect(deadLetters.inputs).toMatchObject({
      topic: "batch-dead-letters-id",
      messageRetentionDuration: "1209600s",
    });
    for (const one of [requests, deadLetters]) {
      // An empty time to live is the API's word for never.
      expect(one.inputs["expirationPolicy"]).toEqual({ ttl: "" });
      expect(one.protect).toBe(true);
    }
  });

  it("gives Pub/Sub's own service agent the rights without which nothing becomes a dead letter", async () => {
    const run = await registered(queue());
    // cloud.google.com/pubsub/docs/handling-failures, "Grant forwarding permissions", 2026-11-30.
    expect(only(run, "gcp:pubsub/topicIAMMember:TopicIAMMember").inputs).toEqual({
      topic: "batch-dead-letters-0000000",
      role: "roles/pubsub.publisher",
      member: AGENT,
    });
    expect(only(run, "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember").inputs).toEqual({
      subscription: "batch-requests-0000000",
      role: "roles/pubsub.subscriber",
      member: AGENT,
    });
  });

  it("keeps messages in the region, and encrypts them with a key that the agent may use", async () => {
    const key = "projects/probe/locations/europe-west4/keyRings/probe/cryptoKeys/probe";
    const run = await registered(queue({ kmsKeyName: key }));
    for (const topic of ofType(run, "gcp:pubsub/topic:Topic")) {
      expect(topic.inputs).toMatchObject({
        kmsKeyName: key,
        messageStoragePolicy: { allowedPersistenceRegions: ["europe-west4"] },
      });
      expect(topic.dependencies.join()).toContain("CryptoKeyIAMMember::batch-key");
    }
    expect(only(run, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember").inputs).toEqual({
      cryptoKeyId: key,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: AGENT,
    });
  });

  it("lets one service account receive and another send", async () => {
    const run = await registered(
      queue({ consumer: worker, producer: { ...worker, serviceAccount: "api" } }),
    );
    const principal = (account: string): string =>
      `principal://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/probe.svc.id.goog/subject/ns/batch/sa/${account}`;
    expect(
      only(run, "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember", "batch-consumer").inputs,
    ).toMatchObject({ role: "roles/pubsub.subscriber", member: principal("worker") });
    expect(
      only(run, "gcp:pubsub/topicIAMMember:TopicIAMMember", "batch-producer").inputs,
    ).toMatchObject({
      topic: "batch-requests-0000000",
      role: "roles/pubsub.publisher",
      member: principal("api"),
    });
  });

  it("always sounds for a dead letter, and for age and depth when asked to", async () => {
    const thresholds = (run: EngineRun) =>
      ofType(run, "gcp:monitoring/alertPolicy:AlertPolicy").map(({ name, inputs }) => {
        const [condition] = inputs["conditions"] as { conditionThreshold: never }[];
        const { filter, thresholdValue } = condition!.conditionThreshold as {
          filter: string;
          thresholdValue: number;
        };
        const [subscription] = /batch-\w+(-\w+)*(?=-0000000)/.exec(filter)!;
        return [name, subscription, /\w+(?="$)/.exec(filter)![0], thresholdValue];
      });
    expect(thresholds(await registered(queue()))).toEqual([
      ["batch-dead-letters", "batch-dead-letters", "num_undelivered_messages", 0],
    ]);
    const run = await registered(queue({ alarms: { maxAgeSeconds: 900, maxDepth: 5000 } }));
    expect(thresholds(run)).toEqual([
      ["batch-age", "batch-requests", "oldest_unacked_message_age", 900],
      ["batch-dead-letters", "batch-dead-letters", "num_undelivered_messages", 0],
      ["batch-depth", "batch-requests", "num_undelivered_messages", 5000],
    ]);
  });

  it.each([
    ["region", { region: "europe-west4-a" }],
    ["visibilityTimeoutSeconds", { visibilityTimeoutSeconds: 9 }],
    ["visibilityTimeoutSeconds", { visibilityTimeoutSeconds: 601 }],
    ["maxReceiveCount", { maxReceiveCount: 4 }],
    ["maxReceiveCount", { maxReceiveCount: 101 }],
    ["deadLetterRetentionSeconds", { deadLetterRetentionSeconds: 1200 }],
    ["redelivery.backoffSecondsMax", { redelivery: { backoffSecondsMax: 601 } }],
    [
      "redelivery.backoffSecondsMin",
      { redelivery: { backoffSecondsMin: 20, backoffSecondsMax: 10 } },
    ],
    ["consumer.serviceAccount", { consumer: { ...worker, serviceAccount: "" } }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(queue(args))).rejects.toMatchObject({ propertyPath });
  });
});
