/**
 * Metrics of vLLM that rules and dashboards use, and the boundaries of its histograms.
 *
 * Names: vLLM 0.11 to 0.25 (vllm/v1/metrics/loggers.py); up to 0.10 `inter_token_latency_seconds` is called
 * `time_per_output_token_seconds`, and there is no `request_time_per_output_token_seconds`. Boundaries: the same file of
 * 0.10, at 005a810bc40faa25b8870fbc8559c3462581eee3. vLLM has no setting for them: a version that changes them changes
 * this table.
 *
 * vLLM measures from when a request reaches its server to when it hands the answer over. What passes before and after,
 * at the gateway and on the way, is not in it.
 */
import type { LatencyMetric } from "./objective-args";

/** The names of what is not a histogram of times. */
export const VLLM = {
  running: "vllm:num_requests_running",
  waiting: "vllm:num_requests_waiting",
  kvUsage: "vllm:kv_cache_usage_perc",
  preemptions: "vllm:num_preemptions_total",
  finished: "vllm:request_success_total",
  promptTokens: "vllm:request_prompt_tokens",
  outputTokens: "vllm:request_generation_tokens",
} as const;

/** A histogram of times. */
export interface LatencyHistogram {
  /** Name of the metric, to which `_bucket`, `_sum` and `_count` are added. */
  readonly name: string;
  /** Upper ends of its buckets but for the last, which is open; seconds, ascending. */
  readonly boundsSeconds: readonly number[];
}

const TTFT_BOUNDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  160, 640, 2560,
];
const TOKEN_BOUNDS = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const REQUEST_BOUNDS = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];

/** Where each metric of an objective is measured. */
export const LATENCY_HISTOGRAMS: Readonly<Record<LatencyMetric, LatencyHistogram>> = {
  ttft: { name: "vllm:time_to_first_token_seconds", boundsSeconds: TTFT_BOUNDS },
  // One value a request: the mean of its own gaps, which is what TPOT means.
  tpot: { name: "vllm:request_time_per_output_token_seconds", boundsSeconds: TOKEN_BOUNDS },
  itl: { name: "vllm:inter_token_latency_seconds", boundsSeconds: TOKEN_BOUNDS },
  e2e: { name: "vllm:e2e_request_latency_seconds", boundsSeconds: REQUEST_BOUNDS },
  queueTime: { name: "vllm:request_queue_time_seconds", boundsSeconds: REQUEST_BOUNDS },
};

/** A limit between two boundaries of a histogram. */
export interface LimitPlace {
  /** The highest boundary at or below the limit; 0 when it lies below the first. Seconds. */
  readonly belowSeconds: number;
  /** The lowest boundary at or above the limit. The same as `belowSeconds` when the limit is a boundary. Seconds. */
  readonly aboveSeconds: number;
}

/** Where a limit lies; undefined when it is above the last boundary, where a histogram knows nothing. */
export function placeOfLimit(
  { boundsSeconds }: LatencyHistogram,
  limitSeconds: number,
): LimitPlace | undefined {
  const aboveSeconds = boundsSeconds.find((bound) => bound >= limitSeconds);
  if (aboveSeconds === undefined) return undefined;
  if (aboveSeconds === limitSeconds) return { belowSeconds: limitSeconds, aboveSeconds };
  const belowSeconds = boundsSeconds.filter((bound) => bound < limitSeconds).at(-1) ?? 0;
  return { belowSeconds, aboveSeconds };
}
