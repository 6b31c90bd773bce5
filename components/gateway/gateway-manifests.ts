/**
 * The gateway of a region as plain data: GatewayClass, Gateway, Envoy's own settings, its policy towards clients, routes.
 * Fields are those of Gateway API 1.6 and Envoy Gateway 1.9.
 */
import type * as pulumi from "@pulumi/pulumi";
import { streamTimeout } from "./backend-traffic-policy";
import { gatewayDuration } from "./gateway-duration";
import type { ManifestPart } from "./manifest-part";
import {
  type GatewayBackendArgs,
  type RegionalGatewayArgs,
  type RouteMatchArgs,
  tenantHeaderOf,
} from "./regional-gateway-args";

/** Names of the objects of one gateway in Kubernetes. */
export interface GatewayNames {
  readonly gateway: string;
  /** Of the Service in front of Envoy's pods. */
  readonly service: string;
}

export const HTTPS_PORT = 443;
const LISTENER = "https";
const GATEWAY_API = "gateway.networking.k8s.io";
/** Time between two uploads of a prompt's bytes is short; only the answer takes long. */
const REQUEST_RECEIVED_SECONDS = 60;
const CLIENT_IDLE_SECONDS = 3600;
/** HTTP/2 (RFC 9113, section 6.5.2) recommends no fewer. */
const STREAMS_DEFAULT = 100;

/** Which controller takes care of gateways of this class. */
export const gatewayClassSpec: ManifestPart = {
  controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
};

/**
 * The gateway: one listener, over TLS. It names no host, since Google's load balancers and health checks do not say in
 * the handshake which one they mean, and Envoy would find nothing to answer with; what is answered for is said by routes.
 */
export function gatewaySpec(names: GatewayNames, args: RegionalGatewayArgs): ManifestPart {
  return {
    gatewayClassName: names.gateway,
    infrastructure: {
      parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: names.gateway },
    },
    listeners: [
      {
        name: LISTENER,
        protocol: "HTTPS",
        port: HTTPS_PORT,
        tls: {
          mode: "Terminate",
          certificateRefs: [{ group: "", kind: "Secret", name: args.certificateSecret }],
        },
        allowedRoutes: { namespaces: { from: "Same" } },
      },
    ],
  };
}

/** Envoy's pods: how many, where, how they leave, and the Service before them. */
export function envoyProxySpec(names: GatewayNames, args: RegionalGatewayArgs) {
  const { resources = { cpu: "2", memory: "2Gi" }, longestStreamSeconds } = args;
  const spread = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: {
      matchLabels: { "gateway.envoyproxy.io/owning-gateway-name": names.gateway },
    },
  });
  return {
    provider: {
      type: "Kubernetes",
      kubernetes: {
        envoyDeployment: {
          replicas: args.replicas,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          pod: {
            topologySpreadConstraints: [
              spread("topology.kubernetes.io/zone"),
              spread("kubernetes.io/hostname"),
            ],
          },
          container: {
            resources: { requests: { ...resources }, limits: { memory: resources.memory } },
          },
        },
        ...(args.replicas > 1 ? { envoyPDB: { maxUnavailable: 1 } } : {}),
        envoyService: serviceSpec(names, args),
      },
    },
    // A process that leaves waits for its streams, as long as the longest takes.
    shutdown: {
      drainTimeout: gatewayDuration(longestStreamSeconds),
      minDrainDuration: gatewayDuration(Math.min(longestStreamSeconds, 10)),
    },
  };
}

function serviceSpec({ service }: GatewayNames, { attachment }: RegionalGatewayArgs) {
  switch (attachment?.kind) {
    case "target-group":
      return { name: service, type: "ClusterIP" };
    case "neg": {
      const exposed = { exposed_ports: { [HTTPS_PORT]: { name: attachment.negName } } };
      const annotations = { "cloud.google.com/neg": JSON.stringify(exposed) };
      return { name: service, type: "ClusterIP", annotations };
    }
    default: {
      const annotations: Record<string, pulumi.Input<string>> = { ...attachment?.annotations };
      return {
        name: service,
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        ...(attachment?.sourceCidrs === undefined
          ? {}
          : { loadBalancerSourceRanges: [...attachment.sourceCidrs] }),
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      };
    }
  }
}

/** Tells the AWS Load Balancer Controller which target group the pods behind the Service belong to. */
export function targetGroupBindingSpec(
  { service }: GatewayNames,
  targetGroupArn: pulumi.Input<string>,
) {
  return {
    serviceRef: { name: service, port: HTTPS_PORT },
    targetGroupARN: targetGroupArn,
    targetType: "ip",
  };
}

/** What clients may do; a stream may be silent as long as the least patient backend allows. */
export function clientTrafficPolicySpec(
  names: GatewayNames,
  args: RegionalGatewayArgs,
): ManifestPart {
  const { clients = {}, backends } = args;
  const { maxConnections, maxConcurrentStreams = STREAMS_DEFAULT, trustedHops } = clients;
  const idleSeconds = Object.values(backends).map(
    ({ timeouts }) => timeouts?.streamIdleSeconds ?? Number.POSITIVE_INFINITY,
  );
  return {
    targetRefs: [{ group: GATEWAY_API, kind: "Gateway", name: names.gateway }],
    ...(maxConnections === undefined
      ? {}
      : { connection: { connectionLimit: { value: maxConnections, closeDelay: "1s" } } }),
    timeout: {
      http: {
        requestReceivedTimeout: gatewayDuration(REQUEST_RECEIVED_SECONDS),
        idleTimeout: gatewayDuration(CLIENT_IDLE_SECONDS),
        // Envoy would end it after 5 minutes; the routes know better.
        streamIdleTimeout: streamTimeout(Math.max(...idleSeconds)),
      },
    },
    http2: { maxConcurrentStreams },
    headers: { earlyRequestHeaders: untrustedHeaders(tenantHeaderOf(args)) },
    tls: { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] },
    tcpKeepalive: { idleTime: "60s", interval: "15s", probes: 3 },
    ...(trustedHops === undefined || trustedHops === 0
      ? {}
      : { clientIPDetection: { xForwardedFor: { numTrustedHops: trustedHops } } }),
    ...(clients.hasProxyProtocol === true ? { proxyProtocol: { optional: false } } : {}),
  };
}

/** What begins the headers by which an endpoint picker is told the tenant, priority, wait and replicas of a request. */
const PICKER_HEADERS = ["x-gateway-", "x-llm-d-", "x-prefiller-"];

/** What no client may say of itself, thrown away before anything reads it. */
function untrustedHeaders(tenantHeader: string): ManifestPart {
  return {
    remove: [tenantHeader],
    removeOnMatch: PICKER_HEADERS.map((value) => ({ type: "Prefix", value })),
  };
}

/** Names of the rules of a route: what clients are asked for, and what anybody may have. */
const CLIENT_RULE = "clients";
export const OPEN_RULE = "open";

/** The route of one backend; its timeouts are those of the BackendTrafficPolicy. */
export function httpRouteSpec(
  names: GatewayNames,
  backend: GatewayBackendArgs,
  poolName: string,
  { hostnames }: RegionalGatewayArgs,
): ManifestPart {
  const { service, matches = [{}], openPaths = [] } = backend;
  const backendRef =
    service === undefined
      ? { group: "inference.networking.k8s.io", kind: "InferencePool", name: poolName }
      : { group: "", kind: "Service", name: service.name, port: service.port };
  const rule = (name: string, ruleMatches: readonly ManifestPart[]): ManifestPart => ({
    name,
    matches: ruleMatches,
    backendRefs: [backendRef],
  });
  return {
    parentRefs: [{ group: GATEWAY_API, kind: "Gateway", name: names.gateway }],
    hostnames: [...(backend.hostnames ?? hostnames)],
    rules: [
      rule(CLIENT_RULE, matches.map(matchSpec)),
      ...(openPaths.length === 0
        ? []
        : [
            rule(
              OPEN_RULE,
              openPaths.map((value) => ({ path: { type: "Exact", value } })),
            ),
          ]),
    ],
  };
}

function matchSpec({ pathPrefix = "/", headers = {} }: RouteMatchArgs): ManifestPart {
  const wanted = Object.entries(headers).map(([name, value]) => ({ type: "Exact", name, value }));
  return {
    path: { type: "PathPrefix", value: pathPrefix },
    ...(wanted.length === 0 ? {} : { headers: wanted }),
  };
}
