import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SqsRequestQueue, type SqsRequestQueueArgs } from "../../../components/queue";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const minimal: SqsRequestQueueArgs = {
  region: "us-east-1",
  visibilityTimeoutSeconds: 90,
  serviceSecondsMax: 1200,
  maxReceiveCount: 5,
  retentionSeconds: 345_600,
  deadLetterRetentionSeconds: 1_209_600,
};
const worker = { clusterName: "support", namespace: "batch", serviceAccount: "worker" };

function queue(args: Partial<SqsRequestQueueArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const made = new SqsRequestQueue("batch", { ...minimal, ...args }, { provider });
    return {
      producerAddress: made.producerAddress,
      consumerAddress: made.consumerAddress,
      deadLetterAddress: made.deadLetterAddress,
      consumerSettings: made.consumerSettings,
      scalerPolicy: made.nodes.policies.scaler,
      consumerPolicy: made.nodes.policies.consumer,
    };
  };
}

describeComponentLaws({ name: "sqs-request-queue", program: queue() });
describeComponentLaws({
  name: "sqs-request-queue-full",
  program: queue({
    kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/probe",
    consumer: worker,
    producer: { ...worker, serviceAccount: "api" },
    alarms: { maxAgeSeconds: 900, maxDepth: 5000, notify: ["arn:aws:sns:us-east-1:0:page"] },
    isProtected: false,
  }),
});

const json = (value: unknown): unknown => JSON.parse(String(value));
const queueOf = (run: EngineRun, what: string) => only(run, "aws:sqs/queue:Queue", `batch-${what}`);

describe("SqsRequestQueue", () => {
  it("moves what fails at every delivery to dead letters that outlive their source", async () => {
    const run = await registered(queue());
    const requests = queueOf(run, "requests");
    const deadLetters = queueOf(run, "dead-letters");
    expect(requests.inputs).toMatchObject({
      visibilityTimeoutSeconds: 90,
      messageRetentionSeconds: 345_600,
      receiveWaitTimeSeconds: 20,
    });
    expect(json(requests.inputs["redrivePolicy"])).toEqual({
      deadLetterTargetArn: "arn:aws:probe:::Queue/batch-dead-letters-0000000",
      maxReceiveCount: 5,
    });
    expect(deadLetters.inputs["messageRetentionSeconds"]).toBe(1_209_600);
    expect([requests.protect, deadLetters.protect]).toEqual([true, true]);
  });

  it("lets no other queue send its dead letters there", async () => {
    const run = await registered(queue());
    const { inputs } = only(run, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy");
    expect(inputs["queueUrl"]).toBe("https://sqs.example/batch-dead-letters");
    expect(json(inputs["redriveAllowPolicy"])).toEqual({
      redrivePermission: "byQueue",
      sourceQueueArns: ["arn:aws:probe:::Queue/batch-requests-0000000"],
    });
  });

  it("is encrypted with SQS's keys, or with one that is given", async () => {
    for (const what of ["requests", "dead-letters"]) {
      expect(queueOf(await registered(queue()), what).inputs).toMatchObject({
        sqsManagedSseEnabled: true,
      });
      const run = await registered(queue({ kmsKeyArn: "arn:aws:kms:probe" }));
      expect(queueOf(run, what).inputs["kmsMasterKeyId"]).toBe("arn:aws:kms:probe");
      expect(queueOf(run, what).inputs).not.toHaveProperty("sqsManagedSseEnabled");
    }
  });

  it("refuses whoever does not come over TLS, at both queues", async () => {
    const run = await registered(queue());
    const policies = ofType(run, "aws:sqs/queuePolicy:QueuePolicy");
    expect(policies).toHaveLength(2);
    for (const { inputs } of policies) {
      expect(json(inputs["policy"])).toMatchObject({
        Statement: [{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
      });
    }
  });

  it("always sounds for a dead letter, and for age and depth when asked to", async () => {
    const alarms = (run: EngineRun) => ofType(run, "aws:cloudwatch/metricAlarm:MetricAlarm");
    const [deadLetters, ...others] = alarms(await registered(queue()));
    expect(others).toEqual([]);
    expect(deadLetters!.inputs).toMatchObject({
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "batch-dead-letters-0000000" },
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
    });
    const run = await registered(
      queue({ alarms: { maxAgeSeconds: 900, maxDepth: 5000, notify: ["arn:page"] } }),
    );
    expect(alarms(run).map(({ inputs }) => [inputs["metricName"], inputs["threshold"]])).toEqual([
      ["ApproximateAgeOfOldestMessage", 900],
      ["ApproximateNumberOfMessagesVisible", 0],
      ["ApproximateNumberOfMessagesVisible", 5000],
    ]);
    for (const { inputs } of alarms(run)) expect(inputs["alarmActions"]).toEqual(["arn:page"]);
  });

  it("gives one service account, and no other, a role to receive", async () => {
    const run = await registered(queue({ consumer: worker, kmsKeyArn: "arn:aws:kms:probe" }));
    const trust = json(only(run, "aws:iam/role:Role").inputs["assumeRolePolicy"]);
    expect(trust).toMatchObject({
      Statement: [
        {
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
          Condition: {
            StringEquals: {
              "aws:RequestTag/kubernetes-namespace": "batch",
              "aws:RequestTag/kubernetes-service-account": "worker",
            },
          },
        },
      ],
    });
    const policy = json(only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"]);
    expect(JSON.stringify(policy)).toContain("sqs:ChangeMessageVisibility");
    expect(JSON.stringify(policy)).not.toContain("sqs:SendMessage");
    expect(policy).toMatchObject({
      Statement: [{}, { Action: ["kms:Decrypt"], Resource: "arn:aws:kms:probe" }],
    });
    const association = only(run, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(association.inputs).toMatchObject({
      clusterName: "support",
      namespace: "batch",
      serviceAccount: "worker",
      roleArn: expect.stringContaining("Role/batch-consumer"),
    });
    expect(association.dependencies.join()).toContain("RolePolicy");
  });

  it("says where to send and receive, how to hold a message, and what others may do", async () => {
    const { values } = (await registered(queue())).stackOutputs;
    expect(values).toMatchObject({
      producerAddress: "https://sqs.example/batch-requests",
      consumerAddress: "https://sqs.example/batch-requests",
      deadLetterAddress: "https://sqs.example/batch-dead-letters",
      consumerSettings: {
        visibilityTimeoutSeconds: 90,
        heartbeatSeconds: 30,
        extensionSecondsMax: 1200,
      },
    });
    expect(json(values["scalerPolicy"])).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sqs:GetQueueAttributes"],
          Resource: "arn:aws:probe:::Queue/batch-requests-0000000",
        },
      ],
    });
  });

  it("lets a caller change a queue in the provider's words", async () => {
    const run = await registered(queue({ transform: { queue: { delaySeconds: 5 } } }));
    expect(queueOf(run, "requests").inputs["delaySeconds"]).toBe(5);
    expect(queueOf(run, "dead-letters").inputs).not.toHaveProperty("delaySeconds");
  });

  it.each([
    ["region", { region: "us-east-1a" }],
    ["visibilityTimeoutSeconds", { visibilityTimeoutSeconds: 43_201 }],
    ["deadLetterRetentionSeconds", { deadLetterRetentionSeconds: 345_600 }],
    ["alarms.maxAgeSeconds", { alarms: { maxAgeSeconds: 345_600 } }],
    ["consumer.namespace", { consumer: { ...worker, namespace: "Batch" } }],
    ["producer", { consumer: worker, producer: worker }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(queue(args))).rejects.toMatchObject({ propertyPath });
  });

  it("fails with all problems at once, before anything is registered", async () => {
    const args = { region: "us", maxReceiveCount: 0 };
    await expect(registered(queue(args))).rejects.toMatchObject({
      message: expect.stringMatching(/SqsRequestQueue "batch": 2 arguments/),
    });
  });

  it("fails without an explicit provider", async () => {
    const program = () => {
      new SqsRequestQueue("batch", minimal, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
