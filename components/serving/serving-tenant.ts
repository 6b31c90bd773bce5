/** The namespace of one tenant: what it may use, who reaches it, and whom it reaches. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { transformed } from "../foundation/transform";
import { createNetworkPolicies } from "./create-network-policies";
import { tenantPolicies } from "./network-policies";
import { checkServingTenant, type ServingTenantArgs } from "./serving-tenant-args";
import { createTenantNamespace, quotaSpec } from "./tenant-namespace";

/** The resources of a ServingTenant. */
export interface ServingTenantNodes {
  readonly namespace: kubernetes.core.v1.Namespace;
  readonly quota: kubernetes.core.v1.ResourceQuota;
  /** By what they are for. */
  readonly networkPolicies: Readonly<Record<string, kubernetes.networking.v1.NetworkPolicy>>;
}

/** Of a container that says nothing; engines say what they need. */
const CONTAINER_DEFAULTS = {
  defaultRequest: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "1Gi" },
  default: { memory: "512Mi", "ephemeral-storage": "1Gi" },
} as const;

/**
 * A namespace for the services of one tenant: pods only as the Pod Security Standards want them, a quota that counts
 * GPUs too, and a network in which everything is denied but requests from the gateway, readings of metrics, names, the
 * storage of weights, and what is allowed by name. Its default service account gets no token; each service has its own
 * account. NetworkPolicies are enforced by the clusters of this library (VPC CNI with policies, Dataplane V2).
 *
 * Refused: namespaces of the cluster itself; a tenant that no gateway reaches; addresses that are none.
 *
 * **Cost**: nothing.
 *
 * @example
 * const tenant = new ServingTenant("support", {
 *   namespace: "support", cloud: "aws", quota: { gpus: 32, cpus: 720, memoryGib: 7200, pods: 20, localDiskGib: 4000 },
 *   gateways: [{ namespace: "envoy-gateway-system" }], storageCidrs: s3PrefixList.cidrBlocks,
 * }, { provider: cluster.kubernetesProvider });
 */
export class ServingTenant extends pulumi.ComponentResource {
  /** Known once the namespace is there: what is made of it waits for it. */
  readonly namespaceName: pulumi.Output<string>;
  readonly nodes: ServingTenantNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of Kubernetes.
   */
  constructor(name: string, args: ServingTenantArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`ServingTenant "${name}"`, [
      ...checkComponentName(name),
      ...checkServingTenant(args),
    ]);
    super(componentType("serving", "ServingTenant"), name, {}, opts);
    const childOpts = placedChildOptions(this, "kubernetes");
    const { transform = {} } = args;
    const labels = kubernetesLabels(args.allocation ?? {});
    const namespace = createTenantNamespace(
      name,
      {
        namespace: args.namespace,
        labels,
        podSecurity: args.podSecurity ?? "restricted",
        isProtected: args.isProtected ?? true,
        transform: transform.namespace,
      },
      childOpts,
    );
    const metadata = { namespace: namespace.metadata.name, labels };
    const quota = new kubernetes.core.v1.ResourceQuota(
      ...transformed<kubernetes.core.v1.ResourceQuotaArgs>(
        transform.quota,
        childName(name, "quota"),
        { metadata: { ...metadata, name: "tenant" }, spec: quotaSpec(args.quota) },
        childOpts,
      ),
    );
    new kubernetes.core.v1.LimitRange(
      ...transformed<kubernetes.core.v1.LimitRangeArgs>(
        transform.limits,
        childName(name, "limits"),
        {
          metadata: { ...metadata, name: "tenant" },
          spec: { limits: [{ type: "Container", ...CONTAINER_DEFAULTS }] },
        },
        childOpts,
      ),
    );
    const networkPolicies = createNetworkPolicies(
      name,
      tenantPolicies(args),
      metadata,
      transform.networkPolicy,
      childOpts,
    );

    this.namespaceName = namespace.metadata.name;
    this.nodes = { namespace, quota, networkPolicies };
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
