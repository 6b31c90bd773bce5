import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { InferenceService, type InferenceServiceArgs } from "../../../components/serving";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { customResources } from "../../support/crd/manifest";
import { manifestProblems } from "../../support/crd/problems";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { poolOf, replicas, servedFromGcs, serviceArgs, spanningArgs } from "./serving-fixture";

function service(args: InferenceServiceArgs = serviceArgs) {
  return (): Record<string, unknown> => {
    const inCluster = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    const inCloud =
      args.weights.source.kind === "s3"
        ? new aws.Provider("us-east-1", { region: "us-east-1" })
        : new gcp.Provider("europe-west4", { region: "europe-west4" });
    const { serviceName, port, servingLabels, metricsPortName } = new InferenceService(
      "llama",
      args,
      { providers: [inCluster, inCloud] },
    );
    return { serviceName, port, servingLabels, metricsPortName };
  };
}

const byAutoscaler: InferenceServiceArgs = {
  ...servedFromGcs,
  ...replicas,
  scaling: {
    by: "hpa",
    replicasMin: 2,
    replicasMax: 8,
    podMetric: { name: "vllm:num_requests_waiting", target: 4 },
    scaleUp: { stabilizationWindowSeconds: 0, periodSeconds: 60 },
    scaleDown: { stabilizationWindowSeconds: 300, periodSeconds: 60 },
  },
};

describeComponentLaws({ name: "inference-service-eks", program: service() });
describeComponentLaws({ name: "inference-service-spanning", program: service(spanningArgs) });
describeComponentLaws({ name: "inference-service-hpa", program: service(byAutoscaler) });

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const LEADER_WORKER_SET = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources: { readonly requests: unknown; readonly limits: unknown };
  readonly [field: string]: unknown;
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly unknown[];
  readonly [field: string]: unknown;
}
interface Template {
  readonly metadata: {
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  };
  readonly spec: PodSpec;
}

const specOf = (run: EngineRun, type: string) =>
  only(run, type).inputs["spec"] as Record<string, unknown>;
const templateOf = (run: EngineRun): Template => specOf(run, DEPLOYMENT)["template"] as Template;

describeWithDefinitions("the objects of an InferenceService", () => {
  describeWithRules("with rules", () => {
    it("are what KEDA's definitions take", async () => {
      const { resources } = await registered(service());
      // Those of others are the server's own, and typed by the SDK.
      const objects = customResources(resources).filter(({ apiVersion }) =>
        apiVersion.startsWith("keda.sh/"),
      );
      expect(objects.map(({ kind }) => kind).sort()).toEqual([
        "ScaledObject",
        "TriggerAuthentication",
      ]);
      expect(objects.flatMap(manifestProblems)).toEqual([]);
    });
  });
});

describe("InferenceService", () => {
  it("serves with the engine that was planned, on the nodes of its pool", async () => {
    const { spec } = templateOf(await registered(service()));
    expect(spec).toMatchObject({
      nodeSelector: { "capplan/pool": "h100" },
      tolerations: [{ key: "nvidia.com/gpu", value: "present" }],
      priorityClassName: "serving",
      terminationGracePeriodSeconds: 660,
    });
    const [engine] = spec.containers;
    expect(engine).toMatchObject({
      image: serviceArgs.image,
      command: ["vllm", "serve"],
      // startupSeconds 425, asked every 10 s.
      startupProbe: { httpGet: { path: "/health" }, periodSeconds: 10, failureThreshold: 43 },
      readinessProbe: { periodSeconds: 5, failureThreshold: 2 },
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
      resources: {
        requests: {
          cpu: "90",
          memory: "900Gi",
          "nvidia.com/gpu": "4",
          "ephemeral-storage": "162Gi",
        },
        limits: { memory: "900Gi", "nvidia.com/gpu": "4", "ephemeral-storage": "162Gi" },
      },
    });
    expect(engine?.args).toEqual(
      expect.arrayContaining([
        "--served-model-name=llama-3.1-70b",
        "--max-num-seqs=256",
        // What the grace period leaves once nobody sends any more.
        "--shutdown-timeout=645",
      ]),
    );
    expect(spec.volumes).toContainEqual({
      name: "shm",
      emptyDir: { medium: "Memory", sizeLimit: "8Gi" },
    });
  });

  it("runs nothing as root, writes nothing to an image, and holds no token", async () => {
    const { spec } = templateOf(await registered(service()));
    // kubernetes.io/docs/concepts/security/pod-security-standards, level "restricted".
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 2000,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    for (const container of [...spec.containers, ...spec.initContainers]) {
      expect(container["securityContext"]).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
    const kinds = (spec.volumes as Record<string, unknown>[]).flatMap((volume) =>
      Object.keys(volume).filter((key) => key !== "name"),
    );
    expect(new Set(kinds)).toEqual(new Set(["emptyDir"]));
  });

  it("fetches weights before the engine starts, from one folder that it alone may read", async () => {
    const run = await registered(service());
    const [weights] = templateOf(run).spec.initContainers;
    expect(weights?.args.slice(0, 3)).toEqual([
      "copy",
      ":s3,provider=AWS,env_auth=true,region=us-east-1:acme-weights/models/llama-3.1-70b/",
      "/weights",
    ]);
    expect(weights?.args).toContain("--max-duration=425s");
    const policy = JSON.parse(String(only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"]));
    expect(policy.Statement).toEqual([
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::acme-weights/models/llama-3.1-70b/*",
      },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::acme-weights",
        Condition: {
          StringLike: { "s3:prefix": ["models/llama-3.1-70b/*", "models/llama-3.1-70b/"] },
        },
      },
    ]);
    const association = only(run, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(association.inputs).toMatchObject({ namespace: "support", serviceAccount: "llama" });
    expect(templateOf(run).spec["serviceAccountName"]).toBe("llama");
    expect(only(run, DEPLOYMENT).dependencies).toContain(association.urn);
  });

  it("reads Cloud Storage by a condition on the folder", async () => {
    const run = await registered(service(byAutoscaler));
    const { inputs } = only(run, "gcp:storage/bucketIAMMember:BucketIAMMember");
    expect(inputs).toMatchObject({
      bucket: "acme-weights",
      role: "roles/storage.objectViewer",
      member:
        "principal://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/acme-serving.svc.id.goog/subject/ns/support/sa/llama",
    });
    expect(inputs["condition"]).toMatchObject({
      expression:
        'resource.name.startsWith("projects/_/buckets/acme-weights/objects/models/llama-3.1-70b/") || (resource.name == "projects/_/buckets/acme-weights" && api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("models/llama-3.1-70b/"))',
    });
    expect(templateOf(run).spec.initContainers[0]?.args[1]).toBe(
      ":gcs,env_auth=true,bucket_policy_only=true:acme-weights/models/llama-3.1-70b/",
    );
  });

  it("reads encrypted weights with their key, and no other", async () => {
    const { source } = serviceArgs.weights;
    const run = await registered(
      service({
        ...serviceArgs,
        weights: {
          ...serviceArgs.weights,
          source: { ...source, kmsKeyArn: "arn:aws:kms:us-east-1:1:key/k" } as never,
        },
      }),
    );
    const policy = JSON.parse(String(only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"]));
    expect(policy.Statement).toContainEqual({
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "arn:aws:kms:us-east-1:1:key/k",
    });
  });

  it("is one Service with the replicas that answer, kept through maintenance and spread over zones", async () => {
    const run = await registered(service());
    expect(specOf(run, "kubernetes:core/v1:Service")).toEqual({
      type: "ClusterIP",
      selector: { "app.kubernetes.io/name": "llama", "capplan/answers": "requests" },
      ports: [{ name: "http", port: 8000, targetPort: "engine" }],
    });
    expect(specOf(run, "kubernetes:policy/v1:PodDisruptionBudget")).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { "app.kubernetes.io/name": "llama" } },
    });
    expect(specOf(run, DEPLOYMENT)).toMatchObject({
      replicas: 4,
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
    const template = templateOf(run);
    expect(template.metadata.labels).toMatchObject({
      "app.kubernetes.io/name": "llama",
      "capplan/part": "engine",
      "capplan/tenant": "support",
      "capplan/model": "llama-3.1-70b",
    });
    expect(template.spec["topologySpreadConstraints"]).toMatchObject([
      { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
      { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
    ]);
  });

  it("asks for the accelerator network where a pool has one", async () => {
    const interfaces = '[{"interfaceName":"eth0","network":"default"}]';
    const run = await registered(
      service({
        ...serviceArgs,
        resources: { ...replicas.resources, extended: { "vpc.amazonaws.com/efa": 16 } },
        podAnnotations: { "networking.gke.io/interfaces": interfaces },
      }),
    );
    const { metadata, spec } = templateOf(run);
    expect(metadata.annotations).toMatchObject({
      "networking.gke.io/interfaces": interfaces,
      "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    });
    expect(spec.containers[0]?.resources.limits).toMatchObject({ "vpc.amazonaws.com/efa": "16" });
  });

  it("leaves the number of replicas to what scales them", async () => {
    const run = await registered(service());
    const scaled = only(run, SCALED_OBJECT);
    expect(scaled.dependencies).toContain(only(run, DEPLOYMENT).urn);
    expect(scaled.inputs["spec"]).toMatchObject({
      scaleTargetRef: { kind: "Deployment", name: "llama" },
    });
    const autoscaled = await registered(service(byAutoscaler));
    expect(ofType(autoscaled, SCALED_OBJECT)).toEqual([]);
    expect(specOf(autoscaled, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", name: "llama" },
    });
    // Replicas that were scaled meanwhile are not a change.
    const second = await registered(service({ ...serviceArgs, replicas: 5 }), {
      state: run.state,
    });
    const deployment = only(second, DEPLOYMENT);
    expect(second.operations.get(deployment.urn)).toBe("same");
  });

  it("makes a group of pods of each replica that spans nodes", async () => {
    const run = await registered(service(spanningArgs));
    expect(ofType(run, DEPLOYMENT)).toEqual([]);
    const spec = specOf(run, LEADER_WORKER_SET) as {
      readonly leaderWorkerTemplate: {
        readonly leaderTemplate: Template;
        readonly workerTemplate: Template;
      };
    };
    // Names of fields: kubernetes-sigs/lws, api/leaderworkerset/v1.
    expect(spec).toMatchObject({
      replicas: 2,
      startupPolicy: "LeaderCreated",
      rolloutStrategy: {
        type: "RollingUpdate",
        rollingUpdateConfiguration: { maxSurge: 0, maxUnavailable: 1 },
      },
      leaderWorkerTemplate: { size: 2, restartPolicy: "RecreateGroupOnPodRestart" },
    });
    const { leaderTemplate, workerTemplate } = spec.leaderWorkerTemplate;
    const [leader] = leaderTemplate.spec.containers;
    const [worker] = workerTemplate.spec.containers;
    expect(worker?.args).toEqual([...(leader?.args ?? []), "--headless"]);
    for (const container of [leader, worker]) {
      expect(container?.resources.limits).toMatchObject({ "nvidia.com/gpu": "8" });
      expect(container?.env?.map(({ name }) => name)).toContain("VLLM_HOST_IP");
    }
    // A worker stays for as long as its leader may have requests, and answers none itself.
    expect(worker).not.toHaveProperty("readinessProbe");
    expect(worker?.["lifecycle"]).toEqual({ preStop: { exec: { command: ["sleep", "660"] } } });
    expect(specOf(run, "kubernetes:core/v1:Service")["selector"]).toEqual({
      "app.kubernetes.io/name": "llama",
      "capplan/answers": "requests",
    });
    expect(leaderTemplate.metadata.labels).toHaveProperty(["capplan/answers"], "requests");
    expect(workerTemplate.metadata.labels).not.toHaveProperty(["capplan/answers"]);
    expect(leaderTemplate.spec["affinity"]).toMatchObject({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { matchLabelKeys: ["leaderworkerset.sigs.k8s.io/group-index"] },
        ],
      },
    });
  });

  const { engine, resources } = replicas;
  const { weights } = serviceArgs;
  it.each<[string, Partial<InferenceServiceArgs>]>([
    ["namespace", { namespace: "Support" }],
    ["modelName", { modelName: "" }],
    ["image", { image: "docker.io/vllm/vllm-openai:v0.23.0" }],
    ["image", { image: `docker.io/vllm/vllm-openai@sha256:${"f".repeat(63)}` }],
    ["weights.image", { weights: { ...weights, image: "rclone/rclone:latest" } }],
    ["weights.sizeGib", { weights: { ...weights, sizeGib: 0 } }],
    [
      "weights.source.prefix",
      { weights: { ...weights, source: { ...weights.source, prefix: "/models/" } } },
    ],
    [
      "weights.source.prefix",
      { weights: { ...weights, source: { ...weights.source, prefix: "models/../others" } } },
    ],
    ["weights.fetchSecondsMax", { weights: { ...weights, fetchSecondsMax: 0 } }],
    ["terminationGracePeriodSeconds", { terminationGracePeriodSeconds: 614 }],
    ["terminationGracePeriodSeconds", { terminationGracePeriodSeconds: Number.NaN }],
    ["terminationGracePeriodSeconds", { terminationGracePeriodSeconds: 200_000 }],
    ["longestStreamSeconds", { longestStreamSeconds: 0 }],
    ["userId", { userId: 0 }],
    ["priorityClassName", { priorityClassName: "High!" }],
    ["env.HOME", { env: { HOME: "/root" } }],
    ["env.VLLM_NIXL_SIDE_CHANNEL_PORT", { env: { VLLM_NIXL_SIDE_CHANNEL_PORT: "1" } }],
    ["env.a-b", { env: { "a-b": "1" } }],
    ["replicas", { replicas: 9, scaling: serviceArgs.scaling! }],
    ["scaling.replicasMax", { pool: poolOf(3) }],
    ["scaling.replicasMax", { rollout: { surgeMax: 1 } }],
    ["rollout.unavailableMax", { rollout: { unavailableMax: 0 } }],
    ["resources.memoryGib", { resources: { ...resources, memoryGib: 8 } }],
    ["resources.cpus", { resources: { ...resources, cpus: 0 } }],
    ["startupSeconds", { startupSeconds: 0 }],
    ["probes.timeoutSeconds", { probes: { intervalSeconds: 1, timeoutSeconds: 2 } }],
    ["zoneSpread", { zoneSpread: "always" as never }],
    ["engine.maxBatchedTokens", { engine: { ...engine, maxBatchedTokens: 1 } }],
    // 12 GPUs on nodes of 8.
    ["engine", { engine: { ...engine, tensorParallel: 4, pipelineParallel: 3 }, pool: poolOf(64) }],
    // 24 GPUs, of which 6 at a time do not divide 8.
    [
      "engine",
      {
        engine: { ...engine, tensorParallel: 6, dataParallel: 4 },
        pool: poolOf(64),
      },
    ],
    [
      "zoneSpread",
      { engine: { ...engine, tensorParallel: 16 }, pool: poolOf(64), zoneSpread: "required" },
    ],
    [
      "disruptedMax",
      { engine: { ...engine, tensorParallel: 16 }, pool: poolOf(64), disruptedMax: 2 },
    ],
  ])("fails when %s cannot be provisioned", async (propertyPath, change) => {
    await expect(registered(service({ ...serviceArgs, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });

  it("fails without an explicit provider of the weights' cloud", async () => {
    const program = () => {
      const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
      new InferenceService("llama", serviceArgs, { provider });
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
