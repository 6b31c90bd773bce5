/**
 * Who may talk to the pods of a namespace, and to whom they may talk: everything is denied, and each policy allows one
 * thing. Pure. Policies add up, so none has to know of the others.
 *
 * Addresses: docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html (the agent of Pod Identity),
 * cloud.google.com/kubernetes-engine/docs/how-to/network-policy (metadata server, DNS cache on each node).
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { BEHIND_SIDECAR_PORT, ENGINE_LABEL, SERVING_PORT } from "./replica-shape";
import type { AllowedAddressArgs, PeerArgs, ServingTenantArgs } from "./serving-tenant-args";

type Spec = kubernetes.types.input.networking.v1.NetworkPolicySpec;
type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;
type Port = kubernetes.types.input.networking.v1.NetworkPolicyPort;

const tcp = (port: number): Port => ({ protocol: "TCP", port });
const DNS_PORTS: Port[] = [{ protocol: "UDP", port: 53 }, tcp(53)];
const blocks = (cidrs: readonly pulumi.Input<string>[]): Peer[] =>
  cidrs.map((cidr) => ({ ipBlock: { cidr } }));
const namespaceOf = (name: string) => ({
  matchLabels: { "kubernetes.io/metadata.name": name },
});

/** Nobody talks to any pod, and no pod to anybody. */
export const DENY_ALL: Spec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** Pods look up names in the cluster's DNS, which on GKE may be a cache on their node. */
export function allowDns(cloud: ServingTenantArgs["cloud"]): Spec {
  const system = namespaceOf("kube-system");
  const servers: Peer[] = [
    { namespaceSelector: system, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } },
    ...(cloud === "gcp"
      ? [
          {
            namespaceSelector: system,
            podSelector: { matchLabels: { "k8s-app": "node-local-dns" } },
          },
          ...blocks(["169.254.20.10/32"]),
        ]
      : []),
  ];
  return egress({}, [{ to: servers, ports: DNS_PORTS }]);
}

/** Pods of other namespaces reach pods on some ports. */
export function allowFrom(
  podLabels: Readonly<Record<string, string>>,
  peers: readonly PeerArgs[],
  ports: readonly number[],
): Spec {
  return {
    podSelector: selecting(podLabels),
    policyTypes: ["Ingress"],
    ingress: [{ from: peers.map(peerOf), ports: ports.map(tcp) }],
  };
}

function peerOf({ namespace, podLabels }: PeerArgs): Peer {
  return {
    namespaceSelector: namespaceOf(namespace),
    ...(podLabels === undefined ? {} : { podSelector: { matchLabels: { ...podLabels } } }),
  };
}

/** Engines fetch their weights, with the identity that the cloud gives them. */
export function allowWeights({
  cloud,
  storageCidrs,
}: Pick<ServingTenantArgs, "cloud" | "storageCidrs">): Spec {
  const identity =
    cloud === "aws"
      ? [{ to: blocks(["169.254.170.23/32"]), ports: [tcp(80)] }]
      : [
          { to: blocks(["169.254.169.252/32"]), ports: [tcp(988)] },
          { to: blocks(["169.254.169.254/32"]), ports: [tcp(80)] },
        ];
  const storage = pulumi.output(storageCidrs).apply(blocks);
  return egress(ENGINE_LABEL, [{ to: storage, ports: [tcp(443)] }, ...identity]);
}

/** Engines of one namespace talk to each other on any port: collectives choose theirs as they start. */
export const ALLOW_ENGINE_PEERS: Spec = {
  podSelector: { matchLabels: { ...ENGINE_LABEL } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [{ from: [{ podSelector: { matchLabels: { ...ENGINE_LABEL } } }] }],
  egress: [{ to: [{ podSelector: { matchLabels: { ...ENGINE_LABEL } } }] }],
};

/** The label of endpoint pickers, which RegionalGateway gives them. */
const PICKER_LABEL = { "capplan/part": "picker" } as const;
const PICKER_PORT = 9002;
const PICKER_METRICS_PORT = 9090;

/** Pickers are asked by gateways, ask engines how busy they are, and read pods from the cluster's API. */
function pickerPolicies(
  { gateways, monitors = [] }: ServingTenantArgs,
  apiCidrs: readonly pulumi.Input<string>[],
): Readonly<Record<string, Spec>> {
  const engines: Peer = { podSelector: { matchLabels: { ...ENGINE_LABEL } } };
  const pickers: Peer = { podSelector: { matchLabels: { ...PICKER_LABEL } } };
  return {
    pickers: allowFrom(PICKER_LABEL, gateways, [PICKER_PORT]),
    ...(monitors.length > 0
      ? { "picker-monitors": allowFrom(PICKER_LABEL, monitors, [PICKER_METRICS_PORT]) }
      : {}),
    "picker-ways": egress(PICKER_LABEL, [
      { to: [engines], ports: ENGINE_PORTS.map(tcp) },
      { to: blocks(apiCidrs), ports: [tcp(443)] },
    ]),
    "picker-engines": {
      podSelector: selecting(ENGINE_LABEL),
      policyTypes: ["Ingress"],
      ingress: [{ from: [pickers], ports: ENGINE_PORTS.map(tcp) }],
    },
  };
}

/** All pods reach some addresses. */
export function allowAddresses(allowed: readonly AllowedAddressArgs[]): Spec {
  return egress(
    {},
    allowed.map(({ cidrs, ports }) => ({ to: blocks(cidrs), ports: ports.map(tcp) })),
  );
}

function egress(
  podLabels: Readonly<Record<string, string>>,
  rules: readonly { readonly to: pulumi.Input<Peer[]>; readonly ports: Port[] }[],
): Spec {
  return {
    podSelector: selecting(podLabels),
    policyTypes: ["Egress"],
    egress: [...rules],
  };
}

/** Pods with all of these labels, or all pods. */
function selecting(podLabels: Readonly<Record<string, string>>) {
  return Object.keys(podLabels).length === 0 ? {} : { matchLabels: { ...podLabels } };
}

/** Ports of engines that gateways and monitors reach. */
export const ENGINE_PORTS = [SERVING_PORT, BEHIND_SIDECAR_PORT] as const;

/** The policies of a tenant, by what they are for. */
export function tenantPolicies(args: ServingTenantArgs): Readonly<Record<string, Spec>> {
  const { gateways, monitors = [], hasEnginePeers = false, allowed = [] } = args;
  return {
    "deny-all": DENY_ALL,
    dns: allowDns(args.cloud),
    gateways: allowFrom(ENGINE_LABEL, gateways, [SERVING_PORT]),
    ...(monitors.length > 0 ? { monitors: allowFrom(ENGINE_LABEL, monitors, ENGINE_PORTS) } : {}),
    weights: allowWeights(args),
    ...(hasEnginePeers ? { engines: ALLOW_ENGINE_PEERS } : {}),
    ...(args.pickerApiCidrs === undefined ? {} : pickerPolicies(args, args.pickerApiCidrs)),
    ...(allowed.length > 0 ? { allowed: allowAddresses(allowed) } : {}),
  };
}
