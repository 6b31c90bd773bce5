/**
 * Why an attempt, or a request, ended without an answer. One list for the engine, the report and the JSON; the
 * outcome that a reason belongs to is its group here.
 */

export const REJECTED_REASONS = [
  /** Longer than the engine's context, or than a replica's KV could ever hold. */
  "context-too-long",
  "rate-limited",
  /** Its priority is shed while the gateway is this busy. */
  "shed",
  "concurrency",
  "admission-control",
  /** The gateway's own queue for admission. */
  "queue-full",
  "queue-timeout",
  /** It would be late even if all went well. */
  "deadline",
  /** A limit of the circuit breaker. */
  "overflow",
  "no-healthy-replica",
  /** The session's context does not fit the window. */
  "session-overflow",
] as const;

export const TIMED_OUT_REASONS = [
  "client-timeout",
  "first-token-timeout",
  /** The client's time for all attempts is over, or the step's. */
  "give-up",
  "request-timeout",
  "stream-idle",
  "max-stream",
  "per-retry-timeout",
  "step-timeout",
  /** A message older than the queue's retention. */
  "expired",
] as const;

export const FAILED_REASONS = [
  /** Nothing listens there. */
  "connect-failure",
  /** Nothing answers from there. */
  "connect-timeout",
  "replica-lost",
  "no-gateway",
  "queue-unavailable",
  "dead-lettered",
  /** A wait step of a chain failed. */
  "step-failed",
] as const;

export type EndReason =
  | (typeof REJECTED_REASONS)[number]
  | (typeof TIMED_OUT_REASONS)[number]
  | (typeof FAILED_REASONS)[number];

/** All reasons; records count by index into this. */
export const END_REASONS: readonly EndReason[] = [
  ...REJECTED_REASONS,
  ...TIMED_OUT_REASONS,
  ...FAILED_REASONS,
];

/** Index of each reason in END_REASONS. */
export const REASON = Object.fromEntries(
  END_REASONS.map((reason, index) => [reason, index]),
) as Readonly<Record<EndReason, number>>;

export type FailedOutcome = "rejected" | "timed-out" | "failed";

/** The outcome of a request that ended for the reason with this index. */
export function outcomeOfReason(index: number): FailedOutcome {
  if (index < REJECTED_REASONS.length) return "rejected";
  return index < REJECTED_REASONS.length + TIMED_OUT_REASONS.length ? "timed-out" : "failed";
}
