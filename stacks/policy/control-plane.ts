/** Rules of control planes: no address on the internet, and secrets under a key of one's own. */
import { isPresent, itemsAt, shown, valueAt } from "./plain-values";
import { type Judged, resourceRule } from "./rule";

const EKS = "aws:eks/cluster:Cluster";
const GKE = "gcp:container/cluster:Cluster";

interface ControlPlaneConfig {
  /**
   * Addresses from which EKS's control plane may be reached over the internet, where nobody runs Pulumi inside the VPC.
   * @default []
   */
  readonly publicAccessCidrs: readonly string[];
}

/** Who can reach the control plane has to be inside the network, or known to IAM before a packet gets there. */
export const controlPlaneIsPrivate = resourceRule<ControlPlaneConfig>({
  name: "control-plane-is-private",
  description: "The control plane of a cluster has no address on the internet.",
  severity: "critical",
  configSchema: {
    properties: { publicAccessCidrs: { type: "array", items: { type: "string" } } },
  },
  types: [EKS, GKE],
  problemsOf: (cluster, { publicAccessCidrs = [] }) =>
    cluster.type === EKS ? eksProblems(cluster, publicAccessCidrs) : gkeProblems(cluster),
});

/** EKS opens its endpoint to all unless it is told otherwise (CreateCluster, VpcConfigRequest). */
function eksProblems({ props }: Judged, allowed: readonly string[]): readonly string[] {
  const sources = itemsAt(props, "vpcConfig.publicAccessCidrs");
  const isAllowed = sources.length > 0 && sources.every((one) => allowed.includes(String(one)));
  const isPublic = valueAt(props, "vpcConfig.endpointPublicAccess") ?? true;
  const isPrivate = valueAt(props, "vpcConfig.endpointPrivateAccess") ?? false;
  return [
    ...(isPublic === true && !isAllowed
      ? [
          "vpcConfig.endpointPublicAccess: must be false, got true, which EKS also takes for nothing; reach the cluster from inside the VPC, or name your addresses in publicAccessCidrs of the cluster and of this rule",
        ]
      : []),
    ...(isPrivate === false
      ? [
          "vpcConfig.endpointPrivateAccess: must be true, got false, which EKS also takes for nothing; nodes would reach the control plane over the internet",
        ]
      : []),
  ];
}

/** The DNS endpoint answers everywhere, and lets in only whom IAM allows; an address has no such guard. */
function gkeProblems({ props }: Judged): readonly string[] {
  const hasAddresses = valueAt(props, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled");
  const isInternal = valueAt(props, "privateClusterConfig.enablePrivateEndpoint");
  const hasPrivateNodes = valueAt(props, "privateClusterConfig.enablePrivateNodes") ?? false;
  return [
    ...((hasAddresses ?? true) === true && (isInternal ?? false) === false
      ? [
          "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled: must be false, or privateClusterConfig.enablePrivateEndpoint true; reach the cluster by its DNS endpoint",
        ]
      : []),
    ...(hasPrivateNodes === false
      ? [
          "privateClusterConfig.enablePrivateNodes: must be true, got false or nothing; nodes would have public addresses",
        ]
      : []),
  ];
}

/** Envelope encryption: a copy of the cluster's store is of no use without the key. */
export const clusterSecretsAreEncrypted = resourceRule({
  name: "cluster-secrets-are-encrypted",
  description: "Secrets of Kubernetes are encrypted with a key of one's own.",
  severity: "high",
  types: [EKS, GKE],
  problemsOf: ({ type, props }) => {
    if (type === EKS) {
      const isEncrypted =
        isPresent(valueAt(props, "encryptionConfig.provider.keyArn")) &&
        itemsAt(props, "encryptionConfig.resources").includes("secrets");
      return isEncrypted
        ? []
        : [
            'encryptionConfig: must name a key and the resources ["secrets"]; give the cluster kmsKeyArn',
          ];
    }
    const state = valueAt(props, "databaseEncryption.state");
    const isEncrypted =
      state === "ENCRYPTED" && isPresent(valueAt(props, "databaseEncryption.keyName"));
    return isEncrypted
      ? []
      : [
          `databaseEncryption.state: must be "ENCRYPTED" with a keyName, got ${shown(state)}; give the cluster kmsKeyId`,
        ];
  },
});
