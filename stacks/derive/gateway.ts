/**
 * The gateway of a place: a backend for each model that clients call, under a host of its own, with the policies of the
 * plan. Limits are those of one process, of which there are as many as were simulated.
 */

import {
  checkRegionalGateway,
  type GatewayBackendArgs,
  type RegionalGatewayArgs,
} from "../../components/gateway";
import { SERVING_PORT } from "../../components/serving";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import { type Derivation, type Derived, together } from "./derived";
import { type AccessSettings, accessPaths, deriveAuthentication } from "./gateway-access";
import { deriveInferenceBackend } from "./inference-backend";
import { modelHost } from "./names";
import type { PlaceContext } from "./place-context";
import { deriveRateLimits } from "./rate-limits";
import type { ServedModel } from "./served-models";
import { SERVING_NAMESPACE } from "./services";
import { deriveTrafficPolicy, HEALTH_PATH, loadBalancingOf, policyPaths } from "./traffic-policy";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration a gateway depends on. */
export interface GatewaySettings extends AccessSettings {
  readonly domain: string;
  readonly certificateSecret: string;
  /** Image of the endpoint picker, for routing by KV cache or prefix. */
  readonly pickerImage?: string | undefined;
  /** Whether a Redis is there, which limits over all processes need. */
  readonly hasRedis: boolean;
}

/** A gateway before it is known how requests reach it; undefined where no client calls anything. */
export type GatewayArgs = Omit<RegionalGatewayArgs, "attachment" | "clients">;

/**
 * What is answered of an engine: its API to clients, and to anybody what DNS asks, which has no key. Its metrics, and what
 * else it answers without being asked who calls, stay inside the cluster.
 */
const CALLED_PATHS = { matches: [{ pathPrefix: "/v1" }], openPaths: [HEALTH_PATH] };

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
    ...accessPaths,
    replicas: "fleet.gateway.replicas",
  };
  const parts = models.map((served) => {
    const key = served.name;
    const derived = deriveBackend(place, served, settings);
    backends[key] = { ...derived.args, ...CALLED_PATHS };
    paths = {
      ...paths,
      ...policyPaths(served.entryPools[0]!, `backends.${key}`),
      [`backends.${key}.inferencePool.pickerImage`]: "capplan:pickerImage",
    };
    return derived;
  });
  const authentication = deriveAuthentication(settings);
  const args: GatewayArgs = {
    namespace: SERVING_NAMESPACE,
    hostnames: [`*.${settings.domain}`],
    certificateSecret: settings.certificateSecret,
    authentication: authentication.args,
    replicas,
    backends,
    ...place.lengths,
    allocation: place.allocation,
  };
  const { derivations, problems } = together([authentication, ...parts]);
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

function deriveBackend(
  place: PlaceContext,
  served: ServedModel,
  settings: GatewaySettings,
): Derived<GatewayBackendArgs> {
  const { model, name, entryPools: pools } = served;
  const what = `gateway.backends.${name}`;
  const policy = deriveTrafficPolicy(place, pools, what);
  const limits = deriveRateLimits(what, place.fleet.policies.admission?.rateLimit ?? []);
  const isPicked =
    served.isDisaggregated || loadBalancingOf(place.fleet.routing.policy) === undefined;
  const hostnames = [modelHost(model, settings.domain)];
  const host: Derivation = {
    what: `${what}.hostnames`,
    value: hostnames,
    because: "the model, below capplan:domain",
  };
  if (isPicked) {
    const { pickerImage } = settings;
    const given = { pickerImage, policy, limits, host, hostnames, what };
    return deriveInferenceBackend(place, served, given);
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
