/**
 * Names of cloud resources, cut to what each service accepts. Only resources that something outside the
 * program refers to by name get one; for all others Pulumi's own naming is better, because a replacement
 * can then stand beside what it replaces.
 *
 * Sources of the rules: AWS API references (CreateCluster, CreateRole, CreateQueue, CreateTargetGroup,
 * CreateAlias, CreateLogGroup), cloud.google.com/compute/docs/naming-resources, …/iam/docs/service-accounts-create,
 * …/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters (name), …/kms/docs/resource-hierarchy,
 * …/pubsub/docs/pubsub-basics, kubernetes.io/docs/concepts/overview/working-with-objects/names.
 */
import { fitText, type TextRule } from "./fit-text";

const letters = (lengthMax: number, accepted: RegExp, refused: RegExp): TextRule => ({
  lengthMax,
  accepted,
  refused,
  isLowerCase: false,
});

/** A label of RFC 1035: begins with a letter, lower case, ends with a letter or digit. */
const dnsLabel = (lengthMax: number): TextRule => ({
  lengthMax,
  accepted: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
  refused: /[^a-z0-9-]/g,
  isLowerCase: true,
});

/** What each service accepts as a name. */
export const nameRules = {
  awsIamRole: letters(64, /^[\w+=,.@-]+$/, /[^\w+=,.@-]/g),
  awsKmsAlias: letters(250, /^[\w/-]+$/, /[^\w/-]/g),
  awsLoadBalancer: letters(
    32,
    /^(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    /[^\w-]|_/g,
  ),
  awsLogGroup: letters(512, /^[\w./#-]+$/, /[^\w./#-]/g),
  // A FIFO queue ends in ".fifo", which its component adds.
  awsQueue: letters(75, /^[\w-]+$/, /[^\w-]/g),
  eksCluster: letters(100, /^[a-zA-Z0-9][\w-]*$/, /[^\w-]/g),
  gcpKey: letters(63, /^[\w-]+$/, /[^\w-]/g),
  gcpNetwork: dnsLabel(63),
  // Between 6 and 30 characters.
  gcpServiceAccount: { ...dnsLabel(30), accepted: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/ },
  gkeCluster: dnsLabel(40),
  gkeNodePool: dnsLabel(40),
  kubernetesName: dnsLabel(63),
  pubsubTopic: letters(255, /^(?!goog)[a-zA-Z][\w.~+%-]{2,}$/, /[^\w.~+%-]/g),
} as const satisfies Record<string, TextRule>;

/** A service whose rule for names is known. */
export type NamedService = keyof typeof nameRules;

/**
 * A name that a service accepts, the same on every run. A name that has to be cut keeps its beginning and ends in
 * a hash of the whole, so two long names that differ only at the end stay apart.
 * @example physicalName("gkeCluster", "support") // "support"
 */
export function physicalName(service: NamedService, name: string): string {
  return fitText(name, nameRules[service]);
}
