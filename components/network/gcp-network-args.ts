/**
 * Arguments of GcpNetwork: what they mean, what is refused, and what they are when left out.
 */
import type * as gcp from "@pulumi/gcp";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { isPrivate, parseCidr } from "./cidr";
import { NETWORK_PREFIX } from "./gcp-ranges";

/** How often a connection is recorded (API reference of subnetworks, logConfig.aggregationInterval). */
export const flowLogIntervals = [
  "INTERVAL_5_SEC",
  "INTERVAL_30_SEC",
  "INTERVAL_1_MIN",
  "INTERVAL_5_MIN",
  "INTERVAL_10_MIN",
  "INTERVAL_15_MIN",
] as const;

/** Records of who talked to whom. They go to Cloud Logging, whose bucket decides how long they stay. */
export interface GcpFlowLogsArgs {
  /** Known early. @default "INTERVAL_1_MIN" */
  readonly interval?: (typeof flowLogIntervals)[number];
  /** Share of the connections that are recorded, above 0 and up to 1. Known early. @default 0.5 */
  readonly sampledShare?: number;
}

/** Changes to single resources, in the provider's words. */
export interface GcpNetworkTransforms {
  readonly network?: Transform<gcp.compute.NetworkArgs>;
  readonly subnetwork?: Transform<gcp.compute.SubnetworkArgs>;
  readonly nat?: Transform<gcp.compute.RouterNatArgs>;
}

/** Arguments of GcpNetwork. */
export interface GcpNetworkArgs {
  /** Region of the subnets: `europe-west4`. Known early. */
  readonly region: string;
  /** Private block of the network, /12 to /19; all ranges are made from it. Known early. @default "10.64.0.0/16" */
  readonly cidrBlock?: string;
  /**
   * Largest packet in bytes, 1300 to 8896. 8896 is for traffic between GPUs of different nodes. A change restarts the
   * network of every VM. Known early. @default 1460
   */
  readonly mtuBytes?: number;
  /**
   * How nodes reach Google's APIs, registry and storage: over Google's public addresses without leaving its network, or
   * over an address inside this network, for which it also answers the names. Known early. @default "private-access"
   */
  readonly googleApis?: "private-access" | "private-endpoint";
  /** Whether nodes reach the internet through Cloud NAT. Known early. @default true */
  readonly hasNat?: boolean;
  /** Records of traffic; false for none. Known early. @default - half of all connections, by the minute */
  readonly flowLogs?: GcpFlowLogsArgs | false;
  /**
   * Ports that Google's load balancers check and send traffic to. Known early.
   * @default [10080, 10443], where Envoy Gateway's proxies listen for 80 and 443
   */
  readonly gatewayPorts?: readonly number[];
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: GcpNetworkTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedGcpNetwork {
  readonly region: string;
  readonly cidrBlock: string;
  readonly mtuBytes: number;
  readonly googleApis: "private-access" | "private-endpoint";
  readonly hasNat: boolean;
  readonly flowLogs: Required<GcpFlowLogsArgs> | undefined;
  readonly gatewayPorts: readonly number[];
  readonly allocation: Allocation;
  readonly transform: GcpNetworkTransforms;
}

/** What is wrong with the arguments. */
export function checkGcpNetwork(args: GcpNetworkArgs): readonly InputProblem[] {
  const { cidrBlock, flowLogs, gatewayPorts = [] } = args;
  const problems: InputProblem[] = [
    ...checkForm("region", args.region, {
      pattern: /^[a-z]+(-[a-z]+)+\d+$/,
      must: 'name a region, such as "europe-west4"',
    }),
    ...checkWhole("mtuBytes", args.mtuBytes, { min: 1300, max: 8896 }),
    ...checkOneOf("googleApis", args.googleApis, ["private-access", "private-endpoint"]),
    ...gatewayPorts.flatMap((port, index) =>
      checkWhole(`gatewayPorts[${index}]`, port, { min: 1, max: 65535 }),
    ),
  ];
  const block = cidrBlock === undefined ? undefined : parseCidr(cidrBlock);
  const { min, max } = NETWORK_PREFIX;
  const isUsable =
    block !== undefined && isPrivate(block) && block.prefix >= min && block.prefix <= max;
  if (cidrBlock !== undefined && !isUsable) {
    const must = `be a private IPv4 block of /${min} to /${max}, written with its lowest address`;
    problems.push({ path: "cidrBlock", must, got: cidrBlock });
  }
  if (flowLogs !== undefined && flowLogs !== false) {
    problems.push(...checkOneOf("flowLogs.interval", flowLogs.interval, flowLogIntervals));
    const { sampledShare } = flowLogs;
    if (sampledShare !== undefined && !(sampledShare > 0 && sampledShare <= 1)) {
      problems.push({
        path: "flowLogs.sampledShare",
        must: "be above 0 and at most 1",
        got: sampledShare,
        fix: "set flowLogs to false to record nothing",
      });
    }
  }
  if (args.hasNat === false && args.googleApis !== "private-endpoint") {
    problems.push({
      path: "googleApis",
      must: 'be "private-endpoint" where there is no NAT',
      got: args.googleApis,
      fix: "set it, or leave hasNat out",
    });
  }
  return problems;
}

/** Arguments with everything that was left out. */
export function resolveGcpNetwork(args: GcpNetworkArgs): ResolvedGcpNetwork {
  const flowLogs = args.flowLogs ?? {};
  return {
    region: args.region,
    cidrBlock: args.cidrBlock ?? "10.64.0.0/16",
    mtuBytes: args.mtuBytes ?? 1460,
    googleApis: args.googleApis ?? "private-access",
    hasNat: args.hasNat ?? true,
    flowLogs:
      flowLogs === false
        ? undefined
        : {
            interval: flowLogs.interval ?? "INTERVAL_1_MIN",
            sampledShare: flowLogs.sampledShare ?? 0.5,
          },
    gatewayPorts: args.gatewayPorts ?? [10080, 10443],
    allocation: { region: args.region, ...args.allocation },
    transform: args.transform ?? {},
  };
}
