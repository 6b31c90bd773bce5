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

/** One request as drawn. Written by `RequestSource.take`. */
export interface RequestDraw {
  arrivalSeconds: number;
  /** At least 1, and input + output within the workload's context window. */
  inputTokens: number;
  /** At least 1. */
  outputTokens: number;
  originIndex: number;
  /** Index into the workload's tenants. */
  tenantIndex: number;
  /** Absent when nothing of the input can be shared. */
  prefix: PrefixChain | undefined;
  /** Conversation or closed-loop client the request belongs to; -1 when none. Handed back on completion. */
  client: number;
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
  readonly clipped: { inputs: number; outputs: number };
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
