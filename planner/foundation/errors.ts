/**
 * Errors as data. A `PlannerError` holds everything that is wrong with an input, as a list of problems;
 * the words shown on a terminal are put together in `bin/`. An `InvariantViolation` is a bug of this
 * library, never of its input.
 */

/** What kind of mistake a problem is; every code appears in the README's table. */
export type ProblemCode =
  | "invalid-type"
  | "invalid-value"
  | "unknown-key"
  | "unknown-name"
  | "missing"
  | "does-not-fit"
  | "conflict"
  | "unreadable-file"
  | "malformed-row"
  | "empty"
  | "unsorted"
  | "executor-failed";

/** One thing that is wrong, where it is, and what to do about it. */
export interface Problem {
  readonly code: ProblemCode;
  /** Dotted path of the value (`fleet.regions.us-east-1.pools.h100.model`), or `FILE:LINE` of a trace row. */
  readonly path: string;
  /** Lower case, no final period: what is wrong, with the value received and what is allowed. */
  readonly message: string;
  /** What to do: `did you mean "p5.48xlarge"?`, `use tensorParallel: 4`. */
  readonly hint?: string;
}

/** Bad input: all of its problems at once. Exit code 2. */
export class PlannerError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.name = "PlannerError";
    this.problems = problems;
  }
}

/** `path: message; hint`, on one line. */
export function describeProblem(problem: Problem): string {
  const where = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.hint === undefined ? "" : `; ${problem.hint}`;
  return `${where}${problem.message}${hint}`;
}

/** A broken law of the simulation: a bug, with the state that shows it. Exit code 1. */
export class InvariantViolation extends Error {
  constructor(law: string, state: Readonly<Record<string, unknown>>) {
    super(`${law}: ${JSON.stringify(state)}`);
    this.name = "InvariantViolation";
  }
}
