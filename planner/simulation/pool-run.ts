/**
 * What all replicas of one pool share during a run: the settings of their engine, memoised step times, and
 * the pool's own measurements. Not a replica, and not the scenario's pool: this is made anew for each run.
 */

import { QuantileSketch } from "../foundation/quantile-sketch";
import type { KvGeometry, StepTimeModel } from "./step-time-model";

/** Settings of the engine, over all data-parallel ranks of one replica. */
export interface EngineSettings {
  readonly role: "unified" | "prefill" | "decode";
  readonly maxSequences: number;
  /** Most tokens computed in a step, of all requests. */
  readonly tokenBudget: number;
  /** Most prompt tokens of one request in a step: it is on one data-parallel rank. */
  readonly chunkTokensMax: number;
  /** Most requests in the middle of their prompt between steps. */
  readonly partialPromptsMax: number;
  readonly isPrefillChunked: boolean;
  readonly isPrefixCaching: boolean;
  readonly isPriorityScheduling: boolean;
  /** Tokens that a decoding request computes in a step: 1, or 1 + drafted tokens. */
  readonly tokensComputedPerStep: number;
  /** Tokens that a decoding request gains in a step on average: 1, or 1 + accepted drafts. */
  readonly tokensGainedPerStep: number;
  /** Most steps in one jump; 1 goes step by step, with the same result. */
  readonly stepsPerRunMax: number;
  readonly geometry: KvGeometry;
  readonly stepTime: StepTimeModel;
}

export class PoolRun {
  readonly index: number;
  readonly settings: EngineSettings;
  /** Only what happens between these times is measured. */
  readonly measureFrom: number;
  readonly measureTo: number;

  busySeconds = 0;
  steps = 0;
  /** Σ over steps of requests in the step. */
  requestSteps = 0;
  prefillTokens = 0;
  decodeTokens = 0;
  preemptions = 0;
  promptTokens = 0;
  cachedTokens = 0;
  /** ∫ blocks in use dt over busy and idle time, over all replicas. */
  blockSeconds = 0;
  /** One per workload: gaps between consecutive tokens. */
  readonly itlSeconds: QuantileSketch[];

  private readonly decodeSecondsByBatch: Float64Array;
  private readonly contextWaysByBatch: Float64Array;

  constructor(
    index: number,
    settings: EngineSettings,
    workloads: number,
    measured: { readonly from: number; readonly to: number },
  ) {
    this.index = index;
    this.settings = settings;
    this.measureFrom = measured.from;
    this.measureTo = measured.to;
    this.itlSeconds = Array.from({ length: workloads }, () => new QuantileSketch());
    this.contextWaysByBatch = new Float64Array(settings.maxSequences + 1).fill(Number.NaN);
    this.decodeSecondsByBatch = new Float64Array(settings.maxSequences + 1).fill(Number.NaN);
  }

  /** `stepTime.decodeSeconds`, computed once for each batch size. */
  decodeSeconds(batch: number): number {
    const known = this.decodeSecondsByBatch[batch]!;
    if (!Number.isNaN(known)) return known;
    const seconds = this.settings.stepTime.decodeSeconds(batch);
    this.decodeSecondsByBatch[batch] = seconds;
    return seconds;
  }

  /** `stepTime.contextWays`, computed once for each batch size. */
  contextWays(batch: number): number {
    const known = this.contextWaysByBatch[batch]!;
    if (!Number.isNaN(known)) return known;
    const ways = this.settings.stepTime.contextWays(batch);
    this.contextWaysByBatch[batch] = ways;
    return ways;
  }

  /** Whether a step that ends at `seconds` is measured. */
  isMeasured(seconds: number): boolean {
    return seconds > this.measureFrom && seconds <= this.measureTo;
  }

  /** Length of the part of [from, to] that is measured. */
  measuredSeconds(from: number, to: number): number {
    const start = Math.max(from, this.measureFrom);
    const end = Math.min(to, this.measureTo);
    return end > start ? end - start : 0;
  }

  /** Adds ∫ blocks in use dt over [from, to], in which they grew evenly from `first` to `last`. */
  addBlocks(from: number, to: number, first: number, last: number): void {
    const start = Math.max(from, this.measureFrom);
    const end = Math.min(to, this.measureTo);
    if (end <= start) return;
    const middle = ((start + end) / 2 - from) / (to - from);
    this.blockSeconds += (end - start) * (first + (last - first) * middle);
  }
}
