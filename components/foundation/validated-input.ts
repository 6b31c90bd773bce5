/**
 * Checks an argument that may not be known yet. A check inside an `apply` whose result nobody uses guards
 * nothing: the resource is made first. Here the value that goes on is the one that was checked.
 */
import * as pulumi from "@pulumi/pulumi";
import { type InputProblem, refuseProblems } from "./input-problem";

/** True when nothing inside a value has to be awaited. */
function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isPlain);
}

/**
 * The same input, gated on a check: at once when the value is plain, otherwise when it is known. In a preview an
 * unknown value is not checked.
 * @param component What the argument is of, for the message.
 * @throws {pulumi.InputPropertyError} at once for a plain value; otherwise the returned output fails with it.
 */
export function validatedInput<Value>(
  component: string,
  input: pulumi.Input<Value>,
  check: (value: pulumi.Unwrap<Value>) => readonly InputProblem[],
): pulumi.Input<Value> {
  const checked = (value: pulumi.Unwrap<Value>): pulumi.Unwrap<Value> => {
    refuseProblems(component, check(value));
    return value;
  };
  if (isPlain(input)) {
    checked(input as pulumi.Unwrap<Value>);
    return input;
  }
  return pulumi.output(input).apply(checked) as pulumi.Output<Value>;
}
