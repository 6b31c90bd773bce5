/**
 * What the simulator knows of traffic: a source that yields the next request of one workload.
 * No object is made per request: the source writes into a `RequestDraw` that the caller owns.
 */

/** A chain of prefix segments a prefix cache can hit: each segment ends at a token position of the input. */
export interface PrefixChain {
  /**
   * Identity of each segment, unique over all sources of a run. It stands for the segment and all before it,
   * so it always follows the same beginning. A segment is shared as a whole or not at all.
   */
  readonly ids: Int32Array | readonly number[];
  /**
   * Token position (exclusive) where each segment ends, increasing; the input goes on past the last.
   * The last segment of a session's turn is its own: it ends within the output, and is complete with it.
   */
  readonly endTokens: Int32Array | readonly number[];
  readonly length: number;
}

/**
 * All steps of one request as drawn, by step of the workload: all at once, so that a request is the same however
 * fast the fleet is. Entries that do not apply to the kind of a step are 0. Each request has one of its own, which
 * stays as it is while the request is under way.
 */
export interface ChainDraw {
  readonly inputTokens: Int32Array;
  readonly outputTokens: Int32Array;
  readonly prefixes: readonly (PrefixChain | undefined)[];
  /** Of a wait step: how long it takes, whatever its timeout, and 1 when it fails at its end. */
  readonly waitSeconds: Float64Array;
  readonly fails: Uint8Array;
}

/** One request as drawn. Written by `RequestSource.take`, every field each time. */
export interface RequestDraw {
  arrivalSeconds: number;
  /** At least 1, and input + output within the context window. Of a chain: those of its first model step. */
  inputTokens: number;
  /** At least 1. */
  outputTokens: number;
  originIndex: number;
  /** Index into the workload's tenants. */
  tenantIndex: number;
  /** Absent when nothing of the input can be shared. Of a chain: that of its first model step. */
  prefix: PrefixChain | undefined;
  /** All steps of a chain, the first model step included; absent when the workload has none. */
  chain: ChainDraw | undefined;
  /** The turn's context does not fit the window, and the session refuses it: nothing of it is computed. */
  isRefused: boolean;
  /** Conversation or closed-loop client the request belongs to; -1 when none. Handed back on completion. */
  client: number;
}

/**
 * Cuts to the context window: inputs, outputs (of a chain: of its model steps), and turns of sessions that did not
 * fit behind their context, whatever became of them.
 */
export interface ClippedCounts {
  inputs: number;
  outputs: number;
  overflows: number;
}

export interface RequestSource {
  /** Arrival of the next request, in seconds; Infinity when there is none (yet). */
  peekSeconds(): number;
  /** Writes the next request into `draw` and moves on. */
  take(draw: RequestDraw): void;
  /**
   * Tells a closed-loop or session source that a request with `client >= 0` is over at `seconds`, answered
   * or refused, so that the client's next request can be scheduled.
   */
  finished(client: number, seconds: number): void;
  /** Counts of what was clipped to the context window so far. */
  readonly clipped: ClippedCounts;
}

/** Hands out segment identities so that sources of one run never share one by accident. */
export class SegmentIds {
  private next = 0;

  /** First of `count` new consecutive identities. */
  allocate(count: number): number {
    const first = this.next;
    this.next += count;
    return first;
  }
}
