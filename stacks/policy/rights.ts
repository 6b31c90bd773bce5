/**
 * Rules of rights: whoever takes over one part of a fleet must not have the rest. What nobody may be given is everything
 * of a service, everything of a kind on every resource, and anything to everybody.
 */
import { documentOf, isPresent, itemsAt, oneOrMore, shown, UNKNOWN, valueAt } from "./plain-values";
import { type Judged, resourceRule } from "./rule";

/** Documents of what an identity may do, by type. */
const IDENTITY_DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:iam/userPolicy:UserPolicy": "policy",
  "aws:iam/groupPolicy:GroupPolicy": "policy",
};
/** Documents of who may use a resource, by type. */
const RESOURCE_DOCUMENTS: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "assumeRolePolicy",
  "aws:kms/key:Key": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
};
const ROLE = "aws:iam/role:Role";
const ATTACHMENT = /^aws:iam\/\w+PolicyAttachment:/;
const GOOGLE_GRANT = /^gcp:.*IAM(Member|Binding):/i;
const KUBERNETES_ROLE = /^kubernetes:rbac\.authorization\.k8s\.io\/v1:(Cluster)?Role$/;
const KUBERNETES_BINDING = /^kubernetes:rbac\.authorization\.k8s\.io\/v1:(Cluster)?RoleBinding$/;

const ALL_TYPES = new RegExp(
  [
    ...[...Object.keys(IDENTITY_DOCUMENTS), ...Object.keys(RESOURCE_DOCUMENTS)].map(
      (type) => `^${type}$`,
    ),
    ...[ATTACHMENT, GOOGLE_GRANT, KUBERNETES_ROLE, KUBERNETES_BINDING].map(({ source }) => source),
  ].join("|"),
  "i",
);

/** Each right is named. */
export const rightsAreNarrow = resourceRule({
  name: "rights-are-narrow",
  description: "No right is for everything of a service, for every resource, or for everybody.",
  severity: "high",
  types: ALL_TYPES,
  problemsOf: (resource) => {
    const { type, props } = resource;
    if (ATTACHMENT.test(type)) return attachmentProblems(resource);
    if (GOOGLE_GRANT.test(type)) return googleProblems(resource);
    if (KUBERNETES_ROLE.test(type)) return kubernetesProblems(resource);
    if (KUBERNETES_BINDING.test(type)) return bindingProblems(resource);
    const own = IDENTITY_DOCUMENTS[type];
    if (own !== undefined) return identityProblems(own, valueAt(props, own));
    const inline = type === ROLE ? itemsAt(props, "inlinePolicies") : [];
    const path = RESOURCE_DOCUMENTS[type]!;
    return [
      ...publicProblems(path, valueAt(props, path)),
      ...inline.flatMap((one, index) =>
        identityProblems(`inlinePolicies[${index}].policy`, valueAt(one, "policy")),
      ),
    ];
  },
});

function statementsOf(document: unknown): readonly unknown[] {
  return oneOrMore(valueAt(documentOf(document), "Statement")).filter(
    (statement) => valueAt(statement, "Effect") === "Allow",
  );
}

/** Actions that show what there is, and none of what is in it. They know no single resources. */
const LOOKS = /^[\w-]+:(Describe|Get|List|BatchGet|Search|Lookup|Simulate)\w*$/;
/** Actions that look like those, and hand out contents (service authorization reference of each service). */
const READS_CONTENTS =
  /^(s3:GetObject\w*|secretsmanager:GetSecretValue|ssm:GetParameter\w*|dynamodb:(BatchGetItem|GetItem|GetRecords)|kinesis:GetRecords|ecr:BatchGetImage|logs:Get(LogEvents|LogRecord|QueryResults))$/;
/** Actions without resources of their own, which only conditions narrow, and that do no harm to others. */
const WITHOUT_RESOURCE = /^(cloudwatch:PutMetricData|xray:Put\w+)$/;

function identityProblems(path: string, document: unknown): readonly string[] {
  return statementsOf(document).flatMap((statement) => {
    const sid = valueAt(statement, "Sid");
    const where = isPresent(sid) ? `${path}, statement ${String(sid)}` : path;
    const actions = oneOrMore(valueAt(statement, "Action")).map(String);
    const wide = actions.filter((action) => action === "*" || action.endsWith(":*"));
    const isOnAll = oneOrMore(valueAt(statement, "Resource")).includes("*");
    const isConditional = isPresent(valueAt(statement, "Condition"));
    const changing = actions.filter(
      (action) =>
        !wide.includes(action) &&
        !WITHOUT_RESOURCE.test(action) &&
        (!LOOKS.test(action) || READS_CONTENTS.test(action)),
    );
    return [
      ...(isPresent(valueAt(statement, "NotAction"))
        ? [`${where}: must name its actions, got NotAction, which allows all others`]
        : []),
      ...wide.map((action) => `${where}: must name its actions, got ${shown(action)}`),
      ...(isOnAll && !isConditional && changing.length > 0
        ? [
            `${where}: must name the resources of ${changing.join(", ")}, or have a condition, got "*"`,
          ]
        : []),
    ];
  });
}

function publicProblems(path: string, document: unknown): readonly string[] {
  return statementsOf(document)
    .filter((statement) => !isPresent(valueAt(statement, "Condition")))
    .filter((statement) => {
      const principal = valueAt(statement, "Principal");
      return principal === "*" || oneOrMore(valueAt(principal, "AWS")).includes("*");
    })
    .map(() => `${path}: must say who, or have a condition, got "*", which is everybody`);
}

function attachmentProblems({ props }: Judged): readonly string[] {
  const arn = valueAt(props, "policyArn");
  if (typeof arn !== "string") return [];
  const policy = arn.split("/").at(-1)!;
  const isWide = /FullAccess$|^(Administrator|PowerUser)Access$/.test(policy);
  return isWide ? [`policyArn: must be a policy for one purpose, got ${shown(policy)}`] : [];
}

const BASIC_ROLES = ["roles/owner", "roles/editor", "roles/viewer"];
const EVERYBODY = ["allUsers", "allAuthenticatedUsers"];

function googleProblems({ props }: Judged): readonly string[] {
  const role = valueAt(props, "role");
  const members = [...oneOrMore(valueAt(props, "member")), ...itemsAt(props, "members")];
  return [
    ...(BASIC_ROLES.includes(String(role === UNKNOWN ? "" : role))
      ? [`role: must be a role for one purpose, got ${shown(role)}, which is for a whole project`]
      : []),
    ...members
      .filter((member) => EVERYBODY.includes(String(member)))
      .map((member) => `member: must say who, got ${shown(member)}, which is everybody`),
  ];
}

function kubernetesProblems({ props }: Judged): readonly string[] {
  return itemsAt(props, "rules").flatMap((rule, index) =>
    ["apiGroups", "resources", "verbs"]
      .filter((key) => itemsAt(rule, key).includes("*"))
      .map((key) => `rules[${index}].${key}: must be named, got "*"`),
  );
}

function bindingProblems({ props }: Judged): readonly string[] {
  const role = valueAt(props, "roleRef.name");
  const isAdmin = role === "cluster-admin";
  return isAdmin ? ['roleRef.name: must be a role for one purpose, got "cluster-admin"'] : [];
}
