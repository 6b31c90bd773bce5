/**
 * What a stack does with a resource of AWS by the actions of IAM, and the rows that several layers have. A row has what
 * Pulumi's provider calls to make, read, change, tag and delete the resource, and what making it needs of others: roles
 * that it is given, keys that encrypt it.
 *
 * Which actions there are, and on which resources and conditions each is judged: the Service Authorization Reference
 * (docs.aws.amazon.com/service-authorization), as test/stacks/roles holds it. Which of them the provider calls is from
 * memory of its source, and no cloud has confirmed it: a role that lacks one is refused by name, and the row is the place
 * to add it.
 */
import {
  inRegion,
  inService,
  made,
  named,
  namedGlobally,
  owned,
  partOf,
  type TargetOf,
} from "./aws-scope";

/** Some actions on one target. */
export interface AwsRight {
  readonly actions: readonly string[];
  readonly on: TargetOf;
}

/** What a layer needs, by the type of resource that it registers. */
export type AwsRights = Readonly<Record<string, readonly AwsRight[]>>;

/** Actions of one service. @example allow("sqs", "CreateQueue DeleteQueue", named("sqs")) */
export function allow(service: string, actions: string, on: TargetOf): AwsRight {
  return { actions: actions.split(" ").map((action) => `${service}:${action}`), on };
}

/** Things of EC2 with tags: they get the stack's name as they are made, and only what has it is changed. */
export function taggedInEc2(...kinds: readonly string[]): readonly AwsRight[] {
  return [
    // The condition keeps others' things from being renamed into the stack's: a tag comes with what is being made.
    allow("ec2", "CreateTags", (scope) => {
      const { resources, condition } = made("ec2", ...kinds)(scope);
      return { resources, condition: { ...condition, Null: { "ec2:CreateAction": "false" } } };
    }),
    allow("ec2", "CreateTags DeleteTags", owned("ec2", ...kinds)),
  ];
}

/** Roles of IAM, of the stack's names. */
const ROLE = namedGlobally("iam", "role/");

export const ROLE_RIGHTS: AwsRights = {
  "aws:iam/role:Role": [
    allow(
      "iam",
      "CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole TagRole UntagRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole",
      ROLE,
    ),
  ],
  "aws:iam/rolePolicy:RolePolicy": [
    allow("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy", ROLE),
  ],
};

/** Policies of AWS that may be attached to roles of the stack, and no others. */
export function attaches(...policies: readonly string[]): readonly AwsRight[] {
  return [
    allow("iam", "AttachRolePolicy DetachRolePolicy", (scope) => ({
      ...ROLE(scope),
      condition: {
        ArnEquals: { "iam:PolicyARN": policies.map((name) => `arn:aws:iam::aws:policy/${name}`) },
      },
    })),
    allow("iam", "ListAttachedRolePolicies", ROLE),
  ];
}

export const POD_IDENTITY_ACTIONS =
  "DescribePodIdentityAssociation UpdatePodIdentityAssociation DeletePodIdentityAssociation TagResource UntagResource";

export const ADDRESS_RIGHTS: AwsRights = {
  "aws:ec2/eip:Eip": [
    allow("ec2", "AllocateAddress", made("ec2", "elastic-ip")),
    allow("ec2", "ReleaseAddress DisassociateAddress", owned("ec2", "elastic-ip")),
    allow("ec2", "DescribeAddresses DescribeAddressesAttribute", inRegion),
    ...taggedInEc2("elastic-ip"),
  ],
};

const SECURITY_GROUP_READS = allow(
  "ec2",
  "DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces",
  inRegion,
);

/** A rule of a group: both have tags. */
function groupRule(way: "Ingress" | "Egress"): readonly AwsRight[] {
  return [
    allow("ec2", `AuthorizeSecurityGroup${way}`, made("ec2", "security-group-rule")),
    allow(
      "ec2",
      `AuthorizeSecurityGroup${way} RevokeSecurityGroup${way}`,
      owned("ec2", "security-group"),
    ),
    allow("ec2", "ModifySecurityGroupRules", owned("ec2", "security-group", "security-group-rule")),
    SECURITY_GROUP_READS,
    ...taggedInEc2("security-group-rule"),
  ];
}

export const SECURITY_GROUP_RIGHTS: AwsRights = {
  "aws:ec2/securityGroup:SecurityGroup": [
    allow("ec2", "CreateSecurityGroup", made("ec2", "security-group")),
    allow("ec2", "CreateSecurityGroup", owned("ec2", "vpc")),
    // A new group lets everything out until the provider takes that rule away.
    allow(
      "ec2",
      "DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
      owned("ec2", "security-group"),
    ),
    SECURITY_GROUP_READS,
    ...taggedInEc2("security-group"),
  ],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": groupRule("Ingress"),
  // Cards of EFA talk within the group of the nodes.
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": groupRule("Egress"),
};

/** The key that the stack makes, by its tag. */
const KEY = owned("kms", "key");

export const KEY_RIGHTS: AwsRights = {
  "aws:kms/key:Key": [
    // A key has no ARN before it is made.
    allow("kms", "CreateKey", ({ region, names }) => ({
      resources: ["*"],
      condition: {
        StringEquals: { "aws:RequestedRegion": region },
        StringLike: { "aws:RequestTag/Name": names },
      },
    })),
    allow("kms", "TagResource", made("kms", "key")),
    allow(
      "kms",
      "DescribeKey GetKeyPolicy PutKeyPolicy EnableKeyRotation GetKeyRotationStatus UpdateKeyDescription ListResourceTags TagResource UntagResource ScheduleKeyDeletion",
      KEY,
    ),
  ],
  "aws:kms/alias:Alias": [
    allow("kms", "CreateAlias UpdateAlias DeleteAlias", KEY),
    // Of the place itself, without a random ending.
    allow("kms", "CreateAlias UpdateAlias DeleteAlias", (scope) => ({
      resources: [inService(scope, "kms", `alias/capplan/${scope.names[0]!.replace(/-\*$/, "")}`)],
    })),
    allow("kms", "ListAliases", inRegion),
  ],
};

export const ALARM_RIGHTS: AwsRights = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    allow(
      "cloudwatch",
      "PutMetricAlarm DeleteAlarms DescribeAlarms TagResource UntagResource ListTagsForResource",
      named("cloudwatch", "alarm:"),
    ),
  ],
};

/** Groups of logs that are named after the place, or after one of its clusters. */
export const LOG_GROUP: TargetOf = (scope) => ({
  resources: [
    ...scope.names.map((name) => `log-group:${name}`),
    `log-group:/aws/eks/${scope.cluster}/*`,
  ].map((group) => inService(scope, "logs", group)),
});

/** Roles by the part of their names that follows the place. */
export function rolesOf(...parts: readonly string[]): TargetOf {
  return ({ names }) => ({
    resources: parts.map((part) => `arn:aws:iam::*:role/${partOf(names[0]!, part)}`),
  });
}
