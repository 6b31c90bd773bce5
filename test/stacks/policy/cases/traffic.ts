/** Cases of what is between clients and models: names, timeouts, openings. */
import { UNKNOWN } from "../../../support/mini-engine/wire-values";
import { type RuleCase, resource } from "../rule-case";

const RECORD = "aws:route53/record:Record";
const RECORD_SET = "gcp:dns/recordSet:RecordSet";
const half = (name: string, host: string, type: string, more: Readonly<Record<string, unknown>>) =>
  resource(RECORD, name, {
    zoneId: "zone",
    name: host,
    type: "A",
    failoverRoutingPolicies: [{ type }],
    ...more,
  });
const alias = { aliases: [{ name: "other", zoneId: "zone", evaluateTargetHealth: true }] };
const checked = { healthCheckedTargets: { externalEndpoints: ["192.0.2.1"] } };
const backups = [{ location: "us-east4", ...checked }];

const failover: readonly RuleCase[] = [
  {
    rule: "failover-is-complete",
    what: "halves of pairs, and records that are always healthy",
    resources: [
      half("alone", "us.api", "PRIMARY", { healthCheckId: "check" }),
      half("elsewhere", "eu.api", "SECONDARY", alias),
      resource(RECORD, "blind", {
        zoneId: "zone",
        name: "api",
        type: "A",
        latencyRoutingPolicies: [{ region: "us-east-1" }],
        records: ["192.0.2.1"],
      }),
    ],
    breaches: [
      ["alone", 'failoverRoutingPolicies: PRIMARY of "us.api" has no SECONDARY'],
      ["elsewhere", 'failoverRoutingPolicies: SECONDARY of "eu.api" has no PRIMARY'],
      ["blind", "healthCheckId: must be set"],
    ],
  },
  {
    rule: "failover-is-complete",
    what: "policies of Cloud DNS that cannot move",
    resources: [
      resource(RECORD_SET, "no-backup", {
        routingPolicy: {
          healthCheck: "check",
          primaryBackup: { primary: { externalEndpoints: ["192.0.2.1"] }, backupGeos: [] },
        },
      }),
      resource(RECORD_SET, "no-primary", {
        routingPolicy: {
          healthCheck: "check",
          primaryBackup: { primary: {}, backupGeos: backups },
        },
      }),
      resource(RECORD_SET, "blind", {
        routingPolicy: { geos: [{ location: "us-east4", rrdatas: ["192.0.2.1"] }] },
      }),
    ],
    breaches: [
      ["no-backup", "routingPolicy.primaryBackup.backupGeos: must have a backup"],
      ["no-primary", "routingPolicy.primaryBackup.primary: must have a target"],
      ["blind", "routingPolicy.geos[0].healthCheckedTargets: must have a target"],
      ["blind", "routingPolicy.healthCheck: must be set"],
    ],
  },
  {
    rule: "failover-is-complete",
    what: "pairs that health decides between, and records that stand alone",
    resources: [
      half("primary", "us.api", "PRIMARY", { healthCheckId: UNKNOWN }),
      half("secondary", "us.api", "SECONDARY", alias),
      resource(RECORD, "plain", { zoneId: "zone", name: "mail", type: "MX", records: ["mx"] }),
      resource(RECORD_SET, "cloud", {
        routingPolicy: {
          healthCheck: UNKNOWN,
          primaryBackup: {
            primary: { externalEndpoints: UNKNOWN },
            backupGeos: backups,
          },
        },
      }),
    ],
    breaches: [],
  },
];

const POLICY = "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy";
const ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
const policy = (name: string, http: Readonly<Record<string, unknown>>) =>
  resource(POLICY, name, { spec: { timeout: { http } } });

/** The plan has 300 s for a request, and 60 s of silence. */
const timeouts: readonly RuleCase[] = [
  {
    rule: "timeouts-outlast-streams",
    what: "whatever ends a stream before it is over",
    resources: [
      resource("aws:lb/loadBalancer:LoadBalancer", "alb", { idleTimeout: 30 }),
      resource("aws:lb/targetGroup:TargetGroup", "targets", { deregistrationDelay: 0 }),
      resource("gcp:compute/backendService:BackendService", "backends", {}),
      policy("cutting", { requestTimeout: "120s", streamIdleTimeout: "5s" }),
      policy("silent", { streamIdleTimeout: "0s", maxStreamDuration: "1m" }),
      resource(ROUTE, "route", { spec: { rules: [{ timeouts: { request: "30s" } }] } }),
    ],
    breaches: [
      ["alb", "idleTimeout: must be at least 60 s"],
      ["targets", "deregistrationDelay: must be at least"],
      ["backends", "timeoutSec: must be at least 300 s"],
      ["cutting", "spec.timeout.http.requestTimeout: must be at least 300 s"],
      ["cutting", "spec.timeout.http.streamIdleTimeout: must be at least 60 s"],
      ["silent", "spec.timeout.http.requestTimeout: must be at least 300 s"],
      ["silent", "spec.timeout.http.maxStreamDuration: must be at least 300 s"],
      ["route", "spec.rules.0.timeouts.request: must be at least 300 s"],
    ],
  },
  {
    rule: "timeouts-outlast-streams",
    what: "the plan's timeouts when a configuration asks for longer ones",
    config: { requestSeconds: 900, idleSeconds: 400 },
    resources: [
      resource("aws:lb/listener:Listener", "nlb", { protocol: "TCP" }),
      policy("planned", { requestTimeout: "300s", streamIdleTimeout: "6m40s" }),
    ],
    breaches: [
      ["nlb", "tcpIdleTimeoutSeconds: must be at least 400 s"],
      ["planned", "spec.timeout.http.requestTimeout: must be at least 900 s"],
    ],
  },
  {
    rule: "timeouts-outlast-streams",
    what: "what waits, what never ends anything, and what the cloud allows at most",
    config: { requestSeconds: 7200, idleSeconds: 60 },
    resources: [
      resource("aws:lb/loadBalancer:LoadBalancer", "nlb", { loadBalancerType: "network" }),
      resource("aws:lb/listener:Listener", "https", { protocol: "HTTPS" }),
      resource("aws:lb/targetGroup:TargetGroup", "targets", { deregistrationDelay: 3600 }),
      resource("gcp:compute/backendService:BackendService", "backends", {
        timeoutSec: 7200,
        connectionDrainingTimeoutSec: 3600,
      }),
      policy("off", { requestTimeout: "0s", streamIdleTimeout: "0s" }),
      resource(ROUTE, "route", { spec: { rules: [{}] } }),
    ],
    breaches: [],
  },
];

const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const FIREWALL = "gcp:compute/firewall:Firewall";
const ingress = (name: string, port: number, component: string, source: unknown) =>
  resource(
    RULE,
    name,
    { cidrIpv4: source, ipProtocol: "tcp", fromPort: port, toPort: port },
    { urn: `urn:pulumi:test::capplan::${component}$${RULE}::${name}` },
  );

const openings: readonly RuleCase[] = [
  {
    rule: "only-edge-is-open",
    what: "openings to the world that are no edge",
    resources: [
      ingress("cluster", 443, "capplan:cluster:EksGpuCluster", "0.0.0.0/0"),
      ingress("edge-ssh", 22, "capplan:gateway:AwsEdge", "0.0.0.0/0"),
      resource("aws:ec2/securityGroup:SecurityGroup", "old", {
        ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }],
      }),
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", "half", {
        type: "ingress",
        protocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrBlocks: ["128.0.0.0/1"],
      }),
      resource(FIREWALL, "ssh", {
        sourceRanges: ["0.0.0.0/0"],
        allows: [{ protocol: "tcp", ports: ["22"] }],
      }),
    ],
    breaches: [
      ["cluster", 'cidrIpv4: must name who may connect, got "0.0.0.0/0" on ports 443-443'],
      ["edge-ssh", 'cidrIpv4: must name who may connect, got "0.0.0.0/0" on ports 22-22'],
      ["old", 'ingress[0].ipv6CidrBlocks: must name who may connect, got "::/0" on all ports'],
      ["half", 'cidrBlocks: must name who may connect, got "128.0.0.0/1"'],
      ["ssh", 'sourceRanges: must name who may connect, got "0.0.0.0/0" on ports 22-22'],
    ],
  },
  {
    rule: "only-edge-is-open",
    what: "the edge, what is inside, and what goes out",
    resources: [
      ingress("clients", 443, "capplan:gateway:AwsEdge", "0.0.0.0/0"),
      ingress("inside", 443, "capplan:network:AwsNetwork", "10.0.0.0/16"),
      ingress("unknown", 443, "capplan:network:AwsNetwork", UNKNOWN),
      resource("aws:ec2/securityGroupRule:SecurityGroupRule", "out", {
        type: "egress",
        cidrBlocks: ["0.0.0.0/0"],
      }),
      resource(FIREWALL, "balancers", {
        direction: "INGRESS",
        sourceRanges: ["35.191.0.0/16"],
        allows: [{ protocol: "tcp", ports: ["443"] }],
      }),
    ],
    breaches: [],
  },
];

const object = (type: string, name: string, spec: unknown) =>
  resource(type, name, { metadata: { name, namespace: "serving" }, spec });
const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const SECURITY = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy";
const front = (name: string) =>
  object(GATEWAY, name, { infrastructure: { parametersRef: { kind: "EnvoyProxy", name } } });
const proxy = (name: string, envoyService: unknown) =>
  object("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy", name, {
    provider: { type: "Kubernetes", kubernetes: { envoyService } },
  });
const security = (name: string, kind: string, target: string, more: object, section?: string) =>
  object(SECURITY, name, {
    targetRefs: [
      { kind, name: target, ...(section === undefined ? {} : { sectionName: section }) },
    ],
    ...more,
  });
const keys = { apiKeyAuth: { credentialRefs: [{ name: "keys" }] } };
const allow = { authorization: { defaultAction: "Allow" } };
const route = object(ROUTE, "llama", {
  rules: [
    { name: "clients", matches: [{ path: { type: "PathPrefix", value: "/v1" } }] },
    { name: "open", matches: [{ path: { type: "Exact", value: "/health" } }] },
    { name: "all" },
  ],
});

const clients: readonly RuleCase[] = [
  {
    rule: "gateways-ask-who-calls",
    what: "gateways that answer everybody",
    resources: [
      front("behind-edge"),
      proxy("behind-edge", { type: "ClusterIP" }),
      ingress("edge", 443, "capplan:gateway:AwsEdge", "0.0.0.0/0"),
    ],
    breaches: [
      [
        "behind-edge",
        'a SecurityPolicy must ask who calls "behind-edge", got none, while cidrIpv4 of edge lets in "0.0.0.0/0"',
      ],
    ],
  },
  {
    rule: "gateways-ask-who-calls",
    what: "gateways whose Services let in everybody, and policies that are for others or ask nothing",
    resources: [
      front("unlimited"),
      proxy("unlimited", { type: "LoadBalancer" }),
      security("other", "Gateway", "another", keys),
      front("default"),
      front("whole"),
      proxy("whole", { loadBalancerSourceRanges: ["203.0.113.0/24", "0.0.0.0/0"] }),
      security("whole", "Gateway", "whole", allow),
      front("empty"),
      proxy("empty", { loadBalancerSourceRanges: [] }),
      security("optional", "Gateway", "empty", { jwt: { optional: true, providers: [{}] } }),
      front("google"),
      proxy("google", { type: "ClusterIP", annotations: { "cloud.google.com/neg": "{}" } }),
    ],
    breaches: ["unlimited", "default", "whole", "empty", "google"].map(
      (name) => [name, `a SecurityPolicy must ask who calls "${name}", got none`] as const,
    ),
  },
  {
    rule: "gateways-ask-who-calls",
    what: "routes that nobody is asked on",
    resources: [
      front("asked"),
      security("asked", "Gateway", "asked", keys),
      route,
      security("whole-route", "HTTPRoute", "llama", allow),
      security("prefix", "HTTPRoute", "llama", allow, "clients"),
      security("anything", "HTTPRoute", "llama", {}, "all"),
    ],
    breaches: [
      ["whole-route", 'spec.targetRefs: must exempt a rule of exact paths, got nothing of "llama"'],
      ["prefix", 'spec.targetRefs: must exempt a rule of exact paths, got "clients" of "llama"'],
      ["anything", 'spec.targetRefs: must exempt a rule of exact paths, got "all" of "llama"'],
    ],
  },
  {
    rule: "gateways-ask-who-calls",
    what: "gateways that ask, that few can reach, and exact paths for everybody",
    resources: [
      front("asked"),
      proxy("asked", { type: "ClusterIP" }),
      ingress("edge", 443, "capplan:gateway:AwsEdge", "0.0.0.0/0"),
      security("asked", "Gateway", "asked", keys),
      front("by-token"),
      security("by-token", "Gateway", "by-token", { jwt: { providers: [{}] } }),
      route,
      security("health", "HTTPRoute", "llama", allow, "open"),
    ],
    breaches: [],
  },
  {
    rule: "gateways-ask-who-calls",
    what: "gateways that ask nobody, where only some can connect",
    resources: [
      front("known"),
      proxy("known", { loadBalancerSourceRanges: ["203.0.113.0/24"] }),
      front("later"),
      proxy("later", { loadBalancerSourceRanges: UNKNOWN }),
      front("inside"),
      proxy("inside", { type: "ClusterIP" }),
      ingress("edge", 443, "capplan:gateway:AwsEdge", "203.0.113.0/24"),
    ],
    breaches: [],
  },
];

export const trafficCases: readonly RuleCase[] = [
  ...failover,
  ...timeouts,
  ...openings,
  ...clients,
];
