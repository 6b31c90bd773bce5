/** Whether a gateway's policy tries again, and how long it waits before. Whether there is budget the circuit breaker says. */
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

/** @param triggers what the failure stands for */
export function mayRetry(
  { numRetries, retryOn }: ResolvedGatewayRetry,
  retries: number,
  triggers: readonly string[],
): boolean {
  return retries < numRetries && retryOn.some((trigger) => triggers.includes(trigger));
}
