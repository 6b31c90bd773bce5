/**
 * Rules of data at rest. What a cloud encrypts with a key of its own whatever one says (objects in S3 and Cloud Storage,
 * logs, Pub/Sub, disks of Google Cloud) is the matter of the optional rule `data-is-under-own-keys`.
 */
import { isPresent, itemsAt, oneOrMore, shown, UNKNOWN, valueAt } from "./plain-values";
import { type Judged, ofType, resourceRule, stackRule } from "./rule";

const SQS = "aws:sqs/queue:Queue";
const SNS = "aws:sns/topic:Topic";
const VOLUME = "aws:ebs/volume:Volume";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const FILES = "aws:efs/fileSystem:FileSystem";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const CLOUD_BUCKET = "gcp:storage/bucket:Bucket";

const isTrue = (value: unknown): boolean => value === true || value === "true";
/** The provider has these two as texts, and others as booleans. */
const isOff = (value: unknown): boolean => value !== UNKNOWN && !isTrue(value);

/** The clouds leave these open unless they are told. */
export const dataIsEncrypted = resourceRule({
  name: "data-is-encrypted",
  description: "Queues, topics, disks and file systems are encrypted.",
  severity: "high",
  types: [SQS, SNS, VOLUME, TEMPLATE, FILES, NODE_CLASS, STORAGE_CLASS],
  problemsOf: (resource) => {
    const { type, props } = resource;
    switch (type) {
      case SQS:
        return isPresent(valueAt(props, "kmsMasterKeyId")) ||
          !isOff(valueAt(props, "sqsManagedSseEnabled"))
          ? []
          : ["sqsManagedSseEnabled: must be true, or kmsMasterKeyId the key of the queue"];
      case SNS:
        return isPresent(valueAt(props, "kmsMasterKeyId"))
          ? []
          : [
              'kmsMasterKeyId: must be set, got nothing; "alias/aws/sns" is the key that every account has',
            ];
      case STORAGE_CLASS:
        return valueAt(props, "provisioner") === "ebs.csi.aws.com" &&
          isOff(valueAt(props, "parameters.encrypted"))
          ? ['parameters.encrypted: must be "true" for volumes of EBS']
          : [];
      default:
        return disksOf(resource)
          .filter(({ disk }) => isOff(valueAt(disk, "encrypted")))
          .map(
            ({ disk, path }) =>
              `${path}encrypted: must be true, got ${shown(valueAt(disk, "encrypted"))}`,
          );
    }
  },
});

/** Disks that a resource makes or describes, each with the path of its fields. */
function disksOf({ type, props }: Judged): readonly { disk: unknown; path: string }[] {
  if (type === VOLUME || type === FILES) return [{ disk: props, path: "" }];
  const at = type === NODE_CLASS ? "spec.blockDeviceMappings" : "blockDeviceMappings";
  return itemsAt(props, at).flatMap((mapping, index) => {
    const disk = valueAt(mapping, "ebs");
    return isPresent(disk) && disk !== UNKNOWN ? [{ disk, path: `${at}[${index}].ebs.` }] : [];
  });
}

const ACCESS_FLAGS = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
];

/** Weights, logs and prompts are nobody's business: no policy written later can open a bucket by mistake. */
export const bucketsAreClosed = stackRule({
  name: "buckets-are-closed",
  description: "No bucket can be opened to the public.",
  severity: "critical",
  breachesOf: (resources) => {
    const guards = ofType(resources, BUCKET_ACCESS);
    const aws = ofType(resources, BUCKET).flatMap(({ urn, props }) => {
      const name = valueAt(props, "bucket");
      const guard = guards.find(
        (one) =>
          one.sources["bucket"]?.includes(urn) === true ||
          (typeof name === "string" && valueAt(one.props, "bucket") === name),
      );
      if (guard === undefined) {
        const message =
          "needs a BucketPublicAccessBlock of its own with all four settings on: make one beside it";
        return [{ urn, message }];
      }
      return ACCESS_FLAGS.filter((flag) => isOff(valueAt(guard.props, flag))).map((flag) => ({
        urn: guard.urn,
        message: `${flag}: must be true, got ${shown(valueAt(guard.props, flag))}`,
      }));
    });
    const gcp = ofType(resources, CLOUD_BUCKET).flatMap(({ urn, props }) => {
      const prevention = valueAt(props, "publicAccessPrevention");
      const isUniform = valueAt(props, "uniformBucketLevelAccess");
      return [
        ...(prevention === "enforced" || prevention === UNKNOWN
          ? []
          : [
              {
                urn,
                message: `publicAccessPrevention: must be "enforced", got ${shown(prevention)}`,
              },
            ]),
        ...(isOff(isUniform)
          ? [{ urn, message: `uniformBucketLevelAccess: must be true, got ${shown(isUniform)}` }]
          : []),
      ];
    });
    return [...aws, ...gcp];
  },
});

/** By type: where the key of what is kept stands. */
const KEY_PATHS: Readonly<Record<string, string>> = {
  [SQS]: "kmsMasterKeyId",
  [SNS]: "kmsMasterKeyId",
  [VOLUME]: "kmsKeyId",
  [FILES]: "kmsKeyId",
  "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
  "aws:secretsmanager/secret:Secret": "kmsKeyId",
  "gcp:pubsub/topic:Topic": "kmsKeyName",
  [CLOUD_BUCKET]: "encryption.defaultKmsKeyName",
  "gcp:container/nodePool:NodePool": "nodeConfig.bootDiskKmsKey",
};
const CLOUD_SECRET = "gcp:secretmanager/secret:Secret";
const BUCKET_KEY =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

/** For organisations whose own keys have to be able to end all access to what is kept. */
export const dataIsUnderOwnKeys = resourceRule({
  name: "data-is-under-own-keys",
  description: "Whatever is kept is encrypted with a key of one's own.",
  severity: "medium",
  isOptional: true,
  types: [...Object.keys(KEY_PATHS), TEMPLATE, NODE_CLASS, BUCKET_KEY, CLOUD_SECRET],
  problemsOf: (resource) => {
    const { type, props } = resource;
    const path = KEY_PATHS[type];
    if (path !== undefined) {
      return isPresent(valueAt(props, path)) ? [] : [`${path}: must be a key, got nothing`];
    }
    if (type === BUCKET_KEY) {
      return oneOrMore(valueAt(props, "rules"))
        .map((one) => valueAt(one, "applyServerSideEncryptionByDefault.sseAlgorithm"))
        .filter((algorithm) => algorithm === "AES256")
        .map(() => 'rules: must be encrypted by "aws:kms", got "AES256"');
    }
    if (type === CLOUD_SECRET) {
      const replicas = "replication.userManaged.replicas";
      const key = "customerManagedEncryption.kmsKeyName";
      const kept = itemsAt(props, replicas);
      if (kept.length === 0) return [`${replicas}: must each have a key, got none`];
      return kept.flatMap((one, index) =>
        isPresent(valueAt(one, key))
          ? []
          : [`${replicas}[${index}].${key}: must be a key, got nothing`],
      );
    }
    const field = type === NODE_CLASS ? "kmsKeyID" : "kmsKeyId";
    return disksOf(resource)
      .filter(({ disk }) => !isPresent(valueAt(disk, field)))
      .map(({ path: at }) => `${at}${field}: must be a key, got nothing`);
  },
});
