/**
 * Every kind of job that can be run in another thread or on another machine, by the name that it travels under. A thread
 * loads this file, and of it the kinds that it is asked for.
 */
import type { JobKind } from "../foundation/job-executor";

export type JobKindTable = Readonly<Record<string, () => JobKind<never, never, unknown>>>;

export const JOB_KINDS = {
  stress: () => {
    const { stressJobs } = require("../stress/stress-job") as typeof import("../stress/stress-job");
    return stressJobs;
  },
  sizing: () => {
    const { sizingJobs } =
      require("../sizing/sizing-jobs") as typeof import("../sizing/sizing-jobs");
    return sizingJobs;
  },
} satisfies JobKindTable;

/** This file, for threads to load. */
export const JOB_KINDS_FILE = __filename;

export type JobKindName = keyof typeof JOB_KINDS;

type KindOf<Name extends JobKindName> = ReturnType<(typeof JOB_KINDS)[Name]>;

export type ContextOf<Name extends JobKindName> =
  KindOf<Name> extends JobKind<infer Context, never, unknown> ? Context : never;

export type JobOf<Name extends JobKindName> =
  KindOf<Name> extends JobKind<never, infer Job, unknown> ? Job : never;

export type ResultOf<Name extends JobKindName> =
  KindOf<Name> extends JobKind<never, never, infer Result> ? Result : never;
