/**
 * Logical names of children. A child's name is its identity: a changed name replaces the resource. It begins
 * with its parent's, so names of two components never meet, and holds what makes it one of several (a zone, a
 * pool), never its position in a list.
 */
import { checkForm } from "./check-value";
import type { InputProblem } from "./input-problem";

/** The form of a component's name, which begins every name below it: services cut at 64 characters or earlier. */
const COMPONENT_NAME = {
  pattern: /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
  must: "be a name of at most 20 lower case letters, digits and hyphens",
};

/** What is wrong with the name of a component. */
export function checkComponentName(name: string): readonly InputProblem[] {
  return checkForm("name", name, COMPONENT_NAME);
}

/**
 * The logical name of a child resource.
 * @example childName("support", "private", "us-east-1a") // "support-private-us-east-1a"
 */
export function childName(parent: string, ...parts: readonly [string, ...string[]]): string {
  return [parent, ...parts].join("-");
}
