/**
 * Rules of time: nothing in front of a model may end a stream before the longest has ended, and nothing that leaves may
 * leave earlier. How long that is comes from the plan.
 */

import { limitOfPlan } from "../../planner/plan/fleet-of-plan";
import type { FleetLimitName } from "../../planner/plan/limit-names";
import { isPresent, itemsAt, secondsOf, valueAt } from "./plain-values";
import { type PlanConfig, planConfigProperties, planOfStack } from "./plan-of-stack";
import { type Judged, resourceRule } from "./rule";

/** What a configuration may say instead of the plan. */
export interface TimeoutConfig extends PlanConfig {
  /** Longest answer, seconds. @default - requestTimeoutSeconds of the plan */
  readonly requestSeconds: number;
  /** Longest silence within one, seconds. @default - streamIdleTimeoutSeconds of the plan */
  readonly idleSeconds: number;
}

/** Which of the two limits a timeout has to reach. */
type Bound = "request" | "idle";

const LIMITS: Readonly<Record<Bound, FleetLimitName>> = {
  request: "requestTimeoutSeconds",
  idle: "streamIdleTimeoutSeconds",
};

/** A field that ends something. */
interface TimeoutField {
  readonly path: string;
  readonly bound: Bound;
  /** What holds when nothing is said, seconds; undefined where that ends nothing. */
  readonly otherwise?: number;
  /** 0 switches it off. */
  readonly isOffAtZero?: boolean;
  /** The cloud takes no more, seconds. */
  readonly secondsMax?: number;
}

const HOUR = 3600;

/** By type. Defaults as the clouds and Envoy Gateway document them. */
const FIELDS: Readonly<Record<string, readonly TimeoutField[]>> = {
  // Of an application load balancer; one of the network type has it at its listener.
  "aws:lb/loadBalancer:LoadBalancer": [{ path: "idleTimeout", bound: "idle", secondsMax: 4000 }],
  "aws:lb/listener:Listener": [{ path: "tcpIdleTimeoutSeconds", bound: "idle", secondsMax: 6000 }],
  "aws:lb/targetGroup:TargetGroup": [
    { path: "deregistrationDelay", bound: "request", otherwise: 300, secondsMax: HOUR },
  ],
  "gcp:compute/backendService:BackendService": [
    { path: "timeoutSec", bound: "request", otherwise: 30 },
    { path: "connectionDrainingTimeoutSec", bound: "request", otherwise: 300, secondsMax: HOUR },
  ],
  "gcp:compute/regionBackendService:RegionBackendService": [
    { path: "timeoutSec", bound: "request", otherwise: 30 },
    { path: "connectionDrainingTimeoutSec", bound: "request", otherwise: 0, secondsMax: HOUR },
  ],
  "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy": [
    {
      path: "spec.timeout.http.requestTimeout",
      bound: "request",
      otherwise: 15,
      isOffAtZero: true,
    },
    { path: "spec.timeout.http.maxStreamDuration", bound: "request", isOffAtZero: true },
    {
      path: "spec.timeout.http.streamIdleTimeout",
      bound: "idle",
      otherwise: 300,
      isOffAtZero: true,
    },
    { path: "spec.timeout.http.connectionIdleTimeout", bound: "idle", isOffAtZero: true },
  ],
  "kubernetes:gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy": [
    { path: "spec.timeout.http.idleTimeout", bound: "idle", isOffAtZero: true },
    {
      path: "spec.timeout.http.streamIdleTimeout",
      bound: "idle",
      otherwise: 300,
      isOffAtZero: true,
    },
  ],
  "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy": [
    { path: "spec.shutdown.drainTimeout", bound: "request", otherwise: 60 },
  ],
};
const ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";

/** No answer is cut short. */
export const timeoutsOutlastStreams = resourceRule<TimeoutConfig>({
  name: "timeouts-outlast-streams",
  description: "Load balancers, routes and gateways wait for the longest stream of the plan.",
  severity: "high",
  configSchema: {
    properties: {
      ...planConfigProperties,
      requestSeconds: { type: "number", exclusiveMinimum: 0 },
      idleSeconds: { type: "number", exclusiveMinimum: 0 },
    },
  },
  types: [...Object.keys(FIELDS), ROUTE],
  problemsOf: (resource, config) => {
    const fields = fieldsOf(resource);
    if (fields.length === 0) return [];
    const needed = neededSeconds(resource.urn, config);
    if ("problem" in needed) return [needed.problem];
    return fields.flatMap((field) => problemOf(resource, field, needed));
  },
});

function fieldsOf({ type, props }: Judged): readonly TimeoutField[] {
  if (type === LOAD_BALANCER) {
    const isApplication = (valueAt(props, "loadBalancerType") ?? "application") === "application";
    return isApplication ? FIELDS[type]!.map((field) => ({ ...field, otherwise: 60 })) : [];
  }
  if (type === LISTENER) {
    const isTcp = valueAt(props, "protocol") === "TCP";
    return isTcp ? FIELDS[type]!.map((field) => ({ ...field, otherwise: 350 })) : [];
  }
  if (type !== ROUTE) return FIELDS[type]!;
  return itemsAt(props, "spec.rules").flatMap((_, index) =>
    ["request", "backendRequest"].map((which) => ({
      path: `spec.rules.${index}.timeouts.${which}`,
      bound: "request" as const,
      isOffAtZero: true,
    })),
  );
}

type Needed = Readonly<Record<Bound, number | undefined>>;

function neededSeconds(
  urn: string,
  config: Partial<TimeoutConfig>,
): Needed | { readonly problem: string } {
  const { requestSeconds, idleSeconds } = config;
  if (requestSeconds !== undefined && idleSeconds !== undefined) {
    return { request: requestSeconds, idle: idleSeconds };
  }
  const { plan, problem } = planOfStack(urn, config);
  if (plan === undefined) return { problem: problem! };
  return {
    request: requestSeconds ?? limitOfPlan(plan, "fleet", LIMITS.request)?.value,
    idle: idleSeconds ?? limitOfPlan(plan, "fleet", LIMITS.idle)?.value,
  };
}

function problemOf({ props }: Judged, field: TimeoutField, needed: Needed): readonly string[] {
  const value = valueAt(props, field.path);
  const seconds = isPresent(value) ? secondsOf(value) : field.otherwise;
  const wanted = needed[field.bound];
  if (seconds === undefined || wanted === undefined) return [];
  if (seconds === 0 && field.isOffAtZero === true) return [];
  const least = Math.min(wanted, field.secondsMax ?? wanted);
  if (seconds >= least) return [];
  const got = isPresent(value) ? `${seconds} s` : `nothing, which is ${seconds} s`;
  const why = field.bound === "request" ? "the longest stream takes" : "a stream may be silent for";
  return [`${field.path}: must be at least ${least} s, as ${why}, got ${got}`];
}
