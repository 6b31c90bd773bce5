/**
 * The contract between the engine and any model of step time. The engine knows nothing of hardware: it
 * asks for the part of a step that is constant while the batch does not change, and for the part that
 * grows with the context, which is piecewise linear. Tables by token count, CUDA-graph padding and
 * calibrated break points fit behind this interface without a change to the engine.
 */

export interface StepTimeModel {
  /**
   * Seconds of a step with `decodeRequests` decoding requests and no prefill, without the context term.
   * Any function; the engine memoises it by batch.
   */
  decodeSeconds(decodeRequests: number): number;

  /**
   * Seconds of a step that also computes prefill chunks, without the context term of the decoding requests.
   *
   * @param decodeRequests requests that decode in this step
   * @param prefillRequests requests that have a chunk in this step
   * @param prefillTokens T = Σ tᵢ, new tokens of all chunks
   * @param attentionTokenPairs Σ tᵢ (cᵢ + tᵢ/2), query–key pairs of full-attention layers
   * @param windowTokenPairs the same with the keys cut to the sliding window
   */
  mixedSeconds(
    decodeRequests: number,
    prefillRequests: number,
    prefillTokens: number,
    attentionTokenPairs: number,
    windowTokenPairs: number,
  ): number;

  /**
   * Parallel parts that `decodeRequests` requests' contexts are spread over: data-parallel ranks and pipeline
   * micro-batches, as far as there are requests for them. Divides the context terms below. At least 1; the
   * engine memoises it by batch.
   */
  contextWays(decodeRequests: number): number;
  /**
   * Context term of the decoding requests on one such part, in seconds: linear in S within a segment,
   * `intercept[k] + slope[k] · S` for `start[k] ≤ S < start[k+1]`, with S the sum of their contexts in tokens.
   */
  readonly context: PiecewiseLinear;
  /** Seconds per token of Σ min(context, window): the sliding-window layers. 0 without such layers. */
  readonly windowSecondsPerToken: number;
  /** Size of the sliding window in tokens; Infinity without one. */
  readonly windowTokens: number;
}

export interface PiecewiseLinear {
  /** First is 0, increasing. */
  readonly start: readonly number[];
  readonly intercept: readonly number[];
  readonly slope: readonly number[];
}

/** How many KV blocks a request's context takes, and how many there are. */
export interface KvGeometry {
  readonly blockTokens: number;
  /** Blocks of the pool of one replica. */
  readonly blocks: number;
  /** Blocks per `blockTokens` of context in full-attention groups, and in sliding-window groups. */
  readonly fullGroups: number;
  readonly windowGroups: number;
  /** Tokens after which the window groups take no more blocks (window rounded up, plus one block); Infinity without. */
  readonly windowTokens: number;
}
