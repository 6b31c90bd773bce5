/**
 * The network of one region on AWS: a VPC with a private and a public subnet in each zone.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { createEndpoints } from "./aws-endpoints";
import { createFlowLogs } from "./aws-flow-logs";
import { createNat } from "./aws-nat";
import { type AwsNetworkArgs, checkAwsNetwork, resolveAwsNetwork } from "./aws-network-args";
import { type AwsPlace, tagsOf } from "./aws-place";
import { type AwsZoneNodes, type AwsZones, createZones } from "./aws-zones";

/** The resources of an AwsNetwork. */
export interface AwsNetworkNodes {
  readonly vpc: aws.ec2.Vpc;
  readonly zones: AwsZones;
  readonly natGateways: readonly aws.ec2.NatGateway[];
  readonly endpoints: Readonly<Record<string, aws.ec2.VpcEndpoint>>;
}

/**
 * A VPC with a private and a public subnet per zone, a way out, endpoints for registries, storage and queues, and
 * records of its traffic. Nodes belong into the private subnets; the default security group lets nothing through.
 *
 * **Cost** (us-east-1, planner/catalog/prices/services-aws.ts): a NAT gateway 0.045 USD/h, 33 USD a month, and 0.045
 * USD/GB, so pull weights and images through the endpoints; an interface endpoint 0.01 USD/h in each zone, 44 USD a
 * month for the six defaults in one zone; S3's endpoint is free.
 *
 * @example
 * const network = new AwsNetwork("support", { region: "us-east-1", zones: ["us-east-1a", "us-east-1b"] }, { provider });
 */
export class AwsNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** Block of the VPC, as given or by default. */
  readonly cidrBlock: string;
  /** By zone, for nodes and pods. Known once they reach the cloud, and theirs go before the ways there do. */
  readonly privateSubnetIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** By zone, for load balancers. */
  readonly publicSubnetIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** Addresses from which nodes reach the internet; empty without NAT. */
  readonly natAddresses: readonly pulumi.Output<string>[];
  readonly nodes: AwsNetworkNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsNetwork "${name}"`, [...checkComponentName(name), ...checkAwsNetwork(args)]);
    super(componentType("network", "AwsNetwork"), name, {}, opts);
    const settings = resolveAwsNetwork(args);
    const place: AwsPlace = { name, settings, opts: placedChildOptions(this, "aws") };

    const vpc = createVpc(place);
    const gateway = createInternetGateway(place, vpc);
    const zones = createZones(place, vpc, gateway);
    const { natGateways, addresses, routes } = createNat(place, zones, gateway);
    const endpoints = createEndpoints(place, vpc, zones);
    createFlowLogs(place, vpc);

    this.vpcId = vpc.id;
    this.cidrBlock = settings.cidrBlock;
    const ways = [...routes, ...Object.values(endpoints)];
    this.privateSubnetIds = byZone(zones, ({ privateSubnet, privateAssociation }) =>
      reachable(privateSubnet, [privateAssociation, ...ways]),
    );
    this.publicSubnetIds = byZone(zones, ({ publicSubnet }) => publicSubnet.id);
    this.natAddresses = addresses.map(({ publicIp }) => publicIp);
    this.nodes = { vpc, zones, natGateways, endpoints };
    this.registerOutputs({
      vpcId: this.vpcId,
      cidrBlock: this.cidrBlock,
      privateSubnetIds: this.privateSubnetIds,
      publicSubnetIds: this.publicSubnetIds,
      natAddresses: this.natAddresses,
    });
  }
}

function byZone<Value>(
  zones: AwsZones,
  value: (zone: AwsZoneNodes) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(zones).map(([zone, nodes]) => [zone, value(nodes)]));
}

/**
 * A subnet as those who are in it need it: what is put there waits for its ways out. When all is taken down they stay
 * until it is gone, since a controller that stops instances has to reach the cloud.
 */
function reachable(
  subnet: aws.ec2.Subnet,
  ways: readonly pulumi.CustomResource[],
): pulumi.Output<string> {
  return pulumi.all([subnet.id, ...ways.map(({ id }) => id)]).apply(([id]) => id!);
}

function createVpc(place: AwsPlace): aws.ec2.Vpc {
  const { name, settings, opts } = place;
  const vpcName = childName(name, "vpc");
  const vpc = new aws.ec2.Vpc(
    ...transformed<aws.ec2.VpcArgs>(
      settings.transform.vpc,
      vpcName,
      {
        cidrBlock: settings.cidrBlock,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: tagsOf(place, vpcName),
      },
      opts,
    ),
  );
  // Adopted without rules: whatever is started without a security group of its own talks to nobody.
  const closedName = childName(name, "closed");
  new aws.ec2.DefaultSecurityGroup(
    closedName,
    { vpcId: vpc.id, ingress: [], egress: [], tags: tagsOf(place, closedName) },
    opts,
  );
  return vpc;
}

function createInternetGateway(place: AwsPlace, vpc: aws.ec2.Vpc): aws.ec2.InternetGateway {
  const name = childName(place.name, "internet");
  return new aws.ec2.InternetGateway(
    name,
    { vpcId: vpc.id, tags: tagsOf(place, name) },
    place.opts,
  );
}
