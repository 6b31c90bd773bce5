/**
 * Rules of time: nothing in front of a model may end a stream before the longest has ended, and nothing that leaves may
 * leave earlier. How long that is comes from the plan.
 */

import { limitOfPlan } from "../../planner/plan/fleet-of-plan";
import type { FleetLimitName } from "../../planner/plan/limit-names";
import { HEADROOM, longestTimes } from "../../planner/plan/longest-times";
import { isPresent, itemsAt, secondsOf, valueAt } from "./plain-values";
import { type PlanConfig, planConfigProperties, planOfStack } from "./plan-of-stack";
import { type Judged, resourceRule } from "./rule";

/** What a configuration may say instead of the plan. */
export interface TimeoutConfig extends PlanConfig {
  /** Longest answer, seconds. @default - requestTimeoutSeconds of the plan, and what was measured for what drains */
  readonly requestSeconds: number;
  /** Longest silence within one, seconds. @default - streamIdleTimeoutSeconds of the plan */
  readonly idleSeconds: number;
}

/** What a field has to outlast: any request, any silence, or the streams that are there when something leaves. */
type Bound = "request" | "idle" | "drain";

const REASONS: Readonly<Record<Bound, string>> = {
  request: "a request may take",
  idle: "a stream may be silent for",
  drain: "the longest stream takes",
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
    { path: "deregistrationDelay", bound: "drain", otherwise: 300, secondsMax: HOUR },
  ],
  "gcp:compute/backendService:BackendService": [
    { path: "timeoutSec", bound: "request", otherwise: 30 },
    { path: "connectionDrainingTimeoutSec", bound: "drain", otherwise: 300, secondsMax: HOUR },
  ],
  "gcp:compute/regionBackendService:RegionBackendService": [
    { path: "timeoutSec", bound: "request", otherwise: 30 },
    { path: "connectionDrainingTimeoutSec", bound: "drain", otherwise: 0, secondsMax: HOUR },
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
    { path: "spec.shutdown.drainTimeout", bound: "drain", otherwise: 60 },
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
    return { request: requestSeconds, idle: idleSeconds, drain: requestSeconds };
  }
  const { plan, problem } = planOfStack(urn, config);
  if (plan === undefined) return { problem: problem! };
  const limitOf = (name: FleetLimitName) => limitOfPlan(plan, "fleet", name)?.value;
  const request = requestSeconds ?? limitOf("requestTimeoutSeconds");
  const { streamSeconds } = longestTimes(plan.evidence.runs, plan.workloads);
  const measured = streamSeconds === undefined ? undefined : streamSeconds / HEADROOM.time;
  return {
    request,
    idle: idleSeconds ?? limitOf("streamIdleTimeoutSeconds"),
    drain: requestSeconds ?? measured ?? request,
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
  return [`${field.path}: must be at least ${least} s, as ${REASONS[field.bound]}, got ${got}`];
}
