/**
 * What one Envoy process does with the traffic to one pool: the policies of the plan, whose limits are those of a process
 * already, in the words of the gateway component.
 */
import { isDeepStrictEqual } from "node:util";
import type {
  ActiveHealthCheckArgs,
  AdmissionControlArgs,
  LoadBalancing,
  PassiveHealthCheckArgs,
  RetryArgs,
  StreamTimeoutsArgs,
  TrafficPolicyArgs,
} from "../../components/gateway";
import type { Problem, ResolvedPool, RoutingPolicy } from "../../planner/plan/fleet-of-plan";
import { deriveBreaker } from "./breaker";
import { type Derivation, type Derived, shown } from "./derived";
import { type FleetContext, poolPath } from "./fleet-context";
import { percentOf } from "./percent";

/** Answers 200 while the engine of a replica runs (docs.vllm.ai, online serving). */
export const HEALTH_PATH = "/health";

const BALANCERS: Partial<Record<RoutingPolicy, LoadBalancing>> = {
  "power-of-two": "least-request",
  "least-outstanding": "least-request",
  "round-robin": "round-robin",
  random: "random",
};

/** How Envoy chooses a replica; undefined for a policy that is an endpoint picker's. */
export function loadBalancingOf(policy: RoutingPolicy): LoadBalancing | undefined {
  return BALANCERS[policy];
}

/** What each part of a policy is derived from, in the plan; the rest is the fleet's. */
export function policyPaths(pool: ResolvedPool, backend: string): Readonly<Record<string, string>> {
  const own = poolPath(pool);
  const passive = `${own}.healthCheck.passive`;
  return {
    [`${backend}.circuitBreaker`]: `${own}.circuitBreaker`,
    [`${backend}.passiveHealthCheck`]: passive,
    [`${backend}.passiveHealthCheck.maxEjectionSeconds`]: `${passive}.maxEjectionTime`,
    [`${backend}.activeHealthCheck`]: `${own}.healthCheck.active`,
    [`${backend}.panicThresholdPercent`]: `${own}.healthCheck.panicThreshold`,
    [`${backend}.retry`]: "fleet.retry",
    [`${backend}.retry.perRetryTimeoutSeconds`]: "fleet.retry.perRetry.timeout",
    [`${backend}.retry.maxIntervalSeconds`]: "fleet.retry.perRetry.backOff.maxInterval",
    [`${backend}.retry.baseIntervalSeconds`]: "fleet.retry.perRetry.backOff.baseInterval",
    [`${backend}.admissionControl`]: "fleet.admission.admissionControl",
    [`${backend}.rateLimits`]: "fleet.admission.rateLimit",
    [`${backend}.timeouts.connectSeconds`]: "fleet.timeout.connectTimeout",
    [`${backend}.timeouts.requestSeconds`]: "fleet.timeout.requestTimeout",
    [`${backend}.timeouts.streamIdleSeconds`]: "fleet.timeout.streamIdleTimeout",
    [`${backend}.timeouts.maxStreamSeconds`]: "fleet.timeout.maxStreamDuration",
    [`${backend}.loadBalancing`]: "fleet.routing.policy",
  };
}

/** The policy towards the pools of a model, which share one route. @param what path of the backend in the stack */
export function deriveTrafficPolicy(
  context: FleetContext,
  pools: readonly ResolvedPool[],
  what: string,
): Derived<TrafficPolicyArgs> {
  const { policies, routing } = context.fleet;
  const pool = pools[0]!;
  const problems: Problem[] = differingPolicies(pools);
  const derivations: Derivation[] = [];
  const note = (key: string, value: number | string | readonly string[], because: string): void => {
    const plain = typeof value === "number" ? shown(value) : value;
    derivations.push({ what: `${what}.${key}`, value: plain, because });
  };
  const { passive, active, panicThreshold } = pool.healthCheck;
  const loadBalancing = loadBalancingOf(routing.policy);
  const panicThresholdPercent = percentOf(panicThreshold);
  note("panicThresholdPercent", panicThresholdPercent, "healthCheck.panicThreshold; 0 is never");
  if (loadBalancing !== undefined) {
    derivations.push({
      what: `${what}.loadBalancing`,
      value: loadBalancing,
      because: `routing.policy ${routing.policy}`,
      ...(routing.policy === "least-outstanding"
        ? {
            deviation:
              "each process of Envoy takes the better of two replicas that it draws, where the best of all was simulated; power-of-two is simulated as Envoy does it",
          }
        : {}),
    });
  }
  const breaker = deriveBreaker(context, pools, `${what}.circuitBreaker`);
  return {
    args: {
      circuitBreaker: breaker.args,
      ...(passive === undefined ? {} : { passiveHealthCheck: passiveOf(passive, note) }),
      ...(active === undefined ? {} : { activeHealthCheck: activeOf(active, note) }),
      panicThresholdPercent,
      ...(policies.retry === undefined ? {} : { retry: retryOf(policies.retry, note) }),
      ...(policies.admission?.admissionControl === undefined
        ? {}
        : { admissionControl: admissionOf(policies.admission.admissionControl, note) }),
      timeouts: timeoutsOf(policies.timeout, note),
      ...(loadBalancing === undefined ? {} : { loadBalancing }),
    },
    derivations: [...breaker.derivations, ...derivations],
    problems: [...problems, ...breaker.problems],
  };
}

/** One route has one set of health checks. */
function differingPolicies(pools: readonly ResolvedPool[]): Problem[] {
  const [first, ...others] = pools;
  return others
    .filter((pool) => !isDeepStrictEqual(pool.healthCheck, first!.healthCheck))
    .map((pool) => ({
      code: "conflict",
      path: `${poolPath(pool)}.healthCheck`,
      message: `differs from that of ${first!.name}, and one route has one for all pools of a model`,
      hint: "use the same and size again",
    }));
}

type Note = (key: string, value: number | string | readonly string[], because: string) => void;
type Policies = FleetContext["fleet"]["policies"];
type Passive = NonNullable<ResolvedPool["healthCheck"]["passive"]>;
type Active = NonNullable<ResolvedPool["healthCheck"]["active"]>;

function passiveOf(passive: Passive, note: Note): PassiveHealthCheckArgs {
  const args = {
    consecutive5XxErrors: passive.consecutive5XxErrors,
    intervalSeconds: passive.intervalSeconds,
    baseEjectionSeconds: passive.baseEjectionSeconds,
    maxEjectionSeconds: passive.maxEjectionSeconds,
    maxEjectionPercent: percentOf(passive.maxEjectionShare),
    halfOpenRequests: passive.halfOpenRequests,
  };
  for (const [key, value] of Object.entries(args)) {
    note(`passiveHealthCheck.${key}`, value, "healthCheck.passive, which is simulated");
  }
  return { ...args, alwaysEjectOneEndpoint: passive.alwaysEjectOneEndpoint };
}

function activeOf(active: Active, note: Note): ActiveHealthCheckArgs {
  const args = {
    intervalSeconds: active.intervalSeconds,
    timeoutSeconds: active.timeoutSeconds,
    unhealthyThreshold: active.unhealthyThreshold,
    healthyThreshold: active.healthyThreshold,
  };
  for (const [key, value] of Object.entries(args)) {
    note(`activeHealthCheck.${key}`, value, "healthCheck.active, which is simulated");
  }
  note("activeHealthCheck.path", HEALTH_PATH, "where vLLM answers while its engine runs");
  return { path: HEALTH_PATH, ...args };
}

function retryOf(retry: NonNullable<Policies["retry"]>, note: Note): RetryArgs {
  const { perRetryTimeoutSeconds } = retry;
  const args = {
    numRetries: retry.numRetries,
    retryOn: retry.retryOn,
    baseIntervalSeconds: retry.baseIntervalSeconds,
    maxIntervalSeconds: retry.maxIntervalSeconds,
    perRetryTimeoutSeconds,
  };
  for (const [key, value] of Object.entries(args)) {
    note(`retry.${key}`, value, "retry, which is simulated");
  }
  return args;
}

function admissionOf(
  control: NonNullable<NonNullable<Policies["admission"]>["admissionControl"]>,
  note: Note,
): AdmissionControlArgs {
  const args = {
    minSuccessPercent: percentOf(control.minSuccessRate),
    minRequestsPerSecond: control.minRequestsPerSecond,
    samplingWindowSeconds: control.samplingWindowSeconds,
    maxRejectionPercent: percentOf(control.maxRejectionShare),
    rejectionAggression: control.rejectionAggression,
  };
  for (const [key, value] of Object.entries(args)) {
    note(`admissionControl.${key}`, value, "admission.admissionControl, which is simulated");
  }
  return args;
}

function timeoutsOf(timeout: Policies["timeout"], note: Note): StreamTimeoutsArgs {
  for (const [key, value] of Object.entries(timeout)) {
    note(`timeouts.${key}`, value, "timeout, which is simulated");
  }
  return timeout;
}
