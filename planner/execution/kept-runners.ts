/**
 * The runners of one thread. A runner is made for the first job of its kind and context and kept for the next ones, with
 * what it has learnt; those that were not used for longest are let go, since contexts can be large.
 */
import { InvariantViolation } from "../foundation/errors";
import type { JobKind, JobRunner } from "../foundation/job-executor";
import type { JobContext } from "./job-context";
import type { JobKindTable } from "./job-kinds";

const KEPT_MAX = 4;

export class KeptRunners {
  private readonly kinds: JobKindTable;
  /** Least recently used first. */
  private readonly runners = new Map<string, JobRunner<unknown, unknown>>();

  /** @param kindsFile module that exports the kinds as `JOB_KINDS` */
  constructor(kindsFile: string) {
    this.kinds = (require(kindsFile) as { readonly JOB_KINDS: JobKindTable }).JOB_KINDS;
  }

  runnerFor(kind: string, context: JobContext): JobRunner<unknown, unknown> {
    const key = `${kind} ${context.digest}`;
    const runner = this.runners.get(key) ?? this.makeRunner(kind, context);
    this.runners.delete(key);
    this.runners.set(key, runner);
    for (const oldest of this.runners.keys()) {
      if (this.runners.size <= KEPT_MAX) break;
      this.runners.delete(oldest);
    }
    return runner;
  }

  /** Loads the code of a kind. */
  load(kind: string): JobKind<unknown, unknown, unknown> {
    const load = Object.hasOwn(this.kinds, kind) ? this.kinds[kind] : undefined;
    if (load === undefined) throw new InvariantViolation("a job is of a known kind", { kind });
    return load() as JobKind<unknown, unknown, unknown>;
  }

  private makeRunner(kind: string, context: JobContext): JobRunner<unknown, unknown> {
    return this.load(kind).runner(context.value);
  }
}
