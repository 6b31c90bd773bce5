/** Cases of control planes, of GPU pools, and of pods. */
import { UNKNOWN } from "../../../support/mini-engine/wire-values";
import { type RuleCase, resource } from "../rule-case";

const EKS = "aws:eks/cluster:Cluster";
const GKE = "gcp:container/cluster:Cluster";
const closedEks = { vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false } };
const closedGke = {
  privateClusterConfig: { enablePrivateNodes: true },
  controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
};

const controlPlanes: readonly RuleCase[] = [
  {
    rule: "control-plane-is-private",
    what: "a control plane on the internet, said or left to the cloud",
    resources: [
      resource(EKS, "said", { vpcConfig: { ...closedEks.vpcConfig, endpointPublicAccess: true } }),
      resource(EKS, "silent", { vpcConfig: {} }),
      resource(GKE, "addressed", { privateClusterConfig: { enablePrivateNodes: true } }),
      resource(GKE, "public-nodes", {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: false } },
      }),
    ],
    breaches: [
      ["said", "vpcConfig.endpointPublicAccess: must be false"],
      ["silent", "vpcConfig.endpointPublicAccess: must be false"],
      ["silent", "vpcConfig.endpointPrivateAccess: must be true"],
      ["addressed", "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled: must be false"],
      ["public-nodes", "privateClusterConfig.enablePrivateNodes: must be true"],
    ],
  },
  {
    rule: "control-plane-is-private",
    what: "what is private, and what a preview does not know",
    resources: [
      resource(EKS, "closed", closedEks),
      resource(EKS, "unknown", { vpcConfig: UNKNOWN }),
      resource(GKE, "closed-too", closedGke),
      resource(GKE, "internal", {
        privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
      }),
    ],
    breaches: [],
  },
  {
    rule: "control-plane-is-private",
    what: "other addresses than those that a configuration allows",
    config: { publicAccessCidrs: ["203.0.113.0/24"] },
    resources: [
      resource(EKS, "open", { vpcConfig: { endpointPrivateAccess: true } }),
      resource(EKS, "wider", {
        vpcConfig: {
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: ["203.0.113.0/24", "0.0.0.0/0"],
        },
      }),
    ],
    breaches: [
      ["open", "vpcConfig.endpointPublicAccess: must be false"],
      ["wider", "vpcConfig.endpointPublicAccess: must be false"],
    ],
  },
  {
    rule: "control-plane-is-private",
    what: "the addresses that a configuration allows",
    config: { publicAccessCidrs: ["203.0.113.0/24"] },
    resources: [
      resource(EKS, "office", {
        vpcConfig: {
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: ["203.0.113.0/24"],
        },
      }),
    ],
    breaches: [],
  },
  {
    rule: "cluster-secrets-are-encrypted",
    what: "secrets under a key of the cloud's",
    resources: [
      resource(EKS, "plain", {}),
      resource(EKS, "other", { encryptionConfig: { provider: { keyArn: "key" }, resources: [] } }),
      resource(GKE, "decrypted", { databaseEncryption: { state: "DECRYPTED" } }),
    ],
    breaches: [
      ["plain", "encryptionConfig: must name a key"],
      ["other", "encryptionConfig: must name a key"],
      ["decrypted", 'databaseEncryption.state: must be "ENCRYPTED"'],
    ],
  },
  {
    rule: "cluster-secrets-are-encrypted",
    what: "a key, be it not made yet",
    resources: [
      resource(EKS, "ours", {
        encryptionConfig: { provider: { keyArn: UNKNOWN }, resources: ["secrets"] },
      }),
      resource(GKE, "ours-too", {
        databaseEncryption: { state: "ENCRYPTED", keyName: UNKNOWN },
      }),
    ],
    breaches: [],
  },
];

const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const GKE_POOL = "gcp:container/nodePool:NodePool";
const gpuTaint = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };

const karpenter = (name: string, pool: string, gpus: number | undefined) =>
  resource(NODE_POOL, name, {
    spec: {
      limits: gpus === undefined ? { nodes: "3" } : { "nvidia.com/gpu": String(gpus) },
      template: {
        metadata: { labels: { "capplan/pool": pool } },
        spec: { taints: [gpuTaint] },
      },
    },
  });
const group = (name: string, maxSize: number) =>
  resource(NODE_GROUP, name, {
    amiType: "AL2023_x86_64_NVIDIA",
    labels: { "capplan/pool": "h100" },
    scalingConfig: { maxSize },
  });
const gkePool = (name: string, autoscaling: unknown) =>
  resource(GKE_POOL, name, {
    nodeLocations: ["europe-west4-a", "europe-west4-b"],
    nodeConfig: {
      labels: { "capplan/pool": "h100" },
      guestAccelerators: [{ type: "nvidia-h100-80gb", count: 1 }],
    },
    autoscaling,
  });

/** The plan has 24 accelerators, 8 a node, in us-east-1/h100, and 2, one a node, in europe-west4/h100. */
const gpuPools: readonly RuleCase[] = [
  {
    rule: "gpu-pools-are-within-plan",
    what: "kinds of capacity that together are more than the plan has",
    resources: [karpenter("on-demand", "h100", 8), karpenter("spot", "h100", 24)],
    breaches: [["spot", 'spec.limits["nvidia.com/gpu"]: pool h100 may have 24 accelerators']],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "a pool without a limit, and one that nobody planned",
    resources: [karpenter("endless", "h100", undefined), karpenter("stray", "a100", 8)],
    breaches: [
      ["endless", 'spec.limits["nvidia.com/gpu"]: must limit the pool'],
      ["stray", 'the plan has no pool "a100" in us-east-1'],
    ],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "one node too many in a managed group",
    resources: [group("gpu", 4)],
    breaches: [["gpu", "scalingConfig.maxSize: pool h100 may have 24 accelerators"]],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "nodes of GKE that are counted by zone, or not at all",
    config: { place: "europe-west4" },
    resources: [gkePool("by-zone", { maxNodeCount: 2 }), gkePool("endless", undefined)],
    breaches: [
      ["endless", "autoscaling.totalMaxNodeCount: must limit the pool"],
      ["endless", "autoscaling.totalMaxNodeCount: pool h100 may have 2 accelerators"],
    ],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "a stack whose plan is not there",
    config: { plan: "nowhere.plan.json" },
    resources: [group("gpu", 1)],
    breaches: [["", "no plan to judge by: there is no file nowhere.plan.json"]],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "pools that are as large as planned, and nodes without GPUs",
    resources: [
      karpenter("on-demand", "h100", 8),
      karpenter("spot", "h100", 16),
      resource(NODE_GROUP, "system", {
        amiType: "AL2023_x86_64_STANDARD",
        labels: { "capplan/pool": "system" },
        scalingConfig: { maxSize: 90 },
      }),
    ],
    breaches: [],
  },
  {
    rule: "gpu-pools-are-within-plan",
    what: "nodes of GKE, counted over all zones",
    config: { place: "europe-west4" },
    resources: [gkePool("all", { totalMaxNodeCount: 2, maxNodeCount: UNKNOWN })],
    breaches: [],
  },
];

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;
const engine = (image: string, more: Readonly<Record<string, unknown>> = {}) => ({
  name: "engine",
  image,
  resources: { limits: { "nvidia.com/gpu": "4" } },
  ...more,
});
const workload = (name: string, spec: Readonly<Record<string, unknown>>) =>
  resource(DEPLOYMENT, name, { spec: { template: { spec } } });

const pods: readonly RuleCase[] = [
  {
    rule: "gpu-images-are-pinned",
    what: "tags on GPU nodes, of init containers and of whoever selects the pool as well",
    resources: [
      workload("asks", { containers: [engine("vllm/vllm-openai:v0.11.0")] }),
      workload("prepares", {
        containers: [engine(`vllm${digest}`)],
        initContainers: [{ name: "weights", image: "loader:1" }],
      }),
      workload("selects", {
        nodeSelector: { "capplan/pool": "h100" },
        containers: [{ name: "tool", image: "tool" }],
      }),
      resource("kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet", "group", {
        spec: {
          leaderWorkerTemplate: { workerTemplate: { spec: { containers: [engine("vllm:1")] } } },
        },
      }),
    ],
    breaches: [
      ["asks", "spec.template.spec.containers[0].image: must end in a digest"],
      ["prepares", "spec.template.spec.initContainers[0].image: must end in a digest"],
      ["selects", "spec.template.spec.containers[0].image: must end in a digest"],
      [
        "group",
        "spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].image: must end in a digest",
      ],
    ],
  },
  {
    rule: "gpu-images-are-pinned",
    what: "digests, and tags on nodes of the system",
    resources: [
      workload("pinned", { containers: [engine(`vllm/vllm-openai:v0.11.0${digest}`)] }),
      workload("system", {
        nodeSelector: { "capplan/pool": "system" },
        containers: [{ name: "agent", image: "agent:1" }],
      }),
      workload("anywhere", { containers: [{ name: "agent", image: "agent:1" }] }),
    ],
    breaches: [],
  },
  {
    rule: "pods-are-unprivileged",
    what: "pods that are as good as their node",
    resources: [
      workload("privileged", {
        hostNetwork: true,
        hostPID: true,
        containers: [
          engine("vllm", {
            securityContext: {
              privileged: true,
              allowPrivilegeEscalation: true,
              capabilities: { add: ["SYS_ADMIN", "NET_BIND_SERVICE"] },
            },
          }),
        ],
      }),
      resource("kubernetes:batch/v1:CronJob", "nightly", {
        spec: { jobTemplate: { spec: { template: { spec: { hostIPC: true } } } } },
      }),
    ],
    breaches: [
      ["privileged", "spec.template.spec.hostNetwork: must be false"],
      ["privileged", "spec.template.spec.hostPID: must be false"],
      ["privileged", "spec.template.spec.containers[0].securityContext.privileged"],
      ["privileged", "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation"],
      [
        "privileged",
        'spec.template.spec.containers[0].securityContext.capabilities.add: must not have "SYS_ADMIN"',
      ],
      ["nightly", "spec.jobTemplate.spec.template.spec.hostIPC: must be false"],
    ],
  },
  {
    rule: "pods-are-unprivileged",
    what: "a pod that can do no more than it needs",
    resources: [
      workload("engine", {
        hostNetwork: false,
        containers: [
          engine("vllm", {
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"], add: ["IPC_LOCK"] },
            },
          }),
        ],
      }),
    ],
    breaches: [],
  },
];

export const clusterCases: readonly RuleCase[] = [...controlPlanes, ...gpuPools, ...pods];
