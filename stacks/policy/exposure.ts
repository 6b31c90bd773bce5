/** Rules of who can connect: the edge is open to all, and nothing behind it. */
import { itemsAt, oneOrMore, shown, valueAt } from "./plain-values";
import { type Judged, resourceRule } from "./rule";

/** Components whose work it is to be reached by everybody. */
export const EDGES: readonly string[] = ["capplan:gateway:AwsEdge$", "capplan:gateway:GcpEdge$"];
const EDGE_PORTS = [80, 443];

const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const FIREWALL = "gcp:compute/firewall:Firewall";
const GROUPS = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];

/** Somebody's addresses that are let in. */
interface Opening {
  readonly path: string;
  readonly sources: readonly unknown[];
  /** Ends of the range of ports; undefined for all ports. */
  readonly ports: readonly [number, number] | undefined;
}

/** An address of the edge is known to the world; all others are found by scanners. */
export const onlyEdgeIsOpen = resourceRule({
  name: "only-edge-is-open",
  description: "Nothing but the edge, on the ports of the web, lets in the whole internet.",
  severity: "critical",
  types: [...GROUPS, RULE, OLD_RULE, FIREWALL],
  problemsOf: (resource) => {
    const isEdge = EDGES.some((edge) => resource.urn.includes(edge));
    return openingsOf(resource)
      .filter(({ sources }) => sources.some(isWholeInternet))
      .filter(({ ports }) => !isEdge || !isOfTheWeb(ports))
      .map(({ path, sources, ports }) => {
        const where = ports === undefined ? "all ports" : `ports ${ports.join("-")}`;
        return `${path}: must name who may connect, got ${shown(sources.find(isWholeInternet))} on ${where}; only AwsEdge and GcpEdge are open, on ${EDGE_PORTS.join(" and ")}`;
      });
  },
});

function openingsOf({ type, props }: Judged): readonly Opening[] {
  switch (type) {
    case RULE:
      return ["cidrIpv4", "cidrIpv6"].map((path) => ({
        path,
        sources: oneOrMore(valueAt(props, path)),
        ports: portsOf(props),
      }));
    case OLD_RULE:
      return valueAt(props, "type") === "ingress" ? blocksOf(props, "") : [];
    case FIREWALL:
      if ((valueAt(props, "direction") ?? "INGRESS") !== "INGRESS") return [];
      return itemsAt(props, "allows").flatMap((allowed): Opening[] => {
        const ports = itemsAt(allowed, "ports");
        const path = "sourceRanges";
        const sources = itemsAt(props, path);
        if (ports.length === 0) return [{ path, sources, ports: undefined }];
        return ports.map((port) => {
          const [from, to = from] = String(port).split("-").map(Number) as [number, number?];
          return { path, sources, ports: [from, to!] as const };
        });
      });
    default:
      return itemsAt(props, "ingress").flatMap((one, index) => blocksOf(one, `ingress[${index}].`));
  }
}

function blocksOf(rule: unknown, path: string): readonly Opening[] {
  return ["cidrBlocks", "ipv6CidrBlocks"].map((key) => ({
    path: `${path}${key}`,
    sources: itemsAt(rule, key),
    ports: portsOf(rule),
  }));
}

function portsOf(rule: unknown): readonly [number, number] | undefined {
  const protocol = valueAt(rule, "ipProtocol") ?? valueAt(rule, "protocol");
  const from = valueAt(rule, "fromPort");
  const to = valueAt(rule, "toPort");
  if (protocol === "-1" || typeof from !== "number" || typeof to !== "number") return undefined;
  return [from, to];
}

/** Whether a block of addresses is everybody's. */
export function isWholeInternet(source: unknown): boolean {
  // Two halves are a whole that nobody sees.
  return typeof source === "string" && /^[\da-f.:]+\/[01]$/i.test(source);
}

function isOfTheWeb(ports: readonly [number, number] | undefined): boolean {
  return ports !== undefined && ports[0] === ports[1] && EDGE_PORTS.includes(ports[0]);
}
