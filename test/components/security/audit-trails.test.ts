import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import {
  AwsAuditTrail,
  type AwsAuditTrailArgs,
  GcpAuditTrail,
  type GcpAuditTrailArgs,
} from "../../../components/security";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const onAws: AwsAuditTrailArgs = {
  region: "us-east-1",
  accountId: "123456789012",
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/probe",
  bucketArns: ["arn:aws:s3:::weights"],
};
const onGcp: GcpAuditTrailArgs = { projectId: "support", location: "europe-west4" };

function trailOnAws(args: AwsAuditTrailArgs) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const { bucketName, trailArn } = new AwsAuditTrail("audit", args, { provider });
    return { bucketName, trailArn };
  };
}

function trailOnGcp(args: GcpAuditTrailArgs) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { project: "support" });
    return { bucketName: new GcpAuditTrail("audit", args, { provider }).bucketName };
  };
}

describeComponentLaws({ name: "aws-audit-trail", program: trailOnAws(onAws) });
describeComponentLaws({ name: "gcp-audit-trail", program: trailOnGcp(onGcp) });

describe("AwsAuditTrail", () => {
  it("records every region, signs and encrypts, and sees every use of the weights", async () => {
    const run = await registered(trailOnAws(onAws));
    const trail = only(run, "aws:cloudtrail/trail:Trail");
    expect(trail.inputs).toMatchObject({
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/probe",
      advancedEventSelectors: [
        { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
        {
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::S3::Object"] },
            // With the slash: "weights" begins the name of "weights-of-others" too.
            { field: "resources.ARN", startsWiths: ["arn:aws:s3:::weights/"] },
          ],
        },
      ],
    });
    // CloudTrail writes a first object when it is made.
    expect(trail.dependencies.join()).toContain("BucketPolicy");
  });

  it.each([
    [false, "GOVERNANCE"],
    [true, "COMPLIANCE"],
  ])("keeps records until their retention ends; irrevocably: %s", async (isIrrevocable, mode) => {
    const run = await registered(trailOnAws({ ...onAws, isIrrevocable, retentionDays: 90 }));
    const bucket = only(run, "aws:s3/bucket:Bucket");
    expect([bucket.protect, bucket.inputs["objectLockEnabled"]]).toEqual([true, true]);
    expect(
      only(run, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs,
    ).toMatchObject({ rule: { defaultRetention: { mode, days: 90 } } });
    const [rule] = only(run, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
      .inputs["rules"] as readonly { readonly expiration: { readonly days: number } }[];
    expect(rule!.expiration.days).toBeGreaterThan(90);
  });

  it("lets only this trail write, and nobody without TLS or from the public", async () => {
    const run = await registered(trailOnAws(onAws));
    const policy = JSON.parse(
      String(only(run, "aws:s3/bucketPolicy:BucketPolicy").inputs["policy"]),
    );
    const trailArn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit-trail";
    expect(policy.Statement).toMatchObject([
      { Action: "s3:GetBucketAcl", Condition: { StringEquals: { "aws:SourceArn": trailArn } } },
      {
        Action: "s3:PutObject",
        Resource: expect.stringMatching(/\/AWSLogs\/123456789012\/\*$/),
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      { Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
    expect(only(run, "aws:cloudtrail/trail:Trail").inputs["name"]).toBe("audit-trail");
    expect(
      only(run, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs,
    ).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
  });

  it.each<[string, Partial<AwsAuditTrailArgs>]>([
    ["region", { region: "mars" }],
    ["accountId", { accountId: "support" }],
    ["retentionDays", { retentionDays: 0 }],
    ["bucketArns", { bucketArns: ["a", "a"] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(trailOnAws({ ...onAws, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});

describe("GcpAuditTrail", () => {
  it("records reads and writes of what matters, and copies all records into a kept bucket", async () => {
    const run = await registered(trailOnGcp({ ...onGcp, isIrrevocable: true, retentionDays: 90 }));
    const configs = ofType(run, "gcp:projects/iAMAuditConfig:IAMAuditConfig");
    expect(configs.map(({ inputs }) => inputs["service"])).toEqual([
      "cloudkms.googleapis.com",
      "container.googleapis.com",
      "iam.googleapis.com",
      "secretmanager.googleapis.com",
      "storage.googleapis.com",
      "sts.googleapis.com",
    ]);
    const bucket = only(run, "gcp:storage/bucket:Bucket");
    expect(bucket.protect).toBe(true);
    expect(bucket.inputs).toMatchObject({
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      // 90 days.
      retentionPolicy: { isLocked: true, retentionPeriod: "7776000" },
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 91 } }],
    });
    expect(only(run, "gcp:logging/projectSink:ProjectSink").inputs).toMatchObject({
      destination: "storage.googleapis.com/audit-records-0000000",
      filter: expect.stringContaining("cloudaudit.googleapis.com/data_access"),
    });
    expect(only(run, "gcp:storage/bucketIAMMember:BucketIAMMember").inputs).toMatchObject({
      role: "roles/storage.objectCreator",
      member: "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com",
    });
  });

  it("can be shortened by an administrator unless asked otherwise", async () => {
    const { inputs } = only(await registered(trailOnGcp(onGcp)), "gcp:storage/bucket:Bucket");
    expect(inputs["retentionPolicy"]).toEqual({ isLocked: false, retentionPeriod: "31536000" });
  });

  it.each<[string, Partial<GcpAuditTrailArgs>]>([
    ["projectId", { projectId: "S" }],
    ["location", { location: "EU" }],
    ["retentionDays", { retentionDays: 4000 }],
    ["dataAccessServices[0]", { dataAccessServices: ["storage"] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(trailOnGcp({ ...onGcp, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});
