/** The rules of a web ACL as plain data. Names: docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list. */
import type * as aws from "@pulumi/aws";
import type { AwsWebAclArgs } from "./aws-web-acl-args";

type Rule = aws.types.input.wafv2.WebAclRule;

/** What lets others in, and so is in no log. */
export const REDACTED_HEADERS = ["authorization", "cookie", "x-api-key"] as const;

/** AWS's groups of rules, with those that look into bodies, which are prompts. */
const MANAGED_GROUPS = [
  { group: "AWSManagedRulesAmazonIpReputationList", counted: [] },
  {
    group: "AWSManagedRulesKnownBadInputsRuleSet",
    counted: ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY"],
  },
  {
    group: "AWSManagedRulesCommonRuleSet",
    counted: [
      // Bodies of more than 8 KiB.
      "SizeRestrictions_BODY",
      "CrossSiteScripting_BODY",
      "EC2MetaDataSSRF_BODY",
      "GenericLFI_BODY",
      "GenericRFI_BODY",
    ],
  },
] as const;

/** The rules, in the order in which they are asked. */
export function webAclRules(
  aclName: string,
  { requestsPerFiveMinutesMax, refusedCountries = [] }: AwsWebAclArgs,
): readonly Rule[] {
  const seen = (what: string) => ({
    cloudwatchMetricsEnabled: true,
    metricName: `${aclName}-${what}`,
    // Samples of requests would hold prompts.
    sampledRequestsEnabled: false,
  });
  const own: Omit<Rule, "priority">[] = [
    ...(refusedCountries.length === 0
      ? []
      : [
          {
            name: "countries",
            action: { block: {} },
            statement: { geoMatchStatement: { countryCodes: [...refusedCountries] } },
            visibilityConfig: seen("countries"),
          },
        ]),
    {
      name: "rate",
      // 429 tells a client to wait; 403, which is the default, that it may not.
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: {
        rateBasedStatement: {
          aggregateKeyType: "IP",
          evaluationWindowSec: 300,
          limit: requestsPerFiveMinutesMax,
        },
      },
      visibilityConfig: seen("rate"),
    },
  ];
  const managed = MANAGED_GROUPS.map(({ group, counted }) => ({
    name: group,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group,
        ruleActionOverrides: counted.map((name) => ({ name, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: seen(group),
  }));
  return [...own, ...managed].map((rule, priority) => ({ ...rule, priority }));
}
