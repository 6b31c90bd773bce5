/** How often producers and workers look after each other. Tests are in more of a hurry. */
export interface RedisTiming {
  /** A job whose worker has not been heard of for this long is given to another. */
  readonly lockMs: number;
  /** Between two looks for such jobs. */
  readonly stalledMs: number;
  /** A producer that has not been heard of for this long waits for nothing any more. */
  readonly leaseMs: number;
  /** Between two looks of a worker whether its job is still wanted. */
  readonly lookMs: number;
  /** Between two looks of a producer over all of its jobs, in case it missed something. */
  readonly sweepMs: number;
}

export const REDIS_TIMING: RedisTiming = {
  lockMs: 10_000,
  stalledMs: 3000,
  leaseMs: 30_000,
  lookMs: 250,
  sweepMs: 5000,
};
