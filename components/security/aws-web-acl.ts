/** The firewall of the web in front of an `alb` edge on AWS. On Google Cloud a GcpEdge has its own, Cloud Armor. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { type AwsWebAclArgs, checkAwsWebAcl } from "./aws-web-acl-args";
import { REDACTED_HEADERS, webAclRules } from "./web-acl-rules";

const LOG_RETENTION_DAYS = 90;

/**
 * A web ACL for an AwsEdge of kind `alb`: a limit on requests of one address, countries that may not call, and AWS's own
 * lists of bad addresses and bad requests. Rules that look into bodies only count, because a prompt may be a program, a
 * query or an attack that somebody asks about. Refused requests are logged without what would let others in.
 *
 * It cannot stand in front of an `nlb`, and the edge refuses it there.
 *
 * **Cost** (us-east-1): 5 USD a month, 1 USD for each of its rules, 0.60 USD per million requests.
 *
 * @example
 * const acl = new AwsWebAcl("support-waf", { region: "us-east-1", requestsPerFiveMinutesMax: 3000 }, { provider });
 * new AwsEdge("support", { …, kind: "alb", webAcl: acl.webAclArn }, { provider });
 */
export class AwsWebAcl extends pulumi.ComponentResource {
  /** To be an edge's `webAcl`. */
  readonly webAclArn: pulumi.Output<string>;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsWebAclArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsWebAcl "${name}"`, [...checkComponentName(name), ...checkAwsWebAcl(args)]);
    super(componentType("security", "AwsWebAcl"), name, {}, opts);
    const childOpts = placedChildOptions(this, "aws");
    const tags = awsTags({ region: args.region, ...args.allocation });
    const aclName = childName(name, "acl");
    const acl = new aws.wafv2.WebAcl(
      ...transformed<aws.wafv2.WebAclArgs>(
        args.transform?.webAcl,
        aclName,
        {
          scope: "REGIONAL",
          defaultAction: { allow: {} },
          rules: [...webAclRules(aclName, args)],
          visibilityConfig: {
            cloudwatchMetricsEnabled: true,
            metricName: aclName,
            sampledRequestsEnabled: false,
          },
          tags,
        },
        childOpts,
      ),
    );
    createLogs(aclName, args, acl, tags, childOpts);

    this.webAclArn = acl.arn;
    this.registerOutputs({ webAclArn: this.webAclArn });
  }
}

function createLogs(
  aclName: string,
  args: AwsWebAclArgs,
  acl: aws.wafv2.WebAcl,
  tags: Readonly<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): void {
  const group = new aws.cloudwatch.LogGroup(
    aclName,
    {
      // WAF writes to no group whose name begins otherwise.
      name: `aws-waf-logs-${aclName}`,
      retentionInDays: args.logRetentionDays ?? LOG_RETENTION_DAYS,
      ...(args.kmsKeyArn === undefined ? {} : { kmsKeyId: args.kmsKeyArn }),
      tags,
    },
    opts,
  );
  new aws.wafv2.WebAclLoggingConfiguration(
    aclName,
    {
      resourceArn: acl.arn,
      logDestinationConfigs: [group.arn],
      redactedFields: REDACTED_HEADERS.map((header) => ({ singleHeader: { name: header } })),
      loggingFilter: {
        defaultBehavior: "DROP",
        filters: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            conditions: [{ actionCondition: { action: "BLOCK" } }],
          },
        ],
      },
    },
    opts,
  );
}
