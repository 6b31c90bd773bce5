import { describe, expect, it } from "@jest/globals";
import * as gcp from "@pulumi/gcp";
import { GcpEdge, type GcpEdgeArgs } from "../../../components/gateway";
import { describeComponentLaws } from "../../support/component-laws";
import { only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { breaker } from "./gateway-fixture";

const minimal: GcpEdgeArgs = {
  backends: {
    "europe-west4-b": { group: "neg-b", maxRequestsPerSecondPerEndpoint: 50 },
    "europe-west4-a": {
      group: "neg-a",
      maxRequestsPerSecondPerEndpoint: 50,
      capacityPercent: 0,
    },
  },
  certificateMap: "//certificatemanager.googleapis.com/projects/probe/maps/probe",
  allocation: { workload: "support" },
  longestStreamSeconds: 900,
  longestSilenceSeconds: 60,
};
const outlierDetection = {
  consecutiveGatewayFailures: 50,
  intervalSeconds: 10,
  baseEjectionSeconds: 30,
  maxEjectionPercent: 50,
};

function edge(args: Partial<GcpEdgeArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("global", { project: "probe" });
    const made = new GcpEdge("support", { ...minimal, ...args }, { provider });
    return { address: made.address };
  };
}

describeComponentLaws({ name: "gcp-edge", program: edge() });
describeComponentLaws({
  name: "gcp-edge-full",
  program: edge({
    outlierDetection,
    retry: { numRetries: 1, conditions: ["connect-failure"] },
    spread: { algorithm: "SPRAY_TO_REGION" },
    armor: { rules: ["sqli-v33-stable"], requestsPerMinutePerAddress: 600 },
    healthCheck: { path: "/ready", port: 19_003 },
    isProtected: false,
  }),
});

const SERVICE = "gcp:compute/backendService:BackendService";

describe("GcpEdge", () => {
  it("spreads requests by region, and cuts no stream that is expected", async () => {
    const run = await registered(edge());
    expect(only(run, SERVICE).inputs).toMatchObject({
      loadBalancingScheme: "EXTERNAL_MANAGED",
      timeoutSec: 900,
      connectionDrainingTimeoutSec: 900,
      backends: [
        { group: "neg-a", balancingMode: "RATE", maxRatePerEndpoint: 50, capacityScaler: 0 },
        { group: "neg-b", capacityScaler: 1 },
      ],
      serviceLbPolicy: "//networkservices.googleapis.com/support-spread-id",
      securityPolicy: "support-armor-id",
    });
    expect(only(run, SERVICE).inputs).not.toHaveProperty("circuitBreakers");
    expect(
      only(run, "gcp:networkservices/serviceLbPolicies:ServiceLbPolicies").inputs,
    ).toMatchObject({
      location: "global",
      loadBalancingAlgorithm: "WATERFALL_BY_REGION",
      autoCapacityDrain: { enable: true },
      failoverConfig: { failoverHealthThreshold: 70 },
    });
    expect(run.stackOutputs.values).toEqual({ address: "192.0.2.3" });
  });

  it("ejects by the one detector that is asked for, which is off by default", async () => {
    const run = await registered(edge({ outlierDetection }));
    // cloud.google.com/compute/docs/reference/rest/v1/backendServices: enforcingConsecutiveGatewayFailure is 0 unless set.
    expect(only(run, SERVICE).inputs["outlierDetection"]).toEqual({
      consecutiveGatewayFailure: 50,
      enforcingConsecutiveGatewayFailure: 100,
      enforcingConsecutiveErrors: 0,
      enforcingSuccessRate: 0,
      interval: { seconds: 10 },
      baseEjectionTime: { seconds: 30 },
      maxEjectionPercent: 50,
    });
  });

  it("throttles each address, and lets everybody else in last", async () => {
    const run = await registered(edge({ armor: { rules: ["sqli-v33-stable"] } }));
    const { rules } = only(run, "gcp:compute/securityPolicy:SecurityPolicy").inputs as {
      rules: { action: string; priority: number }[];
    };
    expect(rules.map(({ action }) => action)).toEqual(["deny(403)", "throttle", "allow"]);
    const priorities = rules.map(({ priority }) => priority);
    expect(priorities).toEqual([...priorities].sort((one, other) => one - other));
    expect(rules[1]).toMatchObject({
      rateLimitOptions: {
        enforceOnKey: "IP",
        exceedAction: "deny(429)",
        rateLimitThreshold: { count: 6000, intervalSec: 60 },
      },
    });
  });

  it("protects the address, which others may have on a list", async () => {
    const protectedOf = async (args: Partial<GcpEdgeArgs>) =>
      only(await registered(edge(args)), "gcp:compute/globalAddress:GlobalAddress").protect;
    expect(await protectedOf({})).toBe(true);
    expect(await protectedOf({ isProtected: false })).toBe(false);
  });

  it.each<[string, Partial<GcpEdgeArgs>]>([
    ["circuitBreaker", { circuitBreaker: breaker }],
    ["outlierDetection", { loadBalancingScheme: "EXTERNAL", outlierDetection }],
    [
      "retry",
      {
        loadBalancingScheme: "EXTERNAL",
        retry: { numRetries: 1, conditions: ["connect-failure"] },
      },
    ],
    ["retry.conditions[0]", { retry: { numRetries: 1, conditions: ["5xx" as never] } }],
    ["timeoutSeconds", { timeoutSeconds: 30 }],
    ["longestStreamSeconds", { longestStreamSeconds: 3601 }],
    ["backends", { backends: {} }],
    [
      "backends.a.maxRequestsPerSecondPerEndpoint",
      { backends: { a: { group: "a", maxRequestsPerSecondPerEndpoint: 0 } } },
    ],
    ["spread.failoverThresholdPercent", { spread: { failoverThresholdPercent: 100 } }],
    ["spread.algorithm", { spread: { algorithm: "NEAREST" as never } }],
    ["loggedShare", { loggedShare: 2 }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(edge(args))).rejects.toMatchObject({ propertyPath });
  });
});
