import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FleetMonitoring, type FleetMonitoringArgs } from "../../../components/observability";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { customResources } from "../../support/crd/manifest";
import { manifestProblems } from "../../support/crd/problems";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { rulesArgs } from "./monitoring-fixture";

const { gpuMetrics: _, ...fixture } = rulesArgs;
const inCluster: FleetMonitoringArgs = {
  ...fixture,
  backend: { kind: "kube-prometheus-stack", alertmanagerSecret: "alertmanager" },
  traces: { endpoint: "https://traces.example.com", authorizationSecret: "traces" },
};
const inAmp: FleetMonitoringArgs = {
  ...fixture,
  backend: {
    kind: "amp",
    region: "us-east-1",
    clusterName: "support",
    kmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/probe",
    snsTopicArn: "arn:aws:sns:us-east-1:000000000000:page",
  },
};
const inGmp: FleetMonitoringArgs = {
  ...fixture,
  region: "europe-west4",
  backend: { kind: "gmp", alertmanagerSecret: "alertmanager" },
};

function monitoring(args: FleetMonitoringArgs) {
  return (): Record<string, unknown> => {
    const cluster = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    const cloud = new aws.Provider("us-east-1", { region: "us-east-1" });
    const made = new FleetMonitoring("monitoring", args, { providers: [cluster, cloud] });
    const { namespace, queryUrl, tracesEndpoint, approximations } = made;
    return {
      namespace,
      approximations,
      ...(queryUrl === undefined ? {} : { queryUrl }),
      ...(tracesEndpoint === undefined ? {} : { tracesEndpoint }),
    };
  };
}

describeComponentLaws({ name: "fleet-monitoring", program: monitoring(inCluster) });
describeComponentLaws({ name: "fleet-monitoring-amp", program: monitoring(inAmp) });
describeComponentLaws({ name: "fleet-monitoring-gmp", program: monitoring(inGmp) });

const RELEASE = "kubernetes:helm.sh/v3:Release";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const json = (value: unknown): Record<string, never> => JSON.parse(String(value));
const valuesOf = (run: EngineRun, what: string) =>
  only(run, RELEASE, `monitoring-${what}`).inputs["values"] as Record<string, never>;

describeWithDefinitions("the objects of FleetMonitoring", () => {
  describeWithRules("in the API server", () => {
    it.each([
      ["kube-prometheus-stack", inCluster, 4],
      ["amp", inAmp, 3],
    ])("are accepted, with %s", async (_kind, args, count) => {
      const { resources } = await registered(monitoring(args));
      const objects = customResources(resources).filter(
        ({ apiVersion }) => apiVersion === "monitoring.coreos.com/v1",
      );
      expect(objects).toHaveLength(count);
      expect(objects.flatMap(manifestProblems)).toEqual([]);
    });
  });
});

describe("FleetMonitoring", () => {
  it("in the cluster: keeps, asks about every kind of pod, and tells whom the secret names", async () => {
    const run = await registered(monitoring(inCluster));
    const values = valuesOf(run, "prometheus");
    expect(values).toMatchObject({
      prometheus: {
        prometheusSpec: {
          replicas: 2,
          scrapeInterval: "15s",
          retention: "15d",
          podMonitorSelectorNilUsesHelmValues: false,
          ruleSelectorNilUsesHelmValues: false,
        },
      },
      alertmanager: {
        enabled: true,
        alertmanagerSpec: { useExistingSecret: true, configSecret: "alertmanager" },
      },
      kubeEtcd: { enabled: false },
    });
    const monitors = ofType(run, "kubernetes:monitoring.coreos.com/v1:PodMonitor");
    expect(monitors.map(({ inputs }) => (inputs["metadata"] as { name: string }).name)).toEqual([
      "capplan-envoy",
      "capplan-pickers",
      "capplan-replicas",
    ]);
    const release = only(run, RELEASE, "monitoring-prometheus");
    for (const { dependencies } of monitors) expect(dependencies).toContain(release.urn);
    expect(run.stackOutputs.values["queryUrl"]).toBe(
      "http://kube-prometheus-stack-prometheus.monitoring:9090",
    );
  });

  it("opens Grafana to nobody by the password of its chart", async () => {
    for (const args of [inCluster, inAmp]) {
      const values = valuesOf(await registered(monitoring(args)), "prometheus");
      expect(values["grafana"]).toMatchObject({
        "grafana.ini": {
          auth: { disable_login_form: true },
          "auth.basic": { enabled: false },
          "auth.anonymous": { enabled: true, org_role: "Viewer" },
        },
      });
    }
  });

  it("with amp: writes by Pod Identity, and gives the rules and the receiver to the workspace", async () => {
    const run = await registered(monitoring(inAmp));
    const workspace = only(run, "aws:amp/workspace:Workspace");
    expect(workspace.protect).toBe(true);
    expect(workspace.inputs["kmsKeyArn"]).toBe("arn:aws:kms:us-east-1:000000000000:key/probe");
    expect(valuesOf(run, "prometheus")).toMatchObject({
      prometheus: {
        prometheusSpec: {
          retention: "6h",
          replicaExternalLabelName: "__replica__",
          externalLabels: { cluster: "support" },
          remoteWrite: [
            {
              url: "https://aps-workspaces.example/workspaces/monitoring-workspace/api/v1/remote_write",
              sigv4: { region: "us-east-1" },
            },
          ],
        },
      },
      alertmanager: { enabled: false },
    });
    const policies = ofType(run, "aws:iam/rolePolicy:RolePolicy").map(({ inputs }) =>
      json(inputs["policy"]),
    );
    expect(policies).toEqual([
      expect.objectContaining({
        Statement: [
          expect.objectContaining({ Action: expect.arrayContaining(["aps:QueryMetrics"]) }),
        ],
      }),
      expect.objectContaining({
        Statement: [expect.objectContaining({ Action: ["aps:RemoteWrite"] })],
      }),
    ]);
    const rules = only(run, "aws:amp/ruleGroupNamespace:RuleGroupNamespace");
    expect(json(rules.inputs["data"])["groups"]).not.toHaveLength(0);
    const definition = json(
      only(run, "aws:amp/alertManagerDefinition:AlertManagerDefinition").inputs["definition"],
    );
    expect(json(definition["alertmanager_config"])).toMatchObject({
      route: { receiver: "topic" },
      receivers: [
        { name: "topic", sns_configs: [{ topic_arn: expect.stringContaining(":page") }] },
      ],
    });
    // Two who evaluate would tell of everything twice.
    expect(ofType(run, "kubernetes:monitoring.coreos.com/v1:PrometheusRule")).toEqual([]);
  });

  it("with gmp: has rules of the cluster, those of queues for the project, and changes one field of GKE's", async () => {
    const run = await registered(monitoring(inGmp));
    const groupsOf = (kind: string) =>
      (
        only(run, `kubernetes:monitoring.googleapis.com/v1:${kind}`).inputs["spec"] as {
          readonly groups: readonly { readonly name: string; readonly interval: string }[];
        }
      ).groups;
    expect(groupsOf("GlobalRules").map(({ name }) => name)).toEqual(["capplan-queues"]);
    expect(groupsOf("ClusterRules").map(({ name }) => name)).toEqual([
      "capplan-objectives",
      "capplan-availability",
      "capplan-drift",
      "capplan-replicas",
      "capplan-cost",
      "capplan-gateway",
    ]);
    for (const { interval } of groupsOf("ClusterRules")) expect(interval).toMatch(/^\d+[sm]$/);
    const replicas = only(
      run,
      "kubernetes:monitoring.googleapis.com/v1:PodMonitoring",
      "monitoring-replicas",
    );
    expect(replicas.inputs).toMatchObject({
      metadata: { namespace: "serving" },
      spec: {
        selector: { matchLabels: { "capplan/part": "engine", "capplan/answers": "requests" } },
        endpoints: [{ port: "engine", path: "/metrics", interval: "15s" }],
        targetLabels: {
          fromPod: [{ from: "app.kubernetes.io/name", to: "app_kubernetes_io_name" }],
        },
      },
    });
    expect(
      only(run, "kubernetes:monitoring.googleapis.com/v1:OperatorConfigPatch").inputs,
    ).toMatchObject({
      metadata: { name: "config", namespace: "gmp-public" },
      managedAlertmanager: { configSecret: { name: "alertmanager", key: "alertmanager.yaml" } },
    });
    expect(ofType(run, RELEASE)).toEqual([]);
  });

  it("reads GPUs on GPU nodes and nowhere else", async () => {
    const run = await registered(monitoring(inCluster));
    expect(valuesOf(run, "gpus")).toMatchObject({
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      serviceMonitor: { enabled: true, honorLabels: true },
    });
    const none = await registered(monitoring({ ...inCluster, gpuMetrics: "none" }));
    expect(ofType(none, RELEASE).map(({ name }) => name)).not.toContain("monitoring-gpus");
    expect(ofType(none, CONFIG_MAP).map(({ name }) => name)).not.toContain(
      "monitoring-dashboard-gpu",
    );
  });

  it("lets traces out through its own configuration, with the header from a secret", async () => {
    const values = valuesOf(await registered(monitoring(inCluster)), "collector");
    expect(values).not.toHaveProperty("config");
    expect(values["alternateConfig"]).toMatchObject({
      exporters: {
        otlphttp: {
          endpoint: "https://traces.example.com",
          headers: { authorization: expect.stringMatching(/^\$\{env:\w+\}$/) },
        },
      },
    });
    expect(values["extraEnvs"]).toEqual([
      expect.objectContaining({
        valueFrom: { secretKeyRef: { name: "traces", key: "authorization" } },
      }),
    ]);
  });

  it("says which limits are no boundary of a histogram, and how they are measured", async () => {
    const { values } = (await registered(monitoring(inCluster))).stackOutputs;
    // 20 s and 30 s are boundaries of vllm:e2e_request_latency_seconds; 2 s is none of TTFT's.
    expect(Object.keys(values["approximations"] as object)).toEqual(["chat.ttft-p95"]);
    expect(JSON.stringify(values["approximations"])).toContain(
      "between the boundaries 1 s and 2.5 s",
    );
  });

  it("fails with all problems at once, before anything is registered", async () => {
    const { gateway: _gateway, ...bare } = inCluster;
    await expect(registered(monitoring({ ...bare, scrapeSeconds: 1 }))).rejects.toMatchObject({
      message: expect.stringMatching(/workloads\.chat\.backend: .*\n.*scrapeSeconds/),
    });
  });

  it("fails without an explicit provider of AWS where the workspace is AWS's", async () => {
    const program = () => {
      const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
      new FleetMonitoring("monitoring", inAmp, { provider });
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
