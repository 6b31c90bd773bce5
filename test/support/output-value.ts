/** Values inside outputs, for assertions: an assertion inside an `apply` that nobody awaits asserts nothing. */
import * as pulumi from "@pulumi/pulumi";

/** The value of an input once all of it is known; undefined when it stays unknown. Rejects when it fails. */
export function outputValue<Value>(input: pulumi.Input<Value>): Promise<pulumi.Unwrap<Value>> {
  // Only the promise inside an output carries a failure to somebody who can catch it.
  const output: unknown = pulumi.output(input);
  return (output as { promise(): Promise<pulumi.Unwrap<Value>> }).promise();
}

/**
 * The error of an output that must fail. A failed output rejects several promises that nobody but the runner of a
 * program listens to; here they are expected.
 */
export async function outputFailure(make: () => pulumi.Input<unknown>): Promise<unknown> {
  const expected = (): void => {};
  process.on("unhandledRejection", expected);
  try {
    const value = await outputValue(make());
    throw new Error(`expected an output that fails, got ${JSON.stringify(value)}`);
  } catch (error) {
    // The other rejections are raised once the pending microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    return error;
  } finally {
    process.off("unhandledRejection", expected);
  }
}
