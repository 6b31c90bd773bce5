import { describe, expect, it } from "@jest/globals";
import { type QueueTriggerSource, queueTrigger } from "../../../components/queue";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { manifestProblems } from "../../support/crd/problems";
import { outputValue } from "../../support/output-value";

const sqs: QueueTriggerSource = {
  kind: "sqs",
  queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/batch",
  region: "us-east-1",
};
const pubsub: QueueTriggerSource = {
  kind: "pubsub",
  projectId: "probe",
  subscription: "batch-requests",
};

describe("queueTrigger", () => {
  it("counts messages under way, so that a replica with work is not scaled away", async () => {
    const { metadata, ...rest } = queueTrigger(sqs, { messagesPerReplica: 32, activation: 2 });
    expect(rest).toEqual({ type: "aws-sqs-queue", podIdentity: "aws" });
    expect(await outputValue(metadata)).toEqual({
      queueURL: "https://sqs.us-east-1.amazonaws.com/000000000000/batch",
      awsRegion: "us-east-1",
      queueLength: "32",
      activationQueueLength: "2",
      scaleOnInFlight: "true",
      scaleOnDelayed: "false",
    });
  });

  it("reads Pub/Sub over the Prometheus API, as KEDA's own trigger is deprecated", async () => {
    const { metadata, ...rest } = queueTrigger(pubsub, { messagesPerReplica: 32 });
    expect(rest).toEqual({ type: "prometheus", podIdentity: "gcp" });
    expect(await outputValue(metadata)).toEqual({
      serverAddress:
        "https://monitoring.googleapis.com/v1/projects/probe/location/global/prometheus",
      query:
        'sum(pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource="pubsub_subscription",subscription_id="batch-requests"})',
      threshold: "32",
      activationThreshold: "0",
      ignoreNullValues: "false",
    });
  });

  it.each([
    ["messagesPerReplica", { messagesPerReplica: 0 }],
    ["messagesPerReplica", { messagesPerReplica: 2.5 }],
    ["activation", { messagesPerReplica: 1, activation: -1 }],
  ])("fails when %s is no whole number", (propertyPath, target) => {
    expect(() => queueTrigger(sqs, target)).toThrow(expect.objectContaining({ propertyPath }));
  });
});

describeWithDefinitions("a queue's trigger, in KEDA's objects", () => {
  describeWithRules("with rules", () => {
    it.each([sqs, pubsub])("is what the definitions take", async (source) => {
      const { type, metadata, podIdentity } = queueTrigger(source, { messagesPerReplica: 32 });
      const trigger = { type, metadata: await outputValue(metadata) };
      const scaled = (triggers: readonly unknown[]) => ({
        apiVersion: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: { name: "probe" },
        spec: { scaleTargetRef: { name: "probe" }, triggers },
      });
      const authenticationRef = { name: "probe" };
      expect(manifestProblems(scaled([{ ...trigger, authenticationRef }]))).toEqual([]);
      expect(manifestProblems(scaled([{ type }]))).not.toEqual([]);
      expect(
        manifestProblems({
          apiVersion: "keda.sh/v1alpha1",
          kind: "TriggerAuthentication",
          metadata: { name: "probe" },
          spec: { podIdentity: { provider: podIdentity } },
        }),
      ).toEqual([]);
    });
  });
});
