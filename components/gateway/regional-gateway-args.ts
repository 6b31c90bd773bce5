/** Arguments of RegionalGateway: what they mean, what is refused, and what they are when left out. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import {
  checkBlocks,
  checkForm,
  checkOneOf,
  checkUnique,
  checkWhole,
} from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkLengths } from "./check-timeouts";
import { checkTrafficPolicy } from "./check-traffic-policy";
import { type ClientAuthenticationArgs, checkAuthentication } from "./client-authentication";
import { checkInferencePool, type InferencePoolArgs } from "./inference-args";
import { checkRateLimits, type RateLimitArgs, type TokenCounterArgs } from "./rate-limits";
import type { StreamLengths, TrafficPolicyArgs } from "./traffic-policy-args";

/** Which requests go to a backend. Known early. */
export interface RouteMatchArgs {
  /** @default "/" */
  readonly pathPrefix?: string;
  /** Headers and their exact values, all of which must be there. @default - any */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where requests for one model go, and what is done with them. Known early. */
export interface GatewayBackendArgs extends TrafficPolicyArgs {
  /**
   * `breaker`: Envoy chooses a replica of a Service, and its breaker is real. `inference`: an endpoint picker chooses a
   * replica of an InferencePool and keeps requests back; Envoy's breaker, health checks and retries do not reach it.
   */
  readonly routing: "breaker" | "inference";
  /** For `breaker`. */
  readonly service?: {
    readonly name: string;
    readonly port: number;
    /** Fewest replicas behind it, where it is known. @default - unknown */
    readonly replicasMin?: number;
  };
  /** For `inference`. */
  readonly inferencePool?: InferencePoolArgs;
  /** Any of them. @default - every request */
  readonly matches?: readonly RouteMatchArgs[];
  /**
   * Exact paths beside `matches` that anybody may ask for, whatever `authentication` says: where the health checks of
   * DNS look. @default - none
   */
  readonly openPaths?: readonly string[];
  /** Names of this backend alone, out of those of the gateway or under a wildcard of it. @default - the gateway's */
  readonly hostnames?: readonly string[];
  /** @default - none */
  readonly rateLimits?: readonly RateLimitArgs[];
}

/** How requests reach Envoy's pods. */
export type GatewayAttachment =
  /** The cloud's own load balancer for a Service, with these annotations. */
  | {
      readonly kind: "load-balancer";
      /** Who may connect, as IPv4 blocks. Known early. @default - everybody */
      readonly sourceCidrs?: readonly string[];
      readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
    }
  /** A target group of an AwsEdge, which the AWS Load Balancer Controller fills. */
  | { readonly kind: "target-group"; readonly targetGroupArn: pulumi.Input<string> }
  /** Network endpoint groups of this name in every zone, for a GcpEdge. Known early. */
  | { readonly kind: "neg"; readonly negName: string };

/** Limits towards clients, per process. Known early. */
export interface ClientLimitsArgs {
  /** @default - no limit */
  readonly maxConnections?: number;
  /** Streams of one HTTP/2 connection. @default 100 */
  readonly maxConcurrentStreams?: number;
  /** Proxies in front that add to X-Forwarded-For: 1 behind an ALB, 2 behind Google's. @default - none */
  readonly trustedHops?: number;
  /** Whether connections begin with the PROXY protocol, as those of an AwsEdge of kind `nlb` do. @default false */
  readonly hasProxyProtocol?: boolean;
}

/** Changes to single resources, in the provider's words. */
export interface RegionalGatewayTransforms {
  readonly gateway?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly envoyProxy?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly clientTrafficPolicy?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly backendTrafficPolicy?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly httpRoute?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
  readonly securityPolicy?: Transform<kubernetes.apiextensions.CustomResourceArgs>;
}

/** Arguments of RegionalGateway. */
export interface RegionalGatewayArgs extends StreamLengths {
  /** Namespace of the gateway, its routes and its backends; it exists already. Known early. */
  readonly namespace: string;
  /** Names that clients call. Known early. */
  readonly hostnames: readonly string[];
  /** Secret of the namespace with the certificate for these names. Known early. */
  readonly certificateSecret: string;
  /** What clients are asked for. Never left out, so that no gateway is open by accident. Known early. */
  readonly authentication: ClientAuthenticationArgs;
  /** Envoy processes. Each gets its share of every limit, so whoever gives limits divided by this. Known early. */
  readonly replicas: number;
  /** Requests of one process to the cluster. @default - 2 CPU, 2Gi */
  readonly resources?: { readonly cpu: string; readonly memory: string };
  /** Namespace of Envoy Gateway's controller, where Envoy runs. Known early. @default "envoy-gateway-system" */
  readonly proxyNamespace?: string;
  /** Known early. @default - a load balancer of the cloud's own */
  readonly attachment?: GatewayAttachment;
  /** @default - no limit but Envoy's own */
  readonly clients?: ClientLimitsArgs;
  /** By name: lower case letters, digits and hyphens. Known early. */
  readonly backends: Readonly<Record<string, GatewayBackendArgs>>;
  /**
   * Header that names the tenant, which `authentication` fills; what a client writes there is thrown away. Known early.
   * @default "x-gateway-inference-fairness-id", by which endpoint pickers tell tenants apart as well
   */
  readonly tenantHeader?: string;
  /** Who counts tokens, for limits on them. Known early. @default - nobody */
  readonly tokenCounter?: TokenCounterArgs;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: RegionalGatewayTransforms;
}

const COUNT = { min: 1, max: 2_147_483_647 };
const HOSTNAME = {
  pattern: /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
  must: "be a name of DNS, in lower case",
};
const NAME = {
  pattern: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  must: "be a name of at most 40 lower case letters, digits and hyphens",
};

const PATH = { pattern: /^\/[^\s?#]*$/, must: "be a path that begins with a slash" };

/** What is wrong with the arguments. */
export function checkRegionalGateway(args: RegionalGatewayArgs): readonly InputProblem[] {
  const { backends, clients = {}, attachment, hostnames } = args;
  const problems: InputProblem[] = [
    ...checkForm("namespace", args.namespace, NAME),
    ...checkUnique("hostnames", hostnames),
    ...hostnames.flatMap((host, index) => checkForm(`hostnames[${index}]`, host, HOSTNAME)),
    ...checkWhole("replicas", args.replicas, { min: 1, max: 1000 }),
    ...checkLengths(args),
    ...checkAuthentication(args.authentication),
    ...checkTenants(args),
    ...checkWhole("clients.maxConnections", clients.maxConnections, COUNT),
    ...checkWhole("clients.maxConcurrentStreams", clients.maxConcurrentStreams, COUNT),
    ...checkWhole("clients.trustedHops", clients.trustedHops, { min: 0, max: 10 }),
  ];
  if (hostnames.length === 0) {
    problems.push({ path: "hostnames", must: "hold a name that clients call", got: hostnames });
  }
  if (attachment?.kind === "neg") {
    problems.push(...checkForm("attachment.negName", attachment.negName, NAME));
  }
  if (attachment?.kind === "load-balancer") {
    problems.push(...checkBlocks("attachment.sourceCidrs", attachment.sourceCidrs));
  }
  if (Object.keys(backends).length === 0) {
    problems.push({ path: "backends", must: "hold a backend", got: backends });
  }
  for (const [name, backend] of Object.entries(backends)) {
    problems.push(
      ...checkForm(`backends.${name}`, name, NAME),
      ...checkBackend(name, backend, args),
    );
  }
  return problems;
}

/** Who is not asked is nobody's tenant, and would be whichever tenant it says. */
function checkTenants({ authentication, backends }: RegionalGatewayArgs): readonly InputProblem[] {
  const limited = Object.entries(backends)
    .filter(([, { rateLimits = [] }]) => rateLimits.some(({ per }) => per === "tenant"))
    .map(([name]) => name);
  if (authentication.kind !== "none" || limited.length === 0) return [];
  return [
    {
      path: "authentication",
      must: `tell tenants apart, because limits of ${limited.join(", ")} are per tenant`,
      got: authentication.kind,
      fix: 'ask for keys, or limit per "all"',
    },
  ];
}

function checkBackend(
  name: string,
  backend: GatewayBackendArgs,
  args: RegionalGatewayArgs,
): readonly InputProblem[] {
  const path = `backends.${name}`;
  const { routing, service, inferencePool, circuitBreaker } = backend;
  const problems: InputProblem[] = [
    ...checkOneOf(`${path}.routing`, routing, ["breaker", "inference"]),
    ...checkTrafficPolicy(backend, { path, lengths: args, replicasMin: service?.replicasMin }),
    ...checkRateLimits(path, rateLimitsOf(backend, args)),
    ...checkHostnames(`${path}.hostnames`, backend.hostnames, args.hostnames),
    ...(backend.openPaths ?? []).flatMap((open, index) =>
      checkForm(`${path}.openPaths[${index}]`, open, PATH),
    ),
  ];
  const needed =
    routing === "breaker" ? ({ service, circuitBreaker } as const) : ({ inferencePool } as const);
  for (const [key, value] of Object.entries(needed)) {
    if (value !== undefined) continue;
    const must = `be given for routing "${routing}"`;
    problems.push({ path: `${path}.${key}`, must, got: value });
  }
  if (service !== undefined) {
    problems.push(...checkWhole(`${path}.service.port`, service.port, { min: 1, max: 65_535 }));
  }
  if (inferencePool !== undefined) {
    problems.push(...checkInferencePool(inferencePool, `${path}.inferencePool`));
  }
  return [...problems, ...checkReach(backend, path)];
}

/** A name that no listener takes would never be called. */
function checkHostnames(
  path: string,
  hostnames: readonly string[] | undefined,
  ofGateway: readonly string[],
): readonly InputProblem[] {
  if (hostnames === undefined) return [];
  const isTaken = (host: string): boolean =>
    ofGateway.includes(host) || ofGateway.includes(host.replace(/^[^.]+/, "*"));
  return [
    ...(hostnames.length === 0
      ? [{ path, must: "hold a name, or be left out", got: hostnames }]
      : []),
    ...checkUnique(path, hostnames),
    ...hostnames.flatMap((host, index) => [
      ...checkForm(`${path}[${index}]`, host, HOSTNAME),
      ...(isTaken(host)
        ? []
        : [
            {
              path: `${path}[${index}]`,
              must: `be one of the gateway's names, or under a wildcard of it: ${ofGateway.join(", ")}`,
              got: host,
            },
          ]),
    ]),
  ];
}

/** What Envoy does not do for a replica that somebody else has chosen. */
const UNREACHED = [
  "circuitBreaker",
  "passiveHealthCheck",
  "activeHealthCheck",
  "panicThresholdPercent",
  "retry",
  "loadBalancing",
  "slowStartSeconds",
] as const satisfies readonly (keyof TrafficPolicyArgs)[];

function checkReach(backend: GatewayBackendArgs, path: string): readonly InputProblem[] {
  if (backend.routing !== "inference") {
    if (backend.inferencePool === undefined) return [];
    const must = 'be left out for routing "breaker"';
    return [{ path: `${path}.inferencePool`, must, got: backend.inferencePool.matchLabels }];
  }
  return [...UNREACHED, "service" as const]
    .filter((key) => backend[key] !== undefined)
    .map((key) => ({
      path: `${path}.${key}`,
      must: 'be left out for routing "inference", because it does not reach an InferencePool',
      got: backend[key],
      fix: 'use inferencePool.flowControl, or routing "breaker"',
    }));
}

/** The header that names the tenant. */
export function tenantHeaderOf({
  tenantHeader = "x-gateway-inference-fairness-id",
}: RegionalGatewayArgs): string {
  return tenantHeader;
}

/** The limits of a backend, with what all backends share. */
export function rateLimitsOf({ rateLimits = [] }: GatewayBackendArgs, args: RegionalGatewayArgs) {
  const { tokenCounter, replicas } = args;
  return { rateLimits, tenantHeader: tenantHeaderOf(args), tokenCounter, replicas };
}
