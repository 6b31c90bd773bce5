/** Where agents run tools: code that nobody has read, kept away from the kernel, the network and the cluster. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubernetesLabels } from "../foundation/allocation";
import { checkComponentName, childName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { physicalName } from "../foundation/physical-name";
import { createNetworkPolicies } from "./create-network-policies";
import { allowAddresses, allowDns, allowFrom, DENY_ALL } from "./network-policies";
import { SANDBOX_POLICY, sandboxBinding } from "./sandbox-admission";
import { createSandboxNodes, RUNTIME_CLASS } from "./sandbox-nodes";
import { createTenantNamespace, quotaSpec } from "./tenant-namespace";
import { checkToolSandbox, type SandboxPodLimits, type ToolSandboxArgs } from "./tool-sandbox-args";

/** The resources of a ToolSandbox. */
export interface ToolSandboxNodes {
  readonly namespace: kubernetes.core.v1.Namespace;
  readonly serviceAccount: kubernetes.core.v1.ServiceAccount;
  /** The nodes, and on EKS the RuntimeClass. */
  readonly runtime: readonly pulumi.Resource[];
  /** By what they are for. */
  readonly networkPolicies: Readonly<Record<string, kubernetes.networking.v1.NetworkPolicy>>;
}

const POD_LIMITS: SandboxPodLimits = { cpus: 1, memoryGib: 1, localDiskGib: 2 };
const SERVICE_ACCOUNT = "tools";

/**
 * Nodes with gVisor and a namespace for tools: no way out but to addresses that are named, no token, no GPU, quotas in
 * all and limits for each, and a rule of the server that lets in no pod outside the sandbox. One for each cluster, as
 * its RuntimeClass is.
 *
 * Refused: gVisor on EKS without checksums to compare; on EKS a range of nodes, which nothing there would scale; nodes
 * with GPUs, which tools do not get; addresses that are none.
 *
 * **Cost** (planner/catalog/prices): that of the nodes; an m7i.xlarge or an n2-standard-4 by default, at least one.
 *
 * @example
 * const sandbox = new ToolSandbox("support-tools", {
 *   namespace: "tools", nodes: { kind: "gke", … }, nodesMax: 4,
 *   quota: { pods: 40, cpus: 16, memoryGib: 64, localDiskGib: 200 }, callers: [{ namespace: "agents" }],
 * }, { providers: [gcp, cluster.kubernetesProvider] });
 */
export class ToolSandbox extends pulumi.ComponentResource {
  readonly namespaceName: pulumi.Output<string>;
  /** What a pod names as its `runtimeClassName`. */
  readonly runtimeClassName: string;
  /** What a pod names as its `serviceAccountName`. */
  readonly serviceAccountName: string;
  readonly nodes: ToolSandboxNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without explicit providers of Kubernetes and of the nodes' cloud.
   */
  constructor(name: string, args: ToolSandboxArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`ToolSandbox "${name}"`, [
      ...checkComponentName(name),
      ...checkToolSandbox(args),
    ]);
    super(componentType("serving", "ToolSandbox"), name, {}, opts);
    placedChildOptions(this, args.nodes.kind === "eks" ? "aws" : "gcp");
    const childOpts = placedChildOptions(this, "kubernetes");
    const { transform = {}, podLimits = POD_LIMITS } = args;
    const labels = kubernetesLabels(args.allocation ?? {});

    const runtime = createSandboxNodes(name, args, childOpts);
    const guard = createGuard(name, args, labels, childOpts);
    const namespace = createTenantNamespace(
      name,
      {
        namespace: args.namespace,
        labels,
        podSecurity: "restricted",
        isProtected: false,
        transform: transform.namespace,
      },
      // No pod comes before the rule that judges it.
      { ...childOpts, dependsOn: [...guard] },
    );
    const metadata = { namespace: namespace.metadata.name, labels };
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      childName(name, "account"),
      { metadata: { ...metadata, name: SERVICE_ACCOUNT }, automountServiceAccountToken: false },
      childOpts,
    );
    createLimits(name, args, podLimits, metadata, childOpts);
    const networkPolicies = createNetworkPolicies(
      name,
      sandboxPolicies(args),
      metadata,
      transform.networkPolicy,
      childOpts,
    );

    this.namespaceName = namespace.metadata.name;
    this.runtimeClassName = RUNTIME_CLASS;
    this.serviceAccountName = SERVICE_ACCOUNT;
    this.nodes = { namespace, serviceAccount, runtime, networkPolicies };
    this.registerOutputs({
      namespaceName: this.namespaceName,
      runtimeClassName: this.runtimeClassName,
      serviceAccountName: this.serviceAccountName,
    });
  }
}

function sandboxPolicies({ callers = [], allowed = [], hasDns, nodes, port }: ToolSandboxArgs) {
  return {
    "deny-all": DENY_ALL,
    ...(callers.length > 0 ? { callers: allowFrom({}, callers, [port ?? 8080]) } : {}),
    ...(allowed.length > 0 ? { allowed: allowAddresses(allowed) } : {}),
    ...(hasDns === true ? { dns: allowDns(nodes.kind === "eks" ? "aws" : "gcp") } : {}),
  };
}

function createGuard(
  name: string,
  { namespace }: ToolSandboxArgs,
  labels: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const policyName = physicalName("kubernetesName", `${name}-sandbox`);
  const metadata = { name: policyName, labels };
  const policy = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
    childName(name, "guard"),
    { metadata, spec: SANDBOX_POLICY },
    opts,
  );
  const binding = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    childName(name, "guard"),
    { metadata, spec: sandboxBinding(policyName, namespace) },
    { ...opts, dependsOn: [policy] },
  );
  return [policy, binding];
}

function createLimits(
  name: string,
  { quota }: ToolSandboxArgs,
  podLimits: SandboxPodLimits,
  metadata: { readonly namespace: pulumi.Output<string>; readonly labels: Record<string, string> },
  opts: pulumi.CustomResourceOptions,
): void {
  new kubernetes.core.v1.ResourceQuota(
    childName(name, "quota"),
    { metadata: { ...metadata, name: "tools" }, spec: quotaSpec({ ...quota, gpus: 0 }) },
    opts,
  );
  const most = {
    cpu: String(podLimits.cpus),
    memory: `${podLimits.memoryGib}Gi`,
    "ephemeral-storage": `${podLimits.localDiskGib}Gi`,
  };
  new kubernetes.core.v1.LimitRange(
    childName(name, "limits"),
    {
      metadata: { ...metadata, name: "tools" },
      spec: {
        limits: [
          { type: "Pod", max: most },
          { type: "Container", max: most, default: most, defaultRequest: most },
        ],
      },
    },
    opts,
  );
}
