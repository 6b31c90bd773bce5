/** Arguments of GcpEdge: what they mean, what is refused, and what they are when left out. */
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { checkLengths } from "./check-timeouts";
import { checkEdgePolicies } from "./edge-capabilities";
import type { CircuitBreakerArgs, StreamLengths } from "./traffic-policy-args";

/** Network endpoint groups of one zone, with a gateway's pods. */
export interface GcpEdgeBackendArgs {
  /** Self link of the group. */
  readonly group: pulumi.Input<string>;
  /** Requests per second that one pod takes; beyond, requests go to another region. Known early. */
  readonly maxRequestsPerSecondPerEndpoint: number;
  /** Share of that which is used, percent; 0 drains. Known early. @default 100 */
  readonly capacityPercent?: number;
}

/** Ejection of gateways that answer 502, 503 or 504. Each of Google's proxies counts for itself. Known early. */
export interface GcpOutlierDetectionArgs {
  /** Such answers in a row that eject a gateway. A breaker's own 503 counts: choose it well above a burst of these. */
  readonly consecutiveGatewayFailures: number;
  readonly intervalSeconds: number;
  readonly baseEjectionSeconds: number;
  /** Gateways that may be ejected at once, whole percent. */
  readonly maxEjectionPercent: number;
}

/** Attempts after the first. Known early. */
export interface GcpEdgeRetryArgs {
  readonly numRetries: number;
  readonly conditions: readonly (typeof edgeRetryConditions)[number][];
}

/** How requests are spread over regions. Known early. */
export interface GcpSpreadArgs {
  /** @default "WATERFALL_BY_REGION", the nearest region until it is full */
  readonly algorithm?: (typeof algorithms)[number];
  /** Healthy endpoints of a group, percent, below which its traffic goes elsewhere; 1 to 99. @default 70 */
  readonly failoverThresholdPercent?: number;
  /** Whether a group with fewer than 25 % healthy endpoints is emptied. @default true */
  readonly hasAutoCapacityDrain?: boolean;
}

/** Cloud Armor. Known early. */
export interface GcpArmorArgs {
  /** Requests of one address in a minute; those beyond are answered 429. @default 6000 */
  readonly requestsPerMinutePerAddress?: number;
  /** Preconfigured rules that refuse a request, such as `sqli-v33-stable`. @default - none: prompts look like attacks */
  readonly rules?: readonly string[];
}

/** Changes to single resources, in the provider's words. */
export interface GcpEdgeTransforms {
  readonly backendService?: Transform<gcp.compute.BackendServiceArgs>;
  readonly urlMap?: Transform<gcp.compute.URLMapArgs>;
  readonly securityPolicy?: Transform<gcp.compute.SecurityPolicyArgs>;
  readonly httpsProxy?: Transform<gcp.compute.TargetHttpsProxyArgs>;
}

/** Arguments of GcpEdge. */
export interface GcpEdgeArgs extends StreamLengths {
  /** By name: the zone, for instance. Known early. */
  readonly backends: Readonly<Record<string, GcpEdgeBackendArgs>>;
  /** Certificate map of Certificate Manager (`//certificatemanager.googleapis.com/projects/…`). */
  readonly certificateMap: pulumi.Input<string>;
  /** Known early. @default "EXTERNAL_MANAGED", the global external application load balancer */
  readonly loadBalancingScheme?: "EXTERNAL_MANAGED" | "EXTERNAL";
  /** Where gateways are asked whether they are well. Known early. @default - a connection to the port of the traffic */
  readonly healthCheck?: { readonly path: string; readonly port: number };
  /**
   * Longest answer, whole seconds: an attempt is cut after it, whether bytes flow or not. Known early.
   * @default - the longest stream
   */
  readonly timeoutSeconds?: number;
  /** @default - none */
  readonly outlierDetection?: GcpOutlierDetectionArgs;
  /** @default - none */
  readonly retry?: GcpEdgeRetryArgs;
  /** @default - by region, with automatic draining */
  readonly spread?: GcpSpreadArgs;
  /** @default - 6000 requests a minute from one address */
  readonly armor?: GcpArmorArgs;
  /** Share of the requests that are logged, without their contents. Known early. @default 1 */
  readonly loggedShare?: number;
  /** Refused: no global external load balancer of Google Cloud has one. Known early. */
  readonly circuitBreaker?: CircuitBreakerArgs;
  /** Whether the address, which others may have on a list, is protected from deletion. Known early. @default true */
  readonly isProtected?: boolean;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: GcpEdgeTransforms;
}

/** Arguments with their defaults. */
export interface ResolvedGcpEdge extends GcpEdgeArgs {
  readonly loadBalancingScheme: "EXTERNAL_MANAGED" | "EXTERNAL";
  readonly timeoutSeconds: number;
  readonly drainingSeconds: number;
  readonly spread: Required<GcpSpreadArgs>;
  readonly armor: Required<GcpArmorArgs>;
  readonly loggedShare: number;
  readonly isProtected: boolean;
  readonly allocation: Allocation;
  readonly transform: GcpEdgeTransforms;
}

/** Reasons to try again before the first byte of an answer. */
const edgeRetryConditions = ["connect-failure", "refused-stream"] as const;
const algorithms = [
  "WATERFALL_BY_REGION",
  "WATERFALL_BY_ZONE",
  "SPRAY_TO_REGION",
  "SPRAY_TO_WORLD",
] as const;

const PERCENT = { min: 0, max: 100 };
const COUNT = { min: 1, max: 2_147_483_647 };
/** Longest connection draining (Compute API, connectionDraining.drainingTimeoutSec). */
const DRAINING_SECONDS_MAX = 3600;

/** What is wrong with the arguments. */
export function checkGcpEdge(args: GcpEdgeArgs): readonly InputProblem[] {
  const { outlierDetection, retry, spread = {}, armor = {}, longestStreamSeconds } = args;
  const scheme = args.loadBalancingScheme ?? "EXTERNAL_MANAGED";
  const problems: InputProblem[] = [
    ...checkLengths(args),
    ...checkOneOf("loadBalancingScheme", scheme, ["EXTERNAL_MANAGED", "EXTERNAL"]),
    ...checkWhole("healthCheck.port", args.healthCheck?.port, { min: 1, max: 65_535 }),
    ...checkWhole("timeoutSeconds", args.timeoutSeconds, COUNT),
    ...checkWhole(
      "outlierDetection.consecutiveGatewayFailures",
      outlierDetection?.consecutiveGatewayFailures,
      COUNT,
    ),
    ...checkWhole("outlierDetection.intervalSeconds", outlierDetection?.intervalSeconds, COUNT),
    ...checkWhole(
      "outlierDetection.baseEjectionSeconds",
      outlierDetection?.baseEjectionSeconds,
      COUNT,
    ),
    ...checkWhole(
      "outlierDetection.maxEjectionPercent",
      outlierDetection?.maxEjectionPercent,
      PERCENT,
    ),
    ...checkWhole("retry.numRetries", retry?.numRetries, { min: 1, max: 10 }),
    ...checkOneOf("spread.algorithm", spread.algorithm, algorithms),
    ...checkWhole("spread.failoverThresholdPercent", spread.failoverThresholdPercent, {
      min: 1,
      max: 99,
    }),
    ...checkWhole("armor.requestsPerMinutePerAddress", armor.requestsPerMinutePerAddress, COUNT),
    ...checkEdgePolicies(scheme === "EXTERNAL" ? "EXTERNAL" : "EXTERNAL_MANAGED", {
      circuitBreaker: args.circuitBreaker,
      outlierDetection,
      retry,
    }),
    ...checkBackends(args),
  ];
  (retry?.conditions ?? []).forEach((condition, index) => {
    if (edgeRetryConditions.includes(condition)) return;
    problems.push({
      path: `retry.conditions[${index}]`,
      must: `be one of ${edgeRetryConditions.join(", ")}, because an answer that is half sent would be repeated`,
      got: condition,
    });
  });
  const { timeoutSeconds } = args;
  if (timeoutSeconds !== undefined && timeoutSeconds < longestStreamSeconds) {
    problems.push({
      path: "timeoutSeconds",
      must: `be at least longestStreamSeconds (${longestStreamSeconds}), or it cuts answers that are expected`,
      got: timeoutSeconds,
      fix: "raise it, or leave it out",
    });
  }
  if (longestStreamSeconds > DRAINING_SECONDS_MAX) {
    problems.push({
      path: "longestStreamSeconds",
      must: `be at most ${DRAINING_SECONDS_MAX}, the longest that a backend drains`,
      got: longestStreamSeconds,
      fix: "give out longer answers by queue",
    });
  }
  const { loggedShare } = args;
  if (loggedShare !== undefined && !(loggedShare >= 0 && loggedShare <= 1)) {
    problems.push({ path: "loggedShare", must: "be between 0 and 1", got: loggedShare });
  }
  return problems;
}

function checkBackends({ backends }: GcpEdgeArgs): readonly InputProblem[] {
  const problems: InputProblem[] = Object.entries(backends).flatMap(([name, backend]) => {
    const path = `backends.${name}`;
    const { maxRequestsPerSecondPerEndpoint: rate } = backend;
    return [
      ...checkForm(path, name, {
        pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
        must: "be a name of lower case letters, digits and hyphens",
      }),
      ...checkWhole(`${path}.capacityPercent`, backend.capacityPercent, PERCENT),
      ...(rate > 0 && Number.isFinite(rate)
        ? []
        : [{ path: `${path}.maxRequestsPerSecondPerEndpoint`, must: "be above 0", got: rate }]),
    ];
  });
  if (Object.keys(backends).length === 0) {
    problems.push({ path: "backends", must: "hold a network endpoint group", got: backends });
  }
  return problems;
}

/** Arguments with everything that was left out. */
export function resolveGcpEdge(args: GcpEdgeArgs): ResolvedGcpEdge {
  return {
    ...args,
    loadBalancingScheme: args.loadBalancingScheme ?? "EXTERNAL_MANAGED",
    timeoutSeconds: args.timeoutSeconds ?? Math.ceil(args.longestStreamSeconds),
    drainingSeconds: Math.ceil(args.longestStreamSeconds),
    spread: {
      algorithm: "WATERFALL_BY_REGION",
      failoverThresholdPercent: 70,
      hasAutoCapacityDrain: true,
      ...args.spread,
    },
    armor: { requestsPerMinutePerAddress: 6000, rules: [], ...args.armor },
    loggedShare: args.loggedShare ?? 1,
    isProtected: args.isProtected ?? true,
    allocation: args.allocation ?? {},
    transform: args.transform ?? {},
  };
}
