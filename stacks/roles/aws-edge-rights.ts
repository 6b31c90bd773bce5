/** What the edge does on AWS, by the type of what it registers. */
import { ALARM_RIGHTS, type AwsRights, allow, KEY_RIGHTS } from "./aws-rights";
import { anywhere, inRegion, inService, namedGlobally, partOf, type TargetOf } from "./aws-scope";

/** Hosts of the models and what is below them, and no other name of the zone. */
const HOSTS: TargetOf = ({ zoneId, hosts }) => ({
  resources: hosts.length === 0 ? [] : [`arn:aws:route53:::hostedzone/${zoneId}`],
  condition: {
    "ForAllValues:StringLike": {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": hosts.flatMap((host) => [
        host,
        `*.${host}`,
      ]),
    },
  },
});
const ZONE: TargetOf = (scope) => ({ resources: HOSTS(scope).resources });
/** Route 53 names health checks itself, and judges none by its tags. */
const HEALTH_CHECK: TargetOf = () => ({ resources: ["arn:aws:route53:::healthcheck/*"] });

/** The bucket with the records of the trail. */
const RECORDS: TargetOf = ({ names }) => ({
  resources: [`arn:aws:s3:::${partOf(names[0]!, "records")}`],
});
const TRAIL: TargetOf = (scope) => ({
  resources: [inService(scope, "cloudtrail", `trail/${scope.names[0]!.replace(/\*$/, "trail")}`)],
});

const ofBucket = (actions: string) => [allow("s3", actions, RECORDS)];

export const EDGE_RIGHTS: AwsRights = {
  ...KEY_RIGHTS,
  ...ALARM_RIGHTS,
  "aws:route53/record:Record": [
    allow("route53", "ChangeResourceRecordSets", HOSTS),
    allow("route53", "ListResourceRecordSets GetHostedZone", ZONE),
    allow("route53", "GetChange", () => ({ resources: ["arn:aws:route53:::change/*"] })),
  ],
  "aws:route53/healthCheck:HealthCheck": [
    allow("route53", "CreateHealthCheck", anywhere),
    allow(
      "route53",
      "GetHealthCheck UpdateHealthCheck DeleteHealthCheck ChangeTagsForResource ListTagsForResource",
      HEALTH_CHECK,
    ),
  ],
  "aws:budgets/budget:Budget": [
    allow(
      "budgets",
      "ViewBudget ModifyBudget TagResource UntagResource ListTagsForResource",
      namedGlobally("budgets", "budget/"),
    ),
  ],
  "aws:cloudtrail/trail:Trail": [
    allow(
      "cloudtrail",
      "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging GetTrail GetTrailStatus PutEventSelectors GetEventSelectors GetInsightSelectors AddTags RemoveTags ListTags",
      TRAIL,
    ),
    allow("cloudtrail", "DescribeTrails", inRegion),
  ],
  // The provider reads all settings of a bucket, whichever it makes.
  "aws:s3/bucket:Bucket": ofBucket(
    "CreateBucket DeleteBucket ListBucket GetBucketLocation GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration GetBucketObjectLockConfiguration GetBucketPolicy GetBucketTagging PutBucketTagging PutBucketObjectLockConfiguration PutBucketVersioning TagResource UntagResource ListTagsForResource",
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket(
    "GetLifecycleConfiguration PutLifecycleConfiguration",
  ),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ofBucket(
    "GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration",
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket(
    "GetBucketOwnershipControls PutBucketOwnershipControls",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket(
    "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy",
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(
    "GetBucketPublicAccessBlock PutBucketPublicAccessBlock",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    ofBucket("GetEncryptionConfiguration PutEncryptionConfiguration"),
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket("GetBucketVersioning PutBucketVersioning"),
};
