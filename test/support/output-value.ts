/**
 * Values inside outputs, for assertions: an assertion inside an `apply` that nobody awaits asserts nothing. An output
 * that fails ends the test process, because it rejects several promises at once; see mini-engine/in-process.ts.
 */
import * as pulumi from "@pulumi/pulumi";

/** The value of an input once all of it is known; undefined when it stays unknown. Rejects when it fails. */
export function outputValue<Value>(input: pulumi.Input<Value>): Promise<pulumi.Unwrap<Value>> {
  // Only the promise inside an output carries a failure to somebody who can catch it.
  const output: unknown = pulumi.output(input);
  return (output as { promise(): Promise<pulumi.Unwrap<Value>> }).promise();
}
