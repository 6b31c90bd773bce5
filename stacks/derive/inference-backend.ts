/** A backend whose replicas an endpoint picker chooses: the policies that reach it, and what it keeps back. */
import type {
  GatewayBackendArgs,
  InferencePoolArgs,
  TrafficPolicyArgs,
} from "../../components/gateway";
import { SERVING_PORT } from "../../components/serving";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import type { PlaceContext } from "./place-context";
import type { DerivedRateLimits } from "./rate-limits";
import type { ServedModel } from "./served-models";

/** From so many tokens on that a decode replica does not hold, a prefill replica reads a prompt. */
const EVERY_PROMPT = { uncachedTokensMin: 1 } as const;

/** An endpoint picker chooses by cache and prefix, and keeps requests back while all replicas are busy. */
export function deriveInferenceBackend(
  place: PlaceContext,
  { services, entryPools, isDisaggregated, matchLabels }: ServedModel,
  given: {
    readonly pickerImage: string | undefined;
    readonly policy: Derived<TrafficPolicyArgs>;
    readonly limits: DerivedRateLimits;
    readonly host: Derivation;
    readonly hostnames: readonly string[];
    readonly what: string;
  },
): Derived<GatewayBackendArgs> {
  const { pickerImage, policy, limits, host, hostnames, what } = given;
  const replicasMax = services.reduce((sum, { pool }) => sum + pool.replicasMax, 0);
  const problems: Problem[] = [...policy.problems, ...limits.problems];
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
  if (pickerImage === undefined) {
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
  const hasBreaker = entryPools.some((pool) => pool.circuitBreaker !== undefined);
  return {
    args: {
      routing: "inference",
      inferencePool: {
        matchLabels,
        targetPort: SERVING_PORT,
        pickerImage: pickerImage ?? "",
        flowControl,
        ...(isDisaggregated ? { disaggregation: EVERY_PROMPT } : {}),
      },
      hostnames,
      ...reaching,
      ...(hasBreaker ? { circuitBreaker: circuitBreaker! } : {}),
      ...(limits.rateLimits.length === 0 ? {} : { rateLimits: limits.rateLimits }),
    },
    derivations: [
      host,
      ...limits.derivations,
      {
        what: `${what}.routing`,
        value: "inference",
        because: `routing.policy ${place.fleet.routing.policy}: an endpoint picker knows caches and prefixes`,
      },
      {
        what: `${what}.inferencePool.flowControl.concurrencyPerReplica`,
        value: concurrencyPerReplica,
        because: `ceil(admission.concurrency ${concurrency} / ${replicasMax} replicas at most)`,
        deviation: isDisaggregated
          ? "with fewer replicas the picker lets fewer requests in, and one counts at both its replicas until its first token, where the same number was simulated and each counted once"
          : "with fewer replicas the picker lets fewer requests in, where the same number was simulated",
      },
      ...(isDisaggregated
        ? [
            {
              what: `${what}.inferencePool.disaggregation.uncachedTokensMin`,
              value: EVERY_PROMPT.uncachedTokensMin,
              because: "a prefill replica reads every prompt, as was simulated",
              deviation:
                "a prompt of which the decode replica holds all but the last token is read there",
            },
          ]
        : []),
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
