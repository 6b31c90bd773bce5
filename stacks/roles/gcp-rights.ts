/**
 * What each layer does on Google Cloud: by the type of resource that it registers, permissions to make, read, change and
 * delete it, and what making it needs of others. What a role can be narrowed to is said by a grant's scope; most services
 * judge a request to make something on the project, so that their permissions hold for all of it.
 *
 * Permissions are those of cloud.google.com/iam/docs/permissions-reference and of each method's own page, from memory,
 * and no cloud has confirmed them: a role that lacks one is refused by name, and the row is the place to add it.
 */

/** Where permissions hold. */
export type GcpGrant =
  /** Everywhere in the project. */
  | "project"
  /** The policy of the project, changed only by the roles that the layer gives. */
  | "project-policy"
  /** The keys of the place. */
  | "keys"
  /** The secrets of the place, never their values. */
  | "secrets"
  /** The bucket with the weights. */
  | "weights"
  /** The bucket with the records of the trail. */
  | "records";

/** Permissions of a layer by type. */
export type GcpRights = Readonly<
  Record<string, Readonly<Partial<Record<GcpGrant, readonly string[]>>>>
>;

/** Permissions of one kind of thing. @example of("pubsub.topics", "create get") */
function of(thing: string, verbs: string): readonly string[] {
  return verbs.split(" ").map((verb) => `${thing}.${verb}`);
}

const MADE = "create get update delete";
const GLOBAL_OPERATION = "compute.globalOperations.get";
const REGION_OPERATION = "compute.regionOperations.get";

/** Who is added to the policy of the project. */
const PROJECT_MEMBER = {
  project: ["resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy"],
  "project-policy": ["resourcemanager.projects.setIamPolicy"],
};
const RECORD_SET = {
  project: [
    ...of("dns.resourceRecordSets", `${MADE} list`),
    ...of("dns.changes", "create get"),
    "dns.managedZones.get",
  ],
};

const KEYS: GcpRights = {
  // A ring is made in a place that has no name of the fleet yet.
  "gcp:kms/keyRing:KeyRing": {
    project: ["cloudkms.keyRings.create"],
    keys: ["cloudkms.keyRings.get"],
  },
  "gcp:kms/cryptoKey:CryptoKey": {
    keys: [
      ...of("cloudkms.cryptoKeys", "create get update"),
      ...of("cloudkms.cryptoKeyVersions", "list destroy"),
    ],
  },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {
    keys: of("cloudkms.cryptoKeys", "getIamPolicy setIamPolicy"),
  },
};

export const GCP_FOUNDATION_RIGHTS: GcpRights = {
  "gcp:compute/network:Network": {
    project: [...of("compute.networks", `${MADE} updatePolicy`), GLOBAL_OPERATION],
  },
  "gcp:compute/subnetwork:Subnetwork": {
    project: [
      ...of("compute.subnetworks", `${MADE} setPrivateIpGoogleAccess use`),
      REGION_OPERATION,
      "compute.networks.use",
    ],
  },
  "gcp:compute/firewall:Firewall": {
    project: [
      ...of("compute.firewalls", MADE),
      GLOBAL_OPERATION,
      ...of("compute.networks", "get updatePolicy"),
    ],
  },
  "gcp:compute/router:Router": {
    project: [...of("compute.routers", MADE), REGION_OPERATION, "compute.networks.use"],
  },
  "gcp:compute/routerNat:RouterNat": {
    project: [
      ...of("compute.routers", "get update use"),
      REGION_OPERATION,
      ...of("compute.subnetworks", "get use"),
    ],
  },
  "gcp:compute/globalAddress:GlobalAddress": {
    project: [
      ...of("compute.globalAddresses", "createInternal deleteInternal get setLabels use"),
      GLOBAL_OPERATION,
      "compute.networks.use",
    ],
  },
  // Private Service Connect registers the address in Service Directory.
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": {
    project: [
      ...of("compute.globalForwardingRules", `${MADE} pscCreate pscDelete pscSetLabels setLabels`),
      GLOBAL_OPERATION,
      ...of("compute.globalAddresses", "get use"),
      "compute.networks.use",
      "servicedirectory.namespaces.create",
      ...of("servicedirectory.services", "create delete"),
    ],
  },
  "gcp:dns/managedZone:ManagedZone": {
    project: [
      ...of("dns.managedZones", MADE),
      "dns.networks.bindPrivateDNSZone",
      "compute.networks.get",
    ],
  },
  "gcp:dns/recordSet:RecordSet": RECORD_SET,
  "gcp:container/cluster:Cluster": {
    project: [
      ...of("container.clusters", `${MADE} list`),
      ...of("container.operations", "get list"),
      "iam.serviceAccounts.actAs",
      ...of("compute.networks", "get use"),
      ...of("compute.subnetworks", "get use"),
      ...of("compute.instanceGroupManagers", "get"),
    ],
    keys: of("cloudkms.cryptoKeys", "get"),
  },
  "gcp:container/nodePool:NodePool": {
    project: [
      ...of("container.clusters", "get update"),
      ...of("container.operations", "get list"),
      "iam.serviceAccounts.actAs",
      ...of("compute.instanceGroupManagers", "get"),
    ],
  },
  "gcp:serviceaccount/account:Account": {
    project: of("iam.serviceAccounts", MADE),
  },
  "gcp:projects/iAMMember:IAMMember": PROJECT_MEMBER,
  ...KEYS,
  "gcp:pubsub/topic:Topic": {
    project: of("pubsub.topics", MADE),
  },
  "gcp:pubsub/subscription:Subscription": {
    project: [...of("pubsub.subscriptions", MADE), "pubsub.topics.attachSubscription"],
  },
  "gcp:pubsub/topicIAMMember:TopicIAMMember": {
    project: of("pubsub.topics", "getIamPolicy setIamPolicy"),
  },
  "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": {
    project: of("pubsub.subscriptions", "getIamPolicy setIamPolicy"),
  },
  "gcp:secretmanager/secret:Secret": {
    project: ["secretmanager.secrets.create"],
    secrets: of("secretmanager.secrets", "get update delete"),
  },
  "gcp:secretmanager/secretIamMember:SecretIamMember": {
    secrets: of("secretmanager.secrets", "getIamPolicy setIamPolicy"),
  },
  "gcp:monitoring/alertPolicy:AlertPolicy": {
    project: of("monitoring.alertPolicies", MADE),
  },
};

export const GCP_SERVING_RIGHTS: GcpRights = {
  "gcp:compute/address:Address": {
    project: [...of("compute.addresses", "create get delete setLabels"), REGION_OPERATION],
  },
  "gcp:projects/iAMMember:IAMMember": PROJECT_MEMBER,
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    weights: of("storage.buckets", "get getIamPolicy setIamPolicy"),
  },
};

export const GCP_EDGE_RIGHTS: GcpRights = {
  ...KEYS,
  "gcp:dns/recordSet:RecordSet": RECORD_SET,
  "gcp:compute/healthCheck:HealthCheck": {
    project: [...of("compute.healthChecks", `${MADE} use useReadOnly`), GLOBAL_OPERATION],
  },
  // The account of Cloud Billing is not the project's: a predefined role on it.
  "gcp:billing/budget:Budget": {},
  "gcp:logging/projectSink:ProjectSink": {
    project: of("logging.sinks", MADE),
  },
  "gcp:projects/iAMAuditConfig:IAMAuditConfig": PROJECT_MEMBER,
  "gcp:storage/bucket:Bucket": {
    project: ["storage.buckets.create"],
    records: of("storage.buckets", "get update delete"),
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    records: of("storage.buckets", "get getIamPolicy setIamPolicy"),
  },
};
