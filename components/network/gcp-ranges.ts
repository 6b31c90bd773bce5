/**
 * Which addresses the parts of a network on Google Cloud get, from one block. The parts depend on the block alone, so
 * nothing else moves them.
 *
 * Pods get half, since GKE reserves a block of addresses for the pods of each node, twice as many as can run
 * (cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr). Nodes get an eighth, services a
 * sixteenth, the proxies of regional load balancers 1/128, private access to Google's APIs two addresses.
 */
import { addressAt, addressCount, type CidrBlock, formatCidr, partOf } from "./cidr";

/** Prefixes of a block whose parts are all large enough: the proxies need at least a /26. */
export const NETWORK_PREFIX = { min: 12, max: 19 } as const;

/** The parts of a block. */
export interface GcpRanges {
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
  readonly proxies: string;
  /** An address outside every subnet, for private access to Google's APIs. */
  readonly apiAddress: string;
}

/** Divides a block. */
export function rangesOf(block: CidrBlock): GcpRanges {
  const { prefix } = block;
  const rest = partOf(block, prefix + 3, 6);
  return {
    pods: formatCidr(partOf(block, prefix + 1, 0)),
    nodes: formatCidr(partOf(block, prefix + 3, 4)),
    services: formatCidr(partOf(block, prefix + 4, 10)),
    proxies: formatCidr(partOf(rest, prefix + 7, 0)),
    apiAddress: addressAt(partOf(block, prefix + 3, 7), 2),
  };
}

/**
 * Most nodes whose pods fit into a range.
 * @example nodesWithin(partOf(parseCidr("10.0.0.0/16")!, 17, 0), 32) // 512
 */
export function nodesWithin(pods: CidrBlock, podsPerNodeMax: number): number {
  const reserved = 2 ** Math.ceil(Math.log2(2 * podsPerNodeMax));
  return Math.floor(addressCount(pods.prefix) / reserved);
}
