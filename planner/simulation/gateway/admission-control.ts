/**
 * Envoy's admission control filter (`admission_control.cc`; configuration/http/http_filters/admission_control_filter
 * in Envoy's documentation), which is client-side throttling of the Google SRE book, chapter 21: the lower the share
 * of successes among the requests of the last window, the more of the new ones it refuses. Refused ones are no
 * sample. Envoy keeps a window per worker thread; here it is one per process.
 */
import type { ResolvedAdmissionControl } from "../../fleet/resolved-policies";
import type { RandomStream } from "../../foundation/random";
import { SuccessWindow } from "./success-window";

export class AdmissionControl {
  private readonly window: SuccessWindow;
  /** Requests in the window below which nothing is refused. */
  private readonly requestsMin: number;

  constructor(
    private readonly policy: ResolvedAdmissionControl,
    processes: number,
    private readonly random: RandomStream,
  ) {
    this.window = new SuccessWindow(policy.samplingWindowSeconds);
    this.requestsMin = (policy.minRequestsPerSecond / processes) * policy.samplingWindowSeconds;
  }

  /** Whether to refuse a request now; draws only when it may. */
  refuses(seconds: number): boolean {
    const { window } = this;
    window.advance(seconds);
    if (window.requests < this.requestsMin) return false;
    const probability = rejectionProbability(this.policy, window.requests, window.successes);
    return probability > 0 && this.random.uniform() < probability;
  }

  /** One that was let in is over. */
  record(success: boolean, seconds: number): void {
    this.window.record(success, seconds);
  }
}

/**
 * ((n − s / minSuccessRate) / (n + 1)) ^ (1 / aggression), at most `maxRejectionShare` and at least 0, for n requests
 * with s successes. An aggression below 1 counts as 1, as in Envoy.
 */
export function rejectionProbability(
  policy: ResolvedAdmissionControl,
  requests: number,
  successes: number,
): number {
  const linear = (requests - successes / policy.minSuccessRate) / (requests + 1);
  if (linear <= 0) return 0;
  const { rejectionAggression } = policy;
  const probability = rejectionAggression > 1 ? linear ** (1 / rejectionAggression) : linear;
  return Math.min(probability, policy.maxRejectionShare);
}
