/**
 * Every exit code of `capplan`, each with its one meaning. The README's table is this list.
 */
export const EXIT = {
  /** The command did what was asked. */
  success: 0,
  /** A bug of capplan itself: never the fault of the input. */
  bug: 1,
  /** The command line, a scenario or a file is wrong; nothing was computed. */
  badInput: 2,
  /** No fleet within the declared limits keeps the promises. */
  noFeasiblePlan: 3,
  /** The result is there, but a check that was asked for failed: of an objective, a budget, a policy, or a difference. */
  objectiveFailed: 4,
  /** Stopped by Ctrl-C; what was finished is kept and printed. */
  interrupted: 130,
  /** Stopped by SIGTERM, as a cluster or a CI job does; otherwise as Ctrl-C. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
