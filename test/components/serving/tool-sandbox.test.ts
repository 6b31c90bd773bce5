import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import { ToolSandbox, type ToolSandboxArgs } from "../../../components/serving";
import { SANDBOX_RULES } from "../../../components/serving/sandbox-admission";
import { gvisorUserData } from "../../../components/serving/sandbox-nodes";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules, evaluateExpression } from "../../support/crd/check-rules";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { isAllowed, type Party, type PolicySpec } from "./network-world";

const gvisor = {
  version: "20261116.0",
  runscSha512: "a".repeat(128),
  shimSha512: "b".repeat(128),
};

const onEks: ToolSandboxArgs = {
  namespace: "tools",
  nodes: {
    kind: "eks",
    clusterName: "support",
    nodeRoleArn: "arn:aws:iam::123456789012:role/node",
    subnetIds: ["subnet-1", "subnet-2"],
    releaseVersion: "1.34.2-20261115",
    gvisor,
    kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/disk",
  },
  nodesMin: 2,
  nodesMax: 2,
  quota: { pods: 40, cpus: 16, memoryGib: 64, localDiskGib: 200 },
  allocation: { tenant: "support" },
};

const onGke: ToolSandboxArgs = {
  ...onEks,
  nodes: {
    kind: "gke",
    clusterId: "projects/acme/locations/europe-west4/clusters/support",
    zones: ["europe-west4-a", "europe-west4-b"],
    serviceAccountEmail: "nodes@acme.iam.gserviceaccount.com",
    kmsKeyId: "projects/acme/locations/europe-west4/keyRings/support/cryptoKeys/disks",
  },
  nodesMin: 1,
  nodesMax: 4,
  callers: [{ namespace: "agents" }],
  allowed: [{ cidrs: ["192.0.2.0/24"], ports: [443] }],
  hasDns: true,
};

function sandbox(args: ToolSandboxArgs) {
  return (): Record<string, unknown> => {
    const providers = [
      new kubernetes.Provider("cluster", { kubeconfig: "{}" }),
      args.nodes.kind === "eks"
        ? new aws.Provider("us-east-1", { region: "us-east-1" })
        : new gcp.Provider("europe-west4", { region: "europe-west4" }),
    ];
    const made = new ToolSandbox("tools", args, { providers });
    return { namespaceName: made.namespaceName, runtimeClassName: made.runtimeClassName };
  };
}

describeComponentLaws({ name: "tool-sandbox-eks", program: sandbox(onEks) });
describeComponentLaws({
  name: "tool-sandbox-gke",
  program: sandbox(onGke),
  untaggedTypes: {
    "gcp:container/nodePool:NodePool": "labels are in nodeConfig.resourceLabels",
  },
});

const policiesOf = (run: EngineRun): readonly PolicySpec[] =>
  ofType(run, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
    ({ inputs }) => inputs["spec"] as PolicySpec,
  );
const tool: Party = { kind: "pod", namespace: "tools", labels: { app: "shell" } };
const agent: Party = { kind: "pod", namespace: "agents", labels: {} };
const dns: Party = { kind: "pod", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const address = (text: string): Party => ({ kind: "address", address: text });

describe("the network of a ToolSandbox", () => {
  it("without a word has no way out and no way in", async () => {
    const policies = policiesOf(await registered(sandbox(onEks)));
    for (const to of [dns, agent, tool, address("169.254.169.254"), address("192.0.2.1")]) {
      for (const port of [53, 80, 443, 8080]) {
        const way = { from: tool, to, port, protocol: "TCP" } as const;
        expect(isAllowed(policies, "tools", way)).toBe(false);
      }
    }
    const wayIn = { from: agent, to: tool, port: 8080, protocol: "TCP" } as const;
    expect(isAllowed(policies, "tools", wayIn)).toBe(false);
  });

  it("opens what is named, and nothing beside it", async () => {
    const policies = policiesOf(await registered(sandbox(onGke)));
    const way = (from: Party, to: Party, port: number) =>
      isAllowed(policies, "tools", { from, to, port, protocol: "TCP" });
    expect(way(agent, tool, 8080)).toBe(true);
    expect(way(agent, tool, 8081)).toBe(false);
    expect(way(tool, address("192.0.2.9"), 443)).toBe(true);
    expect(way(tool, address("192.0.2.9"), 80)).toBe(false);
    expect(way(tool, address("192.0.3.1"), 443)).toBe(false);
    expect(way(tool, dns, 53)).toBe(true);
    expect(way(tool, address("169.254.169.254"), 80)).toBe(false);
    expect(way(tool, tool, 8080)).toBe(false);
  });
});

describeWithRules("the guard of a ToolSandbox", () => {
  const refused = (spec: Readonly<Record<string, unknown>>): readonly string[] =>
    SANDBOX_RULES.filter(
      ({ expression }) => evaluateExpression(expression, { object: { spec } }) !== true,
    ).map(({ message }) => message.split(" ")[0]!);
  const pod = { runtimeClassName: "gvisor", automountServiceAccountToken: false };

  it("lets in a pod of the sandbox", () => {
    expect(refused(pod)).toEqual([]);
    expect(refused({ ...pod, volumes: [{ name: "scratch", emptyDir: {} }] })).toEqual([]);
    const projected = { sources: [{ configMap: { name: "a" } }] };
    expect(refused({ ...pod, volumes: [{ name: "a", projected }] })).toEqual([]);
  });

  it("keeps out what has the kernel, or a token", () => {
    expect(refused({ automountServiceAccountToken: false })).toEqual(["spec.runtimeClassName"]);
    expect(refused({ ...pod, runtimeClassName: "runc" })).toEqual(["spec.runtimeClassName"]);
    const { automountServiceAccountToken: _, ...silent } = pod;
    expect(refused(silent)).toEqual(["spec.automountServiceAccountToken"]);
    expect(refused({ ...pod, automountServiceAccountToken: true })).toEqual([
      "spec.automountServiceAccountToken",
    ]);
    const token = { sources: [{ serviceAccountToken: { path: "token" } }] };
    expect(refused({ ...pod, volumes: [{ name: "a", projected: token }] })).toEqual([
      "spec.volumes",
    ]);
  });
});

describe("ToolSandbox", () => {
  it("on EKS has nodes that compare gVisor before they join, and a class that leads there", async () => {
    const run = await registered(sandbox(onEks));
    const template = only(run, "aws:ec2/launchTemplate:LaunchTemplate");
    const userData = Buffer.from(String(template.inputs["userData"]), "base64").toString();
    expect(userData).toBe(gvisorUserData(gvisor));
    const lines = userData.split("\n");
    const line = (text: string) => lines.findIndex((each) => each.includes(text));
    expect(line("trap poweroff ERR")).toBeLessThan(line("curl "));
    expect(line(`${"a".repeat(128)}  runsc`)).toBeLessThan(line("chmod"));
    expect(line("releases/release/20261116.0/x86_64/runsc")).toBeGreaterThan(0);
    expect(userData).toContain('runtime_type = "io.containerd.runsc.v1"');
    const nodes = only(run, "aws:eks/nodeGroup:NodeGroup");
    expect(nodes.inputs).toMatchObject({
      labels: { "capplan/sandbox": "gvisor" },
      taints: [{ key: "capplan/sandbox", value: "gvisor", effect: "NO_SCHEDULE" }],
      scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 2 },
    });
    expect(only(run, "kubernetes:node.k8s.io/v1:RuntimeClass").inputs).toMatchObject({
      metadata: { name: "gvisor" },
      handler: "runsc",
      scheduling: {
        nodeSelector: { "capplan/sandbox": "gvisor" },
        tolerations: [{ key: "capplan/sandbox", value: "gvisor", effect: "NoSchedule" }],
      },
    });
  });

  it("on GKE has a pool of GKE Sandbox, which brings its own class", async () => {
    const run = await registered(sandbox(onGke));
    expect(only(run, "gcp:container/nodePool:NodePool").inputs).toMatchObject({
      autoscaling: { totalMinNodeCount: 1, totalMaxNodeCount: 4 },
      nodeConfig: { sandboxConfig: { type: "GVISOR" }, imageType: "COS_CONTAINERD" },
    });
    expect(ofType(run, "kubernetes:node.k8s.io/v1:RuntimeClass")).toEqual([]);
  });

  it("has its guard before its namespace, bound to it, and denies", async () => {
    const run = await registered(sandbox(onEks));
    const type = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";
    const binding = only(run, type);
    expect(binding.inputs["spec"]).toEqual({
      policyName: "tools-sandbox",
      validationActions: ["Deny"],
      matchResources: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "tools" } },
      },
    });
    expect(only(run, "kubernetes:core/v1:Namespace").dependencies).toContain(binding.urn);
  });

  it("gives tools no GPU, and each of them a limit", async () => {
    const run = await registered(sandbox(onEks));
    expect(only(run, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toMatchObject({
      hard: { "requests.nvidia.com/gpu": "0", pods: "40" },
    });
    const most = { cpu: "1", memory: "1Gi", "ephemeral-storage": "2Gi" };
    expect(only(run, "kubernetes:core/v1:LimitRange").inputs["spec"]).toMatchObject({
      limits: [
        { type: "Pod", max: most },
        { type: "Container", default: most },
      ],
    });
    expect(
      only(run, "kubernetes:core/v1:ServiceAccount").inputs["automountServiceAccountToken"],
    ).toBe(false);
  });

  it.each<[string, ToolSandboxArgs]>([
    ["namespace", { ...onEks, namespace: "default" }],
    ["nodesMax", { ...onEks, nodesMax: 4 }],
    ["nodesMin", { ...onGke, nodesMin: 5 }],
    [
      "nodes.gvisor.version",
      { ...onEks, nodes: { ...onEks.nodes, gvisor: { ...gvisor, version: "latest" } } as never },
    ],
    [
      "nodes.gvisor.runscSha512",
      { ...onEks, nodes: { ...onEks.nodes, gvisor: { ...gvisor, runscSha512: "" } } as never },
    ],
    [
      "nodes.gvisor.mirror",
      {
        ...onEks,
        nodes: {
          ...onEks.nodes,
          gvisor: { ...gvisor, mirror: "http://mirror; rm -rf /" },
        } as never,
      },
    ],
    [
      "nodes.releaseVersion",
      { ...onEks, nodes: { ...onEks.nodes, releaseVersion: "latest" } as never },
    ],
    [
      "nodes.instanceType",
      { ...onEks, nodes: { ...onEks.nodes, instanceType: "g6.xlarge" } as never },
    ],
    ["nodes.subnetIds", { ...onEks, nodes: { ...onEks.nodes, subnetIds: [] } as never }],
    [
      "nodes.machineType",
      { ...onGke, nodes: { ...onGke.nodes, machineType: "g2-standard-4" } as never },
    ],
    [
      "nodes.machineType",
      { ...onGke, nodes: { ...onGke.nodes, machineType: "e2-micro" } as never },
    ],
    ["nodes.zones", { ...onGke, nodes: { ...onGke.nodes, zones: [] } as never }],
    ["quota.cpus", { ...onEks, quota: { ...onEks.quota, cpus: 0 } }],
    ["podLimits.memoryGib", { ...onEks, podLimits: { cpus: 1, memoryGib: 0, localDiskGib: 1 } }],
    ["port", { ...onEks, port: 0 }],
    ["allowed[0].cidrs[0]", { ...onEks, allowed: [{ cidrs: ["example.com"], ports: [443] }] }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(sandbox(args))).rejects.toMatchObject({ propertyPath });
  });
});
