/** The subnets of each zone, with their routes inside the VPC; the way out of the private ones is aws-nat.ts. */
import * as aws from "@pulumi/aws";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type AwsPlace, tagsOf } from "./aws-place";
import { subnetsOf } from "./aws-subnets";
import { parseCidr } from "./cidr";

/** What is made in one zone. */
export interface AwsZoneNodes {
  readonly privateSubnet: aws.ec2.Subnet;
  readonly publicSubnet: aws.ec2.Subnet;
  readonly privateRoutes: aws.ec2.RouteTable;
  /** Of the private subnet with its routes. */
  readonly privateAssociation: aws.ec2.RouteTableAssociation;
}

/** By name of the zone. */
export type AwsZones = Readonly<Record<string, AwsZoneNodes>>;

/** Makes the subnets; the public ones are routed to the internet. */
export function createZones(
  place: AwsPlace,
  vpc: aws.ec2.Vpc,
  gateway: aws.ec2.InternetGateway,
): AwsZones {
  const { name, settings, opts } = place;
  const publicName = childName(name, "public");
  const publicRoutes = new aws.ec2.RouteTable(
    publicName,
    { vpcId: vpc.id, tags: tagsOf(place, publicName) },
    opts,
  );
  new aws.ec2.Route(
    publicName,
    { routeTableId: publicRoutes.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    opts,
  );
  const block = parseCidr(settings.cidrBlock)!;
  return Object.fromEntries(
    subnetsOf(block, settings.region, settings.zones).map(({ zone, privateCidr, publicCidr }) => {
      const privateName = childName(name, "private", zone);
      const privateRoutes = new aws.ec2.RouteTable(
        privateName,
        { vpcId: vpc.id, tags: tagsOf(place, privateName) },
        opts,
      );
      const { subnet: privateSubnet, association: privateAssociation } = createSubnet(place, vpc, {
        zone,
        kind: "private",
        cidrBlock: privateCidr,
        routes: privateRoutes,
      });
      const { subnet: publicSubnet } = createSubnet(place, vpc, {
        zone,
        kind: "public",
        cidrBlock: publicCidr,
        routes: publicRoutes,
      });
      return [zone, { privateSubnet, publicSubnet, privateRoutes, privateAssociation }];
    }),
  );
}

/** The tag by which the AWS Load Balancer Controller finds subnets for a load balancer. */
const loadBalancerTag = {
  private: "kubernetes.io/role/internal-elb",
  public: "kubernetes.io/role/elb",
} as const;

function createSubnet(
  place: AwsPlace,
  vpc: aws.ec2.Vpc,
  subnet: {
    readonly zone: string;
    readonly kind: "private" | "public";
    readonly cidrBlock: string;
    readonly routes: aws.ec2.RouteTable;
  },
): { readonly subnet: aws.ec2.Subnet; readonly association: aws.ec2.RouteTableAssociation } {
  const { settings, opts } = place;
  const name = childName(place.name, subnet.kind, subnet.zone);
  const made = new aws.ec2.Subnet(
    ...transformed<aws.ec2.SubnetArgs>(
      settings.transform.subnet,
      name,
      {
        vpcId: vpc.id,
        availabilityZone: subnet.zone,
        cidrBlock: subnet.cidrBlock,
        mapPublicIpOnLaunch: false,
        tags: { ...tagsOf(place, name), [loadBalancerTag[subnet.kind]]: "1" },
      },
      opts,
    ),
  );
  const association = new aws.ec2.RouteTableAssociation(
    name,
    { subnetId: made.id, routeTableId: subnet.routes.id },
    opts,
  );
  return { subnet: made, association };
}
