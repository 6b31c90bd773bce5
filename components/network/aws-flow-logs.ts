/** Records of the traffic of a VPC, in a log group that only the flow logs service can write. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type AwsPlace, tagsOf } from "./aws-place";

/** Makes nothing when the settings say so. */
export function createFlowLogs(place: AwsPlace, vpc: aws.ec2.Vpc): void {
  const { settings, opts } = place;
  if (settings.flowLogs === undefined) return;
  const name = childName(place.name, "flow-logs");
  const tags = tagsOf(place, name);
  const { trafficType, retentionDays, kmsKeyArn } = settings.flowLogs;
  const group = new aws.cloudwatch.LogGroup(
    name,
    {
      retentionInDays: retentionDays,
      tags,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
    },
    { ...opts, protect: settings.isProtected },
  );
  const role = new aws.iam.Role(
    name,
    {
      description: "Lets VPC flow logs write to their log group",
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      }),
      tags,
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: pulumi.interpolate`${group.arn}:*`,
          },
        ],
      }),
    },
    opts,
  );
  new aws.ec2.FlowLog(
    ...transformed<aws.ec2.FlowLogArgs>(
      settings.transform.flowLog,
      name,
      {
        vpcId: vpc.id,
        trafficType,
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 600,
        tags,
      },
      { ...opts, dependsOn: [policy] },
    ),
  );
}
