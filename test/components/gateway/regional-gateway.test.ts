import { describe, expect, it } from "@jest/globals";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RegionalGateway, type RegionalGatewayArgs } from "../../../components/gateway";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules } from "../../support/crd/check-rules";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { customResources } from "../../support/crd/manifest";
import { manifestProblems } from "../../support/crd/problems";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { breaker, gatewayArgs, llama, qwen } from "./gateway-fixture";

function gateway(args: Partial<RegionalGatewayArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
    const made = new RegionalGateway("support", { ...gatewayArgs, ...args }, { provider });
    return { gatewayName: made.gatewayName, serviceName: made.serviceName };
  };
}

const attached: Partial<RegionalGatewayArgs> = {
  attachment: { kind: "target-group", targetGroupArn: "arn:aws:elasticloadbalancing:probe" },
  clients: { maxConnections: 20_000, hasProxyProtocol: true },
};

describeComponentLaws({ name: "regional-gateway", program: gateway() });
describeComponentLaws({ name: "regional-gateway-attached", program: gateway(attached) });

/** Both kinds of backends, with a path that is asked by who has no key. */
const open = {
  llama: { ...llama, openPaths: ["/health"] },
  qwen: { ...qwen, openPaths: ["/health"] },
};
const jwt = {
  kind: "jwt",
  issuer: "https://login.example.com/",
  jwksUri: "https://login.example.com/keys",
  audiences: ["models"],
} as const;

/** Groups that are the server's own, or whose definitions do not lie in the shared folder. */
const UNDEFINED = ["rbac.authorization.k8s.io/v1", "elbv2.k8s.aws/v1beta1"];

describeWithDefinitions("the objects of a RegionalGateway", () => {
  describeWithRules("with rules", () => {
    it.each<[string, Partial<RegionalGatewayArgs>]>([
      ["with all policies", {}],
      ["behind a target group", attached],
      ["behind a network endpoint group", { attachment: { kind: "neg", negName: "support" } }],
      ["behind two proxies", { clients: { trustedHops: 2 }, replicas: 1 }],
      ["with several names", { hostnames: ["api.example.com", "*.api.example.com"] }],
      ["with paths for everybody", { backends: open }],
      ["for tokens of an identity provider", { authentication: jwt }],
      [
        "for some addresses",
        { attachment: { kind: "load-balancer", sourceCidrs: ["203.0.113.0/24"] } },
      ],
    ])("are what the definitions and their CEL rules take, %s", async (_, args) => {
      const { resources } = await registered(gateway(args));
      const objects = customResources(resources).filter(
        ({ apiVersion }) => !UNDEFINED.includes(apiVersion),
      );
      expect(objects.length).toBeGreaterThan(8);
      expect(objects.flatMap(manifestProblems)).toEqual([]);
    });
  });
});

const specOf = (run: EngineRun, type: string, name?: string) =>
  only(run, `kubernetes:${type}`, name).inputs["spec"] as Record<string, unknown>;

const BTP = "gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy";
const GATEWAY = "gateway.networking.k8s.io/v1:Gateway";
const ROUTE = "gateway.networking.k8s.io/v1:HTTPRoute";
const SECURITY = "gateway.envoyproxy.io/v1alpha1:SecurityPolicy";
const CLIENTS = "gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy";
const PROXY = "gateway.envoyproxy.io/v1alpha1:EnvoyProxy";

describe("RegionalGateway", () => {
  it("routes by breaker to a Service, and by inference to a pool", async () => {
    const run = await registered(gateway());
    expect(specOf(run, ROUTE, "support-llama-route")).toMatchObject({
      parentRefs: [{ name: "support" }],
      rules: [
        {
          matches: [
            {
              path: { type: "PathPrefix", value: "/v1" },
              headers: [{ type: "Exact", name: "x-model", value: "llama" }],
            },
          ],
          backendRefs: [{ kind: "Service", name: "llama", port: 8000 }],
        },
      ],
    });
    expect(specOf(run, ROUTE, "support-qwen-route")["rules"]).toMatchObject([
      {
        backendRefs: [
          { group: "inference.networking.k8s.io", kind: "InferencePool", name: "support-qwen" },
        ],
      },
    ]);
    expect(specOf(run, BTP, "support-llama-policy")["circuitBreaker"]).toMatchObject({
      maxParallelRequests: 171,
    });
    const inference = specOf(run, BTP, "support-qwen-policy");
    for (const unreached of ["circuitBreaker", "healthCheck", "retry", "loadBalancer"]) {
      expect(inference).not.toHaveProperty(unreached);
    }
  });

  it("gives a backend names of its own, below a wildcard of the gateway", async () => {
    const hostnames = ["llama.api.example.com"];
    const args = {
      hostnames: ["*.api.example.com"],
      backends: { llama: { ...llama, hostnames }, qwen },
    };
    const run = await registered(gateway(args));
    expect(specOf(run, ROUTE, "support-llama-route")["hostnames"]).toEqual(hostnames);
    expect(specOf(run, ROUTE, "support-qwen-route")["hostnames"]).toEqual(["*.api.example.com"]);
  });

  it("answers whoever does not say in the handshake which name is meant, and routes by names", async () => {
    const hostnames = ["api.example.com", "*.api.example.com"];
    const run = await registered(gateway({ hostnames }));
    const { listeners } = specOf(run, GATEWAY, "support-gateway") as { listeners: object[] };
    expect(listeners).toEqual([expect.not.objectContaining({ hostname: expect.anything() })]);
    expect(listeners).toMatchObject([{ protocol: "HTTPS", port: 443 }]);
    expect(specOf(run, ROUTE, "support-qwen-route")["hostnames"]).toEqual(hostnames);
  });

  it("never has a route without its limits", async () => {
    const run = await registered(gateway());
    for (const backend of ["llama", "qwen"]) {
      const route = only(run, `kubernetes:${ROUTE}`, `support-${backend}-route`);
      const policy = only(run, `kubernetes:${BTP}`, `support-${backend}-policy`);
      expect(route.dependencies).toContain(policy.urn);
      expect(policy.inputs["spec"]).toMatchObject({
        targetRefs: [{ name: (route.inputs["metadata"] as { name: string }).name }],
      });
    }
  });

  it("keeps requests back in the picker, by priority and fairly between tenants", async () => {
    const run = await registered(gateway());
    const data = only(run, "kubernetes:core/v1:ConfigMap").inputs["data"] as Record<string, string>;
    expect(JSON.parse(data["picker.yaml"]!)).toMatchObject({
      apiVersion: "llm-d.ai/v1alpha1",
      kind: "EndpointPickerConfig",
      featureGates: ["flowControl"],
      plugins: expect.arrayContaining([
        {
          type: "concurrency-detector",
          parameters: { maxConcurrency: 128, concurrencyMode: "requests", headroom: 0 },
        },
      ]),
      flowControl: {
        maxRequests: "1000",
        defaultRequestTTL: "30s",
        saturationDetector: { pluginRef: "concurrency-detector" },
        priorityBands: [
          { priority: 100, maxRequests: "500" },
          { priority: 0, maxRequests: "500" },
        ],
      },
    });
    const config = JSON.parse(data["picker.yaml"]!);
    const defined = config.plugins.map(({ type }: { type: string }) => type);
    const used = JSON.stringify([config.schedulingProfiles, config.flowControl]).matchAll(
      /"(?:plugin|fairnessPolicy|orderingPolicy)Ref":"([^"]+)"/g,
    );
    for (const [, plugin] of used) expect(defined).toContain(plugin);
    expect(specOf(run, "inference.networking.k8s.io/v1:InferencePool")).toEqual({
      selector: { matchLabels: { app: "qwen" } },
      targetPorts: [{ number: 8000 }],
      endpointPickerRef: {
        name: "support-qwen-picker",
        port: { number: 9002 },
        failureMode: "FailClose",
      },
    });
  });

  it("asks prefill replicas for long prompts, where there are some", async () => {
    const { inferencePool } = qwen;
    const disaggregation = { uncachedTokensMin: 256 };
    const backends = { qwen: { ...qwen, inferencePool: { ...inferencePool!, disaggregation } } };
    const run = await registered(gateway({ backends }));
    const data = only(run, "kubernetes:core/v1:ConfigMap").inputs["data"] as Record<string, string>;
    const config = JSON.parse(data["picker.yaml"]!);
    // llm-d-router 0.10, docs/disaggregation.md: without a decider for prefill the phases are not told apart.
    expect(config.plugins).toEqual(
      expect.arrayContaining([
        { type: "prefill-filter" },
        { type: "decode-filter" },
        { type: "prefix-based-pd-decider", parameters: { nonCachedTokens: 256 } },
        {
          type: "disagg-profile-handler",
          parameters: { deciders: { prefill: "prefix-based-pd-decider" } },
        },
      ]),
    );
    expect(
      config.schedulingProfiles.map((profile: { name: string; plugins: unknown[] }) => [
        profile.name,
        profile.plugins[0],
      ]),
    ).toEqual([
      ["prefill", { pluginRef: "prefill-filter" }],
      ["decode", { pluginRef: "decode-filter" }],
    ]);
  });

  it("starts new pickers for a new configuration, which is read once", async () => {
    const annotation = async (maxRequests: number) => {
      const { inferencePool } = qwen;
      const flowControl = { ...inferencePool!.flowControl, maxRequests };
      const backends = { qwen: { ...qwen, inferencePool: { ...inferencePool!, flowControl } } };
      const run = await registered(gateway({ backends }));
      const { template } = specOf(run, "apps/v1:Deployment") as {
        template: { metadata: { annotations: unknown } };
      };
      return template.metadata.annotations;
    };
    expect(await annotation(500)).toEqual(await annotation(500));
    expect(await annotation(500)).not.toEqual(await annotation(501));
  });

  it("runs Envoy where one zone or node takes not all of it, and lets it finish its streams", async () => {
    const run = await registered(gateway());
    expect(specOf(run, PROXY)).toMatchObject({
      provider: {
        kubernetes: {
          envoyDeployment: { replicas: 3 },
          envoyPDB: { maxUnavailable: 1 },
          envoyService: { name: "support-envoy", type: "LoadBalancer" },
        },
      },
      shutdown: { drainTimeout: "900s" },
    });
    expect(specOf(run, "gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy")).toMatchObject({
      // The longer of 120 s and 300 s: Envoy's 5 minutes would cut the other.
      timeout: { http: { streamIdleTimeout: "300s" } },
    });
  });

  it("is bound to what is in front of it", async () => {
    const run = await registered(gateway(attached));
    expect(specOf(run, "elbv2.k8s.aws/v1beta1:TargetGroupBinding")).toEqual({
      serviceRef: { name: "support-envoy", port: 443 },
      targetGroupARN: "arn:aws:elasticloadbalancing:probe",
      targetType: "ip",
    });
    expect(specOf(run, "gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy")).toMatchObject({
      connection: { connectionLimit: { value: 20_000 } },
      proxyProtocol: { optional: false },
    });
    const neg = await registered(gateway({ attachment: { kind: "neg", negName: "support" } }));
    expect(specOf(neg, PROXY)).toMatchObject({
      provider: {
        kubernetes: {
          envoyService: {
            annotations: {
              "cloud.google.com/neg": '{"exposed_ports":{"443":{"name":"support"}}}',
            },
          },
        },
      },
    });
    expect(ofType(neg, "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding")).toEqual([]);
  });

  it("asks every client for a key, and calls it to limits and replicas by the name of the key", async () => {
    const run = await registered(gateway());
    // gateway.envoyproxy.io/docs/tasks/security/apikey-auth, and the definition of SecurityPolicy 1.9.
    expect(specOf(run, SECURITY)).toEqual({
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "support" }],
      apiKeyAuth: {
        credentialRefs: [{ group: "", kind: "Secret", name: "client-keys" }],
        extractFrom: [{ headers: ["authorization"] }],
        forwardClientIDHeader: "x-gateway-inference-fairness-id",
        sanitize: true,
      },
    });
  });

  it.each(["api-key", "jwt"] as const)(
    "lets no client say who it is, with %s: one header, thrown away on arrival, is filled and counted by",
    async (kind) => {
      const authentication = kind === "jwt" ? jwt : gatewayArgs.authentication;
      const run = await registered(gateway({ tenantHeader: "x-client", authentication }));
      expect(specOf(run, CLIENTS)).toMatchObject({
        headers: { earlyRequestHeaders: { remove: ["x-client"] } },
      });
      expect(specOf(run, SECURITY)).toMatchObject(
        kind === "jwt"
          ? { jwt: { providers: [{ claimToHeaders: [{ header: "x-client", claim: "sub" }] }] } }
          : { apiKeyAuth: { forwardClientIDHeader: "x-client" } },
      );
      const { rateLimit } = specOf(run, BTP, "support-llama-policy") as {
        rateLimit: { global: { rules: { clientSelectors: { headers: { name: string }[] }[] }[] } };
      };
      const counted = rateLimit.global.rules.flatMap(({ clientSelectors }) =>
        clientSelectors.flatMap(({ headers }) => headers.map(({ name }) => name)),
      );
      expect(counted).toEqual(["x-client", "x-client"]);
    },
  );

  it("lets no client tell an endpoint picker its tenant, its priority or its replica", async () => {
    const run = await registered(gateway());
    const { headers } = specOf(run, CLIENTS) as {
      headers: { earlyRequestHeaders: { removeOnMatch: { type: string; value: string }[] } };
    };
    const { removeOnMatch } = headers.earlyRequestHeaders;
    // llm-d-router, pkg/epp/metadata/consts.go: both names of each.
    for (const header of [
      "x-gateway-inference-fairness-id",
      "x-gateway-inference-objective",
      "x-gateway-destination-endpoint",
      "x-gateway-destination-endpoint-subset",
      "x-gateway-model-name-rewrite",
      "x-llm-d-inference-fairness-id",
      "x-llm-d-inference-objective",
      "x-llm-d-inference-ttl",
      "x-llm-d-model-name-rewrite",
      // llm-d-router, pkg/common: where the sidecar of a decode replica asks for a prefill.
      "x-prefiller-host-port",
    ]) {
      const isRemoved = removeOnMatch.some(
        ({ type, value }) => type === "Prefix" && header.startsWith(value),
      );
      expect([header, isRemoved]).toEqual([header, true]);
    }
  });

  it("has no route before clients are asked, and none that is open but for exact paths", async () => {
    const run = await registered(gateway({ backends: open }));
    const asked = only(run, `kubernetes:${SECURITY}`, "support-security");
    for (const backend of ["llama", "qwen"]) {
      const route = only(run, `kubernetes:${ROUTE}`, `support-${backend}-route`);
      const exempt = only(run, `kubernetes:${SECURITY}`, `support-${backend}-open`);
      expect(route.dependencies).toEqual(expect.arrayContaining([asked.urn, exempt.urn]));
      expect(exempt.inputs["spec"]).toEqual({
        targetRefs: [
          {
            group: "gateway.networking.k8s.io",
            kind: "HTTPRoute",
            name: `support-${backend}`,
            sectionName: "open",
          },
        ],
        authorization: { defaultAction: "Allow" },
      });
      const [clients, everybody, ...others] = (
        route.inputs["spec"] as { rules: { name: string; backendRefs: object[] }[] }
      ).rules;
      expect(others).toEqual([]);
      expect(clients!.name).toBe("clients");
      expect(everybody).toEqual({
        name: "open",
        matches: [{ path: { type: "Exact", value: "/health" } }],
        backendRefs: clients!.backendRefs,
      });
    }
  });

  it("asks nobody where that is said, and then needs no exemption", async () => {
    const rateLimits = [
      { unit: "requests", amount: 1, period: "Minute", per: "all" },
    ] as const satisfies RegionalGatewayArgs["backends"][string]["rateLimits"];
    const backends = { llama: { ...open.llama, rateLimits } };
    const run = await registered(gateway({ authentication: { kind: "none" }, backends }));
    expect(ofType(run, `kubernetes:${SECURITY}`)).toEqual([]);
    expect(specOf(run, CLIENTS)).toMatchObject({
      headers: { earlyRequestHeaders: { remove: ["x-gateway-inference-fairness-id"] } },
    });
  });

  it("lets in whom its load balancer is told of", async () => {
    const sourceCidrs = ["203.0.113.0/24", "198.51.100.7/32"];
    const run = await registered(gateway({ attachment: { kind: "load-balancer", sourceCidrs } }));
    expect(specOf(run, PROXY)).toMatchObject({
      provider: { kubernetes: { envoyService: { loadBalancerSourceRanges: sourceCidrs } } },
    });
  });

  const { circuitBreaker: _, ...withoutBreaker } = llama;
  it.each<[string, Partial<RegionalGatewayArgs>]>([
    ["hostnames", { hostnames: [] }],
    ["hostnames[0]", { hostnames: ["API.example.com"] }],
    ["replicas", { replicas: 0 }],
    ["longestSilenceSeconds", { longestSilenceSeconds: 0 }],
    ["backends", { backends: {} }],
    ["authentication", { authentication: { kind: "none" } }],
    ["authentication.kind", { authentication: { kind: "basic" as never } }],
    ["authentication.secrets", { authentication: { kind: "api-key", secrets: [] } }],
    ["authentication.secrets[0]", { authentication: { kind: "api-key", secrets: ["Keys"] } }],
    [
      "authentication.headers[0]",
      { authentication: { kind: "api-key", secrets: ["keys"], headers: ["X-Key"] } },
    ],
    ["authentication.issuer", { authentication: { ...jwt, issuer: "" } }],
    ["authentication.jwksUri", { authentication: { ...jwt, jwksUri: "http://example.com/keys" } }],
    ["authentication.audiences", { authentication: { ...jwt, audiences: [] } }],
    ["authentication.audiences", { authentication: { ...jwt, audiences: [..."abcdefghi"] } }],
    ["authentication.tenantClaim", { authentication: { ...jwt, tenantClaim: "" } }],
    ["attachment.sourceCidrs", { attachment: { kind: "load-balancer", sourceCidrs: [] } }],
    ["backends.llama.openPaths[0]", { backends: { llama: { ...llama, openPaths: ["health"] } } }],
    ["backends.llama.circuitBreaker", { backends: { llama: withoutBreaker } }],
    [
      "backends.llama.hostnames[0]",
      { backends: { llama: { ...llama, hostnames: ["llama.example.org"] } } },
    ],
    ["backends.llama.hostnames", { backends: { llama: { ...llama, hostnames: [] } } }],
    [
      "backends.llama.timeouts.requestSeconds",
      { backends: { llama: { ...llama, timeouts: { requestSeconds: 60 } } } },
    ],
    [
      "backends.llama.retry.retryOn[0]",
      {
        backends: { llama: { ...llama, retry: { ...llama.retry!, retryOn: ["5xx" as never] } } },
      },
    ],
    ["backends.qwen.circuitBreaker", { backends: { qwen: { ...qwen, circuitBreaker: breaker } } }],
    [
      "backends.qwen.passiveHealthCheck",
      { backends: { qwen: { ...qwen, passiveHealthCheck: llama.passiveHealthCheck! } } },
    ],
    [
      "backends.qwen.inferencePool.pickerImage",
      {
        backends: {
          qwen: { ...qwen, inferencePool: { ...qwen.inferencePool!, pickerImage: "router:v0.10" } },
        },
      },
    ],
    [
      "backends.qwen.inferencePool.disaggregation.uncachedTokensMin",
      {
        backends: {
          qwen: {
            ...qwen,
            inferencePool: { ...qwen.inferencePool!, disaggregation: { uncachedTokensMin: 0 } },
          },
        },
      },
    ],
    [
      "backends.llama.rateLimits[0].scope",
      {
        backends: {
          llama: {
            ...llama,
            rateLimits: [
              { unit: "tokens", amount: 1, period: "Minute", per: "all", scope: "process" },
            ],
          },
        },
      },
    ],
  ])("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(gateway(args))).rejects.toMatchObject({ propertyPath });
  });

  it("fails when tokens are limited that nobody counts", async () => {
    const { tokenCounter: _counter, ...uncounted } = gatewayArgs;
    const program = () => {
      const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
      new RegionalGateway("support", uncounted, { provider });
      return undefined;
    };
    await expect(registered(program)).rejects.toMatchObject({
      propertyPath: "backends.llama.rateLimits[1].unit",
      reason: expect.stringContaining("give tokenCounter"),
    });
  });

  it("fails without an explicit provider", async () => {
    const program = () => {
      new RegionalGateway("support", gatewayArgs, {});
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
