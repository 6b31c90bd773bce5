/**
 * The network of one region on Google Cloud: a VPC network with a subnet for nodes, pods and services.
 */
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { parseCidr } from "./cidr";
import {
  checkGcpNetwork,
  type GcpNetworkArgs,
  type ResolvedGcpNetwork,
  resolveGcpNetwork,
} from "./gcp-network-args";
import { createPrivateApis } from "./gcp-private-apis";
import { type GcpRanges, rangesOf } from "./gcp-ranges";

/** Names of the secondary ranges of the subnet. */
const PODS = "pods";
const SERVICES = "services";

/** From where Google's load balancers check and send (cloud.google.com/load-balancing/docs/firewall-rules). */
const LOAD_BALANCER_SOURCES = ["35.191.0.0/16", "130.211.0.0/22"];

/** The resources of a GcpNetwork. */
export interface GcpNetworkNodes {
  readonly network: gcp.compute.Network;
  readonly subnetwork: gcp.compute.Subnetwork;
  readonly proxySubnetwork: gcp.compute.Subnetwork;
  /** Undefined without NAT. */
  readonly nat: gcp.compute.RouterNat | undefined;
}

/**
 * A VPC network with one subnet, whose secondary ranges hold pods and services; a subnet for the proxies of regional
 * load balancers; Cloud NAT; private access to Google's APIs; records of traffic; and a firewall that lets Google's
 * load balancers in and nobody else.
 *
 * **Cost** (planner/catalog/prices/services-gcp.ts): Cloud NAT 0.0448 USD/h from 32 VMs on, 33 USD a month, and 0.045
 * USD/GiB, which images and weights do not pay: they come over private access. Flow logs are billed as logs.
 *
 * @example
 * const network = new GcpNetwork("support", { region: "europe-west4" }, { provider });
 */
export class GcpNetwork extends pulumi.ComponentResource {
  readonly networkId: pulumi.Output<string>;
  readonly subnetworkId: pulumi.Output<string>;
  /** Names of the secondary ranges for pods and services. */
  readonly podsRangeName: string;
  readonly servicesRangeName: string;
  /** The ranges, as divided. */
  readonly ranges: GcpRanges;
  readonly nodes: GcpNetworkNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Google Cloud.
   */
  constructor(name: string, args: GcpNetworkArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`GcpNetwork "${name}"`, [...checkComponentName(name), ...checkGcpNetwork(args)]);
    super(componentType("network", "GcpNetwork"), name, {}, opts);
    const settings = resolveGcpNetwork(args);
    const childOpts = placedChildOptions(this, "gcp");
    const ranges = rangesOf(parseCidr(settings.cidrBlock)!);

    const network = createNetwork(name, settings, childOpts);
    const subnetwork = createSubnetwork(name, settings, ranges, network, childOpts);
    const proxySubnetwork = createProxySubnetwork(name, settings, ranges, network, childOpts);
    const nat = settings.hasNat ? createNat(name, settings, network, childOpts) : undefined;
    createFirewall(name, settings, network, childOpts);
    if (settings.googleApis === "private-endpoint") {
      createPrivateApis(name, settings, network, ranges.apiAddress, childOpts);
    }

    this.networkId = network.id;
    this.subnetworkId = subnetwork.id;
    this.podsRangeName = PODS;
    this.servicesRangeName = SERVICES;
    this.ranges = ranges;
    this.nodes = { network, subnetwork, proxySubnetwork, nat };
    this.registerOutputs({
      networkId: this.networkId,
      subnetworkId: this.subnetworkId,
      podsRangeName: this.podsRangeName,
      servicesRangeName: this.servicesRangeName,
      ranges: this.ranges,
    });
  }
}

function createNetwork(
  name: string,
  settings: ResolvedGcpNetwork,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.Network {
  return new gcp.compute.Network(
    ...transformed<gcp.compute.NetworkArgs>(
      settings.transform.network,
      childName(name, "network"),
      { autoCreateSubnetworks: false, routingMode: "REGIONAL", mtu: settings.mtuBytes },
      opts,
    ),
  );
}

function createSubnetwork(
  name: string,
  { region, flowLogs, transform }: ResolvedGcpNetwork,
  ranges: GcpRanges,
  network: gcp.compute.Network,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.Subnetwork {
  const logConfig = flowLogs && {
    aggregationInterval: flowLogs.interval,
    flowSampling: flowLogs.sampledShare,
    metadata: "INCLUDE_ALL_METADATA",
  };
  return new gcp.compute.Subnetwork(
    ...transformed<gcp.compute.SubnetworkArgs>(
      transform.subnetwork,
      childName(name, "nodes"),
      {
        network: network.id,
        region,
        ipCidrRange: ranges.nodes,
        secondaryIpRanges: [
          { rangeName: PODS, ipCidrRange: ranges.pods },
          { rangeName: SERVICES, ipCidrRange: ranges.services },
        ],
        privateIpGoogleAccess: true,
        ...(logConfig === undefined ? {} : { logConfig }),
      },
      opts,
    ),
  );
}

function createProxySubnetwork(
  name: string,
  { region }: ResolvedGcpNetwork,
  ranges: GcpRanges,
  network: gcp.compute.Network,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.Subnetwork {
  return new gcp.compute.Subnetwork(
    childName(name, "proxies"),
    {
      network: network.id,
      region,
      ipCidrRange: ranges.proxies,
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
    },
    opts,
  );
}

function createNat(
  name: string,
  { region, transform }: ResolvedGcpNetwork,
  network: gcp.compute.Network,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.RouterNat {
  const natName = childName(name, "nat");
  const router = new gcp.compute.Router(natName, { network: network.id, region }, opts);
  return new gcp.compute.RouterNat(
    ...transformed<gcp.compute.RouterNatArgs>(
      transform.nat,
      natName,
      {
        router: router.name,
        region,
        natIpAllocateOption: "AUTO_ONLY",
        sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
        // A node that pulls from many hosts at once needs more ports than the 64 of a fixed share.
        enableDynamicPortAllocation: true,
        enableEndpointIndependentMapping: false,
        minPortsPerVm: 64,
        maxPortsPerVm: 4096,
        logConfig: { enable: true, filter: "ERRORS_ONLY" },
      },
      opts,
    ),
  );
}

function createFirewall(
  name: string,
  { gatewayPorts }: ResolvedGcpNetwork,
  network: gcp.compute.Network,
  opts: pulumi.CustomResourceOptions,
): void {
  if (gatewayPorts.length === 0) return;
  new gcp.compute.Firewall(
    childName(name, "load-balancers"),
    {
      network: network.id,
      description: "Health checks and traffic of Google's load balancers to the gateways",
      direction: "INGRESS",
      sourceRanges: LOAD_BALANCER_SOURCES,
      allows: [{ protocol: "tcp", ports: gatewayPorts.map(String) }],
    },
    opts,
  );
}
