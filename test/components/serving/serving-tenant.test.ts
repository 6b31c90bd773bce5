import { describe, expect, it } from "@jest/globals";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { ServingTenant, type ServingTenantArgs } from "../../../components/serving";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { type Connection, isAllowed, type Party, type PolicySpec } from "./network-world";

const tenantArgs: ServingTenantArgs = {
  namespace: "support",
  cloud: "aws",
  quota: { gpus: 32, cpus: 720, memoryGib: 7200, pods: 20, localDiskGib: 4000 },
  gateways: [{ namespace: "envoy-gateway-system" }],
  monitors: [{ namespace: "monitoring", podLabels: { "app.kubernetes.io/name": "prometheus" } }],
  storageCidrs: ["52.216.0.0/15"],
};

function tenant(args: Partial<ServingTenantArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    const { namespaceName } = new ServingTenant(
      "support",
      { ...tenantArgs, ...args },
      { provider },
    );
    return { namespaceName };
  };
}

const onGcp: Partial<ServingTenantArgs> = {
  cloud: "gcp",
  storageCidrs: ["199.36.153.8/30"],
  hasEnginePeers: true,
  allowed: [{ cidrs: ["10.9.0.0/16"], ports: [6379] }],
};

describeComponentLaws({ name: "serving-tenant", program: tenant() });
describeComponentLaws({ name: "serving-tenant-gcp", program: tenant(onGcp) });

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const policiesOf = (run: EngineRun): readonly PolicySpec[] =>
  ofType(run, POLICY).map(({ inputs }) => inputs["spec"] as PolicySpec);

const engine: Party = {
  kind: "pod",
  namespace: "support",
  labels: { "capplan/part": "engine" },
};
const other: Party = { kind: "pod", namespace: "support", labels: {} };
const envoy: Party = { kind: "pod", namespace: "envoy-gateway-system", labels: {} };
const prometheus: Party = {
  kind: "pod",
  namespace: "monitoring",
  labels: { "app.kubernetes.io/name": "prometheus" },
};
const stranger: Party = { kind: "pod", namespace: "monitoring", labels: {} };
const dns: Party = { kind: "pod", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const at = (address: string): Party => ({ kind: "address", address });
const tcp = (from: Party, to: Party, port: number): Connection => ({
  from,
  to,
  port,
  protocol: "TCP",
});

describe("the network of a ServingTenant", () => {
  it("lets through what serving needs", async () => {
    const policies = policiesOf(await registered(tenant()));
    const needed: readonly Connection[] = [
      tcp(envoy, engine, 8000),
      tcp(prometheus, engine, 8000),
      tcp(prometheus, engine, 8200),
      tcp(engine, dns, 53),
      { ...tcp(other, dns, 53), protocol: "UDP" },
      tcp(engine, at("52.217.1.1"), 443),
      // The agent of EKS Pod Identity.
      tcp(engine, at("169.254.170.23"), 80),
    ];
    expect(needed.filter((one) => !isAllowed(policies, "support", one))).toEqual([]);
  });

  it("on Google Cloud reaches the metadata server, the DNS cache of the node, and its peers", async () => {
    const policies = policiesOf(await registered(tenant(onGcp)));
    const needed: readonly Connection[] = [
      tcp(engine, at("199.36.153.9"), 443),
      tcp(engine, at("169.254.169.254"), 80),
      tcp(engine, at("169.254.169.252"), 988),
      { ...tcp(engine, at("169.254.20.10"), 53), protocol: "UDP" },
      tcp(engine, engine, 29_500),
      tcp(other, at("10.9.1.1"), 6379),
    ];
    expect(needed.filter((one) => !isAllowed(policies, "support", one))).toEqual([]);
  });

  it("lets an endpoint picker do its work, where there is one", async () => {
    const picker: Party = {
      kind: "pod",
      namespace: "support",
      labels: { "capplan/part": "picker" },
    };
    const api = at("10.0.3.4");
    const ways: readonly Connection[] = [
      tcp(envoy, picker, 9002),
      tcp(prometheus, picker, 9090),
      tcp(picker, engine, 8000),
      tcp(picker, api, 443),
      tcp(picker, dns, 53),
    ];
    const allowedWith = async (args: Partial<ServingTenantArgs>) => {
      const policies = policiesOf(await registered(tenant(args)));
      return ways.map((way) => isAllowed(policies, "support", way));
    };
    expect(await allowedWith({ pickerApiCidrs: ["10.0.0.0/16"] })).toEqual(ways.map(() => true));
    expect(await allowedWith({})).toEqual([false, false, false, false, true]);
    const policies = policiesOf(await registered(tenant({ pickerApiCidrs: ["10.0.0.0/16"] })));
    for (const no of [
      tcp(envoy, picker, 8000),
      tcp(stranger, picker, 9002),
      tcp(engine, picker, 9002),
      tcp(engine, api, 443),
      tcp(picker, at("52.217.1.1"), 443),
    ]) {
      expect(isAllowed(policies, "support", no)).toBe(false);
    }
  });

  it("for all other connections lets nothing through", async () => {
    const policies = policiesOf(await registered(tenant()));
    const parties = [
      engine,
      other,
      envoy,
      prometheus,
      stranger,
      dns,
      at("52.217.1.1"),
      at("169.254.170.23"),
      at("169.254.169.254"),
      at("10.0.0.1"),
      at("8.8.8.8"),
    ];
    const ports = [53, 80, 443, 988, 8000, 8200, 8080, 22];
    const allowed = parties.flatMap((from) =>
      parties
        .filter((to) => [from, to].some((one) => one === engine || one === other))
        .flatMap((to) => ports.map((port) => tcp(from, to, port)))
        .filter((one) => isAllowed(policies, "support", one)),
    );
    expect(allowed).toHaveLength(7);
    expect(allowed).toEqual(
      expect.arrayContaining([
        tcp(engine, dns, 53),
        tcp(other, dns, 53),
        tcp(engine, at("52.217.1.1"), 443),
        tcp(engine, at("169.254.170.23"), 80),
        tcp(envoy, engine, 8000),
        tcp(prometheus, engine, 8000),
        tcp(prometheus, engine, 8200),
      ]),
    );
  });

  it("for all labels of a pod gives no pod of another namespace a way in but to engines", async () => {
    const policies = policiesOf(await registered(tenant(onGcp)));
    const labels = fc.dictionary(
      fc.constantFrom("app", "capplan/part", "capplan/tenant"),
      fc.constantFrom("engine", "tools", "x"),
    );
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 65_535 }), (own, port) => {
        const pod: Party = { kind: "pod", namespace: "support", labels: own };
        const isWayIn = isAllowed(policies, "support", tcp(envoy, pod, port));
        expect(isWayIn).toBe(own["capplan/part"] === "engine" && port === 8000);
        expect(isAllowed(policies, "support", tcp(stranger, pod, port))).toBe(false);
      }),
    );
  });
});

describe("ServingTenant", () => {
  it("bounds what a tenant uses, GPUs too", async () => {
    const run = await registered(tenant());
    expect(only(run, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toEqual({
      hard: {
        "requests.nvidia.com/gpu": "32",
        "requests.cpu": "720",
        "requests.memory": "7200Gi",
        "limits.memory": "7200Gi",
        "requests.ephemeral-storage": "4000Gi",
        pods: "20",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    });
  });

  it("takes pods only as the restricted level wants them, and gives no token by default", async () => {
    const run = await registered(tenant());
    const namespace = only(run, "kubernetes:core/v1:Namespace");
    expect(namespace.protect).toBe(true);
    expect(namespace.inputs["metadata"]).toMatchObject({
      name: "support",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    expect(only(run, "kubernetes:core/v1:ServiceAccountPatch").inputs).toMatchObject({
      metadata: { name: "default", namespace: "support" },
      automountServiceAccountToken: false,
    });
  });

  it.each<[string, Partial<ServingTenantArgs>]>([
    ["namespace", { namespace: "kube-system" }],
    ["namespace", { namespace: "Support" }],
    ["cloud", { cloud: "azure" as never }],
    ["quota.gpus", { quota: { ...tenantArgs.quota, gpus: -1 } }],
    ["quota.memoryGib", { quota: { ...tenantArgs.quota, memoryGib: 0 } }],
    ["gateways", { gateways: [] }],
    ["gateways[0].namespace", { gateways: [{ namespace: "" }] }],
    ["monitors[0].podLabels", { monitors: [{ namespace: "monitoring", podLabels: {} }] }],
    ["storageCidrs", { storageCidrs: [] }],
    ["storageCidrs[0]", { storageCidrs: ["s3.amazonaws.com"] }],
    ["pickerApiCidrs", { pickerApiCidrs: [] }],
    ["allowed[0].ports", { allowed: [{ cidrs: ["10.0.0.0/8"], ports: [] }] }],
    ["allowed[0].ports[0]", { allowed: [{ cidrs: ["10.0.0.0/8"], ports: [0] }] }],
    ["podSecurity", { podSecurity: "privileged" as never }],
  ])("fails when %s cannot be provisioned", async (propertyPath, change) => {
    await expect(registered(tenant(change))).rejects.toMatchObject({ propertyPath });
  });

  it("fails without an explicit provider", async () => {
    const program = () => {
      new ServingTenant("support", tenantArgs, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
