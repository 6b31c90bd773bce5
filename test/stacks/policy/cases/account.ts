/** Cases of who pays and who may do what. */
import { UNKNOWN } from "../../../support/mini-engine/wire-values";
import { type RuleCase, resource } from "../rule-case";

const AWS_BUDGET = "aws:budgets/budget:Budget";
const GCP_BUDGET = "gcp:billing/budget:Budget";
const notifications = [{ threshold: 90, subscriberSnsTopicArns: ["arn"] }];
const budgets = (amount: string) => [
  resource(AWS_BUDGET, "aws", { limitAmount: amount, notifications }),
  resource(GCP_BUDGET, "gcp", {
    amount: { specifiedAmount: { units: amount } },
    thresholdRules: [{ thresholdPercent: 0.9 }],
  }),
];

const money: readonly RuleCase[] = [
  {
    rule: "fleet-has-budget",
    what: "an edge without the budget of a cloud that the fleet is on",
    config: { layer: "edge" },
    resources: [...budgets("100").slice(0, 1)],
    breaches: [["", "no gcp:billing/budget:Budget, although the fleet has regions on that cloud"]],
  },
  {
    rule: "fleet-has-budget",
    what: "budgets that tell nobody, or too late",
    config: { layer: "edge" },
    resources: [
      resource(AWS_BUDGET, "aws", { limitAmount: "100" }),
      ...budgets("99999999").slice(1),
    ],
    breaches: [
      ["aws", "notifications: must say when to alarm"],
      ["gcp", "amount.specifiedAmount.units: must be at most the"],
    ],
  },
  {
    rule: "fleet-has-budget",
    what: "a budget of each cloud, and layers that need none",
    config: { layer: "edge" },
    resources: budgets("100"),
    breaches: [],
  },
  {
    rule: "fleet-has-budget",
    what: "a layer that is there once for each region",
    config: { layer: "serving" },
    resources: [resource("aws:sqs/queue:Queue", "queue", {})],
    breaches: [],
  },
  {
    rule: "resources-are-allocated",
    what: "resources that nobody can tell the plan of",
    resources: [
      resource("aws:sqs/queue:Queue", "bare", {}),
      resource("aws:ec2/vpc:Vpc", "own", { tags: { Name: "vpc" } }),
      resource("gcp:pubsub/topic:Topic", "topic", { labels: { "capplan-region": "x" } }),
      resource("gcp:container/cluster:Cluster", "cluster", {}),
    ],
    breaches: [
      ["bare", 'tags: must have "capplan:plan-digest", got []'],
      ["own", 'tags: must have "capplan:plan-digest", got ["Name"]'],
      ["topic", 'labels: must have "capplan-plan-digest", got ["capplan-region"]'],
      ["cluster", 'resourceLabels: must have "capplan-plan-digest", got []'],
    ],
  },
  {
    rule: "resources-are-allocated",
    what: "a key that a configuration asks for",
    config: { keys: ["plan-digest", "tenant"] },
    resources: [
      resource("aws:sqs/queue:Queue", "queue", { tags: { "capplan:plan-digest": "0123" } }),
    ],
    breaches: [["queue", 'tags: must have "capplan:tenant"']],
  },
  {
    rule: "resources-are-allocated",
    what: "tags, tags that are not known yet, and what can carry none",
    resources: [
      resource("aws:sqs/queue:Queue", "queue", { tags: { "capplan:plan-digest": "0123" } }),
      resource("aws:sqs/queue:Queue", "unknown", { tags: UNKNOWN }),
      resource("aws:sqs/queuePolicy:QueuePolicy", "policy", {}),
      resource("gcp:pubsub/topic:Topic", "topic", { labels: { "capplan-plan-digest": "0123" } }),
    ],
    breaches: [],
  },
];

const document = (...statements: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({ Effect: "Allow", ...one })),
  });
const rolePolicy = (name: string, ...statements: readonly Readonly<Record<string, unknown>>[]) =>
  resource("aws:iam/rolePolicy:RolePolicy", name, { policy: document(...statements) });
const BUCKET = "arn:aws:s3:::weights/*";

const rights: readonly RuleCase[] = [
  {
    rule: "rights-are-narrow",
    what: "rights for everything, everywhere, or everybody on AWS",
    resources: [
      rolePolicy("everything", { Action: "*", Resource: BUCKET }),
      rolePolicy("service", { Sid: "All", Action: ["s3:*"], Resource: BUCKET }),
      rolePolicy("others", { NotAction: "iam:*", Resource: BUCKET }),
      rolePolicy("everywhere", { Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" }),
      resource("aws:iam/role:Role", "inline", {
        inlinePolicies: [{ policy: document({ Action: "ec2:RunInstances", Resource: "*" }) }],
        assumeRolePolicy: document({ Action: "sts:AssumeRole", Principal: { AWS: "*" } }),
      }),
      resource("aws:sqs/queuePolicy:QueuePolicy", "queue", {
        policy: document({ Action: "sqs:SendMessage", Principal: "*" }),
      }),
      resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", {
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
    ],
    breaches: [
      ["everything", 'policy: must name its actions, got "*"'],
      ["service", 'policy, statement All: must name its actions, got "s3:*"'],
      ["others", "policy: must name its actions, got NotAction"],
      ["everywhere", "policy: must name the resources of s3:GetObject, or have a condition"],
      ["inline", "inlinePolicies[0].policy: must name the resources of ec2:RunInstances"],
      ["inline", "assumeRolePolicy: must say who"],
      ["queue", "policy: must say who"],
      ["attached", 'policyArn: must be a policy for one purpose, got "AdministratorAccess"'],
    ],
  },
  {
    rule: "rights-are-narrow",
    what: "rights for a whole project, and for all of Kubernetes",
    resources: [
      resource("gcp:projects/iAMMember:IAMMember", "editor", {
        role: "roles/editor",
        member: "user:a@example.com",
      }),
      resource("gcp:storage/bucketIAMMember:BucketIAMMember", "public", {
        role: "roles/storage.objectViewer",
        member: "allUsers",
      }),
      resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "all", {
        rules: [{ apiGroups: [""], resources: ["*"], verbs: ["*"] }],
      }),
      resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "admin", {
        roleRef: { name: "cluster-admin" },
      }),
    ],
    breaches: [
      ["editor", 'role: must be a role for one purpose, got "roles/editor"'],
      ["public", 'member: must say who, got "allUsers"'],
      ["all", 'rules[0].resources: must be named, got "*"'],
      ["all", 'rules[0].verbs: must be named, got "*"'],
      ["admin", "roleRef.name: must be a role for one purpose"],
    ],
  },
  {
    rule: "rights-are-narrow",
    what: "named rights, looks without resources, conditions, and refusals",
    resources: [
      rolePolicy(
        "narrow",
        { Action: ["s3:GetObject"], Resource: BUCKET },
        { Action: ["ec2:DescribeInstances", "pricing:GetProducts"], Resource: "*" },
        { Action: "cloudwatch:PutMetricData", Resource: "*" },
        { Action: "ec2:RunInstances", Resource: "*", Condition: { StringEquals: {} } },
        { Effect: "Deny", Action: "*", Resource: "*" },
      ),
      resource("aws:iam/rolePolicy:RolePolicy", "unknown", { policy: UNKNOWN }),
      resource("aws:kms/key:Key", "key", {
        policy: document({
          Action: "kms:*",
          Principal: { AWS: "arn:aws:iam::1:root" },
          Resource: "*",
        }),
      }),
      resource("gcp:projects/iAMMember:IAMMember", "nodes", {
        role: "roles/artifactregistry.reader",
        member: UNKNOWN,
      }),
      resource("kubernetes:rbac.authorization.k8s.io/v1:Role", "reader", {
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      }),
    ],
    breaches: [],
  },
];

export const accountCases: readonly RuleCase[] = [...money, ...rights];
