/**
 * Arguments of AwsNetwork: what they mean, what is refused, and what they are when left out.
 */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkOneOf, checkUnique } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import {
  defaultServices,
  type InterfaceService,
  interfaceServices,
  isolatedServices,
} from "./aws-services";
import { VPC_PREFIX, zoneLetter } from "./aws-subnets";
import { isPrivate, parseCidr } from "./cidr";

/** How private subnets reach the internet. */
export type NatMode = "per-zone" | "single" | "none";

/** Days that CloudWatch Logs can keep events (API reference of PutRetentionPolicy). */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

/** Records of who talked to whom. */
export interface AwsFlowLogsArgs {
  /** Known early. @default "ALL" */
  readonly trafficType?: "ACCEPT" | "REJECT" | "ALL";
  /** Days that records are kept. Known early. @default 30 */
  readonly retentionDays?: (typeof logRetentionDays)[number];
  /** Key that encrypts the records. @default - CloudWatch's own key */
  readonly kmsKeyArn?: pulumi.Input<string>;
}

/** Changes to single resources, in the provider's words. */
export interface AwsNetworkTransforms {
  readonly vpc?: Transform<aws.ec2.VpcArgs>;
  readonly subnet?: Transform<aws.ec2.SubnetArgs>;
  readonly natGateway?: Transform<aws.ec2.NatGatewayArgs>;
  readonly endpoint?: Transform<aws.ec2.VpcEndpointArgs>;
  readonly flowLog?: Transform<aws.ec2.FlowLogArgs>;
}

/** Arguments of AwsNetwork. */
export interface AwsNetworkArgs {
  /** Region of the provider that is passed: `us-east-1`. Known early. */
  readonly region: string;
  /** Availability zones, by name. Adding or removing one leaves the others alone. Known early. */
  readonly zones: readonly string[];
  /** Private block of the VPC, /16 to /22. Known early. @default "10.0.0.0/16" */
  readonly cidrBlock?: string;
  /**
   * `per-zone`: a gateway for each zone, so that the loss of one takes no other along. `single`: one for all, cheaper,
   * for development. `none`: no way out, only endpoints. Known early. @default "per-zone"
   */
  readonly nat?: NatMode;
  /**
   * Services reached inside the VPC; S3 always is, at no cost. Known early.
   * @default - registries, queues, logs and identity
   */
  readonly endpoints?: readonly InterfaceService[];
  /** Records of traffic, in CloudWatch Logs; false for none. Known early. @default - all traffic, 30 days */
  readonly flowLogs?: AwsFlowLogsArgs | false;
  /**
   * Whether records and public addresses, which others may have on a list, are protected from deletion. Known early.
   * @default true
   */
  readonly isProtected?: boolean;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: AwsNetworkTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedAwsNetwork {
  readonly region: string;
  readonly zones: readonly string[];
  readonly cidrBlock: string;
  readonly nat: NatMode;
  readonly endpoints: readonly InterfaceService[];
  readonly flowLogs:
    | (Required<Pick<AwsFlowLogsArgs, "trafficType" | "retentionDays">> &
        Pick<AwsFlowLogsArgs, "kmsKeyArn">)
    | undefined;
  readonly isProtected: boolean;
  readonly allocation: Allocation;
  readonly transform: AwsNetworkTransforms;
}

/** What is wrong with the arguments. */
export function checkAwsNetwork(args: AwsNetworkArgs): readonly InputProblem[] {
  const { region, zones, cidrBlock, nat, endpoints = [], flowLogs } = args;
  const problems: InputProblem[] = [
    ...checkUnique("zones", zones),
    ...checkOneOf("nat", nat, ["per-zone", "single", "none"]),
    ...endpoints.flatMap((service, index) =>
      checkOneOf(`endpoints[${index}]`, service, interfaceServices),
    ),
  ];
  if (zones.length < 2) {
    problems.push({
      path: "zones",
      must: "name at least two zones, as the control plane of EKS needs them",
      got: zones,
    });
  }
  zones.forEach((zone, index) => {
    if (zoneLetter(region, zone) === undefined) {
      const must = `name an availability zone of ${region}, such as "${region}a"`;
      problems.push({ path: `zones[${index}]`, must, got: zone });
    }
  });
  problems.push(...checkBlock(cidrBlock));
  if (nat === "none" && args.endpoints !== undefined) {
    const missing = isolatedServices.filter((service) => !endpoints.includes(service));
    if (missing.length > 0) {
      problems.push({
        path: "endpoints",
        must: "hold what a cluster without NAT needs",
        got: endpoints,
        fix: `add ${missing.join(", ")}, or leave endpoints out`,
      });
    }
  }
  if (flowLogs !== undefined && flowLogs !== false) {
    problems.push(
      ...checkOneOf("flowLogs.trafficType", flowLogs.trafficType, ["ACCEPT", "REJECT", "ALL"]),
      ...checkOneOf("flowLogs.retentionDays", flowLogs.retentionDays, logRetentionDays),
    );
  }
  return problems;
}

function checkBlock(cidrBlock: string | undefined): readonly InputProblem[] {
  if (cidrBlock === undefined) return [];
  const block = parseCidr(cidrBlock);
  const { min, max } = VPC_PREFIX;
  const isUsable =
    block !== undefined && isPrivate(block) && block.prefix >= min && block.prefix <= max;
  if (isUsable) return [];
  const must = `be a private IPv4 block of /${min} to /${max}, written with its lowest address`;
  return [{ path: "cidrBlock", must, got: cidrBlock }];
}

/** Arguments with everything that was left out. */
export function resolveAwsNetwork(args: AwsNetworkArgs): ResolvedAwsNetwork {
  const nat = args.nat ?? "per-zone";
  const flowLogs = args.flowLogs ?? {};
  return {
    region: args.region,
    zones: args.zones,
    cidrBlock: args.cidrBlock ?? "10.0.0.0/16",
    nat,
    endpoints:
      args.endpoints ??
      (nat === "none" ? [...new Set([...defaultServices, ...isolatedServices])] : defaultServices),
    flowLogs:
      flowLogs === false
        ? undefined
        : {
            ...flowLogs,
            trafficType: flowLogs.trafficType ?? "ALL",
            retentionDays: flowLogs.retentionDays ?? 30,
          },
    isProtected: args.isProtected ?? true,
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
