import { beforeAll, describe, expect, it } from "@jest/globals";
import * as gcp from "@pulumi/gcp";
import { GcpNetwork, type GcpNetworkArgs } from "../../../components/network";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

function network(args: Partial<GcpNetworkArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { region: "europe-west4" });
    const made = new GcpNetwork("support", { region: "europe-west4", ...args }, { provider });
    return { subnetworkId: made.subnetworkId };
  };
}

describeComponentLaws({ name: "gcp-network", program: network() });
describeComponentLaws({
  name: "gcp-network-private-endpoint",
  program: network({ hasNat: false, googleApis: "private-endpoint" }),
});

describe("GcpNetwork", () => {
  let run: EngineRun;
  beforeAll(async () => {
    run = await registered(network());
  });

  it("divides its block into ranges for nodes, pods, services and proxies", () => {
    expect(only(run, "gcp:compute/network:Network").inputs).toMatchObject({
      autoCreateSubnetworks: false,
    });
    expect(only(run, "gcp:compute/subnetwork:Subnetwork", "support-nodes").inputs).toMatchObject({
      ipCidrRange: "10.64.128.0/19",
      privateIpGoogleAccess: true,
      region: "europe-west4",
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: "10.64.0.0/17" },
        { rangeName: "services", ipCidrRange: "10.64.160.0/20" },
      ],
      logConfig: { aggregationInterval: "INTERVAL_1_MIN", flowSampling: 0.5 },
    });
    expect(only(run, "gcp:compute/subnetwork:Subnetwork", "support-proxies").inputs).toMatchObject({
      ipCidrRange: "10.64.192.0/23",
      purpose: "REGIONAL_MANAGED_PROXY",
    });
  });

  it("lets Google's load balancers in, and nobody else", async () => {
    // cloud.google.com/load-balancing/docs/firewall-rules.
    expect(only(run, "gcp:compute/firewall:Firewall").inputs).toMatchObject({
      direction: "INGRESS",
      sourceRanges: ["35.191.0.0/16", "130.211.0.0/22"],
      allows: [{ protocol: "tcp", ports: ["10080", "10443"] }],
    });
    const closed = await registered(network({ gatewayPorts: [] }));
    expect(ofType(closed, "gcp:compute/firewall:Firewall")).toEqual([]);
  });

  it("reaches Google's APIs at an address inside the network when asked to", async () => {
    const run = await registered(network({ googleApis: "private-endpoint" }));
    expect(only(run, "gcp:compute/globalForwardingRule:GlobalForwardingRule").inputs).toMatchObject(
      {
        // cloud.google.com/vpc/docs/configure-private-service-connect-apis: 1 to 20 letters and digits.
        name: expect.stringMatching(/^[a-z][a-z0-9]{0,19}$/),
        target: "all-apis",
        loadBalancingScheme: "",
      },
    );
    expect(only(run, "gcp:compute/globalAddress:GlobalAddress").inputs["address"]).toBe(
      "10.64.224.2",
    );
    const domains = ofType(run, "gcp:dns/managedZone:ManagedZone").map(
      (one) => one.inputs["dnsName"],
    );
    expect(domains).toEqual(["gcr.io.", "googleapis.com.", "pkg.dev."]);
  });

  it("has no way out when asked to have none", async () => {
    const run = await registered(network({ hasNat: false, googleApis: "private-endpoint" }));
    expect(ofType(run, "gcp:compute/routerNat:RouterNat")).toEqual([]);
  });

  it.each([
    ["region", { region: "europe-west4-a" }],
    ["cidrBlock", { cidrBlock: "10.64.0.0/20" }],
    ["mtuBytes", { mtuBytes: 9000 }],
    ["gatewayPorts[0]", { gatewayPorts: [0] }],
    ["flowLogs.sampledShare", { flowLogs: { sampledShare: 0 } }],
    ["flowLogs.interval", { flowLogs: { interval: "1m" as "INTERVAL_1_MIN" } }],
    ["googleApis", { hasNat: false }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(network(args))).rejects.toMatchObject({ propertyPath });
  });
});
