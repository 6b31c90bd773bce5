import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import { ServingAddons, type ServingAddonsArgs } from "../../../components/serving";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const onEks: ServingAddonsArgs = {
  cluster: { kind: "eks", clusterName: "support", region: "us-east-1", vpcId: "vpc-1" },
  keda: { policies: { batch: '{"Version":"2012-10-17","Statement":[]}' } },
  efaPlugin: {},
  leaderWorkerSet: {},
  allocation: { region: "us-east-1" },
};
const onGke: ServingAddonsArgs = {
  cluster: { kind: "gke", projectId: "acme-serving", projectNumber: "123456789" },
  leaderWorkerSet: { version: "0.8.1" },
};

function addons(args: ServingAddonsArgs) {
  return (): Record<string, unknown> => {
    const providers = [
      new kubernetes.Provider("cluster", { kubeconfig: "{}" }),
      args.cluster.kind === "eks"
        ? new aws.Provider("us-east-1", { region: "us-east-1" })
        : new gcp.Provider("europe-west4", { region: "europe-west4" }),
    ];
    const { priorityClassNames } = new ServingAddons("addons", args, { providers });
    return { priorityClassNames };
  };
}

describeComponentLaws({ name: "serving-addons-eks", program: addons(onEks) });
describeComponentLaws({ name: "serving-addons-gke", program: addons(onGke) });

const RELEASE = "kubernetes:helm.sh/v3:Release";

describe("ServingAddons", () => {
  it("installs pinned charts, each where it belongs", async () => {
    const run = await registered(addons(onEks));
    expect(
      ofType(run, RELEASE).map(({ inputs }) => [
        inputs["name"],
        inputs["chart"],
        inputs["version"],
        inputs["namespace"],
      ]),
    ).toEqual([
      ["aws-load-balancer-controller", "aws-load-balancer-controller", "3.5.0", "kube-system"],
      ["efa-device-plugin", "aws-efa-k8s-device-plugin", "v0.5.5", "kube-system"],
      ["keda", "keda", "2.20.2", "keda"],
      ["lws", "oci://registry.k8s.io/lws/charts/lws", "0.8.0", "lws-system"],
      ["nvidia-device-plugin", "nvidia-device-plugin", "0.20.0", "kube-system"],
    ]);
  });

  it("installs on GKE what GKE does not bring", async () => {
    const run = await registered(addons(onGke));
    expect(ofType(run, RELEASE).map(({ inputs }) => [inputs["name"], inputs["version"]])).toEqual([
      ["keda", "2.20.2"],
      ["lws", "0.8.1"],
    ]);
    expect(only(run, "gcp:projects/iAMMember:IAMMember").inputs).toMatchObject({
      role: "roles/monitoring.viewer",
      member:
        "principal://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/acme-serving.svc.id.goog/subject/ns/keda/sa/keda-operator",
    });
  });

  it("lets the load balancer controller change what is in a target group, and nothing else", async () => {
    const run = await registered(addons(onEks));
    const { policy } = only(run, "aws:iam/rolePolicy:RolePolicy", "addons-lb-targets").inputs as {
      policy: string;
    };
    const statements = JSON.parse(policy).Statement as {
      Action: string[];
      Resource: string;
    }[];
    const changing = statements
      .flatMap(({ Action, Resource }) => Action.map((action) => ({ action, Resource })))
      .filter(({ action }) => !/:Describe/.test(action));
    expect(changing).toEqual(
      ["RegisterTargets", "DeregisterTargets"].map((action) => ({
        action: `elasticloadbalancing:${action}`,
        Resource: "arn:aws:elasticloadbalancing:us-east-1:*:targetgroup/*",
      })),
    );
  });

  it("gives KEDA's operator its rights before it starts", async () => {
    const run = await registered(addons(onEks));
    const association = only(
      run,
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      "addons-keda",
    );
    expect(association.inputs).toMatchObject({
      namespace: "keda",
      serviceAccount: "keda-operator",
    });
    expect(only(run, RELEASE, "addons-keda").dependencies).toContain(association.urn);
  });

  it("puts the device plugin on the nodes of GPU pools, whose label needs no discovery", async () => {
    const run = await registered(addons(onEks));
    const values = only(run, RELEASE, "addons-nvidia-device-plugin").inputs["values"];
    expect(JSON.stringify(values)).toContain('"key":"capplan/capacity","operator":"Exists"');
  });

  it("leaves out what is switched off", async () => {
    const { efaPlugin: _efa, leaderWorkerSet: _lws, ...bare } = onEks;
    const run = await registered(
      addons({ ...bare, devicePlugin: false, keda: false, loadBalancerController: false }),
    );
    expect(ofType(run, RELEASE)).toEqual([]);
    expect(ofType(run, "aws:iam/role:Role")).toEqual([]);
    expect(ofType(run, "kubernetes:scheduling.k8s.io/v1:PriorityClass")).toHaveLength(2);
  });

  it("lets batch work wait for what people wait for", async () => {
    const run = await registered(addons(onGke));
    const classes = ofType(run, "kubernetes:scheduling.k8s.io/v1:PriorityClass");
    expect(
      classes.map(({ inputs }) => [
        (inputs["metadata"] as { name: string }).name,
        inputs["value"],
        inputs["preemptionPolicy"],
      ]),
    ).toEqual([
      ["batch", 100_000, "Never"],
      ["serving", 1_000_000, "PreemptLowerPriority"],
    ]);
  });

  it.each<[string, ServingAddonsArgs]>([
    ["keda.version", { ...onEks, keda: { version: "latest" } }],
    ["cluster.region", { ...onEks, cluster: { ...onEks.cluster, region: "us" } as never }],
    ["devicePlugin", { ...onGke, devicePlugin: {} }],
    ["efaPlugin", { ...onGke, efaPlugin: {} }],
    ["loadBalancerController", { ...onGke, loadBalancerController: {} }],
    ["keda.policies", { ...onGke, keda: { policies: { batch: "{}" } } }],
    [
      "priorityClasses.system-serving",
      { ...onGke, priorityClasses: { "system-serving": { value: 1, description: "x" } } },
    ],
    [
      "priorityClasses.serving.value",
      { ...onGke, priorityClasses: { serving: { value: 2_000_000_000, description: "x" } } },
    ],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(addons(args))).rejects.toMatchObject({ propertyPath });
  });
});
