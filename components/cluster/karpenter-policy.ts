/**
 * What Karpenter's controller may do: start and tag instances, templates and profiles that it marks as its cluster's,
 * and stop no others. The statements follow Karpenter's own
 * cloudformation.yaml (karpenter.sh/docs/reference/cloudformation), with templates limited to its own.
 * Pure.
 */

/** Whom the rights are for. */
export interface KarpenterPolicyScope {
  readonly region: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly nodeRoleArn: string;
  readonly queueArn: string;
  /** Key of disks and of the queue. */
  readonly kmsKeyArn: string;
}

/** The policy document. */
export function karpenterPolicy(scope: KarpenterPolicyScope): Readonly<Record<string, unknown>> {
  const { region, clusterName } = scope;
  const ec2 = (kind: string): string => `arn:aws:ec2:${region}:*:${kind}/*`;
  const owned = (on: "RequestTag" | "ResourceTag"): Readonly<Record<string, unknown>> => ({
    StringEquals: { [`aws:${on}/kubernetes.io/cluster/${clusterName}`]: "owned" },
    StringLike: { [`aws:${on}/karpenter.sh/nodepool`]: "*" },
  });
  const made = [
    "fleet",
    "instance",
    "volume",
    "network-interface",
    "launch-template",
    "spot-instances-request",
  ];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "StartWithWhatIsThere",
        Effect: "Allow",
        Action: ["ec2:RunInstances", "ec2:CreateFleet"],
        Resource: [
          `arn:aws:ec2:${region}::image/*`,
          `arn:aws:ec2:${region}::snapshot/*`,
          ...["security-group", "subnet", "capacity-reservation", "placement-group"].map(ec2),
        ],
      },
      {
        Sid: "StartFromOwnTemplates",
        Effect: "Allow",
        Action: ["ec2:RunInstances", "ec2:CreateFleet"],
        Resource: ec2("launch-template"),
        Condition: owned("ResourceTag"),
      },
      {
        Sid: "MakeWithOwnTags",
        Effect: "Allow",
        Action: ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
        Resource: made.map(ec2),
        Condition: owned("RequestTag"),
      },
      {
        Sid: "TagWhatIsMade",
        Effect: "Allow",
        Action: "ec2:CreateTags",
        Resource: made.map(ec2),
        Condition: {
          ...owned("RequestTag"),
          StringEquals: {
            [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: "owned",
            "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
          },
        },
      },
      {
        Sid: "NameOwnInstances",
        Effect: "Allow",
        Action: "ec2:CreateTags",
        Resource: ec2("instance"),
        Condition: {
          ...owned("ResourceTag"),
          "ForAllValues:StringEquals": {
            "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"],
          },
        },
      },
      {
        Sid: "StopOwn",
        Effect: "Allow",
        Action: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
        Resource: [ec2("instance"), ec2("launch-template")],
        Condition: owned("ResourceTag"),
      },
      {
        Sid: "SeeTheRegion",
        Effect: "Allow",
        Action: [
          "ec2:DescribeCapacityReservations",
          "ec2:DescribeImages",
          "ec2:DescribeInstances",
          "ec2:DescribeInstanceStatus",
          "ec2:DescribeInstanceTypeOfferings",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplates",
          "ec2:DescribePlacementGroups",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSpotPriceHistory",
          "ec2:DescribeSubnets",
        ],
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": region } },
      },
      {
        Sid: "ReadImageNames",
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: `arn:aws:ssm:${region}::parameter/aws/service/*`,
      },
      // The price list is answered from one region for all.
      { Sid: "ReadPrices", Effect: "Allow", Action: "pricing:GetProducts", Resource: "*" },
      {
        Sid: "HearOfInterruptions",
        Effect: "Allow",
        Action: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
        Resource: scope.queueArn,
      },
      // docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html: who starts an instance uses the key of its
      // disks, through EC2.
      {
        Sid: "EncryptDisks",
        Effect: "Allow",
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Resource: scope.kmsKeyArn,
        Condition: { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } },
      },
      {
        Sid: "LetDisksBeUsed",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: scope.kmsKeyArn,
        Condition: {
          Bool: { "kms:GrantIsForAWSResource": "true" },
          StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` },
        },
      },
      {
        Sid: "ReadInterruptions",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: scope.kmsKeyArn,
        Condition: { StringEquals: { "kms:ViaService": `sqs.${region}.amazonaws.com` } },
      },
      {
        Sid: "GiveNodesTheirRole",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: scope.nodeRoleArn,
        Condition: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com"] } },
      },
      {
        // The first spot instance of an account makes this role, in the name of whoever asks for it.
        Sid: "MakeTheRoleOfSpot",
        Effect: "Allow",
        Action: "iam:CreateServiceLinkedRole",
        Resource:
          "arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
        Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
      },
      {
        Sid: "MakeOwnProfiles",
        Effect: "Allow",
        Action: ["iam:CreateInstanceProfile", "iam:TagInstanceProfile"],
        Resource: "arn:aws:iam::*:instance-profile/*",
        Condition: {
          StringEquals: {
            [`aws:RequestTag/kubernetes.io/cluster/${clusterName}`]: "owned",
            "aws:RequestTag/topology.kubernetes.io/region": region,
          },
        },
      },
      {
        Sid: "ChangeOwnProfiles",
        Effect: "Allow",
        Action: [
          "iam:AddRoleToInstanceProfile",
          "iam:DeleteInstanceProfile",
          "iam:RemoveRoleFromInstanceProfile",
        ],
        Resource: "arn:aws:iam::*:instance-profile/*",
        Condition: {
          StringEquals: {
            [`aws:ResourceTag/kubernetes.io/cluster/${clusterName}`]: "owned",
            "aws:ResourceTag/topology.kubernetes.io/region": region,
          },
        },
      },
      {
        Sid: "SeeProfiles",
        Effect: "Allow",
        Action: ["iam:GetInstanceProfile", "iam:ListInstanceProfiles"],
        Resource: "*",
      },
      {
        Sid: "FindTheControlPlane",
        Effect: "Allow",
        Action: "eks:DescribeCluster",
        Resource: scope.clusterArn,
      },
    ],
  };
}
