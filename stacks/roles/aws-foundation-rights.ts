/** What a foundation does on AWS, by the type of what it registers. */
import {
  ADDRESS_RIGHTS,
  ALARM_RIGHTS,
  type AwsRight,
  type AwsRights,
  allow,
  attaches,
  KEY_RIGHTS,
  LOG_GROUP,
  POD_IDENTITY_ACTIONS,
  ROLE_RIGHTS,
  rolesOf,
  SECURITY_GROUP_RIGHTS,
  taggedInEc2,
} from "./aws-rights";
import {
  inRegion,
  made,
  named,
  ofCluster,
  owned,
  passed,
  serviceLinked,
  type TargetOf,
} from "./aws-scope";

/** Templates start nodes of the stack, and nothing else does. */
const FROM_TEMPLATES: TargetOf = ({ region }) => ({
  resources: [
    ...["instance", "volume", "network-interface", "security-group", "subnet"].map(
      (kind) => `arn:aws:ec2:${region}:*:${kind}/*`,
    ),
    `arn:aws:ec2:${region}::image/*`,
  ],
  condition: {
    ArnLike: { "ec2:LaunchTemplate": `arn:aws:ec2:${region}:*:launch-template/*` },
  },
});

/** A cluster has the name of its place, and its ARN is not judged before it is there. */
const NEW_CLUSTER: TargetOf = ({ region, cluster }) => ({
  resources: ["*"],
  condition: {
    StringEquals: { "aws:RequestedRegion": region, "aws:RequestTag/Name": cluster },
  },
});

/** The group that every network has from the start, and that has no name yet. */
const UNNAMED_GROUP: TargetOf = (scope) => {
  const { resources, condition } = made("ec2", "security-group")(scope);
  return { resources, condition: { ...condition, Null: { "aws:ResourceTag/Name": "true" } } };
};

const NETWORK_RIGHTS: AwsRights = {
  "aws:ec2/vpc:Vpc": [
    allow("ec2", "CreateVpc", made("ec2", "vpc")),
    allow("ec2", "ModifyVpcAttribute DeleteVpc DescribeVpcAttribute", owned("ec2", "vpc")),
    allow(
      "ec2",
      "DescribeVpcs DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups",
      inRegion,
    ),
    ...taggedInEc2("vpc"),
  ],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
    allow("ec2", "CreateTags", UNNAMED_GROUP),
    allow(
      "ec2",
      "RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
      owned("ec2", "security-group"),
    ),
    allow("ec2", "DescribeSecurityGroups", inRegion),
    ...taggedInEc2("security-group"),
  ],
  "aws:ec2/internetGateway:InternetGateway": [
    allow("ec2", "CreateInternetGateway", made("ec2", "internet-gateway")),
    allow(
      "ec2",
      "AttachInternetGateway DetachInternetGateway",
      owned("ec2", "internet-gateway", "vpc"),
    ),
    allow("ec2", "DeleteInternetGateway", owned("ec2", "internet-gateway")),
    allow("ec2", "DescribeInternetGateways", inRegion),
    ...taggedInEc2("internet-gateway"),
  ],
  "aws:ec2/subnet:Subnet": [
    allow("ec2", "CreateSubnet", made("ec2", "subnet")),
    allow("ec2", "CreateSubnet", owned("ec2", "vpc")),
    allow("ec2", "ModifySubnetAttribute DeleteSubnet", owned("ec2", "subnet")),
    allow("ec2", "DescribeSubnets DescribeNetworkInterfaces", inRegion),
    ...taggedInEc2("subnet"),
  ],
  "aws:ec2/routeTable:RouteTable": [
    allow("ec2", "CreateRouteTable", made("ec2", "route-table")),
    allow("ec2", "CreateRouteTable", owned("ec2", "vpc")),
    allow("ec2", "DeleteRouteTable", owned("ec2", "route-table")),
    allow("ec2", "DescribeRouteTables", inRegion),
    ...taggedInEc2("route-table"),
  ],
  "aws:ec2/route:Route": [
    allow("ec2", "CreateRoute ReplaceRoute DeleteRoute", owned("ec2", "route-table")),
    allow("ec2", "DescribeRouteTables", inRegion),
  ],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [
    allow(
      "ec2",
      "AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable",
      owned("ec2", "route-table", "subnet"),
    ),
    allow("ec2", "DescribeRouteTables", inRegion),
  ],
  "aws:ec2/natGateway:NatGateway": [
    allow("ec2", "CreateNatGateway", made("ec2", "natgateway")),
    allow("ec2", "CreateNatGateway", owned("ec2", "elastic-ip", "subnet", "vpc")),
    allow("ec2", "DeleteNatGateway", owned("ec2", "natgateway")),
    allow("ec2", "DescribeNatGateways", inRegion),
    ...taggedInEc2("natgateway"),
  ],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [
    allow("ec2", "CreateVpcEndpoint", made("ec2", "vpc-endpoint")),
    allow(
      "ec2",
      "CreateVpcEndpoint ModifyVpcEndpoint",
      owned("ec2", "route-table", "security-group", "subnet"),
    ),
    allow("ec2", "CreateVpcEndpoint", owned("ec2", "vpc")),
    allow("ec2", "ModifyVpcEndpoint DeleteVpcEndpoints", owned("ec2", "vpc-endpoint")),
    allow("ec2", "DescribeVpcEndpoints DescribePrefixLists", inRegion),
    ...taggedInEc2("vpc-endpoint"),
  ],
  "aws:ec2/flowLog:FlowLog": [
    allow("ec2", "CreateFlowLogs", made("ec2", "vpc-flow-log")),
    allow("ec2", "CreateFlowLogs", owned("ec2", "vpc")),
    allow("ec2", "DeleteFlowLogs", owned("ec2", "vpc-flow-log")),
    allow("ec2", "DescribeFlowLogs", inRegion),
    allow("iam", "PassRole", passed(["vpc-flow-logs.amazonaws.com"], "flow-logs")),
    ...taggedInEc2("vpc-flow-log"),
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    allow(
      "logs",
      "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey TagResource UntagResource ListTagsForResource",
      LOG_GROUP,
    ),
    allow("logs", "DescribeLogGroups", inRegion),
  ],
};

/** Parts of a cluster that are made on it, and changed by themselves. */
const inCluster = (kind: string, make: string, change: string): readonly AwsRight[] => [
  allow("eks", make, ofCluster("cluster")),
  allow("eks", change, ofCluster(kind)),
];

const CLUSTER_RIGHTS: AwsRights = {
  "aws:eks/cluster:Cluster": [
    allow("eks", "CreateCluster", NEW_CLUSTER),
    allow(
      "eks",
      "DescribeCluster UpdateClusterConfig UpdateClusterVersion DescribeUpdate AssociateEncryptionConfig DeleteCluster TagResource UntagResource",
      ofCluster("cluster"),
    ),
    allow("iam", "PassRole", passed(["eks.amazonaws.com"], "control-plane")),
    allow("iam", "GetRole", rolesOf("control-plane")),
    allow("iam", "CreateServiceLinkedRole", serviceLinked("eks.amazonaws.com")),
    // Secrets are encrypted by the key of the region, for which EKS takes a grant.
    allow("kms", "DescribeKey", owned("kms", "key")),
    allow("kms", "CreateGrant", (scope) => {
      const { resources, condition } = owned("kms", "key")(scope);
      return {
        resources,
        condition: { ...condition, Bool: { "kms:GrantIsForAWSResource": "true" } },
      };
    }),
    allow("ec2", "DescribeSubnets DescribeVpcs DescribeSecurityGroups", inRegion),
  ],
  "aws:eks/accessEntry:AccessEntry": inCluster(
    "access-entry",
    "CreateAccessEntry",
    "DescribeAccessEntry UpdateAccessEntry DeleteAccessEntry TagResource UntagResource",
  ),
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": [
    allow(
      "eks",
      "AssociateAccessPolicy DisassociateAccessPolicy ListAssociatedAccessPolicies",
      ofCluster("access-entry"),
    ),
  ],
  "aws:eks/addon:Addon": [
    ...inCluster(
      "addon",
      "CreateAddon",
      "DescribeAddon UpdateAddon DeleteAddon DescribeUpdate TagResource UntagResource",
    ),
    // An add-on with rights brings its association along.
    ...inCluster("podidentityassociation", "CreatePodIdentityAssociation", POD_IDENTITY_ACTIONS),
    allow("eks", "CreateAddon UpdateAddon DeleteAddon", ofCluster("podidentityassociation")),
    allow("iam", "PassRole", passed(["pods.eks.amazonaws.com"], "vpc-cni", "ebs-csi")),
    allow("iam", "GetRole", rolesOf("vpc-cni", "ebs-csi")),
  ],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": [
    ...inCluster("podidentityassociation", "CreatePodIdentityAssociation", POD_IDENTITY_ACTIONS),
    allow(
      "iam",
      "PassRole",
      passed(["pods.eks.amazonaws.com"], "karpenter-identity", "consumer", "producer", "reader"),
    ),
    allow("iam", "GetRole", rolesOf("karpenter-identity", "consumer", "producer", "reader")),
  ],
  "aws:ec2/launchTemplate:LaunchTemplate": [
    allow("ec2", "CreateLaunchTemplate", made("ec2", "launch-template")),
    allow(
      "ec2",
      "CreateLaunchTemplateVersion ModifyLaunchTemplate DeleteLaunchTemplate",
      owned("ec2", "launch-template"),
    ),
    allow("ec2", "DescribeLaunchTemplates DescribeLaunchTemplateVersions", inRegion),
    ...taggedInEc2("launch-template"),
  ],
  "aws:eks/nodeGroup:NodeGroup": [
    ...inCluster(
      "nodegroup",
      "CreateNodegroup",
      "DescribeNodegroup UpdateNodegroupConfig UpdateNodegroupVersion DeleteNodegroup DescribeUpdate TagResource UntagResource",
    ),
    allow("iam", "PassRole", passed(["ec2.amazonaws.com", "eks.amazonaws.com"], "node")),
    allow("iam", "GetRole", rolesOf("node")),
    // EKS tries the template with the rights of who asks.
    allow("ec2", "RunInstances", FROM_TEMPLATES),
    allow("ec2", "RunInstances", owned("ec2", "launch-template")),
    ...taggedInEc2("instance", "volume", "network-interface"),
    // Groups of nodes, what scales them, and spot capacity each act by a role that comes with the first one.
    allow(
      "iam",
      "CreateServiceLinkedRole",
      serviceLinked(
        "autoscaling.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "spot.amazonaws.com",
      ),
    ),
  ],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": attaches(
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
    "service-role/AmazonEBSCSIDriverPolicy",
  ),
};

const SECRET_RIGHTS: AwsRights = {
  // Places for values: whoever deploys neither reads nor writes one.
  "aws:secretsmanager/secret:Secret": [
    allow(
      "secretsmanager",
      "CreateSecret DescribeSecret UpdateSecret DeleteSecret GetResourcePolicy TagResource UntagResource",
      named("secretsmanager", "secret:"),
    ),
  ],
};

const QUEUE: TargetOf = named("sqs");
const RULE: TargetOf = named("events", "rule/");

const MESSAGE_RIGHTS: AwsRights = {
  "aws:sqs/queue:Queue": [
    allow(
      "sqs",
      "CreateQueue DeleteQueue GetQueueAttributes SetQueueAttributes GetQueueUrl TagQueue UntagQueue ListQueueTags",
      QUEUE,
    ),
  ],
  "aws:sqs/queuePolicy:QueuePolicy": [allow("sqs", "GetQueueAttributes SetQueueAttributes", QUEUE)],
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": [
    allow("sqs", "GetQueueAttributes SetQueueAttributes", QUEUE),
  ],
  "aws:cloudwatch/eventRule:EventRule": [
    allow(
      "events",
      "PutRule DescribeRule DeleteRule TagResource UntagResource ListTagsForResource",
      RULE,
    ),
  ],
  "aws:cloudwatch/eventTarget:EventTarget": [
    allow("events", "PutTargets RemoveTargets ListTargetsByRule", RULE),
  ],
};

export const FOUNDATION_RIGHTS: AwsRights = {
  ...ADDRESS_RIGHTS,
  ...SECURITY_GROUP_RIGHTS,
  ...NETWORK_RIGHTS,
  ...ROLE_RIGHTS,
  ...KEY_RIGHTS,
  ...CLUSTER_RIGHTS,
  ...MESSAGE_RIGHTS,
  ...SECRET_RIGHTS,
  ...ALARM_RIGHTS,
};
