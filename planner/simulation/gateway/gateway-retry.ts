/** How long a gateway waits before it tries again. Whether it may is the circuit breaker's and the caller's. */
import type { ResolvedGatewayRetry } from "../../fleet/resolved-policies";
import type { RandomStream } from "../../foundation/random";

/**
 * Uniform below min(base × 2^(n − 1), max) for the n-th retry, n from 1: full jitter, as Envoy's
 * `JitteredExponentialBackOffStrategy` (`backoff_strategy.cc`) draws it. Envoy's documentation of the router filter
 * still gives (2^n − 1) × base, which its code drew before.
 */
export function backoffSeconds(
  policy: ResolvedGatewayRetry,
  retry: number,
  random: RandomStream,
): number {
  const interval = Math.min(
    policy.baseIntervalSeconds * 2 ** (retry - 1),
    policy.maxIntervalSeconds,
  );
  return interval * random.uniform();
}
