/** Arguments of ServingTenant: what they mean, and what is refused. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/** What a tenant may use at once. Known early. */
export interface TenantQuotaArgs {
  readonly gpus: number;
  readonly cpus: number;
  readonly memoryGib: number;
  readonly pods: number;
  /** Local disk, which holds weights. */
  readonly localDiskGib: number;
}

/** Pods of another namespace. Known early. */
export interface PeerArgs {
  readonly namespace: string;
  /** Labels of the pods. @default - all pods of the namespace */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** Where pods may connect to beside what the tenant always has. */
export interface AllowedAddressArgs {
  /** Blocks of addresses. At least one. */
  readonly cidrs: readonly pulumi.Input<string>[];
  /** TCP ports. At least one. Known early. */
  readonly ports: readonly number[];
}

/** Changes to single resources, in the provider's words. */
export interface ServingTenantTransforms {
  readonly namespace?: Transform<kubernetes.core.v1.NamespaceArgs>;
  readonly quota?: Transform<kubernetes.core.v1.ResourceQuotaArgs>;
  readonly limits?: Transform<kubernetes.core.v1.LimitRangeArgs>;
  readonly networkPolicy?: Transform<kubernetes.networking.v1.NetworkPolicyArgs>;
}

/** Arguments of ServingTenant. */
export interface ServingTenantArgs {
  /** Name of the namespace. Known early. */
  readonly namespace: string;
  /** The cloud of the cluster: it decides how pods reach DNS and get their identity. Known early. */
  readonly cloud: "aws" | "gcp";
  readonly quota: TenantQuotaArgs;
  /** Who sends requests: Envoy's namespace. Known early. */
  readonly gateways: readonly PeerArgs[];
  /** Who reads metrics. Known early. @default - nobody */
  readonly monitors?: readonly PeerArgs[];
  /**
   * Addresses of the object storage that holds weights, port 443: the prefix list of a gateway endpoint of S3, or
   * Google's private.googleapis.com (199.36.153.8/30). At least one.
   */
  readonly storageCidrs: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Whether engines of the namespace talk to each other: replicas that span nodes, or prefill and decode apart. Known
   * early. @default false
   */
  readonly hasEnginePeers?: boolean;
  /**
   * Addresses of the cluster's API, port 443, for the endpoint pickers of a RegionalGateway in the same namespace: the
   * network and the block of Services of an EKS cluster, whose network add-on judges by the latter
   * (aws/aws-network-policy-agent#166); the range of GKE's control plane. @default - no pickers
   */
  readonly pickerApiCidrs?: readonly pulumi.Input<string>[];
  /** Further addresses that pods may connect to. @default - none */
  readonly allowed?: readonly AllowedAddressArgs[];
  /** Level of the Pod Security Standards. Known early. @default "restricted" */
  readonly podSecurity?: "restricted" | "baseline";
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** Whether the namespace is protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** The hatch. @default - none */
  readonly transform?: ServingTenantTransforms;
}

const NAMESPACE = {
  pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  must: "be a name of Kubernetes: at most 63 lower case letters, digits and hyphens",
};
const COUNT = { min: 0, max: 1_000_000 };
/** Blocks of IPv4 or IPv6 addresses. */
const CIDR = {
  pattern: /^(\d{1,3}(\.\d{1,3}){3}\/([0-9]|[12]\d|3[0-2])|[0-9a-f:]+\/\d{1,3})$/,
  must: 'be a block of addresses, such as "10.0.0.0/16"',
};

/** What is wrong with the arguments. */
export function checkServingTenant(args: ServingTenantArgs): readonly InputProblem[] {
  const { quota } = args;
  const problems: InputProblem[] = [
    ...checkNamespace("namespace", args.namespace),
    ...checkOneOf("cloud", args.cloud, ["aws", "gcp"]),
    ...checkOneOf("podSecurity", args.podSecurity, ["restricted", "baseline"]),
    ...checkWhole("quota.gpus", quota.gpus, COUNT),
    ...checkWhole("quota.pods", quota.pods, COUNT),
    ...checkPositive("quota", {
      cpus: quota.cpus,
      memoryGib: quota.memoryGib,
      localDiskGib: quota.localDiskGib,
    }),
    ...checkPeers("gateways", args.gateways),
    ...checkPeers("monitors", args.monitors ?? []),
    // How many blocks a prefix list has is known once it is read.
    ...(Array.isArray(args.storageCidrs) ? checkCidrs("storageCidrs", args.storageCidrs) : []),
    ...(args.pickerApiCidrs === undefined ? [] : checkCidrs("pickerApiCidrs", args.pickerApiCidrs)),
    ...checkAllowed("allowed", args.allowed ?? []),
  ];
  if (args.gateways.length === 0) {
    problems.push({ path: "gateways", must: "name who sends requests", got: args.gateways });
  }
  return problems;
}

/** The problems of a namespace that is made. */
export function checkNamespace(path: string, namespace: string): readonly InputProblem[] {
  const problems = [...checkForm(path, namespace, NAMESPACE)];
  if (namespace === "default" || namespace.startsWith("kube-")) {
    problems.push({ path, must: "be none of the cluster's own", got: namespace });
  }
  return problems;
}

/** Amounts above 0. */
export function checkPositive(
  path: string,
  amounts: Readonly<Record<string, number>>,
): readonly InputProblem[] {
  return Object.entries(amounts)
    .filter(([, amount]) => !(amount > 0))
    .map(([key, got]) => ({ path: `${path}.${key}`, must: "be above 0", got }));
}

/** The problems of pods of other namespaces. */
export function checkPeers(path: string, peers: readonly PeerArgs[]): readonly InputProblem[] {
  return peers.flatMap(({ namespace, podLabels }, index) => [
    ...checkForm(`${path}[${index}].namespace`, namespace, NAMESPACE),
    ...(podLabels !== undefined && Object.keys(podLabels).length === 0
      ? [{ path: `${path}[${index}].podLabels`, must: "hold a label, or be left out", got: {} }]
      : []),
  ]);
}

/** The problems of addresses; those that are not known yet are the cluster's to judge. */
export function checkCidrs(
  path: string,
  cidrs: readonly pulumi.Input<string>[],
): readonly InputProblem[] {
  if (cidrs.length === 0) return [{ path, must: "hold a block of addresses", got: cidrs }];
  return cidrs.flatMap((cidr, index) =>
    typeof cidr === "string" ? checkForm(`${path}[${index}]`, cidr, CIDR) : [],
  );
}

/** The problems of addresses with ports. */
export function checkAllowed(
  path: string,
  allowed: readonly AllowedAddressArgs[],
): readonly InputProblem[] {
  return allowed.flatMap(({ cidrs, ports }, index) => {
    const at = `${path}[${index}]`;
    return [
      ...checkCidrs(`${at}.cidrs`, cidrs),
      ...ports.flatMap((port, which) =>
        checkWhole(`${at}.ports[${which}]`, port, { min: 1, max: 65_535 }),
      ),
      ...(ports.length === 0 ? [{ path: `${at}.ports`, must: "hold a port", got: ports }] : []),
    ];
  });
}
