/**
 * The gateway of a place: a backend for each model that clients call, under a host of its own, with the policies of the
 * plan. Limits are those of one process, of which there are as many as were simulated.
 */

import { kubernetesLabels } from "../../components/foundation/allocation";
import {
  checkRegionalGateway,
  type GatewayBackendArgs,
  type InferencePoolArgs,
  type RegionalGatewayArgs,
} from "../../components/gateway";
import { ENGINE_LABEL, SERVING_PORT } from "../../components/serving";
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { type Derivation, type Derived, together } from "./derived";
import { modelHost, modelName } from "./names";
import type { PlaceContext } from "./place-context";
import { deriveRateLimits } from "./rate-limits";
import { SERVING_NAMESPACE, type ServiceOfPool } from "./services";
import { deriveTrafficPolicy, loadBalancingOf, policyPaths } from "./traffic-policy";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration a gateway depends on. */
export interface GatewaySettings {
  readonly domain: string;
  readonly certificateSecret: string;
  /** Image of the endpoint picker, for routing by KV cache or prefix. */
  readonly pickerImage?: string | undefined;
  /** Whether a Redis is there, which limits over all processes need. */
  readonly hasRedis: boolean;
}

/** The replicas of a model in a region, of all its pools, behind one Service. */
export interface ServedModel {
  readonly model: string;
  /** Of the Service, of the backend, and the first label of the host. */
  readonly name: string;
  readonly services: readonly ServiceOfPool[];
  /** Labels of the pods. */
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** The models of a place that clients call, by name. */
export function servedModels(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
): readonly ServedModel[] {
  const called = services.filter(({ pool }) => isCalled(place, pool));
  const models = [...new Set(called.map(({ pool }) => pool.model.name))].toSorted();
  return models.map((model) => ({
    model,
    name: modelName(model),
    services: called.filter(({ pool }) => pool.model.name === model),
    matchLabels: { ...kubernetesLabels({ model }), ...ENGINE_LABEL },
  }));
}

/** A gateway before it is known how requests reach it; undefined where no client calls anything. */
export type GatewayArgs = Omit<RegionalGatewayArgs, "attachment" | "clients">;

/** The gateway of a place. */
export function deriveGateway(
  place: PlaceContext,
  models: readonly ServedModel[],
  settings: GatewaySettings,
): Derived<GatewayArgs | undefined> {
  if (models.length === 0) return { args: undefined, derivations: [], problems: [] };
  const { replicas } = place.fleet.policies.gateway;
  const backends: Record<string, GatewayBackendArgs> = {};
  let paths: Readonly<Record<string, string>> = {
    hostnames: "capplan:domain",
    certificateSecret: "capplan:certificateSecret",
    replicas: "fleet.gateway.replicas",
  };
  const parts = models.map((served) => {
    const key = served.name;
    const derived = deriveBackend(place, served, settings);
    backends[key] = derived.args;
    paths = {
      ...paths,
      ...policyPaths(served.services[0]!.pool, `backends.${key}`),
      [`backends.${key}.inferencePool.pickerImage`]: "capplan:pickerImage",
    };
    return derived;
  });
  const args: GatewayArgs = {
    namespace: SERVING_NAMESPACE,
    hostnames: [`*.${settings.domain}`],
    certificateSecret: settings.certificateSecret,
    replicas,
    backends,
    ...place.lengths,
    allocation: place.allocation,
  };
  const { derivations, problems } = together(parts);
  return {
    args,
    derivations: [
      {
        what: "gateway.replicas",
        value: replicas,
        because: "gateway.replicas: processes that each count for themselves, as was simulated",
      },
      { what: "gateway.hostnames", value: args.hostnames, because: "a host for each model" },
      ...derivations,
    ],
    problems: [
      ...problems,
      ...redisProblems(backends, settings),
      ...translateProblems(checkRegionalGateway(args), paths, "fleet"),
    ],
  };
}

/** A model that only a queue is for is called by nobody. */
function isCalled({ plan }: PlaceContext, pool: ResolvedPool): boolean {
  const workloads = plan.workloads.filter(({ model }) => model === pool.model.name);
  return workloads.length === 0 || workloads.some(({ delivery }) => delivery === "direct");
}

function deriveBackend(
  place: PlaceContext,
  served: ServedModel,
  settings: GatewaySettings,
): Derived<GatewayBackendArgs> {
  const { model, name, services } = served;
  const pools = services.map(({ pool }) => pool);
  const what = `gateway.backends.${name}`;
  const policy = deriveTrafficPolicy(place, pools, what);
  const limits = deriveRateLimits(what, place.fleet.policies.admission?.rateLimit ?? []);
  const isPicked = loadBalancingOf(place.fleet.routing.policy) === undefined;
  const hostnames = [modelHost(model, settings.domain)];
  const host: Derivation = {
    what: `${what}.hostnames`,
    value: hostnames,
    because: "the model, below capplan:domain",
  };
  if (isPicked) {
    return deriveInference(place, served, { settings, policy, host, hostnames, what });
  }
  const problems: Problem[] = [];
  const { maxConcurrency = Number.POSITIVE_INFINITY } = place.fleet.policies.admission ?? {};
  if (maxConcurrency !== Number.POSITIVE_INFINITY) {
    problems.push({
      code: "conflict",
      path: "fleet.admission.concurrency",
      message:
        "cannot be deployed: Envoy has no limit on requests that are let in beside its breaker",
      hint: "use circuitBreaker.maxParallelRequests and size again",
    });
  }
  const replicasMin = pools.reduce((sum, pool) => sum + pool.replicasMin, 0);
  return {
    args: {
      routing: "breaker",
      service: { name, port: SERVING_PORT, replicasMin },
      hostnames,
      ...policy.args,
      ...(limits.rateLimits.length === 0 ? {} : { rateLimits: limits.rateLimits }),
    },
    derivations: [
      host,
      {
        what: `${what}.routing`,
        value: "breaker",
        because: `routing.policy ${place.fleet.routing.policy}: Envoy chooses the replica`,
      },
      {
        what: `${what}.service.replicasMin`,
        value: replicasMin,
        because: `replicas of ${pools.map((pool) => pool.name).join(" and ")}`,
      },
      ...policy.derivations,
      ...limits.derivations,
    ],
    problems: [...policy.problems, ...limits.problems, ...problems],
  };
}

/** An endpoint picker chooses by cache and prefix, and keeps requests back while all replicas are busy. */
function deriveInference(
  place: PlaceContext,
  { services, matchLabels }: ServedModel,
  given: {
    readonly settings: GatewaySettings;
    readonly policy: Derived<ReturnType<typeof deriveTrafficPolicy>["args"]>;
    readonly host: Derivation;
    readonly hostnames: readonly string[];
    readonly what: string;
  },
): Derived<GatewayBackendArgs> {
  const { settings, policy, host, hostnames, what } = given;
  const pools = services.map(({ pool }) => pool);
  const replicasMax = pools.reduce((sum, pool) => sum + pool.replicasMax, 0);
  const problems: Problem[] = [...policy.problems];
  const { admission } = place.fleet.policies;
  if (
    admission === undefined ||
    admission.maxConcurrency === Number.POSITIVE_INFINITY ||
    admission.queueLimit === 0
  ) {
    problems.push({
      code: "missing",
      path: "fleet.admission",
      message: `routing ${place.fleet.routing.policy} is an endpoint picker's, which keeps requests back: it needs concurrency and a queue`,
      hint: "give admission.concurrency and admission.queue and size again",
    });
  }
  if (settings.pickerImage === undefined) {
    problems.push({
      code: "missing",
      path: "capplan:pickerImage",
      message: "the image of the endpoint picker is missing",
      hint: "pulumi config set capplan:pickerImage ghcr.io/llm-d/llm-d-router-endpoint-picker@sha256:…",
    });
  }
  const concurrency = admission?.maxConcurrency ?? 1;
  const concurrencyPerReplica = Math.max(1, Math.ceil(Math.min(concurrency, 1e9) / replicasMax));
  const flowControl: InferencePoolArgs["flowControl"] = {
    concurrencyPerReplica,
    maxRequests: Math.max(1, admission?.queueLimit ?? 1),
    requestTtlSeconds: admission?.queueTimeoutSeconds || 1,
  };
  const { circuitBreaker, panicThresholdPercent: _, ...reaching } = policy.args;
  // A breaker that was simulated would be missing: the gateway refuses it by name.
  const hasBreaker = pools.some((pool) => pool.circuitBreaker !== undefined);
  return {
    args: {
      routing: "inference",
      inferencePool: {
        matchLabels,
        targetPort: SERVING_PORT,
        pickerImage: settings.pickerImage ?? "",
        flowControl,
      },
      hostnames,
      ...reaching,
      ...(hasBreaker ? { circuitBreaker: circuitBreaker! } : {}),
    },
    derivations: [
      host,
      {
        what: `${what}.routing`,
        value: "inference",
        because: `routing.policy ${place.fleet.routing.policy}: an endpoint picker knows caches and prefixes`,
      },
      {
        what: `${what}.inferencePool.flowControl.concurrencyPerReplica`,
        value: concurrencyPerReplica,
        because: `ceil(admission.concurrency ${concurrency} / ${replicasMax} replicas at most)`,
        deviation:
          "with fewer replicas the picker lets fewer requests in, where the same number was simulated",
      },
      {
        what: `${what}.inferencePool.flowControl.maxRequests`,
        value: flowControl.maxRequests,
        because: "admission.queue.limit, which is simulated",
      },
      {
        what: `${what}.inferencePool.flowControl.requestTtlSeconds`,
        value: flowControl.requestTtlSeconds,
        because: "admission.queue.timeout, which is simulated",
      },
      ...policy.derivations.filter(({ what: path }) =>
        path.startsWith(`${what}.circuitBreaker`)
          ? hasBreaker
          : path !== `${what}.panicThresholdPercent`,
      ),
    ],
    problems,
  };
}

/** A limit over all processes is counted in one place. */
function redisProblems(
  backends: Readonly<Record<string, GatewayBackendArgs>>,
  { hasRedis }: GatewaySettings,
): readonly Problem[] {
  const isLimited = Object.values(backends).some(({ rateLimits = [] }) => rateLimits.length > 0);
  if (!isLimited || hasRedis) return [];
  return [
    {
      code: "missing",
      path: "capplan:redisUrl",
      message: "the Redis is missing in which rates are counted over all processes of the gateway",
      hint: "pulumi config set --secret capplan:redisUrl HOST:6379",
    },
  ];
}
