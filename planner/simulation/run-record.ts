/**
 * What one run measured, before it is turned into percentiles and verdicts (planner/metrics): counters and
 * sketches by cell, where a cell is workload × tenant × pool. Every grouping of the report is a merge of cells.
 */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { QuantileSketch } from "../foundation/quantile-sketch";
import type { ControlEvent } from "./control-event";

/** Pool index of a request that no pool took. */
export const NO_POOL = -1;

/** Equal parts of the measured window in which offered requests are counted; an even number. */
export const WINDOW_PARTS = 16;

/** Counts are of requests that arrived in the measured window, unless they say otherwise. */
export interface CellRecord {
  readonly workload: number;
  readonly tenant: number;
  /** Pool of the first attempt that was sent to one; else that which it was meant for, NO_POOL where there is none. */
  readonly pool: number;
  offered: number;
  completed: number;
  rejected: number;
  timedOut: number;
  failed: number;
  inFlight: number;
  /** Attempts after the first: by clients, by gateways, and second ones beside a first (hedges). */
  clientRetries: number;
  gatewayRetries: number;
  hedges: number;
  /** Requests of which at least one attempt ended without an answer: what a failure has touched. */
  touched: number;
  /** Answered by a fallback model. */
  fellBack: number;
  /** Requests that ended without an answer, by index into END_REASONS. */
  readonly reasons: Float64Array;
  /** The same requests by the step that broke, in the order of the workload's steps. */
  readonly brokenSteps: Float64Array;
  /** Over in the measured window, whenever they arrived: for throughput. */
  finishedInWindow: number;
  inputTokensFinished: number;
  outputTokensFinished: number;
  /** Met each objective of the workload (in its order), and all of them. */
  readonly met: Float64Array;
  /** Broke each objective without a value to show for it: without an answer, or in flight beyond the limit. */
  readonly unanswered: Float64Array;
  /** In flight at the end of the run and within the limit so far: neither met nor broken. */
  readonly censored: Float64Array;
  censoredAll: number;
  metAll: number;
  metAllFinishedInWindow: number;
  /** Offered in each of WINDOW_PARTS equal parts of the window. */
  readonly offeredByPart: Float64Array;
  /** In a waiting queue at the start of the window, in its middle and at its end. */
  waitingAtStart: number;
  waitingAtMiddle: number;
  waitingAtEnd: number;
  readonly ttftSeconds: QuantileSketch;
  readonly tpotSeconds: QuantileSketch;
  readonly e2eSeconds: QuantileSketch;
  readonly queueTimeSeconds: QuantileSketch;
}

export interface PoolRecord {
  /** Replicas that were ready, and that were paid for (those that start or drain included): means over the window. */
  readonly readyReplicas: number;
  readonly paidReplicas: number;
  /** The paid ones by the way in which they are bought, in buying order; only ways that the pool uses. */
  readonly paid: readonly PaidPart[];
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

/** What is paid of a pool and bought in one way: means over the measured window. */
export interface PaidPart {
  readonly purchase: PurchaseOption;
  readonly replicas: number;
  /** Nodes that they stand on: each is billed whole. */
  readonly nodes: number;
}

/** Tokens of the answers given in the measured window that a pool computed for a tenant of a workload. */
export interface WorkRecord {
  readonly workload: number;
  readonly tenant: number;
  readonly pool: number;
  /** Of prompts, without those found in the prefix cache. */
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface TimelineRecord {
  readonly bucketSeconds: number;
  /** [bucket][workload]. */
  readonly buckets: readonly (readonly TimelineCell[])[];
  /** [bucket][pool]. */
  readonly pools: readonly (readonly TimelinePool[])[];
}

/** One region's message queue over the whole run: sent = completed + deadLettered + expired + left. */
export interface QueueRecord {
  readonly region: number;
  readonly sent: number;
  /** Deliveries to consumers: at least one per message that is completed. */
  readonly received: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly expired: number;
  readonly left: number;
  readonly deepest: number;
  readonly oldestSeconds: number;
}

/** One pool in one bucket of the timeline. */
export interface TimelinePool {
  /** ∫ ready replicas dt, ∫ paid replicas dt. */
  readySeconds: number;
  paidSeconds: number;
  /** Attempts sent to the pool; and, at a region's first pool of the model, those that found no gateway there. */
  attempts: number;
}

export interface TimelineCell {
  // By the time of arrival: what became of the requests that arrived in the bucket
  offered: number;
  completedOfArrived: number;
  /** Met all objectives. */
  goodOfArrived: number;
  touchedOfArrived: number;
  // By the time at which it happens
  /** Attempts sent by clients and gateways, first ones and retries. */
  attempts: number;
  rejected: number;
  timedOut: number;
  failed: number;
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
  readonly work: readonly WorkRecord[];
  readonly timeline: TimelineRecord | undefined;
  /** [workload][part of the window]; empty when not asked for. */
  readonly batches: readonly (readonly BatchRecord[])[];
  /** Of all requests of the run, the measured window or not. */
  readonly arrivals: number;
  readonly completions: number;
  readonly rejections: number;
  readonly timeouts: number;
  readonly failures: number;
  readonly inFlightAtEnd: number;
  /** ∫ requests in the system dt over the whole run, kept apart from the requests' own times. */
  readonly requestSeconds: number;
  readonly clipped: readonly {
    readonly inputs: number;
    readonly outputs: number;
    readonly overflows: number;
  }[];
  /** By region; empty when no workload is delivered by queue. */
  readonly queues: readonly QueueRecord[];
  readonly control: readonly ControlEvent[];
  /** Steps that the run went through, and events that it took to do so. */
  readonly steps: number;
  readonly events: number;
}
