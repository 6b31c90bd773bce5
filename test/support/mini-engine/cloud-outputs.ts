/**
 * What a cloud adds to a resource once it is there: identifiers, addresses, endpoints. Only what some component reads;
 * a property that no row names stays undefined after `up`, and unknown in every preview, where a resource made of it
 * then shows as changed.
 */

/** Makes the outputs of a resource that are not inputs; `id` among them when others check its form. */
export type CloudOutputs = (
  name: string,
  inputs: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

/** Outputs by type token. */
export type CloudOutputTable = Readonly<Record<string, CloudOutputs>>;

const text = (value: unknown, otherwise: string): string =>
  typeof value === "string" ? value : otherwise;

const selfLink: CloudOutputs = (name, inputs) => ({
  selfLink: `https://www.googleapis.com/compute/v1/projects/probe/${text(inputs["name"], name)}`,
});

/** The rows, by type. */
export const cloudOutputTable: CloudOutputTable = {
  "aws:amp/workspace:Workspace": (name) => ({
    prometheusEndpoint: `https://aps-workspaces.example/workspaces/${name}/`,
  }),
  "aws:eks/cluster:Cluster": (name, inputs) => ({
    endpoint: `https://${name}.eks.example`,
    certificateAuthority: { data: Buffer.from(`certificate of ${name}`).toString("base64") },
    // What EKS takes where the network is in 10.0.0.0/8 (CreateCluster, KubernetesNetworkConfigRequest).
    kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16" },
    vpcConfig: {
      ...(inputs["vpcConfig"] as object),
      clusterSecurityGroupId: "sg-0c1u57e4",
    },
  }),
  // Karpenter's definitions check the form of ids.
  "aws:ec2/securityGroup:SecurityGroup": (name) => ({
    id: `sg-${Buffer.from(name).toString("hex")}`,
  }),
  "aws:ec2/eip:Eip": (name) => ({ allocationId: `${name}-allocation`, publicIp: "192.0.2.1" }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  // Of a gateway endpoint: the addresses of its prefix list.
  "aws:ec2/vpcEndpoint:VpcEndpoint": () => ({ cidrBlocks: ["52.216.0.0/15", "3.5.0.0/19"] }),
  "aws:lb/loadBalancer:LoadBalancer": (name) => ({
    dnsName: `${name}.elb.example`,
    zoneId: `${name}-zone`,
  }),
  "aws:s3/bucket:Bucket": (name) => ({ bucket: `${name}-0000000` }),
  "aws:sqs/queue:Queue": (name) => ({ url: `https://sqs.example/${name}` }),
  "aws:kms/key:Key": (name) => ({ keyId: `${name}-key` }),
  "gcp:compute/address:Address": () => ({ address: "192.0.2.4" }),
  "gcp:compute/globalAddress:GlobalAddress": () => ({ address: "192.0.2.3" }),
  "gcp:compute/network:Network": selfLink,
  "gcp:compute/subnetwork:Subnetwork": selfLink,
  "gcp:container/cluster:Cluster": (name) => ({
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: `${name}.gke.example` } },
  }),
  "gcp:logging/projectSink:ProjectSink": () => ({
    writerIdentity: "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com",
  }),
  "gcp:serviceaccount/account:Account": (_name, inputs) => {
    const email = `${text(inputs["accountId"], "account")}@probe.iam.gserviceaccount.com`;
    return {
      email,
      member: `serviceAccount:${email}`,
      name: `projects/probe/serviceAccounts/${email}`,
    };
  },
};

/** What a provider adds to any resource of its package. */
function packageOutputs(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  // Auto-naming appends seven characters; here they are always the same.
  const named = text(inputs["name"], `${name}-0000000`);
  if (type.startsWith("aws:"))
    return { arn: `arn:aws:probe:::${type.split(":").at(-1)}/${named}`, name: named };
  return { name: named };
}

/** Everything a resource has after `up`: its inputs and what the cloud added. */
export function outputsOf(
  table: CloudOutputTable,
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (type.startsWith("kubernetes:")) return inputs;
  return { ...packageOutputs(type, name, inputs), ...inputs, ...table[type]?.(name, inputs) };
}
