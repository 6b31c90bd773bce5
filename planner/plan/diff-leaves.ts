/** What differs between two trees of plain values, leaf by leaf; a list is one leaf. */
import type { PlainValue, PlanChange } from "./plan-diff";

export type Leaves = ReadonlyMap<string, PlainValue>;

/** A difference before it is known what it is about. */
export type LeafChange = Pick<PlanChange, "path" | "kind" | "before" | "after">;

/** Every leaf of a tree by its dotted path; a list as compact JSON. */
export function leavesOf(value: unknown, path: string): Leaves {
  const leaves = new Map<string, PlainValue>();
  collect(value, path, leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, PlainValue>): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, field] of Object.entries(value))
      collect(field, path === "" ? key : `${path}.${key}`, leaves);
    return;
  }
  leaves.set(path, Array.isArray(value) ? JSON.stringify(value) : (value as PlainValue));
}

/** Leaves that are not in both, or not the same, in the order of their paths. */
export function diffLeaves(before: Leaves, after: Leaves): LeafChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): LeafChange[] => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === is) return [];
    if (was === undefined) return [{ path, kind: "added", before: null, after: is ?? null }];
    if (is === undefined) return [{ path, kind: "removed", before: was, after: null }];
    return [{ path, kind: "changed", before: was, after: is }];
  });
}
