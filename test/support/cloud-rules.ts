/**
 * What the clouds accept where the types of the SDKs say only `string` or `number`, each row with its source. Every
 * resource that a component registers is held against this table; a component that uses another such field adds a row.
 */
import type { RegisteredResource } from "./mini-engine/registered-resource";
import { UNKNOWN } from "./mini-engine/wire-values";

/** The values that a field may have. */
interface CloudRule {
  readonly type: string;
  /** Path of the field; `[]` stands for every item of a list. */
  readonly path: string;
  /** A set of values, or a range of numbers. */
  readonly allowed: readonly unknown[] | { readonly min: number; readonly max: number };
  readonly source: string;
}

const rule = (
  type: string,
  path: string,
  allowed: CloudRule["allowed"],
  source: string,
): CloudRule => ({ type, path, allowed, source });

const EC2 = "docs.aws.amazon.com/AWSEC2/latest/APIReference";
const LOGS = "docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference PutRetentionPolicy";
const EKS = "docs.aws.amazon.com/eks/latest/APIReference";
const SQS = "docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference";
const CONTAINER = "cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations";
const COMPUTE = "cloud.google.com/compute/docs/reference/rest/v1";

// biome-ignore format: one line per rule
const cloudRules: readonly CloudRule[] = [
  rule("aws:ec2/eip:Eip", "domain", ["vpc", "standard"], `${EC2} AllocateAddress`),
  rule("aws:ec2/flowLog:FlowLog", "trafficType", ["ACCEPT", "REJECT", "ALL"], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/flowLog:FlowLog", "logDestinationType", ["cloud-watch-logs", "s3", "kinesis-data-firehose"], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/flowLog:FlowLog", "maxAggregationInterval", [60, 600], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType", ["Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"], `${EC2} CreateVpcEndpoint`),
  rule("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], LOGS),
  rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "fromPort", { min: -1, max: 65535 }, `${EC2} AuthorizeSecurityGroupIngress`),
  rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ipProtocol", ["tcp", "udp", "icmp", "icmpv6", "-1"], `${EC2} AuthorizeSecurityGroupIngress`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "networkInterfaces[].interfaceType", ["interface", "efa", "efa-only"], `${EC2} LaunchTemplateInstanceNetworkInterfaceSpecificationRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "instanceMarketOptions.marketType", ["spot", "capacity-block"], `${EC2} LaunchTemplateInstanceMarketOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpTokens", ["required", "optional"], `${EC2} LaunchTemplateInstanceMetadataOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpPutResponseHopLimit", { min: 1, max: 64 }, `${EC2} LaunchTemplateInstanceMetadataOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings[].ebs.volumeType", ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"], `${EC2} LaunchTemplateEbsBlockDeviceRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications[].resourceType", ["instance", "volume", "network-interface", "spot-instances-request"], `${EC2} LaunchTemplateTagSpecificationRequest`),
  rule("aws:eks/accessEntry:AccessEntry", "type", ["STANDARD", "FARGATE_LINUX", "EC2_LINUX", "EC2_WINDOWS", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"], `${EKS} CreateAccessEntry`),
  rule("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "accessScope.type", ["cluster", "namespace"], `${EKS} AccessScope`),
  rule("aws:eks/addon:Addon", "resolveConflictsOnCreate", ["NONE", "OVERWRITE"], `${EKS} CreateAddon`),
  rule("aws:eks/addon:Addon", "resolveConflictsOnUpdate", ["NONE", "OVERWRITE", "PRESERVE"], `${EKS} UpdateAddon`),
  rule("aws:eks/cluster:Cluster", "accessConfig.authenticationMode", ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"], `${EKS} CreateAccessConfigRequest`),
  rule("aws:eks/cluster:Cluster", "enabledClusterLogTypes[]", ["api", "audit", "authenticator", "controllerManager", "scheduler"], `${EKS} LogSetup`),
  rule("aws:eks/cluster:Cluster", "encryptionConfig.resources[]", ["secrets"], `${EKS} EncryptionConfig`),
  rule("aws:eks/cluster:Cluster", "upgradePolicy.supportType", ["STANDARD", "EXTENDED"], `${EKS} UpgradePolicyRequest`),
  rule("aws:eks/nodeGroup:NodeGroup", "amiType", ["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA", "AL2023_x86_64_NEURON", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_NVIDIA"], `${EKS} CreateNodegroup`),
  rule("aws:eks/nodeGroup:NodeGroup", "capacityType", ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"], `${EKS} CreateNodegroup`),
  rule("aws:eks/nodeGroup:NodeGroup", "taints[].effect", ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], `${EKS} Taint`),
  rule("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize", { min: 1, max: 450 }, "docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"),
  rule("aws:kms/key:Key", "deletionWindowInDays", { min: 7, max: 30 }, "docs.aws.amazon.com/kms/latest/APIReference ScheduleKeyDeletion"),
  rule("aws:sqs/queue:Queue", "messageRetentionSeconds", { min: 60, max: 1209600 }, `${SQS} SetQueueAttributes`),
  rule("aws:sqs/queue:Queue", "visibilityTimeoutSeconds", { min: 0, max: 43200 }, `${SQS} SetQueueAttributes`),
  rule("gcp:compute/firewall:Firewall", "direction", ["INGRESS", "EGRESS"], `${COMPUTE} firewalls`),
  rule("gcp:compute/globalAddress:GlobalAddress", "addressType", ["EXTERNAL", "INTERNAL"], `${COMPUTE} globalAddresses`),
  rule("gcp:compute/globalAddress:GlobalAddress", "purpose", ["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"], `${COMPUTE} globalAddresses`),
  rule("gcp:compute/globalForwardingRule:GlobalForwardingRule", "loadBalancingScheme", ["", "EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"], `${COMPUTE} globalForwardingRules`),
  rule("gcp:compute/network:Network", "mtu", { min: 1300, max: 8896 }, `${COMPUTE} networks`),
  rule("gcp:compute/network:Network", "routingMode", ["REGIONAL", "GLOBAL"], `${COMPUTE} networks`),
  rule("gcp:compute/routerNat:RouterNat", "natIpAllocateOption", ["AUTO_ONLY", "MANUAL_ONLY"], `${COMPUTE} routers`),
  rule("gcp:compute/routerNat:RouterNat", "sourceSubnetworkIpRangesToNat", ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"], `${COMPUTE} routers`),
  // Dynamic allocation wants powers of two, and the least at most half of the most.
  rule("gcp:compute/routerNat:RouterNat", "minPortsPerVm", [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768], "cloud.google.com/nat/docs/ports-and-addresses"),
  rule("gcp:compute/routerNat:RouterNat", "maxPortsPerVm", [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536], "cloud.google.com/nat/docs/ports-and-addresses"),
  rule("gcp:compute/routerNat:RouterNat", "logConfig.filter", ["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"], `${COMPUTE} routers`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.aggregationInterval", ["INTERVAL_5_SEC", "INTERVAL_30_SEC", "INTERVAL_1_MIN", "INTERVAL_5_MIN", "INTERVAL_10_MIN", "INTERVAL_15_MIN"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.flowSampling", { min: 0, max: 1 }, `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.metadata", ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "purpose", ["PRIVATE", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "PEER_MIGRATION", "PRIVATE_NAT"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "role", ["ACTIVE", "BACKUP"], `${COMPUTE} subnetworks`),
  rule("gcp:container/cluster:Cluster", "databaseEncryption.state", ["ENCRYPTED", "DECRYPTED"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "releaseChannel.channel", ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "gatewayApiConfig.channel", ["CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "datapathProvider", ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "loggingConfig.enableComponents[]", ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS", "KCP_CONNECTION", "KCP_SSHD", "KCP_HPA"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "monitoringConfig.enableComponents[]", ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET", "WORKLOADS", "KUBELET", "CADVISOR", "DCGM", "JOBSET"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "securityPostureConfig.mode", ["DISABLED", "BASIC", "ENTERPRISE"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "binaryAuthorization.evaluationMode", ["DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"], `${CONTAINER}.clusters`),
  rule("gcp:container/nodePool:NodePool", "autoscaling.locationPolicy", ["BALANCED", "ANY"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "placementPolicy.type", ["COMPACT"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "upgradeSettings.strategy", ["SURGE", "BLUE_GREEN", "SHORT_LIVED"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "networkConfig.acceleratorNetworkProfile", ["auto"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.taints[].effect", ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.guestAccelerators[].gpuDriverInstallationConfig.gpuDriverVersion", ["DEFAULT", "LATEST", "INSTALLATION_DISABLED"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.reservationAffinity.consumeReservationType", ["NO_RESERVATION", "ANY_RESERVATION", "SPECIFIC_RESERVATION"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.workloadMetadataConfig.mode", ["GCE_METADATA", "GKE_METADATA"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.secondaryBootDisks[].mode", ["CONTAINER_IMAGE_CACHE"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "maxPodsPerNode", { min: 8, max: 256 }, "cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr"),
  rule("gcp:kms/cryptoKey:CryptoKey", "purpose", ["ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC"], "cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"),
  rule("gcp:dns/managedZone:ManagedZone", "visibility", ["public", "private"], "cloud.google.com/dns/docs/reference/rest/v1/managedZones"),
];

/** Every breach of the table, one line each. */
export function brokenCloudRules(resources: readonly RegisteredResource[]): readonly string[] {
  return resources.flatMap((resource) =>
    cloudRules
      .filter(({ type }) => type === resource.type)
      .flatMap(({ path, allowed, source }) =>
        valuesAt(resource.inputs, path.split("."))
          .filter((value) => value !== UNKNOWN && !isAllowed(value, allowed))
          .map(
            (value) =>
              `${resource.type} ${resource.name}: ${path} is ${JSON.stringify(value)}; ${source}`,
          ),
      ),
  );
}

function isAllowed(value: unknown, allowed: CloudRule["allowed"]): boolean {
  if ("min" in allowed) {
    return typeof value === "number" && value >= allowed.min && value <= allowed.max;
  }
  return allowed.includes(value);
}

/** All values at a path; none where the path ends early. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [head, ...rest] = path;
  if (value === undefined || value === null) return [];
  if (head === undefined) return [value];
  const key = head.replace("[]", "");
  const next = (value as Readonly<Record<string, unknown>>)[key];
  if (!head.endsWith("[]")) return valuesAt(next, rest);
  return Array.isArray(next) ? next.flatMap((item) => valuesAt(item, rest)) : [];
}
