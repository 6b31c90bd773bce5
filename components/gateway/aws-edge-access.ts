/** What clients of an AwsEdge connect to: addresses, and a security group. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import type { ResolvedAwsEdge } from "./aws-edge-args";

/** Where clients connect. */
export const CLIENT_PORT = 443;

/** Tags of a resource, with the name that the console shows. */
export const tagsOf = ({ allocation }: ResolvedAwsEdge, name: string): Record<string, string> => ({
  ...awsTags(allocation),
  Name: name,
});

/** Zones of the subnets, sorted. */
export const zonesOf = ({ subnetIds }: ResolvedAwsEdge): readonly string[] =>
  Object.keys(subnetIds).sort();

/** Lets clients in on one port, out to the gateway only, and there in from the load balancer only. */
export function createSecurityGroup(
  name: string,
  settings: ResolvedAwsEdge,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.SecurityGroup {
  const groupName = childName(name, "clients");
  const group = new aws.ec2.SecurityGroup(
    groupName,
    {
      vpcId: settings.vpcId,
      description: "Clients to the load balancer, and from there to the gateway",
      tags: tagsOf(settings, groupName),
    },
    opts,
  );
  for (const cidr of settings.sourceCidrs) {
    const ruleName = childName(name, "clients", cidr.replace("/", "-"));
    new aws.vpc.SecurityGroupIngressRule(
      ruleName,
      {
        securityGroupId: group.id,
        cidrIpv4: cidr,
        ipProtocol: "tcp",
        fromPort: CLIENT_PORT,
        toPort: CLIENT_PORT,
        tags: tagsOf(settings, ruleName),
      },
      opts,
    );
  }
  const ports = new Set([settings.targetPort, settings.healthCheck.port ?? settings.targetPort]);
  for (const port of ports) {
    const ruleName = childName(name, "gateway", String(port));
    const onPort = {
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      tags: tagsOf(settings, ruleName),
    };
    new aws.vpc.SecurityGroupEgressRule(
      ruleName,
      { securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ...onPort },
      opts,
    );
    if (settings.gatewaySecurityGroupId === undefined) continue;
    new aws.vpc.SecurityGroupIngressRule(
      ruleName,
      {
        securityGroupId: settings.gatewaySecurityGroupId,
        referencedSecurityGroupId: group.id,
        ...onPort,
      },
      opts,
    );
  }
  return group;
}

/** An address of its own in each zone; only a network load balancer takes them. */
export function createAddresses(
  name: string,
  settings: ResolvedAwsEdge,
  opts: pulumi.CustomResourceOptions,
): Readonly<Record<string, aws.ec2.Eip>> {
  if (settings.kind !== "nlb") return {};
  return Object.fromEntries(
    zonesOf(settings).map((zone) => {
      const addressName = childName(name, "address", zone);
      const address = new aws.ec2.Eip(
        addressName,
        { domain: "vpc", tags: tagsOf(settings, addressName) },
        { ...opts, protect: settings.isProtected },
      );
      return [zone, address];
    }),
  );
}
