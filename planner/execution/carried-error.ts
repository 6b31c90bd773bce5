/**
 * Errors on their way between threads: a thread's messages carry values but no classes, and who catches the error
 * tells by its class what to say.
 */
import { InvariantViolation, PlannerError, type Problem } from "../foundation/errors";

export type CarriedError =
  | { readonly kind: "planner"; readonly problems: readonly Problem[] }
  | {
      readonly kind: "invariant" | "other";
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
    };

export function carryError(error: unknown): CarriedError {
  if (error instanceof PlannerError) return { kind: "planner", problems: error.problems };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const kind = error instanceof InvariantViolation ? "invariant" : "other";
  return { kind, name, message, stack };
}

/** An error of the class that was carried, with its message and its stack. */
export function uncarryError(carried: CarriedError): Error {
  if (carried.kind === "planner") return new PlannerError(carried.problems);
  const error = carried.kind === "invariant" ? new InvariantViolation("", {}) : new Error();
  const { name, message, stack } = carried;
  return Object.assign(error, { name, message, ...(stack === undefined ? {} : { stack }) });
}
