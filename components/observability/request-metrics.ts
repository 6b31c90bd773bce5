/**
 * Who measures the requests of a workload, and under which names: the engine, or an endpoint picker. An engine sees a
 * whole request unless prefill and decode are apart: then one engine ends a request after its first token, another begins
 * with the second, and only who waits for both knows how long it took.
 *
 * Names and boundaries of the picker: llm-d's router 0.10 (docs/metrics.md, pkg/epp/metrics/llm_d_router_metrics.go).
 * It measures from when Envoy asks it, so that the wait in its queue is in every time.
 */
import type { LatencyMetric, Measurer } from "./objective-args";
import { LATENCY_HISTOGRAMS, type LatencyHistogram, VLLM } from "./vllm-metrics";

/** What is measured of requests; all have the label `model_name`. */
export interface RequestMetrics {
  readonly latencies: Readonly<Partial<Record<LatencyMetric, LatencyHistogram>>>;
  /** A counter. */
  readonly requests: string;
  /** Histograms of lengths. */
  readonly promptTokens: string;
  readonly outputTokens: string;
}

const SHORT_BOUNDS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60, 120,
];
const PICKER_LATENCIES: RequestMetrics["latencies"] = {
  ttft: { name: "llm_d_epp_request_ttft_seconds", boundsSeconds: SHORT_BOUNDS },
  tpot: {
    name: "llm_d_epp_request_streaming_tpot_seconds",
    boundsSeconds: [
      0.0005, 0.00205, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.5,
      0.6, 0.8, 1, 2,
    ],
  },
  itl: {
    name: "llm_d_epp_request_streaming_itl_seconds",
    boundsSeconds: [
      0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2,
    ],
  },
  e2e: {
    name: "llm_d_epp_request_duration_seconds",
    boundsSeconds: [...SHORT_BOUNDS, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600],
  },
};

const METRICS: Readonly<Record<Measurer, RequestMetrics>> = {
  engine: {
    latencies: LATENCY_HISTOGRAMS,
    requests: VLLM.finished,
    promptTokens: VLLM.promptTokens,
    outputTokens: VLLM.outputTokens,
  },
  picker: {
    latencies: PICKER_LATENCIES,
    requests: "llm_d_epp_request_total",
    promptTokens: "llm_d_epp_request_input_tokens",
    outputTokens: "llm_d_epp_request_output_tokens",
  },
};

/** The metrics of who measures. */
export function requestMetrics(measuredBy: Measurer = "engine"): RequestMetrics {
  return METRICS[measuredBy];
}

/** Where a time is measured. @throws Error for one that is not, which was to be refused */
export function latencyHistogram(
  metric: LatencyMetric,
  measuredBy: Measurer | undefined,
): LatencyHistogram {
  const histogram = requestMetrics(measuredBy).latencies[metric];
  if (histogram === undefined) throw new Error(`${metric}: not measured, and was not refused`);
  return histogram;
}
