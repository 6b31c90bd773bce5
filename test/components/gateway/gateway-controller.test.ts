import { describe, expect, it } from "@jest/globals";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { GatewayController, type GatewayControllerArgs } from "../../../components/gateway";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

function controller(args: () => GatewayControllerArgs = () => ({})) {
  return (): Record<string, unknown> => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    return { namespace: new GatewayController("gateways", args(), { provider }).namespace };
  };
}

describeComponentLaws({ name: "gateway-controller", program: controller() });
describeComponentLaws({
  name: "gateway-controller-full",
  program: controller(() => ({ hasAiGateway: true, redisUrl: "redis:6379" })),
});

const RELEASE = "kubernetes:helm.sh/v3:Release";
const CHART = "kubernetes:helm.sh/v4:Chart";

describe("GatewayController", () => {
  it("installs definitions before the controller that watches them", async () => {
    const run = await registered(controller());
    const crds = only(run, CHART);
    expect(crds.inputs).toMatchObject({
      chart: "oci://docker.io/envoyproxy/gateway-crds-helm",
      version: "v1.9.0",
      // gateway.envoyproxy.io/docs/install/gateway-crds-helm-api: both are false by default.
      values: { crds: { gatewayAPI: { enabled: true }, envoyGateway: { enabled: true } } },
    });
    const release = only(run, RELEASE);
    expect(release.dependencies).toContain(crds.urn);
    expect(release.inputs).toMatchObject({
      chart: "oci://docker.io/envoyproxy/gateway-helm",
      version: "v1.9.0",
      namespace: "envoy-gateway-system",
      skipCrds: true,
      values: { crds: { enabled: false }, deployment: { replicas: 2 } },
    });
    expect(JSON.stringify(release.inputs)).not.toContain("extensionManager");
  });

  it("with Envoy AI Gateway asks it about every route, and knows InferencePools", async () => {
    const run = await registered(controller(() => ({ hasAiGateway: true })));
    const ai = only(run, RELEASE, "gateways-ai-gateway");
    const envoy = only(run, RELEASE, "gateways-envoy-gateway");
    expect(envoy.dependencies).toContain(ai.urn);
    const pools = only(run, "kubernetes:yaml/v2:ConfigFile");
    expect(pools.inputs["file"]).toMatch(/inference-extension\/releases\/download\/v1\.6\.0\//);
    expect(ai.dependencies).toContain(pools.urn);
    expect(ofType(run, CHART).map(({ name }) => name)).toEqual([
      "gateways-ai-crds",
      "gateways-crds",
    ]);
    // envoyproxy/ai-gateway, manifests/envoy-gateway-values.yaml of version 1.1.0.
    expect(envoy.inputs["values"]).toMatchObject({
      config: {
        envoyGateway: {
          extensionApis: { enableBackend: true },
          extensionManager: {
            hooks: { xdsTranslator: { post: ["Translation", "Cluster", "Route"] } },
            service: {
              fqdn: {
                hostname: "ai-gateway-controller.envoy-ai-gateway-system.svc.cluster.local",
                port: 1063,
              },
            },
            backendResources: [
              { group: "inference.networking.k8s.io", kind: "InferencePool", version: "v1" },
            ],
          },
        },
      },
    });
    expect(String(ai.inputs["namespace"])).toBe("envoy-ai-gateway-system");
  });

  it("keeps the address of Redis secret when it is", async () => {
    const run = await registered(
      controller(() => ({ redisUrl: pulumi.secret("user:password@redis:6379") })),
    );
    const { secretPaths, inputs } = only(run, RELEASE);
    expect(JSON.stringify(inputs)).toContain("user:password@redis:6379");
    expect(secretPaths.length).toBeGreaterThan(0);
    expect(secretPaths.every((path) => path.startsWith("values"))).toBe(true);
  });

  it.each<[string, GatewayControllerArgs]>([
    ["version", { version: "v1.7.4" }],
    ["version", { version: "latest" }],
    ["aiGatewayVersion", { aiGatewayVersion: "v1.1.0" }],
    ["replicas", { replicas: 0 }],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(controller(() => args))).rejects.toMatchObject({ propertyPath });
  });
});
