/**
 * What a set of NetworkPolicies lets through, by the rules of kubernetes.io/docs/concepts/services-networking/network-policies:
 * a pod that no policy selects for a direction is open in it; any other takes what one of them allows. Both ends have to
 * agree. Written apart from what makes the policies.
 */

/** A pod, or an address outside of the cluster. */
export type Party =
  | {
      readonly kind: "pod";
      readonly namespace: string;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: "address"; readonly address: string };

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}

/** The `spec` of a policy of one namespace. */
export interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** A connection that somebody tries. */
export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
}

const selects = ({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>) =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);

const bits = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function isInside(address: string, cidr: string): boolean {
  const [base = "", length = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(address) / size) === Math.floor(bits(base) / size);
}

function isPeer(peer: Peer, party: Party, ownNamespace: string): boolean {
  if (peer.ipBlock !== undefined)
    return party.kind === "address" && isInside(party.address, peer.ipBlock.cidr);
  if (party.kind !== "pod") return false;
  const isNamespace =
    peer.namespaceSelector === undefined
      ? party.namespace === ownNamespace
      : selects(peer.namespaceSelector, { "kubernetes.io/metadata.name": party.namespace });
  return isNamespace && selects(peer.podSelector ?? {}, party.labels);
}

/** Whether the policies of a namespace let a connection through; other namespaces have none. */
export function isAllowed(
  policies: readonly PolicySpec[],
  namespace: string,
  { from, to, protocol, port }: Connection,
): boolean {
  const passes = (direction: "Ingress" | "Egress", own: Party, other: Party): boolean => {
    if (own.kind !== "pod" || own.namespace !== namespace) return true;
    const applying = policies.filter(
      (policy) => policy.policyTypes.includes(direction) && selects(policy.podSelector, own.labels),
    );
    if (applying.length === 0) return true;
    return applying
      .flatMap((policy) => (direction === "Ingress" ? policy.ingress : policy.egress) ?? [])
      .some(
        (rule) =>
          ((direction === "Ingress" ? rule.from : rule.to) ?? []).some((peer) =>
            isPeer(peer, other, namespace),
          ) &&
          (rule.ports === undefined ||
            rule.ports.some((one) => one.protocol === protocol && one.port === port)),
      );
  };
  return passes("Egress", from, to) && passes("Ingress", to, from);
}
