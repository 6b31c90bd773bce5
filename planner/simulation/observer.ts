/**
 * What a run can tell while it runs: every step (or run of equal steps) and every request that is over.
 * For `--requests` and `--trace-events`; a run without an observer pays nothing for it. Numbers and
 * indexes only: names are looked up in the resolved scenario by whoever writes them down.
 */

export interface RunObserver {
  /**
   * A replica computed `steps` steps one after the other with the same batch, without a pause.
   *
   * @param decodeRequests requests that decoded in each of these steps
   * @param prefillTokens new prompt tokens of each step; 0 in a run of pure decode steps
   * @param kvBlocksUsed blocks held when the last step ended
   * @param waiting requests that waited for a first schedule when the first step started
   */
  onStep(
    poolIndex: number,
    replicaIndex: number,
    startSeconds: number,
    endSeconds: number,
    steps: number,
    decodeRequests: number,
    prefillTokens: number,
    kvBlocksUsed: number,
    waiting: number,
  ): void;

  /** A request is over. `row` is reused by the engine: read it during the call, keep no reference to it. */
  onRequest(row: FinishedRequest): void;
}

/** Words for `FinishedRequest.outcomeIndex`. */
export const REQUEST_OUTCOMES = [
  "completed",
  "rejected",
  "timed-out",
  "failed",
  "in-flight",
] as const;

/** One request that is over. An index is -1 where there is none; a time is NaN where it is not defined. */
export interface FinishedRequest {
  /** Number of the request in its run, in order of arrival over all workloads. */
  readonly id: number;
  readonly workloadIndex: number;
  /** Index into the workload's tenants. */
  readonly tenantIndex: number;
  readonly originIndex: number;
  /** Pool and replica that produced the output (the decode pool when prefill runs apart). */
  readonly poolIndex: number;
  readonly replicaIndex: number;
  /** From the start of the run, at the gateway. */
  readonly arrivalSeconds: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Input tokens served from the prefix cache. */
  readonly cachedTokens: number;
  /** Arrival to first schedule. */
  readonly queueTimeSeconds: number;
  readonly ttftSeconds: number;
  /** NaN with a single output token. */
  readonly tpotSeconds: number;
  readonly e2eSeconds: number;
  readonly preemptions: number;
  /** Index into `REQUEST_OUTCOMES`. */
  readonly outcomeIndex: number;
  /** Index into `END_REASONS` of a request without an answer; −1 for others. */
  readonly reasonIndex: number;
  /** Sent by its client, retries and fallbacks included. */
  readonly attempts: number;
  /** 1 when every per-request limit of the workload's SLO was met, 0 when not, -1 when it has none. */
  readonly sloMet: number;
}
