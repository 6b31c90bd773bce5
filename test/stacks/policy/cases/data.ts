/** Cases of what is kept: encryption, buckets, dead letters. */
import { UNKNOWN } from "../../../support/mini-engine/wire-values";
import { type RuleCase, resource } from "../rule-case";

const SQS = "aws:sqs/queue:Queue";
const SNS = "aws:sns/topic:Topic";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
const BUCKET = "aws:s3/bucket:Bucket";
const GUARD = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const CLOUD_BUCKET = "gcp:storage/bucket:Bucket";

const template = (name: string, ebs: Readonly<Record<string, unknown>>) =>
  resource(TEMPLATE, name, { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] });
const nodeClass = (name: string, ebs: Readonly<Record<string, unknown>>) =>
  resource(NODE_CLASS, name, { spec: { blockDeviceMappings: [{ ebs }] } });

const encryption: readonly RuleCase[] = [
  {
    rule: "data-is-encrypted",
    what: "what the cloud leaves open unless it is told",
    resources: [
      resource(SQS, "queue", { sqsManagedSseEnabled: false }),
      resource(SNS, "alarms", {}),
      resource("aws:ebs/volume:Volume", "disk", { size: 10 }),
      resource("aws:efs/fileSystem:FileSystem", "files", { encrypted: false }),
      template("nodes", { volumeSize: 200 }),
      nodeClass("karpenter", { encrypted: false }),
      resource(STORAGE_CLASS, "gp3", { provisioner: "ebs.csi.aws.com", parameters: {} }),
    ],
    breaches: [
      ["queue", "sqsManagedSseEnabled: must be true"],
      ["alarms", "kmsMasterKeyId: must be set"],
      ["disk", "encrypted: must be true, got nothing"],
      ["files", "encrypted: must be true, got false"],
      ["nodes", "blockDeviceMappings[0].ebs.encrypted: must be true"],
      ["karpenter", "spec.blockDeviceMappings[0].ebs.encrypted: must be true"],
      ["gp3", 'parameters.encrypted: must be "true"'],
    ],
  },
  {
    rule: "data-is-encrypted",
    what: "keys of the cloud's and of one's own",
    resources: [
      resource(SQS, "theirs", { sqsManagedSseEnabled: true }),
      resource(SQS, "ours", { kmsMasterKeyId: UNKNOWN }),
      resource(SNS, "alarms", { kmsMasterKeyId: "alias/aws/sns" }),
      template("nodes", { encrypted: "true" }),
      resource(TEMPLATE, "diskless", {}),
      nodeClass("karpenter", { encrypted: true }),
      resource(STORAGE_CLASS, "elsewhere", { provisioner: "pd.csi.storage.gke.io" }),
    ],
    breaches: [],
  },
  {
    rule: "data-is-under-own-keys",
    what: "what only the cloud's own keys protect",
    config: {},
    resources: [
      resource(SQS, "queue", { sqsManagedSseEnabled: true }),
      resource("aws:cloudwatch/logGroup:LogGroup", "records", {}),
      resource("gcp:pubsub/topic:Topic", "topic", {}),
      resource(CLOUD_BUCKET, "weights", {}),
      template("nodes", { encrypted: "true" }),
      resource("aws:secretsmanager/secret:Secret", "token", {}),
      resource("gcp:secretmanager/secret:Secret", "here", {
        replication: { userManaged: { replicas: [{ location: "europe-west4" }] } },
      }),
      resource("gcp:secretmanager/secret:Secret", "anywhere", { replication: { auto: {} } }),
      resource(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "bucket",
        { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      ),
    ],
    breaches: [
      ["queue", "kmsMasterKeyId: must be a key"],
      ["records", "kmsKeyId: must be a key"],
      ["topic", "kmsKeyName: must be a key"],
      ["weights", "encryption.defaultKmsKeyName: must be a key"],
      ["nodes", "blockDeviceMappings[0].ebs.kmsKeyId: must be a key"],
      ["token", "kmsKeyId: must be a key"],
      ["here", "replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName: must be"],
      ["anywhere", "replication.userManaged.replicas: must each have a key, got none"],
      ["bucket", 'rules: must be encrypted by "aws:kms"'],
    ],
  },
  {
    rule: "data-is-under-own-keys",
    what: "keys of one's own",
    config: {},
    resources: [
      resource(SQS, "queue", { kmsMasterKeyId: "key" }),
      resource("aws:cloudwatch/logGroup:LogGroup", "records", { kmsKeyId: UNKNOWN }),
      nodeClass("karpenter", { encrypted: true, kmsKeyID: "key" }),
      resource("gcp:secretmanager/secret:Secret", "token", {
        replication: {
          userManaged: { replicas: [{ customerManagedEncryption: { kmsKeyName: "key" } }] },
        },
      }),
    ],
    breaches: [],
  },
  {
    rule: "buckets-are-closed",
    what: "buckets that a later policy could open",
    resources: [
      resource(BUCKET, "weights", {}),
      resource(BUCKET, "records", {}),
      resource(
        GUARD,
        "records-guard",
        { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true },
        { sources: { bucket: ["records"] } },
      ),
      resource(CLOUD_BUCKET, "cache", { publicAccessPrevention: "inherited" }),
    ],
    breaches: [
      ["weights", "needs a BucketPublicAccessBlock"],
      ["records-guard", "restrictPublicBuckets: must be true"],
      ["cache", 'publicAccessPrevention: must be "enforced", got "inherited"'],
      ["cache", "uniformBucketLevelAccess: must be true"],
    ],
  },
  {
    rule: "buckets-are-closed",
    what: "buckets that stay shut",
    resources: [
      resource(BUCKET, "weights", { bucket: "acme-weights" }),
      resource(GUARD, "guard", {
        bucket: "acme-weights",
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
      resource(CLOUD_BUCKET, "cache", {
        publicAccessPrevention: "enforced",
        uniformBucketLevelAccess: true,
      }),
    ],
    breaches: [],
  },
];

const DAY = 86_400;
const sqsPair = (retention: number) => [
  resource(
    SQS,
    "requests",
    { messageRetentionSeconds: 4 * DAY, redrivePolicy: UNKNOWN },
    { sources: { redrivePolicy: ["letters"] } },
  ),
  resource(SQS, "letters", { messageRetentionSeconds: retention }),
];

const TOPIC = "gcp:pubsub/topic:Topic";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const AGENT = "serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com";
const never = { expirationPolicy: { ttl: "" } };
const requests = resource(
  SUBSCRIPTION,
  "requests",
  {
    ...never,
    topic: "requests-topic",
    messageRetentionDuration: "345600s",
    deadLetterPolicy: { deadLetterTopic: UNKNOWN },
  },
  { sources: { deadLetterPolicy: ["letters-topic"], topic: ["requests-topic"] } },
);
const letters = (retention: string) =>
  resource(
    SUBSCRIPTION,
    "letters",
    { ...never, topic: UNKNOWN, messageRetentionDuration: retention },
    { sources: { topic: ["letters-topic"] } },
  );
const topics = [resource(TOPIC, "requests-topic", {}), resource(TOPIC, "letters-topic", {})];
const grants = [
  resource(
    "gcp:pubsub/topicIAMMember:TopicIAMMember",
    "publish",
    { topic: UNKNOWN, role: "roles/pubsub.publisher", member: AGENT },
    { sources: { topic: ["letters-topic"] } },
  ),
  resource(
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
    "take",
    { subscription: UNKNOWN, role: "roles/pubsub.subscriber", member: AGENT },
    { sources: { subscription: ["requests"] } },
  ),
];

const deadLetters: readonly RuleCase[] = [
  {
    rule: "queues-have-dead-letters",
    what: "queues that repeat a poisonous message to the end",
    resources: [
      resource(SQS, "alone", { messageRetentionSeconds: 4 * DAY }),
      resource(SUBSCRIPTION, "alone-too", never),
    ],
    breaches: [
      ["alone", "redrivePolicy: must name a queue for dead letters"],
      ["alone-too", "deadLetterPolicy: must name a topic for dead letters"],
    ],
  },
  {
    rule: "queues-have-dead-letters",
    what: "pairs, and queues of news that nobody needs tomorrow",
    resources: [
      ...sqsPair(14 * DAY),
      resource(SQS, "interruptions", { messageRetentionSeconds: 300 }),
    ],
    breaches: [],
  },
  {
    rule: "queues-have-dead-letters",
    what: "a subscription, and the one that reads its dead letters",
    resources: [...topics, requests, letters("1209600s"), ...grants],
    breaches: [],
  },
  {
    rule: "dead-letters-are-kept",
    what: "dead letters that arrive as old as they may become",
    resources: sqsPair(4 * DAY),
    breaches: [
      ["letters", "messageRetentionSeconds: must be longer than the 345600 s of requests"],
    ],
  },
  {
    rule: "dead-letters-are-kept",
    what: "a pair that is known by its ARN only once it is there",
    resources: [
      resource(
        SQS,
        "requests",
        {},
        {
          outputs: {
            messageRetentionSeconds: 4 * DAY,
            redrivePolicy: '{"deadLetterTargetArn":"arn:letters","maxReceiveCount":5}',
          },
        },
      ),
      resource(SQS, "letters", {}, { outputs: { arn: "arn:letters" } }),
    ],
    breaches: [["letters", "messageRetentionSeconds: must be longer"]],
  },
  {
    rule: "dead-letters-are-kept",
    what: "a subscription that is deleted when it is idle",
    resources: [resource(SUBSCRIPTION, "idle", { expirationPolicy: { ttl: "2678400s" } })],
    breaches: [["idle", 'expirationPolicy.ttl: must be ""']],
  },
  {
    rule: "dead-letters-are-kept",
    what: "dead letters that nobody may move",
    resources: [...topics, requests, letters("1209600s")],
    breaches: [
      ["requests", "needs a TopicIAMMember"],
      ["requests", "needs a SubscriptionIAMMember"],
    ],
  },
  {
    rule: "dead-letters-are-kept",
    what: "a topic of dead letters that nobody reads, or too late",
    resources: [...topics, requests, ...grants],
    breaches: [["letters-topic", "needs a subscription"]],
  },
  {
    rule: "dead-letters-are-kept",
    what: "dead letters of Pub/Sub that are kept no longer",
    resources: [...topics, requests, letters("345600s"), ...grants],
    breaches: [["letters", "messageRetentionDuration: must be longer than the 345600 s"]],
  },
  {
    rule: "dead-letters-are-kept",
    what: "dead letters that outlive where they come from",
    resources: [...sqsPair(14 * DAY), ...topics, letters("1209600s"), ...grants],
    breaches: [],
  },
];

export const dataCases: readonly RuleCase[] = [...encryption, ...deadLetters];
