/** A namespace with the marks that it is judged by, and what it may use in all. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { GPU_RESOURCE } from "../cluster";
import { childName } from "../foundation/child-name";
import { type Transform, transformed } from "../foundation/transform";
import type { TenantQuotaArgs } from "./serving-tenant-args";

/** What a namespace is made of. */
interface TenantNamespace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podSecurity: "restricted" | "baseline";
  readonly isProtected: boolean;
  readonly transform: Transform<kubernetes.core.v1.NamespaceArgs> | undefined;
}

/** Makes a namespace, and takes the token from its default service account. */
export function createTenantNamespace(
  name: string,
  { namespace, labels, podSecurity, isProtected, transform }: TenantNamespace,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Namespace {
  const security = "pod-security.kubernetes.io";
  const made = new kubernetes.core.v1.Namespace(
    ...transformed<kubernetes.core.v1.NamespaceArgs>(
      transform,
      childName(name, "namespace"),
      {
        metadata: {
          name: namespace,
          labels: {
            ...labels,
            [`${security}/enforce`]: podSecurity,
            [`${security}/enforce-version`]: "latest",
            // What would be refused under the stricter level is told to whoever applies it.
            [`${security}/warn`]: "restricted",
            [`${security}/warn-version`]: "latest",
          },
        },
      },
      { ...opts, protect: isProtected },
    ),
  );
  new kubernetes.core.v1.ServiceAccountPatch(
    childName(name, "default-account"),
    {
      metadata: {
        name: "default",
        namespace: made.metadata.name,
        annotations: { "pulumi.com/patchForce": "true" },
      },
      automountServiceAccountToken: false,
    },
    opts,
  );
  return made;
}

/** The `spec` of a quota. GPUs are counted by requests, which is the only way that Kubernetes has for them. */
export function quotaSpec({
  gpus,
  cpus,
  memoryGib,
  pods,
  localDiskGib,
}: TenantQuotaArgs): kubernetes.types.input.core.v1.ResourceQuotaSpec {
  return {
    hard: {
      [`requests.${GPU_RESOURCE}`]: String(gpus),
      "requests.cpu": String(cpus),
      "requests.memory": `${memoryGib}Gi`,
      "limits.memory": `${memoryGib}Gi`,
      "requests.ephemeral-storage": `${localDiskGib}Gi`,
      pods: String(pods),
      // Nothing of a tenant is reached but through the gateway.
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    },
  };
}
