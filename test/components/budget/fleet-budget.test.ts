import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import {
  AwsFleetBudget,
  type AwsFleetBudgetArgs,
  type BudgetLimits,
  GcpFleetBudget,
  type GcpFleetBudgetArgs,
} from "../../../components/budget";
import { checkBudgetLimits, resolveBudget } from "../../../components/budget/budget-limits";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const onAws: AwsFleetBudgetArgs = {
  plannedUsdPerMonth: 40_178.4,
  notify: { emails: ["finance@example.com"] },
};
const fullOnAws: AwsFleetBudgetArgs = {
  ...onAws,
  forecast: { p50UsdPerMonth: 41_000, p90UsdPerMonth: 47_150 },
  notify: {
    emails: ["finance@example.com"],
    snsTopicArns: ["arn:aws:sns:us-east-1:000000000000:costs"],
  },
  scope: { workload: "support chat" },
  activatesTags: true,
  action: {
    percent: 130,
    roleNames: ["support-karpenter"],
    policyArn: "arn:aws:iam::000000000000:policy/no-new-nodes",
    executionRoleArn: "arn:aws:iam::000000000000:role/budgets",
  },
};
const onGcp: GcpFleetBudgetArgs = {
  billingAccount: "012345-6789AB-CDEF01",
  projectNumbers: ["123456789012"],
  plannedUsdPerMonth: 31_000,
};
const fullOnGcp: GcpFleetBudgetArgs = {
  ...onGcp,
  scope: { workload: "support chat" },
  notificationChannels: ["projects/probe/notificationChannels/1"],
  topicProject: "probe",
};

function budgetOnAws(args: AwsFleetBudgetArgs) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const { usdPerMonth, derivation } = new AwsFleetBudget("budget", args, { provider });
    return { usdPerMonth, derivation };
  };
}

function budgetOnGcp(args: GcpFleetBudgetArgs) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("gcp", { project: "probe" });
    const { usdPerMonth, derivation } = new GcpFleetBudget("budget", args, { provider });
    return { usdPerMonth, derivation };
  };
}

describeComponentLaws({ name: "aws-fleet-budget", program: budgetOnAws(onAws) });
describeComponentLaws({ name: "aws-fleet-budget-full", program: budgetOnAws(fullOnAws) });
describeComponentLaws({ name: "gcp-fleet-budget", program: budgetOnGcp(onGcp) });
describeComponentLaws({ name: "gcp-fleet-budget-full", program: budgetOnGcp(fullOnGcp) });

describe("resolveBudget", () => {
  it("takes the plan's cost, rounded up, and tells at half, most and all of it", () => {
    expect(resolveBudget({ plannedUsdPerMonth: 40_178.4 })).toEqual({
      usdPerMonth: 40_179,
      thresholds: [
        { basis: "actual", percent: 50 },
        { basis: "actual", percent: 80 },
        { basis: "actual", percent: 100 },
        { basis: "forecast", percent: 100 },
      ],
      derivation: "40179 USD = planned cost of 40178.4 USD a month, rounded up",
    });
  });

  it("takes the forecast's P50 in its place, and tells at its P90", () => {
    // 47,150 is 115 % of 41,000.
    const { usdPerMonth, thresholds } = resolveBudget(fullOnAws);
    expect(usdPerMonth).toBe(41_000);
    expect(thresholds.filter(({ percent }) => percent === 115)).toEqual([
      { basis: "actual", percent: 115 },
      { basis: "forecast", percent: 115 },
    ]);
  });

  it("says that it is too low when something has no price", () => {
    const { derivation } = resolveBudget({ plannedUsdPerMonth: 10, isLowerBound: true });
    expect(derivation).toMatch(/at least, because something planned has no price$/);
  });

  it("is never below what was planned, and has every threshold once, in order", () => {
    const percent = fc.double({ min: 1, max: 1000, noNaN: true });
    const limits: fc.Arbitrary<BudgetLimits> = fc.record(
      {
        plannedUsdPerMonth: fc.double({ min: 0.01, max: 1e9, noNaN: true }),
        forecast: fc
          .tuple(
            fc.double({ min: 1, max: 1e6, noNaN: true }),
            fc.double({ min: 1, max: 3, noNaN: true }),
          )
          .map(([p50, times]) => ({ p50UsdPerMonth: p50, p90UsdPerMonth: p50 * times })),
        actualPercents: fc.uniqueArray(percent, { maxLength: 4 }),
        forecastPercents: fc.uniqueArray(percent, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ["plannedUsdPerMonth"] },
    );
    fc.assert(
      fc.property(limits, (some) => {
        expect(checkBudgetLimits(some)).toEqual([]);
        const { usdPerMonth, thresholds } = resolveBudget(some);
        const planned = some.forecast?.p50UsdPerMonth ?? some.plannedUsdPerMonth;
        expect(usdPerMonth).toBeGreaterThanOrEqual(planned);
        expect(usdPerMonth - planned).toBeLessThan(1);
        const keys = thresholds.map(({ basis, percent: share }) => `${basis} ${share}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const basis of ["actual", "forecast"]) {
          const shares = thresholds.filter((one) => one.basis === basis).map((one) => one.percent);
          expect(shares).toEqual([...shares].sort((one, other) => one - other));
        }
      }),
    );
  });

  it.each<[string, Partial<BudgetLimits>]>([
    ["plannedUsdPerMonth", { plannedUsdPerMonth: 0 }],
    ["plannedUsdPerMonth", { plannedUsdPerMonth: Number.NaN }],
    ["forecast.p90UsdPerMonth", { forecast: { p50UsdPerMonth: 2, p90UsdPerMonth: 1 } }],
    ["actualPercents[1]", { actualPercents: [50, 0] }],
    ["forecastPercents[0]", { forecastPercents: [1001] }],
    ["actualPercents", { actualPercents: [50, 50] }],
    ["actualPercents", { actualPercents: [], forecastPercents: [] }],
    ["actualPercents", { actualPercents: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }],
  ])("refuses %s that cannot be", (path, change) => {
    const problems = checkBudgetLimits({ plannedUsdPerMonth: 100, ...change });
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });
});

describe("AwsFleetBudget", () => {
  it("counts what the tag marks, as a plan does, and tells everybody at every threshold", async () => {
    const run = await registered(budgetOnAws(fullOnAws));
    const { inputs } = only(run, "aws:budgets/budget:Budget");
    expect(inputs).toMatchObject({
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: "41000",
      limitUnit: "USD",
      metrics: "AmortizedCost",
      filterExpression: {
        tags: { key: "capplan:workload", values: ["support chat"], matchOptions: ["EQUALS"] },
      },
    });
    expect(inputs).not.toHaveProperty("costTypes");
    const notifications = inputs["notifications"] as readonly Record<string, unknown>[];
    expect(notifications.map((one) => [one["notificationType"], one["threshold"]])).toEqual([
      ["ACTUAL", 50],
      ["ACTUAL", 80],
      ["ACTUAL", 100],
      ["ACTUAL", 115],
      ["FORECASTED", 100],
      ["FORECASTED", 115],
    ]);
    for (const one of notifications) {
      expect(one["subscriberEmailAddresses"]).toEqual(["finance@example.com"]);
      expect(one["subscriberSnsTopicArns"]).toHaveLength(1);
    }
  });

  it("counts the whole account without a tag, and leaves its anomalies to its own monitor", async () => {
    const run = await registered(budgetOnAws(onAws));
    const { inputs } = only(run, "aws:budgets/budget:Budget");
    expect(inputs["costTypes"]).toEqual({ useAmortized: true });
    expect(inputs).not.toHaveProperty("filterExpression");
    expect(inputs).not.toHaveProperty("metrics");
    expect(ofType(run, "aws:costexplorer/anomalyMonitor:AnomalyMonitor")).toEqual([]);
  });

  it("tells a topic of anomalies at once, and mail once a day, from a tenth of the budget", async () => {
    const run = await registered(budgetOnAws(fullOnAws));
    const monitor = only(run, "aws:costexplorer/anomalyMonitor:AnomalyMonitor");
    expect(JSON.parse(String(monitor.inputs["monitorSpecification"]))).toEqual({
      Tags: { Key: "capplan:workload", Values: ["support chat"] },
    });
    const told = ofType(run, "aws:costexplorer/anomalySubscription:AnomalySubscription");
    expect(
      told.map(({ inputs }) => [
        inputs["frequency"],
        (inputs["subscribers"] as readonly { readonly type: string }[]).map(({ type }) => type),
      ]),
    ).toEqual([
      ["DAILY", ["EMAIL"]],
      ["IMMEDIATE", ["SNS"]],
    ]);
    expect(told[0]!.inputs["thresholdExpression"]).toMatchObject({
      dimension: { values: ["4100"] },
    });
  });

  it("stops new nodes only after a person has agreed", async () => {
    const run = await registered(budgetOnAws(fullOnAws));
    expect(only(run, "aws:budgets/budgetAction:BudgetAction").inputs).toMatchObject({
      actionType: "APPLY_IAM_POLICY",
      approvalModel: "MANUAL",
      notificationType: "ACTUAL",
      actionThreshold: { actionThresholdType: "PERCENTAGE", actionThresholdValue: 130 },
      definition: { iamActionDefinition: { roles: ["support-karpenter"] } },
    });
  });

  it("activates every tag that components write", async () => {
    const run = await registered(budgetOnAws(fullOnAws));
    const tags = ofType(run, "aws:costexplorer/costAllocationTag:CostAllocationTag");
    expect(tags.map(({ inputs }) => inputs["tagKey"])).toEqual([
      "capplan:model",
      "capplan:plan-digest",
      "capplan:pool",
      "capplan:region",
      "capplan:tenant",
      "capplan:workload",
    ]);
  });

  it.each<[string, Partial<AwsFleetBudgetArgs>]>([
    ["notify", { notify: {} }],
    ["notify.emails[0]", { notify: { emails: ["finance"] } }],
    ["notify.snsTopicArns", { notify: { snsTopicArns: ["a", "b"] } }],
    ["scope", { scope: {} }],
    ["scope", { scope: { workload: "chat", tenant: "first" } }],
    ["anomalyUsdMin", { anomalyUsdMin: 100 }],
    ["action.percent", { action: { ...fullOnAws.action!, percent: 100 } }],
    ["action.roleNames", { action: { ...fullOnAws.action!, roleNames: [] } }],
    ["plannedUsdPerMonth", { plannedUsdPerMonth: -1 }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(budgetOnAws({ ...onAws, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });

  it("fails without an explicit provider", async () => {
    const program = () => {
      new AwsFleetBudget("budget", onAws, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});

describe("GcpFleetBudget", () => {
  it("counts what the label marks in the projects, and tells the channels", async () => {
    const run = await registered(budgetOnGcp(fullOnGcp));
    const { inputs } = only(run, "gcp:billing/budget:Budget");
    expect(inputs).toMatchObject({
      amount: { specifiedAmount: { currencyCode: "USD", units: "31000" } },
      budgetFilter: {
        projects: ["projects/123456789012"],
        labels: { "capplan-workload": expect.stringMatching(/^support-chat-[0-9a-f]{8}$/) },
        calendarPeriod: "MONTH",
      },
      thresholdRules: [
        { thresholdPercent: 0.5, spendBasis: "CURRENT_SPEND" },
        { thresholdPercent: 0.8, spendBasis: "CURRENT_SPEND" },
        { thresholdPercent: 1, spendBasis: "CURRENT_SPEND" },
        { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
      ],
      allUpdatesRule: {
        schemaVersion: "1.0",
        monitoringNotificationChannels: ["projects/probe/notificationChannels/1"],
        disableDefaultIamRecipients: true,
      },
    });
    expect(only(run, "gcp:pubsub/topicIAMMember:TopicIAMMember").inputs).toMatchObject({
      role: "roles/pubsub.publisher",
      member: "serviceAccount:billing-budget-alert@system.gserviceaccount.com",
    });
  });

  it("tells the administrators of the billing account where nobody else is named", async () => {
    const run = await registered(budgetOnGcp(onGcp));
    expect(only(run, "gcp:billing/budget:Budget").inputs).not.toHaveProperty("allUpdatesRule");
    expect(ofType(run, "gcp:pubsub/topic:Topic")).toEqual([]);
  });

  it.each<[string, Partial<GcpFleetBudgetArgs>]>([
    ["billingAccount", { billingAccount: "support" }],
    ["projectNumbers", { projectNumbers: [] }],
    ["projectNumbers[0]", { projectNumbers: ["support"] }],
    ["scope", { scope: { workload: "chat", tenant: "first" } }],
    ["notificationChannels", { notificationChannels: ["1", "2", "3", "4", "5", "6"] }],
    ["plannedUsdPerMonth", { plannedUsdPerMonth: 0 }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(budgetOnGcp({ ...onGcp, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});
