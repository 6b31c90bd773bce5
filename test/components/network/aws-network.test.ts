import { beforeAll, describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AwsNetwork, type AwsNetworkArgs } from "../../../components/network";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const minimal: AwsNetworkArgs = { region: "us-east-1", zones: ["us-east-1b", "us-east-1a"] };

function network(args: Partial<AwsNetworkArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const made = new AwsNetwork("support", { ...minimal, ...args }, { provider });
    return { privateSubnetIds: made.privateSubnetIds, natAddresses: made.natAddresses };
  };
}

describeComponentLaws({ name: "aws-network", program: network() });
describeComponentLaws({
  name: "aws-network-isolated",
  program: network({ nat: "none", flowLogs: false }),
});

describe("AwsNetwork", () => {
  let run: EngineRun;
  beforeAll(async () => {
    run = await registered(network());
  });

  it("by default has a way out in each zone, so that no zone needs another", () => {
    const gateways = ofType(run, "aws:ec2/natGateway:NatGateway");
    expect(gateways.map(({ name }) => name)).toEqual([
      "support-nat-us-east-1a",
      "support-nat-us-east-1b",
    ]);
    for (const zone of ["us-east-1a", "us-east-1b"]) {
      expect(only(run, "aws:ec2/route:Route", `support-private-${zone}`).inputs).toMatchObject({
        natGatewayId: `support-nat-${zone}-id`,
        routeTableId: `support-private-${zone}-id`,
      });
      expect(
        only(run, "aws:ec2/natGateway:NatGateway", `support-nat-${zone}`).inputs,
      ).toMatchObject({
        subnetId: `support-public-${zone}-id`,
        allocationId: `support-nat-${zone}-allocation`,
      });
    }
  });

  it("lets nobody into a private subnet before its ways out, nor leaves before the last has left", async () => {
    const used = await registered(() => {
      const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
      const made = new AwsNetwork("support", minimal, { provider });
      const subnetId = made.privateSubnetIds["us-east-1a"]!;
      new aws.ec2.NetworkInterface("inside", { subnetId }, { provider });
      return {};
    });
    const inside = only(used, "aws:ec2/networkInterface:NetworkInterface");
    expect(inside.inputs["subnetId"]).toBe("support-private-us-east-1a-id");
    const ways = [
      only(used, "aws:ec2/route:Route", "support-private-us-east-1a"),
      only(
        used,
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "support-private-us-east-1a",
      ),
      ...ofType(used, "aws:ec2/vpcEndpoint:VpcEndpoint"),
    ];
    expect(ways.length).toBeGreaterThan(3);
    for (const { urn } of ways) expect(inside.dependencies).toContain(urn);
  });

  it("in development has one way out, in the first zone by name", async () => {
    const run = await registered(network({ nat: "single" }));
    expect(only(run, "aws:ec2/natGateway:NatGateway").name).toBe("support-nat-us-east-1a");
    const routes = ofType(run, "aws:ec2/route:Route").filter((one) => one.inputs["natGatewayId"]);
    expect(routes.map((one) => one.inputs["natGatewayId"])).toEqual([
      "support-nat-us-east-1a-id",
      "support-nat-us-east-1a-id",
    ]);
  });

  it("without NAT has no public address, and the endpoints that a cluster needs", async () => {
    const run = await registered(network({ nat: "none" }));
    expect(ofType(run, "aws:ec2/eip:Eip")).toEqual([]);
    const services = ofType(run, "aws:ec2/vpcEndpoint:VpcEndpoint").map(
      ({ inputs }) => inputs["serviceName"],
    );
    for (const service of ["s3", "ec2", "ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "sqs"]) {
      expect(services).toContain(`com.amazonaws.us-east-1.${service}`);
    }
  });

  it("reaches registries, storage and queues inside the VPC", () => {
    const storage = only(run, "aws:ec2/vpcEndpoint:VpcEndpoint", "support-endpoint-s3");
    expect(storage.inputs).toMatchObject({ vpcEndpointType: "Gateway" });
    const queues = only(run, "aws:ec2/vpcEndpoint:VpcEndpoint", "support-endpoint-sqs");
    expect(queues.inputs).toMatchObject({
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      securityGroupIds: [expect.stringMatching(/^sg-/)],
    });
    const rule = only(run, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    expect(rule.inputs).toMatchObject({ cidrIpv4: "10.0.0.0/16", fromPort: 443, toPort: 443 });
  });

  it("protects addresses and records, unless told not to", async () => {
    expect(ofType(run, "aws:ec2/eip:Eip").every(({ protect }) => protect)).toBe(true);
    expect(only(run, "aws:cloudwatch/logGroup:LogGroup").protect).toBe(true);
    const loose = await registered(network({ isProtected: false }));
    expect(loose.resources.filter(({ protect }) => protect)).toEqual([]);
  });

  it("records all traffic for thirty days by default", () => {
    expect(only(run, "aws:ec2/flowLog:FlowLog").inputs).toMatchObject({ trafficType: "ALL" });
    expect(only(run, "aws:cloudwatch/logGroup:LogGroup").inputs).toMatchObject({
      retentionInDays: 30,
    });
    const role = only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"] as string;
    expect(role).toContain("log-group/support-flow-logs".replace("log-group", "LogGroup"));
  });

  it("gives nothing a public address and the default security group no rule", () => {
    for (const { inputs } of ofType(run, "aws:ec2/subnet:Subnet")) {
      expect(inputs["mapPublicIpOnLaunch"]).toBe(false);
    }
    expect(only(run, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).toMatchObject({
      ingress: [],
      egress: [],
    });
  });

  it("lets the caller change a resource, and only that", async () => {
    const run = await registered(network({ transform: { vpc: { instanceTenancy: "dedicated" } } }));
    expect(only(run, "aws:ec2/vpc:Vpc").inputs).toMatchObject({
      cidrBlock: "10.0.0.0/16",
      instanceTenancy: "dedicated",
    });
  });

  it("fails when there is no explicit provider", async () => {
    const program = (): undefined => {
      new AwsNetwork("support", minimal, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toThrow(/must have an explicit provider of "aws"/);
  });

  it("takes the provider from a parent", async () => {
    const run = await registered(() => {
      const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
      const parent = new pulumi.ComponentResource("probe:x:Parent", "p", {}, { provider });
      new AwsNetwork("support", minimal, { parent });
      return undefined;
    });
    expect(only(run, "aws:ec2/vpc:Vpc").provider).toContain("pulumi:providers:aws::us-east-1");
  });

  it("fails with all problems at once, before anything is registered", async () => {
    const bad = network({
      zones: ["us-east-1a", "us-west-2a", "us-east-1a"],
      cidrBlock: "10.0.0.0/28",
      nat: "none",
      endpoints: ["sqs"],
      flowLogs: { retentionDays: 31 as 30 },
    });
    await expect(registered(bad)).rejects.toMatchObject({
      errors: [
        { propertyPath: "zones", reason: 'must hold each value once, got "us-east-1a"' },
        {
          propertyPath: "zones[1]",
          reason:
            'must name an availability zone of us-east-1, such as "us-east-1a", got "us-west-2a"',
        },
        {
          propertyPath: "cidrBlock",
          reason:
            'must be a private IPv4 block of /16 to /22, written with its lowest address, got "10.0.0.0/28"',
        },
        {
          propertyPath: "endpoints",
          reason: expect.stringContaining(
            "add ec2, ecr.api, ecr.dkr, eks, eks-auth, logs, ssm, sts",
          ),
        },
        { propertyPath: "flowLogs.retentionDays", reason: expect.stringContaining("got 31") },
      ],
    });
  });

  it.each([
    ["zones", { zones: ["us-east-1a"] }],
    ["cidrBlock", { cidrBlock: "8.8.0.0/16" }],
    ["nat", { nat: "two" as "none" }],
    ["endpoints[0]", { endpoints: ["sns" as "sqs"] }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(network(args))).rejects.toMatchObject({ propertyPath });
  });
});
