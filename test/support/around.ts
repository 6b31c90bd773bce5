/**
 * Looks over the shoulder of a method of all instances of a class, until the test is over. A spy of the test runner
 * does as much, but keeps every call: a run makes millions.
 */
import { afterEach } from "@jest/globals";

const undo: (() => void)[] = [];

afterEach(() => {
  while (undo.length > 0) undo.pop()!();
});

/** @param wrap given the method, the one that stands for it */
export function around<Instance extends object, Name extends keyof Instance>(
  prototype: Instance,
  name: Name,
  wrap: (method: Instance[Name]) => Instance[Name],
): void {
  const method = prototype[name];
  prototype[name] = wrap(method);
  undo.push(() => {
    prototype[name] = method;
  });
}
