/** Endpoints inside the VPC for the services that nodes and pods use most. */
import * as aws from "@pulumi/aws";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type AwsPlace, tagsOf } from "./aws-place";
import type { AwsZones } from "./aws-zones";

/** Makes a gateway endpoint for S3 and an interface endpoint for each other service. */
export function createEndpoints(
  place: AwsPlace,
  vpc: aws.ec2.Vpc,
  zones: AwsZones,
): Readonly<Record<string, aws.ec2.VpcEndpoint>> {
  const { name, settings, opts } = place;
  const endpoint = (service: string, args: Partial<aws.ec2.VpcEndpointArgs>) => {
    const endpointName = childName(name, "endpoint", service);
    return new aws.ec2.VpcEndpoint(
      ...transformed<aws.ec2.VpcEndpointArgs>(
        settings.transform.endpoint,
        endpointName,
        {
          vpcId: vpc.id,
          serviceName: `com.amazonaws.${settings.region}.${service}`,
          tags: tagsOf(place, endpointName),
          ...args,
        },
        opts,
      ),
    );
  };
  const storage = endpoint("s3", {
    vpcEndpointType: "Gateway",
    routeTableIds: Object.values(zones).map(({ privateRoutes }) => privateRoutes.id),
  });
  if (settings.endpoints.length === 0) return { s3: storage };
  const groupName = childName(name, "endpoints");
  const group = new aws.ec2.SecurityGroup(
    groupName,
    {
      vpcId: vpc.id,
      description: "TLS from inside the VPC to the endpoints of AWS services",
      tags: tagsOf(place, groupName),
    },
    opts,
  );
  new aws.vpc.SecurityGroupIngressRule(
    groupName,
    {
      securityGroupId: group.id,
      cidrIpv4: settings.cidrBlock,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      tags: tagsOf(place, groupName),
    },
    opts,
  );
  const services = settings.endpoints.map((service) => [
    service,
    endpoint(service, {
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      securityGroupIds: [group.id],
      subnetIds: Object.values(zones).map(({ privateSubnet }) => privateSubnet.id),
    }),
  ]);
  return { s3: storage, ...Object.fromEntries(services) };
}
