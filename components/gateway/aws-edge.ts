/** The way into one region of AWS: a load balancer in front of the gateway's pods. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import {
  CLIENT_PORT,
  createAddresses,
  createSecurityGroup,
  tagsOf,
  zonesOf,
} from "./aws-edge-access";
import {
  type AwsEdgeArgs,
  checkAwsEdge,
  type ResolvedAwsEdge,
  resolveAwsEdge,
} from "./aws-edge-args";

/** The resources of an AwsEdge. */
export interface AwsEdgeNodes {
  readonly loadBalancer: aws.lb.LoadBalancer;
  readonly targetGroup: aws.lb.TargetGroup;
  readonly listener: aws.lb.Listener;
  readonly securityGroup: aws.ec2.SecurityGroup;
}

/** TLS 1.2 and 1.3 with forward secrecy (ELB security policies, 2026-11-30). */
const SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/**
 * A load balancer, its target group, which the AWS Load Balancer Controller fills with the gateway's pods, and a
 * security group. It repeats nothing, and cuts no stream: not when it is silent before the first token, not when a pod
 * turns unhealthy or leaves.
 *
 * Refused: a breaker or retries, which no load balancer of AWS has; a web ACL on an `nlb`; an idle timeout below the
 * longest silence; streams longer than the hour that a target group drains.
 *
 * **Cost** (us-east-1, planner/catalog/prices/services-aws.ts): 0.0225 USD/h, 16 USD a month, and 0.006 (`nlb`) or 0.008
 * (`alb`) USD an hour for each capacity unit; a public address in each zone.
 *
 * @example
 * const edge = new AwsEdge("support", {
 *   region: "us-east-1", kind: "nlb", vpcId: network.vpcId, subnetIds: network.publicSubnetIds,
 *   longestStreamSeconds: 900, longestSilenceSeconds: 60,
 * }, { provider });
 */
export class AwsEdge extends pulumi.ComponentResource {
  readonly dnsName: pulumi.Output<string>;
  /** Hosted zone of `dnsName`, for alias records. */
  readonly zoneId: pulumi.Output<string>;
  /** Fixed addresses by zone; none on an `alb`. */
  readonly addresses: Readonly<Record<string, pulumi.Output<string>>>;
  readonly targetGroupArn: pulumi.Output<string>;
  readonly loadBalancerArn: pulumi.Output<string>;
  /** What the gateway's pods must let in, unless `gatewaySecurityGroupId` is given. */
  readonly securityGroupId: pulumi.Output<string>;
  readonly nodes: AwsEdgeNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of AWS.
   */
  constructor(name: string, args: AwsEdgeArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`AwsEdge "${name}"`, [...checkComponentName(name), ...checkAwsEdge(args)]);
    super(componentType("gateway", "AwsEdge"), name, {}, opts);
    const settings = resolveAwsEdge(args);
    const childOpts = placedChildOptions(this, "aws");

    const securityGroup = createSecurityGroup(name, settings, childOpts);
    const addresses = createAddresses(name, settings, childOpts);
    const loadBalancer = createLoadBalancer(name, settings, securityGroup, addresses, childOpts);
    const targetGroup = createTargetGroup(name, settings, childOpts);
    const listener = createListener(name, settings, loadBalancer, targetGroup, childOpts);
    if (settings.webAcl !== undefined) {
      new aws.wafv2.WebAclAssociation(
        childName(name, "web-acl"),
        { resourceArn: loadBalancer.arn, webAclArn: settings.webAcl },
        childOpts,
      );
    }

    this.dnsName = loadBalancer.dnsName;
    this.zoneId = loadBalancer.zoneId;
    this.addresses = Object.fromEntries(
      Object.entries(addresses).map(([zone, { publicIp }]) => [zone, publicIp]),
    );
    this.targetGroupArn = targetGroup.arn;
    this.loadBalancerArn = loadBalancer.arn;
    this.securityGroupId = securityGroup.id;
    this.nodes = { loadBalancer, targetGroup, listener, securityGroup };
    this.registerOutputs({
      dnsName: this.dnsName,
      zoneId: this.zoneId,
      addresses: this.addresses,
      targetGroupArn: this.targetGroupArn,
      loadBalancerArn: this.loadBalancerArn,
      securityGroupId: this.securityGroupId,
    });
  }
}

function createLoadBalancer(
  name: string,
  settings: ResolvedAwsEdge,
  securityGroup: aws.ec2.SecurityGroup,
  addresses: Readonly<Record<string, aws.ec2.Eip>>,
  opts: pulumi.CustomResourceOptions,
): aws.lb.LoadBalancer {
  const { kind, subnetIds, accessLogsBucket, isProtected } = settings;
  const loadBalancerName = childName(name, "load-balancer");
  const kindArgs: aws.lb.LoadBalancerArgs =
    kind === "nlb"
      ? {
          loadBalancerType: "network",
          subnetMappings: zonesOf(settings).map((zone) => ({
            subnetId: subnetIds[zone]!,
            allocationId: addresses[zone]!.allocationId,
          })),
          enableCrossZoneLoadBalancing: true,
          // Clients stay in their zone while it is well.
          dnsRecordClientRoutingPolicy: "partial_availability_zone_affinity",
        }
      : {
          loadBalancerType: "application",
          subnets: zonesOf(settings).map((zone) => subnetIds[zone]!),
          idleTimeout: settings.idleTimeoutSeconds,
          dropInvalidHeaderFields: true,
        };
  return new aws.lb.LoadBalancer(
    ...transformed<aws.lb.LoadBalancerArgs>(
      settings.transform.loadBalancer,
      loadBalancerName,
      {
        internal: false,
        ...kindArgs,
        securityGroups: [securityGroup.id],
        enableZonalShift: true,
        enableDeletionProtection: isProtected,
        ...(accessLogsBucket === undefined
          ? {}
          : { accessLogs: { bucket: accessLogsBucket, enabled: true } }),
        tags: tagsOf(settings, loadBalancerName),
      },
      { ...opts, protect: isProtected },
    ),
  );
}

function createTargetGroup(
  name: string,
  settings: ResolvedAwsEdge,
  opts: pulumi.CustomResourceOptions,
): aws.lb.TargetGroup {
  const { kind, healthCheck, drainingSeconds, healthyTargetsMin } = settings;
  const groupName = childName(name, "gateways");
  const { path, port, intervalSeconds, threshold } = healthCheck;
  const isNlb = kind === "nlb";
  // A pod's port for traffic speaks TLS for the names that clients call, so an NLB only asks whether it answers.
  const checkProtocol = isNlb ? (port === undefined ? "TCP" : "HTTP") : "HTTPS";
  const kindArgs: aws.lb.TargetGroupArgs = isNlb
    ? {
        protocol: "TCP",
        // The gateway sees who calls.
        proxyProtocolV2: true,
        // A pod that turns unhealthy keeps the streams that it has.
        targetHealthStates: [
          {
            enableUnhealthyConnectionTermination: false,
            unhealthyDrainingInterval: drainingSeconds,
          },
        ],
      }
    : {
        protocol: "HTTPS",
        loadBalancingAlgorithmType: "least_outstanding_requests",
      };
  return new aws.lb.TargetGroup(
    ...transformed<aws.lb.TargetGroupArgs>(
      settings.transform.targetGroup,
      groupName,
      {
        vpcId: settings.vpcId,
        targetType: "ip",
        port: settings.targetPort,
        ...kindArgs,
        deregistrationDelay: drainingSeconds,
        healthCheck: {
          protocol: checkProtocol,
          port: port === undefined ? "traffic-port" : String(port),
          interval: intervalSeconds,
          healthyThreshold: threshold,
          unhealthyThreshold: threshold,
          ...(checkProtocol === "TCP" ? {} : { path, matcher: "200" }),
        },
        targetGroupHealth: {
          dnsFailover: { minimumHealthyTargetsCount: String(healthyTargetsMin) },
        },
        tags: tagsOf(settings, groupName),
      },
      opts,
    ),
  );
}

function createListener(
  name: string,
  settings: ResolvedAwsEdge,
  loadBalancer: aws.lb.LoadBalancer,
  targetGroup: aws.lb.TargetGroup,
  opts: pulumi.CustomResourceOptions,
): aws.lb.Listener {
  const listenerName = childName(name, "listener");
  const { certificateArn } = settings;
  const kindArgs =
    certificateArn === undefined
      ? { protocol: "TCP", tcpIdleTimeoutSeconds: settings.idleTimeoutSeconds }
      : { protocol: "HTTPS", sslPolicy: SSL_POLICY, certificateArn };
  return new aws.lb.Listener(
    ...transformed<aws.lb.ListenerArgs>(
      settings.transform.listener,
      listenerName,
      {
        loadBalancerArn: loadBalancer.arn,
        port: CLIENT_PORT,
        ...kindArgs,
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: tagsOf(settings, listenerName),
      },
      opts,
    ),
  );
}
