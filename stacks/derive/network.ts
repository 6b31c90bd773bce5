/** The network of a region: its zones, and a block of addresses that no other region has. */
import type { AwsNetworkArgs, GcpNetworkArgs, NatMode } from "../../components/network";
import { checkAwsNetwork, checkGcpNetwork } from "../../components/network";
import type { Derived } from "./derived";
import { networkBlock } from "./network-blocks";
import type { PlaceContext } from "./place-context";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration a network depends on. */
export interface NetworkSettings {
  readonly cidrBlock?: string | undefined;
  readonly nat?: NatMode | undefined;
  readonly isProtected: boolean;
}

const PATHS = { cidrBlock: "capplan:cidrBlock", nat: "capplan:nat", zones: "capplan:zones" };

interface Block {
  readonly cidrBlock: string;
  readonly because: string;
}

function blockOf(place: PlaceContext, { cidrBlock }: NetworkSettings): Block {
  return cidrBlock === undefined
    ? {
        cidrBlock: networkBlock(place.region.name),
        because:
          "the block of the region, which no other region has, so that networks can be joined",
      }
    : { cidrBlock, because: "capplan:cidrBlock of the stack" };
}

/** Arguments of AwsNetwork. */
export function deriveAwsNetwork(
  place: PlaceContext,
  settings: NetworkSettings,
): Derived<AwsNetworkArgs> {
  const { cidrBlock, because } = blockOf(place, settings);
  const nat: NatMode = settings.nat ?? "per-zone";
  const args: AwsNetworkArgs = {
    region: place.region.name,
    zones: place.zones,
    cidrBlock,
    nat,
    isProtected: settings.isProtected,
    allocation: place.allocation,
  };
  return {
    args,
    derivations: [
      { what: "network.cidrBlock", value: cidrBlock, because },
      {
        what: "network.zones",
        value: place.zones,
        because: "those with GPU nodes, and two at least, which EKS needs",
      },
      {
        what: "network.nat",
        value: nat,
        because:
          settings.nat === undefined
            ? "a gateway in each zone, so that the loss of a zone stays in it, as was simulated"
            : "capplan:nat of the stack",
      },
    ],
    problems: translateProblems(checkAwsNetwork(args), PATHS, "network"),
  };
}

/** Arguments of GcpNetwork. */
export function deriveGcpNetwork(
  place: PlaceContext,
  settings: NetworkSettings,
): Derived<GcpNetworkArgs> {
  const { cidrBlock, because } = blockOf(place, settings);
  const hasRdma = place.pools.some(({ instanceType }) => instanceType?.hasRdma === true);
  const args: GcpNetworkArgs = {
    region: place.region.name,
    cidrBlock,
    // The namespace of the replicas is let out to this one address, at which the weights are.
    googleApis: "private-endpoint",
    allocation: place.allocation,
  };
  return {
    args: hasRdma ? { ...args, mtuBytes: 8896 } : args,
    derivations: [
      { what: "network.cidrBlock", value: cidrBlock, because },
      {
        what: "network.googleApis",
        value: "private-endpoint",
        because: "replicas are let out to one address, at which the weights are",
      },
      ...(hasRdma
        ? [
            {
              what: "network.mtuBytes",
              value: 8896,
              because: "a machine type of the region has a fast network between GPUs",
            },
          ]
        : []),
    ],
    problems: translateProblems(checkGcpNetwork(args), PATHS, "network"),
  };
}
