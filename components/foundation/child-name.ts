/**
 * Logical names of children. A child's name is its identity: a changed name replaces the resource. It begins
 * with its parent's, so names of two components never meet, and holds what makes it one of several (a zone, a
 * pool), never its position in a list.
 */

/**
 * The logical name of a child resource.
 * @example childName("support", "private", "us-east-1a") // "support-private-us-east-1a"
 */
export function childName(parent: string, ...parts: readonly [string, ...string[]]): string {
  return [parent, ...parts].join("-");
}
