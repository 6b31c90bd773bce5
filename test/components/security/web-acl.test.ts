import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import { AwsWebAcl, type AwsWebAclArgs } from "../../../components/security";
import { describeComponentLaws } from "../../support/component-laws";
import { only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const minimal: AwsWebAclArgs = { region: "us-east-1", requestsPerFiveMinutesMax: 3000 };

function acl(args: AwsWebAclArgs) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    return { webAclArn: new AwsWebAcl("waf", args, { provider }).webAclArn };
  };
}

describeComponentLaws({ name: "aws-web-acl", program: acl(minimal) });
describeComponentLaws({
  name: "aws-web-acl-full",
  program: acl({ ...minimal, refusedCountries: ["KP"], kmsKeyArn: "arn:aws:kms:probe" }),
});

interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly action?: object;
  readonly statement: {
    readonly managedRuleGroupStatement?: {
      readonly ruleActionOverrides: readonly {
        readonly name: string;
        readonly actionToUse: object;
      }[];
    };
  };
  readonly visibilityConfig: { readonly sampledRequestsEnabled: boolean };
}
const rulesOf = async (args: AwsWebAclArgs): Promise<readonly Rule[]> =>
  only(await registered(acl(args)), "aws:wafv2/webAcl:WebAcl").inputs["rules"] as readonly Rule[];

describe("AwsWebAcl", () => {
  it("asks for the address first, then AWS's own lists, each once", async () => {
    const rules = await rulesOf({ ...minimal, refusedCountries: ["KP"] });
    expect(rules.map(({ name, priority }) => [priority, name])).toEqual([
      [0, "countries"],
      [1, "rate"],
      [2, "AWSManagedRulesAmazonIpReputationList"],
      [3, "AWSManagedRulesKnownBadInputsRuleSet"],
      [4, "AWSManagedRulesCommonRuleSet"],
    ]);
    expect((await rulesOf(minimal))[0]).toMatchObject({
      name: "rate",
      action: { block: { customResponse: { responseCode: 429 } } },
    });
  });

  it("never refuses a prompt for its length or for what it talks about", async () => {
    const overrides = (await rulesOf(minimal)).flatMap(
      ({ statement }) => statement.managedRuleGroupStatement?.ruleActionOverrides ?? [],
    );
    expect(overrides.map(({ name }) => name)).toContain("SizeRestrictions_BODY");
    expect(overrides.map(({ name }) => name)).toContain("Log4JRCE_BODY");
    for (const { name, actionToUse } of overrides) {
      expect(name).toMatch(/_BODY$/);
      expect(actionToUse).toEqual({ count: {} });
    }
  });

  it("keeps neither samples with prompts nor headers that let others in", async () => {
    for (const { visibilityConfig } of await rulesOf(minimal)) {
      expect(visibilityConfig.sampledRequestsEnabled).toBe(false);
    }
    const run = await registered(acl(minimal));
    const logging = only(run, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
    expect(logging.inputs).toMatchObject({
      redactedFields: [
        { singleHeader: { name: "authorization" } },
        { singleHeader: { name: "cookie" } },
        { singleHeader: { name: "x-api-key" } },
      ],
      loggingFilter: { defaultBehavior: "DROP" },
    });
    // WAF refuses any other beginning (docs.aws.amazon.com/waf, "Logging to CloudWatch Logs").
    expect(only(run, "aws:cloudwatch/logGroup:LogGroup").inputs["name"]).toMatch(/^aws-waf-logs-/);
  });

  it.each<[string, Partial<AwsWebAclArgs>]>([
    ["region", { region: "global" }],
    ["requestsPerFiveMinutesMax", { requestsPerFiveMinutesMax: 9 }],
    ["refusedCountries[0]", { refusedCountries: ["Korea"] }],
    ["refusedCountries", { refusedCountries: ["KP", "KP"] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(acl({ ...minimal, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});
