/** How a stack says no: in words, which Pulumi shows as they are. */
import * as pulumi from "@pulumi/pulumi";

/**
 * An error that is explained by its message, not by where it was found. The runner prints the stack of what an output
 * fails with; Node 20.20 moreover takes a minute to colour one with frames of a scoped package.
 */
export function stackRefusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
