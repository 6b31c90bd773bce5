/** What a serving layer does on AWS, by the type of what it registers. Its rights in the cluster come by an access entry. */
import {
  ADDRESS_RIGHTS,
  type AwsRights,
  allow,
  POD_IDENTITY_ACTIONS,
  ROLE_RIGHTS,
  SECURITY_GROUP_RIGHTS,
} from "./aws-rights";
import { inRegion, named, namedGlobally, ofCluster, passed, serviceLinked } from "./aws-scope";

const BALANCER = named("elasticloadbalancing", "loadbalancer/net/", "/*");
const LISTENER = named("elasticloadbalancing", "listener/net/", "/*/*");
const GROUP = named("elasticloadbalancing", "targetgroup/", "/*");
const TAGS = "AddTags RemoveTags";

export const SERVING_RIGHTS: AwsRights = {
  ...ADDRESS_RIGHTS,
  ...SECURITY_GROUP_RIGHTS,
  ...ROLE_RIGHTS,
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": [
    allow("eks", "CreatePodIdentityAssociation DescribeCluster", ofCluster("cluster")),
    allow("eks", POD_IDENTITY_ACTIONS, ofCluster("podidentityassociation")),
    allow("iam", "PassRole", passed(["pods.eks.amazonaws.com"])),
    allow("iam", "GetRole", namedGlobally("iam", "role/")),
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    allow(
      "elasticloadbalancing",
      `CreateLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets DeleteLoadBalancer ${TAGS}`,
      BALANCER,
    ),
    allow(
      "elasticloadbalancing",
      "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation DescribeTags",
      inRegion,
    ),
    allow("ec2", "DescribeSubnets DescribeVpcs DescribeAddresses", inRegion),
    allow("iam", "CreateServiceLinkedRole", serviceLinked("elasticloadbalancing.amazonaws.com")),
  ],
  "aws:lb/targetGroup:TargetGroup": [
    allow(
      "elasticloadbalancing",
      `CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup ${TAGS}`,
      GROUP,
    ),
    allow(
      "elasticloadbalancing",
      "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags",
      inRegion,
    ),
    allow("ec2", "DescribeVpcs", inRegion),
  ],
  "aws:lb/listener:Listener": [
    allow("elasticloadbalancing", "CreateListener", BALANCER),
    allow(
      "elasticloadbalancing",
      `ModifyListener ModifyListenerAttributes DeleteListener ${TAGS}`,
      LISTENER,
    ),
    allow(
      "elasticloadbalancing",
      "DescribeListeners DescribeListenerAttributes DescribeTags",
      inRegion,
    ),
  ],
};
