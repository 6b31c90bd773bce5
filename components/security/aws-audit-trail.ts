/** Who did what in an account of AWS, where nobody can change it afterwards. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { type AwsAuditTrailArgs, checkAwsAuditTrail } from "./audit-trail-args";

const RETENTION_DAYS = 365;

/**
 * A trail of every region's calls, with the reads and writes of chosen buckets, in a bucket whose objects cannot be
 * changed or deleted until their retention ends; encrypted, closed to the public and to whoever does not come over TLS,
 * and signed, so that a change would show.
 *
 * One for an account: a second trail of the same calls is paid for.
 *
 * **Cost** (us-east-1): the first trail's management events are free, the reads and writes of buckets are 0.10 USD per
 * 100,000; storage and uses of the key besides.
 *
 * @example
 * new AwsAuditTrail("support-audit", {
 *   region: "us-east-1", accountId: "123456789012", kmsKeyArn: key.keyArn, bucketArns: [weights.arn],
 * }, { provider });
 */
export class AwsAuditTrail extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly trailArn: pulumi.Output<string>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsAuditTrailArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsAuditTrail "${name}"`, [
      ...checkComponentName(name),
      ...checkAwsAuditTrail(args),
    ]);
    super(componentType("security", "AwsAuditTrail"), name, {}, opts);
    const place: TrailPlace = {
      name,
      args,
      tags: awsTags({ region: args.region, ...args.allocation }),
      opts: placedChildOptions(this, "aws"),
      // Of the name, so that the bucket's policy can name the trail that comes after it.
      trailArn: pulumi.interpolate`arn:aws:cloudtrail:${args.region}:${args.accountId}:trail/${childName(name, "trail")}`,
    };

    const bucket = createBucket(place);
    const trail = createTrail(place, bucket, createBucketPolicy(place, bucket));

    this.bucketName = bucket.bucket;
    this.trailArn = trail.arn;
    this.registerOutputs({ bucketName: this.bucketName, trailArn: this.trailArn });
  }
}

/** A trail that is being made. */
interface TrailPlace {
  readonly name: string;
  readonly args: AwsAuditTrailArgs;
  readonly tags: Readonly<Record<string, string>>;
  readonly opts: pulumi.CustomResourceOptions;
  readonly trailArn: pulumi.Output<string>;
}

function createBucket({ name, args, tags, opts }: TrailPlace): aws.s3.Bucket {
  const { retentionDays = RETENTION_DAYS, isIrrevocable = false, isProtected = true } = args;
  const bucketName = childName(name, "records");
  const bucket = new aws.s3.Bucket(
    ...transformed<aws.s3.BucketArgs>(
      args.transform?.bucket,
      bucketName,
      { objectLockEnabled: true, forceDestroy: false, tags },
      { ...opts, protect: isProtected },
    ),
  );
  const of = { bucket: bucket.bucket };
  new aws.s3.BucketPublicAccessBlock(
    bucketName,
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
  new aws.s3.BucketOwnershipControls(
    bucketName,
    { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
    opts,
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    bucketName,
    {
      ...of,
      rules: [
        {
          bucketKeyEnabled: true,
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: args.kmsKeyArn,
          },
        },
      ],
    },
    opts,
  );
  const versioning = new aws.s3.BucketVersioning(
    bucketName,
    { ...of, versioningConfiguration: { status: "Enabled" } },
    opts,
  );
  const mode = isIrrevocable ? "COMPLIANCE" : "GOVERNANCE";
  new aws.s3.BucketObjectLockConfiguration(
    bucketName,
    { ...of, rule: { defaultRetention: { mode, days: retentionDays } } },
    { ...opts, dependsOn: [versioning] },
  );
  new aws.s3.BucketLifecycleConfiguration(
    bucketName,
    {
      ...of,
      rules: [
        {
          id: "after-retention",
          status: "Enabled",
          filter: {},
          expiration: { days: retentionDays + 1 },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    },
    { ...opts, dependsOn: [versioning] },
  );
  return bucket;
}

/** docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
function createBucketPolicy(place: TrailPlace, bucket: aws.s3.Bucket): aws.s3.BucketPolicy {
  const { name, args, opts, trailArn } = place;
  const service = { Service: "cloudtrail.amazonaws.com" };
  const objects = pulumi.interpolate`${bucket.arn}/*`;
  return new aws.s3.BucketPolicy(
    childName(name, "records"),
    {
      bucket: bucket.bucket,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TrailLooks",
            Effect: "Allow",
            Principal: service,
            Action: "s3:GetBucketAcl",
            Resource: bucket.arn,
            Condition: { StringEquals: { "aws:SourceArn": trailArn } },
          },
          {
            Sid: "TrailWrites",
            Effect: "Allow",
            Principal: service,
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/${args.accountId}/*`,
            Condition: {
              StringEquals: {
                "aws:SourceArn": trailArn,
                "s3:x-amz-acl": "bucket-owner-full-control",
              },
            },
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucket.arn, objects],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    opts,
  );
}

function createTrail(
  { name, args, tags, opts }: TrailPlace,
  bucket: aws.s3.Bucket,
  policy: aws.s3.BucketPolicy,
): aws.cloudtrail.Trail {
  const { bucketArns = [], isProtected = true } = args;
  const trailName = childName(name, "trail");
  const field = (name_: string, values: readonly string[]) => ({
    field: name_,
    equals: [...values],
  });
  return new aws.cloudtrail.Trail(
    ...transformed<aws.cloudtrail.TrailArgs>(
      args.transform?.trail,
      trailName,
      {
        name: trailName,
        s3BucketName: bucket.bucket,
        kmsKeyId: args.kmsKeyArn,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        advancedEventSelectors: [
          { name: "calls", fieldSelectors: [field("eventCategory", ["Management"])] },
          ...(bucketArns.length === 0
            ? []
            : [
                {
                  name: "objects",
                  fieldSelectors: [
                    field("eventCategory", ["Data"]),
                    field("resources.type", ["AWS::S3::Object"]),
                    {
                      field: "resources.ARN",
                      startsWiths: bucketArns.map((arn) => pulumi.interpolate`${arn}/`),
                    },
                  ],
                },
              ]),
        ],
        tags,
      },
      { ...opts, protect: isProtected, dependsOn: [policy] },
    ),
  );
}
