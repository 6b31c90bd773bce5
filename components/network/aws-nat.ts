/** The way from the private subnets to the internet. */
import * as aws from "@pulumi/aws";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type AwsPlace, tagsOf } from "./aws-place";
import type { AwsZones } from "./aws-zones";

/** The gateways, and the addresses that the internet sees. */
export interface AwsNat {
  readonly natGateways: readonly aws.ec2.NatGateway[];
  readonly addresses: readonly aws.ec2.Eip[];
  /** Ways from private subnets to the internet. */
  readonly routes: readonly aws.ec2.Route[];
}

/** Makes as many gateways as the settings ask for, and the routes to them. */
export function createNat(
  place: AwsPlace,
  zones: AwsZones,
  gateway: aws.ec2.InternetGateway,
): AwsNat {
  const { settings, opts } = place;
  // The first by name, not by position: the order of the zones is no part of the network.
  const first = settings.zones.toSorted().slice(0, 1);
  const natZones = { "per-zone": settings.zones, single: first, none: [] };
  const gateways = natZones[settings.nat].map((zone) => {
    const name = childName(place.name, "nat", zone);
    const address = new aws.ec2.Eip(
      name,
      { domain: "vpc", tags: tagsOf(place, name) },
      { ...opts, protect: settings.isProtected },
    );
    const nat = new aws.ec2.NatGateway(
      ...transformed<aws.ec2.NatGatewayArgs>(
        settings.transform.natGateway,
        name,
        {
          allocationId: address.allocationId,
          subnetId: zones[zone]!.publicSubnet.id,
          tags: tagsOf(place, name),
        },
        // AWS refuses the gateway until the VPC is attached to the internet.
        { ...opts, dependsOn: [gateway] },
      ),
    );
    return { zone, address, nat };
  });
  const routes = Object.entries(zones).flatMap(([zone, { privateRoutes }]) => {
    const way = gateways.find((one) => one.zone === zone) ?? gateways[0];
    if (way === undefined) return [];
    return new aws.ec2.Route(
      childName(place.name, "private", zone),
      {
        routeTableId: privateRoutes.id,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: way.nat.id,
      },
      opts,
    );
  });
  return {
    natGateways: gateways.map(({ nat }) => nat),
    addresses: gateways.map(({ address }) => address),
    routes,
  };
}
