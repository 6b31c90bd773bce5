import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AwsEdge, type AwsEdgeArgs } from "../../../components/gateway";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { breaker, llama } from "./gateway-fixture";

const minimal: AwsEdgeArgs = {
  region: "us-east-1",
  kind: "nlb",
  vpcId: "vpc-probe",
  subnetIds: { "us-east-1b": "subnet-b", "us-east-1a": "subnet-a" },
  sourceCidrs: ["0.0.0.0/0"],
  longestStreamSeconds: 900,
  longestSilenceSeconds: 60,
};
const alb: Partial<AwsEdgeArgs> = {
  kind: "alb",
  certificateArn: "arn:aws:acm:probe",
  webAcl: "arn:aws:wafv2:probe",
  accessLogsBucket: "logs",
  isProtected: false,
};

function edge(args: Partial<AwsEdgeArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const made = new AwsEdge("support", { ...minimal, ...args }, { provider });
    return { dnsName: made.dnsName, zoneId: made.zoneId, addresses: made.addresses };
  };
}

describeComponentLaws({ name: "aws-edge-nlb", program: edge() });
describeComponentLaws({ name: "aws-edge-alb", program: edge(alb) });

const LB = "aws:lb/loadBalancer:LoadBalancer";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";

describe("AwsEdge", () => {
  it("opens the group of the gateway's pods for the load balancer, and for nobody else", async () => {
    const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    const run = await registered(edge({ gatewaySecurityGroupId: "sg-nodes" }));
    const opened = ofType(run, INGRESS).filter(
      ({ inputs }) => inputs["securityGroupId"] === "sg-nodes",
    );
    const own = only(run, "aws:ec2/securityGroup:SecurityGroup");
    expect(opened.map(({ inputs }) => inputs)).toEqual([
      expect.objectContaining({ ipProtocol: "tcp", fromPort: 10_443, toPort: 10_443 }),
    ]);
    expect(opened[0]!.inputs).not.toHaveProperty("cidrIpv4");
    expect(opened[0]!.propertyDependencies["referencedSecurityGroupId"]).toEqual([own.urn]);
  });

  it("as an nlb has an address of its own in each zone, and ends no stream early", async () => {
    const run = await registered(edge());
    const loadBalancer = only(run, LB);
    expect(loadBalancer.protect).toBe(true);
    expect(loadBalancer.inputs).toMatchObject({
      loadBalancerType: "network",
      subnetMappings: [
        { subnetId: "subnet-a", allocationId: "support-address-us-east-1a-allocation" },
        { subnetId: "subnet-b", allocationId: "support-address-us-east-1b-allocation" },
      ],
      enableZonalShift: true,
      enableDeletionProtection: true,
    });
    expect(only(run, GROUP).inputs).toMatchObject({
      protocol: "TCP",
      targetType: "ip",
      port: 10_443,
      proxyProtocolV2: true,
      deregistrationDelay: 900,
      targetHealthStates: [
        { enableUnhealthyConnectionTermination: false, unhealthyDrainingInterval: 900 },
      ],
      healthCheck: { protocol: "TCP", port: "traffic-port" },
      targetGroupHealth: { dnsFailover: { minimumHealthyTargetsCount: "1" } },
    });
    expect(only(run, LISTENER).inputs).toMatchObject({
      protocol: "TCP",
      port: 443,
      tcpIdleTimeoutSeconds: 350,
    });
    expect(run.stackOutputs.values).toMatchObject({
      dnsName: "support-load-balancer.elb.example",
      addresses: { "us-east-1a": "192.0.2.1", "us-east-1b": "192.0.2.1" },
    });
  });

  it("as an alb ends TLS, takes a web ACL, and waits for a late first token", async () => {
    const run = await registered(edge({ ...alb, longestSilenceSeconds: 600 }));
    expect(only(run, LB).inputs).toMatchObject({
      loadBalancerType: "application",
      subnets: ["subnet-a", "subnet-b"],
      idleTimeout: 660,
      accessLogs: { bucket: "logs", enabled: true },
    });
    expect(only(run, GROUP).inputs).toMatchObject({
      protocol: "HTTPS",
      // API reference of TargetGroupAttribute: snake case, whatever the SDK's comments say.
      loadBalancingAlgorithmType: "least_outstanding_requests",
      healthCheck: { protocol: "HTTPS", path: "/ready", matcher: "200" },
    });
    expect(only(run, LISTENER).inputs).toMatchObject({
      protocol: "HTTPS",
      certificateArn: "arn:aws:acm:probe",
    });
    expect(only(run, "aws:wafv2/webAclAssociation:WebAclAssociation").inputs).toEqual({
      resourceArn: "arn:aws:probe:::LoadBalancer/support-load-balancer-0000000",
      webAclArn: "arn:aws:wafv2:probe",
    });
    expect(ofType(run, "aws:ec2/eip:Eip")).toEqual([]);
  });

  it("lets nobody in but clients of its blocks, on one port", async () => {
    const run = await registered(edge({ sourceCidrs: ["203.0.113.0/24"] }));
    expect(
      only(run, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs,
    ).toMatchObject({ cidrIpv4: "203.0.113.0/24", fromPort: 443, toPort: 443 });
    expect(
      only(run, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs,
    ).toMatchObject({ fromPort: 10_443, toPort: 10_443 });
  });

  it.each<[string, Partial<AwsEdgeArgs>]>([
    ["region", { region: "us-east-1a" }],
    ["subnetIds", { subnetIds: { "us-east-1a": "subnet-a" } }],
    ["certificateArn", { kind: "alb" }],
    ["certificateArn", { certificateArn: "arn:aws:acm:probe" }],
    ["webAcl", { webAcl: "arn:aws:wafv2:probe" }],
    ["circuitBreaker", { circuitBreaker: breaker }],
    ["circuitBreaker", { ...alb, circuitBreaker: breaker }],
    ["retry", { retry: llama.retry! }],
    ["idleTimeoutSeconds", { idleTimeoutSeconds: 59, longestSilenceSeconds: 30 }],
    ["idleTimeoutSeconds", { ...alb, idleTimeoutSeconds: 4001 }],
    ["idleTimeoutSeconds", { idleTimeoutSeconds: 350, longestSilenceSeconds: 351 }],
    ["longestStreamSeconds", { longestStreamSeconds: 3601 }],
    ["longestSilenceSeconds", { longestSilenceSeconds: 0 }],
    ["sourceCidrs[0]", { sourceCidrs: ["anywhere"] }],
    ["sourceCidrs[0]", { sourceCidrs: ["203.0.113.256/24"] }],
    ["sourceCidrs", { sourceCidrs: [] }],
    ["healthCheck.intervalSeconds", { healthCheck: { intervalSeconds: 4 } }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(edge(args))).rejects.toMatchObject({ propertyPath });
  });

  it("says where the breaker is that it does not have", async () => {
    await expect(registered(edge({ circuitBreaker: breaker }))).rejects.toMatchObject({
      reason: expect.stringMatching(
        /^must be left out, because a network load balancer ignores it, got \{.*\}; leave it out; the breaker is RegionalGateway's/,
      ),
    });
  });

  it("fails without an explicit provider", async () => {
    const program = () => {
      new AwsEdge("support", minimal, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
