/** Triggers of a gateway's retry policy that a failed attempt stands for. */

export const RETRIABLE = {
  /** Nothing listens where it was sent. */
  refused: ["connect-failure", "reset-before-request"],
  /** Nothing answers there. */
  unanswered: ["connect-failure"],
  /** A replica that was told to go gives it back before it has begun it. */
  notStarted: ["refused-stream", "retriable-status-codes"],
  /** Lost in the middle: never tried again by a gateway. */
  started: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
