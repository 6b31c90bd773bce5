/**
 * What is wrong with the arguments of a component, as data, and the errors made of it. All problems of the
 * arguments are reported at once, before anything is registered.
 */
import * as pulumi from "@pulumi/pulumi";

/** One argument that cannot be provisioned as it is. */
export interface InputProblem {
  /** Path inside the arguments: `pools.h100.capacity[0].nodesMax`. */
  readonly path: string;
  /** What is allowed, after "must": `be between 1 and 1000`, `name a zone of us-east-1`. */
  readonly must: string;
  /** The value received; undefined is written as "nothing". */
  readonly got: unknown;
  /** What to do, when it is more than using an allowed value. */
  readonly fix?: string;
}

/**
 * `must …, got …; …`: lower case, no final period.
 * @example describeInputProblem({ path: "cidr", must: "be a /12 to /20 block", got: "10.0.0.0/28" })
 */
export function describeInputProblem({ must, got, fix }: InputProblem): string {
  const received = got === undefined ? "nothing" : JSON.stringify(got);
  return `must ${must}, got ${received}${fix === undefined ? "" : `; ${fix}`}`;
}

/**
 * Throws when there are problems.
 * @param component What the arguments are of, for the message: `EksGpuCluster "support"`.
 * @throws {pulumi.InputPropertyError} for one problem, {pulumi.InputPropertiesError} for several.
 */
export function refuseProblems(component: string, problems: readonly InputProblem[]): void {
  const details = problems.map((problem) => ({
    propertyPath: problem.path,
    reason: describeInputProblem(problem),
  }));
  const [first] = details;
  if (first === undefined) return;
  const lines = details.map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
  if (details.length === 1) throw withoutStack(new pulumi.InputPropertyError(first), lines[0]!);
  const message = `${component}: ${details.length} arguments cannot be used\n${lines.join("\n")}`;
  throw withoutStack(new pulumi.InputPropertiesError({ message, errors: details }), message);
}

/**
 * A mistake in the arguments is explained by its message, not by where this library found it. The runner prints the
 * stack of what it does not know; Node 20.20 moreover takes a minute to colour one with frames of a scoped package.
 */
function withoutStack<Thrown extends Error>(error: Thrown, shown: string): Thrown {
  error.stack = shown;
  return error;
}
