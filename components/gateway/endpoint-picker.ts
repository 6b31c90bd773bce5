/** The pods of an endpoint picker, what they may read, and the InferencePool that they serve. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { physicalName } from "../foundation/physical-name";
import { shortHash } from "../foundation/short-hash";
import { endpointPickerConfig, inferencePoolSpec, PICKER_PORT } from "./endpoint-picker-config";
import { type InferencePoolArgs, PICKER_REPLICAS } from "./inference-args";

const HEALTH_PORT = 9003;
const METRICS_PORT = 9090;
const CONFIG_FILE = "picker.yaml";
const LABEL = "app.kubernetes.io/name";
/** By which a ServingTenant's policies of the network know pickers. */
const PICKER_LABEL = { "capplan/part": "picker" };

/** What a picker needs to know of where it is. */
export interface PickerPlace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly opts: pulumi.CustomResourceOptions;
}

/** Makes a picker and its pool. */
export function createInferencePool(
  name: string,
  poolName: string,
  pool: InferencePoolArgs,
  { namespace, labels, podLabels, opts }: PickerPlace,
): kubernetes.apiextensions.CustomResource {
  const pickerName = physicalName("kubernetesName", `${poolName}-picker`);
  const childOf = childName(name, "picker");
  const metadata = {
    name: pickerName,
    namespace,
    labels: { ...labels, [LABEL]: pickerName, ...PICKER_LABEL },
  };
  const config = endpointPickerConfig(pool.flowControl, pool.disaggregation);
  const account = new kubernetes.core.v1.ServiceAccount(childOf, { metadata }, opts);
  createRights(childOf, metadata, opts);
  const configMap = new kubernetes.core.v1.ConfigMap(
    childOf,
    { metadata, data: { [CONFIG_FILE]: config } },
    opts,
  );
  const selector = { [LABEL]: pickerName };
  new kubernetes.core.v1.Service(
    childOf,
    {
      metadata,
      spec: {
        selector,
        ports: [
          { name: "grpc", port: PICKER_PORT },
          { name: "metrics", port: METRICS_PORT },
        ],
      },
    },
    opts,
  );
  new kubernetes.apps.v1.Deployment(
    childOf,
    {
      // Only the picker that works is ready, so the deployment as a whole never is.
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: {
        replicas: pool.pickerReplicas ?? PICKER_REPLICAS,
        // Pickers that wait are never ready, so a rolling update would wait for them for ever.
        strategy: { type: "Recreate" },
        selector: { matchLabels: selector },
        template: {
          // The file is read once: new contents start new pods.
          metadata: {
            labels: { ...podLabels, ...selector, ...PICKER_LABEL },
            annotations: { "capplan/config": shortHash(config) },
          },
          spec: {
            serviceAccountName: account.metadata.name,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [pickerContainer(poolName, pool, namespace)],
            volumes: [{ name: "config", configMap: { name: configMap.metadata.name } }],
          },
        },
      },
    },
    opts,
  );
  return new kubernetes.apiextensions.CustomResource(
    childName(name, "pool"),
    {
      apiVersion: "inference.networking.k8s.io/v1",
      kind: "InferencePool",
      metadata: { name: poolName, namespace, labels },
      spec: inferencePoolSpec(pool, pickerName),
    },
    opts,
  );
}

function pickerContainer(
  poolName: string,
  { pickerImage, pickerReplicas = PICKER_REPLICAS }: InferencePoolArgs,
  namespace: string,
): kubernetes.types.input.core.v1.Container {
  const isHa = pickerReplicas > 1;
  const probe = (service: string) => ({
    grpc: { port: HEALTH_PORT, service: isHa ? service : "inference-extension" },
  });
  return {
    name: "picker",
    image: pickerImage,
    args: [
      "--pool-name",
      poolName,
      "--pool-namespace",
      namespace,
      "--pool-group",
      "inference.networking.k8s.io",
      "--config-file",
      `/config/${CONFIG_FILE}`,
      "--grpc-health-port",
      String(HEALTH_PORT),
      // They hold numbers and no prompts; a collector would need a token of its own for each cluster.
      "--metrics-endpoint-auth=false",
      ...(isHa ? ["--ha-enable-leader-election"] : []),
    ],
    ports: [
      { name: "grpc", containerPort: PICKER_PORT },
      { name: "grpc-health", containerPort: HEALTH_PORT },
      { name: "metrics", containerPort: METRICS_PORT },
    ],
    env: [
      { name: "NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    livenessProbe: { ...probe("liveness"), initialDelaySeconds: 5, periodSeconds: 10 },
    readinessProbe: { ...probe("readiness"), periodSeconds: 2 },
    resources: { requests: { cpu: "2", memory: "2Gi" }, limits: { memory: "2Gi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "config", mountPath: "/config", readOnly: true }],
  };
}

const READ = ["get", "list", "watch"];

/** A picker reads pods and pools, and takes a lease to know which one of it works. */
function createRights(
  childOf: string,
  metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
  },
  opts: pulumi.CustomResourceOptions,
): void {
  new kubernetes.rbac.v1.Role(
    childOf,
    {
      metadata,
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: READ },
        {
          apiGroups: ["inference.networking.k8s.io"],
          resources: ["inferencepools"],
          verbs: READ,
        },
        {
          apiGroups: ["llm-d.ai", "inference.networking.x-k8s.io"],
          resources: ["inferenceobjectives", "inferencemodelrewrites"],
          verbs: READ,
        },
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          verbs: [...READ, "create", "update", "patch"],
        },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
      ],
    },
    opts,
  );
  new kubernetes.rbac.v1.RoleBinding(
    childOf,
    {
      metadata,
      subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: metadata.namespace }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
    },
    opts,
  );
}
