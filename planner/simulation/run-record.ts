/**
 * What one run measured, before it is turned into percentiles and verdicts (planner/metrics): counters and
 * sketches by cell, where a cell is workload × tenant × pool. Every grouping of the report is a merge of cells.
 */
import type { QuantileSketch } from "../foundation/quantile-sketch";

/** Pool index of a request that no pool took. */
export const NO_POOL = -1;

/** Counts are of requests that arrived in the measured window, unless they say otherwise. */
export interface CellRecord {
  readonly workload: number;
  readonly tenant: number;
  /** Pool that prefilled; NO_POOL for requests rejected before. */
  readonly pool: number;
  offered: number;
  completed: number;
  rejected: number;
  inFlight: number;
  /** Over in the measured window, whenever they arrived: for throughput. */
  finishedInWindow: number;
  inputTokensFinished: number;
  outputTokensFinished: number;
  /** Met each objective of the workload (in its order), and all of them. */
  readonly met: Float64Array;
  /** Broke each objective without a value to show for it: rejected, or in flight beyond the limit. */
  readonly unanswered: Float64Array;
  /** In flight at the end of the run and within the limit so far: neither met nor broken. */
  readonly censored: Float64Array;
  censoredAll: number;
  metAll: number;
  metAllFinishedInWindow: number;
  /** Offered in the second half of the window; in a waiting queue in its middle and at its end. */
  offeredSecondHalf: number;
  waitingAtMiddle: number;
  waitingAtEnd: number;
  readonly ttftSeconds: QuantileSketch;
  readonly tpotSeconds: QuantileSketch;
  readonly e2eSeconds: QuantileSketch;
  readonly queueTimeSeconds: QuantileSketch;
}

export interface PoolRecord {
  readonly replicas: number;
  readonly busySeconds: number;
  readonly steps: number;
  readonly requestSteps: number;
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  readonly preemptions: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Time-weighted mean share of KV blocks in use. */
  readonly kvUtilization: number;
  /** By workload. */
  readonly itlSeconds: readonly QuantileSketch[];
}

export interface TimelineRecord {
  readonly bucketSeconds: number;
  /** [bucket][workload]. */
  readonly buckets: readonly (readonly TimelineCell[])[];
}

export interface TimelineCell {
  offered: number;
  completed: number;
  outputTokens: number;
  /** ∫ requests in the system dt. */
  requestSeconds: number;
  readonly ttftSeconds: QuantileSketch;
}

/** Latencies of the requests that arrived in one part of the measured window. */
export interface BatchRecord {
  readonly ttftSeconds: QuantileSketch;
  readonly tpotSeconds: QuantileSketch;
  readonly e2eSeconds: QuantileSketch;
  readonly queueTimeSeconds: QuantileSketch;
}

export interface RunRecord {
  readonly seed: number;
  /** Measured window, and when the last request was over. */
  readonly windowStartSeconds: number;
  readonly windowEndSeconds: number;
  readonly endSeconds: number;
  readonly cells: readonly CellRecord[];
  readonly pools: readonly PoolRecord[];
  readonly timeline: TimelineRecord | undefined;
  /** [workload][part of the window]; empty when not asked for. */
  readonly batches: readonly (readonly BatchRecord[])[];
  /** Of all requests of the run, the measured window or not. */
  readonly arrivals: number;
  readonly completions: number;
  readonly rejections: number;
  readonly inFlightAtEnd: number;
  /** ∫ requests in the system dt over the whole run, kept apart from the requests' own times. */
  readonly requestSeconds: number;
  readonly clipped: readonly { readonly inputs: number; readonly outputs: number }[];
  /** Steps that the run went through, and events that it took to do so. */
  readonly steps: number;
  readonly events: number;
}
